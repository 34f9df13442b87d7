"""Headlines that only say what the edition's comparison tables hold: verdicts, trends, findings, bridges, charts."""

from collections.abc import Mapping, Sequence

from dashboard.data.comparisons import when
from dashboard.data.edition import Row
from etl.definitions.settings import NIL_POUNDS, thresholds
from etl.definitions.writing import count, counted, first_upper, listed, lower_first, named, pounds, write_interval

CHART = thresholds("control_chart")
OFF_BASIS = "; not on the same basis"
Rows = Sequence[tuple[str, Row]]


def against_plan(rows: Rows) -> str:
    """New cases against plan of the sites whose year is whole; of the earlier years where no site's is."""
    whole = [(label, row) for label, row in rows if not row.hollow] or list(rows)
    if len(rows) == 1 and rows[0][1].verdict in ONE_VERDICT:
        label, row = rows[0]
        year = f" in the {when(row)}" if row.hollow else ""
        return first_upper(
            ONE_VERDICT[row.verdict].format(site=named(label), value=row.shown, plan=row.plan_shown) + year
        )
    by = {verdict: [label for label, row in whole if row.verdict == verdict] for verdict in VERDICTS}
    said = [VERDICTS[verdict].format(sites=listed(labels), its=its(labels)) for verdict, labels in by.items() if labels]
    if said:
        return first_upper("; ".join(said))
    if rows and all(row.verdict == "no_plan" for _, row in rows):
        return "New cases cannot be set against plan: no site has one"
    return "New cases cannot be set against plan: a number is missing at every site"


VERDICTS = {
    "below": "{sites} took on fewer new cases than planned",
    "above": "{sites} took on more new cases than planned",
    "cannot_be_told": "{sites} cannot be told from {its}",
}


ONE_VERDICT = {
    "below": "{site} took on {value} new cases, fewer than the {plan} planned",
    "above": "{site} took on {value} new cases, more than the {plan} planned",
    "cannot_be_told": "{site} took on {value} new cases, which cannot be told from the {plan} planned",
}


def its(labels: Sequence[str]) -> str:
    """Whose plan: its plan, their plans."""
    return "its plan" if len(labels) == 1 else "their plans"


def earlier_years(rows: Rows) -> str:
    """What is known of the sites whose year asked for is not; else how many intervals reach the plan."""
    hollow = [(label, row) for label, row in rows if row.hollow and row.value is not None]
    if len(hollow) == 1:
        label, row = hollow[0]
        of = f" of {row.plan_shown} planned" if row.plan is not None else " new cases"
        whose = "its " if row.period == "rolling_year" else ""
        return f"{first_upper(named(label))}: {row.shown}{of} in {whose}{when(row)}"
    if hollow:
        return f"{first_upper(count(len(hollow)))} sites are shown by an earlier year: hollow marks"
    told = [row for _, row in rows if row.verdict in VERDICTS]
    if len(rows) == 1 and (said := write_interval(rows[0][1].low, rows[0][1].high)):
        return f"By chance alone it could be {said}"
    near = sum(row.verdict == "cannot_be_told" for row in told)
    if not told:
        return "New cases and their intervals"
    if near == len(told):
        return "Every interval reaches the plan" if near > 1 else "The interval reaches the plan"
    return f"{first_upper(counted(near, 'interval reaches', 'intervals reach'))} the plan, of {count(len(told))}"


def trends(rows: Rows, *, hidden: bool = False) -> str:
    """Which sites' open cases grew or fell over a year, and which neither; `hidden` where months may not be seen."""
    by = {word: [label for label, row in rows if row.words == word] for word in ("grew", "fell", "level")}
    unclear = [label for label, row in rows if row.words == "no clear change"]
    moved = [f"{word} in {listed(by[word])}" for word in ("grew", "fell") if by[word]]
    said = [f"Open cases {' and '.join(moved)}"] if moved else []
    if by["level"]:
        said.append(f"{listed(by['level'])} {'is' if len(by['level']) == 1 else 'are'} level")
    if unclear:
        said.append(f"{listed(unclear)} {'shows' if len(unclear) == 1 else 'show'} no clear change")
    if not said:
        return "Open cases: the months to compare are hidden" if hidden else "Open cases: no year to compare with"
    return first_upper("; ".join(said))


def cost(
    found: Sequence[Row], pairs: Sequence[Row], rows: Mapping[str, Row], labels: Mapping[str, str], per: str
) -> str:
    """How a cost per case compares between the sites shown; `rows` are theirs, `found` is empty where some are not."""
    known = [site for site in labels if site in rows and rows[site].low is not None]
    if len(known) < 2:
        return one_cost(known, rows, labels, per)
    for kind in ("higher", "lower"):
        for row in found:
            if row.kind == kind and (said := stands_out(row, labels, known, per)):
                return said + (OFF_BASIS if row.same_basis is False else "")
    told = [pair for pair in pairs if pair.site_a in known and pair.site_b in known]
    if not told:
        return f"The cost per {per} cannot be compared: the sites’ years do not overlap"
    basis = OFF_BASIS if any(pair.same_basis is False for pair in told) else ""
    apart = [pair for pair in told if pair.apart and pair.higher and pair.ratio]
    if apart:
        far = max(apart, key=lambda pair: pair.ratio)
        lower = far.site_b if far.higher == far.site_a else far.site_a
        high, low = named(labels[far.higher]), named(labels[lower])
        if round(far.ratio, 1) > 1:
            return first_upper(f"{high} spends {far.ratio:.1f} times as much per {per} as {low}") + basis
        return first_upper(f"{high} spends more per {per} than {low}") + basis
    compared = [site for site in known if any(site in (pair.site_a, pair.site_b) for pair in told)]
    if len(told) < len(compared) * (len(compared) - 1) / 2:
        return f"No two sites that can be compared can be told apart by cost per {per}" + basis
    return first_upper(f"{listed([labels[site] for site in compared])} cannot be told apart by cost per {per}") + basis


def one_cost(known: Sequence[str], rows: Mapping[str, Row], labels: Mapping[str, str], per: str) -> str:
    """The cost per case of the only site that has one."""
    if not known:
        return f"The cost per {per} is not known" + (" at any site" if len(labels) > 1 else "")
    row, label = rows[known[0]], first_upper(named(labels[known[0]]))
    alone = "" if len(labels) == 1 else "; no other site’s is known"
    by_chance = write_interval(row.low, row.high, money=True)
    return f"{label} spends {row.shown} per {per}; by chance alone it could be {by_chance}{alone}"


def stands_out(row: Row, labels: Mapping[str, str], known: Sequence[str], per: str) -> str:
    """A site that can be told from every other one; the others by name where some cannot be compared."""
    others = [site for site in (row.others or "").split(", ") if site]
    if row.sites not in labels or not set(others) <= set(labels) or not others:
        return ""
    whole = len(others) > 1 and set(known) <= {row.sites, *others}
    site, rest = named(labels[row.sites]), "the others" if whole else listed([labels[other] for other in others])
    if row.ratio_lowest < 1.05:  # rounds to one time as much
        return first_upper(f"{site} spends {'more' if row.kind == 'higher' else 'less'} per {per} than {rest}")
    if row.kind == "higher":
        return first_upper(f"{site} spends {row.words} per {per} as {rest}")
    return first_upper(f"{rest} spend{'s' if len(others) == 1 else ''} {row.words} per {per} as {site}")


def alike(found: Sequence[Row], pairs: Sequence[Row], rows: Mapping[str, Row], labels: Mapping[str, str]) -> str:
    """Which sites cannot be told apart beside one that can; else how many pairs can be."""
    stands = any(row.kind in ("higher", "lower") for row in found)
    for row in found:
        sites = [site for site in (row.sites or "").split(", ") if site in labels]
        if row.kind == "alike" and stands and len(sites) > 1:
            return first_upper(f"{listed([labels[site] for site in sites])} cannot be told apart")
    told = [pair for pair in pairs if pair.site_a in labels and pair.site_b in labels]
    compared = {site for pair in told for site in (pair.site_a, pair.site_b)}
    left = [site for site in labels if site in rows and rows[site].low is not None and site not in compared]
    if told and left:
        who = listed([labels[site] for site in left])
        if len(left) == 1:
            return first_upper(f"{who} is not compared: its year is an earlier one")
        return first_upper(f"{who} are not compared: their years are earlier ones")
    apart = sum(bool(pair.apart) for pair in told)
    if not told:
        return "Cost and its interval"
    if not apart:
        return (
            "Every two intervals overlap: chance in caseload alone could do that"
            if len(told) > 1
            else "The intervals overlap"
        )
    if apart == len(told):
        return "No two intervals overlap" if len(told) > 1 else "The intervals do not overlap"
    return f"{first_upper(count(apart))} of {count(len(told))} pairs of sites can be told apart"


def bridge(label: str, row: Row, per: str) -> str:
    """What changed a unit cost between two periods, by how much, and its largest part."""
    if abs(row.change) < NIL_POUNDS:
        return f"{label}: no change in the cost per {per}"
    said = f"{label}: {pounds(row.change)} {'more' if row.change > 0 else 'less'} per {per}"
    return f"{said}, {row.words}" if row.words else f"{said}, from spending and caseload together"


def control(label: str, row: Row) -> str:
    """What a control chart shows, as its row says."""
    what = f"{label}: {lower_first(row.label)}"
    if is_hidden(row):
        return f"{what} by month, {'of which some are' if row.points else 'all of them'} hidden"
    if not row.drawn or row.variation is None:
        return f"{what} by month, {row.words}" if row.words else f"{what} by month"
    if row.words == "no clear change":
        return f"{what} by month show{'' if row.label.endswith('s') else 's'} no clear change"
    if row.words == "a change earlier, none now":
        return f"{what}, a change earlier and none now"
    return f"{what}, {row.words} in the last month" if row.words else what


def is_hidden(row: Row) -> bool:
    """Whether a control chart has no limits because some of its months may not be seen."""
    return not row.drawn and "hidden" in (row.words or "")


def chart_note(row: Row) -> str:
    """What the limits are and rest on, which months are signals, and what chance does."""
    if is_hidden(row):
        return "No limits are drawn: hidden months could be worked out from them."
    if not row.drawn:
        return f"No limits are drawn: they need {count(CHART['trial_points'])} months that are not all the same."
    kind = "Exact Poisson limits" if row.kind == "poisson" else "XmR limits"
    trial = f", on trial until {count(CHART['enough_points'])} are known" if row.trial else ""
    signals = f"Ringed: {row.signal_words}." if row.signals else "No month is a signal."
    return f"{kind} from {row.points} months{trial}. {signals}"


def rebased(row: Row) -> str:
    """The last decision to let the limits start afresh, with whose it was."""
    if row.rebased is None:
        return "No decision to start the limits afresh is recorded."
    return f"Limits start afresh in {row.rebased:%b %Y}: {row.reason} ({row.who})."


def central(team: Row | None, kept: Sequence[tuple[str, Row, Row]], per: str) -> str:
    """What the central team costs and where it goes; `kept` has a site, its row without and its row with a share."""
    if team is None or team.central is None:
        return "The central team’s cost is not known for these months"
    amount, words = pounds(team.central), team.words
    marked = [(label, bare, row) for label, bare, row in kept if row.earmarked]
    if len(marked) == 1 and marked[0][2].unit is not None and marked[0][1].unit is not None:
        label, bare, row = marked[0]
        return (
            f"The central team’s {amount} of {words} is earmarked for {named(label)}: "
            f"{row.shown} {per} with it, {bare.shown} without"
        )
    return f"The central team’s {amount} of {words} stands apart from every site’s cost"


def scope(rows: Sequence[Row]) -> str:
    """How many cost lines every site counts, and how many statements the sites' own returns contradict."""
    shared = len({row.line for row in rows if row.shared})
    said = f"{first_upper(counted(shared, 'line is', 'lines are'))} shared"
    against = sum(row.get("agrees") is False for row in rows)
    if not against:
        return f"{said}: what each site counts"
    return f"{said}; {counted(against, 'does', 'do')} not fit the returns"
