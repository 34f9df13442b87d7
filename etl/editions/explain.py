"""Where a number comes from, printed: `python -m etl explain CODE` gives what the number's page shows."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property, singledispatch
from pathlib import Path
from typing import Any, NamedTuple

from etl.definitions.messages import Number
from etl.definitions.periods import write_date, write_month
from etl.definitions.writing import spaced
from etl.editions.folder import read_pointer
from etl.provenance import WrongCode, address_in, editions_of, read_code, tell
from etl.provenance.edition import Row, read_rows
from etl.provenance.story import (
    ELSEWHERE,
    Block,
    Facts,
    Formula,
    Item,
    Months,
    Points,
    Site,
    Source,
    Story,
    Table,
    Words,
)
from etl.system.database import connect
from etl.warehouse.load import WrongUse

# No more is printed of what would fill screens: a number's own page has all.
WIDEST = 60


class Place(NamedTuple):
    """A site of an edition."""

    name: str
    label: str


class Opened:
    """An audience's file of an edition, opened to be read."""

    def __init__(self, path: Path) -> None:
        self.name, self.audience = path.parent.name, path.stem
        self._con = connect(path, read_only=True)
        self._tables = {name for (name,) in self._con.execute("select table_name from duckdb_tables()").fetchall()}

    def rows(self, table: str, where: str = "true", given: tuple[Any, ...] = (), order: str = "") -> Sequence[Row]:
        """The rows of a table, or none where the edition has no such table. Values are bound, never pasted."""
        if table not in self._tables:
            return ()
        sql = f"select * from {table} where {where}" + (f" order by {order}" if order else "")
        found = self._con.execute(sql, list(given))
        names = [column[0] for column in found.description or ()]
        return read_rows(names, found.fetchall())

    def result(self, site: str, measure: str, period: str, starts: date) -> Row | None:
        """One number of `results`."""
        where = "site = ? and measure = ? and period = ? and starts = ?"
        return next(iter(self.rows("results", where, (site, measure, period, starts))), None)

    @cached_property
    def sites(self) -> Sequence[Place]:
        """The sites in page order."""
        return [Place(row.site, row.label) for row in self.rows("sites", order="position, site")]

    @cached_property
    def measures(self) -> dict[str, Row]:
        """What each number means, by name."""
        return {row.measure: row for row in self.rows("measures", order="position")}

    @cached_property
    def data_month(self) -> date | None:
        """The last month that the edition has returns of."""
        month = self.rows("edition")[0].data_month
        return month.date() if hasattr(month, "date") else month

    def close(self) -> None:
        """Lets go of the file."""
        self._con.close()


def explain(code: str, data: Path, audience: str = "central", edition: str = "") -> tuple[list[str], bool]:
    """The lines to print for a code, and whether such a number can be seen. Raises WrongUse for what is no code."""
    try:
        code = read_code(code)
    except WrongCode as problem:
        raise WrongUse(str(problem)) from None
    folder = data / "editions"
    files = {path.parent.name: path for path in sorted(folder.glob("[!.]*/*.duckdb")) if path.stem == audience}
    if not files:
        kept = sorted({path.stem for path in folder.glob("[!.]*/*.duckdb")})
        raise WrongUse(
            f"There is no edition for {audience!r} in {data}. There are editions for: {', '.join(kept)}."
            if kept
            else f"There is no edition in {data}. Make one: python -m etl publish"
        )
    if edition and edition not in files:
        raise WrongUse(f"There is no edition {edition!r} for {audience!r}. There are: {', '.join(files)}.")
    found = [name for name in editions_of(code, files) if edition in ("", name)]
    if len(found) != 1:
        return [_not_one(code, found)], False
    return _told(code, files[found[0]], read_pointer(folder))


def _not_one(code: str, found: Sequence[str]) -> str:
    """Why a code leads to no edition, or to more than one."""
    if found:
        return f"By chance {code} is a code of {' and '.join(found)}. Say which: --edition {found[0]}"
    return f"No edition that is kept for this audience has a number with the code {code}."


def _told(code: str, path: Path, current: str | None) -> tuple[list[str], bool]:
    """The lines of a code in one edition."""
    opened = Opened(path)
    try:
        story = tell(opened, address_in(code, opened))
        if story is None:
            return [f"The edition {opened.name} has no number with the code {code}."], False
        return list(_lines(code, opened, story, is_current=opened.name == current)), story.known != "hidden"
    finally:
        opened.close()


def _lines(code: str, edition: Opened, story: Story, *, is_current: bool) -> Iterator[str]:
    yield story.shown
    yield story.sentence
    old = "" if is_current else ", which is not the current one"
    yield f"Code {code}, edition {edition.name}{old}, audience {edition.audience}"
    for block in story.body:
        yield from ["", *written(block)]
    if story.sources and not any(isinstance(block, Months) for block in story.body):
        yield from ["", "Cells", *_cells(story.sources, edition)]


@singledispatch
def written(block: Block) -> list[str]:
    """A part of a story as lines."""
    raise TypeError(f"nothing prints {type(block).__name__}")


@written.register
def _(block: Formula) -> list[str]:
    return [" ".join(f"{sign} {label} {number.shown}".strip() for sign, label, number in block.parts)]


@written.register
def _(block: Words) -> list[str]:
    return [block.text]


@written.register
def _(block: Facts) -> list[str]:
    width = max(len(name) for name, _ in block.rows)
    return [*([block.head] if block.head else []), *(f"  {name:<{width}}  {text}" for name, text in block.rows)]


@written.register
def _(block: Points) -> list[str]:
    return [block.head, *(f"  {text}" for _, text in block.lines)] if block.lines else []


@written.register
def _(block: Table) -> list[str]:
    rows = [[name for name, _ in block.columns], *([_plain(item) for item in row] for row in block.rows)]
    return [block.head, *_aligned(rows, [right for _, right in block.columns])]


def _plain(item: Item) -> str:
    if isinstance(item, Site):
        return item.label
    return item.shown if isinstance(item, Number) else item


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Rows in columns, numbers to the right."""
    widths = [min(WIDEST, max(len(row[at]) for row in rows)) for at in range(len(right))]
    return [
        "  " + "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]  # fmt: skip


@written.register
def _(block: Months) -> list[str]:
    """Each month with its numbers, its returns, and under each return the cells."""
    heads = ["Month", *block.heads]
    body = [
        [write_month(row.month), *(found[0].shown if found is not None else "" for found in row.numbers)]
        for row in block.rows
    ]
    total = [[f"{len(body)} months", *(number.shown for number in block.total)]] if block.total else []
    right = [False, *(True for _ in block.heads)]
    lines = ["Months", *_aligned([heads, *body, *total], right), "", "Returns, sheets and cells"]
    for row in block.rows:
        lines.append(f"  {write_month(row.month)}: {'; '.join(row.returns)}")
        cells = {(cell.sheet, cell.cell, cell.measure): cell for found in row.numbers if found for cell in found[1]}
        lines += _typed(list(cells.values()))
    return lines


def _cells(cells: Sequence[Source], edition: Opened) -> Iterator[str]:
    """All cells behind a number of several sites, by return."""
    labels = {site.name: site.label for site in edition.sites}
    returns: dict[tuple[str, date, str], list[Source]] = {}
    for cell in cells:
        received = f"received {write_date(cell.received.date())}" if cell.received else "not received"
        sent = ", ".join(part for part in (cell.file or f"file {ELSEWHERE}", received, spaced(cell.verdict)) if part)
        returns.setdefault((cell.site, cell.month, sent), []).append(cell)
    for (site, month, sent), group in returns.items():
        yield f"  {labels.get(site, site)}, {write_month(month)}: {sent}"
        yield from _typed(list({(cell.sheet, cell.cell, cell.measure): cell for cell in group}.values()))


def _typed(cells: Sequence[Source]) -> list[str]:
    """Cells with what was typed in them, and whether it was revised or queried."""
    if not cells:
        return []
    rows = [
        [
            f"{cell.sheet}!{cell.cell}" if cell.sheet and cell.cell else cell.cell or "cell not shown",
            cell.label,
            cell.shown,
            "; ".join(part for part in (cell.revised, f"queried: {cell.queried}" if cell.queried else "") if part),
        ]
        for cell in cells
    ]
    return [f"  {line}" for line in _aligned(rows, [False, False, True, False])]
