"""The commands of the pipeline: `python -m etl load`, `check`, `status`, `publish` and the rest."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from etl.definitions.periods import month_after, write_month
from etl.definitions.writing import counted_figure
from etl.sites import load_sites
from etl.warehouse.command_line import day_option, month_argument, plain_errors, progress_bar, time_option
from etl.warehouse.load import Checked, WrongUse, find_sites, gather, load
from etl.warehouse.printing import (
    CheckFormat,
    Format,
    loaded_lines,
    problem_lines,
    receipt_lines,
    status_json,
    status_lines,
)
from etl.warehouse.store import open_warehouse

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

query_app = typer.Typer(no_args_is_help=True, help="See, answer and close queries.")
app.add_typer(query_app, name="query")

DATA = Path("data")

Paths = Annotated[list[Path], typer.Argument(help="Returns, or folders to search for them.", show_default=False)]
Query = Annotated[str, typer.Argument(help="The query's name, as the list gives it.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence and without naming anybody.")]
Who = Annotated[str, typer.Option(help="Who decided: central_team, site or commissioner.")]
Data = Annotated[Path, typer.Option("--data", help="The folder that holds everything a run writes.")]


@app.command("load")
def load_command(
    paths: Paths,
    data: Data = DATA,
    received: Annotated[str, typer.Option(help="When the files arrived, such as 2019-12-08T10:00:00.")] = "",
    output: Annotated[Format, typer.Option("--format", help="How the receipts are printed.")] = Format.text,
) -> None:
    """Read returns, store what is accepted, and bring all results up to date."""
    with plain_errors():
        when = time_option(received, "--received") if received else None
        with progress_bar("Reading", then="Storing") as advance:
            receipts = load(paths, data, when, advance)
        labels = {site.name: site.label for site in load_sites(data / "sites").values()}
    for file, receipt in receipts:
        for line in loaded_lines(file, receipt, labels, output):
            typer.echo(line)
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

    With --format xlsx a workbook comes back with its cells marked, and any other return as a list of what to correct.
    """
    from etl.feedback.trial import try_returns

    with plain_errors():
        paths = list(paths)
        given = gather(paths, None)
        with progress_bar("Checking") as advance:
            checked = try_returns(given, find_sites(paths, data), data, advance)
        if output is CheckFormat.xlsx:
            for path in _write_marked(checked, out):
                typer.echo(f"Wrote {path}.")
        else:
            lines = [line for one in checked for line in problem_lines(one, output)]
            _write("\n".join(lines), out)
    if any(one.problems for one in checked):
        raise typer.Exit(1)


@query_app.command("list")
def query_list_command(
    data: Data = DATA,
    site: Annotated[str, typer.Option(help="Only this site's, such as croydon.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that are corrected or closed.")] = False,
    on: Annotated[str, typer.Option(help="The day to look from, such as 2019-12-11; now if not given.")] = "",
    output: Annotated[Format, typer.Option("--format", help="How the list is printed.")] = Format.text,
) -> None:
    """List queries: what is asked, of whom, since when, and what became of it."""
    from etl.warehouse.query_commands import list_queries

    with plain_errors():
        list_queries(data, site, everything, output is Format.json, day_option(on, "--on") if on else None)


@query_app.command("shadow")
def query_shadow_command(data: Data = DATA) -> None:
    """Count and list what checks in shadow would ask."""
    from etl.warehouse.query_commands import list_shadow

    with plain_errors():
        list_shadow(data)


def _query_change(name: str, state: str, words: str) -> None:
    """Adds a command that stores an answer to a query."""

    def command(query: Query, reason: Reason, who: Who = "central_team", data: Data = DATA) -> None:
        from etl.warehouse.queries import Answer
        from etl.warehouse.query_commands import store_answer

        with plain_errors():
            store_answer(data, Answer(query, state, reason, who))

    query_app.command(name, help=words)(command)


_query_change("answer", "answered", "Note what was answered to a query; it stays until it is closed or corrected.")
_query_change("close", "closed", "Close a query, with the reason.")
_query_change("reopen", "open", "Open a query again, with the reason.")


@app.command("status")
def status_command(
    data: Data = DATA,
    on: Annotated[str, typer.Option(help="The day to look from, such as 2019-12-11; today if not given.")] = "",
    output: Annotated[Format, typer.Option("--format", help="How the list is printed.")] = Format.text,
) -> None:
    """Say who has sent what: each site and month due, its state, and what is overdue."""
    from etl.warehouse.query_commands import known_dispensations
    from etl.warehouse.status import calendar, refusals, remind

    with plain_errors():
        day = day_option(on, "--on") if on else datetime.now(UTC).date()
        sites = load_sites(data / "sites")
        with _warehouse(data) as con:
            at = datetime.combine(day, datetime.max.time())
            last = month_after(day.replace(day=1), -1)
            rows = calendar(con, sites, at, last, known_dispensations(data, at)).to_dict("records")
            refused = refusals(con, at)
    if output is Format.json:
        for row in rows:
            typer.echo(json.dumps(status_json(row)))
        return
    for site in sites.values():
        mine = [row for row in rows if row["site"] == site.name]
        for line in status_lines(site, mine):
            typer.echo(line)
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

    with plain_errors():
        sites, wanted = load_sites(data / "sites"), month_argument(month)
        if site not in sites:
            raise WrongUse(f"There is no site {site!r}; there are {', '.join(sites)}.")
        closing = _numbers_of(data, site, month_after(wanted, -1))
        write_template(sites[site], wanted, out, closing)
    typer.echo(f"Wrote the return of {sites[site].label} for {write_month(wanted, long=True)} to {out}.")


class SmallCounts(StrEnum):
    """Which small counts are protected: of who people are and what became of them, or of everything."""

    attributes = "attributes"
    all = "all"


@app.command("publish")
def publish_command(
    data: Data = DATA,
    note: Annotated[str, typer.Option(help="Why the edition is made.")] = "",
    as_of: Annotated[str, typer.Option(help="The day as known on which it is made, such as 2019-12-11.")] = "",
    audiences: Annotated[
        bool, typer.Option("--audiences/--central-only", help="Make the forum's and the leads' files, or not.")
    ] = True,
    parquet: Annotated[bool, typer.Option(help="Also write each file's tables as Parquet, for other engines.")] = False,
    small: Annotated[
        SmallCounts,
        typer.Option(envvar="DRIVE_SMALL", help="Which small counts are protected: those of attributes, or all."),
    ] = SmallCounts.attributes,
    back: Annotated[bool, typer.Option("--undo", help="Go back to the edition before the current one.")] = False,
) -> None:
    """Make a new edition of what is loaded, or go back to the one before."""
    from etl.editions.publish import publish, undo

    with plain_errors():
        if back:
            typer.echo(f"Edition {undo(data, note)} is the current one again.")
            return
        when = (
            datetime.combine(day_option(as_of, "--as-of"), datetime.max.time().replace(microsecond=0))
            if as_of
            else None
        )
        if audiences:
            typer.echo("Working out what others than the central team may see: this may take a minute.", err=True)
        name = publish(data, note, when, audiences=audiences, parquet=parquet, small=small.value)
    typer.echo(f"Edition {name} is made and is the current one.")


@app.command("explain")
def explain_command(
    code: Annotated[str, typer.Argument(help="The number's code, as it is printed, such as 7KQ3M-XR4TA.")],
    data: Data = DATA,
    audience: Annotated[str, typer.Option(help="Whose numbers: central, forum or a site.")] = "central",
    edition: Annotated[str, typer.Option(help="Which edition, where by chance two have the code.")] = "",
) -> None:
    """Say where a number comes from: formula, returns, sheets and cells.

    Exits with 0 where it is known, 1 where it is hidden or not there, 2 where the code is wrong.
    """
    from etl.editions.explain import explain

    with plain_errors():
        lines, known = explain(code, data, audience, edition)
    for line in lines:
        typer.echo(line)
    if not known:
        raise typer.Exit(1)


@app.command("audit")
def audit_command(edition: Annotated[Path, typer.Argument(help="The edition's folder.")]) -> None:
    """Attack an edition as its readers could, and say what can be worked out.

    Exits with 0 where that is nothing, 1 where it is something.
    """
    from etl.protect.audit import audit_any

    with plain_errors():
        if not (edition / "central.duckdb").is_file():
            raise WrongUse(f"There is no edition in {edition}: name a folder such as data/editions/2019-12-11.")
        report = audit_any(edition)
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

    with plain_errors():
        typer.echo(f"Wrote {backup(data, target)} and read it again. Keep it where this disk's end does not reach it.")


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
    data: Data = DATA,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what is there now.")] = False,
) -> None:
    """Verify a backup, all of it, and put it in place of what is in the data folder."""
    from etl.warehouse.backup import restore

    with plain_errors():
        done = restore(file, data, replace=replace)
    typer.echo(f"Restored {counted_figure(done.files, 'file')} as of {done.made} into {data}.")
    if done.aside:
        typer.echo(f"What was there is now in {done.aside}: delete it when it is not needed.")
    typer.echo("If the dashboard runs on this folder, start it again.")


@app.command("dictionary")
def dictionary_command() -> None:
    """Write the data dictionary, and that of an edition's tables, from the definitions."""
    from etl.definitions.dictionary import write_dictionary

    with plain_errors():
        typer.echo(f"Wrote {write_dictionary()}.")


@app.command("held")
def held_command(
    data: Data = DATA,
    out: Annotated[Path | None, typer.Option(help="The file to write to.", show_default=False)] = None,
) -> None:
    """List what is held, about whom, for how long and who may see it, for a data protection impact assessment."""
    from etl.editions.folder import read_pointer
    from etl.editions.held import held

    with plain_errors():
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

    with plain_errors():
        planned = plan_returns(sites, month_argument(first), month_argument(last), seed)
        with progress_bar("Writing") as advance:
            for number, _ in enumerate(write_returns(out, planned), 1):
                advance(number, len(planned))
    typer.echo(f"Wrote {len(planned)} returns to {out}.")


@app.command("receipt")
def receipt_command(
    name: Annotated[str, typer.Argument(metavar="RETURN", help="The return's number, as load and status give it.")],
    data: Data = DATA,
) -> None:
    """Print the receipt of a return: verdict, when, SHA-256, what was found, what to do next."""
    with plain_errors(), _warehouse(data) as con:
        columns = "return_id, site, month, received, verdict, file, sha256"
        rows = con.execute(f"select {columns} from returns where return_id = ?", [name]).fetchall()
        if not rows:
            raise WrongUse(f"There is no return {name!r}.")
        problems = con.execute(
            "select sheet, cell, message, fix from problems where return_id = ? order by sheet, cell", [name]
        ).fetchall()
        for line in receipt_lines(rows[0], problems):
            typer.echo(line)


def _write_marked(checked: list[Checked], out: Path | None) -> Iterator[Path]:
    """Writes each file's marked workbook: to `out`, or into it where there are several."""
    from etl.feedback.marked_workbook import write_marked

    for one in checked:
        name = f"{Path(one.file.name).stem} - to mend.xlsx"
        alone = len(checked) == 1 and out is not None and not out.is_dir()
        yield write_marked(one, out if alone and out else (out or Path()) / name)


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


def _write(text: str, out: Path | None) -> None:
    if out:
        out.write_text(text + "\n", encoding="utf-8")
    elif text:
        typer.echo(text)


if __name__ == "__main__":
    sys.exit(app())
