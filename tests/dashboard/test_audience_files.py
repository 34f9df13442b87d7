"""An audience's file holds nothing that its audience must not see: by what goes in, count by count, byte by byte."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from audiences import LEAD, NOTE, Made, Tables, make_editions, read_file

from etl.compare.components import count_behind
from etl.definitions import MEASURES, unit_of
from etl.definitions.measure import Ratio
from etl.definitions.periods import month_after
from etl.definitions.writing import HIDDEN
from etl.editions import publish
from etl.intake.reader import start_child
from etl.protect import protect
from etl.protect.audience import CENTRAL, FORUM, given_to
from etl.protect.check import Unsafe
from etl.protect.nearest import NearestTable
from etl.system.workers import start_worker
from etl.warehouse.load import WrongUse

# What the central team alone knows of a site, and the site itself, by table. In `results` and `cells`: counts.
SECRET = {
    "calendar": ("file", "return_id"),
    "cells": ("value", "sheet", "cell", "return_id"),
    "edition": ("note",),
    "past_queries": ("message", "fix", "sheet", "cell", "owner", "words"),
    "queries": ("message", "fix", "sheet", "cell", "owner", "words"),
    "reminders": ("words",),
    "results": ("value", "low", "high", "low_998", "high_998", "shown", "why"),
    "returns": ("file", "sha256", "return_id", "problems"),
    "revisions": ("old", "new", "return_id"),
}
AUDIENCES = (FORUM, LEAD)
Place = tuple[str, str, date, str]  # site, period, first day, measure


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audiences")


@pytest.fixture(scope="module")
def made(data: Path) -> Made:
    return make_editions(data)[-1]


@pytest.fixture(scope="module")
def files(made: Made) -> dict[str, Path]:
    newest = max(path for path in made.folder.iterdir() if path.is_dir())
    return {audience: newest / f"{audience}.duckdb" for audience in (CENTRAL, *AUDIENCES)}


@pytest.fixture(scope="module")
def tables(files: dict[str, Path]) -> dict[str, Tables]:
    return {audience: read_file(path) for audience, path in files.items()}


def another(value: Any) -> Any:
    """Something else of the same kind, the same for the same value."""
    if value is None or value is pd.NaT or value != value or value == "":
        return value
    number = int(hashlib.sha256(repr(value).encode()).hexdigest()[:8], 16)
    return f"canary {number}" if isinstance(value, str) else float(number)


def in_other_words(made: Made, audience: str) -> Tables:
    """What an edition is made from, with something else wherever the audience may not look."""
    masked = made.protection.mask(made.given["results"])
    changed = {}
    for name, frame in made.given.items():
        frame = frame.copy()
        others = frame.site.ne(audience) if "site" in frame else pd.Series(True, frame.index)
        for column in SECRET.get(name, ()):
            secret = others.copy()
            if name == "cells" and column == "value":
                secret &= frame.measure.map(unit_of).eq("count")
            if name == "results":
                secret &= masked.value.isna() & frame.value.notna() if column not in LIMITS else masked[column].isna()
            if secret.any():
                frame[column] = frame[column].astype(object).mask(secret, frame[column].map(another))
                frame[column] = frame[column].infer_objects()
        changed[name] = frame
    return changed


LIMITS = ("low", "high", "low_998", "high_998")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_nothing_in_a_file_depends_on_what_its_audience_may_not_see(audience: str, made: Made) -> None:
    usual, other = made.of(audience), made.of(audience, in_other_words(made, audience))
    assert not made.given["results"].equals(in_other_words(made, audience)["results"])
    for name, frame in usual.items():
        pd.testing.assert_frame_equal(other[name], frame, check_dtype=False, obj=f"{name} for {audience}")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_same_attack_finds_what_is_not_masked(audience: str, made: Made) -> None:
    """The test above can fail: the central team's tables do depend on it."""
    given, other = (given_to(audience, one, one["results"]) for one in (made.given, in_other_words(made, audience)))
    assert not given["results"].equals(other["results"])


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_word_of_anothers_returns_is_in_the_bytes(
    audience: str, files: dict[str, Path], tables: dict[str, Tables]
) -> None:
    """Also in pages that a database would have freed."""
    own, raw = files[audience].read_bytes(), files[CENTRAL].read_bytes()
    words = {NOTE} | {
        str(word)
        for name, columns in SECRET.items()
        for column in columns
        if name in tables[CENTRAL] and column in tables[CENTRAL][name] and column not in ("shown", "why")
        for word in others(tables[CENTRAL][name], audience)[column].dropna().unique()
        if isinstance(word, str) and len(word) > 11
    }
    said = {word for frame in tables[audience].values() for word in texts(frame)}
    told = [word for word in words if word.encode() in own and word not in said]
    found = [word for word in words if word.encode() in raw]
    assert len(found) > 100, "the words are looked for as they would stand there"
    assert told == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_file_that_tells_one_hidden_number_is_not_published(audience: str, made: Made) -> None:
    current = publish.read_pointer(made.folder)
    printed = made.protection.printed
    wide = printed[(printed.low < printed.high) & printed.site.ne(audience)].index[-1:]
    exact = {name: printed[name].where(~printed.index.isin(wide), printed.value) for name in ("low", "high")}
    leaky = replace(made.protection, printed=printed.assign(**exact))
    telling = given_to(audience, made.given, leaky.mask(made.given["results"]))
    with pytest.raises(Unsafe, match=r"Nothing is published: .* which is hidden"):  # noqa: SIM117 (what fails is inside)
        with publish.new_edition(made.folder, "2030-01-01") as making:
            publish._make_file(making, CENTRAL, made.given, made.work, made.folder)
            publish._make_file(making, audience, telling, made.work, made.folder)
            made.protection.check(making, audience)
    assert publish.read_pointer(made.folder) == current
    assert not [path for path in made.folder.iterdir() if "2030" in path.name]


@pytest.mark.parametrize("table", ["comparisons", "control_points", "pathway", "parts", "results"])
def test_each_table_of_a_file_is_looked_at(table: str, made: Made, tmp_path: Path) -> None:
    for audience in (CENTRAL, FORUM):
        publish._make_file(tmp_path, audience, made.of_whom(audience), made.work, made.folder)
    made.protection.check(tmp_path, FORUM)
    with duckdb.connect(str(tmp_path / f"{FORUM}.duckdb")) as con:
        number = "count" if table == "pathway" else "value"
        (hidden,) = con.execute(f"select count(*) from {table} where {number} is null").fetchone() or (0,)
        con.execute(f"update {table} set {number} = 3 where {number} is null")
    assert hidden, "there is something hidden in the table"
    with pytest.raises(Unsafe, match=f"{table} tell"):
        made.protection.check(tmp_path, FORUM)


def test_all_files_are_made_by_two_processes(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they need each other, and again where a process died in the middle of one."""
    monkeypatch.setattr(publish, "protect", lambda *_: made.protection)
    making = tmp_path / ".making-one"
    making.mkdir()
    (making / f"{CENTRAL}.duckdb").write_bytes(b"half a file")
    (making / f"{LEAD}.duckdb.wal").write_bytes(b"half a log")
    with start_worker("etl.editions.publish") as workers:
        publish._for_all(making, made.folder, made.given, made.work, workers)
    assert {path.name for path in making.iterdir()} == {f"{name}.duckdb" for name in (CENTRAL, FORUM, *made.work.sites)}
    assert {"published", "behind_published", "covered", "protection", "told_before"} <= set(
        read_file(making / f"{CENTRAL}.duckdb")
    )
    for audience in AUDIENCES:
        given = made.of(audience)
        for name, frame in read_file(making / f"{audience}.duckdb").items():
            assert len(frame) == len(given[name]), name


def test_nothing_is_published_that_no_table_bears_out(made: Made, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    current = publish.read_pointer(made.folder)
    found = NearestTable.find

    def wrong(*asked: Any) -> Any:
        table = found(*asked)
        return None if table is None else table + 1

    monkeypatch.setattr(NearestTable, "find", wrong)
    monkeypatch.setattr(publish, "protect", lambda *given: protect(*given[:-1]))  # in this process alone
    with pytest.raises(WrongUse, match="does not agree with what is public"):
        publish.publish(data, audiences=True)
    assert publish.read_pointer(made.folder) == current
    assert not list(made.folder.glob(".making-*"))


def test_nobody_writes_in_the_folder_any_more_when_it_goes(
    made: Made, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gone = [], []

    def fail(*_: object) -> None:
        raise WrongUse("something went wrong")

    def start(*given: Any) -> Any:
        begun.append(start_child(*given))
        return begun[-1]

    monkeypatch.setattr("etl.system.workers.start_child", start)
    monkeypatch.setattr(publish, "protect", fail)
    monkeypatch.setattr(publish.shutil, "rmtree", lambda *_, **__: gone.append(begun[0].poll()))
    with pytest.raises(WrongUse, match="went wrong"):
        publish.publish(data, audiences=True)
    monkeypatch.undo()
    assert gone and gone[-1] is not None, "the process beside had ended"
    for left in made.folder.glob(".making-*"):
        shutil.rmtree(left)


def others(frame: pd.DataFrame, audience: str) -> pd.DataFrame:
    return frame[frame.site != audience] if "site" in frame else frame


def texts(frame: pd.DataFrame) -> Iterator[str]:
    for column in frame:
        yield from (value for value in frame[column].unique() if isinstance(value, str))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_file_has_no_freed_pages_and_no_table_that_nobody_named(audience: str, files: dict[str, Path]) -> None:
    with duckdb.connect(str(files[audience]), read_only=True) as con:
        (free,) = con.execute("select free_blocks from pragma_database_size()").fetchone() or (None,)
        views = con.execute("select view_name from duckdb_views() where not internal").fetchall()
        comments = con.execute("select comment from duckdb_tables() where comment is not null").fetchall()
    assert free == 0
    assert (views, comments) == ([], [])
    assert not list(files[audience].parent.glob("*.wal"))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_of_what_others_sent_a_file_has_no_row(audience: str, tables: dict[str, Tables]) -> None:
    for name in ("cells", "past_queries", "queries", "reminders", "returns", "revisions"):
        assert set(tables[audience][name].site) <= {audience}, name
    calendar = others(tables[audience]["calendar"], audience)
    assert not calendar[["file", "return_id"]].replace("", None).notna().any().any()
    assert set(tables[audience]["edition"].note) == {""} or tables[audience]["edition"].note.isna().all()
    assert {"published", "behind_published", "covered", "protection"} & set(tables[audience]) == set()


# Every count that stands anywhere in a file, with the place in `results` that it tells


def told(tables: Tables) -> Iterator[tuple[Place, float, str]]:
    """Counts that a file tells outside of the values in its results: place, count, where."""
    for kind in (told_by_results, told_by_comparing, told_by_charts, told_by_scenarios):
        yield from kind(tables)


def told_by_results(tables: Tables) -> Iterator[tuple[Place, float, str]]:
    """Ratios tell their counts, and limits the count behind them."""
    for row in tables["results"].itertuples():
        place = (row.site, row.period, day(row.starts))
        if known(row.value):
            for count in counts_of(row.measure):
                yield (*place, count), float("nan"), f"results {row.measure}"
        if any(known(getattr(row, name)) for name in LIMITS) and count_behind(row.measure):
            yield (*place, count_behind(row.measure)), float("nan"), f"limits of {row.measure}"


def told_by_comparing(tables: Tables) -> Iterator[tuple[Place, float, str]]:
    for row in tables["comparisons"].itertuples():
        place = (row.site, row.period, day(row.starts))
        if known(row.value):
            for count in counts_of(row.measure) or ([row.measure] if unit_of(row.measure) == "count" else []):
                yield (*place, count), row.value if unit_of(row.measure) == "count" else float("nan"), "comparisons"
        if known(row.low) and count_behind(row.measure):
            yield (*place, count_behind(row.measure)), float("nan"), "limits in comparisons"
    for row in tables["pathway"].itertuples():
        if known(row.count):
            yield (row.site, row.period, day(row.starts), row.measure), row.count, "pathway"
    for row in tables["parts"].itertuples():
        place = (row.site, row.period, day(row.starts))
        if known(row.value):
            yield (*place, f"{row.measure}.{row.part}"), row.value, "parts"
        if known(row.share):
            yield (*place, f"{row.measure}.{row.part}"), float("nan"), "shares of parts"
        if known(row.whole):
            yield (*place, row.measure), row.whole, "wholes of parts"
    for row in tables["central"].itertuples():
        if row.basis == "actual" and (known(row.unit) or known(row.low)):
            yield (row.site, row.period, day(row.starts), "new_cases"), row.count, "central"


def told_by_charts(tables: Tables) -> Iterator[tuple[Place, float, str]]:
    limited = tables["control_points"].query("mean.notna() or lower.notna() or upper.notna() or label.notna()")
    values = pd.concat([tables["control_points"].query("value.notna()"), limited]).drop_duplicates()
    for row in values.itertuples():
        if row.measure != "days_late":
            for count in counts_of(row.measure) or ([row.measure] if unit_of(row.measure) == "count" else []):
                yield (row.site, "month", day(row.month), count), float("nan"), f"control points {row.measure}"
    for row in tables["bridges"].itertuples():
        (count,) = counts_of(row.measure) or [""]
        sides = ((row.from_starts, row.from_ends, row.count0), (row.to_starts, row.to_ends, row.count1))
        for starts, ends, value in sides:
            if known(value) and count and row.span != "year_to_date":  # which no row of the results is
                yield (row.site, period_of(starts, ends, row.span), day(starts), count), value, "bridges"
    for row in tables["trends"].itertuples():  # the first and the last month of a sum: neither is hidden
        sides = ((row.from_value, row.from_starts, row.from_ends), (row.to_value, row.to_starts, row.to_ends))
        for month in (month for value, *months in sides if known(value) for month in months):
            yield (row.site, "month", day(month), row.measure), float("nan"), "trends"


def told_by_scenarios(tables: Tables) -> Iterator[tuple[Place, float, str]]:
    last = day(tables["edition"].data_month[0])
    for row in tables["scenario_start"].itertuples():
        if known(row.open_cases):
            yield (row.site, "month", day(row.posts_month), "closing_cases"), row.open_cases, "scenario_start"
        if known(row.new_cases) and not row.mended:  # what is missing comes as planned: no count of a return
            yield (row.site, "rolling_year", month_after(last, -11), "new_cases"), row.new_cases, "scenario_start"
    for row in tables["readiness"].itertuples():
        if row.criterion == "caseload" and known(row.value):
            yield (row.site, "rolling_year", month_after(last, -11), "new_cases"), row.value, "readiness"


def known(value: Any) -> bool:
    return bool(pd.notna(value))


def day(value: Any) -> date:
    return pd.Timestamp(value).date()


def period_of(starts: Any, ends: Any, span: str) -> str:
    months = (day(ends).year - day(starts).year) * 12 + day(ends).month - day(starts).month + 1
    return "year" if span in ("year", "year_to_date") else {1: "month", 3: "quarter"}.get(months, "rolling_year")


def counts_of(measure: str) -> list[str]:
    """The counts that a ratio is made of."""
    own = MEASURES.get(measure)
    if not isinstance(own, Ratio):
        return []
    sides = [part for part in (own.numerator, own.denominator) if not part.startswith("planned_")]
    deeper = [count for part in sides for count in counts_of(part)]
    return deeper + [part for part in sides if unit_of(part) == "count"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_count_told_anywhere_in_a_file_is_one_that_its_results_print(
    audience: str, tables: dict[str, Tables]
) -> None:
    results = tables[audience]["results"]
    printed = {
        (row.site, row.period, day(row.starts), row.measure): row.value
        for row in results.itertuples()
        if known(row.value)
    }
    anywhere = {
        (row.site, row.period, day(row.starts), row.measure)
        for row in tables[CENTRAL]["results"].itertuples()
        if known(row.value)
    }
    claims = [claim for claim in told(tables[audience]) if claim[0] in anywhere]
    assert len(claims) > 1000
    hidden = [claim for claim in claims if claim[0] not in printed]
    assert hidden == []
    assert [claim for claim in claims if known(claim[1]) and claim[1] != printed[claim[0]]] == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_is_hidden_is_marked_and_has_no_value(audience: str, tables: dict[str, Tables]) -> None:
    results = tables[audience]["results"]
    hidden = results[results.shown == HIDDEN]
    assert len(hidden) > 1000
    assert hidden.value.isna().all()
    assert hidden[list(LIMITS)].isna().all().all()
    assert set(hidden.why) <= {""}
    assert audience not in set(hidden.site)
