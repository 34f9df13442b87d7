"""Trackers: a row a number and a column a month, the whole financial year sent again every month."""

from datetime import date
from typing import NamedTuple

from etl.definitions.periods import financial_year_start, month_after, months_from, write_month
from etl.intake import Refused, address
from etl.read.find import YEAR_TO_DATE, Book, LayoutCells, Page, is_total, page_named, wrong_words
from etl.read.month import read_financial_year, read_month, read_month_name
from etl.read.words import plain
from etl.sites import Block, Layout


class _Header(NamedTuple):
    row: int
    indicator: int
    category: int
    months: dict[date, int]
    to_date: int | None


def find_tracker(book: Book, layout: Layout) -> LayoutCells:
    """The cells of a tracker, for every month that it has a column for; refuses a missing or repeated row or month."""
    found = LayoutCells()
    names = dict.fromkeys(block.sheet for block in layout.blocks)
    pages = {name: page_named(book, name) for name in names}
    years = {name: _financial_year(page) for name, page in pages.items()}
    any_year = next((year for year in years.values() if year), None)
    headers = {name: _header(page, layout, years[name] or any_year) for name, page in pages.items()}
    months = {pages[name].name: sorted(header.months) for name, header in headers.items()}
    last = max(filter(None, (_last_filled(pages[name], header) for name, header in headers.items())), default=date.max)
    for name, header in headers.items():
        begun = {month: column for month, column in header.months.items() if month <= last}
        blocks = [block for block in layout.blocks if block.sheet == name]
        _find_in_page(pages[name], header._replace(months=begun), blocks, found)
    first = next(iter(months))
    for name, theirs in months.items():
        if theirs != months[first]:
            sentence = f"Sheets “{first}” and “{name}” do not have the same months."
            raise Refused(
                "months_disagree", sentence, "Give all sheets the same months and send the return again.", name, ""
            )
    return found


def _last_filled(page: Page, header: _Header) -> date | None:
    """The last month with anything in its column; those to come are blank and need no look."""
    columns = set().union(*(cells for row, cells in page.rows.items() if row > header.row))
    return max((month for month, column in header.months.items() if column in columns), default=None)


def _find_in_page(page: Page, header: _Header, blocks: list[Block], found: LayoutCells) -> None:
    rows = _rows(page, header, {plain(block.heading) for block in blocks})
    head = [(header.row, c) for c in (header.indicator, header.category, *header.months.values())]
    found.expected |= {(page.name, *place) for place in head}
    for block in blocks:
        for number, label in block.words.items():
            places = rows.pop((plain(block.heading), plain(label)), [])
            if len(places) != 1:
                where = f"on sheet “{block.sheet}”"
                raise wrong_words("row", f"{block.heading}, {label}", where, len(places))
            row = places[0]
            found.expected |= {(page.name, row, header.indicator), (page.name, row, header.category)}
            found.numbers += [(number, m, page.name, row, c) for m, c in header.months.items()]
            if header.to_date:
                last = max(header.months)
                found.to_date.append((number, last, page.name, row, header.to_date))
    measures = {plain(b.heading): {number.partition(".")[0] for number in b.words} for b in blocks}
    for (indicator, category), places in rows.items():
        filled = [r for r in places if any(isinstance(page.cells.get((r, c)), float) for c in header.months.values())]
        if is_total(category) and len(measures.get(indicator, ())) == 1:
            months = header.months.items()
            found.totals += [(next(iter(measures[indicator])), m, page.name, r, c) for r in filled for m, c in months]
        else:
            found.unknown += [(page.name, row, header.category) for row in filled]


def _rows(page: Page, header: _Header, headings: set[str]) -> dict[tuple[str, str], list[int]]:
    """The rows by indicator and category; an empty indicator is the one above it, as in merged cells.

    A line without a category is a heading of the rows below it, or a note, which they do not belong to.
    """
    rows: dict[tuple[str, str], list[int]] = {}
    above = ""
    for row in page.rows:
        if row <= header.row:
            continue
        indicator, category = page.text(row, header.indicator), page.text(row, header.category)
        if category or indicator in headings:
            above = indicator or above
        if category:
            rows.setdefault((above, category), []).append(row)
    return rows


def _header(page: Page, layout: Layout, year: date | None) -> _Header:
    """The row of column headings: the first that has both names and a month."""
    for row, first in page.of(layout.columns[0]):
        indicator, category = ([c for r, c in page.of(name) if r == row] for name in layout.columns)
        if category:
            cells = page.rows[row]
            months = _months(page, row, {c: v for c, v in cells.items() if c not in (*indicator, *category)}, year)
            to_date = [c for c in cells if page.text(row, c) in YEAR_TO_DATE]
            return _Header(row, first, category[0], months, to_date[0] if to_date else None)
    raise wrong_words("line of headings", ", ".join(layout.columns), f"on sheet “{page.name}”", 0)


def _months(page: Page, row: int, cells: dict[int, object], year: date | None) -> dict[date, int]:
    """The column of each month; refuses a month that is there twice, and a gap between months."""
    columns: dict[date, int] = {}
    for column, value in sorted(cells.items()):
        month = read_month(value) or _month_of_year(value, year)
        if month in columns:
            raise wrong_words("month", write_month(month), f"on sheet “{page.name}”", 2)
        if month:
            columns[month] = column
    if not columns and any(map(read_month_name, cells.values())):
        sentence = f"Sheet “{page.name}” does not say of which year its months are."
        raise Refused("no_year", sentence, "Put the year into its title, such as 2019-20.", page.name, "")
    if not columns:
        raise wrong_words("line of months", "Apr to Mar", f"on sheet “{page.name}”", 0)
    _refuse_gaps(page, row, columns)
    return columns


def _refuse_gaps(page: Page, row: int, columns: dict[date, int]) -> None:
    """Refuses months that do not follow each other from April on, all of one financial year."""
    first, last = min(columns), max(columns)
    year = months_from(financial_year_start(first), last)
    gap = next((month for month in year if month not in columns), None)
    if len(year) > 12:
        sentence = f"Sheet “{page.name}” has months of two years, {write_month(first)} to {write_month(last)}."
    else:
        sentence = f"Sheet “{page.name}” has no column that is headed {write_month(gap)}." if gap else ""
    if sentence:
        fix = f"Head each month's column with its month, such as {write_month(first)}, and send the return again."
        raise Refused("months_wrong", sentence, fix, page.name, address(row, columns[first]))


def _month_of_year(value: object, year: date | None) -> date | None:
    """The month of a heading without a year, by the financial year in the sheet's title."""
    number = read_month_name(value)
    return month_after(year, (number - 4) % 12) if number and year else None


def _financial_year(page: Page) -> date | None:
    return next((year for text in page.places if (year := read_financial_year(text))), None)
