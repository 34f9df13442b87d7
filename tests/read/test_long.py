"""Long tables in text: columns and lines in any order, notes, separators, quotes; what is missing is named."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest

from etl.intake import Grid, Reader
from etl.sample import write_return
from read.grids import MONTH, SITES, expected, numbers, refusal, true_numbers

SITE = "west_midlands"
Rows = list[list[str]]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def rows(tmp_path: object) -> Rows:
    path = write_return(SITES[SITE], MONTH, true_numbers(SITE)[MONTH], tmp_path / "WM_DRIVE_201906.csv")  # type: ignore[operator]
    return list(csv.reader(io.StringIO(path.read_text("cp1252"))))


def as_text(rows: Rows, separator: str = ",", line: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=line).writerows(rows)
    return text.getvalue()


def header(rows: Rows) -> int:
    return next(number for number, row in enumerate(rows) if row[:1] == ["Section"])


def line(rows: Rows, breakdown: str) -> list[str]:
    return next(row for row in rows if row[2:3] == [breakdown])


def grid(reader: Reader, rows: Rows) -> Grid:
    return reader.read(as_text(rows).encode("cp1252"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_encodings_separators_and_line_ends(
    reader: Reader, rows: Rows, encoding: str, separator: str, ending: str
) -> None:
    assert numbers(reader.read(as_text(rows, separator, ending).encode(encoding))) == expected(SITE)


def other_order(rows: Rows) -> Rows:
    return [[row[4], row[3], row[0], row[2], row[1]] if len(row) == 5 else row for row in rows]


def more_columns(rows: Rows) -> Rows:
    start = header(rows)
    return rows[:start] + [["Ref", *row, "x"] if row[1:] else row for row in rows[start:]]


def sorted_lines(rows: Rows) -> Rows:
    start = header(rows) + 1
    return rows[:start] + sorted(rows[start:], key=lambda row: row[::-1])


def notes(rows: Rows) -> Rows:
    start = header(rows)
    odd = [[], ["Note: 2 late referrals, see, WMP"], ["", "", "", "", "only a comment"], ["1 Referrals"]]
    return [["To whom it may concern"], *rows[:start], *odd, rows[start], *odd, *rows[start + 1 :], *odd]


def no_trailing_fields(rows: Rows) -> Rows:
    return [row[:4] if len(row) == 5 and not row[4] else row for row in rows]


def names_once(rows: Rows) -> Rows:
    """Section and indicator only where they change, as a table with merged cells is saved."""
    made, before = rows[: header(rows) + 1], ["", ""]
    for row in rows[header(rows) + 1 :]:
        same = [a if a != b else "" for a, b in zip(row[:2], before, strict=False)] if row[1:] else row[:2]
        same = row[:2] if row[1:] and row[0] != before[0] else same
        made.append([*same, *row[2:]])
        before = row[:2]
    return made


def long_comments(rows: Rows) -> Rows:
    return [[*row[:4], 'said "two",\nand more; 3 of them'] if row[3:4] == ["0"] else row for row in rows]


@pytest.mark.parametrize(
    "change", [other_order, more_columns, sorted_lines, notes, no_trailing_fields, names_once, long_comments]
)
def test_departures_that_change_nothing(reader: Reader, rows: Rows, change: Callable[[Rows], Rows]) -> None:
    assert numbers(grid(reader, change(rows))) == expected(SITE)


@pytest.mark.parametrize(
    "said",
    ["PERIOD : June 2019", "Period - Jun-19", "Period June 2019", "Period: 01/06/2019", "Period: Mehefin 2019",
     "Period: 1 June 2019 to 30 June 2019", "Period:2019-06"],
)  # fmt: skip
def test_ways_to_say_the_period(reader: Reader, rows: Rows, said: str) -> None:
    changed = [[said] if row and row[0].startswith("Period") else row for row in rows]
    assert numbers(grid(reader, changed)) == expected(SITE)
    beside = [["Period:", "", "Jun-19"] if row and row[0].startswith("Period") else row for row in rows]
    assert numbers(grid(reader, beside)) == expected(SITE)


@pytest.mark.parametrize("said", ["Period:", "Period: soon", "Term: June 2019"])
def test_no_period(reader: Reader, rows: Rows, said: str) -> None:
    changed = [[said] if row and row[0].startswith("Period") else row for row in rows]
    refused = refusal(grid(reader, changed))
    assert refused.code == "no_month" and "“Period”" in refused.sentence


def test_cells_in_every_state(reader: Reader, rows: Rows) -> None:
    for breakdown, typed in (("WMP", ""), ("Probation", "N/A"), ("IDVA", "5 or under"), ("Childrens Services", "1O"),
                             ("Health", "–"), ("Housing", "12 (est)")):  # fmt: skip
        line(rows, breakdown)[3] = typed
    line(rows, "Case Managers")[3] = "(£1,234.50)"
    assert numbers(grid(reader, rows)) == expected(
        SITE,
        referrals__police=(None, "missing"),
        referrals__probation=(None, "not_applicable"),
        referrals__idva=(None, "suppressed"),
        referrals__childrens_services=(None, "unreadable"),
        referrals__health=(0, "reported"),
        referrals__housing=(None, "unreadable"),
        spend__case_management=(-1234.5, "reported"),
    )


def test_an_amount_without_quotes_is_refused(reader: Reader, rows: Rows) -> None:
    row = line(rows, "Case Managers")
    row[3:] = ["£32", "251.18", ""]
    refused = refusal(grid(reader, rows))
    assert refused.code == "split_amount" and "comma" in refused.sentence


@pytest.mark.parametrize("breakdown", ["WMP", "Not yet contacted", "WMPCC"])
def test_a_line_missing_or_twice_is_named(reader: Reader, rows: Rows, breakdown: str) -> None:
    row = line(rows, breakdown)
    without = refusal(grid(reader, [one for one in rows if one is not row]))
    assert breakdown in without.sentence and row[1] in without.sentence and "missing" in without.sentence
    twice = refusal(grid(reader, [*rows, row]))
    assert breakdown in twice.sentence and "twice" in twice.sentence


@pytest.mark.parametrize("column", ["Section", "Breakdown", "Value"])
def test_a_heading_missing_or_twice_is_named(reader: Reader, rows: Rows, column: str) -> None:
    start = header(rows)
    renamed = [*rows[:start], [("Betrag" if word == column else word) for word in rows[start]], *rows[start + 1 :]]
    assert column in refusal(grid(reader, renamed)).sentence
    doubled = [*rows[:start], [*rows[start], column], *rows[start + 1 :]]
    assert f"“{column}” stands twice" in refusal(grid(reader, doubled)).sentence


def test_two_columns_of_comments_do_no_harm(reader: Reader, rows: Rows) -> None:
    assert numbers(grid(reader, [[*row, "Comment"] if row[:1] == ["Section"] else row for row in rows])) == expected(
        SITE
    )
    without = [row[:4] for row in rows]
    without[header(rows)].append("Value")
    assert "“Value” stands twice" in refusal(grid(reader, without)).sentence
