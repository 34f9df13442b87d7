"""The story of a sum of a flow's last months, or of the same months a year before, month by month."""

from etl.definitions.messages import _
from etl.definitions.periods import month_after, months_from
from etl.definitions.writing import figures, lower_first, write
from etl.provenance.address import NumberAddress
from etl.provenance.cells import Behind, sources
from etl.provenance.edition import Edition, Row
from etl.provenance.lineage import operands
from etl.provenance.story import Block, Number, Story, Table, Words, columns, exact, label_of, place, span

COLUMNS = ("from_value", "to_value")


def row_of(edition: Edition, address: NumberAddress) -> tuple[Row | None, str]:
    """The row of `trends` that an address names by its first month, span and flow; and which of its numbers."""
    length, _, rest = address.what.partition(".")
    measure, _, column = rest.rpartition(".")
    if not length.isdecimal() or column not in COLUMNS:
        return None, ""
    where = "site = ? and measure = ? and span = ? and to_starts = ?"
    found = edition.rows("trends", where, (address.site, measure, int(length), address.day))
    return (found[0], column) if found and found[0][column] is not None else (None, "")


def tell(edition: Edition, address: NumberAddress) -> Story | None:
    """The story of one of the two sums."""
    row, column = row_of(edition, address)
    if row is None:
        return None
    label, back = label_of(edition, row.measure), 0 if column == "to_value" else -12
    starts, ends = month_after(row.to_starts, back), month_after(row.to_ends, back)
    results = [edition.result(row.site, row.measure, "month", month) for month in months_from(starts, ends)]
    lines = tuple((span(one.starts, one.starts), exact(one, "count")) for one in results if one is not None)
    total = (_("Result"), Number(figures(row[column])))
    body: list[Block] = [Table(_("Months"), columns(_("Month"), label, right=(1,)), (*lines, total))]
    if row.left_out:
        body.append(Words(_("Left out of both years: {months}.", months=row.left_out)))
    if row.p is not None:
        body.append(Words(_("So large a difference comes by chance with p = {p}.", p=write(row.p, "ratio"))))
    what = _("{measure}, {months}", measure=lower_first(label), months=span(starts, ends))
    cells = sources(edition, Behind(row.site, operands(row.measure), starts, ends))
    return Story(address, place(edition, row.site), what, figures(row[column]), "known", tuple(body), cells)
