"""The numbers of a month are those that were agreed, word for word; every site's layout names each of them once."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from etl.definitions import DERIVED, MEASURES, REPORTED, REPORTED_KEYS, key, label_of, subject_of, unit_of
from etl.definitions.measure import Breakdown, Ratio, Total
from etl.intake import Reader, Refused
from etl.read import Return, read_return
from etl.sites import load_sites
from etl.warehouse.load import _received

TESTS = Path(__file__).parents[1]
GIVEN = TESTS / "given" / "sample"
SITES = load_sites()


def agreed() -> list[dict[str, str]]:
    with (TESTS / "data" / "measures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_69_numbers_in_their_order() -> None:
    assert [(row["measure"], row["part"]) for row in agreed()] == list(REPORTED_KEYS)


@pytest.mark.parametrize("row", agreed(), ids=lambda row: key(row["measure"], row["part"]))
def test_a_number_is_as_agreed(row: dict[str, str]) -> None:
    measure, number = REPORTED[row["measure"]], key(row["measure"], row["part"])
    own = measure if not isinstance(measure, Breakdown) else next(p for p in measure.parts if p.name == row["part"])
    said = (subject_of(row["measure"]), unit_of(number), measure.over_months, label_of(number), own.meaning)
    assert said == (row["subject"], row["unit"], row["over_months"], row["label"], row["meaning"])


def test_derived_measures_are_made_of_measures_that_there_are() -> None:
    numbers = {*MEASURES, *(key(*pair) for pair in REPORTED_KEYS)}
    for measure in DERIVED.values():
        if isinstance(measure, Total):
            assert set(measure.of) <= numbers, measure.name
        elif isinstance(measure, Ratio):
            assert {measure.numerator, measure.denominator} <= numbers, measure.name


def truth() -> dict[tuple[str, str, str, str], str]:
    with (TESTS / "given" / "sample_truth.csv").open(encoding="utf-8", newline="") as file:
        return {(r["site"], r["month"], r["measure"], r["part"]): r["value"] for r in csv.DictReader(file)}


SAID = {"": (None, "missing"), "n/a": (None, "not_applicable"), "<5": (None, "suppressed"), "tbc": (None, "unreadable")}


def test_every_number_of_the_given_sample_is_read_exactly() -> None:
    times = _received(GIVEN / "received.csv")
    paths = sorted(times)
    with Reader() as reader:
        grids = list(reader.each(reader.read, (path.read_bytes() for path in paths)))
    found: dict[tuple[str, str, str, str], tuple[float | None, str]] = {}
    returns: list[Return] = []
    for path, grid in sorted(zip(paths, grids, strict=True), key=lambda pair: times[pair[0]]):
        assert not isinstance(grid, Refused), path.name
        returns.append(read_return(grid, path.relative_to(GIVEN).as_posix(), datetime(2019, 12, 11), SITES))
    for one in returns:
        found |= {(one.site, f"{e.month:%Y-%m}", e.measure, e.part): (e.value, e.state) for e in one.entries}
    typed = truth()
    assert len(returns) == 77
    assert found.keys() == typed.keys()
    wrong = {k: (found[k], v) for k, v in typed.items() if found[k] != (SAID.get(v) or (float(v), "reported"))}
    assert not wrong


def layouts_given() -> dict[str, dict[str, tuple[str, str, str]]]:
    given: dict[str, dict[str, tuple[str, str, str]]] = {}
    with (TESTS / "data" / "layouts.csv").open(encoding="utf-8", newline="") as file:
        for r in csv.DictReader(file):
            words = r["sheet_or_section"], r["heading"], r["label"]
            given.setdefault(r["site"], {})[key(r["measure"], r["part"])] = words
    return given


@pytest.mark.parametrize(("name", "given"), layouts_given().items(), ids=layouts_given())
def test_the_first_layouts_are_as_given(name: str, given: dict[str, tuple[str, str, str]]) -> None:
    blocks = SITES[name].layouts[0].blocks
    assert {n: (b.sheet, b.heading, label) for b in blocks for n, label in b.words.items()} == given
