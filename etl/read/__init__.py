"""A grid and the sites' layouts in, a return in our words out: each number with its state, its sheet and its cell."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import NamedTuple

from etl.definitions import ASKED_LATER, is_asked, unit_of
from etl.definitions.measure import Unit
from etl.definitions.periods import month_after, write_date, write_month
from etl.intake import Grid, Refused, address, refuse_personal_data
from etl.read.blocks import find_blocks
from etl.read.cell import Reading, quote, read_cell
from etl.read.entries import PLACE_OF, Entries, Entry
from etl.read.find import Address, Book, LayoutCells, NumberCell, layout_words, open_book, text_of
from etl.read.long import find_long
from etl.read.month import read_month
from etl.read.name import fits_name_pattern, refuse_wrong_name, sites_named
from etl.read.tables import find_tables
from etl.read.tracker import find_tracker
from etl.read.words import plain
from etl.sites import Layout, Site, standard_layouts

# A file that has fewer of a layout's words than this share is not taken for a return in it.
_LEAST_FIT = 0.5
_MOST_VERSIONS = 1_000


@dataclass(frozen=True)
class Return:
    """A return in our words; `month` is the month the file is for, `version` the one its cover names (1 if none).

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
        """The months that the return speaks of."""
        return tuple(sorted(set(self.entries.months)))


class Rejected(Exception):
    """A file that is not used: why, and the site and month that it is for, as far as they could be told."""

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
        site, layout = _recognise(book, sites)
        month, cover = _read_cover(book, layout)
        found = _find(book, layout, month or date(2000, 1, 1))
        entries = _read_numbers(book, layout, found.numbers)
        if layout.kind == "tracker":
            month, entries = _covered_months(entries, site)
        assert month is not None
        _refuse_personal_data(grid, layout, found, cover)
        refuse_wrong_name(name, site, layout, month, sites)
        _refuse_future(month, received)
    except Refused as refused:
        if layout and layout.kind == "long":
            refused.sheet = ""
        raise Rejected(refused, site.name if site else None, month) from None
    said = Return(
        site=site.name,
        month=month,
        version=_read_version(book, layout),
        layout=layout,
        entries=entries,
        totals=tuple(_read_sums(book, layout, found.totals)),
        to_date=tuple(_read_sums(book, layout, [(number, month, s, r, c) for number, _, s, r, c in found.to_date])),
        unknown=tuple(_unknown(month, place, book) for place in found.unknown),
    )
    return _without_sheet(said) if layout.kind == "long" else said


def _without_sheet(said: Return) -> Return:
    """A table's one sheet may have any name, and what no layout names is not kept: it is told as a table in text is."""
    totals, unknown = ([one._replace(sheet="") for one in some] for some in (said.totals, said.unknown))
    entries = replace(said.entries, sheets=("",) * len(said.entries))
    return replace(said, entries=entries, totals=tuple(totals), unknown=tuple(unknown))


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


def _recognise(book: Book, sites: Mapping[str, Site]) -> tuple[Site, Layout]:
    """The site and layout whose words the file has; refuses a file that has those of none."""
    texts = text_of(book)
    senders: dict[Layout, list[Site]] = {}
    for site in sites.values():
        for layout in (*site.layouts, *standard_layouts()):
            senders.setdefault(layout, []).append(site)
    shares = {layout: len(layout_words(layout) & texts) / len(layout_words(layout)) for layout in senders}
    layout = max(shares, key=lambda layout: (shares[layout], len(layout_words(layout))))
    if shares[layout] < _LEAST_FIT:
        raise _not_a_return(shares[layout], senders[layout][0], layout, texts)
    shared = list(dict.fromkeys(site.name for site in senders[layout]))
    site = sites[shared[0]]
    return (_site_on_cover(book, layout, shared, sites) if layout.site_label else site), layout


def _not_a_return(share: float, site: Site, layout: Layout, texts: set[str]) -> Refused:
    """The refusal of a file that fits no layout: the nearest is named, with what is missing for it."""
    if share < 0.1:
        sentence = "This is not a return: it has the headings of no site's layout."
        return Refused("not_a_return", sentence, "Send the monthly return, or ask for the template.", "", "")
    wanted = [word for block in layout.blocks for word in (block.heading, *block.words.values())]
    missing = list(dict.fromkeys(word for word in wanted if plain(word) not in texts))
    some = ", ".join(f"“{word}”" for word in missing[:3]) + (
        f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    )
    sentence = f"No site's layout fits; the nearest is {site.label}'s, for which {some} are missing."
    return Refused("not_a_return", sentence, "Send the return in its own layout, with all headings and labels.", "", "")


class _Cover(NamedTuple):
    """The cells of a cover that are the layout's own: labels and what stands beside them."""

    expected: set[Address]


def _read_cover(book: Book, layout: Layout) -> tuple[date | None, _Cover]:
    """The month that the file is for, and the cells that say so; a tracker has its months over its columns."""
    expected = _cover_lines(book, layout)
    if layout.kind == "tracker":
        return None, _Cover(expected)
    months: dict[date, tuple[str, int, int]] = {}
    wrong: tuple[str, int, int, object] | None = None
    for sheet_name, row, column, said in _beside(book, layout.month_label, read_month):
        expected.add((sheet_name, row, column))
        month = read_month(said)
        if month:
            months.setdefault(month, (sheet_name, row, column))
        elif said not in (None, ""):
            wrong = (sheet_name, row, column, said)
    if len(months) > 1:
        first, second = (write_month(month, long=True) for month in list(months)[:2])
        place = list(months.values())[1]
        sentence = f"The file names two months, {first} and {second}."
        raise Refused("months_disagree", sentence, "Put the same month everywhere and send it again.", *_at(place))
    if not months:
        raise _no_month(layout, wrong)
    return next(iter(months)), _Cover(expected)


def _no_month(layout: Layout, wrong: tuple[str, int, int, object] | None) -> Refused:
    fix = f"Type the month beside “{layout.month_label}”, such as April 2019, and send the return again."
    if wrong is None:
        return Refused(
            "no_month", f"The month is missing: there is nothing beside “{layout.month_label}”.", fix, "", ""
        )
    sentence = f"The month cannot be read: “{layout.month_label}” is followed by {quote(wrong[3])}."
    return Refused("no_month", sentence, fix, *_at(wrong[:3]))


def _at(place: tuple[str, int, int]) -> tuple[str, str]:
    return place[0], address(place[1], place[2])


def _beside(
    book: Book, label: str, wanted: Callable[[object], object] = lambda value: value
) -> list[tuple[str, int, int, object]]:
    """For each cell with this label what stands beside it, or after the label in the same cell.

    Of several cells to the right it is the first that `wanted` says yes to; the first filled one where there is none.
    """
    text, found = plain(label), []
    for page in book:
        for (row, column), said in [cell for cell in page.texts.items() if cell[1].startswith(text)]:
            if said == text:
                places = page.right_of(row, column)
                place = next((p for p in places if wanted(page.cells[p])), places[0] if places else (row, column))
                found.append((page.name, *place, page.cells[place] if places else None))
            else:
                rest = said.removeprefix(text).lstrip()
                if rest.startswith(":") or (rest.lstrip("-= ") and read_month(rest.lstrip("-= "))):
                    found.append((page.name, row, column, rest.lstrip(":-= ")))
    return found


def _cover_lines(book: Book, layout: Layout) -> set[Address]:
    """The cover's own lines: their labels, and beside each whatever was typed (such as who completed it)."""
    labels = (layout.month_label, layout.site_label, layout.version_label, *layout.ignored_labels)
    places: set[Address] = set()
    for page in book:
        for place in (place for label in labels if label for place in page.of(label)):
            places |= {(page.name, *one) for one in (place, *page.right_of(*place)[:1])}
    return places


def _site_on_cover(book: Book, layout: Layout, shared: list[str], sites: Mapping[str, Site]) -> Site:
    """The site that the cover names; refuses a cover that names none, or one that does not use the layout."""
    said = [(sheet, row, c, str(value)) for sheet, row, c, value in _beside(book, layout.site_label) if value]
    for sheet, row, column, value in said:
        named = sites_named(value, sites)
        meant = next((name for name in named if name in shared), None)
        if meant:
            return sites[meant]
        if named:
            sentence = f"The cover says {sites[named[0]].label}, but the layout is {sites[shared[0]].label}'s."
            fix = "Send the return in the site's own layout, or correct the site on its cover."
            raise Refused("wrong_site", sentence, fix, sheet, address(row, column))
        if len(shared) > 1:
            raise Refused(
                "unknown_site",
                f"The site beside “{layout.site_label}” is not one that we know.",
                f"Type the site's name there, such as {sites[shared[0]].label}, and send the return again.",
                sheet,
                address(row, column),
            )
    if len(shared) == 1:
        return sites[shared[0]]
    raise Refused(
        "unknown_site",
        f"The site is missing: there is nothing beside “{layout.site_label}”.",
        "Type the site's name there.",
        "",
        "",
    )


def _read_version(book: Book, layout: Layout) -> int:
    """The version of the return that its cover names; 1 where it names none."""
    if not layout.version_label:
        return 1
    said = [read_cell(value, "count").value for *_, value in _beside(book, layout.version_label)]
    return int(next((value for value in said if value and value <= _MOST_VERSIONS), 1))


def _read_numbers(book: Book, layout: Layout, found: list[NumberCell]) -> Entries:
    """What each number cell says, in people, full-time equivalents or pounds."""
    typed, said = _read_cells(book, layout, found)
    names, months, sheets, rows, columns = zip(*found, strict=True) if found else ((),) * 5
    values, states = zip(*said, strict=True) if said else ((), ())
    numbers = tuple(map(PLACE_OF.__getitem__, names))
    entries = Entries(months, numbers, values, states, sheets, tuple(map(_address, rows, columns)), typed)
    return entries.only(map(_is_due, said, found)) if ASKED_LATER else entries


def _read_sums(book: Book, layout: Layout, found: list[NumberCell]) -> Iterator[Entry]:
    """The same of sums that the site made itself, which can be of a whole measure."""
    for cell, typed, said in zip(found, *_read_cells(book, layout, found), strict=True):
        if _is_due(said, cell):
            number, month, sheet, row, column = cell
            measure, _, part = number.partition(".")
            yield Entry(month, measure, part, *said, sheet, _address(row, column), typed)


def _read_cells(book: Book, layout: Layout, found: list[NumberCell]) -> tuple[list[object], list[Reading]]:
    """What stands in each number cell, and what that says."""
    cells = {page.name: page.cells.get for page in book}
    times = {sheet: _times(layout).get(plain(sheet), 1) for sheet in cells}
    units = _units(layout)
    typed = [cells[sheet]((row, column)) for _, _, sheet, row, column in found]
    about = zip(typed, found, strict=True)
    return typed, [read_cell(cell, units[name], times[sheet]) for cell, (name, _, sheet, _, _) in about]


def _is_due(said: Reading, cell: NumberCell) -> bool:
    """Whether a number was asked for by then: an empty cell is no hole before it was."""
    return said.state != "missing" or is_asked(*cell[:2])


_address = lru_cache(maxsize=50_000)(address)


@cache
def _units(layout: Layout) -> dict[str, Unit]:
    """The unit of each number, and of each total that a site may add up itself."""
    numbers = [number for block in layout.blocks for number in block.words]
    return {name: unit_of(name) for number in numbers for name in (number, number.partition(".")[0])}


@cache
def _times(layout: Layout) -> dict[str, int]:
    """The pounds that one unit of each sheet stands for, where it is not one."""
    first = {plain(block.sheet): block.sheet for block in reversed(layout.blocks)}
    return {plain_name: layout.multiply[sheet] for plain_name, sheet in first.items() if sheet in layout.multiply}


def _covered_months(entries: Entries, site: Site) -> tuple[date, Entries]:
    """A tracker's last month with any number in it, and the entries up to then, from the site's first month on."""
    filled = {month for month, state in zip(entries.months, entries.states, strict=True) if state == "reported"}
    if not filled:
        raise Refused(
            "empty", "The tracker has no number in any month.", "Fill in the month and send it again.", "", ""
        )
    last = max(filled)
    covered = {m for m in set(entries.months) if m <= last and (m >= site.first_month or m in filled)}
    return last, entries.only(month in covered for month in entries.months)


def _unknown(month: date, place: Address, book: Book) -> Entry:
    sheet, row, column = place
    typed = next(page for page in book if page.name == sheet).cells.get((row, column))
    return Entry(month, "", "", None, "unreadable", sheet, address(row, column), typed)


def _refuse_personal_data(grid: Grid, layout: Layout, found: LayoutCells, cover: _Cover) -> None:
    cells = (*found.numbers, *found.totals, *found.to_date)
    numbers = {(sheet, row, column) for _, _, sheet, row, column in cells}
    refuse_personal_data(grid, found.expected | cover.expected, numbers)


__all__ = ["Entries", "Entry", "Rejected", "Return", "fits_name_pattern", "read_return"]
