"""The story of a change in cost per case: what each end was, and what spending and volume made of it."""

from collections.abc import Mapping
from datetime import date

from etl.definitions.messages import N_, _
from etl.definitions.periods import month_after
from etl.definitions.writing import MINUS, figures, lower_first, write, write_in_full
from etl.provenance.address import NumberAddress
from etl.provenance.cells import Behind, by_month, sources
from etl.provenance.code import LAG, STEPS
from etl.provenance.edition import Edition, Row
from etl.provenance.lineage import operands
from etl.provenance.story import Block, Formula, Item, Number, Story, Table, Words, columns, label_of, numbered, place

SAID: Mapping[str, str] = {
    "cost0": N_("spend behind {measure}, {months}"),
    "count0": N_("cases behind {measure}, {months}"),
    "unit0": N_("{measure}, {months}"),
    "spending": N_("part that spending has in the change of {measure}, {months}"),
    "volume": N_("part that the number of cases has in the change of {measure}, {months}"),
    "change": N_("change of {measure}, {months}"),
    "cost1": N_("spend behind {measure}, {months}"),
    "count1": N_("cases behind {measure}, {months}"),
    "unit1": N_("{measure}, {months}"),
}


def pair(edition: Edition, address: NumberAddress) -> tuple[Row | None, str]:
    """The pair of periods that an address names, and the step of it."""
    site, what = address.site, address.what
    span, rest = what.partition(".")[::2]
    measure, step = rest.rpartition(".")[::2]
    if span not in LAG or step not in STEPS:
        return None, ""
    where = "site = ? and measure = ? and span = ? and to_starts = ? and from_starts = ?"
    first = address.day
    found = edition.rows("bridges", where, (site, measure, span, first, month_after(first, -LAG[span])))
    return (found[0] if found else None), step


def tell(edition: Edition, address: NumberAddress) -> Story | None:
    """The story of a number of a bridge."""
    row, step = pair(edition, address)
    if row is None:
        return None
    label = lower_first(label_of(edition, row.measure))
    both = _("{period} to {last_period}", period=row.from_words, last_period=row.to_words)
    when = {"0": row.from_words, "1": row.to_words}.get(step[-1], both)
    body: list[Block] = [_formula(row, step), _ends(edition, row)]
    spans = [Behind(row.site, operands(row.measure), *months) for months in _months(row, step)]
    cells = tuple(cell for of in spans for cell in sources(edition, of))
    for of in spans:
        own = [cell for cell in cells if of.starts <= cell.month <= of.ends]
        body.append(by_month(edition, of, own))
    what = _(SAID[step], measure=label, months=when)
    return Story(address, place(edition, row.site), what, shown(row, step), "known", tuple(body), cells)


def shown(row: Row, step: str) -> str:
    """A number of a bridge as its table prints it."""
    if step.startswith("count"):
        return figures(row[step])
    if step in ("spending", "volume", "change"):
        return f"{'+' if row[step] >= 0 else MINUS}{write(abs(row[step]), 'gbp')}"
    return write(row[step], "gbp")


def _months(row: Row, step: str) -> list[tuple[date, date]]:
    """The months that a step rests on: those of one end, or of both."""
    ends = [(row.from_starts, row.from_ends), (row.to_starts, row.to_ends)]
    return [ends[int(step[-1])]] if step[-1] in "01" else ends


def _formula(row: Row, step: str) -> Formula | Words:
    """How a step follows from spend and cases of the two periods."""

    def of(name: str) -> Number:
        text = figures(row[name]) if name.startswith("count") else write_in_full(row[name], "gbp")
        return numbered(text, row.site, "bridge", row.to_starts, f"{row.span}.{row.measure}.{name}")

    result = ("=", _("Result"), Number(write_in_full(row[step], "gbp")))
    if step in ("unit0", "unit1"):
        end = step[-1]
        return Formula((("", _("Spend"), of(f"cost{end}")), ("÷", _("Cases"), of(f"count{end}")), result))
    if step == "change":
        return Formula((("", _("Spending"), of("spending")), ("+", _("Volume"), of("volume")), result))
    if step == "spending":
        return Words(_("What was spent more or less, for each case of the later period."))
    if step == "volume":
        return Words(
            _("The spend of the earlier period for each case of the later one, less that for each of its own.")
        )
    return Words(_("Added up over the months below."))


def _ends(edition: Edition, row: Row) -> Table:
    """Both periods and the two parts of the change."""

    def of(name: str) -> Item:
        return numbered(shown(row, name), row.site, "bridge", row.to_starts, f"{row.span}.{row.measure}.{name}")

    rows: tuple[tuple[Item, ...], ...] = (
        (row.from_words, of("cost0"), of("count0"), of("unit0")),
        (_("Spending"), "", "", of("spending")),
        (_("Volume"), "", "", of("volume")),
        (row.to_words, of("cost1"), of("count1"), of("unit1")),
    )
    heads = (*(label_of(edition, part) for part in operands(row.measure)), _("Each"))
    return Table(_("The change"), columns(_("Step"), *heads, right=(1, 2, 3)), rows)
