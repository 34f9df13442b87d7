"""Reads a return: a grid and the sites' layouts in; each number with its name, state, sheet and cell out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from etl.definitions.periods import month_after, write_date, write_month
from etl.intake import Grid, Refused, address, refuse_personal_data
from etl.read.blocks import find_blocks
from etl.read.cover import read_cover, read_version
from etl.read.entries import Entries, Entry
from etl.read.find import Address, Book, LayoutCells, open_book
from etl.read.long import find_long
from etl.read.name import fits_name_pattern, refuse_wrong_name
from etl.read.numbers import covered_months, read_numbers, read_sums
from etl.read.recognise import recognise
from etl.read.tables import find_tables
from etl.read.tracker import find_tracker
from etl.sites import Layout, Site


@dataclass(frozen=True)
class Return:
    """A return under our names; `month` is the month the file is for, `version` that of its cover (1 if none).

    `totals` and `to_date` are sums that the site made itself; `unknown` are labels that the layout does not have.
    """

    site: str
    month: date
    version: int
    layout: Layout
    entries: Entries
    totals: tuple[Entry, ...]
    to_date: tuple[Entry, ...]
    unknown: tuple[Entry, ...]

    @property
    def months(self) -> tuple[date, ...]:
        """The months that the return has numbers for."""
        return tuple(sorted(set(self.entries.months)))


class Rejected(Exception):
    """A file that is not used: why, and the site and month that it is for, as far as they are known."""

    def __init__(self, refused: Refused, site: str | None, month: date | None) -> None:
        super().__init__(refused.sentence)
        self.refused, self.site, self.month = refused, site, month


def read_return(grid: Grid, name: str, received: datetime, sites: Mapping[str, Site]) -> Return:
    """Reads a return, or raises Rejected with the sentence for the site.

    `name` is the file's name with the folders it was in, relative to what was given; `received` decides whether the
    month had ended.
    """
    site = month = layout = None
    try:
        book = open_book(grid)
        site, layout = recognise(book, sites)
        month, cover = read_cover(book, layout)
        found = _find(book, layout, month or date(2000, 1, 1))
        entries = read_numbers(book, layout, found.numbers)
        if layout.kind == "tracker":
            month, entries = covered_months(entries, site)
        assert month is not None
        _refuse_personal_data(grid, layout, found, cover)
        refuse_wrong_name(name, site, layout, month, sites)
        _refuse_future(month, received)
    except Refused as refused:
        if layout and layout.kind == "long":
            refused.sheet = ""
        raise Rejected(refused, site.name if site else None, month) from None
    content = Return(
        site=site.name,
        month=month,
        version=read_version(book, layout),
        layout=layout,
        entries=entries,
        totals=tuple(read_sums(book, layout, found.totals)),
        to_date=tuple(read_sums(book, layout, [(number, month, s, r, c) for number, _, s, r, c in found.to_date])),
        unknown=tuple(_unknown(month, place, book) for place in found.unknown),
    )
    return _without_sheet(content) if layout.kind == "long" else content


def _without_sheet(content: Return) -> Return:
    """A table's one sheet may have any name, and what no layout names is not kept: it is treated as a table in text."""
    totals, unknown = ([one._replace(sheet="") for one in some] for some in (content.totals, content.unknown))
    entries = replace(content.entries, sheets=("",) * len(content.entries))
    return replace(content, entries=entries, totals=tuple(totals), unknown=tuple(unknown))


def _refuse_future(month: date, received: datetime) -> None:
    """Refuses a return for a month that had not ended when it came in."""
    if month_after(month) > received.date():
        name, day = write_month(month, long=True), write_date(received.date())
        sentence = f"{name} had not ended when the return came in on {day}."
        raise Refused("month_not_ended", sentence, "Send the return again when the month is over.", "", "")


def _find(book: Book, layout: Layout, month: date) -> LayoutCells:
    if layout.kind == "tracker":
        return find_tracker(book, layout)
    finders = {"blocks": find_blocks, "long": find_long, "tables": find_tables}
    return finders[layout.kind](book, layout, month)


def _unknown(month: date, place: Address, book: Book) -> Entry:
    sheet, row, column = place
    typed = next(page for page in book if page.name == sheet).cells.get((row, column))
    return Entry(month, "", "", None, "unreadable", sheet, address(row, column), typed)


def _refuse_personal_data(grid: Grid, layout: Layout, found: LayoutCells, cover: set[Address]) -> None:
    cells = (*found.numbers, *found.totals, *found.to_date)
    numbers = {(sheet, row, column) for _, _, sheet, row, column in cells}
    refuse_personal_data(grid, found.expected | cover, numbers)


__all__ = ["Entries", "Entry", "Rejected", "Return", "fits_name_pattern", "read_return"]
