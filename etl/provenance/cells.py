"""The cells behind a number: from which return, sheet and cell it is, when it came, and what was revised or queried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from etl.definitions.messages import Plain, _, joined
from etl.definitions.periods import write_date, write_month
from etl.definitions.writing import lower_first, spaced, write_in_full
from etl.provenance.edition import Edition, Row
from etl.provenance.lineage import counts_in, is_planned, last_known, leaves, months_of, operands
from etl.provenance.story import (
    NOT_KNOWN,
    Block,
    Item,
    Month,
    Months,
    Number,
    Points,
    Source,
    Table,
    Words,
    columns,
    exact,
    label_of,
    place,
    unit_of,
)

MOST_LINES = 12
Place = tuple[str, date, str]

# What stands in a cell that has no number.
STATES = {
    "missing": _("empty"),
    "suppressed": _("hidden by the site"),
    "unreadable": _("not a number"),
    "not_applicable": _("said not to apply"),
}


def may_see(edition: Edition, site: str) -> bool:
    """Whether the audience may see what a site typed in which cell: the central team, and the site itself."""
    return edition.audience in ("central", site)


@dataclass(frozen=True)
class Behind:
    """What a number is made from: measures of a site (or `all`) over months, and whether these make up a period."""

    site: str
    measures: tuple[str, ...]
    starts: date
    ends: date
    period: str = ""


def behind(edition: Edition, row: Row, *measures: str) -> Behind:
    """What a number of `results` is made from: its numerator and denominator or itself, or the measures named."""
    ends = last_known(edition, row.ends)
    return Behind(row.site, measures or operands(row.measure), row.starts, ends, row.period)


def sources(edition: Edition, of: Behind) -> tuple[Source, ...]:
    """All cells behind a number; those of every site behind the programme's."""
    where = "month between ? and ? and ? in ('all', site) and measure in (select unnest(string_split(?, '|')))"
    history = _History(edition)
    found = []
    for operand in of.measures:
        wanted = "|".join(leaves(edition, operand))
        cells = edition.rows("cells", where, (of.starts, of.ends, of.site, wanted), "site, month, sheet, cell")
        found += [
            history.source(cell, operand)
            for cell in cells
            if counts_in(operand, cell.measure, cell.month, of.starts, of.ends)
        ]
    return tuple(found)


class _History:
    """What is known of each return, and which numbers were revised or queried."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.returns = {row.return_id: row for row in edition.rows("returns")}
        self.revised: dict[Place, list[Row]] = {}
        self.queried: dict[Place, list[Row]] = {}
        for row in edition.rows("revisions"):
            self.revised.setdefault((row.site, row.month, row.measure), []).append(row)
        for row in edition.rows("queries"):
            self.queried.setdefault((row.site, row.month, row.measure), []).append(row)

    def source(self, cell: Row, operand: str) -> Source:
        """A cell with what became of it."""
        sent = self.returns.get(cell.return_id)
        place, unit = (cell.site, cell.month, cell.measure), unit_of(self.edition, cell.measure)
        shown = write_in_full(cell.value, unit) if cell.value is not None else STATES.get(cell.state, NOT_KNOWN)
        return Source(
            cell.site,
            cell.month,
            operand,
            cell.measure,
            label_of(self.edition, cell.measure),
            cell.value,
            shown,
            cell.state or "",
            cell.return_id,
            sent.file if sent is not None else None,
            sent.received if sent is not None else None,
            sent.verdict if sent is not None else None,
            cell.sheet,
            cell.cell,
            joined(
                "; ", [_("changed {day}", day=write_date(row.changed.date())) for row in self.revised.get(place, ())]
            ),
            joined("; ", [row.message or _("a query") for row in self.queried.get(place, ())]),
        )


def by_month(edition: Edition, of: Behind, cells: Sequence[Source]) -> Months:
    """A site's number month by month: the returns, and for each measure its number and its cells."""
    parts = of.measures
    counted = {part: set(months_of(part, of.starts, of.ends)) for part in parts}
    rows = []
    for month in sorted(set().union(*counted.values())):
        here = [cell for cell in cells if cell.month == month]
        numbers = tuple(
            (
                exact(edition.result(of.site, part, "month", month), unit_of(edition, part)),
                tuple(cell for cell in here if cell.operand == part),
            )
            if month in counted[part]
            else None
            for part in parts
        )
        rows.append(Month(month, _returns(edition, of.site, month, here), numbers))
    heads = tuple(label_of(edition, part) for part in parts)
    return Months(heads, tuple(rows), _total(edition, of) if of.period and len(rows) > 1 else ())


def _total(edition: Edition, of: Behind, site: str = "") -> tuple[Number, ...]:
    """What the months of each measure come to."""
    found = (edition.result(site or of.site, part, of.period, of.starts) for part in of.measures)
    return tuple(exact(row, unit_of(edition, part)) for row, part in zip(found, of.measures, strict=True))


def by_site(edition: Edition, of: Behind, measure: str) -> Table:
    """The programme's number by site: each number has its own story."""
    whole = () if of.measures == (measure,) else (measure,)
    named = Behind(of.site, (*of.measures, *whole), of.starts, of.ends, of.period or "month")
    heads = [*(label_of(edition, part) for part in of.measures), *(_("Result") for _part in whole)]
    rows: tuple[tuple[Item, ...], ...] = tuple(
        (place(edition, site.name), *_total(edition, named, site.name)) for site in edition.sites
    )
    return Table(_("Sites"), columns(_("Site"), *heads, right=range(1, len(heads) + 1)), rows)


def _returns(edition: Edition, site: str, month: date, cells: Sequence[Source]) -> tuple[str, ...]:
    """The returns that say a month's numbers; what the calendar says of it where no file may be named."""
    sent = list(dict.fromkeys((cell.file, cell.received, cell.verdict) for cell in cells if cell.received is not None))
    if sent:
        return tuple(
            _(
                "{file}, received {day}, {verdict}",
                file=Plain(file) if file else _("file not shown to this audience"),
                day=write_date(received.date()),
                verdict=spaced(verdict),
            )
            for file, received, verdict in sent
            if received is not None
        )
    days = edition.rows("calendar", "site = ? and month = ?", (site, month))
    if not days or days[0].received is None:
        return (_("no return"),)
    return (_("return received {day}", day=write_date(days[0].received.date())),)


def asked(edition: Edition, row: Row, of: Behind) -> list[Block]:
    """That a number rests on others under query; what is asked, where that does not stand beside their cells."""
    if not row.get("queried"):
        return []
    wanted = {leaf for operand in of.measures for leaf in leaves(edition, operand)}
    where = "month between ? and ? and ? in ('all', site)"
    under = edition.rows("under_query", where, (of.starts, of.ends, of.site))
    found = {(one.site, one.month, one.code) for one in under if one.measure in wanted}
    lines = [
        ("query", joined(": ", [place(edition, query.site).label, write_month(query.month), query.message]))
        for query in edition.rows("queries", where, (of.starts, of.ends, of.site), "site, month, cell")
        if (query.site, query.month, query.code) in found and (of.site == "all" or not query.measure) and query.message
    ]
    if not lines:
        return [Words(_("It rests on a number that is under query."))]
    return [Points(_("Under query"), tuple(lines))]


def queried(of: Behind, cells: Sequence[Source]) -> Points:
    """Open queries and revisions among the cells of a number."""
    lines = [("query", joined(": ", [write_month(cell.month), cell.queried])) for cell in cells if cell.queried]
    lines += [
        ("revised", joined(": ", [write_month(cell.month), joined(", ", [lower_first(cell.label), cell.revised])]))
        for cell in cells
        if cell.revised
    ]
    lines = list(dict.fromkeys(lines))
    more = len(lines) - MOST_LINES
    lines = [*lines[:MOST_LINES], *([("query", _("and {number} more", number=more))] if more > 0 else [])]
    if not lines and not all(is_planned(part) for part in of.measures):
        lines = [("met", _("No open query in these cells. None was revised."))]
    return Points(_("Queried or revised"), tuple(lines))
