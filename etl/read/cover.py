"""The cover of a return: its month, its version, and the value beside any of its labels."""

from collections.abc import Callable
from datetime import date

from etl.definitions.periods import write_month
from etl.intake import Refused, address
from etl.read.cell import quote, read_cell
from etl.read.find import Address, Book
from etl.read.month import read_month
from etl.read.words import plain
from etl.sites import Layout

MOST_VERSIONS = 1_000


def read_cover(book: Book, layout: Layout) -> tuple[date | None, set[Address]]:
    """The month that the file is for, and the cells that say so; a tracker has its months over its columns."""
    expected = cover_lines(book, layout)
    if layout.kind == "tracker":
        return None, expected
    months: dict[date, tuple[str, int, int]] = {}
    wrong: tuple[str, int, int, object] | None = None
    for sheet_name, row, column, said in values_beside(book, layout.month_label, read_month):
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
    return next(iter(months)), expected


def read_version(book: Book, layout: Layout) -> int:
    """The version of the return that its cover names; 1 where it names none."""
    if not layout.version_label:
        return 1
    said = [read_cell(value, "count").value for *_, value in values_beside(book, layout.version_label)]
    return int(next((value for value in said if value and value <= MOST_VERSIONS), 1))


def values_beside(
    book: Book, label: str, wanted: Callable[[object], object] = lambda value: value
) -> list[tuple[str, int, int, object]]:
    """For each cell with this label the value beside it, or after the label in the same cell.

    Of several cells to the right it is the first that `wanted` accepts; the first filled one where there is none.
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


def cover_lines(book: Book, layout: Layout) -> set[Address]:
    """The cover's own lines: their labels, and beside each whatever was typed (such as who completed it)."""
    labels = (layout.month_label, layout.site_label, layout.version_label, *layout.ignored_labels)
    places: set[Address] = set()
    for page in book:
        for place in (place for label in labels if label for place in page.of(label)):
            places |= {(page.name, *one) for one in (place, *page.right_of(*place)[:1])}
    return places


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
