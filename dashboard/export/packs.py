"""Packs: a meeting's slides as a file, made by a button or a command, and the register of those that were made."""

import getpass
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from flask import Flask, Response, g, request

from dashboard.access.commands import stop
from dashboard.access.gate import sentence
from dashboard.access.roles import NoSuchRole, of_audience
from dashboard.data.address import Address, read
from dashboard.data.edition import Editions, NoEdition
from dashboard.data.view import View
from dashboard.export.pdf import NoChromium, deck_pdf
from dashboard.meeting.chosen_language import in_chosen_language
from dashboard.meeting.deck import make_deck
from dashboard.meeting.slides import Deck
from etl.definitions.settings import SLIDES

REGISTER = "packs.jsonl"
ROUTE = "/pack/slides.<end>"
KINDS = {"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pdf": "application/pdf"}
Look = Callable[[Editions, Address, str], View]


def register(data: Path, view: View, deck: Deck, forum: str, who: str, end: str, content: bytes) -> None:
    """Writes down that a pack was made: of which edition and audience, when, for whom, by whom, and what it holds."""
    line = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "edition": view.edition.name,
        "audience": view.edition.audience,
        "forum": forum,
        "meeting": deck.meeting,
        "who": who,
        "slides": [slide.name for slide in deck.slides],
        "chosen": deck.chosen,
        "format": end,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with (data / REGISTER).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def registered(data: Path) -> list[str]:
    """The packs that were made, the newest first, a line each; a line that cannot be read says so."""
    path = data / REGISTER
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [_told(number, line) for number, line in reversed(list(enumerate(lines, 1)))]


def _told(number: int, line: str) -> str:
    try:
        row = json.loads(line)
        made = f"{row['made'][:16].replace('T', ' ')}  {row['edition']:<12} {row['audience']:<14} {row['format']:<5}"
        named = row.get("meeting") or row["forum"]
        return f"{made} {named}, by {row.get('who') or 'nobody signed in'}, SHA-256 {row['sha256']}"
    except (ValueError, KeyError, TypeError):
        return f"{REGISTER}, line {number}: this cannot be read; somebody changed it."


def make_file(view: View, deck: Deck, end: str) -> bytes:
    """The slides as a file, in the language of the address."""
    # What writes presentations weighs much, and most processes never write one.
    from dashboard.export.powerpoint import deck_pptx

    makers: dict[str, Callable[[Deck], bytes]] = {"pptx": deck_pptx, "pdf": deck_pdf}
    return makers[end](in_chosen_language(view, deck))


def add_packs(server: Flask, data: Path, editions: Editions, look: Look) -> None:
    """Answers the addresses of packs: the slides of /present at the same address, from the audience's own edition."""

    @server.get(ROUTE)
    def pack(end: str) -> Response:
        address = read("/present", request.query_string.decode("utf-8", "replace")).with_(number="")
        if end not in KINDS:
            return sentence(404, "A pack is slides.pptx or slides.pdf.")
        g.looked_at = "/present"
        try:
            view = look(editions, address, editions.current_name())
            deck = make_deck(view)
            content = make_file(view, deck, end)
        except NoEdition as problem:
            return sentence(404 if address.get("edition") else 503, str(problem))
        except NoChromium as problem:
            return sentence(503, str(problem))
        forum = address.get("forum") or view.edition.audience
        register(data, view, deck, forum, g.who.name if g.signed_in else "", end, content)
        answer = Response(content, mimetype=KINDS[end])
        name = re.sub(r"[^A-Za-z0-9]+", "-", f"drive-slides-{view.edition.audience}-{view.edition.name}")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{end}"'
        return answer


def pack(
    context: typer.Context,
    forum: Annotated[str, typer.Option(help="Whose meeting: a forum of meetings.csv, or a site for its own")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write: its ending, .pptx or .pdf, decides")] = None,
    audience: Annotated[str, typer.Option(help="Whose numbers: forum, central or a site; usually the meeting's")] = "",
    slides: Annotated[str, typer.Option(help=f"Which slides in which order: {','.join(SLIDES)}")] = "",
    site: Annotated[str, typer.Option(help="Which sites, by name, with commas")] = "",
    edition: Annotated[str, typer.Option(help="Which edition; usually the current one")] = "",
    lang: Annotated[str, typer.Option(help="cy: in Welsh")] = "",
    data: Annotated[Path | None, typer.Option(help="The folder that holds editions/")] = None,
    show: Annotated[bool, typer.Option("--list", help="List the packs that were made, and make none")] = False,
) -> None:
    """Makes a meeting's slides as a presentation or a PDF, and writes it into the register of packs."""
    folder = data or context.obj or Path("data")
    if show:
        typer.echo("\n".join(registered(folder)) or f"No pack has been made yet (looked in {folder / REGISTER}).")
        return
    if not forum or out is None:
        raise stop("A pack needs --forum NAME and --out FILE, such as --forum strategic-forum --out slides.pptx.", 2)
    end = _ending(out, slides)
    chosen = {"forum": forum, "slides": slides, "site": site, "edition": edition, "lang": lang}
    try:
        view = _view(folder, audience or usual_audience(folder, forum), chosen)
        deck = make_deck(view)
        content = make_file(view, deck, end)
    except (NoEdition, NoChromium) as problem:
        raise stop(f"{problem}{_hint(problem)}", 1) from None
    except NoSuchRole as problem:
        raise stop(str(problem), 2) from None
    _save(out, content)
    register(folder, view, deck, forum, _who(), end, content)
    said = f"{len(deck.slides)} slides of edition {view.edition.name} for {deck.audience}"
    typer.echo(f"{out}: {said}; written down in {folder / REGISTER}")
    if not deck.meeting:
        typer.echo(f"No meeting of “{forum}” is known for {deck.audience}, so these are the usual slides.", err=True)


def _ending(out: Path, slides: str) -> str:
    """The kind of file that is asked for; stops in a sentence if it, or a slide, is none that there is."""
    end = out.suffix.lower().lstrip(".")
    unknown = [name for name in slides.split(",") if name and name not in SLIDES]
    if unknown:
        raise stop(f"There is no slide “{unknown[0]}”: choose {', '.join(SLIDES)}.", 2)
    if end not in KINDS:
        raise stop(f"“{out.name}” must end in .pptx or .pdf.", 2)
    return end


def _hint(problem: Exception) -> str:
    """What to do where there is no file for the meeting; the central team's own is never taken instead."""
    if isinstance(problem, NoChromium) or "yet" not in str(problem):
        return ""
    return " Make it with `python -m etl publish`, or take the central team's numbers: --audience central."


def _save(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as problem:
        raise stop(f"{out} cannot be written: {problem.strerror}. Choose another place.", 1) from None


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def usual_audience(folder: Path, forum: str) -> str:
    """A site's own file for its meeting, where there is one; else the forum's, never the central team's."""
    known = {path.stem for path in (folder / "editions").glob("*/*.duckdb")} - {"central"}
    return forum if forum in known else "forum"


def _view(folder: Path, audience: str, chosen: dict[str, Any]) -> View:
    of_audience(audience, "somebody")
    editions = Editions(folder, audience)
    current = editions.current_name()
    address = Address("/present").with_(**chosen)
    name = address.get("edition") or current
    return View(editions.get(name), address, tuple(editions.names()), is_current=name == current)
