"""The commands of the pipeline: `python -m etl load`, `check`, `status`, `publish` and the rest."""

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from etl.check.problem import Problem
from etl.definitions.periods import month_after, write_date, write_month
from etl.definitions.writing import counted_figure, spaced
from etl.read.month import read_month
from etl.reference import WrongReference
from etl.sites import Site, WrongSite, load_sites
from etl.warehouse.load import Busy, Checked, IncomingFile, WrongUse, find_sites, gather, load, read_time
from etl.warehouse.store import Receipt, open_warehouse

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

query_app = typer.Typer(no_args_is_help=True, help="See, answer and close queries.")
app.add_typer(query_app, name="query")

DATA = Path("data")
BUSY, DISK, FAULT = 75, 74, 70

Paths = Annotated[list[Path], typer.Argument(help="Returns, or folders to search for them.", show_default=False)]
Query = Annotated[str, typer.Argument(help="The query's name, as the list gives it.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence and without naming anybody.")]
Who = Annotated[str, typer.Option(help="Who decided: central_team, site or commissioner.")]
Data = Annotated[Path, typer.Option("--data", help="The folder that holds everything a run writes.")]


class Format(StrEnum):
    """How a list is printed."""

    text = "text"
    json = "json"


class CheckFormat(StrEnum):
    """How problems are printed: for people, one JSON object a line, or a workbook."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


@app.command("load")
def load_command(
    paths: Paths,
    data: Data = DATA,
    received: Annotated[str, typer.Option(help="When the files arrived, such as 2019-12-08T10:00:00.")] = "",
    output: Annotated[Format, typer.Option("--format", help="How the receipts are printed.")] = Format.text,
) -> None:
    """Read returns, store what is accepted, and bring all results up to date."""
    with _plain_errors():
        when = _time(received, "--received") if received else None
        with _progress("Reading", then="Storing") as advance:
            receipts = load(paths, data, when, advance)
        labels = {site.name: site.label for site in load_sites(data / "sites").values()}
    for given, receipt in receipts:
        if output is Format.json:
            typer.echo(json.dumps(_receipt_json(receipt), ensure_ascii=False))
            continue
        typer.echo(_line(given, receipt, labels))
        for problem in receipt.problems:
            if problem.severity == "reject":
                typer.echo(f"    {problem.message} {problem.fix}")
    if any(receipt.verdict == "rejected" for _, receipt in receipts):
        raise typer.Exit(1)


@app.command("check")
def check_command(
    paths: Paths,
    output: Annotated[CheckFormat, typer.Option("--format", help="How the problems are printed.")] = CheckFormat.text,
    out: Annotated[Path | None, typer.Option(help="The file to write to.", show_default=False)] = None,
    data: Data = DATA,
) -> None:
    """Read and check returns as a load does, and store nothing.

    With --format xlsx a workbook comes back with its cells marked, and any other return as a list of what to mend.
    """
    from etl.feedback.trial import try_returns

    with _plain_errors():
        paths = list(paths)
        given = gather(paths, None)
        with _progress("Checking") as advance:
            checked = try_returns(given, find_sites(paths, data), data, advance)
        if output is CheckFormat.xlsx:
            for path in _write_marked(checked, out):
                typer.echo(f"Wrote {path}.")
        else:
            lines = [line for one in checked for line in _problem_lines(one, output)]
            _write("\n".join(lines), out)
    if any(one.problems for one in checked):
        raise typer.Exit(1)


@query_app.command("list")
def query_list_command(
    data: Data = DATA,
    site: Annotated[str, typer.Option(help="Only this site's, such as croydon.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that are mended or closed.")] = False,
    on: Annotated[str, typer.Option(help="The day to look from, such as 2019-12-11; now if not given.")] = "",
    output: Annotated[Format, typer.Option("--format", help="How the list is printed.")] = Format.text,
) -> None:
    """List queries: what is asked, of whom, since when, and what became of it."""
    from etl.warehouse.query_commands import list_queries

    with _plain_errors():
        list_queries(data, site, everything, output is Format.json, _day(on, "--on") if on else None)


@query_app.command("shadow")
def query_shadow_command(data: Data = DATA) -> None:
    """Count and list what checks in shadow would ask."""
    from etl.warehouse.query_commands import list_shadow

    with _plain_errors():
        list_shadow(data)


def _query_change(name: str, state: str, words: str) -> None:
    """Adds a command that stores an answer to a query."""

    def command(query: Query, reason: Reason, who: Who = "central_team", data: Data = DATA) -> None:
        from etl.warehouse.queries import Answer
        from etl.warehouse.query_commands import store_answer

        with _plain_errors():
            store_answer(data, Answer(query, state, reason, who))

    query_app.command(name, help=words)(command)


_query_change("answer", "answered", "Note what was answered to a query; it stays until it is closed or mended.")
_query_change("close", "closed", "Close a query, with the reason.")
_query_change("reopen", "open", "Open a query again, with the reason.")


@app.command("status")
def status_command(
    data: Data = DATA,
    on: Annotated[str, typer.Option(help="The day to look from, such as 2019-12-11; today if not given.")] = "",
    output: Annotated[Format, typer.Option("--format", help="How the list is printed.")] = Format.text,
) -> None:
    """Say who has sent what: each site and month due, its state, and what is overdue."""
    from etl.warehouse.status import calendar, refusals, remind

    with _plain_errors():
        day = _day(on, "--on") if on else datetime.now(UTC).date()
        sites = load_sites(data / "sites")
        with _warehouse(data) as con:
            at = datetime.combine(day, datetime.max.time())
            rows = calendar(con, sites, at, month_after(day.replace(day=1), -1)).to_dict("records")
            refused = refusals(con, at)
    if output is Format.json:
        for row in rows:
            typer.echo(json.dumps(_status_json(row)))
        return
    for site in sites.values():
        mine = [row for row in rows if row["site"] == site.name]
        _print_status(site, mine)
        overdue = [row["month"] for row in mine if row["state"] in ("missing", "rejected")]
        if overdue:
            typer.echo("\n" + "\n".join(f"    {line}" for line in remind(site, overdue, day, refused).splitlines()))
        typer.echo("")


@app.command("template")
def template_command(
    site: Annotated[str, typer.Argument(help="The site's name, such as croydon.")],
    month: Annotated[str, typer.Argument(help="The month, such as 2019-12.")],
    out: Annotated[Path, typer.Argument(help="The workbook to write.")],
    data: Data = DATA,
) -> None:
    """Write the standard return as a workbook for a site and month."""
    from etl.feedback.template import write_template

    with _plain_errors():
        sites, wanted = load_sites(data / "sites"), _month(month)
        if site not in sites:
            raise WrongUse(f"There is no site {site!r}; there are {', '.join(sites)}.")
        closing = _numbers_of(data, site, month_after(wanted, -1))
        write_template(sites[site], wanted, out, closing)
    typer.echo(f"Wrote the return of {sites[site].label} for {write_month(wanted, long=True)} to {out}.")


@app.command("publish")
def publish_command(
    data: Data = DATA,
    note: Annotated[str, typer.Option(help="Why the edition is made.")] = "",
    as_of: Annotated[str, typer.Option(help="The day as known on which it is made, such as 2019-12-11.")] = "",
    audiences: Annotated[
        bool, typer.Option("--audiences/--central-only", help="Make the forum's and the leads' files, or not.")
    ] = True,
    parquet: Annotated[bool, typer.Option(help="Also write each file's tables as Parquet, for other engines.")] = False,
    back: Annotated[bool, typer.Option("--undo", help="Go back to the edition before the current one.")] = False,
) -> None:
    """Make a new edition of what is loaded, or go back to the one before."""
    from etl.editions.publish import publish, undo

    with _plain_errors():
        if back:
            typer.echo(f"Edition {undo(data, note)} is the current one again.")
            return
        when = datetime.combine(_day(as_of, "--as-of"), datetime.max.time().replace(microsecond=0)) if as_of else None
        if audiences:
            typer.echo("Choosing what to hide from others than the central team: this may take a minute.", err=True)
        name = publish(data, note, when, audiences=audiences, parquet=parquet)
    typer.echo(f"Edition {name} is made and is the current one.")


@app.command("explain")
def explain_command(
    code: Annotated[str, typer.Argument(help="The number's code, as it is printed, such as 7KQ3M-XR4TA.")],
    data: Data = DATA,
    audience: Annotated[str, typer.Option(help="Whose numbers: central, forum or a site.")] = "central",
    edition: Annotated[str, typer.Option(help="Which edition, where by chance two have the code.")] = "",
) -> None:
    """Say where a number comes from: formula, returns, sheets and cells. 0 told, 1 hidden or not there, 2 no code."""
    from etl.editions.explain import explain

    with _plain_errors():
        lines, known = explain(code, data, audience, edition)
    for line in lines:
        typer.echo(line)
    if not known:
        raise typer.Exit(1)


@app.command("audit")
def audit_command(edition: Annotated[Path, typer.Argument(help="The edition's folder.")]) -> None:
    """Attack an edition as its readers could, and say what can be worked out: 0 nothing, 1 something."""
    from etl.protect.audit import audit_edition

    with _plain_errors():
        if not (edition / "central.duckdb").is_file():
            raise WrongUse(f"There is no edition in {edition}: name a folder such as data/editions/2019-12-11.")
        report = audit_edition(edition)
    for line in report.lines():
        typer.echo(line)
    if report.findings:
        raise typer.Exit(1)


@app.command("backup")
def backup_command(
    target: Annotated[Path, typer.Argument(help="The folder to write to, or the file.", show_default=False)],
    data: Data = DATA,
) -> None:
    """Write everything in the data folder into one file, with a checksum for each part."""
    from etl.warehouse.backup import backup

    with _plain_errors():
        typer.echo(f"Wrote {backup(data, target)} and read it again. Keep it where this disk's end does not reach it.")


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
    data: Data = DATA,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what is there now.")] = False,
) -> None:
    """Verify a backup, all of it, and put it in place of what is in the data folder."""
    from etl.warehouse.backup import restore

    with _plain_errors():
        done = restore(file, data, replace=replace)
    typer.echo(f"Restored {counted_figure(done.files, 'file')} as of {done.made} into {data}.")
    if done.aside:
        typer.echo(f"What was there is now in {done.aside}: delete it when it is not needed.")
    typer.echo("If the dashboard runs on this folder, start it again.")


@app.command("dictionary")
def dictionary_command() -> None:
    """Write the data dictionary from the definitions."""
    from etl.definitions.dictionary import write_dictionary

    with _plain_errors():
        typer.echo(f"Wrote {write_dictionary()}.")


@app.command("held")
def held_command(
    data: Data = DATA,
    out: Annotated[Path | None, typer.Option(help="The file to write to.", show_default=False)] = None,
) -> None:
    """List what is held, about whom, for how long and who may see it, for a data protection impact assessment."""
    from etl.editions.folder import read_pointer
    from etl.editions.held import held

    with _plain_errors():
        current = data / "editions" / (read_pointer(data / "editions") or "none") / "central.duckdb"
        _write(held(current if current.is_file() else None).rstrip("\n"), out)


@app.command("sample")
def sample_command(
    out: Annotated[Path, typer.Argument(help="The folder to write to.")],
    sites: Annotated[int, typer.Option(min=1, max=200, help="How many sites.")] = 4,
    first: Annotated[str, typer.Option("--from", help="The first month.")] = "2018-04",
    last: Annotated[str, typer.Option("--to", help="The last month.")] = "2019-11",
    seed: Annotated[int, typer.Option(help="Another seed makes other numbers.")] = 20191211,
) -> None:
    """Write made-up returns in the real layouts."""
    from etl.sample import plan_returns, write_returns

    with _plain_errors():
        planned = plan_returns(sites, _month(first), _month(last), seed)
        with _progress("Writing") as advance:
            for number, _ in enumerate(write_returns(out, planned), 1):
                advance(number, len(planned))
    typer.echo(f"Wrote {len(planned)} returns to {out}.")


@app.command("receipt")
def receipt_command(
    name: Annotated[str, typer.Argument(metavar="RETURN", help="The return's number, as load and status give it.")],
    data: Data = DATA,
) -> None:
    """Print the receipt of a return: verdict, when, SHA-256, what was found, what to do next."""
    with _plain_errors(), _warehouse(data) as con:
        columns = "return_id, site, month, received, verdict, file, sha256"
        rows = con.execute(f"select {columns} from returns where return_id = ?", [name]).fetchall()
        if not rows:
            raise WrongUse(f"There is no return {name!r}.")
        problems = con.execute(
            "select sheet, cell, message, fix from problems where return_id = ? order by sheet, cell", [name]
        ).fetchall()
        for line in _receipt_lines(rows[0], problems):
            typer.echo(line)


def _line(given: IncomingFile, receipt: Receipt, labels: dict[str, str]) -> str:
    """One return on one line: verdict, site, month, file, how many problems."""
    site = labels.get(receipt.site or "", receipt.site or "unknown site")
    month = write_month(receipt.month) if receipt.month else "unknown month"
    found = "no problems" if not receipt.problems else counted_figure(len(receipt.problems), "problem")
    verdict = {"duplicate": "already loaded"}.get(receipt.verdict, spaced(receipt.verdict))
    return f"{verdict:<22}  {site:<14}  {month:<8}  {given.name}  ({receipt.return_id or 'no receipt'}, {found})"


def _receipt_json(receipt: Receipt) -> dict[str, object]:
    month = receipt.month.strftime("%Y-%m") if receipt.month else None
    told = {"return": receipt.return_id, "site": receipt.site, "month": month, "verdict": receipt.verdict}
    found = [{"severity": p.severity, "message": p.message, "fix": p.fix} for p in receipt.problems]
    return {**told, "sha256": receipt.sha256, "problems": found}


def _write_marked(checked: list[Checked], out: Path | None) -> Iterator[Path]:
    """Writes each file's marked workbook: to `out`, or into it where there are several."""
    from etl.feedback.marked_workbook import write_marked

    for one in checked:
        name = f"{Path(one.file.name).stem} - to mend.xlsx"
        alone = len(checked) == 1 and out is not None and not out.is_dir()
        yield write_marked(one, out if alone and out else (out or Path()) / name)


def _problem_lines(one: Checked, output: CheckFormat) -> Iterator[str]:
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


def _status_json(row: dict) -> dict[str, object]:
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


def _print_status(site: Site, rows: list[dict]) -> None:
    typer.echo(site.label)
    for row in rows:
        if row["state"] == "not_due":
            continue
        late = f", {counted_figure(row['days_late'], 'day')} late" if row["days_late"] else ""
        revised = f", revised (version {row['versions']})" if row["versions"] > 1 else ""
        queries = f", {counted_figure(row['queries'], 'query', 'queries')}" if row["queries"] else ""
        state = spaced(row["state"])
        typer.echo(f"  {write_month(row['month'])}  {state}{late}{revised}{queries}  (due {write_date(row['due'])})")


def _receipt_lines(row: tuple, problems: list[tuple]) -> Iterator[str]:
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


def _numbers_of(data: Path, site: str, month: date) -> dict[tuple[str, str], float]:
    """What is known of a site's month, for the opening figures of the next; nothing where nothing is loaded."""
    if not (data / "warehouse.duckdb").is_file():
        return {}
    with _warehouse(data) as con:
        rows = con.execute(
            "select measure, part, value from observations where site = ? and month = ? and value is not null",
            [site, month],
        ).fetchall()
    return {(measure, part): value for measure, part, value in rows}


@contextmanager
def _warehouse(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = data / "warehouse.duckdb"
    if not path.is_file():
        raise WrongUse(f"There is no warehouse in {data} yet: load returns with `python -m etl load` first.")
    con = open_warehouse(path, read_only=True)
    try:
        yield con
    finally:
        con.close()


@contextmanager
def _progress(words: str, then: str = "") -> Iterator[Callable[[int, int], None]]:
    """A progress bar on long work, where somebody can see it; `then` is what is still to do once all is counted."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(words, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=then if then and done == total else words)

        yield advance


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What can go wrong, in a sentence and with its exit code; nobody is shown a traceback."""
    try:
        yield
    except (WrongUse, WrongReference, WrongSite) as error:
        _stop(str(error), 2)
    except Busy as error:
        _stop(str(error), BUSY)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            _stop("Another load is running; try again when it has ended.", BUSY)
        _stop(f"The warehouse cannot be read or written, and nothing has changed: {_first_line(error)}", DISK)
    except (duckdb.Error, OSError) as error:
        _stop(f"The work could not be finished, and nothing has changed: {_first_line(error)}", DISK)
    except KeyboardInterrupt:
        _stop(_STOPPED, 130)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if isinstance(error, RuntimeError) and str(error) == _INTERRUPTED:
            _stop(_STOPPED, 130)
        _stop(_fault(error), FAULT)


_STOPPED = "Stopped; nothing has changed."
_INTERRUPTED = "Query interrupted"  # what DuckDB makes of Ctrl-C while it works


def _fault(error: Exception) -> str:
    """What to say of a fault of ours: where it lies, and never in its own words, which may quote a return."""
    frames = traceback.extract_tb(error.__traceback__)
    line = [frame for frame in frames if Path(frame.filename).is_relative_to(Path(__file__).parent)][-1]
    place = f"{type(error).__name__}, {Path(line.filename).name}, line {line.lineno}"
    return (
        "The work could not be finished, and nothing has changed. This is a fault of the programs and not of what you "
        f"did: tell those who look after them of “{place}”."
    )


def _first_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.splitlines()[0] if text else type(error).__name__


def _stop(sentence: str, code: int) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def _write(text: str, out: Path | None) -> None:
    if out:
        out.write_text(text + "\n", encoding="utf-8")
    elif text:
        typer.echo(text)


def _time(text: str, option: str) -> datetime:
    try:
        return read_time(text)
    except ValueError:
        raise WrongUse(f"{option} must be a time such as 2019-12-08T10:00:00, not {text!r}.") from None


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{option} must be a day such as 2019-12-11, not {text!r}.") from None


def _month(text: str) -> date:
    month = read_month(text)
    if month is None:
        raise WrongUse(f"A month is needed, such as 2019-12, not {text!r}.")
    return month


if __name__ == "__main__":
    sys.exit(app())
