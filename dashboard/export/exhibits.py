"""What a page has drawn, read back as tables: each exhibit's words, and behind each number its full value."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.printed import NUMBER, printed
from dashboard.data.view import View
from dashboard.elements.page import Content
from dashboard.elements.widgets import Choice, Picker
from etl.definitions.writing import HIDDEN
from etl.provenance.code import code_of
from etl.provenance.lineage import leaves, months_of
from etl.provenance.values import value_of

Component = Any
MARKERS = {
    HIDDEN: "hidden: a small number, or one that could be worked back to a small number",
    "[x]": "not available: missing, not stated or not known",
    "[z]": "not applicable",
    "[p]": "provisional: the period has not ended",
    "[r]": "revised: a later return changed a number in it",
}
NOT_DUE = ("n/a", "none due", "not due", "not begun")
BLOCKS = {"Div", "P", "Small", "Li", "Dd", "Dt", "Br", "H3"}


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
    place: tuple[Component, ...] = ()


def exhibits(view: View, content: Content) -> list[Exhibit]:
    """All tables of a page in the order in which they are drawn."""
    chosen = choices_in(content.controls)
    return [read_table(view, name, place, chosen) for name, place in named(content.body)]


def named(body: Sequence[Component]) -> Iterator[tuple[str, tuple[Component, ...]]]:
    """The name of each table, unlike that of any other, and the path to it."""
    seen: Counter[str] = Counter()
    for place in tables_in(body):
        name = name_of(section_of(place), place[-1])
        seen[name] += 1
        yield (f"{name}-{seen[name]}" if seen[name] > 1 else name), place


def section_of(place: Sequence[Component]) -> Component:
    """The card that a table stands in; None where it stands alone."""
    return next((part for part in reversed(place) if kind(part) == "Section"), None)


def headline_of(place: Sequence[Component]) -> str:
    """What a table's card says, or else the table's own caption."""
    said = (plain(part) for part in below(section_of(place)) if kind(part) == "H2")
    return next(said, "") or caption_of(place[-1])


def caption_of(table: Component) -> str:
    """A table's own caption, which is heard and not seen."""
    captions = (part for part in children(table) if kind(part) == "Caption")
    return next(("".join(map(str, children(caption))) for caption in captions), "")


def tables_in(body: Sequence[Component]) -> Iterator[tuple[Component, ...]]:
    """The path to each table, from the outermost component to the table itself."""
    for part in body:
        yield from _tables_below(part, ())


def _tables_below(part: Component, above: tuple[Component, ...]) -> Iterator[tuple[Component, ...]]:
    if kind(part) == "Table":
        yield (*above, part)
        return
    for child in children(part):
        yield from _tables_below(child, (*above, part))


def read_table(view: View, name: str, place: tuple[Component, ...], chosen: str) -> Exhibit:
    """A table and the words of its card."""
    section = section_of(place)
    parts = {kind(part): part for part in children(place[-1])}
    controls = [part for part in below(section) if isinstance(part, (Picker, Choice))]
    return Exhibit(
        name,
        headline_of(place),
        next((plain(part) for part in below(section) if "subtitle" in classes(part)), ""),
        next((plain(children(part)[0]) for part in below(section) if "source" in classes(part)), ""),
        "; ".join(said for said in (chosen, choices_in(controls)) if said),
        heads(parts.get("Thead")),
        tuple(tuple(read_cell(view, cell) for cell in children(row)) for row in children(parts.get("Tbody"))),
        place,
    )


def name_of(section: Component, table: Component) -> str:
    """The name of an exhibit: its card's, or that of the kind of table where it has no card."""
    if section is None:
        return next((name for name in classes(table) if name not in ("table", "wide")), "table")
    said = getattr(section, "data-card", "") or getattr(section, "aria-labelledby", "") or "table"
    return str(said).removesuffix("-headline").removesuffix("-h")


def choices_in(controls: Sequence[Component]) -> str:
    """What is chosen, in words: Sites: All four; Period: Year to Nov 2019."""
    said = []
    for control in controls:
        if isinstance(control, (Picker, Choice)):
            texts = {option["value"]: option["label"] for option in control.options}
            said.append(f"{control.label}: {texts.get(control.value, 'as usual')}")
    return "; ".join(said)


def heads(part: Component) -> tuple[str, ...]:
    """The words over each column; where there are several rows of heads, from the top down."""
    lines: list[list[str]] = []
    taken: dict[tuple[int, int], str] = {}
    for y, row in enumerate(children(part)):
        x = 0
        for cell in children(row):
            while (y, x) in taken:
                x += 1
            text = plain(cell) or plain(cell, heard=True)
            for step in range(int(getattr(cell, "colSpan", 1))):
                for down in range(int(getattr(cell, "rowSpan", 1))):
                    taken[y + down, x + step] = text if not down else ""
            x += int(getattr(cell, "colSpan", 1))
    for (y, x), text in sorted(taken.items()):
        while len(lines) <= x:
            lines.append([])
        if text and text not in lines[x]:
            lines[x].insert(y, text)
    return unlike([" ".join(line) for line in lines])


def unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: none empty, no two the same."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = name or ("Row" if place == 1 else f"Note {place}")
        found.append(f"{name} {place}" if name in found else name)
    return tuple(found)


def read_cell(view: View, part: Component) -> Cell:
    """A cell's words and its numbers."""
    text = plain(part) or next((said for said in map(_label, every(part)) if said), "")
    numbers = tuple(_numbers(view, part))
    if not numbers and NUMBER.fullmatch(text):
        numbers = (Number(text, printed(text)),)
    return Cell(text, numbers)


def _numbers(view: View, part: Component) -> Iterator[Number]:
    """The numbers in a cell, and what stands where there is none."""
    names = classes(part)
    if "phone-name" in names:
        return
    if "hidden-number" in names:
        yield Number(HIDDEN, marker=HIDDEN)
    elif "state" in names or ("tag" in names and plain(part) == "Not known"):
        yield Number(plain(part), marker="[z]" if plain(part) in NOT_DUE else "[x]")
    elif "muted" in names and plain(part) in NOT_DUE:
        yield Number(plain(part), marker="[z]")
    elif key := getattr(part, "data-number", ""):
        number = number_of(view, key, plain(part))
        if number.period or NUMBER.fullmatch(number.shown):
            yield number
    else:
        for child in children(part):
            yield from _numbers(view, child)


def number_of(view: View, key: str, text: str) -> Number:
    """The number that a key names, as the screen prints it; its value in full where the edition has it."""
    site, period, starts, measure, beside = (key.split("|") + [""] * 5)[:5]
    code, first = code_of(view.edition, key), _day(starts)
    row = view.edition.result(site, measure, period, first) if first and not beside else None
    if row is not None:
        about = view.edition.measures.get(measure)
        value = None if row.shown == HIDDEN else row.value
        named = {"site": site, "measure": measure, "period": period, "starts": row.starts, "ends": row.ends}
        unit = str(about.unit) if about is not None else ""
        named |= {"low": row.low, "high": row.high, "key": key, "code": code}
        return Number(text, value, marker_of(view, row), unit=unit, **named)
    value, unit = value_of(view.edition, key)
    if beside:
        return Number(text, value, "", site, f"{measure}|{beside}", unit, period, first, key=key, code=code)
    return Number(text, value, site=site, measure=period, unit=unit, key=key, code=code)


def marker_of(view: View, row: Row) -> str:
    """The markers of a number of `results`."""
    if row.shown == HIDDEN:
        return HIDDEN
    if row.value is None:
        return "[x]"
    said = [] if row.complete else ["[p]"]
    return " ".join([*said, *(["[r]"] if is_revised(view, row) else [])])


def is_revised(view: View, row: Row) -> bool:
    """Whether a later return changed one of the numbers that a number is made of."""
    changed = view.edition.rows("revisions") if row.site == "all" else ()
    changed = changed or view.edition.rows("revisions", "site = ?", (row.site,))
    changed = tuple(r for r in changed if row.starts <= r.month <= row.ends)
    if not changed:
        return False
    wanted, months = set(leaves(view.edition, row.measure)), partial(months_of, starts=row.starts, ends=row.ends)
    return any(r.measure in wanted and r.month in months(row.measure) for r in changed)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def kind(part: Component) -> str:
    """The kind of a component: Table, Tr, Span."""
    return type(part).__name__


def children(part: Component) -> list[Component]:
    """What a component holds."""
    held = getattr(part, "children", None)
    if held is None:
        return []
    return [child for child in held if child is not None] if isinstance(held, (list, tuple)) else [held]


def below(part: Component) -> Iterator[Component]:
    """A component and all that is in it; what a table holds is left out."""
    if part is None:
        return
    yield part
    if kind(part) != "Table":
        for child in children(part):
            yield from below(child)


def every(part: Component) -> Iterator[Component]:
    """A component and all that is in it."""
    yield part
    for child in children(part):
        yield from every(child)


def _label(part: Component) -> str:
    """What a component without words says of itself: `on time` of a day in the calendar."""
    return str(getattr(part, "aria-label", "") or "").rpartition(": ")[2]


def classes(part: Component) -> list[str]:
    """The classes of a component."""
    return str(getattr(part, "className", "") or "").split()


def plain(part: Component, *, heard: bool = False) -> str:
    """The words of a component as one line; blocks are parted by semicolons."""
    pieces = "".join(_words(part, heard)).split("\n")
    kept = [re.sub(r"\s+", " ", piece).strip() for piece in pieces]
    return "; ".join(piece for piece in kept if piece)


def _words(part: Component, heard: bool) -> Iterator[str]:
    if isinstance(part, (str, int, float)):
        yield str(part).replace("\n", " ")
        return
    names = classes(part)
    if "phone-name" in names or ("heard" in names and not heard):
        return
    apart = kind(part) in BLOCKS or "tag" in names
    yield "\n" if apart else ""
    for child in children(part):
        yield from _words(child, heard)
    yield "\n" if apart else ""
