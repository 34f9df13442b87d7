"""Headlines that only say what the edition's comparison tables hold: verdicts, trends, findings, bridges, charts."""

from collections.abc import Mapping, Sequence

from dashboard.data.edition import Row
from dashboard.wording.caseload import against_plan as against_plan
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import count, counted, first_upper, listed, named, pounds, write_interval

OFF_BASIS = "; not on the same basis"
Rows = Sequence[tuple[str, Row]]


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
