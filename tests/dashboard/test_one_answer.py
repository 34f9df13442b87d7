"""One question has one answer: what a table or a page says of a number is what all others say of it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest
from audiences import LEAD, Tables, make_editions, read_file
from conftest import run
from trees import parts_of, plain, seen

from dashboard.app import draw_page
from dashboard.data.edition import Editions

AUDIENCES = ("central", "forum", LEAD)
PATHS = ("/", "/caseload", "/costs", "/funding", "/readiness", "/scenario", "/returns", "/methods", "/present")
CHOSEN = ("", "site=south_wales", "site=croydon,west_midlands", "period=quarter", "period=year", "per=case_month")
PERIODS = ("month", "quarter", "year", "rolling_year")
# A criterion and a verdict have a story each, which tells of several numbers, as what a number may be has two ends.
SEVERAL = ("readiness", "verdict", "receipt")
CLOSE = 0.0051  # pounds; other numbers are equal to the last digit

Place = tuple[str, str, date, str]  # site, period, first day, measure


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions of the given returns for three audiences: a data folder."""
    data = tmp_path_factory.mktemp("one_answer")
    make_editions(data)
    return data


@pytest.fixture(scope="module", params=AUDIENCES)
def audience(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_all_tables_of_an_edition_say_the_same_of_a_number(editions: Path, audience: str) -> None:
    check_tables(editions, audience)


def test_a_number_reads_the_same_wherever_pages_and_slides_print_it(editions: Path, audience: str) -> None:
    check_pages(editions, audience)


@pytest.mark.long
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_made_up_programmes_give_one_answer(seed: int, tmp_path: Path) -> None:
    run("sample", str(tmp_path / "returns"), "--seed", str(seed), "--sites", "5")
    run("load", str(tmp_path / "returns"), "--data", str(tmp_path))
    run("publish", "--data", str(tmp_path))
    for audience in AUDIENCES:
        check_tables(tmp_path, audience)
        check_pages(tmp_path, audience)


def check_tables(data: Path, audience: str) -> None:
    """Every number that a table of the current edition gives is that of the results."""
    name = Editions(data, audience).current_name()
    tables = read_file(data / "editions" / name / f"{audience}.duckdb")
    known = values(tables["results"])
    compared = 0
    for table, place, value in numbers_of(tables):
        if place in known and value is not None:
            assert known[place] is not None, (table, place, value)
            assert abs(known[place] - value) < CLOSE, (table, place, value, known[place])
            compared += 1
    assert compared > 1000, compared


def values(results: pd.DataFrame) -> dict[Place, float | None]:
    """Each number of the results; None where it is not known or hidden."""
    columns = (results.site, results.period, days(results.starts), results.measure, results.value)
    return {
        (site, period, starts, measure): number(value)
        for site, period, starts, measure, value in zip(*columns, strict=True)
    }


def numbers_of(tables: Tables) -> Iterator[tuple[str, Place, float | None]]:
    """The numbers of all tables that compare, each with its place in the results."""
    for row in dated(tables["comparisons"]):
        yield "comparisons", (row.site, row.period, row.starts, row.measure), number(row.value)
    for row in dated(tables["parts"]):
        yield "parts", (row.site, row.period, row.starts, f"{row.measure}.{row.part}"), number(row.value)
        yield "parts", (row.site, row.period, row.starts, row.measure), number(row.whole)
    for row in dated(tables["pathway"]):
        yield "pathway", (row.site, row.period, row.starts, row.measure), number(row.count)
    for row in dated(tables["spend_lines"]):
        yield "spend_lines", (row.site, row.period, row.starts, f"spend.{row.line}"), number(row.amount)
    for row in dated(tables["spend_against"]):
        for measure, value in (("spend", row.spend), ("planned_cost", row.planned), ("funding", row.funding)):
            yield "spend_against", (row.site, row.period, row.starts, measure), number(value)
    for row in dated(tables["real_terms"]):
        yield "real_terms", (row.site, "year", row.starts, row.measure), number(row.nominal)
    for row in dated(tables["central"]):
        yield "central", (row.site, row.period, row.starts, "new_cases"), number(row["count"])
    for row in dated(tables["bridges"]):
        if row.span.startswith("quarter"):
            yield "bridges", (row.site, "quarter", row.from_starts, row.measure), number(row.unit0)
            yield "bridges", (row.site, "quarter", row.to_starts, row.measure), number(row.unit1)
    for row in dated(tables["control_points"]):
        yield "control_points", (row.site, "month", row.month, row.measure), number(row.value)
    for row in dated(tables["funding_mix"]):
        if row.form == "cash":
            place = (row.site, row.period, row.starts, f"funding.{row.funder}")
            yield "funding_mix", place, number(row.amount)


class Fields(dict[str, object]):
    """A row by name of its columns."""

    def __getattr__(self, name: str) -> object:
        return self[name]


def dated(frame: pd.DataFrame) -> Iterator[Fields]:
    """The rows of a table, its days as days."""
    frame = frame.copy()
    for name in frame.select_dtypes("datetime"):
        frame[name] = days(frame[name])
    yield from (Fields(row) for row in frame.to_dict("records"))


def days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).dt.date


def number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)


def check_pages(data: Path, audience: str) -> None:
    """All pages, slides among them, print one form of a number under its address."""
    printed: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    found = Editions(data, audience)
    sites = [site.name for site in found.get().sites]
    for path in (*PATHS, *(f"/site/{site}" for site in sites)):
        for chosen in CHOSEN:
            for address, words in links(found, path, chosen):
                printed[address][words].add(path)
    several = {a: dict(forms) for a, forms in printed.items() if not is_several(a) and not agree(list(forms))}
    assert not several, dict(list(several.items())[:5])
    assert len(printed) > 500, len(printed)


def is_several(address: str) -> bool:
    return address.split("|")[1] in SEVERAL or address.endswith("|bounds")


def agree(forms: list[str]) -> bool:
    """Whether all forms are the same, or one number with more and fewer digits: 61.1% and 61p of a pound."""
    if len(forms) == 1:
        return True
    matches = [re.fullmatch(r"\D?(\d+\.?\d*)\D?", form.replace(",", "")) for form in forms]
    if not all(matches):
        return False
    found = [Decimal(match[1]) for match in matches if match]
    fewest = max(found, key=lambda one: one.as_tuple().exponent)
    return len({one.quantize(fewest, ROUND_HALF_UP) for one in found}) == 1


def links(editions: Editions, path: str, chosen: str) -> Iterator[tuple[str, str]]:
    """The numbers that a page prints as links, each with its address without its sign."""
    for part in parts_of(draw_page(seen(editions, path, chosen))):
        address = getattr(part, "data-number", None)
        if address:
            yield address, plain(part).lstrip("+−")
