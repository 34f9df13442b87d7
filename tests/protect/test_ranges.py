"""Ranges: nobody can work out a small count of who people are or what became of them, over several editions too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from attacker import Attack
from made_up import Programme, make_up

from etl.definitions.writing import HIDDEN
from etl.protect import Protection, protect
from etl.protect.attributes import Monthly, attribute_of, index_of
from etl.protect.told import Record

WHOLES = (
    "referrals",
    "closed_cases",
    "closing_cases",
    "sex",
    "disability",
    "repeat_perpetrators",
    "victims_in_contact",
)
MADE = datetime(2020, 1, 1)
# So many small counts of a breakdown are attacked in everyday runs, chosen anew for each programme.
EVERY_DAY = 8


def publish(programmes: Sequence[Programme]) -> list[Protection]:
    """Editions one after the other, each with the record of those before it."""
    record, made = Record(), []
    for number, programme in enumerate(programmes):
        results, when = programme.results(), MADE + timedelta(days=number)
        made.append(protect(results, programme.last, f"edition {number}", when, record))
        record = made[-1].record
    return made


def up_to(programme: Programme, months: int) -> Programme:
    """The programme as it was so many months before its end."""
    kept = sorted({month for own in programme.sites.values() for month in own})[: -months or None]
    sites = {site: {m: n for m, n in own.items() if m in kept} for site, own in programme.sites.items()}
    return Programme({site: own for site, own in sites.items() if own}, kept[-1])


def given_away(made: Protection) -> set[tuple[str, str, str, float]]:
    rows = made.given_away
    return set(zip(rows.reader, rows.site, rows.number, rows.sign, strict=True))


def worked_out(programmes: Sequence[Programme], seed: int, most: int) -> list[tuple[object, int]]:
    """The small counts that some reader can work out, and that are not noted as given away."""
    made = publish(programmes)
    seen = [(p, own.mask(p.results())) for p, own in zip(programmes, made, strict=True)]
    newest, found, noted = programmes[-1], [], given_away(made[-1])
    random = np.random.default_rng(seed)
    there = next(iter(next(iter(newest.sites.values())).values()))
    for whole in WHOLES:
        if whole not in there and f"{whole}.police" not in there:
            continue
        for reader in ("", *newest.sites):
            attack = Attack(whole, newest, seen, reader)
            counts = list(attack.small_counts())
            chosen = random.permutation(len(counts))[:most]
            for count, _, total in (counts[at] for at in chosen):
                for sign, bound in ((1, min(5.0, total)), (-1, 1.0 if total >= 5 else 0.0)):
                    site = count.sites[0] if len(count.sites) == 1 else "all"
                    if (reader, site, count.number, float(sign)) in noted:
                        continue
                    if not attack.can_be(count, sign, bound):
                        found.append((count, sign))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_nobody_works_out_a_small_count(seed: int) -> None:
    programme = make_up(seed, most_sites=4, most_months=16)
    assert worked_out([programme], seed, EVERY_DAY) == []


@pytest.mark.parametrize("seed", range(100, 103))
def test_nor_from_several_editions_together(seed: int) -> None:
    programme = make_up(seed, most_sites=4, most_months=17)
    months = len(set().union(*programme.sites.values()))
    editions = [up_to(programme, by) for by in (3, 2, 1, 0) if by < months]
    assert worked_out(editions, seed, EVERY_DAY) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000, 1400))
def test_nobody_works_out_any_of_many(seed: int) -> None:
    programme = make_up(seed, most_sites=6, most_months=22)
    months = len(set().union(*programme.sites.values()))
    editions = [up_to(programme, by) for by in (2, 1, 0) if by < months]
    assert worked_out(editions, seed, 60) == []


@pytest.mark.parametrize("seed", range(200, 202))
def test_a_later_return_tells_no_small_change(seed: int) -> None:
    """One more case in a month that was published: what changed of its parts stays open as other counts do."""
    programme = make_up(seed, most_sites=3, most_months=14)
    site = next(iter(programme.sites))
    month = min(programme.sites[site])
    numbers = programme.sites[site][month]
    changed = {
        name: value + 1
        for name, value in numbers.items()
        if name in ("new_cases", "sex", "sex.male", "disability", "disability.yes", "repeat_perpetrators")
    }
    sites = programme.sites | {site: programme.sites[site] | {month: numbers | changed}}
    assert worked_out([programme, replace(programme, sites=sites)], seed, EVERY_DAY) == []


def test_the_same_attack_finds_what_is_printed_exactly() -> None:
    """The tests above can fail."""
    programme = two_sites()
    attack = Attack(
        "sex", programme, [(programme, programme.results().assign(range_low=np.nan, range_high=np.nan))], "b"
    )
    (count, _, _), *_ = [own for own in attack.small_counts() if own[0].sites == ("a",) and len(own[0].months) == 12]
    assert not attack.can_be(count, 1, 5.0)


def two_sites() -> Programme:
    """A year in which site a has 2 women among 40 new cases, and site b 20 among 40."""
    months = [date(2018 + (3 + step) // 12, (3 + step) % 12 + 1, 1) for step in range(12)]
    women = {"a": [1, 1, *[0] * 10], "b": [2] * 10 + [0, 0]}
    sites = {
        site: {
            month: {"new_cases": 4, "sex": 4, "sex.male": 4 - own, "sex.female": own, "sex.not_stated": 0}
            for month, own in zip(months, numbers, strict=True)
        }
        for site, numbers in women.items()
    }
    return Programme(sites, months[-1])


def row(results: pd.DataFrame, site: str, measure: str, period: str = "year") -> pd.Series:
    own = results[(results.site == site) & (results.measure == measure) & (results.period == period)]
    return own.iloc[0]


def test_a_small_count_is_a_range_that_leaves_1_to_5_open_and_large_ones_and_activities_are_exact() -> None:
    results = two_sites().results()
    (made,) = publish([two_sites()])
    seen = made.mask(results)
    small, whole = row(seen, "a", "sex.female"), row(seen, "a", "new_cases")
    assert pd.isna(small.value)
    assert (small.range_low, small.range_high) == (1, 5)
    assert small.shown == "1 to 5"
    assert (whole.value, whole.shown) == (48, "48")
    assert (seen[seen.measure == "new_cases"].value == results[results.measure == "new_cases"].value).all()


def test_a_month_of_an_attribute_is_published_to_nobody_else() -> None:
    results = two_sites().results()
    seen = publish([two_sites()])[0].mask(results)
    months = seen[(seen.period == "month") & seen.measure.isin(["sex.male", "sex.female"])]
    assert len(months) == 2 * 12 * 3
    assert set(months.shown) == {HIDDEN}
    assert months.value.isna().all() and months.range_low.isna().all()


def test_what_was_told_once_binds_the_next_edition() -> None:
    """The same edition again: its ranges lie in those of the first."""
    first, again = publish([two_sites(), two_sites()])
    both = first.printed.merge(again.printed, on=["site", "number", "period", "starts", "ends"], suffixes=("", "_now"))
    assert len(both) == len(first.printed)
    assert (both.low_now >= both.low).all() and (both.high_now <= both.high).all()


def test_a_later_return_leaves_bound_what_it_left_as_it_was() -> None:
    """The months that it did not change still add up to what was printed, less what the changed month may have had."""
    before = two_sites()
    month = min(before.sites["a"])
    changed = {"new_cases": 6, "sex": 6, "sex.male": 3, "sex.female": 3, "sex.not_stated": 0}
    now = replace(before, sites=before.sites | {"a": before.sites["a"] | {month: changed}})
    (made,) = publish([before])
    (printed,) = (
        made.printed[(made.printed.site == "a") & (made.printed.number == "sex.male")]
        .query("period == 'year'")
        .itertuples()
    )
    attribute = attribute_of("sex.male")
    assert attribute is not None
    told, _ = made.record.knowledge(attribute, Monthly(now.results(), now.last).counts(attribute))
    (own,) = [row for row in told if (row.site, row.number) == ("a", "sex.male")]
    assert own.without == {("a", index_of(month))}
    assert (own.low, own.high) == (printed.low - 4, printed.high)  # four people were new in that month


def test_the_truth_lies_in_every_range() -> None:
    for seed in range(30, 40):
        printed = publish([make_up(seed, most_sites=4, most_months=14)])[0].printed
        assert ((printed.low <= printed.value) & (printed.value <= printed.high)).all()
