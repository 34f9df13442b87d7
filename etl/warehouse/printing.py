"""How the commands print what they did: receipts, problems and the calendar, for people or as JSON."""

import json
from collections.abc import Iterator
from enum import StrEnum

from etl.check.problem import Problem
from etl.definitions.periods import write_date, write_month
from etl.definitions.writing import counted_figure, spaced
from etl.sites import Site
from etl.warehouse.load import Checked, IncomingFile
from etl.warehouse.store import Receipt


class Format(StrEnum):
    """How a list is printed."""

    text = "text"
    json = "json"


class CheckFormat(StrEnum):
    """How problems are printed: for people, one JSON object a line, or a workbook."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


def loaded_lines(file: IncomingFile, receipt: Receipt, labels: dict[str, str], output: Format) -> Iterator[str]:
    """What became of a file: one line, and why it was refused if it was; or its receipt as JSON."""
    if output is Format.json:
        yield json.dumps(_receipt_json(receipt), ensure_ascii=False)
        return
    yield _receipt_line(file, receipt, labels)
    yield from (f"    {one.message} {one.fix}" for one in receipt.problems if one.severity == "reject")


def _receipt_line(file: IncomingFile, receipt: Receipt, labels: dict[str, str]) -> str:
    """One return on one line: verdict, site, month, file, how many problems."""
    site = labels.get(receipt.site or "", receipt.site or "unknown site")
    month = write_month(receipt.month) if receipt.month else "unknown month"
    found = "no problems" if not receipt.problems else counted_figure(len(receipt.problems), "problem")
    verdict = {"duplicate": "already loaded"}.get(receipt.verdict, spaced(receipt.verdict))
    return f"{verdict:<22}  {site:<14}  {month:<8}  {file.name}  ({receipt.return_id or 'no receipt'}, {found})"


def _receipt_json(receipt: Receipt) -> dict[str, object]:
    month = receipt.month.strftime("%Y-%m") if receipt.month else None
    told = {"return": receipt.return_id, "site": receipt.site, "month": month, "verdict": receipt.verdict}
    found = [{"severity": p.severity, "message": p.message, "fix": p.fix} for p in receipt.problems]
    return {**told, "sha256": receipt.sha256, "problems": found}


def receipt_lines(row: tuple, problems: list[tuple]) -> Iterator[str]:
    """The receipt of a return, from its row of `returns` and its problems (sheet, cell, message, fix)."""
    name, site, month, received, verdict, file, sha256 = row
    yield f"Return    {name}"
    yield f"File      {file}"
    yield f"Site      {site or 'could not be told'}"
    yield f"Month     {write_month(month) if month else 'could not be told'}"
    yield f"Received  {received:%d %b %Y %H:%M}"
    yield f"SHA-256   {sha256}"
    yield f"Verdict   {verdict.replace('_', ' ')}"
    for sheet, cell, message, fix in problems:
        place = ", ".join(part for part in (sheet, cell) if part) or "whole file"
        yield f"  {place}: {message} {fix}"
    done = {"rejected": "Mend the file and send it again.", "duplicate": "Nothing: it was loaded before."}
    queries = "Answer the queries, or send a corrected return." if problems else "Nothing."
    yield f"Next      {done.get(verdict, queries)}"


def problem_lines(one: Checked, output: CheckFormat) -> Iterator[str]:
    """The problems of a file that was checked, a line each."""
    if output is CheckFormat.json:
        yield from (json.dumps(_problem_json(one, problem), ensure_ascii=False) for problem in one.problems)
        return
    yield f"{one.file.name}: {'no problem' if not one.problems else ''}".rstrip()
    for p in one.problems:
        place = " ".join(
            part for part in (f"sheet {p.sheet}," if p.sheet else "", f"cell {p.cell}" if p.cell else "") if part
        )
        yield f"  {p.severity}  {place or 'whole file'}: {p.message} {p.fix}"


def _problem_json(one: Checked, problem: Problem) -> dict[str, str | None]:
    site = one.content.site if one.content else one.site
    return {
        "file": one.file.name,
        "site": site,
        "month": problem.month.strftime("%Y-%m") if problem.month else None,
        "sheet": problem.sheet,
        "cell": problem.cell,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "fix": problem.fix,
    }


def status_lines(site: Site, rows: list[dict]) -> Iterator[str]:
    """The months of a site that are due, a line each, under its name."""
    yield site.label
    for row in rows:
        if row["state"] == "not_due":
            continue
        late = f", {counted_figure(row['days_late'], 'day')} late" if row["days_late"] else ""
        revised = f", revised (version {row['versions']})" if row["versions"] > 1 else ""
        queries = f", {counted_figure(row['queries'], 'open query', 'open queries')}" if row["queries"] else ""
        state = spaced(row["state"])
        yield f"  {write_month(row['month'])}  {state}{late}{revised}{queries}  (due {write_date(row['due'])})"


def status_json(row: dict) -> dict[str, object]:
    """A row of the calendar of returns as JSON has it."""
    came = row["received"]
    return {
        "site": row["site"],
        "month": row["month"].strftime("%Y-%m"),
        "state": row["state"],
        "due": row["due"].isoformat(),
        "received": came.isoformat() if came is not None and came == came else None,
        "days_late": row["days_late"],
        "revised": row["versions"] > 1,
        "versions": row["versions"],
        "queries": row["queries"],
    }
