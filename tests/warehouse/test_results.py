"""The arithmetic: a few returns in, one number out; and all of it against a second calculation in Python."""

import random
from datetime import date, datetime, timedelta

import pytest
from loading import Cell, Sent, expected_results, give, in_force, result, results, rows, warehouse

from etl.definitions import REPORTED_KEYS, key
from etl.definitions.periods import month_after, months_from

APRIL = date(2018, 4, 1)
ALL = ("croydon", "west_midlands", "west_mercia", "south_wales")
OLD = ALL[1:]  # Croydon is due from July 2018
FUNDERS = [key(*pair) for pair in REPORTED_KEYS if pair[0] == "funding"]
LINES = [key(*pair) for pair in REPORTED_KEYS if pair[0] == "spend"]
NUMBERS = [key(*pair) for pair in REPORTED_KEYS]


def month(step: int) -> date:
    return month_after(APRIL, step)


def sent(site: str, step: int, rest: Cell = 1.0, late: int = 0, **cells: Cell) -> Sent:
    """A return for the month so many months after April 2018; `sex__male` names a part."""
    received = datetime.combine(month(step + 1), datetime.min.time()) + timedelta(days=7 + late)
    return Sent(site, received, {month(step): {name.replace("__", "."): said for name, said in cells.items()}}, rest)


@pytest.mark.parametrize(
    ("period", "starts", "measure", "value"),
    [
        ("month", 0, "new_cases", 10), ("quarter", 0, "new_cases", 33), ("year", 0, "new_cases", 186),
        ("rolling_year", 0, "new_cases", 186), ("rolling_year", 1, "new_cases", 198),
        ("year", 0, "opening_cases", 10), ("year", 0, "closing_cases", 4), ("quarter", 0, "worked_with", 43),
        ("year", 0, "open_case_months", 48), ("month", 3, "funding", 7), ("year", 0, "funding", 84),
        ("month", 2, "accepted", 1),
    ],
)  # fmt: skip
def test_months_make_periods(period: str, starts: int, measure: str, value: float) -> None:
    con = warehouse()
    give(con, *(sent("west_mercia", step, new_cases=10 + step, opening_cases=10 * (step + 1)) for step in range(13)))
    assert result(con, "west_mercia", period, month(starts), measure) == (value, True)


def test_2496_pounds() -> None:
    con = warehouse()
    give(con, *(sent("croydon", 3 + s, rest=0.0, new_cases=[11, 10][s % 2], spend__other=26_000) for s in range(12)))
    give(con, sent("croydon", 3 + 12, rest=0.0))
    new = result(con, "croydon", "rolling_year", date(2018, 7, 1), "new_cases")
    assert new == (126, True)
    give(con, sent("croydon", 3, rest=0.0, late=30, new_cases=10, spend__other=26_000))
    assert result(con, "croydon", "rolling_year", date(2018, 7, 1), "new_cases") == (125, True)
    assert result(con, "croydon", "rolling_year", date(2018, 7, 1), "spend") == (312_000, True)
    assert result(con, "croydon", "rolling_year", date(2018, 7, 1), "cost_per_new_case") == (2496, True)


@pytest.mark.parametrize(
    ("measure", "value"),
    [("risk_reduced_share", 0.58), ("risk_reduced_at_most_share", 0.78), ("risk_not_known_share", 0.2),
     ("risk_reduced_rate", 0.725)],
)  # fmt: skip
def test_what_nobody_knows_counts_against_and_for(measure: str, value: float) -> None:
    con = warehouse()
    risk = {"much_lower": 37, "lower": 21, "same": 12, "higher": 10, "not_known": 20}
    counts: dict[str, Cell] = {f"risk_change__{name}": number for name, number in risk.items()}
    give(con, sent("west_mercia", 0, rest=0.0, closed_cases__completed=100, **counts))
    assert result(con, "west_mercia", "month", APRIL, measure) == (value, True)


@pytest.mark.parametrize("hole", ["missing", "suppressed", "unreadable"])
def test_a_sum_with_a_hole_is_no_sum(hole: str) -> None:
    con = warehouse()
    give(con, *(sent(site, step) for site in OLD for step in range(3)))
    give(con, sent("west_mercia", 1, late=9, spend__training=hole))
    for site, period, step in (("west_mercia", "month", 1), ("west_mercia", "quarter", 0), ("all", "quarter", 0)):
        assert result(con, site, period, month(step), "spend.training") == (None, False)
        assert result(con, site, period, month(step), "spend") == (None, False)
        assert result(con, site, period, month(step), "cost_per_new_case") == (None, False)
        assert result(con, site, period, month(step), "new_cases") == (
            {"month": 1, "quarter": 3}[period] * (3 if site == "all" else 1),
            True,
        )
    assert result(con, "west_mercia", "month", month(0), "spend") == (7, True)
    assert result(con, "south_wales", "quarter", month(0), "spend") == (21, True)


def test_not_applicable_is_no_hole_and_no_number() -> None:
    con = warehouse()
    give(
        con,
        sent("west_mercia", 0, funding__charity="not_applicable"),
        sent("west_mercia", 1, children="not_applicable"),
    )
    assert result(con, "west_mercia", "month", APRIL, "funding") == (6, True)
    assert result(con, "west_mercia", "month", APRIL, "funding.charity") == (None, True)
    # What a site gave before is not believed not to apply, and cases always apply.
    assert result(con, "west_mercia", "month", month(1), "children") == (None, False)
    assert result(con, "west_mercia", "quarter", APRIL, "children") == (None, False)


def test_a_month_that_nobody_sent_is_a_hole() -> None:
    con = warehouse()
    give(con, sent("west_mercia", 0), sent("west_mercia", 2), *(sent("south_wales", step) for step in range(3)))
    assert result(con, "west_mercia", "month", month(1), "new_cases") == (None, False)
    assert result(con, "west_mercia", "quarter", APRIL, "new_cases") == (None, False)
    assert result(con, "west_mercia", "quarter", APRIL, "opening_cases") == (1, True)  # April's, which is there
    assert result(con, "south_wales", "quarter", APRIL, "new_cases") == (3, True)
    assert result(con, "all", "quarter", APRIL, "new_cases") == (None, False)


def test_a_site_is_due_from_its_first_month() -> None:
    con = warehouse()
    give(con, *(sent(site, step) for site in OLD for step in range(12)))
    assert result(con, "all", "quarter", APRIL, "new_cases") == (9, True)
    assert result(con, "all", "year", APRIL, "new_cases") == (None, False)
    give(con, *(sent("croydon", step) for step in range(3, 12)))
    assert result(con, "all", "year", APRIL, "new_cases") == (45, True)
    assert result(con, "croydon", "year", APRIL, "new_cases") == (9, True)
    assert result(con, "croydon", "month", month(2), "new_cases") is None


def test_the_programmes_rolling_year_is_its_year_where_the_months_are_the_same() -> None:
    con = warehouse()
    give(con, *(sent(site, step) for site in ALL for step in range(3 * (site == "croydon"), 15)))
    assert result(con, "all", "rolling_year", APRIL, "new_cases") == result(con, "all", "year", APRIL, "new_cases")
    assert result(con, "croydon", "rolling_year", APRIL, "new_cases") is None
    assert result(con, "croydon", "rolling_year", month(3), "new_cases") == (12, True)


def test_a_year_that_has_not_ended_is_a_year_to_date() -> None:
    con = warehouse()
    give(con, *(sent("west_mercia", step) for step in range(5)))
    assert result(con, "west_mercia", "year", APRIL, "new_cases") == (5, False)
    assert result(con, "west_mercia", "quarter", month(3), "new_cases") == (2, False)
    assert result(con, "west_mercia", "rolling_year", APRIL, "new_cases") is None


def test_ratios_come_last() -> None:
    con = warehouse()
    give(
        con,
        sent("west_mercia", 0, rest=0, new_cases=1, spend__other=100),
        sent("west_mercia", 1, rest=0, new_cases=9, spend__other=100),
    )
    assert result(con, "west_mercia", "quarter", APRIL, "cost_per_new_case") == (20, False)
    assert result(con, "west_mercia", "month", APRIL, "cost_per_completed_case") == (None, True)  # nobody completed


def test_a_newer_return_replaces_every_number_even_with_a_hole() -> None:
    con = warehouse()
    give(con, sent("west_mercia", 0, new_cases=8), sent("west_mercia", 0, late=1, new_cases=None))
    assert result(con, "west_mercia", "month", APRIL, "new_cases") == (None, False)


def test_a_site_that_sends_more_than_it_must_makes_earlier_months_due() -> None:
    con = warehouse()
    returns = [sent(site, step) for site in ALL for step in range(3 * (site == "croydon"), 5)]
    give(con, *returns)
    assert result(con, "all", "month", month(2), "new_cases") == (3, True)
    early = sent("croydon", 1)
    give(con, early)
    assert result(con, "all", "month", month(2), "new_cases") == (None, False)
    assert_same(results(con), expected_results([*returns, early]))


def test_pence_stay_pence() -> None:
    con = warehouse()
    give(con, *(sent("west_mercia", step, rest=0.1, new_cases=0, spend__other=0.2) for step in range(12)))
    assert result(con, "west_mercia", "year", APRIL, "spend") == (9.6, True)
    assert result(con, "west_mercia", "month", APRIL, "spend_with_in_kind") == (0.9, True)


def assert_same(found: dict, expected: dict) -> None:
    assert found.keys() == expected.keys()
    wrong = {
        row: (found[row], told)
        for row, told in expected.items()
        if found[row][1] != told[1]
        or found[row][0] != (None if told[0] is None else pytest.approx(told[0], rel=1e-12, abs=1e-6))
    }
    assert not wrong, list(wrong.items())[:5]


def a_cell(chance: random.Random, number: str) -> Cell:
    if chance.random() < 0.01:
        return chance.choice(["missing", "suppressed", "unreadable", "not_applicable", "not_applicable"])
    money = number.startswith(("spend", "funding"))
    return round(chance.uniform(-50, 5000), 2) if money else float(chance.randrange(4))


def some_returns(seed: int) -> list[Sent]:
    """Monthly returns of three sites and a tracker, some missing, late, corrected, rejected or given twice."""
    chance = random.Random(seed)
    last = month(chance.randrange(2, 20))

    def cells() -> dict[str, Cell]:
        return {number: a_cell(chance, number) for number in NUMBERS}

    made: list[Sent] = []
    for site in ALL:
        year: dict[date, dict[str, Cell]] = {}
        for m in months_from(APRIL if site != "croydon" else month(3 - chance.randrange(2)), last):
            year = {**({} if m.month == 4 else year), m: cells()}
            if chance.random() < 0.1:
                continue
            for version in range(1, 1 + chance.choice([1, 1, 1, 2, 3])):
                received = datetime(m.year, m.month, 28) + timedelta(days=chance.randrange(10, 60))
                restated = {old: said if chance.random() < 0.8 else cells() for old, said in year.items()}
                months = restated if site == "west_mercia" else {m: cells()}
                made.append(Sent(site, received, months, version=version, rejected=chance.random() < 0.05))
    twice = [
        Sent(
            o.site,
            o.received + timedelta(days=chance.randrange(-9, 9)),
            o.months,
            version=o.version,
            name=f"copy {o.site}",
        )
        for o in chance.sample(made, 2)
        if not o.rejected
    ]
    return [*made, *twice]


def earliest(returns: list[Sent]) -> list[Sent]:
    """The copies that count: of the same bytes those that came first."""
    kept: dict[str, Sent] = {}
    for one in sorted((o for o in returns if not o.rejected), key=lambda o: o.received):
        kept.setdefault(one.sha256, one)
    return list(kept.values())


def stands(con: object) -> tuple[list, list, list]:
    return (
        rows(con, "select * from observations order by all"),  # type: ignore[arg-type]
        rows(con, "select * from results order by all"),  # type: ignore[arg-type]
        rows(con, "select * exclude loaded from returns order by all"),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", range(4))
def test_against_a_second_calculation(seed: int) -> None:
    returns = some_returns(seed)
    con = warehouse()
    give(con, *returns)
    assert_same(results(con), expected_results(earliest(returns)))
    force = in_force(earliest(returns))
    found = rows(con, "select site, month, measure, part, value, state, known_from from observations")
    assert len(found) == 69 * len(force)
    for site, m, measure, part, value, state, known_from in found:
        one = force[site, m]
        assert ((value, state), known_from) == (one.cell(m, key(measure, part)), one.received)


@pytest.mark.parametrize("seed", range(10, 13))
def test_any_order_in_any_number_of_loads_makes_the_same_bit_for_bit(seed: int) -> None:
    returns = some_returns(seed)
    at_once = warehouse()
    give(at_once, *returns)
    chance = random.Random(seed)
    for _ in range(2):
        con = warehouse()
        shuffled = chance.sample(returns, len(returns))
        for start in range(0, len(shuffled), len(shuffled) // 4 + 1):
            give(con, *shuffled[start : start + len(shuffled) // 4 + 1])
        assert stands(con) == stands(at_once)


def test_one_more_return_works_out_no_more_than_it_touches() -> None:
    con = warehouse()
    give(con, *(Sent(site, datetime(2020, 1, 1), {month(step): {}}) for site in ALL for step in range(4)))
    give(con, Sent("croydon", datetime(2020, 2, 1), {month(1): {"new_cases": 7}}))
    touched = "select distinct site, period, starts from new_results order by all"
    assert {row[0] for row in rows(con, touched)} == {"croydon", "all"}
    assert [row[1:] for row in rows(con, touched) if row[:2] == ("all", "month")] == [("month", month(1))]
    give(con, Sent("croydon", datetime(2020, 2, 1), {month(4): {}}))
    assert {row[0] for row in rows(con, touched)} == {*ALL, "all"}  # a month has begun, and is due at every site
    assert [row[1:] for row in rows(con, touched) if row[:2] == ("all", "month")] == [("month", month(4))]


@pytest.mark.parametrize("seed", range(30, 32))
def test_return_after_return_makes_what_is_made_from_scratch(seed: int) -> None:
    con = warehouse()
    for one in sorted(some_returns(seed), key=lambda one: one.received)[:12]:
        give(con, one)
        found = rows(con, "select * from results order by all")
        con.execute("update result_versions set fingerprint = ''")
        give(con)
        assert rows(con, "select * from results order by all") == found


@pytest.mark.parametrize("seed", range(20, 22))
def test_what_was_known_at_a_time_is_what_a_load_up_to_then_made(seed: int) -> None:
    returns = some_returns(seed)
    con = warehouse()
    give(con, *returns)
    times = sorted({one.received for one in returns})
    for time in times[:: max(1, len(times) // 6)]:
        then = warehouse()
        give(then, *(one for one in returns if one.received <= time))
        known = rows(con, "select * from observations_at($at) order by all", at=time)
        assert known == rows(then, "select * from observations order by all")
