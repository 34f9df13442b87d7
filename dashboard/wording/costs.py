"""What is said of costs: how the sites' costs per case compare, what changed them, what the central team costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.data.edition import Row
from dashboard.wording.numbers import Write, as_shown, spread, where_known
from etl.definitions.messages import Capital, Count, Month, Name, Plain, Text, _, joined, ngettext
from etl.definitions.periods import write_month, write_months
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import HIDDEN, listed, named, percent, pounds


@dataclass(frozen=True)
class Per:
    """What a cost is per: one of it, several, and a number of it."""

    one: Text
    many: Text
    counted: Callable[[str], Text]


# By the name that a measure of cost has for it.
PER = {
    "new_case": Per(_("new case"), _("new cases"), lambda number: _("{number} new cases", number=number)),
    "perpetrator_worked_with": Per(
        _("perpetrator worked with"),
        _("perpetrators worked with"),
        lambda number: _("{number} perpetrators worked with", number=number),
    ),
    "completed_case": Per(
        _("completed case"), _("completed cases"), lambda number: _("{number} completed cases", number=number)
    ),
    "open_case_month": Per(
        _("open case-month"), _("open case-months"), lambda number: _("{number} open case-months", number=number)
    ),
}
# A new case as it was planned, where money that is not spent yet is shared out.
PLANNED_CASE = _("planned new case")


def per_of(measure: str) -> Per:
    """What a cost is per, from the name of its measure."""
    return PER[measure.removeprefix("cost_per_").removesuffix("_shared").removesuffix("_with_in_kind")]


def on_lines(measure: str, scope_rows: Sequence[Row]) -> Text:
    """What is spent, of a measure of cost; of shared lines how many there are."""
    shared = len({row.line for row in scope_rows if row.shared})
    if measure.endswith("_with_in_kind"):
        return _("cash and in kind")
    if not measure.endswith("_shared"):
        return _("all cash")
    if not shared:
        return _("on the lines that all sites count")
    return ngettext(
        "on the {number} line that all sites count",
        "on the {number} lines that all sites count",
        shared,
        number=Count(shared),
    )


def on_its_basis(finding: Text, same: bool) -> Text:
    """A finding, which says so where the sites count other lines."""
    return finding if same else _("{finding}; not on the same basis", finding=finding)


def cost(
    found: Sequence[Row],
    pairs: Sequence[Row],
    rows: Mapping[str, Row],
    labels: Mapping[str, str],
    per: str,
    basis: Text,
    write: Write = as_shown,
) -> Text:
    """How a cost per case compares between the sites shown, and which are left out; `basis` is what is spent.

    `rows` are theirs, `found` is empty where some sites of the edition are not shown.
    """
    known = [site for site in labels if site in rows and rows[site].low is not None and not rows[site].get("queried")]
    if not known and len(labels) == 1:
        return joined(": ", [_("Cost per {case}", case=per), *left_out([*labels], rows, labels)])
    if not known:
        return _("No cost per {case} can be given for the sites shown", case=per)
    if len(known) == 1:
        finding, named_in, same = one_cost(rows[known[0]], labels[known[0]], per, write), set(known), True
    else:
        finding, named_in, same = compared(found, pairs, known, labels, per)
    finding = on_its_basis(_("{finding}, {basis}", finding=finding, basis=basis), same)
    return joined("; ", [finding, *left_out([site for site in labels if site not in named_in], rows, labels)])


Said = tuple[Text, set[str], bool]  # a finding, the sites that it is about, and whether they are on one basis


def compared(
    found: Sequence[Row], pairs: Sequence[Row], known: Sequence[str], labels: Mapping[str, str], per: str
) -> Said:
    """How the costs of two sites and more compare: the one that stands out, else the two that are furthest apart."""
    for kind in ("higher", "lower"):
        for row in found:
            if row.kind == kind and (finding := stands_out(row, labels, per)):
                return finding, {row.sites, *row.others.split(", ")}, row.same_basis is not False
    own = [pair for pair in pairs if pair.site_a in known and pair.site_b in known]
    if not own:
        nothing = _("The cost per {case} cannot be compared: the sites’ years do not overlap", case=per)
        return nothing, set(known), True
    apart = [pair for pair in own if pair.apart and pair.higher]
    if apart:
        own = [max(apart, key=lambda pair: pair.ratio)]
    sites = {site for pair in own for site in (pair.site_a, pair.site_b)}
    same = all(pair.same_basis is not False for pair in own)
    if apart:
        return two_apart(own[0], labels, per), set(known), same
    if len(own) < len(sites) * (len(sites) - 1) / 2:
        return _("No clear difference in cost per {case} between any two sites compared", case=per), sites, same
    compared_sites = listed([labels[site] for site in known if site in sites])
    return _("No clear difference in cost per {case} between {sites}", case=per, sites=compared_sites), sites, same


def two_apart(pair: Row, labels: Mapping[str, str], per: str) -> Text:
    """Two sites, one of which clearly spends more."""
    lower = pair.site_b if pair.higher == pair.site_a else pair.site_a
    return spends_more(pair.get("words") or "", named(labels[pair.higher]), named(labels[lower]), per)


def spends_more(times: str, site: Text, other: Text, per: str) -> Text:
    """A site that spends more than another, by so many times where that is more than one time as much."""
    if not times:
        return _("{site} spends more per {case} than {other}", site=Capital(site), case=per, other=other)
    return _("{site} spends {times} per {case} as {other}", site=Capital(site), times=times, case=per, other=other)


def left_out(sites: Sequence[str], rows: Mapping[str, Row], labels: Mapping[str, str]) -> list[Text]:
    """The sites shown of which a finding says nothing, by why that is."""
    by: dict[str, list[str]] = {}
    for site in sites:
        by.setdefault(_why_out(rows.get(site)), []).append(labels[site])
    return [_out(why, out) for why, out in by.items()]


def _out(why: str, labels: Sequence[str]) -> Text:
    many, sites = len(labels), Capital(listed(labels))
    if why == "queried":
        return ngettext(
            "{sites} left out: a number is under query", "{sites} left out: numbers are under query", many, sites=sites
        )
    if why == "hidden":
        return ngettext("{sites} is not shown", "{sites} are not shown", many, sites=sites)
    if why == "unknown":
        return ngettext("{sites} is not known", "{sites} are not known", many, sites=sites)
    return ngettext("{sites} is not compared", "{sites} are not compared", many, sites=sites)


def _why_out(row: Row | None) -> str:
    if row is not None and row.get("queried"):
        return "queried"
    if row is None or row.value is None:
        return "hidden" if row is not None and row.shown == HIDDEN else "unknown"
    return "other"


def one_cost(row: Row, label: str, per: str, write: Write) -> Text:
    """The cost per case of the only site that has one."""
    return _(
        "{site} spends {cost} per {case} (likely range {interval})",
        site=Capital(named(label)),
        cost=write(row, "", row.shown),
        case=per,
        interval=interval(row, write),
    )


def interval(row: Row, write: Write) -> Text:
    """Both ends of the interval of a cost."""
    low, high = (write(row, end, pounds(row[end])) for end in ("low", "high"))
    return _("{low} to {high}", low=low, high=high)


def stands_out(row: Row, labels: Mapping[str, str], per: str) -> Text | None:
    """A site that can be told from every other one that is known, and those by name."""
    others = [site for site in (row.others or "").split(", ") if site]
    if row.sites not in labels or not set(others) <= set(labels) or not others:
        return None
    site, rest = named(labels[row.sites]), listed([labels[other] for other in others])
    if row.kind == "higher":
        each = rest if len(others) == 1 else _("each of {sites}", sites=rest)
        return spends_more(row.words or "", site, each, per)
    if not row.words:
        return _("{site} spends less per {case} than {other}", site=Capital(site), case=per, other=rest)
    return ngettext(
        "{others} spends {times} per {case} as {site}",
        "{others} each spend {times} per {case} as {site}",
        len(others),
        others=Capital(rest),
        times=row.words,
        case=per,
        site=site,
    )


def alike(found: Sequence[Row], pairs: Sequence[Row], rows: Mapping[str, Row], labels: Mapping[str, str]) -> Text:
    """Between which sites there is no clear difference beside one that stands out; else how many pairs differ."""
    stands = any(row.kind in ("higher", "lower") for row in found)
    for row in found:
        sites = [site for site in (row.sites or "").split(", ") if site in labels]
        if row.kind == "alike" and stands and len(sites) > 1:
            return _("No clear difference between {sites}", sites=listed([labels[site] for site in sites]))
    own = [pair for pair in pairs if pair.site_a in labels and pair.site_b in labels]
    in_pairs = {site for pair in own for site in (pair.site_a, pair.site_b)}
    left = [site for site in labels if site in rows and rows[site].low is not None and site not in in_pairs]
    if own and left:
        return joined("; ", left_out(left, rows, labels))
    return overlaps(sum(bool(pair.apart) for pair in own), len(own))


def overlaps(apart: int, pairs: int) -> Text:
    """How many pairs of sites differ clearly."""
    if not pairs:
        return _("Cost and its likely range")
    if not apart:
        return _("The likely ranges overlap: chance in caseload alone could do that")
    if apart == pairs:
        return _("The likely ranges do not overlap")
    return _("{apart} of {pairs} pairs of sites differ clearly", apart=Capital(Count(apart)), pairs=Count(pairs))


def bridge(label: str, row: Row, per: str, change: Text | None = None) -> Text:
    """What changed a unit cost between two periods, by how much, and why where chance does not explain it."""
    places = {"site": Name(label), "amount": change or Plain(pounds(row.change)), "case": per}
    if abs(row.change) < NIL_POUNDS:
        return _("{site}: no change in the cost per {case}", **places)
    if row.get("queried"):
        return _("{site}: what changed the cost per {case} is not said: a number is under query", **places)
    if row.get("within_chance") and abs(row.change) < UNCHANGED * row.unit0:
        was = pounds(row.unit0)
        return _("{site}: practically unchanged: {amount} of {was} per {case}, within chance", **places, was=was)
    if row.change > 0:
        moved = _("{site}: {amount} more per {case}", **places)
    else:
        moved = _("{site}: {amount} less per {case}", **places)
    return joined(", ", [moved, row.words or _("from spending and caseload together")])


# A change that chance explains and that is less than this is practically none.
UNCHANGED = 0.02


def two_spans(row: Row) -> Text:
    """The two spans of a bridge: April to November, 2018 and 2019."""
    if (row.from_starts.month, row.from_ends.month) == (row.to_starts.month, row.to_ends.month):
        return _(
            "{month} to {last_month}, {year} and {next_year}",
            month=Month(row.to_starts, "name"),
            last_month=Month(row.to_ends, "name"),
            year=Plain(str(row.from_ends.year)),
            next_year=Plain(str(row.to_ends.year)),
        )
    first = write_months(row.from_starts, row.from_ends)
    return _("{months}, then to {last_month}", months=first, last_month=write_month(row.to_ends))


def then(row: Row) -> Text:
    """The two spans of a bridge one after the other."""
    return _("{period}, then {next_period}", period=row.from_words, next_period=row.to_words)


def chance(row: Row) -> Text:
    """Whether the change in caseload is more than chance would do; the two spans where that is not known."""
    if row.beyond_chance is None:
        return then(row)
    cases = per_of(row.measure).many
    if row.beyond_chance:
        return _("the change in {cases} is more than chance", cases=cases)
    return _("chance alone could make the change in {cases}", cases=cases)


def central(team: Row | None, kept: Sequence[tuple[str, Row, Row]], per: str, write: Write = as_shown) -> Text:
    """What the central team costs and where it goes; `kept` has a site, its row without and its row with a share."""
    if team is None or team.central is None:
        return _("The central team’s cost is not known for these months")
    amount, months = write(team, "central", pounds(team.central)), team.words
    marked = [(label, bare, row) for label, bare, row in kept if row.earmarked]
    if len(marked) == 1 and marked[0][2].unit is not None and marked[0][1].unit is not None:
        label, bare, row = marked[0]
        return _(
            "The central team’s {amount} of {months} is earmarked for {site}: {cost} per {case} with it, "
            "{cost_without} without",
            amount=amount,
            months=months,
            site=named(label),
            cost=write(row, "unit", row.shown),
            case=per,
            cost_without=write(bare, "unit", bare.shown),
        )
    if len(marked) == 1 and marked[0][2].central is None:
        return _(
            "The central team’s {amount} of {months} is earmarked for {site}; what of it is running cost is not known",
            amount=amount,
            months=months,
            site=named(marked[0][0]),
        )
    return _("The central team’s {amount} of {months} stands apart from the sites’ cost", amount=amount, months=months)


# How the central team's cost is shared, as the address names it.
SHARED_OUT = {
    "none": _("the central team’s cost apart"),
    "by_new_cases": _("the central team’s cost shared by new cases"),
    "equally": _("the central team’s cost shared equally"),
}


def with_central_team(rows: Sequence[Row], per: str, allocation: str, write: Write = as_shown) -> Text:
    """From the lowest to the highest cost of the sites with the central team's share."""
    costs = spread(rows, lambda row: write(row, "unit", row.shown))
    if costs is None:
        return _("Cost per new case with the central team")
    found = where_known(_("{cost} per {case}", cost=costs, case=per), rows)
    if allocation == "by_new_cases":
        return _("{costs}, the central team’s cost shared by new cases", costs=found)
    if allocation == "equally":
        return _("{costs}, the central team’s cost shared equally", costs=found)
    return _("{costs}, the central team’s cost apart", costs=found)


def real_terms(rows: Sequence[Row], per: str, year: str, base: str, write: Write = as_shown) -> Text:
    """From the lowest to the highest cost of the sites in the prices of another year."""
    costs = spread([Row(row, value=row.real) for row in rows], lambda row: write(row, "real", row.real_shown))
    if costs is None:
        return _("Cost in real terms")
    return _("{cost} per {case} in {year}, in {base} prices", cost=costs, case=per, year=Plain(year), base=Plain(base))


def scope(rows: Sequence[Row]) -> Text:
    """How many cost lines every site counts, and how many statements the sites' own returns contradict."""
    shared = len({row.line for row in rows if row.shared})
    lines = Capital(ngettext("{number} line is shared", "{number} lines are shared", shared, number=Count(shared)))
    against = sum(row.get("agrees") is False for row in rows)
    if not against:
        return _("{lines}: what each site counts", lines=lines)
    unlike = ngettext(
        "{number} does not fit the returns", "{number} do not fit the returns", against, number=Count(against)
    )
    return joined("; ", [lines, unlike])


def gaps_in(labels: Sequence[str], period: str, shown: Sequence[str]) -> Text:
    """Which of the sites shown have no number for a period; `labels` are theirs."""
    if not labels:
        return _("{period} is whole in {sites}", period=Capital(period), sites=listed(shown))
    if len(labels) == 1:
        return _("{site}’s {period} has a gap", site=Name(labels[0]), period=period)
    return _("{number} sites’ {period} has a gap", number=Capital(Count(len(labels))), period=period)


def trend(changes: Sequence[tuple[str, Row]], per: str, write: Write = as_shown) -> Text:
    """At which sites shown a unit cost changed by more than chance, against the same months a year before."""
    known = [(label, row) for label, row in changes if not row.get("queried")]
    moved = [(label, row) for label, row in known if row.get("within_chance") is False]
    if moved:
        return joined("; ", [one_moved(label, row, per, write) for label, row in moved[:2]])
    if known:
        sites = listed([label for label, _row in known])
        return _("No clear change over a year in the cost per {case} of {sites}", case=per, sites=sites)
    return _("Cost per {case}: no year before to compare with", case=per)


def one_moved(label: str, row: Row, per: str, write: Write) -> Text:
    """A site whose cost rose or fell against the same months a year before."""
    places = {"site": Capital(named(label)), "first": write(row, "unit0", pounds(row.unit0)), "case": per}
    places |= {"last": write(row, "unit1", pounds(row.unit1)), "months": row.to_words}
    if row.change > 0:
        return _("{site} rose from {first} to {last} per {case}, {months} and a year before", **places)
    return _("{site} fell from {first} to {last} per {case}, {months} and a year before", **places)


def largest_line(most: Sequence[Row], sites: int, write: Write = as_shown) -> Text:
    """The line on which most is spent, where it is the same at every site; `most` has one row a site that has any."""
    if not most:
        return _("Spend by line")
    if len({row.line for row in most}) > 1:
        return _("The largest line of spend differs between the sites shown")
    shares = spread([Row(row, value=row.share) for row in most], lambda row: write(row, "share", row.shown))
    line = most[0].label
    if sites == 1:
        return _("{line} is the largest line: {share} of cash spend", line=line, share=shares)
    if len(most) == sites:
        return _("{line} is the largest line at every site shown: {share} of cash spend", line=line, share=shares)
    return _("{line} is the largest line where known: {share} of cash spend", line=line, share=shares)


def spend_against_plan(rows: Sequence[Row | None], write: Write = as_shown) -> Text:
    """Spend as a share of plan: 97% to 104% of plan was spent."""
    shares = spread(rows, lambda row: write(row, "", percent(row.value)))
    if shares is None:
        return _("Spend against plan and funding")
    return where_known(_("{share} of plan was spent", share=shares), rows)
