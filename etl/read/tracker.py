"""Trackers: a row a number and a column a month, the whole financial year sent again every month."""

from datetime import date
from typing import NamedTuple

from etl.definitions.periods import financial_year_start, month_after, months_from, write_month
from etl.intake import Grid, Refused, Sheet, address
from etl.read.find import YEAR_TO_DATE, Found, NumberCell, is_total, sheet_named, wrong_words
from etl.read.month import read_financial_year, read_month, read_month_name
from etl.read.words import plain, plain_cell
from etl.sites import Block, Layout


class _Header(NamedTuple):
    row: int
    indicator: int
    category: int
    months: dict[date, int]
    to_date: int | None


def find_tracker(grid: Grid, layout: Layout) -> Found:
    """The cells of a tracker, for every month that it has a column for; refuses a missing or repeated row or month."""
    found = Found()
    names = dict.fromkeys(block.sheet for block in layout.blocks)
    sheets = {name: sheet_named(grid, name) for name in names}
    years = {name: _financial_year(sheet) for name, sheet in sheets.items()}
    any_year = next((year for year in years.values() if year), None)
    headers = {name: _header(sheet, layout, years[name] or any_year) for name, sheet in sheets.items()}
    months = {sheets[name].name: sorted(header.months) for name, header in headers.items()}
    last = max(filter(None, (_last_filled(sheets[name], header) for name, header in headers.items())), default=date.max)
    for name, header in headers.items():
        begun = {month: column for month, column in header.months.items() if month <= last}
        blocks = [block for block in layout.blocks if block.sheet == name]
        _find_in_sheet(sheets[name], header._replace(months=begun), blocks, found)
    first = next(iter(months))
    for name, theirs in months.items():
        if theirs != months[first]:
            sentence = f"Sheets “{first}” and “{name}” do not have the same months."
            raise Refused(
                "months_disagree", sentence, "Give all sheets the same months and send the return again.", name, ""
            )
    return found


def _last_filled(sheet: Sheet, header: _Header) -> date | None:
    """The last month with anything in its column; those to come are blank and need no look."""
    columns = {column for row, column in sheet.cells if row > header.row}
    return max((month for month, column in header.months.items() if column in columns), default=None)


def _find_in_sheet(sheet: Sheet, header: _Header, blocks: list[Block], found: Found) -> None:
    rows = _rows(sheet, header, {plain(block.heading) for block in blocks})
    head = [(header.row, c) for c in (header.indicator, header.category, *header.months.values())]
    found.expected |= {(sheet.name, *place) for place in head}
    for block in blocks:
        for number, label in block.words.items():
            places = rows.pop((plain(block.heading), plain(label)), [])
            if len(places) != 1:
                where = f"on sheet “{block.sheet}”"
                raise wrong_words("row", f"{block.heading}, {label}", where, len(places))
            row = places[0]
            found.expected |= {(sheet.name, row, header.indicator), (sheet.name, row, header.category)}
            found.numbers += [NumberCell(number, m, sheet.name, row, c) for m, c in header.months.items()]
            if header.to_date:
                last = max(header.months)
                found.to_date.append(NumberCell(number, last, sheet.name, row, header.to_date))
    measures = {plain(b.heading): {number.partition(".")[0] for number in b.words} for b in blocks}
    for (indicator, category), places in rows.items():
        filled = [r for r in places if any(isinstance(sheet.cells.get((r, c)), float) for c in header.months.values())]
        if is_total(category) and len(measures.get(indicator, ())) == 1:
            months = header.months.items()
            found.totals += [
                NumberCell(next(iter(measures[indicator])), m, sheet.name, r, c) for r in filled for m, c in months
            ]
        else:
            found.unknown += [(sheet.name, row, header.category) for row in filled]


def _rows(sheet: Sheet, header: _Header, headings: set[str]) -> dict[tuple[str, str], list[int]]:
    """The rows by indicator and category; an empty indicator is the one above it, as in merged cells.

    A line without a category is a heading of the rows below it, or a note, which they do not belong to.
    """
    rows: dict[tuple[str, str], list[int]] = {}
    above = ""
    for row in sorted({r for r, _ in sheet.cells if r > header.row}):
        indicator = plain_cell(sheet.cells.get((row, header.indicator)))
        category = plain_cell(sheet.cells.get((row, header.category)))
        if category or indicator in headings:
            above = indicator or above
        if category:
            rows.setdefault((above, category), []).append(row)
    return rows


def _header(sheet: Sheet, layout: Layout, year: date | None) -> _Header:
    """The row of column headings: the first that has both names and a month."""
    indicator_name, category_name = map(plain, layout.columns)
    for row in sorted({r for r, _ in sheet.cells}):
        cells = {c: value for (r, c), value in sheet.cells.items() if r == row}
        indicator = [c for c, value in cells.items() if plain_cell(value) == indicator_name]
        category = [c for c, value in cells.items() if plain_cell(value) == category_name]
        if indicator and category:
            months = _months(sheet, row, {c: v for c, v in cells.items() if c not in (*indicator, *category)}, year)
            to_date = [c for c, value in cells.items() if plain_cell(value) in YEAR_TO_DATE]
            return _Header(row, indicator[0], category[0], months, to_date[0] if to_date else None)
    raise wrong_words("line of headings", ", ".join(layout.columns), f"on sheet “{sheet.name}”", 0)


def _months(sheet: Sheet, row: int, cells: dict[int, object], year: date | None) -> dict[date, int]:
    """The column of each month; refuses a month that stands twice, and a gap between months."""
    columns: dict[date, int] = {}
    for column, value in sorted(cells.items()):
        month = read_month(value) or _month_of_year(value, year)
        if month in columns:
            raise wrong_words("month", write_month(month), f"on sheet “{sheet.name}”", 2)
        if month:
            columns[month] = column
    if not columns and any(map(read_month_name, cells.values())):
        sentence = f"Sheet “{sheet.name}” does not say of which year its months are."
        raise Refused("no_year", sentence, "Put the year into its title, such as 2019-20.", sheet.name, "")
    if not columns:
        raise wrong_words("line of months", "Apr to Mar", f"on sheet “{sheet.name}”", 0)
    _refuse_gaps(sheet, row, columns)
    return columns


def _refuse_gaps(sheet: Sheet, row: int, columns: dict[date, int]) -> None:
    """Refuses months that do not follow each other from April on, all of one financial year."""
    first, last = min(columns), max(columns)
    year = months_from(financial_year_start(first), last)
    gap = next((month for month in year if month not in columns), None)
    if len(year) > 12:
        sentence = f"Sheet “{sheet.name}” has months of two years, {write_month(first)} to {write_month(last)}."
    else:
        sentence = f"Sheet “{sheet.name}” has no column that is headed {write_month(gap)}." if gap else ""
    if sentence:
        fix = f"Head each month's column with its month, such as {write_month(first)}, and send the return again."
        raise Refused("months_wrong", sentence, fix, sheet.name, address(row, columns[first]))


def _month_of_year(value: object, year: date | None) -> date | None:
    """The month of a heading without a year, by the financial year in the sheet's title."""
    number = read_month_name(value)
    return month_after(year, (number - 4) % 12) if number and year else None


def _financial_year(sheet: Sheet) -> date | None:
    texts = (value for _, value in sorted(sheet.cells.items()) if isinstance(value, str))
    return next((year for text in texts if (year := read_financial_year(text))), None)
