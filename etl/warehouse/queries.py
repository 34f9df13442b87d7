"""The life of queries: raised on a version of a return, corrected by a later one, answered, closed or dispensed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import duckdb
import pandas as pd

from etl.definitions import unit_of
from etl.definitions.periods import day_of, write_date, write_month
from etl.definitions.tables import columns_of
from etl.definitions.writing import lower_first, write_in_full
from etl.intake.personal import looks_personal
from etl.reference import Dispensation
from etl.system.sql import read_sql

STATES = {
    "open": "Open",
    "answered": "Answered",
    "closed": "Closed",
    "mended": "Mended",
    "dispensed": "Known and explained",
}
ROLES = {"central_team": "Drive central team", "site": "The site", "commissioner": "The commissioner"}
# A dispensation makes itself heard so long before it ends.
ENDS_SOON = timedelta(days=31)
_LONGEST = 300
# Queries that nobody needs to look at any more.
PAST = ("closed", "mended")

_ANSWERS = "select query, state, reason, who, given, value from answers where given <= $at order by given, answer_id"


class WrongAnswer(ValueError):
    """An answer that cannot be taken; the message says what is needed."""


@dataclass(frozen=True)
class Answer:
    """What somebody decided about a query: `answered`, `closed` or `open` again; who is a role of ROLES."""

    query: str
    state: str
    reason: str
    who: str


def read_queries(
    con: duckdb.DuckDBPyConnection, at: datetime, dispensations: Iterable[Dispensation] = ()
) -> pd.DataFrame:
    """Every query raised by a time, its state, its owner and what became of it, as in the table `queries`."""
    con.execute(f"create or replace temp table versions as {read_sql('versions')}", {"at": at})
    found = con.execute(read_sql("queries")).df()
    found["query"] = [_name(*row) for row in zip(found.site, found.month, found.code, found.place, strict=True)]
    answers = _answers(con, at)
    known = list(dispensations)
    lives = [_life(row, answers.get(str(row["query"])), known, at) for row in found.to_dict("records")]
    told = pd.DataFrame(lives, columns=["state", "owner", "words", "until"], index=found.index)
    found = pd.concat([found, told], axis=1)
    ended = found.mended.where(found.state == "mended", pd.Timestamp(at))
    found["days_open"] = (ended.dt.normalize() - found.raised.dt.normalize()).dt.days.clip(lower=0)
    columns = [name for name in columns_of("queries") if name in found.columns]
    texts = dict.fromkeys(("mended_by", "words", "owner", "state"), "str")
    return found[columns].astype({"mended_version": "Int64", "raised_version": "int64", **texts})


def count_open(
    con: duckdb.DuckDBPyConnection, at: datetime, dispensations: Iterable[Dispensation] = ()
) -> dict[tuple[str, date], int]:
    """How many queries of each site and month somebody has still to answer; none where there is none."""
    queries = read_queries(con, at, dispensations)
    found = queries[queries.state == "open"].groupby(["site", "month"]).size()
    return {(str(site), day_of(month)): int(number) for (site, month), number in found.items()}


def answer(con: duckdb.DuckDBPyConnection, new: Answer, now: datetime) -> None:
    """Adds an answer to a query; what was answered before stays. Raises WrongAnswer."""
    if new.state not in ("open", "answered", "closed"):
        raise WrongAnswer("A query can be answered, closed or opened again.")
    if new.who not in ROLES:
        raise WrongAnswer(f"Say who as a role: {', '.join(ROLES)}.")
    reason = " ".join(new.reason.split())
    if not 3 <= len(reason) <= _LONGEST:
        raise WrongAnswer(
            f"Give the reason in 3 to {_LONGEST} letters, such as: an invoice for the whole year was paid."
        )
    if kind := looks_personal(reason):
        raise WrongAnswer(f"The reason has something that looks like {kind}. Say it without naming anybody.")
    queries = read_queries(con, now)
    mine = queries[queries["query"] == new.query]
    if mine.empty:
        raise WrongAnswer(f"There is no query {new.query!r}: see `python -m etl query list`.")
    row = mine.iloc[0]
    if row.state == "mended":
        raise WrongAnswer("That query is mended; nothing is left to answer.")
    con.execute(
        "insert into answers select coalesce(max(answer_id), 0) + 1, ?, ?, ?, ?, ?, ? from answers",
        [new.query, new.state, reason, new.who, now, _value_of(con, str(row.return_id), row.month, str(row.measure))],
    )


def ending(dispensations: Iterable[Dispensation], on: date) -> list[str]:
    """A sentence for each dispensation that has ended or soon will."""
    sentences = []
    for one in dispensations:
        if one.until < on:
            sentences.append(f"{_dispensation(one)} ended on {write_date(one.until)}: its queries are open again.")
        elif one.until - on <= ENDS_SOON:
            sentences.append(f"{_dispensation(one)} ends on {write_date(one.until)}.")
    return sentences


def _life(
    row: Mapping[str, object], answered: tuple | None, dispensations: list[Dispensation], at: datetime
) -> tuple[str, str, str, date | None]:
    """State, owner, life in words, and until when a dispensation holds."""
    raised = f"Raised on version {row['raised_version']}"
    if not pd.isna(row["mended_version"]):
        change = _change(row)
        return "mended", "", f"{raised}, mended by version {int(str(row['mended_version']))}{change}.", None
    covering = [one for one in dispensations if _covers(one, row)]
    holding = [one for one in covering if one.until >= at.date()]
    if holding:
        one = max(holding, key=lambda d: d.until)
        return "dispensed", "", f"{one.reason} (known until {write_date(one.until)}; {one.who}).", one.until
    ended = f" A dispensation ended on {write_date(max(d.until for d in covering))}." if covering else ""
    if answered and _same(answered[5], row["value"]) and answered[1] != "open":
        state, reason, who, answered_at = answered[1], answered[2], answered[3], answered[4]
        said = f"{STATES[state]} on {write_date(answered_at.date())} by {lower_first(ROLES[who])}: {reason}"
        return state, ROLES["central_team"] if state == "answered" else "", said, None
    return "open", ROLES["site"], f"{raised}, not mended yet.{ended}", None


def _change(row: Mapping[str, object]) -> str:
    """From what to what the number changed: ': 41 → 14'."""
    number = str(row["measure"])
    if not number:
        return ""
    old, new = (_said(number, row[v], row[s]) for v, s in (("value", "number_state"), ("mended_value", "mended_state")))
    return f": {old} → {new}" if old and new and old != new else ""


def _said(number: str, value: object, state: object) -> str:
    if isinstance(value, float) and value == value:
        return write_in_full(value, unit_of(number))
    words = {
        "missing": "empty",
        "suppressed": "hidden",
        "unreadable": "not a number",
        "not_applicable": "not applicable",
    }
    return words.get(str(state), "")


def _covers(one: Dispensation, row: Mapping[str, object]) -> bool:
    month = pd.Timestamp(row["month"]).date()
    number = str(row["measure"])
    right_number = one.measure in ("", number, number.partition(".")[0])
    return one.site == row["site"] and one.check == row["code"] and one.starts <= month <= one.ends and right_number


def _dispensation(one: Dispensation) -> str:
    months = write_month(one.starts) + (f" to {write_month(one.ends)}" if one.ends != one.starts else "")
    return f"The dispensation of {one.site} for {months} ({one.check}: {one.reason})"


def _answers(con: duckdb.DuckDBPyConnection, at: datetime) -> dict[str, tuple]:
    """The last answer to each query; none in a warehouse that has never been asked."""
    there = con.execute("select count(*) from duckdb_tables() where table_name = 'answers'").fetchall()[0][0]
    return {row[0]: row for row in con.execute(_ANSWERS, {"at": at}).fetchall()} if there else {}


def _value_of(con: duckdb.DuckDBPyConnection, return_id: str, month: object, number: str) -> float | None:
    measure, _, part = number.partition(".")
    found = con.execute(
        "select value from entries where return_id = ? and month = ? and measure = ? and part = ?",
        [return_id, pd.Timestamp(month).date(), measure, part],
    ).fetchall()
    return found[0][0] if found else None


def _same(one: float | None, other: object) -> bool:
    """Whether an answer was about the number that is in force now."""
    missing = other is None or other != other
    return missing if one is None else one == other


def _name(site: str, month: datetime, code: str, place: str) -> str:
    """The name of a query: the same for the same thing in whatever version."""
    return sha256(f"{site}|{month:%Y-%m}|{code}|{place}".encode()).hexdigest()[:8]
