"""The story of a return, and of a number of returns that came."""

from collections.abc import Sequence
from datetime import date

from etl.definitions.periods import months_between, write_date, write_month
from etl.definitions.writing import counted, first_upper, spaced, write
from etl.provenance.address import NumberAddress
from etl.provenance.cells import may_see
from etl.provenance.code import COUNTED
from etl.provenance.edition import Edition, Row
from etl.provenance.story import (
    ELSEWHERE,
    Block,
    Facts,
    Item,
    Points,
    Story,
    Table,
    columns,
    label_of,
    place,
    unit_of,
)

MOST_ROWS = 96


def counted_returns(edition: Edition, address: NumberAddress) -> Story | None:
    """The returns that are counted, one a row."""
    site, which = address.site, address.what
    first = address.day
    if which not in COUNTED:
        return None
    where = "month >= ? and state not in ('not_due', 'due')"
    rows = [r for r in edition.rows("calendar", where, (first,), "site, month") if site in ("all", r.site)]
    year, _, kind = "year.received".rpartition(".") if which == "received" else which.rpartition(".")
    if year:
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
    table = Table("Returns", columns("Site", "Month", "State", "Received", right=(3,)), tuple(body))
    what = f"returns {SAID[kind]}, of {len(rows)} due" if kind != "due" else "returns due"
    return Story(address, place(edition, site), what, str(len(came)), "known", (table,))


# What is counted, in words; of the first three the returns that are not counted are told too.
SAID = {
    "received": "received",
    "came": "received",
    "on_time": "on time",
    "late": "late",
    "missing": "missing",
    "rejected": "rejected",
    "revised": "revised",
    "query": "with a query",
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
    what = f"return for {write_month(month, long=True)}"
    return Story(address, place(edition, site), what, first_upper(spaced(row.state)), "known", tuple(body))


def _facts(edition: Edition, row: Row, files: Sequence[Row], asked: Sequence[Row]) -> Facts:
    last = next((f for f in reversed(files) if f.return_id == row.return_id), files[-1] if files else None)
    hidden, came = not may_see(edition, row.site), row.received is not None
    file = row.file or (ELSEWHERE if hidden and came else "none")
    facts = [
        ("Verdict", first_upper(spaced(last.verdict)) if last is not None else "Not shown" if came else "No return"),
        ("Due", write_date(row.due) if row.due else "not due"),
        ("Received", f"{row.received:%H:%M} on {write_date(row.received.date())}" if came else "not received"),
        ("Days late", str(row.days_late or 0)),
        ("File", file),
        ("SHA-256", (last.sha256 or ELSEWHERE) if last is not None else ELSEWHERE if came else "none"),
        ("Versions", str(row.versions or 0)),
    ]
    if not hidden:
        facts += [
            ("Found", first_upper(counted(len(asked), "query", "queries")) if asked else _found(last)),
            ("Next", _next(row, [q for q in asked if q.get("state") not in ("answered", "dispensed")])),
        ]
    return Facts(tuple(facts))


def _lists(edition: Edition, files: Sequence[Row], asked: Sequence[Row], of: tuple[str, date]) -> list[Block]:
    body: list[Block] = []
    if asked:
        body.append(Points("Queries", tuple(("query", _query(query)) for query in asked)))
    if len(files) > 1:
        given: tuple[tuple[Item, ...], ...] = tuple(
            (f.file or ELSEWHERE, write_date(f.received.date()), spaced(f.verdict)) for f in files
        )
        body.append(Table("Every file given", columns("File", "Received", "Verdict"), given))
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
        heads = columns("Number", "Was", "Is", "Since", right=(1, 2, 3))
        body.append(Table("Changed by a later return", heads, given))
    return body


def _query(query: Row) -> str:
    """A query's place, what it says, what to do, and what became of it so far."""
    cell = f"{query.sheet}!{query.cell}" if query.sheet and query.cell else query.cell or query.sheet or "Whole file"
    known = "Known and explained: " if query.get("state") == "dispensed" else ""
    life = f"{known}{query.words}" if query.get("words") else ""
    return " ".join(part for part in (f"{cell}:", query.message, query.fix, life) if part)


def _found(last: Row | None) -> str:
    """What was found in a return that nothing is asked about."""
    if last is None:
        return "nothing, for no return has come"
    return "the file was refused" if last.verdict == "rejected" else "no problem"


def _next(row: Row, asked: Sequence[Row]) -> str:
    """What to do next about a month's return."""
    if row.state in ("missing", "due"):
        return "Send the return."
    if row.state == "rejected":
        return "Mend the file and send it again."
    return "Answer the queries, or send a corrected return." if asked else "Nothing."
