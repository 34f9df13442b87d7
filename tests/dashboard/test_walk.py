"""One number's whole way: from a cell of a site's workbook through HTTP to the drawn point and the table's cell."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from etl.definitions import REPORTED_KEYS
from etl.definitions.periods import months_from
from etl.sample import name_file, write_return
from etl.sites import load_sites

MONTHS = months_from(date(2018, 7, 1), date(2019, 6, 1))
NEW_CASES = (10, 9, 11, 8, 12, 10, 10, 9, 11, 13, 7, 15)  # 125 in the year
SPEND = 26_000  # a month: £312,000 in the year

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of Croydon's workbooks with 125 new cases for £312,000, loaded and published."""
    folder, site = tmp_path_factory.mktemp("walk"), load_sites()["croydon"]
    for month, new in zip(MONTHS, NEW_CASES, strict=True):
        typed = {("new_cases", ""): new, ("spend", "case_management"): SPEND}
        numbers = dict.fromkeys(REPORTED_KEYS, 0) | typed
        write_return(site, month, numbers, folder / "returns" / name_file(site, month))
    data = ["--data", str(folder / "data")]
    etl(["load", str(folder / "returns"), "--received", "2019-07-05T10:00:00", *data])
    etl(["publish", "--central-only", *data])
    return folder


def etl(words: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "etl", *words], check=True, capture_output=True)


def typed_in_the_last_month(folder: Path) -> float:
    """What stands in the last workbook beside the words for new cases, as another library reads it."""
    path = max((folder / "returns").glob("*.xlsx"))
    for row in openpyxl.load_workbook(path, data_only=True)["Caseload"].iter_rows(values_only=True):
        if "New service users allocated" in row:
            return next(float(value) for value in row if isinstance(value, int | float))
    raise AssertionError("the workbook has no new cases")


def drawn(page: Page, kind: str) -> list[list[float]]:
    """The values of every trace on the page, along one axis."""
    page.wait_for_function("() => [...document.querySelectorAll('.js-plotly-plot')].some((e) => e.data)")
    script = (
        "(axis) => [...document.querySelectorAll('.js-plotly-plot')].flatMap((e) => e.data.map((t) => [...t[axis]]))"
    )
    return page.evaluate(script, kind)


def test_a_cell_of_a_workbook_becomes_a_point_and_a_cell_on_the_page(
    folder: Path, serve: Callable[[Path], str], page: Page
) -> None:
    cell = typed_in_the_last_month(folder)
    assert cell == NEW_CASES[-1]
    page.goto(f"{serve(folder / 'data')}/caseload?chart=new_cases&of=croydon")
    assert any([value for value in trace if value is not None][-1:] == [cell] for trace in drawn(page, "y"))
    number = page.locator("a[data-number='croydon|month|2019-06-01|new_cases']")
    assert [text.strip() for text in number.all_text_contents()].count(f"{cell:.0f}") >= 1


def test_312000_pounds_and_125_cases_are_2496_pounds_a_case(
    folder: Path, serve: Callable[[Path], str], page: Page
) -> None:
    page.goto(f"{serve(folder / 'data')}/costs")
    assert any(
        abs(value - 2496) < 1e-6 for trace in drawn(page, "x") for value in trace if isinstance(value, int | float)
    )
    shown = page.locator("a[data-number='croydon|rolling_year|2018-07-01|cost_per_new_case_shared']")
    assert "£2,496" in [text.strip() for text in shown.all_text_contents()]
