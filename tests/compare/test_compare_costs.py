"""Costs compared: bridges to the penny, one basis, the central team's share, real terms, and the published figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from compare_programmes import LINES, programme
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from etl.compare.basis import reported_lines, same_basis, with_reported_lines
from etl.compare.bridges import TO_DATE, Span, bridges, pairs, reason
from etl.compare.central import BY_NEW_CASES, EQUALLY, NONE, Central, central_costs, shares
from etl.compare.money import price_levels, real_terms, spend_against, spend_lines
from etl.compare.parts import parts
from etl.compare.side_by_side import comparisons
from etl.definitions.periods import month_after
from etl.reference import Agreement, Earmark, Reference, as_known_at, read_reference

SITES = ["croydon", "west_midlands", "west_mercia", "south_wales"]
NOVEMBER = date(2019, 11, 1)
YEAR = date(2020, 4, 1)
EMPTY = pd.DataFrame({"site": [], "period": [], "starts": [], "measure": [], "value": []})


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_bridges_add_up_to_the_penny_and_their_reason_holds(seed):
    made = programme(seed, months=26)
    rows = bridges(made.results(), made.last)
    own = rows[(rows.measure == "cost_per_new_case") & (rows.site != "all")]
    for row in own.itertuples():
        ends = [made.over(row.site, "new_cases", *months) for months in _ends(row)]
        costs = [made.spend(row.site, *months) for months in _ends(row)]
        assert ends == [row.count0, row.count1] and costs == pytest.approx([row.cost0, row.cost1])
        assert min(ends) >= 10
        assert _pence(row.spending) + _pence(row.volume) == _pence(row.change)
        exact = Fraction(str(round(row.cost1, 2))) / int(ends[1]) - Fraction(str(round(row.cost0, 2))) / int(ends[0])
        assert abs(Fraction(_pence(row.change), 100) - exact) <= Fraction(1, 200)
        if row.words in ("because more was spent", "because less was spent"):
            assert abs(row.spending) > abs(row.volume) and (row.spending > 0) == ("more" in row.words)
        if "share it" in row.words:
            assert abs(row.volume) > abs(row.spending) and (ends[1] < ends[0]) == ("fewer" in row.words)


def _ends(row):
    return ((row.from_starts, row.from_ends), (row.to_starts, row.to_ends))


def _pence(pounds):
    return int((Decimal(repr(pounds)) * 100).to_integral_value())


def test_a_part_year_is_bridged_from_the_same_months_only():
    made = programme(1, holes=0)
    rows = bridges(made.results(), made.last)
    for row in rows.itertuples():
        assert (row.from_ends.year - row.from_starts.year) * 12 + row.from_ends.month - row.from_starts.month == (
            row.to_ends.year - row.to_starts.year
        ) * 12 + row.to_ends.month - row.to_starts.month
        assert row.to_ends <= made.last and row.from_starts >= min(made.numbers.get(row.site, {row.from_starts: 0}))
    assert set(rows.span) >= {TO_DATE, "quarter", "quarter_year_ago"}
    assert set(rows[rows.span == TO_DATE].to_words) == {"Apr to Nov 2019"}


def test_whole_years_and_rolling_years_are_paired():
    years = [Span("year", date(y, 4, 1), date(y + 1, 3, 1)) for y in (2016, 2017, 2018)]
    rolling = [Span("rolling_year", month_after(NOVEMBER, -11 - b), month_after(NOVEMBER, -b)) for b in (0, 5, 12)]
    found = list(pairs({span: {} for span in (*years, *rolling)}, NOVEMBER))
    assert [(p.before.starts.year, p.after.starts.year) for p in found if p.kind == "year"] == [
        (2016, 2017),
        (2016, 2018),
        (2017, 2018),
    ]
    assert [(p.before, p.after) for p in found if p.kind == "rolling_year"] == [(rolling[2], rolling[0])]


@pytest.mark.parametrize(
    ("spending", "volume", "words"),
    [
        (-28.34, 727.78, "because fewer cases share it"),
        (90.0, 10.0, "because more was spent"),
        (60.0, 40.0, "because of spending and volume together"),
        (-90.0, -5.0, "because less was spent"),
        (10.0, -200.0, "because more cases share it"),
    ],
)
def test_the_reason_of_a_change(spending, volume, words):
    assert reason(spending, volume, spending + volume, within_chance=False) == words
    assert reason(spending, volume, spending + volume, within_chance=True) == "within chance"


def year_on_year(cost0: float, cases0: int, cost1: float, cases1: int) -> pd.Series:
    """The bridge of a site's year to date: all of it in one month of either year."""
    found = {"spend": (cost0, cost1), "new_cases": (cases0, cases1)}
    months = (date(2018, 4, 1), date(2019, 4, 1))
    rows = [("a", "month", m, name, float(v)) for name, own in found.items() for m, v in zip(months, own, strict=True)]
    results = pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value"])
    made = bridges(results, date(2019, 4, 1))
    return made[(made.measure == "cost_per_new_case") & (made.span == TO_DATE)].iloc[0]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((108_480, 46, 107_301, 52), "within chance"),  # 46 and 52 cases: p = 0.5
        ((146_600, 64, 140_800, 62), "within chance"),  # £20 of £2,291
        ((108_480, 46, 217_000, 46), "because more was spent"),
        ((108_480, 46, 108_480, 92), "because more cases share it"),
    ],
)
def test_chance_is_no_cause(numbers, words):
    row = year_on_year(*numbers)
    assert row.words == words and row.within_chance == (words == "within chance")
    cost0, cases0, cost1, cases1 = numbers
    assert row.p == pytest.approx(binomtest(cases1, cases0 + cases1, cost1 / (cost0 + cost1)).pvalue)


def central(reference, basis, allocation, site="croydon"):
    rows = central_costs(EMPTY, reference, SITES, NOVEMBER)
    chosen = rows[(rows.site == site) & (rows.basis == basis) & (rows.allocation == allocation)]
    return chosen[chosen.starts == YEAR].iloc[0]


def known():
    return as_known_at(read_reference(), date(2019, 12, 11))


def test_the_published_plan_costs_2496_a_case():
    row = central(known(), "planned", NONE)
    assert (row.cost, row.total, row["count"], row.unit, row.shown) == (312000, 312000, 125, 2496, "£2,496")
    assert (row.low, row.high) == pytest.approx((2094.91781272271, 2998.5901127373))


@pytest.mark.parametrize("allocation", [BY_NEW_CASES, EQUALLY])
def test_one_off_money_is_told_apart_before_it_is_divided_by_cases(allocation):
    """The published £89,000 is for running support and for developing a model, together."""
    row = central(known(), "secured", allocation)
    assert row.earmarked == 89000 and pd.isna(row.central) and pd.isna(row.unit)
    assert row.why == "£89,000 is for running and one-off costs together, which nobody has told apart"
    assert (row.central_at_most, row.unit_at_most) == (89000, (275000 + 89000) / 125)
    assert central(known(), "secured", NONE, "central_team").central == 89000


def apart(one_off):
    """What is known, with the central team's money all of one kind."""
    told = [replace(a, one_off=one_off) if a.site == "central_team" else a for a in known().agreements]
    return replace(known(), agreements=tuple(told))


@pytest.mark.parametrize("allocation", [BY_NEW_CASES, EQUALLY])
def test_the_published_money_would_be_2912_a_case_if_all_of_it_were_running_cost(allocation):
    row = central(apart("no"), "secured", allocation)
    assert (row.cost, row.central, row.earmarked, row.total) == (275000, 89000, 89000, 364000)
    assert (row.unit, row.shown) == (2912, "£2,912")
    assert (row.low, row.high) == pytest.approx((2444.07078150983, 3498.35513152685))


def test_earmarked_money_stays_where_it_is_earmarked():
    for site in SITES[1:]:
        row = central(known(), "planned", BY_NEW_CASES, site)
        assert pd.isna(row.central) and pd.isna(row.total) and "nobody has said" in row.why
    assert pd.isna(central(known(), "planned", BY_NEW_CASES, "all").central)


def test_the_rest_is_shared_by_choice_and_nothing_is_lost():
    part = Central({"croydon": 1000.0}, 9000.0, "")
    counts = {"croydon": 125.0, "west_midlands": 100.0, "west_mercia": 75.0, "south_wales": 100.0}
    assert shares(EQUALLY, part, counts) == {site: 2250.0 + 1000 * (site == "croydon") for site in SITES}
    assert shares(BY_NEW_CASES, part, counts)["west_mercia"] == 9000 * 75 / 400
    for allocation in (EQUALLY, BY_NEW_CASES):
        assert sum(shares(allocation, part, counts).values()) == pytest.approx(part.amount)
    assert set(shares(BY_NEW_CASES, part, counts | {"croydon": None}).values()) == {None}
    assert set(shares(NONE, part, counts).values()) == {0.0}


def test_a_year_without_all_of_the_central_teams_money_is_not_known():
    made = programme(2, holes=0)
    reference = replace(known(), plans=())
    rows = central_costs(made.results(), reference, made.sites, made.last)
    shared = rows[(rows.basis == "actual") & (rows.allocation != NONE)]
    assert shared.unit.isna().all() and shared.why.str.contains("central team").all()


def test_the_central_teams_cost_beside_what_sites_spent():
    made = programme(2, holes=0)
    own = Agreement("c", "central_team", ("home_office",), "cash", 240000.0, date(2017, 4, 1), date(2021, 3, 31),
                    "approved", False, "", "", False, None, date(2017, 1, 1), "a letter")  # fmt: skip
    rows = central_costs(made.results(), Reference(agreements=(own,)), made.sites, made.last)
    newest = rows[(rows.basis == "actual") & (rows.period == "rolling_year") & (rows.allocation == EQUALLY)]
    for row in newest.itertuples():
        if row.site != "all":
            assert row.central == pytest.approx(60000 / 4)
            assert row.cost == pytest.approx(made.spend(row.site, row.starts, row.ends))
    marked = Reference(agreements=(own,), earmarks=(Earmark("c", "site_1", date(2017, 1, 1), "a letter"),))
    rows = central_costs(made.results(), marked, made.sites, made.last).query("basis == 'actual'")
    newest = rows[(rows.period == "rolling_year") & (rows.allocation == BY_NEW_CASES)].set_index("site")
    assert newest.central["site_1"] == pytest.approx(60000) and newest.central.drop("site_1").isna().all()


def cells(*rows):
    return pd.DataFrame(rows, columns=["site", "measure", "value", "state"])


def scope(*rows):
    frame = pd.DataFrame(rows, columns=["site", "line", "says", "shared"])
    return frame.assign(label=frame.line, source="", made_up=False)


def test_own_data_say_what_is_ever_reported():
    told = reported_lines(
        cells(
            ("a", "spend.training", 0.0, "reported"),
            ("a", "spend.training", 12.5, "reported"),
            ("a", "spend.premises", 0.0, "reported"),
            ("a", "spend.evaluation", None, "not_applicable"),
            ("a", "spend.other", None, "missing"),
        ),
        ["a"],
    )
    assert [told["a", line] for line in ("training", "premises", "evaluation", "other", "in_kind")] == [
        "reported",
        "always nil",
        "not applicable",
        "no return",
        "no return",
    ]


def test_a_statement_that_own_data_contradict_is_marked():
    rows = with_reported_lines(
        scope(("a", "training", "Yes", True), ("a", "evaluation", "No", False), ("a", "premises", "Yes", False)),
        {("a", "training"): "always nil", ("a", "evaluation"): "reported", ("a", "premises"): "reported"}
        | {("a", "other"): "reported"},
    ).set_index("line")
    assert not rows.agrees["training"] and not rows.agrees["evaluation"] and rows.agrees["premises"]
    assert rows.says["other"] == "Not stated" and pd.isna(rows.agrees["other"])


def test_sites_are_on_the_same_basis_only_where_they_count_the_same():
    says = [(site, line, "Yes", line != "evaluation") for site in ("a", "b") for line in LINES]
    own = {(site, line): "reported" for site in ("a", "b") for line in (*LINES, "in_kind")}
    alike = same_basis(scope(*says), own, ["a", "b"])
    assert all(alike.values())
    other = [(s, line, "No" if (s, line) == ("b", "evaluation") else word, shared) for s, line, word, shared in says]
    differing = same_basis(scope(*other), own, ["a", "b"])
    assert not differing["cost_per_new_case", "a", "b"] and differing["cost_per_new_case_shared", "a", "b"]
    silent = same_basis(scope(*says), own | {("b", "training"): "always nil"}, ["a", "b"])
    assert not silent["cost_per_new_case_shared", "a", "b"] and not silent["cost_per_new_case", "b", "a"]


def test_prices_of_the_year_of_the_data():
    levels = price_levels(known().deflators, date(2019, 4, 1))
    assert levels[date(2019, 4, 1)][0] == 1
    assert levels[date(2018, 4, 1)][0] == pytest.approx(1 / 1.019993)
    assert levels[date(2017, 4, 1)][0] == pytest.approx(1 / 1.019993 / 1.018963)
    assert levels[YEAR][0] == pytest.approx(1.018421)
    assert levels[date(2018, 4, 1)][1] and not levels[date(2019, 4, 1)][1]
    assert price_levels((), YEAR) == {}


def test_real_terms_name_their_base_year():
    made = programme(4, holes=0)
    rows = real_terms(made.results(), known().deflators, made.last)
    assert set(rows.base_year) == {"2019/20"} and set(rows.measure) >= {"spend", "cost_per_new_case"}
    for row in rows[(rows.measure == "spend") & (rows.starts == date(2018, 4, 1)) & (rows.site != "all")].itertuples():
        assert row.nominal == pytest.approx(made.spend(row.site, row.starts, month_after(row.starts, 11)))
        assert row.real == pytest.approx(row.nominal * 1.019993)


def test_lines_add_up_to_the_spend_of_the_year_that_answers():
    made = programme(6, sites=3)
    results = made.results()
    rows = comparisons(results, made.last)
    lines = spend_lines(rows, results)
    spend = rows[rows.measure == "spend"].set_index(["site", "period", "asked"]).value
    assert len(lines)
    for place, own in lines.groupby(["site", "period", "asked"]):
        assert own.amount.sum() == pytest.approx(spend[place]) and own.share.sum() == pytest.approx(1)


def test_parts_add_up_to_their_whole_and_have_no_share_of_few():
    made = programme(8, sites=5)
    results = made.results()
    found = parts(comparisons(results, made.last, measures=["closed_cases"]), results)
    assert set(found.measure) == {"closed_cases"} and (found.whole < 10).any() and (found.whole >= 10).any()
    assert found.share[found.whole < 10].isna().all()
    for row in found[(found.part == "completed") & (found.site != "all") & (found.whole >= 10)].itertuples():
        months = (row.starts, month_after(row.starts, 11))
        completed, custody = (made.over(row.site, f"closed_cases.{part}", *months) for part in ("completed", "custody"))
        assert row.value == completed and row.share == pytest.approx(completed / (completed + custody))


def test_spend_against_plan_and_funding_of_the_same_months():
    made = programme(7, holes=0)
    rows = spend_against(made.results(), made.last)
    row = rows[(rows.site == "site_0") & (rows.period == "year") & rows.to_date].iloc[0]
    spent = made.spend("site_0", row.starts, made.last)
    planned = made.over("site_0", "planned_cost", row.starts, made.last)
    assert row.ends == made.last and row.over_plan == pytest.approx(spent - planned, abs=0.011)
    assert row.against_funding == pytest.approx(
        spent / made.over("site_0", "funding.home_office", row.starts, made.last)
    )


def test_a_site_without_a_plan_leaves_the_others_their_share():
    """Money for all, none of it earmarked: it is shared among the sites that have planned cases."""
    own = Agreement("c", "central_team", ("home_office",), "cash", 80000.0, date(2020, 4, 1), date(2021, 3, 31),
                    "approved", False, "", "", False, None, date(2017, 1, 1), "a letter")  # fmt: skip
    reference = replace(known(), agreements=(*apart("no").agreements, own), earmarks=())
    rows = central_costs(EMPTY, reference, [*SITES, "fifth"], NOVEMBER)
    shared = rows[(rows.basis == "planned") & (rows.allocation == BY_NEW_CASES) & (rows.starts == YEAR)].set_index(
        "site"
    )
    assert "fifth" not in shared.index and shared.central[SITES].notna().all()
