"""Control charts of an edition: which kind, which limits, when there are none, and what is said of them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from compare_programmes import programme
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from etl.compare.charts import POISSON, XMR, chance_words, control_charts
from etl.definitions.periods import month_after, months_from
from etl.methods.control_chart import COMMON_CAUSE, TAIL, poisson_limits, signals_by_chance, xmr
from etl.reference import Rebase

APRIL = date(2018, 4, 1)
STEADY = [20, 22, 19, 21, 18, 23, 20, 21, 19, 22, 20, 19]
FEW_A_MONTH = [2, 3, 1, 4, 2, 0, 3, 2, 1, 2, 3, 2]


def results_of(values, measure="new_cases", site="croydon", plan=None):
    months = [month_after(APRIL, step) for step in range(len(values))]
    frame = pd.DataFrame({"site": site, "period": "month", "starts": months, "measure": measure, "value": values})
    if plan is not None:
        name = {"new_cases": "planned_new_cases", "spend": "planned_cost"}[measure]
        frame = pd.concat([frame, frame.assign(measure=name, value=float(plan))], ignore_index=True)
    return frame.assign(value=frame.value.astype(float))


def charted(values, measure="new_cases", rebases=(), plan=None):
    charts, points = control_charts(results_of(values, measure, plan=plan), rebases=rebases)
    return charts.set_index("measure").loc[measure], points[points.measure == measure].reset_index(drop=True)


def rebase(month, measure="new_cases", site="croydon"):
    return Rebase(site, month, measure, "a second team began", "data lead", month, "a note")


def test_limits_are_those_of_the_method():
    chart, points = charted(STEADY)
    method = xmr(STEADY)
    assert (chart.kind, chart.points, bool(chart.trial), bool(chart.drawn)) == (XMR, 12, False, True)
    assert list(points.lower) == list(method.lower) and list(points.upper) == list(method.upper)
    assert list(points.label) == list(method.labels) and chart.words == "no clear change"


@pytest.mark.parametrize(("months", "drawn", "trial"), [(5, False, False), (6, True, True), (11, True, True)])
def test_trial_limits_from_six_months_and_none_below(months, drawn, trial):
    chart, points = charted(STEADY[:months])
    assert (bool(chart.drawn), bool(chart.trial)) == (drawn, trial)
    assert points.upper.notna().all() == drawn and points.label.notna().all() == drawn
    assert drawn or chart.words == "too few months for limits"


def test_counts_under_ten_a_month_have_exact_poisson_limits():
    chart, points = charted([*FEW_A_MONTH * 3, 9])
    middle = np.mean([*FEW_A_MONTH * 3, 9])
    low, high = points.lower[0], points.upper[0]
    assert chart.kind == POISSON and points["mean"][0] == pytest.approx(middle)
    assert poisson.cdf(low - 1, middle) <= TAIL and poisson.sf(high, middle) <= TAIL
    assert poisson.cdf(low, middle) > TAIL and poisson.sf(high - 1, middle) > TAIL
    assert list(points.label) == [*[COMMON_CAUSE] * 36, "above_limit"] and chart.words == "unusually high"
    assert charted([9.0] * 11 + [10.0])[0].kind == POISSON and charted([10.0] * 11 + [11.0])[0].kind == XMR


def test_counts_that_vary_more_than_chance_have_wider_limits():
    values = [1, 9, 0, 10, 2, 8, 1, 9, 0, 10, 2, 8]
    chart, points = charted(values)
    middle, index = np.mean(values), np.var(values, ddof=1) / np.mean(values)
    low, high = poisson_limits(middle)
    assert points.lower[0] == pytest.approx(middle + np.sqrt(index) * (low - middle))
    assert points.upper[0] == pytest.approx(middle + np.sqrt(index) * (high - middle))
    assert chart.chance.endswith(f"limits are {np.sqrt(index):.1f} times as wide.") and chart.signals == 0
    assert "as wide" not in charted(FEW_A_MONTH)[0].chance


@pytest.mark.parametrize(
    "stock", ["opening_cases", "closing_cases", "worked_with", "open_case_months", "case_managers"]
)
def test_what_is_there_at_a_time_has_no_chart(stock):
    both = pd.concat([results_of(STEADY), results_of(STEADY, stock)])
    assert control_charts(both)[0].measure.tolist() == ["new_cases"]


def test_money_of_a_few_pounds_is_no_count():
    assert charted([2.5, 3, 1, 4, 2, 1.5, 3, 2], "spend_in_kind")[0].kind == XMR


def test_a_gap_stays_a_gap():
    chart, points = charted([*STEADY[:6], None, *STEADY[6:]])
    assert chart.points == 12 and len(points) == 13
    assert pd.isna(points.value[6]) and pd.isna(points.label[6])


def test_a_recorded_decision_starts_the_limits_afresh():
    values = [*STEADY, *(v + 20 for v in STEADY[:7])]
    chart, points = charted(values, rebases=[rebase(month_after(APRIL, 12))])
    before, after = xmr(STEADY), xmr([v + 20 for v in STEADY[:7]])
    assert list(points["mean"]) == [*before.mean, *after.mean] and list(points.stretch) == [1] * 12 + [2] * 7
    assert (chart.points, bool(chart.trial), chart.rebased) == (7, True, month_after(APRIL, 12))
    assert chart.reason == "a second team began" and chart.who == "data lead" and chart.signals == 0
    assert charted(values)[0].signals > 0


@pytest.mark.parametrize("other", [rebase(APRIL), rebase(date(2030, 1, 1)), rebase(month_after(APRIL, 6), site="")])
def test_a_decision_about_another_chart_or_month_changes_nothing(other):
    assert charted(STEADY, rebases=[other])[1].stretch.eq(1).all()


def test_too_few_months_after_a_decision_have_no_limits():
    chart, points = charted([*STEADY, 30, 31, 29], rebases=[rebase(month_after(APRIL, 12))])
    assert not chart.drawn and points.upper[:12].notna().all() and points.upper[12:].isna().all()


def test_caseload_is_neutral_and_spend_improves_downwards():
    falling = [30, 31, 29, 30, 32, 28, 30, 31, 29, 30, 31, 30, 8]
    assert charted(falling)[0].variation == "special_cause_neutral_low"
    assert charted([v * 1000 + 7 for v in falling], "spend")[0].words == "improving"


@pytest.mark.parametrize(
    ("plan", "assurance"), [(20, "inconsistent"), (40, "always_below"), (1, "always_above"), (None, None)]
)
def test_new_cases_against_the_plan_of_a_month(plan, assurance):
    assert charted(STEADY, plan=plan)[0].assurance == assurance


@pytest.mark.parametrize(
    ("plan", "words"), [(40_000, "consistently hits the target"), (1_000, "consistently misses the target")]
)
def test_spend_against_the_plan_of_a_month(plan, words):
    assert charted([v * 1000 for v in STEADY], "spend", plan=plan)[0].assurance_words == words


def test_a_chart_that_is_not_stable_says_nothing_of_the_plan():
    chart, _ = charted([*range(11, 25)], plan=100)
    assert chart.assurance is None and "not stable" in chart.assurance_words


def test_one_wrong_month_of_money_is_no_finding():
    chart, _ = charted([26_100, 25_800, 26_050, 25_900] * 4 + [310_000], "spend")
    assert chart.variation is None and chart.words.startswith("one month is far out")


def test_days_late_come_from_the_calendar():
    months = months_from(APRIL, date(2019, 3, 1))
    states = ["not_due", *["on_time", "late"] * 5, "missing"]
    late = [0, *[0, 5] * 5, 40]
    calendar = pd.DataFrame({"site": "croydon", "month": months, "state": states, "days_late": late})
    charts, points = control_charts(results_of(STEADY), calendar)
    own = points[points.measure == "days_late"]
    assert list(own.month) == months[1:] and list(own.value[:-1]) == late[1:-1] and pd.isna(own.value.iloc[-1])
    assert charts.set_index("measure").loc["days_late"].label == "Days late"


def test_always_in_time_has_no_limits():
    months = months_from(APRIL, date(2019, 3, 1))
    calendar = pd.DataFrame({"site": "croydon", "month": months, "state": "on_time", "days_late": 0})
    calendar.loc[3, ["state", "days_late"]] = ["late", 14]
    charts, points = control_charts(results_of(STEADY), calendar)
    assert not charts.set_index("measure").loc["days_late"].drawn
    assert points[points.measure == "days_late"].label.isna().all()


def test_all_sites_together_begin_when_each_has_begun():
    made = programme(5)
    _, points = control_charts(made.results())
    assert points[points.site == "all"].month.min() == max(min(own) for own in made.numbers.values())


def test_signals_are_named_with_their_months():
    assert charted([*STEADY, *STEADY, 60])[0].signal_words == "Apr 2020 above the upper limit"


@pytest.mark.parametrize(("middle", "months"), [(None, 24), (3.0, 36), (20.0, 24)])
def test_what_chance_does_to_charts_of_a_mean_and_a_length(middle, months):
    chance, signals, runs = np.random.default_rng(7), 0, 300
    for _ in range(runs):
        values = chance.normal(1000, 100, months) if middle is None else chance.poisson(middle, months)
        chart, _points = charted(values.tolist(), "spend_in_kind" if middle is None else "new_cases")
        signals += chart.signals > 0
    assert signals / runs == pytest.approx(signals_by_chance(middle, months), abs=0.07)


def test_what_chance_does_is_said_of_the_chart_drawn():
    said = "Of 20 such charts of 24 months of pure chance, "
    assert chance_words(20.0, 24, is_count=True) == f"{said}about 4 show a signal."
    assert chance_words(2.5, 24, is_count=True) == f"{said}fewer than one shows a signal."
    assert chance_words(1.0, 24, is_count=False) == f"{said}about 4 show a signal."


def test_a_stretch_of_larger_counts_with_exact_limits_is_said_to_have_them():
    values = [5, 4, 6, 5, 3, 7, 5, 4, 6, 5, 5, 5, *(20, 22, 18, 21, 19, 20, 23, 17, 20, 21, 19, 20)]
    chart, _points = charted(values, rebases=[rebase(month_after(APRIL, 12))])
    assert chart.kind == POISSON
    assert chart.chance == "Of 20 such charts of 12 months of pure chance, fewer than one shows a signal."


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.integers(0, 60), min_size=1, max_size=40), st.integers(0, 39))
def test_every_signal_is_borne_out_by_its_limits(values, at):
    log = [rebase(month_after(APRIL, at))]
    chart, points = charted(values, rebases=log)
    for point in points.itertuples():
        if point.label == "above_limit":
            assert point.value > point.upper
        elif point.label == "below_limit":
            assert point.value < point.lower
        elif point.label in ("shift_above", "two_in_three_above"):
            assert point.value > point.mean
        elif point.label in ("shift_below", "two_in_three_below"):
            assert point.value < point.mean
        assert not (pd.isna(point.value) and isinstance(point.label, str))
    known = points.groupby("stretch").value.count()
    drawn = points.groupby("stretch").upper.apply(lambda limits: limits.notna().any())
    assert not drawn[known < 6].any()
    if chart.state == "chance":
        last = points[points.stretch == points.stretch.max()]
        assert set(last.label.dropna()) <= {COMMON_CAUSE}
