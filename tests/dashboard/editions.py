"""Editions written by hand, so that a page can be tried on any state of the data without the pipeline."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

COLUMNS: dict[str, str] = {
    "edition": "edition_id varchar, audience varchar, made timestamp, known_at timestamp, data_month date, "
    "note varchar, previous_id varchar",
    "sites": "site varchar, label varchar, short_label varchar, position integer, first_month date, "
    "commissioner varchar, commissioner_short varchar, provider varchar",
    "measures": "measure varchar, label varchar, unit varchar, meaning varchar, subject varchar, position integer, "
    "kind varchar, over_months varchar, formula varchar, numerator varchar, denominator varchar",
    "results": "site varchar, period varchar, starts date, ends date, measure varchar, value double, "
    "complete boolean, shown varchar, low double, high double, low_998 double, high_998 double, why varchar",
    "calendar": "site varchar, month date, state varchar, due date, received timestamp, days_late integer, "
    "versions integer, queries integer, return_id varchar, file varchar",
    "queries": "site varchar, month date, sheet varchar, cell varchar, code varchar, severity varchar, "
    "message varchar, fix varchar, measure varchar, raised timestamp, days_open integer, holds_verdict boolean, "
    "return_id varchar",
    "revisions": "site varchar, month date, measure varchar, old double, new double, old_state varchar, "
    "new_state varchar, changed timestamp, return_id varchar",
    "returns": "return_id varchar, site varchar, month date, received timestamp, verdict varchar, file varchar, "
    "sha256 varchar, problems integer",
    "cells": "site varchar, month date, measure varchar, value double, state varchar, return_id varchar, "
    "sheet varchar, cell varchar, known_from timestamp",
    "control_charts": "site varchar, measure varchar, points integer, trial boolean, variation varchar, "
    "assurance varchar, words varchar",
    "control_points": "site varchar, measure varchar, month date, value double, mean double, lower double, "
    "upper double, label varchar",
    "bridges": "site varchar, measure varchar, period_words varchar, from_starts date, from_ends date, "
    "to_starts date, to_ends date, cost0 double, count0 double, unit0 double, cost1 double, count1 double, "
    "unit1 double, spending double, volume double, largest varchar",
    "scope": "line varchar, label varchar, site varchar, says varchar, shared boolean, source varchar, made_up boolean",
    "plans": "site varchar, starts date, ends date, new_cases double, cost double, open_cases double, "
    "source varchar, made_up boolean",
    "agreements": "agreement varchar, site varchar, funder varchar, funder_label varchar, form varchar, "
    "amount double, starts date, ends date, status varchar, recurring boolean, conditions varchar, "
    "matched_to varchar, known_from date, source varchar, made_up boolean",
    "cliff": "site varchar, month date, status varchar, amount double",
    "cover": "site varchar, year date, planned double, secured double, in_principle double, bid double, "
    "months double, gap double, first_short_month date, secured_until date, notice_months double, made_up boolean",
    "gaps": "site varchar, starts date, ends date, position integer, step varchar, label varchar, amount double",
    "funding_mix": "site varchar, period varchar, starts date, funder varchar, label varchar, form varchar, "
    "amount double, share double",
    "readiness": "site varchar, criterion varchar, position integer, level varchar, value double, words varchar, "
    "evidence varchar, evidence_date date, stale boolean, source varchar, made_up boolean",
    "verdicts": "site varchar, verdict varchar, words varchar, reason varchar, change varchar, holds varchar",
    "changes": "position integer, site varchar, what varchar, effect varchar, verdict_effect varchar, known date",
    "events": "day date, site varchar, words varchar, source varchar",
    "milestones": "milestone varchar, site varchar, words varchar, due date, done date, state varchar, "
    "source varchar, made_up boolean",
    "data_quality": "site varchar, dimension varchar, value double, of double, words varchar",
}

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def write_edition(
    folder: Path, edition: str, tables: Tables, audience: str = "central", *, current: bool = True
) -> Path:
    """Writes `folder/editions/EDITION/AUDIENCE.duckdb` and, unless told otherwise, points to it. Returns the file."""
    path = folder / "editions" / edition / f"{audience}.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as base:
        for name, columns in COLUMNS.items():
            base.execute(f"create table {name} ({columns})")
            _insert(base, name, tables.get(name, ()))
    if current:
        (folder / "editions" / "current.json").write_text(json.dumps({"edition": edition}), encoding="utf-8")
    return path


def _insert(base: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts the rows into the table; a column that a row leaves out is null."""
    if not rows:
        return
    columns = [part.split()[0] for part in COLUMNS[name].split(", ")]
    frame = pd.DataFrame([{column: row.get(column) for column in columns} for row in rows], dtype=object)
    base.register("given", frame)
    casts = ", ".join(f"cast({part.split()[0]} as {part.split()[1]})" for part in COLUMNS[name].split(", "))
    base.execute(f"insert into {name} select {casts} from given")
    base.unregister("given")
