"""What is said of costs: how the sites' costs per case compare, what changed them, what the central team costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.data.edition import Row
from dashboard.wording.numbers import Write, as_shown, spread, where_known
from etl.definitions.messages import Capital, Count, Month, Name, Plain, Text, _, joined, ngettext
from etl.definitions.periods import write_month, write_months
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import listed, named, pounds, round_half_up


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


def on_its_basis(finding: Text, same: bool) -> Text:
    """A finding, which says so where the sites count other lines."""
    return finding if same else _("{finding}; not on the same basis", finding=finding)


def cost(
    found: Sequence[Row],
    pairs: Sequence[Row],
    rows: Mapping[str, Row],
    labels: Mapping[str, str],
    per: str,
    write: Write = as_shown,
) -> Text:
    """How a cost per case compares between the sites shown; `rows` are theirs, `found` is empty where some are not."""
    known = [site for site in labels if site in rows and rows[site].low is not None]
    if len(known) < 2:
        return one_cost(known, rows, labels, per, write)
    for kind in ("higher", "lower"):
        for row in found:
            if row.kind == kind and (finding := stands_out(row, labels, known, per)):
                return on_its_basis(finding, row.same_basis is not False)
    compared = [pair for pair in pairs if pair.site_a in known and pair.site_b in known]
    if not compared:
        return _("The cost per {case} cannot be compared: the sites’ years do not overlap", case=per)
    same = all(pair.same_basis is not False for pair in compared)
    return on_its_basis(furthest_apart(compared, known, labels, per), same)


def furthest_apart(pairs: Sequence[Row], known: Sequence[str], labels: Mapping[str, str], per: str) -> Text:
    """The two sites whose costs are furthest apart; or that none can be told apart."""
    apart = [pair for pair in pairs if pair.apart and pair.higher and pair.ratio]
    if apart:
        far = max(apart, key=lambda pair: pair.ratio)
        lower = far.site_b if far.higher == far.site_a else far.site_a
        high, low = Capital(named(labels[far.higher])), named(labels[lower])
        if round(far.ratio, 1) > 1:
            times = Plain(f"{far.ratio:.1f}")
            return _(
                "{site} spends {times} times as much per {case} as {other}", site=high, times=times, case=per, other=low
            )
        return _("{site} spends more per {case} than {other}", site=high, case=per, other=low)
    compared = [site for site in known if any(site in (pair.site_a, pair.site_b) for pair in pairs)]
    if len(pairs) < len(compared) * (len(compared) - 1) / 2:
        return _("No two sites that can be compared can be told apart by cost per {case}", case=per)
    sites = Capital(listed([labels[site] for site in compared]))
    return _("{sites} cannot be told apart by cost per {case}", sites=sites, case=per)


def one_cost(
    known: Sequence[str], rows: Mapping[str, Row], labels: Mapping[str, str], per: str, write: Write = as_shown
) -> Text:
    """The cost per case of the only site that has one."""
    if not known:
        if len(labels) > 1:
            return _("The cost per {case} is not known at any site", case=per)
        return _("The cost per {case} is not known", case=per)
    row = rows[known[0]]
    finding = _(
        "{site} spends {cost} per {case}; by chance alone it could be {interval}",
        site=Capital(named(labels[known[0]])),
        cost=write(row, "", row.shown),
        case=per,
        interval=interval(row, write),
    )
    return finding if len(labels) == 1 else _("{finding}; no other site’s is known", finding=finding)


def interval(row: Row, write: Write) -> Text:
    """Both ends of the interval of a cost."""
    low, high = (write(row, end, pounds(row[end])) for end in ("low", "high"))
    return _("{low} to {high}", low=low, high=high)


def stands_out(row: Row, labels: Mapping[str, str], known: Sequence[str], per: str) -> Text | None:
    """A site that can be told from every other one; the others by name where some cannot be compared."""
    others = [site for site in (row.others or "").split(", ") if site]
    if row.sites not in labels or not set(others) <= set(labels) or not others:
        return None
    whole = len(others) > 1 and set(known) <= {row.sites, *others}
    site, rest = named(labels[row.sites]), listed([labels[other] for other in others])
    if row.kind != "higher" and row.ratio_lowest >= 1.05:
        return others_spend(row.words, None if whole else rest, len(others), site, per)
    site = Capital(site)
    if whole:
        return spends_unlike_others(row, site, per)
    if row.ratio_lowest >= 1.05:
        return _("{site} spends {times} per {case} as {others}", site=site, times=row.words, case=per, others=rest)
    if row.kind == "higher":  # from here on a ratio that rounds to one time as much
        return _("{site} spends more per {case} than {other}", site=site, case=per, other=rest)
    return _("{site} spends less per {case} than {other}", site=site, case=per, other=rest)


def spends_unlike_others(row: Row, site: Text, per: str) -> Text:
    """A site that spends more, or by a ratio that rounds to one time as much less, than every other."""
    if row.ratio_lowest >= 1.05:
        return _("{site} spends {times} per {case} as the others", site=site, times=row.words, case=per)
    if row.kind == "higher":
        return _("{site} spends more per {case} than the others", site=site, case=per)
    return _("{site} spends less per {case} than the others", site=site, case=per)


def others_spend(times: str, others: Text | None, number: int, site: Text, per: str) -> Text:
    """What the others spend where one site spends less; `others` names them where they are not all."""
    if others is None:
        return _("The others spend {times} per {case} as {site}", times=times, case=per, site=site)
    return ngettext(
        "{others} spends {times} per {case} as {site}",
        "{others} spend {times} per {case} as {site}",
        number,
        others=Capital(others),
        times=times,
        case=per,
        site=site,
    )


def alike(found: Sequence[Row], pairs: Sequence[Row], rows: Mapping[str, Row], labels: Mapping[str, str]) -> Text:
    """Which sites cannot be told apart beside one that can; else how many pairs can be."""
    stands = any(row.kind in ("higher", "lower") for row in found)
    for row in found:
        sites = [site for site in (row.sites or "").split(", ") if site in labels]
        if row.kind == "alike" and stands and len(sites) > 1:
            return _("{sites} cannot be told apart", sites=Capital(listed([labels[site] for site in sites])))
    compared = [pair for pair in pairs if pair.site_a in labels and pair.site_b in labels]
    in_pairs = {site for pair in compared for site in (pair.site_a, pair.site_b)}
    left = [site for site in labels if site in rows and rows[site].low is not None and site not in in_pairs]
    if compared and left:
        return ngettext(
            "{sites} is not compared: its year is an earlier one",
            "{sites} are not compared: their years are earlier ones",
            len(left),
            sites=Capital(listed([labels[site] for site in left])),
        )
    return overlaps(sum(bool(pair.apart) for pair in compared), len(compared))


def overlaps(apart: int, pairs: int) -> Text:
    """How many pairs of intervals lie apart."""
    if not pairs:
        return _("Cost and its interval")
    if not apart:
        if pairs == 1:
            return _("The intervals overlap")
        return _("Every two intervals overlap: chance in caseload alone could do that")
    if apart == pairs:
        return _("No two intervals overlap") if pairs > 1 else _("The intervals do not overlap")
    return _("{apart} of {pairs} pairs of sites can be told apart", apart=Capital(Count(apart)), pairs=Count(pairs))


def bridge(label: str, row: Row, per: str, change: Text | None = None) -> Text:
    """What changed a unit cost between two periods, by how much, and its largest part."""
    site, amount = Name(label), change or Plain(pounds(row.change))
    if abs(row.change) < NIL_POUNDS:
        return _("{site}: no change in the cost per {case}", site=site, case=per)
    if row.change > 0:
        moved = _("{site}: {amount} more per {case}", site=site, amount=amount, case=per)
    else:
        moved = _("{site}: {amount} less per {case}", site=site, amount=amount, case=per)
    return joined(", ", [moved, row.words or _("from spending and caseload together")])


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
    return _(
        "The central team’s {amount} of {months} stands apart from every site’s cost", amount=amount, months=months
    )


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


def gaps_in(labels: Sequence[str], period: str) -> Text:
    """How many sites have no number for a period; `labels` are theirs."""
    if not labels:
        return _("Every site has a whole {period}", period=period)
    if len(labels) == 1:
        return _("{site}’s {period} has a gap", site=Name(labels[0]), period=period)
    return _("{number} sites’ {period} has a gap", number=Capital(Count(len(labels))), period=period)


def trend(ends: Sequence[tuple[str, Row | None, Row | None]], per: str, write: Write = as_shown) -> Text:
    """Whether the first and last year of a unit cost lie apart; a row is a site's label and the two numbers."""
    moved = [
        (label, first, last)
        for label, first, last in ends
        if first is not None and last is not None and first.low is not None and last.low is not None
        if _apart(first, last)
    ]
    rose = [last.value > first.value for label, first, last in moved[:2]]
    places = [(named(label), *(write(row, "", row.shown) for row in ends)) for label, *ends in moved[:2]]
    if not places:
        return _("No site’s yearly cost per {case} shows a clear change", case=per)
    if len(places) == 1:
        return _one_moved(rose[0], {"case": per, **dict(zip(("site", "first", "last"), places[0], strict=True))})
    names = ("site", "first", "last", "other", "other_first", "other_last")
    return _two_moved(rose, {"case": per, **dict(zip(names, (*places[0], *places[1]), strict=True))})


def _one_moved(rose: bool, places: Mapping[str, str]) -> Text:
    """A site whose cost rose or fell from its first year to its last."""
    if rose:
        return _("Year by year, {site} rose from {first} to {last} per {case}", **places)
    return _("Year by year, {site} fell from {first} to {last} per {case}", **places)


def _two_moved(rose: Sequence[bool], places: Mapping[str, str]) -> Text:
    """The same of two sites."""
    if all(rose):
        return _(
            "Year by year, {site} rose from {first} to {last} and {other} rose from {other_first} to {other_last} "
            "per {case}",
            **places,
        )
    if not any(rose):
        return _(
            "Year by year, {site} fell from {first} to {last} and {other} fell from {other_first} to {other_last} "
            "per {case}",
            **places,
        )
    if rose[0]:
        return _(
            "Year by year, {site} rose from {first} to {last} and {other} fell from {other_first} to {other_last} "
            "per {case}",
            **places,
        )
    return _(
        "Year by year, {site} fell from {first} to {last} and {other} rose from {other_first} to {other_last} "
        "per {case}",
        **places,
    )


def _apart(one: Row, other: Row) -> bool:
    """Whether two intervals do not touch."""
    return bool(one.low > other.high or one.high < other.low)


def largest_line(most: Sequence[Row], sites: int, write: Write = as_shown) -> Text:
    """The line on which most is spent, where it is the same at every site; `most` has one row a site that has any."""
    if not most:
        return _("Spend by line")
    if len({row.line for row in most}) > 1:
        return _("The largest line of spend is not the same at every site")
    shares = spread([Row(row, value=row.share) for row in most], lambda row: write(row, "share", row.shown))
    line = most[0].label
    if sites == 1:
        return _("{line} is the largest line: {share} of cash spend", line=line, share=shares)
    if len(most) == sites:
        return _("{line} is the largest line at every site: {share} of cash spend", line=line, share=shares)
    return _("{line} is the largest line where known: {share} of cash spend", line=line, share=shares)


def spend_against_plan(rows: Sequence[Row | None], write: Write = as_shown) -> Text:
    """Spend of each planned pound: £0.97 to £1.04 was spent of each planned pound."""
    amounts = spread(rows, lambda row: write(row, "", f"£{round_half_up(row.value, 2):.2f}"))
    if amounts is None:
        return _("Spend against plan and funding")
    return where_known(_("{amount} was spent of each planned pound", amount=amounts), rows)
