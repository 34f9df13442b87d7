"""Sites side by side: what is said of random programmes is worked out again from their months by other code."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from compare_programmes import SHARED, Programme, programme
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2, gamma

from etl.compare import plausible_ranges
from etl.compare.intervals import with_intervals
from etl.compare.pathway import pathway
from etl.compare.side_by_side import apart, comparisons, findings, times_words, verdicts
from etl.compare.trends import trends
from etl.definitions.periods import month_after
from etl.reference import Fact

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=8, deadline=None)
NOVEMBER = date(2019, 11, 1)


def poisson(count: float) -> tuple[float, float]:
    return (chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2)


def rolling(made: Programme, site: str) -> list[date]:
    """The starts of a site's rolling years, the newest first."""
    first = min(made.numbers[site])
    starts = [month_after(made.last, -11 - back) for back in range(200)]
    return [start for start in starts if start >= first]


def year_that_answers(made: Programme, site: str, *numbers: str) -> date | None:
    """The newest rolling year with no hole in it."""
    for start in rolling(made, site):
        ends = month_after(start, 11)
        if all(made.over(site, number, start, ends) is not None for number in numbers):
            return start
    return None


def latest(rows: pd.DataFrame, measure: str, period: str = "rolling_year") -> pd.DataFrame:
    chosen = rows[rows.latest & (rows.measure == measure) & (rows.period == period) & (rows.site != "all")]
    return chosen.set_index("site")


@FEW
@given(SEEDS)
def test_new_cases_against_plan_are_borne_out_by_their_months(seed):
    made = programme(seed)
    rows = latest(comparisons(made.results(), made.last), "new_cases")
    for site in made.sites:
        start, row = year_that_answers(made, site, "new_cases"), rows.loc[site]
        if start is None:
            assert row.verdict == "not_known" and pd.isna(row.value)
            continue
        ends = month_after(start, 11)
        cases, plan = (made.over(site, n, start, ends) for n in ("new_cases", "planned_new_cases"))
        low, high = poisson(cases)
        assert (row.starts, row.value, row.hollow) == (start, cases, start != month_after(made.last, -11))
        assert (row.low, row.high) == pytest.approx((low, high))
        sure = gamma.sf(0.9 * plan, cases + 0.5)
        near = "close" if sure > 0.9 else "near" if abs(cases / plan - 1) <= 0.15 else "unsure"
        assert row.verdict == ("above" if low > plan else "below" if sure < 0.1 else near)
        assert (row.sure, row.against_low, row.against_high) == pytest.approx((sure, low / plan, high / plan))
        assert bool(row.why) == row.hollow


@FEW
@given(SEEDS)
def test_a_part_year_is_held_against_the_plan_of_its_months(seed):
    made = programme(seed, holes=0)
    rows = latest(comparisons(made.results(), made.last), "new_cases", "year")
    for site in made.sites:
        row = rows.loc[site]
        assert row.to_date and row.months == 8 and row.starts == date(2019, 4, 1) and row.ends == NOVEMBER
        assert row.plan == pytest.approx(made.over(site, "planned_new_cases", row.starts, made.last))
        assert row.value == made.over(site, "new_cases", row.starts, made.last)


@FEW
@given(SEEDS)
def test_costs_per_case_are_told_apart_only_where_their_intervals_are(seed):
    made = programme(seed, sites=5)
    rows = comparisons(made.results(), made.last)
    pairs = apart(rows, made.last)
    chosen = pairs[pairs.latest & (pairs.period == "rolling_year") & (pairs.measure == "cost_per_new_case_shared")]
    mine = {}
    for site in made.sites:
        start = year_that_answers(made, site, "new_cases", *(f"spend.{line}" for line in SHARED))
        if start is not None and start > month_after(made.last, -23):
            cases = made.over(site, "new_cases", start, month_after(start, 11))
            cost = made.spend(site, start, month_after(start, 11), SHARED)
            if cases >= 10:
                low, high = poisson(cases)
                mine[site] = (cost / cases, cost / high, cost / low, cases)
    assert {frozenset(pair) for pair in zip(chosen.site_a, chosen.site_b, strict=True)} == {
        frozenset((a, b)) for a in mine for b in mine if a != b
    }
    for row in chosen.itertuples():
        (value_a, low_a, high_a, _), (value_b, low_b, high_b, _) = mine[row.site_a], mine[row.site_b]
        assert row.apart == (high_a < low_b or high_b < low_a)
        assert row.ratio == pytest.approx(max(value_a, value_b) / min(value_a, value_b))
        assert row.higher == (row.site_a if value_a > value_b else row.site_b)
        ends = ratio_ends(*sorted((mine[row.site_a], mine[row.site_b]), reverse=True))
        assert (row.ratio_low, row.ratio_high) == pytest.approx(ends)
        assert not row.apart or row.ratio_low > 1
    found = findings(rows, pairs)
    found = found[found.latest & (found.period == "rolling_year") & (found.measure == "cost_per_new_case_shared")]
    check_findings(found, mine)


def ratio_ends(higher: tuple[float, ...], lower: tuple[float, ...]) -> tuple[float, float]:
    """The exact interval of a ratio of costs: of two counts given their sum one is binomial."""
    cases, others = int(higher[3]), int(lower[3])
    ends = binomtest(others, cases + others).proportion_ci(0.95, "exact")
    spent = higher[0] * cases / (lower[0] * others)
    return spent * ends.low / (1 - ends.low), spent * ends.high / (1 - ends.high)


def check_findings(found: pd.DataFrame, mine: dict[str, tuple[float, ...]]) -> None:
    standing_out = set()
    for site, (_, low, high, _) in mine.items():
        others = [other for name, other in mine.items() if name != site]
        if others and (all(o[2] < low for o in others) or all(o[1] > high for o in others)):
            standing_out.add(site)
    assert set(found[found.kind != "alike"].sites) == standing_out
    for row in found[found.kind != "alike"].itertuples():
        pairs = [sorted((mine[row.sites], other), reverse=True) for site, other in mine.items() if site != row.sites]
        ends = [ratio_ends(*pair) for pair in pairs]
        assert (row.ratio_lowest, row.ratio_highest) == pytest.approx(
            (min(e[0] for e in ends), max(e[1] for e in ends))
        )
        assert set(row.others.split(", ")) == set(mine) - {row.sites}
    rest = [mine[site] for site in mine if site not in standing_out]
    overlap = all(a[1] <= b[2] and b[1] <= a[2] for a in rest for b in rest)
    assert (len(found[found.kind == "alike"]) == 1) == (len(rest) >= 2 and overlap)


@FEW
@given(SEEDS)
def test_no_rate_stands_on_fewer_than_ten(seed):
    made = programme(seed, sites=6)
    rows = comparisons(made.results(), made.last)
    rates = rows[rows.measure.str.contains("_per_|_rate|_share") & ~rows.measure.str.startswith(("in_kind", "funding"))]
    few = rates[rates["count"] < 10]
    assert few.value.isna().all() and (few.shown == "").all() and (few.why != "").all()
    assert pathway(rows).query("share == share").shape[0] > 0
    steps = pathway(rows).set_index(["site", "period", "asked", "position"])
    for (site, period, asked, position), share in steps.share.dropna().items():
        before = steps["count"].loc[(site, period, asked, position - 1)]
        assert before >= 10 and share == pytest.approx(steps["count"].loc[(site, period, asked, position)] / before)


@pytest.mark.parametrize("hidden", ["referrals", "accepted", "new_cases", "closed_cases.completed"])
def test_a_hidden_step_hides_no_other_and_no_share_stands_on_it(hidden):
    made = programme(11, sites=3)
    results = made.results()
    where = results.measure == hidden
    masked = results.assign(value=results.value.mask(where), why=results.why.mask(where, ""))
    place = ["site", "period", "asked", "measure"]
    full, seen = (pathway(comparisons(rows, made.last)).set_index(place) for rows in (results, masked))
    both = full.join(seen.add_suffix("_seen")).reset_index()
    both = both[both["count"].notna()]
    gone = both.measure == hidden
    assert gone.any() and both[gone].count_seen.isna().all() and (both[gone].why_seen == "").all()
    assert both[~gone].count_seen.notna().all()
    same = both[~gone & (both.starts == both.starts_seen)]
    assert len(same) > 0 and (same["count"] == same.count_seen).all()
    position = both[gone].position.iloc[0]
    assert both[both.position.isin([position, position + 1])].share_seen.isna().all()


def test_a_step_is_of_the_year_that_its_pathway_names():
    """Also where another step is hidden, in the year that has begun as in the last whole one that stands in for it."""
    made = programme(3, sites=3)
    results = made.results()
    newest = results[results.period == "year"].starts.max()
    hidden = (results.period == "year") & (results.measure == "accepted")
    begun = hidden & (results.starts == newest)
    masked = results.assign(value=results.value.mask(hidden), complete=results.complete & ~begun)
    for row in pathway(comparisons(masked, made.last)).dropna(subset="count").itertuples():
        place = (masked.site == row.site) & (masked.period == row.period) & (masked.measure == row.measure)
        assert masked[place & (masked.starts == row.starts)].value.tolist() == [row.count]


def flows(before: list[int | None], after: list[int | None], measure: str = "new_cases") -> pd.DataFrame:
    """Results of sites a and b: a's months of 2018 and of 2019, b's twice the same."""
    months = [date(2018, 12 - len(before) + at, 1) for at in range(len(before))]
    months += [month_after(month, 12) for month in months]
    numbers = {"a": [*before, *after], "b": [20] * len(months)}
    rows = [(site, "month", m, measure, v) for site, own in numbers.items() for m, v in zip(months, own, strict=True)]
    frame = pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value"])
    return frame.astype({"value": float})


def one_flow(before: list[int | None], after: list[int | None], span: int = 12) -> pd.Series:
    rows = trends(flows(before, after), NOVEMBER)
    return rows[(rows.site == "a") & (rows.measure == "new_cases") & (rows.span == span)].iloc[0]


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ([10, 10, 10, 10], [4, 5, 5, 4], "fell"),
        ([4, 5, 5, 4], [10, 10, 10, 10], "rose"),
        ([12, 11, 12, 11], [14, 13, 12, 13], "unclear"),  # 46 and 52: p = 0.6
        ([10, 10, 10, 10], [6, 6, 6, 7], "unclear"),  # p = 0.076 alone
        ([0, 0, 0, 0], [0, 0, 0, 0], "not_known"),
    ],
)
def test_new_cases_rise_or_fall_only_beyond_chance(before, after, direction):
    row = one_flow(before, after)
    assert (row.from_value, row.to_value, row.direction) == (sum(before), sum(after), direction)
    assert (row.months, row.from_starts, row.to_ends) == (4, date(2018, 8, 1), NOVEMBER)


def test_of_two_months_no_year_is_compared():
    """40 new cases in one month and 9 in the same month a year before would be "more"."""
    row = one_flow([9, 9, None, None], [40, 40, 30, 30])
    assert (row.to_value, row.direction) == (140, "not_known") and pd.isna(row.from_value) and pd.isna(row.p)
    assert row.why == "fewer than three months of both years are known"
    assert one_flow([9, 9, 9, None], [40, 40, 40, 30]).direction == "rose"


def test_each_p_is_adjusted_for_the_sites():
    """40 and 23 have p = 0.043 alone, which among two sites is no sign."""
    row = one_flow([10, 10, 10, 10], [6, 6, 5, 6])
    assert row.p == pytest.approx(binomtest(23, 63).pvalue) and row.p < 0.05
    assert row.p_adjusted == pytest.approx(2 * row.p) and row.direction == "unclear"


def test_a_month_that_is_missing_in_either_year_is_left_out_of_both():
    row = one_flow([10, 10, None, 10, 10], [5, 5, 5, 5, None])
    assert (row.from_value, row.to_value, row.months, str(row.left_out)) == (30, 15, 3, "Sep 2019 and Nov 2019")


def test_the_last_three_months_are_whole_or_not_said():
    row = one_flow([10, 9, 9, 9], [5, 5, 6, 7], span=3)
    assert (row.to_value, row.to_starts) == (18, date(2019, 9, 1))
    assert pd.isna(one_flow([10, 9, 9, 9], [5, 5, None, 7], span=3).to_value)


def one_measure(measure: str, value: float, plan: float, low: float = np.nan, high: float = np.nan) -> str:
    sure = gamma.sf(0.9 * plan, value + 0.5) if measure == "new_cases" else np.nan
    row = {"measure": measure, "value": value, "plan": plan, "low": low, "high": high, "sure": sure}
    return str(verdicts(pd.DataFrame([row]))[0])


@pytest.mark.parametrize(
    ("cases", "plan", "verdict"),
    [
        (99, 125, "below"),
        (100, 125, "unsure"),
        (103, 125, "unsure"),  # its interval ends under the plan, and the chance of 90% of plan is one in five
        (113, 125, "near"),
        (128, 125, "close"),
        (148, 125, "above"),
        (0, 3, "below"),
        (2, 3, "unsure"),
        (1200, 1000, "above"),
        (960, 1000, "close"),
    ],
)
def test_new_cases_are_close_to_plan_only_where_that_is_known(cases, plan, verdict):
    assert one_measure("new_cases", cases, plan, *poisson(cases)) == verdict


@pytest.mark.parametrize(
    ("spent", "verdict"), [(100_400, "as_planned"), (100_500, "above"), (99_500, "below"), (99_600, "as_planned")]
)
def test_money_is_no_chance_but_half_a_percent_is_no_news(spent, verdict):
    assert one_measure("spend", spent, 100_000) == verdict


def test_without_a_plan_or_a_number_there_is_no_verdict():
    assert one_measure("new_cases", 10, np.nan, 5, 18) == "no_plan"
    assert one_measure("new_cases", np.nan, 10) == "not_known"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (2.251, 2.948, "2.3 to 2.9 times as much"),
        (2.0381, 4.197, "2 to 4.2 times as much"),
        (2.41, 2.44, "2.4 times as much"),
        (1.04, 1.8, ""),
    ],
)
def test_so_many_times_as_much(low, high, words):
    assert times_words(low, high) == words


def test_a_number_under_query_with_a_likely_cause_makes_no_comparison():
    made = programme(5, sites=3, holes=0)
    doubted = pd.DataFrame({"site": ["site_0"], "month": [date(2019, 9, 1)], "measure": ["spend.case_management"]})
    rows = comparisons(made.results(), made.last, queried=doubted)
    own = rows[(rows.period == "rolling_year") & rows.latest].set_index(["measure", "site"]).queried
    assert own["cost_per_new_case_shared", "site_0"] and own["spend", "all"]
    assert not own["cost_per_new_case_shared", "site_1"] and not own["new_cases", "site_0"]
    pairs = apart(rows, made.last)
    pairs = pairs[pairs.latest & (pairs.measure == "cost_per_new_case_shared")]
    assert "site_0" not in {*pairs.site_a, *pairs.site_b}


def test_an_open_case_month_has_the_chance_of_the_people_behind_it():
    place = {"site": "a", "period": "year", "starts": date(2018, 4, 1), "complete": True}
    numbers = {"spend": 312000.0, "open_case_months": 1000.0, "worked_with": 125.0, "cost_per_open_case_month": 312.0}
    row = with_intervals(pd.DataFrame([{**place, "measure": m, "value": v} for m, v in numbers.items()]))
    own = row.set_index("measure").loc["cost_per_open_case_month"]
    low, high = poisson(125)
    assert (own.low, own.high) == pytest.approx((312 * 125 / high, 312 * 125 / low))


def test_the_seed_costs_2496_within_2095_and_2999():
    place = {"site": "a", "period": "year", "starts": date(2018, 4, 1), "complete": True}
    numbers = {"spend": 312000.0, "new_cases": 125.0, "cost_per_new_case": 2496.0}
    rows = with_intervals(pd.DataFrame([{**place, "measure": m, "value": v} for m, v in numbers.items()]))
    own = rows.set_index("measure").loc["cost_per_new_case"]
    assert (own.low, own.high) == pytest.approx((2094.91781272271, 2998.5901127373))


def test_a_published_range_is_read_from_its_fact():
    caveat = "plausible range 1.07 to 1.14"
    fact = Fact("programme", "victims_per_perpetrator", "1.07", "ratio", None, None, NOVEMBER, "a report", caveat)
    assert plausible_ranges([fact]) == {"victims_per_perpetrator": (1.07, 1.14)}
    made = programme(3, holes=0)
    rows = latest(comparisons(made.results(), made.last, plausible_ranges([fact])), "victims_per_perpetrator")
    assert set(rows.plausible) <= {"within", "outside", ""} and (rows.plausible_low == 1.07).all()
