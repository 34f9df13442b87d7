"""Whatever numbers sites send, the checks say something of them: none ends a load."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from etl.check.compare import compare
from etl.check.history import UNITS, ReturnedMonth
from etl.sites import Site
from tests.check.planting import choose_sites, clean, said_of

SITES = {site.name: site for site in choose_sites(2)}
MONEY, PEOPLE = (np.array([unit == what for unit in UNITS]) for what in ("gbp", "count"))
SIZE = len(UNITS)


def _mostly_nil(values: np.ndarray, random: Generator) -> np.ndarray:
    return np.where(random.random(SIZE) < 0.8, 0.0, values)


def _tiny(values: np.ndarray, random: Generator) -> np.ndarray:
    pennies = np.round(random.random(SIZE) * 0.05, 2)
    return np.where(MONEY, pennies, np.where(PEOPLE, random.integers(0, 3, SIZE), values))


def _mistyped(values: np.ndarray, random: Generator) -> np.ndarray:
    times = np.where(random.random(SIZE) < 0.05, random.choice([0.001, 0.1, 2, 6, 10, 12, 100, 1000, 1e9, -1]), 1.0)
    typed = np.round(values * times, 2)
    return np.where(MONEY, typed, np.abs(np.where(PEOPLE, np.round(typed), typed)))


def _whole_sheet(values: np.ndarray, random: Generator) -> np.ndarray:
    times = float(random.choice([0.001, 0.01, 2, 3, 12, 100, 1000, -1])) if random.random() < 0.3 else 1.0
    return np.where(MONEY, np.round(values * times, 2), values)


def _anything(values: np.ndarray, random: Generator) -> np.ndarray:
    amounts = np.round(random.normal(0, 10 ** random.integers(0, 12), SIZE), 2)
    return np.where(MONEY, amounts, random.integers(0, 10 ** int(random.integers(1, 12)), SIZE))


def _holes(values: np.ndarray, random: Generator) -> np.ndarray:
    return np.where(random.random(SIZE) < random.random(), np.nan, values)


def told(
    site: Site, change: Callable[[np.ndarray, Generator], np.ndarray], random: Generator
) -> Iterator[ReturnedMonth]:
    """A few months of a site with all numbers changed; some are missing, some were sent twice."""
    months = clean(site, int(random.integers(1_000)))
    months = {month: months[month] for month in list(months)[: int(random.integers(1, 16))]}
    for one in said_of(site.name, months):
        one = replace(one, values=change(one.values.astype(float), random))
        if random.random() < 0.9:
            yield one
        if random.random() < 0.2:
            again = change(one.values.copy(), random)
            yield replace(one, return_id=f"{one.return_id} again", values=again, order=one.order._replace(version=2))


def look(seed: int, change: Callable[[np.ndarray, Generator], np.ndarray]) -> None:
    random = default_rng(seed)
    said = [one for site in SITES.values() for one in told(site, change, random)]
    with warnings.catch_warnings(action="error"):
        found = list(compare(said, [], SITES, {one.return_id for one in said}))
    assert all(problem.message and problem.fix for _, problem in found)


CHANGES = (_mostly_nil, _tiny, _mistyped, _whole_sheet, _anything, _holes)


@pytest.mark.parametrize("change", CHANGES)
def test_any_numbers(change: Callable[[np.ndarray, Generator], np.ndarray]) -> None:
    for seed in range(2):
        look(seed, change)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 400))
def test_many_more(seed: int) -> None:
    look(seed, CHANGES[seed % len(CHANGES)])
