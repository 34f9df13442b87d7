"""Returns that come in by the browser: tried by a lead or the central team, and loaded by the central team."""

import contextlib
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any

from flask import Flask, Response, current_app, g, request

from dashboard.access.csrf import token
from dashboard.access.gate import Gate
from dashboard.access.roles import Who
from dashboard.elements.page import Page
from dashboard.upload import commands
from dashboard.upload.form import LONGEST_NOTE, SWITCHED_OFF, Giver, Result, write_page
from dashboard.upload.in_memory import InMemory, NoFile, read_upload
from etl.definitions.writing import counted, first_upper
from etl.sites import Site, load_sites

PATIENCE = 20  # seconds after which a reader is told that the edition is still being made
BEING_MADE = (
    "It is made sure that no small number can be worked out from it, which takes some minutes. The pages show it as "
    "soon as it is there; the one before stays until then."
)
TRY, LOAD, PUBLISH = "/returns/try", "/returns/load", "/returns/publish"
VERDICTS = {
    "accepted": "Loaded: no problem was found",
    "accepted_with_queries": "Loaded, with queries",
    "duplicate": "This file was loaded before, so nothing has changed",
}


def add_receiving(server: Flask, gate: Gate, bar: Sequence[Page]) -> None:
    """Adds the routes, whose plain pages have the bar of pages over them; who reaches them: `access/routes.py`."""
    server.request_class = InMemory
    server.config["MAY_LOAD"] = lambda: may_load(gate)
    server.config["BAR"] = tuple(bar)
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
    from dashboard.upload import check

    try:
        upload = read_upload()
        checked = check.check(upload, _sites(gate), gate.settings.data, g.who.site)
    except NoFile as problem:
        return _page(gate, Result(str(problem)), 400)
    except check.OfAnotherSite:
        said = f"This is the return of another site. You can try those of {_own(gate)}."
        return _noted(gate, TRY, "tried a return", "another site's") or _page(gate, Result(said), 403)
    except check.Busy as problem:
        return _page(gate, Result(str(problem), icon="clock", tone="partly"), 503)
    outcome = "refused" if checked.content is None else f"{len(checked.problems)} to mend"
    if (instead := _noted(gate, TRY, "tried a return", outcome)) is not None:
        return instead
    if request.form.get("answer") == "workbook":
        return check.workbook(checked, upload.content)
    return _page(gate, check.tell(checked, _sites(gate)))


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


def tell_loaded(loaded: commands.Loaded) -> Result:
    """What came of a return that was loaded, and the offer to publish it."""
    if loaded.verdict == "rejected":
        said = [f"{problem.get('message', '')} {problem.get('fix', '')}" for problem in loaded.problems]
        return Result("The return was refused, so none of its numbers is used", said)
    head, number = VERDICTS.get(loaded.verdict, "Loaded"), len(loaded.problems)
    lines = [f"Its receipt is {loaded.return_id}."] if loaded.return_id else []
    if number:
        lines.append(f"{first_upper(counted(number, 'thing'))} to look at, listed with the next edition.")
    return Result(head, lines, tone="met", icon="met", publish=loaded.verdict != "duplicate")


def _sites(gate: Gate) -> dict[str, Site]:
    """The sites that there are, with those that the data folder describes."""
    return load_sites(gate.settings.data / "sites")


def _own(gate: Gate) -> str:
    """The label of the only site whose returns somebody may try; nothing where they may try all."""
    sites = _sites(gate)
    return sites[g.who.site].label if g.who.site in sites else g.who.site


def _not_done(problem: commands.NotDone) -> Result:
    return Result(str(problem), icon="clock" if problem.busy else "warning", tone="partly")


def _noted(gate: Gate, page: str, what: str, outcome: str) -> Response | None:
    """Writes it down; returns the answer to give instead where it cannot be written. No value and no file's name."""
    return gate.note(what, outcome, page=page)


def _page(gate: Gate, result: Result | None, status: int = 200) -> Response:
    giver = Giver(g.who.role, _own(gate) if g.who.site else "", may_load(gate))
    html = write_page(result, giver, current_app.config["BAR"], token() if g.signed_in else "")
    return Response(html, status=status, mimetype="text/html")
