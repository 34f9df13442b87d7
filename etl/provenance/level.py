"""The story of the level to which new and closed cases lead, month by month."""

from etl.definitions.messages import _
from etl.definitions.periods import months_from, write_month
from etl.definitions.writing import figures, write_interval
from etl.provenance.address import NumberAddress
from etl.provenance.cells import Behind, sources
from etl.provenance.edition import Edition, Row
from etl.provenance.story import Block, Facts, Story, Table, Words, columns, exact, label_of, place, span

NUMBERS = ("opening_cases", "new_cases", "closed_cases", "closing_cases")


def row_of(edition: Edition, address: NumberAddress) -> Row | None:
    """The row of `levels` that an address names by its last month."""
    rows = edition.rows("levels", "site = ? and ends = ?", (address.site, address.day))
    return rows[0] if rows and rows[0].level is not None else None


def tell(edition: Edition, address: NumberAddress) -> Story | None:
    """The story of a level (`level`) or of its interval (`range`)."""
    row = row_of(edition, address)
    if row is None:
        return None
    lines = []
    for month in months_from(row.starts, row.ends):
        numbers = [edition.result(row.site, name, "month", month) for name in NUMBERS]
        lines.append((write_month(month), *(exact(one, "count") for one in numbers)))
    level, likely = figures(row.level), write_interval(row.low, row.high, "count")
    heads = columns(_("Month"), *(label_of(edition, name) for name in NUMBERS), right=(1, 2, 3, 4))
    body: list[Block] = [
        Table(_("Worked out from"), heads, tuple(lines)),
        Words(_("Mean open cases × new ÷ closed cases of the months of which all are known (Little’s law).")),
        Facts(((_("Level"), level), (_("95% interval"), likely))),
        Words(_("Its 95% interval is that of the ratio of two counts: how far chance may move it.")),
    ]
    what = _("level to which new and closed cases lead, {months}", months=span(row.starts, row.ends))
    cells = sources(edition, Behind(row.site, NUMBERS, row.starts, row.ends))
    shown = likely if address.what == "range" else level
    return Story(address, place(edition, row.site), what, str(shown), "known", tuple(body), cells)
