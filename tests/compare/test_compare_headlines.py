"""Headlines of pages 2 and 3: on random programmes each is read back and held against the months by other code."""

import re
from datetime import date

import pandas as pd
import pytest
from compare_programmes import SHARED, Programme, programme
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binomtest, chi2, gamma

from dashboard.data.edition import Row
from dashboard.wording import caseload, control_chart, costs
from etl.compare.bridges import bridges
from etl.compare.side_by_side import apart, comparisons
from etl.compare.side_by_side import findings as find
from etl.compare.trends import trends
from etl.definitions.periods import month_after
from etl.definitions.writing import count, first_upper, pounds
from etl.protect.audience import HIDDEN_WORDS

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=8, deadline=None)
COST = "cost_per_new_case_shared"
NAMES = {"site_0": "Anglesey", "site_1": "West Midlands", "site_2": "Barnet", "site_3": "Conwy", "site_4": "Dover"}
SAID = {site: "the West Midlands" if name == "West Midlands" else name for site, name in NAMES.items()}


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """A table as an edition gives it: nothing where a number is missing."""
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [Row({str(key): value for key, value in record.items()}) for record in records]


def latest(frame: pd.DataFrame, measure: str) -> list[Row]:
    return rows_of(frame[frame.latest & (frame.period == "rolling_year") & (frame.measure == measure)])


def named(sentence: str) -> set[str]:
    """The sites that a sentence names."""
    return {site for site, name in SAID.items() if name.lower() in sentence.lower()}


def limits(count: float) -> tuple[float, float]:
    return (float(chi2.ppf(0.025, 2 * count) / 2) if count else 0.0, float(chi2.ppf(0.975, 2 * count + 2) / 2))


def whole_year(made: Programme, site: str, *numbers: str) -> date | None:
    """The start of the newest year of a site with no hole in it."""
    for back in range(40):
        start = month_after(made.last, -11 - back)
        if start < min(made.numbers[site]):
            return None
        if all(made.over(site, number, start, month_after(start, 11)) is not None for number in numbers):
            return start
    return None


@FEW
@given(SEEDS)
def test_what_is_said_of_new_cases_and_plan_is_so(seed: int) -> None:
    made = programme(seed)
    rows = {row.site: row for row in latest(comparisons(made.results(), made.last), "new_cases")}
    said = caseload.against_plan([(NAMES[site], rows[site]) for site in made.sites])
    newest = month_after(made.last, -11)
    stands: dict[str, set[str]] = {"below plan": set(), "above plan": set(), "close to plan": set(), "too few": set()}
    known = [site for site in made.sites if whole_year(made, site, "new_cases") == newest]
    for site in known:
        cases, plan = (made.over(site, n, newest, made.last) for n in ("new_cases", "planned_new_cases"))
        assert cases is not None
        assert plan is not None
        sure = float(gamma.sf(0.9 * plan, cases + 0.5))
        word = "close to plan" if sure > 0.9 or abs(cases / plan - 1) <= 0.15 else "too few"
        above = limits(cases)[0] > plan
        stands["above plan" if above else "below plan" if sure < 0.1 else word].add(site)
    for phrase, sites in stands.items():
        part = next((part for part in said.split("; ") if phrase in part), "")
        assert named(part) == sites, said
    if known:
        out = "; ".join(part for part in said.split("; ") if "not known" in part)
        assert named(out) == set(made.sites) - set(known), said


@FEW
@given(SEEDS)
def test_what_is_said_of_unit_costs_is_so(seed: int) -> None:
    made = programme(seed, sites=4)
    compared = comparisons(made.results(), made.last)
    pairs = apart(compared, made.last)
    rows = {row.site: row for row in latest(compared, COST)}
    labels = {site: NAMES[site] for site in made.sites}
    found, told = latest(find(compared, pairs), COST), latest(pairs, COST)
    for chosen in (found, []):  # all sites, and as where only some are shown
        said = costs.cost(chosen, told, rows, labels, "new case", "all cash")
        check_cost(said, own_costs(made))
    check_alike(costs.alike(found, told, rows, labels), own_costs(made))


def own_costs(made: Programme) -> dict[str, tuple[float, float, float]]:
    """Each site's cost per new case with its ends, of its newest whole year; none on fewer than ten cases."""
    costs = {}
    for site in made.sites:
        start = whole_year(made, site, "new_cases", *(f"spend.{line}" for line in SHARED))
        cases = made.over(site, "new_cases", start, month_after(start, 11)) if start else None
        if start and cases and cases >= 10:
            spend = made.spend(site, start, month_after(start, 11), SHARED)
            assert spend is not None
            low, high = limits(cases)
            costs[site] = (spend / cases, spend / high, spend / low)
    return costs


def are_apart(costs: dict[str, tuple[float, float, float]], one: str, other: str) -> bool:
    return costs[one][1] > costs[other][2] or costs[other][1] > costs[one][2]


def check_cost(said: str, costs: dict[str, tuple[float, float, float]]) -> None:
    """Holds a headline on cost against the sites' own numbers."""
    finding, *out = said.split("; ")
    assert not named(finding) & named("; ".join(out)), said
    spends = re.match(r"(.+?) (?:each )?spends? (.+?) per new case (?:as|than) (.+), all cash", finding)
    if spends is None:
        if "No clear difference" in finding:
            assert not any(are_apart(costs, a, b) for a in named(finding) for b in named(finding) if a != b), said
        elif "likely range" in finding:
            (site,) = named(finding)
            assert f"{pounds(costs[site][0])} per new case (likely range " in said
            assert f"{pounds(costs[site][1])} to {pounds(costs[site][2])}" in said
        else:
            assert "No cost per" in said or "do not overlap" in said or "is not known" in said, said
        return
    first, times, second = spends.groups()
    high, low = (second, first) if times == "less" else (first, second)
    ends = []
    for one in named(high):
        for other in named(low):
            assert costs[one][0] > costs[other][0], said
            assert are_apart(costs, one, other), said
            ends.append(ratio_ends(costs[one], costs[other]))
    check_ratio(said, min(low for low, _ in ends), max(high for _, high in ends))


def ratio_ends(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float]:
    """The exact interval of a ratio, found where the binomial tails of the two counts given their sum are 2.5%."""
    counts = [round(brentq(lambda n, own=own: own[0] * n - own[1] * limits(n)[1], 1, 10_000)) for own in (one, other)]
    spent = one[0] * counts[0] / (other[0] * counts[1])
    ends = binomtest(counts[1], sum(counts)).proportion_ci(0.95, "exact")
    return spent * ends.low / (1 - ends.low), spent * ends.high / (1 - ends.high)


def check_ratio(said: str, low: float, high: float) -> None:
    """The printed ends are those of the interval, to a tenth."""
    if " times" not in said:
        assert low < 1.05
        return
    numbers = [float(text) for text in re.findall(r"\d+(?:\.\d)?", said.split(" times")[0])]
    assert abs(numbers[0] - low) <= 0.0501, (said, low)
    assert abs(numbers[-1] - high) <= 0.0501, (said, high)


def check_alike(said: str, costs: dict[str, tuple[float, float, float]]) -> None:
    """Holds the second headline on cost against the sites' own numbers."""
    sites = named(said)
    pairs = [(a, b) for a in costs for b in costs if a < b]
    if "No clear difference" in said:
        assert not any(are_apart(costs, a, b) for a in sites for b in sites if a != b), said
    elif "do not overlap" in said:
        assert all(are_apart(costs, a, b) for a, b in pairs), said
    elif "ranges overlap" in said:
        assert not any(are_apart(costs, a, b) for a, b in pairs), said
    elif "pairs of sites" in said:
        assert first_upper(count(sum(are_apart(costs, a, b) for a, b in pairs))) == said.split()[0]


@FEW
@given(SEEDS)
def test_what_is_said_of_new_cases_over_a_year_is_so(seed: int) -> None:
    made = programme(seed, months=24)
    told = trends(made.results(), made.last)
    rows = {row.site: row for row in rows_of(told[(told.span == 12) & (told.measure == "new_cases")])}
    said = caseload.changed([(NAMES[site], rows[site]) for site in made.sites])
    p = {}
    for site in made.sites:
        before, after = same_months(made, site)
        assert (rows[site].from_value, rows[site].to_value if before is not None else after) == (before, after)
        if before is not None and before + after:
            p[site] = float(binomtest(int(after), int(before + after)).pvalue)
    for site in made.sites:
        clear = site in p and holm(p)[site] < 0.05
        rose = clear and rows[site].to_value > rows[site].from_value
        part = next((part for part in said.split("; ") if site in named(part)), "")
        word = "more new" if rose else "fewer new" if clear else "no clear change" if site in p else "known"
        assert word in part.lower(), said


def same_months(made: Programme, site: str) -> tuple[float | None, float | None]:
    """The new cases of the last twelve months that are known in both years, and of the same months a year before."""
    months = [month_after(made.last, -back) for back in range(12)]
    pairs = [(made.over(site, "new_cases", month_after(m, -12), month_after(m, -12)), m) for m in months]
    both = [(before, made.over(site, "new_cases", m, m)) for before, m in pairs if before is not None]
    known = [(before, after) for before, after in both if after is not None]
    return (sum(b for b, _ in known), sum(a for _, a in known)) if len(known) > 2 else (None, None)


def holm(p: dict[str, float]) -> dict[str, float]:
    """Each p as Holm's steps down adjust it."""
    order = sorted(p, key=lambda site: p[site])
    return {
        site: min(1.0, max((len(p) - i) * p[s] for i, s in enumerate(order[: order.index(site) + 1]))) for site in p
    }


@FEW
@given(SEEDS)
def test_what_is_said_of_a_bridge_is_so(seed: int) -> None:
    made = programme(seed, sites=2)
    for row in rows_of(bridges(made.results(), made.last))[:60]:
        if row.site not in NAMES or row.measure != COST:
            continue
        said = costs.bridge(NAMES[row.site], row, "new case")
        ends = [(row.from_starts, row.from_ends), (row.to_starts, row.to_ends)]
        (cost0, cases0), (cost1, cases1) = (
            (made.spend(row.site, *span, SHARED), made.over(row.site, "new_cases", *span)) for span in ends
        )
        assert cost0 is not None and cost1 is not None and cases0 and cases1
        assert min(cases0, cases1) >= 10
        change = cost1 / cases1 - cost0 / cases0
        if abs(change) < 0.5:
            assert "no change" in said
            continue
        assert f"{pounds(change)} {'more' if change > 0 else 'less'}" in said or "practically unchanged" in said
        if row.within_chance:
            assert "within chance" in said and "because" not in said
        spending, volume = (cost1 - cost0) / cases1, cost0 * (1 / cases1 - 1 / cases0)
        if "fewer cases" in said or "more cases" in said:
            assert volume / change >= 0.8
            assert ("fewer" in said) == (cases1 < cases0)
        elif "was spent" in said:
            assert spending / change >= 0.8
            assert ("because more" in said) == (cost1 > cost0)


def chart(**given: object) -> Row:
    usual = {
        "label": "New cases",
        "drawn": True,
        "variation": "common_cause",
        "state": "chance",
        "words": "no clear change",
    }
    return Row({**usual, "kind": "xmr", "points": 20, "trial": False, "signals": 0, "signal_words": "", **given})


@pytest.mark.parametrize(
    ("row", "said"),
    (
        (chart(), "X: new cases by month show no clear change"),
        (chart(state="earlier", words="a change earlier, none now"), "X: new cases, a change earlier and none now"),
        (chart(state="signal", words="unusually high"), "X: new cases, unusually high in the last month"),
        (
            chart(drawn=False, variation=None, state="few_months", words="too few months for limits"),
            "X: new cases by month, too few months for limits",
        ),
        (
            chart(drawn=False, points=8, state="hidden", words=HIDDEN_WORDS),
            "X: new cases by month, of which some are hidden",
        ),
        (chart(drawn=False, points=0, state="hidden", words=HIDDEN_WORDS), "X: new cases by month, all of them hidden"),
    ),
)
def test_a_control_chart_says_its_variation(row: Row, said: str) -> None:
    assert control_chart.control("X", row) == said


def test_what_the_limits_are_is_said() -> None:
    assert control_chart.chart_note(chart()) == "XmR limits from 20 months. No month is a signal."
    assert "hidden months" in control_chart.chart_note(chart(drawn=False, state="hidden", words=HIDDEN_WORDS))
    few = chart(kind="poisson", points=8, trial=True, signals=1, signal_words="Aug 2019 above the upper limit")
    said = control_chart.chart_note(few)
    assert said.startswith("Exact Poisson limits from 8 months, on trial until 12 are known.")
    assert said.endswith("Ringed: Aug 2019 above the upper limit.")


def test_a_rebase_is_said_with_whose_it_was() -> None:
    row = Row(rebased=date(2019, 4, 1), reason="a second team", who="Drive central team")
    assert control_chart.rebased(row) == "Limits start afresh in Apr 2019: a second team (Drive central team)."
    assert "No decision" in control_chart.rebased(Row(rebased=None))


def test_earmarked_money_is_said_where_it_is() -> None:
    team = Row(central=89000.0, words="2020/21")
    bare = Row(unit=2200.0, shown="£2,200", earmarked=0.0)
    shared = Row(unit=2912.0, shown="£2,912", earmarked=89000.0, central=89000.0)
    said = costs.central(team, [("Croydon", bare, shared)], "planned new case")
    assert said == (
        "The central team’s £89,000 of 2020/21 is earmarked for Croydon: £2,912 per planned new case with it, "
        "£2,200 without"
    )
    untold = costs.central(team, [("Croydon", bare, Row(unit=None, central=None, earmarked=89000.0))], "new case")
    assert untold.endswith("is earmarked for Croydon; what of it is running cost is not known")
    assert "not known" in costs.central(None, [], "new case")
    assert "stands apart" in costs.central(team, [("Croydon", bare, bare)], "new case")


def test_costs_on_other_lines_say_so() -> None:
    pair = {"site_a": "a", "site_b": "b", "apart": False, "higher": "a", "ratio": 1.2}
    rows = {site: Row(value=100.0, shown="£100", low=90.0, high=110.0) for site in "ab"}
    for same, tail in ((True, ""), (False, "; not on the same basis")):
        said = costs.cost([], [Row({**pair, "same_basis": same})], rows, {"a": "A", "b": "B"}, "new case", "all cash")
        assert said.endswith(f"all cash{tail}")


def test_statements_that_returns_contradict_are_counted() -> None:
    rows = [Row(line="a", shared=True, agrees=True), Row(line="b", shared=False, agrees=False)]
    assert costs.scope(rows) == "One line is shared; one does not fit the returns"
    assert costs.scope(rows[:1]) == "One line is shared: what each site counts"
