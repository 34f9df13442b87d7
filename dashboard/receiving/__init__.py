"""Returns that come in by the browser: tried by a lead or the central team, and loaded by the central team."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import Any

from flask import Flask, Response, g, request

from dashboard import words
from dashboard.access.forgery import token
from dashboard.access.gate import Gate
from dashboard.access.roles import Who
from dashboard.pages import pages
from dashboard.receiving import commands
from dashboard.receiving.paper import SWITCHED_OFF, Giver, Line, Result, write_page
from dashboard.receiving.upload import InMemory, NoFile, Upload, read_upload
from etl.definitions.checks import CAUSES, CHECKS
from etl.definitions.periods import write_month
from etl.sites import Site, load_sites
from etl.trial import Busy, Checked, OfAnotherSite, Problem, mark, site_of, try_upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NOTE = 200
PATIENCE = 20  # seconds after which a reader is told that the edition is still being made
BEING_MADE = (
    "It is made sure that no small number can be worked out from it, which takes some minutes. The pages show it as "
    "soon as it is there; the one before stays until then."
)
AT_ONCE = 2  # files that a process reads at the same time
_TURNS = BoundedSemaphore(AT_ONCE)
TRY, LOAD, PUBLISH = "/returns/try", "/returns/load", "/returns/publish"
VERDICTS = {
    "accepted": "Loaded: no problem was found",
    "accepted_with_queries": "Loaded, with queries",
    "duplicate": "This file was loaded before, so nothing has changed",
}


def add_receiving(server: Flask, gate: Gate) -> None:
    """Adds the routes; which roles reach them stands in `access/routes.py`."""
    server.request_class = InMemory
    server.config["MAY_LOAD"] = lambda: may_load(gate)
    routes: list[tuple[str, str, Callable[[Gate], Any], str]] = [
        (TRY, "show_trial", show_trial, "GET"),
        (TRY, "try_return", try_return, "POST"),
        (LOAD, "load_return", load_return, "POST"),
        (PUBLISH, "publish_loaded", publish_loaded, "POST"),
    ]
    for path, endpoint, act, method in routes:
        server.add_url_rule(path, endpoint, lambda act=act: act(gate), methods=[method])


def may_load(gate: Gate) -> bool:
    """Whether the central team may load from here: where people sign in, only if it was switched on.

    Where nobody signs in, whoever asks sits at this machine and has the commands anyway.
    """
    return gate.settings.loading or gate.is_open()


def show_trial(gate: Gate) -> Response:
    """The plain page with the form."""
    return _page(gate, None)


def try_return(gate: Gate) -> Response:
    """Checks a return and says what is wrong with it; nothing is stored."""
    try:
        upload = read_upload()
        checked = _check(gate, upload)
    except NoFile as problem:
        return _page(gate, Result(str(problem)), 400)
    except OfAnotherSite:
        said = f"This is the return of another site. You can try those of {_own(gate)}."
        return _noted(gate, TRY, "tried a return", "another site's") or _page(gate, Result(said), 403)
    except Busy as problem:
        return _page(gate, Result(str(problem), icon="clock", tone="partly"), 503)
    outcome = "refused" if checked.content is None else f"{len(checked.problems)} to mend"
    if (instead := _noted(gate, TRY, "tried a return", outcome)) is not None:
        return instead
    if request.form.get("answer") == "workbook":
        return _workbook(checked, upload.content)
    return _page(gate, tell(checked, load_sites(_own_sites(gate))))


def load_return(gate: Gate) -> Response:
    """Loads a return, once somebody has said that they mean it."""
    if not may_load(gate):
        return _page(gate, Result(SWITCHED_OFF), 409)
    try:
        upload = read_upload()
    except NoFile as problem:
        return _page(gate, Result(str(problem)), 400)
    if request.form.get("sure") != "yes":
        return _page(
            gate, Result("Nothing was loaded: tick the box that says you mean to store it, then load it."), 400
        )
    if (instead := _noted(gate, LOAD, "load a return", "begun")) is not None:
        return instead
    try:
        loaded = commands.load(upload, gate.settings.data.resolve())
    except commands.NotDone as problem:
        _noted(gate, LOAD, "load a return", "busy" if problem.busy else "not done")
        return _page(gate, _not_done(problem), 503 if problem.busy else 500)
    _noted(gate, LOAD, "load a return", f"{loaded.verdict.replace('_', ' ')} {loaded.return_id}".strip())
    return _page(gate, tell_loaded(loaded))


def publish_loaded(gate: Gate) -> Response:
    """Makes a new edition of what is loaded."""
    if not may_load(gate):
        return _page(gate, Result(SWITCHED_OFF), 409)
    note = " ".join(request.form.get("note", "").split())[:LONGEST_NOTE]
    if (instead := _noted(gate, PUBLISH, "publish", "begun")) is not None:
        return instead
    said: list[str | commands.NotDone] = []
    making = Thread(target=_publish, args=(gate, g.who, note, said), daemon=True)
    making.start()
    making.join(PATIENCE)
    if not said:
        return _page(gate, Result("A new edition is being made", [BEING_MADE], tone="partly", icon="clock"), 202)
    if isinstance(said[0], commands.NotDone):
        return _page(gate, _not_done(said[0]), 503 if said[0].busy else 500)
    return _page(gate, Result(said[0], ["Open a page to see it."], tone="met", icon="met"))


def _publish(gate: Gate, who: Who, note: str, said: list[str | commands.NotDone]) -> None:
    """Publishes while nobody may be waiting for it any more, and writes down how it came out."""
    try:
        said.append(commands.publish(gate.settings.data.resolve(), note))
        outcome = "done"
    except commands.NotDone as problem:
        said.append(problem)
        outcome = "busy" if problem.busy else "not done"
    with contextlib.suppress(OSError):
        gate.audit.write(who.name, who.words, "publish", outcome, page=PUBLISH)


def tell(checked: Checked, sites: dict[str, Site]) -> Result:
    """What was found in a return that was tried."""
    content, number = checked.content, len(checked.problems)
    rows = [line_of(problem) for problem in _by_weight(checked.problems)]
    if content is None:
        lines = ["None of its numbers could be used if it were sent like this.", *_sentences(checked.problems)]
        return Result("This return would be refused", lines, rows if len(rows) > 1 or rows[0].place != WHOLE else ())
    site = sites[content.site].label if content.site in sites else content.site
    about = f"It was read as the return of {site} for {write_month(content.month, long=True)}. Nothing was stored."
    if not number:
        return Result("No problem was found", [about, "It can be sent as it is."], tone="met", icon="met")
    head = f"{words.first_upper(words.counted(number, 'thing'))} to look at"
    return Result(
        head, [about, "Mend the cells, or say that they are right when you send it."], rows, "partly", "query"
    )


def tell_loaded(loaded: commands.Loaded) -> Result:
    """What came of a return that was loaded, and the offer to publish it."""
    if loaded.verdict == "rejected":
        said = [f"{problem.get('message', '')} {problem.get('fix', '')}" for problem in loaded.problems]
        return Result("The return was refused, so none of its numbers is used", said)
    head, number = VERDICTS.get(loaded.verdict, "Loaded"), len(loaded.problems)
    lines = [f"Its receipt is {loaded.return_id}."] if loaded.return_id else []
    if number:
        lines.append(f"{words.first_upper(words.counted(number, 'thing'))} to look at, listed with the next edition.")
    return Result(head, lines, tone="met", icon="met", publish=loaded.verdict != "duplicate")


WHOLE = "Whole file"


def line_of(problem: Problem) -> Line:
    """A problem as a row: what was typed and what is needed stand in its own words."""
    place = f"{problem.sheet}!{problem.cell}" if problem.sheet and problem.cell else problem.cell or problem.sheet
    kind = CHECKS[problem.code].label if problem.code in CHECKS else "Not used" if _refuses(problem) else "Please look"
    cause = CAUSES.get(problem.cause, "")
    tone, icon = ("not-met", "cross") if _refuses(problem) else ("partly", "query")
    return Line(place or WHOLE, kind, problem.message, problem.fix, cause, tone, icon)


def _refuses(problem: Problem) -> bool:
    return problem.severity == "reject"


def _by_weight(problems: tuple[Problem, ...]) -> list[Problem]:
    order = {"reject": 0, "query": 1, "info": 2}
    return sorted(problems, key=lambda problem: order[problem.severity])


def _sentences(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{problem.message} {problem.fix}" for problem in problems if _refuses(problem)][:1]


def _check(gate: Gate, upload: Upload) -> Checked:
    """Reads and checks a file in a child process, a few at a time. Raises OfAnotherSite and Busy."""
    if not _TURNS.acquire(timeout=20):
        raise Busy("Several returns are being checked just now. Try again in a minute.")
    try:
        now = datetime.now(UTC).replace(tzinfo=None)
        sites = load_sites(_own_sites(gate))
        return try_upload(upload.content, upload.name, now, sites, gate.settings.data, g.who.site)
    finally:
        _TURNS.release()


def _own_sites(gate: Gate) -> Path:
    """Where the data folder describes further sites."""
    return gate.settings.data / "sites"


def _own(gate: Gate) -> str:
    """The label of the only site whose returns somebody may try; nothing where they may try all."""
    sites = load_sites(_own_sites(gate))
    return sites[g.who.site].label if g.who.site in sites else g.who.site


def _workbook(checked: Checked, content: bytes) -> Response:
    """The site's own workbook with its cells marked; a list where it is no workbook or was refused."""
    response = Response(mark(checked, content), mimetype=XLSX)
    named = f"{site_of(checked) or 'return'} to mend.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{named}"'
    return response


def _not_done(problem: commands.NotDone) -> Result:
    return Result(str(problem), icon="clock" if problem.busy else "warning", tone="partly")


def _noted(gate: Gate, page: str, what: str, outcome: str) -> Response | None:
    """Writes it down; returns the answer to give instead where it cannot be written. No value and no file's name."""
    return gate.note(what, outcome, page=page)


def _page(gate: Gate, result: Result | None, status: int = 200) -> Response:
    giver = Giver(g.who.role, _own(gate) if g.who.site else "", may_load(gate))
    html = write_page(result, giver, [page for page in pages() if page.in_bar], token() if g.signed_in else "")
    return Response(html, status=status, mimetype="text/html")
