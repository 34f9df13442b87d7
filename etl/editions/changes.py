"""What changed since an earlier edition: verdicts moved, money approved, numbers restated, returns that came late."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from etl.definitions import label_of, unit_of
from etl.definitions.messages import Listing, Message, Name, Number, Plain, Small, Text, _, joined, ngettext, parts
from etl.definitions.periods import day_of, month_after, write_date, write_month, write_months
from etl.definitions.readiness import CRITERIA, LEVELS, VERDICTS
from etl.definitions.tables import columns_of
from etl.definitions.writing import ARROW, write
from etl.editions.schema import with_messages
from etl.judge.reasons import months_covered, spend_share
from etl.provenance.address import NumberAddress
from etl.reference.rows import STATUSES
from etl.system.database import connect

COMPARED = ("edition", "readiness", "verdicts", "calendar")
MOST_COMPARED = 12  # editions with which one is compared, the newest ones

# What a criterion's figure is of, and how it is written: on the side of a threshold on which it was judged.
_FIGURES: dict[str, tuple[str, Callable[[float], str]]] = {
    "money": ("{then} → {now} months secured", months_covered),
    "spend": ("{then} → {now} of plan", spend_share),
    "caseload": ("{then} → {now} in 12 months", lambda cases: write(cases, "count")),
}

Tables = Mapping[str, pd.DataFrame]


def read_all_earlier(folder: Path, audience: str, known_at: datetime) -> dict[str, dict[str, pd.DataFrame]]:
    """The newest editions of an earlier time that an audience was given, by name, the newest first.

    Where all that it was given are of the same time, one of them: then nothing is new, which is not nothing to compare.
    """
    abouts = {path.parent.name: _read(path, "edition") for path in folder.glob(f"[!.]*/{audience}.duckdb")}
    days = {name: _at(tables) for name, tables in abouts.items() if tables}
    newest = sorted((name for name, day in days.items() if day < known_at), key=lambda n: (days[n], n), reverse=True)
    same = sorted(name for name, day in days.items() if day == known_at)[-1:]
    compared = newest[:MOST_COMPARED] or same
    read = {name: _read(folder / name / f"{audience}.duckdb", *COMPARED) for name in compared}
    return {name: tables for name, tables in read.items() if tables}


def _read(path: Path, *names: str) -> dict[str, pd.DataFrame]:
    """Tables of an earlier edition; none where it cannot be read: a broken old file must not stop a new edition."""
    try:
        with connect(path, read_only=True) as con:
            return {name: with_messages(con.table(name).df()) for name in names}
    except duckdb.Error:
        return {}


def changes(tables: Tables, earlier: Mapping[str, Tables]) -> pd.DataFrame:
    """What somebody who saw an earlier edition should know, first what moved a verdict, then what moved a criterion.

    For each earlier edition one row a criterion of a site that moved, and one a site whose earlier months were
    restated.
    """
    results = tables["results"]
    monthly = results[(results.period == "month") & (results.measure == "new_cases")]
    now = {**tables, "results": monthly}
    rows = [
        (name, place, *row[1:])
        for name, then in earlier.items()
        for place, row in enumerate(sorted(_rows(now, then), key=lambda row: row[0]), 1)
    ]
    return pd.DataFrame(rows, columns=columns_of("changes"))


def earlier_editions(earlier: Mapping[str, Tables], revisions: pd.DataFrame, audience: str) -> pd.DataFrame:
    """The editions that this one is compared with, the newest first: name, as known at, last month with data.

    `withheld` is how many numbers sites changed since then that others than the audience may see; `revisions` has site
    and changed.
    """
    columns = columns_of("earlier_editions")
    others = revisions[revisions.site.ne(audience) & (audience != "central")]
    rows = [
        {**tables["edition"].iloc[0].to_dict(), "withheld": int((pd.to_datetime(others.changed) > _at(tables)).sum())}
        for tables in earlier.values()
    ]
    return pd.DataFrame(rows, columns=columns)


def _rows(tables: Tables, earlier: Tables) -> Iterator[tuple[Any, ...]]:
    before = _by(earlier["readiness"], "site", "criterion")
    verdicts = _by(tables["verdicts"], "site"), _by(earlier["verdicts"], "site")
    positions = {row["site"]: row["position"] for row in tables["sites"].to_dict("records")}
    moved = {
        site: (_word(VERDICTS, verdicts[1][site]["verdict"]), _word(VERDICTS, row["verdict"]))
        for site, row in verdicts[0].items()
        if site in verdicts[1] and site[0] in positions and verdicts[1][site]["verdict"] != row["verdict"]
    }
    since = _at(earlier)
    for now in tables["readiness"].sort_values(["site", "position"]).to_dict("records"):
        then = before.get((now["site"], now["criterion"]))
        if then is None or (then["words"] == now["words"] and then["level"] == now["level"]):
            continue
        verdict = moved.pop((now["site"],), None) if _moves_verdict(now, then, verdicts[0]) else None
        rank = 0 if verdict else 1 if then["level"] != now["level"] else 2
        what, known = _what(now, tables, since, earlier)
        effect = _effect(now, then)
        if effect or rank < 2:
            yield (
                (rank, positions.get(now["site"], 999)),
                now["site"],
                what,
                effect,
                joined(": ", [_("Verdict"), joined(ARROW, verdict)]) if verdict else _criterion_effect(now, then),
                verdict is not None,
                *(verdict or (_levels(then, now) if rank < 2 else ("", ""))),
                known,
                str(NumberAddress(now["site"], "readiness", now["criterion"], "level")),
            )
    yield from _restated(tables, since, positions)


def _moves_verdict(
    now: dict[str, Any], then: dict[str, Any], verdicts: Mapping[tuple[str, ...], dict[str, Any]]
) -> bool:
    """Whether this criterion is the one to name for a verdict that moved: an unknown one for "cannot say"."""
    cannot_say = verdicts[(now["site"],)]["verdict"] == "cannot_say"
    return then["level"] != now["level"] and (now["level"] == "unknown" if cannot_say else True)


def _what(now: dict[str, Any], tables: Tables, since: datetime, earlier: Tables) -> tuple[str, date]:
    """What happened, in words, and the day since when it is known."""
    known_at = _at(tables).date()
    if now["criterion"] == "money":
        fresh = tables["agreements"]
        fresh = fresh[(fresh.site == now["site"]) & (pd.to_datetime(fresh.known_from) > since)]
        fresh = fresh.assign(rank=fresh.status.map(STATUSES.index)).sort_values(
            ["rank", "amount"], ascending=[True, False]
        )
        for row in fresh.to_dict("records"):
            return _money(row, _label(tables, row["site"])), day_of(row["known_from"])
    if now["criterion"] == "caseload" and now["level"] != "unknown":
        months = _new_months(tables, earlier, now["site"])
        count = _sum_of(tables, now["site"], "new_cases", months)
        if count is not None:
            number = Plain(write(count, "count"))
            return _("{number} new cases in {months}", number=number, months=_months(months)), day_of(
                now["evidence_date"]
            )
        return _("New cases: {words}", words=now["words"]), day_of(now["evidence_date"])
    if now["criterion"] == "returns":
        late = _late_since(tables, now["site"], since)
        if late:
            return late
    known = day_of(now["evidence_date"]) if pd.notna(now["evidence_date"]) else known_at
    if now["criterion"] == "commitment" and (behind := parts(now["words"], ": ")[1:]):
        return _("Self-assessment: {document}", document=joined(": ", behind)), known
    if now["level"] == "unknown" and now.get("note"):
        return now["note"], known
    return now["words"], known


def _label(tables: Tables, site: str) -> str:
    rows = tables["sites"].to_dict("records")
    return next((row["label"] for row in rows if row["site"] == site and "label" in row), site)


def _money(row: Mapping[str, Any], label: str) -> Message:
    """Money of an agreement that came since then, and how far it is."""
    address = NumberAddress(row["site"], "agreement", row["agreement"], "amount")
    places = {
        "funder": Name(row["funder_label"]),
        "amount": Number(
            write(row["amount"], "gbp"), str(address), joined(", ", [Name(row["funder_label"]), Name(label)])
        ),
    }
    if row["status"] == "approved":
        return _("{funder}: {amount} approved", **places)
    if row["status"] == "agreed_in_principle":
        return _("{funder}: {amount} agreed in principle", **places)
    return _("{funder}: {amount} is asked for", **places)


def _effect(now: dict[str, Any], then: dict[str, Any]) -> str:
    """The figures before and after; the words of both where there are no figures."""
    criterion, known = now["criterion"], pd.notna([then["value"], now["value"]])
    if criterion == "commitment":
        return joined(ARROW, [parts(row["words"], ": ")[0] for row in (then, now)])
    if criterion not in _FIGURES or any(pd.notna(row.get("high")) for row in (then, now) if pd.isna(row["value"])):
        return joined(ARROW, [then["words"], now["words"]])
    if not known.all():
        return joined(ARROW, [_("known") if one else _("not known") for one in known]) if known.any() else ""
    words, written = _FIGURES[criterion]
    before, after = (written(row["value"]) for row in (then, now))
    return "" if before == after else _(words, then=Plain(before), now=Plain(after))


def _criterion_effect(now: dict[str, Any], then: dict[str, Any]) -> str:
    if then["level"] == now["level"]:
        return joined(": ", [_label_of(now), _("still {level}", level=_word(LEVELS, now["level"]))])
    return joined(ARROW, _levels(then, now))


def _levels(then: dict[str, Any], now: dict[str, Any]) -> tuple[Text, Text]:
    """The criterion with its level before, and the level after."""
    return joined(": ", [_label_of(now), _word(LEVELS, then["level"])]), _word(LEVELS, now["level"])


def _label_of(row: dict[str, Any]) -> str:
    return next(criterion.label for criterion in CRITERIA if criterion.name == row["criterion"])


def _restated(tables: Tables, since: datetime, positions: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """One row a site: how many numbers of earlier months were restated, with the first of them."""
    revisions = tables["revisions"]
    fresh = revisions[pd.to_datetime(revisions.changed) > since]
    for site, rows in fresh.groupby("site", sort=False):
        first = rows.iloc[0]
        what = ngettext(
            "{number} number restated, such as {measure} of {month}",
            "{number} numbers restated, such as {measure} of {month}",
            len(rows),
            measure=label_of(first.measure),
            month=write_month(day_of(first.month)),
        )
        old, new = (write(None if pd.isna(v) else v, unit_of(first.measure)) for v in (first.old, first.new))
        yield (
            (2, positions.get(str(site), 999)),
            site,
            what,
            joined(ARROW, [old, new]),
            _("See the revisions"),
            False,
            "",
            "",
            day_of(first.changed),
            str(NumberAddress(str(site), "receipt", str(day_of(first.month)), "all")),
        )


def _late_since(tables: Tables, site: str, since: datetime) -> tuple[str, date] | None:
    days = tables["calendar"]
    late = days[(days.site == site) & (days.state == "late") & (pd.to_datetime(days.received) > since)]
    for row in late.sort_values("month", ascending=False).to_dict("records"):
        month, came, due = day_of(row["month"]), row["received"].date(), day_of(row["due"])
        days = {"came": write_date(came), "due": write_date(due)}
        return _("{month} return came {came}, due {due}", month=write_month(month), **days), came
    return None


def _new_months(tables: Tables, earlier: Tables, site: str) -> list[date]:
    """The months of a site that the earlier edition did not have."""
    known = {
        day_of(row.month) for row in earlier["calendar"].itertuples() if row.site == site and pd.notna(row.received)
    }
    now = {day_of(row.month) for row in tables["calendar"].itertuples() if row.site == site and pd.notna(row.received)}
    return sorted(now - known)


def _sum_of(tables: Tables, site: str, measure: str, months: list[date]) -> float | None:
    results = tables["results"]
    rows = results[(results.site == site) & (results.period == "month") & (results.measure == measure)]
    values = {day_of(row.starts): row.value for row in rows.itertuples()}
    found = [values.get(month) for month in months]
    return sum(found) if found and all(pd.notna(value) for value in found) else None  # type: ignore[arg-type]


def _months(months: list[date]) -> str:
    if len(months) == 1:
        return write_month(months[0])
    if months == [month_after(months[0], step) for step in range(len(months))] and len(months) > 2:
        return write_months(months[0], months[-1])
    return reduce(lambda first, last: Listing((first, last)), [write_month(month) for month in months])


def _by(frame: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(row[name] for name in keys): row for row in frame.to_dict("records")}


def _at(tables: Tables) -> datetime:
    return pd.Timestamp(tables["edition"].known_at.iloc[0]).to_pydatetime()


def _word(words: Mapping[str, str], name: str) -> Small:
    """A level or verdict in the middle of a sentence."""
    return Small(words[name])
