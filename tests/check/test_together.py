"""Months that are looked at together are asked about as if each were looked at alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from etl.check import compare as comparing
from etl.check.history import COLUMN, NUMBERS, ReturnedMonth
from etl.check.problem import Problem
from etl.definitions.periods import write_month
from etl.sites import Site
from tests.check.planting import KINDS, choose_sites, clean, said_of

SITES = {site.name: site for site in choose_sites(4)}


def faulty(site: Site, seed: int, random: Generator) -> Iterator[ReturnedMonth]:
    """What a site says, with faults, holes, months that were not sent, and months that were sent again."""
    months = clean(site, seed)
    for number in random.integers(0, len(KINDS), size=4):
        month = list(months)[int(random.integers(9, len(months)))]
        list(KINDS.values())[number](months, month, random, {"other": clean(site, seed + 100)})
    for one in said_of(site.name, months):
        values, not_applicable = one.values.copy(), one.not_applicable.copy()
        if random.random() < 0.2:
            values[random.integers(0, len(values), size=5)] = np.nan
        if random.random() < 0.1:
            column = int(random.integers(0, len(values)))
            values[column], not_applicable[column] = np.nan, True
        one = replace(one, values=values, not_applicable=not_applicable)
        if random.random() > 0.05:
            yield one
        if random.random() < 0.2:
            later = one.order._replace(received=one.order.received + timedelta(days=20))
            other = values + (random.integers(0, len(values)) == np.arange(len(values))) * random.integers(1, 30)
            yield replace(one, return_id=f"{one.return_id} again", order=later, values=other)


@pytest.mark.parametrize("seed", [7, 12, 60])
def test_a_guess_about_the_month_before_is_told_as_one(seed: int) -> None:
    """What a message says that a month was is what one of its returns says, unless it only seems so."""
    said = [one for site in SITES.values() for one in faulty(site, seed, default_rng(seed))]
    told = 0
    for return_id, problem in comparing.compare(said, [], SITES, {one.return_id for one in said}):
        site = next(one.site for one in said if one.return_id == return_id)
        for when, count in re.findall(r"In (\w{3} \d{4}) it was ([\d,]+):", problem.message):
            before = [one.values for one in said if one.site == site and write_month(one.month) == when]
            whole = [column for column, name in enumerate(NUMBERS) if name.startswith(problem.measure.split(".")[0])]
            sums = {row[COLUMN[problem.measure]] for row in before} | {row[whole].sum() for row in before}
            assert float(count.replace(",", "")) in sums, problem.message
            told += 1
    assert told


# Among these are a copied month that fails no check, and months that pass until the one before turns out to be wrong.
@pytest.mark.parametrize("seed", [12, 20, 26, 52, 60, 104, 109])
def test_together_as_alone(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    random = default_rng(seed)
    said = [one for site in SITES.values() for one in faulty(site, seed, random)]
    alone: list[str] = []
    examine, pass_all = comparing._examine_month, comparing.pass_all

    def found() -> list[tuple[str, Problem]]:
        return list(comparing.compare(said, [], SITES, {one.return_id for one in said}))

    def counted(*given: object) -> object:
        alone.append("month")
        return examine(*given)  # type: ignore[arg-type]

    def none_pass(facts: object) -> np.ndarray:
        return np.zeros_like(pass_all(facts))  # type: ignore[arg-type]

    monkeypatch.setattr(comparing, "_examine_month", counted)
    together = found()
    few = len(alone)
    monkeypatch.setattr(comparing, "pass_all", none_pass)
    assert found() == together and together
    assert few < 0.6 * (len(alone) - few)
