"""The tables of a page as files have them: the words of each cell, and behind each number its full value."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import Card, Content
from dashboard.elements.tables import BETWEEN, IS_HIDDEN, NOT_APPLICABLE, NOT_AVAILABLE, Part, Table
from dashboard.elements.widgets import chosen_words
from etl.definitions import messages
from etl.definitions.writing import HIDDEN
from etl.provenance.address import NumberAddress
from etl.provenance.code import code_of
from etl.provenance.lineage import leaves, months_of
from etl.provenance.values import value_of

Component = Any
PROVISIONAL, REVISED, UNDER_QUERY = "[p]", "[r]", "[q]"
MARKERS = {
    IS_HIDDEN: "hidden: a small number, or one that could be worked back to a small number",
    BETWEEN: "between two numbers, to protect small numbers: a range holds every number that is possible",
    NOT_AVAILABLE: "not available: missing, not stated or not known",
    NOT_APPLICABLE: "not applicable",
    PROVISIONAL: "provisional: the period has not ended",
    REVISED: "revised: a later return changed a number in it",
    UNDER_QUERY: "under query: it rests on a number that the site has been asked about",
}


@dataclass(frozen=True)
class Number:
    """A number as the screen prints it, in full, and what it is a number of; without a value its marker says why."""

    shown: str
    value: float | None = None
    marker: str = ""
    site: str = ""
    measure: str = ""
    unit: str = ""
    period: str = ""
    starts: date | None = None
    ends: date | None = None
    low: float | None = None
    high: float | None = None
    key: str = ""
    code: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its words as the screen has them, and the numbers among them."""

    text: str
    numbers: tuple[Number, ...] = ()

    @property
    def only(self) -> Number | None:
        """The number that the cell consists of; none where there are more words, or more numbers."""
        return self.numbers[0] if len(self.numbers) == 1 and self.numbers[0].shown == self.text else None


@dataclass(frozen=True)
class Exhibit:
    """A table that a page draws, with the words round it."""

    name: str
    headline: str
    subtitle: str
    source: str
    chosen: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def exhibits(view: View, content: Content) -> list[Exhibit]:
    """All tables of a page in the order in which they are drawn."""
    return [make_exhibit(view, name, place, content) for name, place in named(content.body)]


def named(body: Sequence[Component]) -> Iterator[tuple[str, tuple[Component, ...]]]:
    """The name of each table, unlike that of any other, and the path to it."""
    seen: Counter[str] = Counter()
    for place in html.carriers(body, Table):
        card = card_of(place)
        name = card.name if card is not None else html.data_of(place[-1]).name
        seen[name] += 1
        yield (f"{name}-{seen[name]}" if seen[name] > 1 else name), place


def section_of(place: Sequence[Component]) -> Component:
    """The part of a page that is the card of a table; None where the table stands alone."""
    return next((part for part in reversed(place) if isinstance(html.data_of(part), Card)), None)


def card_of(place: Sequence[Component]) -> Card | None:
    """The card that a table stands in."""
    card: Card | None = html.data_of(section_of(place))
    return card


def headline_of(place: Sequence[Component]) -> str:
    """What a table's card says, or else the table's own caption."""
    return one_line(said_of(place))


def said_of(place: Sequence[Component]) -> Component:
    """The same as its page has it: a text that other languages can be written from."""
    card = card_of(place)
    return card.headline if card is not None else html.data_of(place[-1]).caption


def make_exhibit(view: View, name: str, place: tuple[Component, ...], content: Content) -> Exhibit:
    """A table and the words of its card."""
    card, table = card_of(place), html.data_of(place[-1])
    chosen = chosen_words([*content.controls, *(card.controls if card is not None else ())])
    return Exhibit(
        name,
        headline_of(place),
        one_line(card.subtitle) if card is not None else "",
        one_line(card.source) if card is not None else "",
        chosen,
        unlike([head(column) for column in table.columns]),
        tuple(tuple(make_cell(view, cell) for cell in row) for row in table.rows),
    )


def unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: none empty, no two the same."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = name or ("Row" if place == 1 else f"Note {place}")
        found.append(f"{name} {place}" if name in found else name)
    return tuple(found)


def head(column: Component) -> str:
    """The words over a column, which may be such as are heard only."""
    parts = list(parts_of(column))
    return text_of(parts) or " ".join(part.heard for part in parts if isinstance(part, Part))


def make_cell(view: View, cell: Component) -> Cell:
    """A cell's words and its numbers."""
    parts = [part for part in parts_of(cell) if part is not None]
    text = text_of(parts_of(cell))
    numbers = [number_of(view, part) for part in parts if isinstance(part, Part)]
    known = tuple(number for number in numbers if number is not None)
    if not known and len(parts) == 1 and (value := value_in(parts[0])) is not None:
        known = (Number(text, value),)
    return Cell(text, known)


def value_in(words: object) -> float | None:
    """The value of a number that the edition does not have."""
    return words.value if isinstance(words, messages.Number) else None


def parts_of(part: Component) -> Iterator[str | Part | None]:
    """What a part of a cell is made of, in order: texts, numbers and states; None begins a new line."""
    data = html.data_of(part)
    if isinstance(part, messages.Text):
        for piece in part.pieces(messages.ENGLISH):
            yield Part(piece, piece.address) if isinstance(piece, messages.Number) and piece.address else piece
    elif isinstance(part, str | int | float):
        yield str(part)
    elif isinstance(part, list | tuple):
        for child in part:
            yield from parts_of(child)
    elif isinstance(part, html.Element):
        own_line = getattr(part, "own_line", False) or (isinstance(data, Part) and data.own_line)
        yield from [None] if own_line else []
        yield from [data] if isinstance(data, Part) else parts_of(html.children(part))
        yield from [None] if own_line else []


def text_of(parts: Iterable[str | Part | None]) -> str:
    """Parts as one line; what stands on lines of their own is parted by semicolons."""
    lines = [""]
    for part in parts:
        if part is None:
            lines.append("")
        else:
            lines[-1] += part.words if isinstance(part, Part) else part
    return "; ".join(line for line in map(one_line, lines) if line)


def one_line(text: str) -> str:
    """A text without breaks of lines and without more than one space in a row."""
    return " ".join(text.split())


def number_of(view: View, part: Part) -> Number | None:
    """The number that a part shows, its value in full where the edition has it; None where it shows words."""
    shown = one_line(part.words)
    if part.marker:
        return Number(shown, marker=part.marker)
    if not part.address:
        return None
    address = NumberAddress.read(part.address)
    code, first = code_of(view.edition, part.address), _day(address.place)
    row = view.edition.result(address.site, address.what, address.kind, first) if first and not address.beside else None
    if row is not None:
        return of_result(view, row, shown, part.address, code)
    value, unit = value_of(view.edition, part.address)
    value = value_in(part.words) if value is None else value
    if address.beside:
        of = (address.site, f"{address.what}|{address.beside}", unit, address.kind, first)
        return Number(shown, value, "", *of, key=part.address, code=code)
    if value is None:
        return None
    return Number(shown, value, site=address.site, measure=address.kind, unit=unit, key=part.address, code=code)


def of_result(view: View, row: Row, shown: str, key: str, code: str) -> Number:
    """A number of `results`."""
    about = view.edition.measures.get(row.measure)
    value = None if row.shown == HIDDEN else row.value
    unit = str(about.unit) if about is not None else ""
    when = (row.period, row.starts, row.ends, row.low, row.high)
    return Number(shown, value, marker_of(view, row), row.site, row.measure, unit, *when, key, code)


def marker_of(view: View, row: Row) -> str:
    """The markers of a number of `results`."""
    if row.shown == HIDDEN:
        return IS_HIDDEN
    if row.value is None:
        return NOT_AVAILABLE if row.get("range_low") is None else BETWEEN
    markers = [UNDER_QUERY] if row.get("queried") else []
    markers += [] if row.complete else [PROVISIONAL]
    return " ".join([*markers, *([REVISED] if is_revised(view, row) else [])])


def is_revised(view: View, row: Row) -> bool:
    """Whether a later return changed one of the numbers that a number is made of."""
    changed = view.edition.rows("revisions") if row.site == "all" else ()
    changed = changed or view.edition.rows("revisions", "site = ?", (row.site,))
    changed = tuple(r for r in changed if row.starts <= r.month <= row.ends)
    if not changed:
        return False
    wanted, months = set(leaves(view.edition, row.measure)), partial(months_of, starts=row.starts, ends=row.ends)
    return any(r.measure in wanted and r.month in months(r.measure) for r in changed)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
