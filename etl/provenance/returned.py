"""The story of a return, and of a number of returns that came."""

from collections.abc import Sequence
from datetime import date, datetime

from etl.definitions.messages import N_, Count, Plain, _, joined, ngettext
from etl.definitions.periods import months_between, write_date, write_month
from etl.definitions.writing import first_upper, spaced, write
from etl.provenance.address import NumberAddress
from etl.provenance.cells import may_see
from etl.provenance.code import COUNTED
from etl.provenance.edition import Edition, Row
from etl.provenance.story import ELSEWHERE, Block, Facts, Item, Points, Story, Table, columns, label_of, place, unit_of

MOST_ROWS = 96


def counted_returns(edition: Edition, address: NumberAddress) -> Story | None:
    """The returns that are counted, one a row."""
    site, which = address.site, address.what
    first = address.day
    if which not in COUNTED:
        return None
    where = "month >= ? and state not in ('not_due', 'due')"
    rows = [r for r in edition.rows("calendar", where, (first,), "site, month") if site in ("all", r.site)]
    of_year, kind = which.startswith("year.") or which == "received", which.removeprefix("year.")
    if of_year:
        rows = [r for r in rows if months_between(first, r.month) < 12]
    came = [r for r in rows if _is(kind, r)]
    body: list[tuple[Item, ...]] = [
        (
            place(edition, r.site),
            write_month(r.month),
            spaced(r.state),
            write_date(r.received.date()) if r.received else "",
        )
        for r in (rows if kind in WITH_THE_REST else came)[:MOST_ROWS]
    ]
    table = Table(_("Returns"), columns(_("Site"), _("Month"), _("State"), _("Received"), right=(3,)), tuple(body))
    what = _(RETURNS[kind], number=len(rows))
    return Story(address, place(edition, site), what, str(len(came)), "known", (table,))


# What is counted, in words; of the first three the returns that are not counted are told too.
RETURNS = {
    "received": N_("returns received, of {number} due"),
    "came": N_("returns received, of {number} due"),
    "on_time": N_("returns on time, of {number} due"),
    "late": N_("returns late, of {number} due"),
    "missing": N_("returns missing, of {number} due"),
    "rejected": N_("returns rejected, of {number} due"),
    "revised": N_("returns revised, of {number} due"),
    "query": N_("returns with a query, of {number} due"),
    "due": N_("returns due"),
}
WITH_THE_REST = ("received", "came", "on_time")


def _is(kind: str, row: Row) -> bool:
    """Whether a return that was due is of those that are counted."""
    if kind in ("received", "came"):
        return row.state in ("on_time", "late")
    if kind == "revised":
        return (row.versions or 0) > 1
    return bool(row.queries) if kind == "query" else kind in ("due", row.state)


def receipt(edition: Edition, address: NumberAddress) -> Story | None:
    """One return: when it came, its versions, what was queried and what was changed."""
    site = address.site
    month = address.day
    rows = edition.rows("calendar", "site = ? and month = ?", (site, month))
    if not rows:
        return None
    row, of = rows[0], (site, month)
    files = edition.rows("returns", "site = ? and month = ?", of, "received")
    asked = edition.rows("queries", "site = ? and month = ?", of)
    body: list[Block] = [_facts(edition, row, files, asked), *_lists(edition, files, asked, of)]
    what = _("return for {month}", month=write_month(month, long=True))
    return Story(address, place(edition, site), what, first_upper(spaced(row.state)), "known", tuple(body))


def _facts(edition: Edition, row: Row, files: Sequence[Row], asked: Sequence[Row]) -> Facts:
    in_force = edition.rows("returns", "return_id = ?", (row.return_id,)) if row.return_id else ()
    last = next(iter((*in_force, *reversed(files))), None)
    hidden, came = not may_see(edition, row.site), row.received is not None
    again = last.received if came and last is not None and last.received != row.received else None
    file = Plain(row.file) if row.file else ELSEWHERE if hidden and came else _("none")
    facts = [
        (
            _("Verdict"),
            first_upper(spaced(last.verdict)) if last is not None else _("Not shown") if came else _("No return"),
        ),
        (_("Due"), write_date(row.due) if row.due else _("not due")),
        (_("First received") if again else _("Received"), _came(row.received) if came else _("not received")),
        (_("Days late"), str(row.days_late or 0)),
        *([(_("This version received"), _came(again))] if again else []),
        (_("File"), file),
        (
            Plain("SHA-256"),
            (Plain(last.sha256) if last.sha256 else ELSEWHERE)
            if last is not None
            else ELSEWHERE
            if came
            else _("none"),
        ),
        (_("Versions"), str(row.versions or 0)),
    ]
    if not hidden:
        facts += [
            (_("Found"), _queries(len(asked)) if asked else _found(last)),
            (_("Next"), _next(row, [q for q in asked if q.get("state") not in ("answered", "dispensed")])),
        ]
    return Facts(tuple(facts))


def _came(received: datetime) -> str:
    """When a return came."""
    return _("{time} on {day}", time=Plain(f"{received:%H:%M}"), day=write_date(received.date()))


def _queries(number: int) -> str:
    """How many queries there are."""
    return first_upper(ngettext("{number} query", "{number} queries", number, number=Count(number)))


def _lists(edition: Edition, files: Sequence[Row], asked: Sequence[Row], of: tuple[str, date]) -> list[Block]:
    body: list[Block] = []
    if asked:
        body.append(Points(_("Queries"), tuple(("query", _query(query)) for query in asked)))
    if len(files) > 1:
        given: tuple[tuple[Item, ...], ...] = tuple(
            (Plain(f.file) if f.file else ELSEWHERE, write_date(f.received.date()), spaced(f.verdict)) for f in files
        )
        body.append(Table(_("Every file given"), columns(_("File"), _("Received"), _("Verdict")), given))
    changed = edition.rows("revisions", "site = ? and month = ?", of, "measure")
    if changed:
        given = tuple(
            (
                label_of(edition, r.measure),
                write(r.old, unit_of(edition, r.measure)),
                write(r.new, unit_of(edition, r.measure)),
                write_date(r.changed.date()),
            )
            for r in changed
        )
        heads = columns(_("Number"), _("Was"), _("Is"), _("Since"), right=(1, 2, 3))
        body.append(Table(_("Changed by a later return"), heads, given))
    return body


def _query(query: Row) -> str:
    """A query's place, what it says, what to do, and what became of it so far."""
    cell = "!".join(part for part in (query.sheet, query.cell) if part)
    life = query.get("words") or ""
    if life and query.get("state") == "dispensed":
        life = _("Known and explained: {words}", words=life)
    where = joined("", [Plain(cell) if cell else _("Whole file"), ":"])
    return joined(" ", [part for part in (where, query.message, query.fix, life) if part])


def _found(last: Row | None) -> str:
    """What was found in a return that nothing is asked about."""
    if last is None:
        return _("nothing, for no return has come")
    return _("the file was refused") if last.verdict == "rejected" else _("no problem")


def _next(row: Row, asked: Sequence[Row]) -> str:
    """What to do next about a month's return."""
    if row.state in ("missing", "due"):
        return _("Send the return.")
    if row.state == "rejected":
        return _("Mend the file and send it again.")
    return _("Answer the queries, or send a corrected return.") if asked else _("Nothing.")
