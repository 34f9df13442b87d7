"""Packs: a meeting's slides as a file, made by a button or a command, and the register of those that were made."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from flask import Flask, Response, g, request

from dashboard.access.roles import NoSuchRole, of_audience
from dashboard.address import Address, read
from dashboard.edition import Editions, NoEdition
from dashboard.export.meeting import make_deck
from dashboard.export.pdf import NoChromium, deck_pdf
from dashboard.export.powerpoint import deck_pptx
from dashboard.export.slides import Deck
from dashboard.page import View
from etl.definitions.slides import SLIDES

REGISTER = "packs.jsonl"
ROUTE = "/pack/slides.<end>"
MAKERS: dict[str, tuple[Callable[[Deck], bytes], str]] = {
    "pptx": (deck_pptx, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "pdf": (deck_pdf, "application/pdf"),
}
Look = Callable[[Editions, Address, str], View]


def register(data: Path, view: View, deck: Deck, forum: str, end: str, content: bytes) -> None:
    """Writes down that a pack was made: of which edition and audience, when, for whom, and what it holds."""
    line = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "edition": view.edition.name,
        "audience": view.edition.audience,
        "forum": forum,
        "slides": [slide.name for slide in deck.slides],
        "chosen": deck.chosen,
        "format": end,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with (data / REGISTER).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def add_packs(server: Flask, data: Path, editions: Editions, look: Look) -> None:
    """Answers the addresses of packs: the slides of /present at the same address, from the audience's own edition."""

    @server.get(ROUTE)
    def pack(end: str) -> Response:
        address = read("/present", request.query_string.decode("utf-8", "replace")).with_(number="")
        if end not in MAKERS:
            return _sentence(404, "A pack is slides.pptx or slides.pdf.")
        g.looked_at = "/present"
        try:
            view = look(editions, address, editions.current_name())
            deck = make_deck(view)
            content = MAKERS[end][0](deck)
        except NoEdition as problem:
            return _sentence(404 if address.get("edition") else 503, str(problem))
        except NoChromium as problem:
            return _sentence(503, str(problem))
        register(data, view, deck, view.edition.audience, end, content)
        answer = Response(content, mimetype=MAKERS[end][1])
        name = re.sub(r"[^A-Za-z0-9]+", "-", f"drive-slides-{view.edition.audience}-{view.edition.name}")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{end}"'
        return answer


def _sentence(status: int, words: str) -> Response:
    return Response(f"{words}\n", status=status, mimetype="text/plain")


def pack(
    context: typer.Context,
    forum: Annotated[str, typer.Option(help="The meeting: the name of a site for its own, else the forum's")],
    out: Annotated[Path, typer.Option(help="The file to write: its ending, .pptx or .pdf, decides")],
    audience: Annotated[str, typer.Option(help="Whose numbers: forum, central or a site; usually the meeting's")] = "",
    slides: Annotated[str, typer.Option(help=f"Which slides in which order: {','.join(SLIDES)}")] = "",
    site: Annotated[str, typer.Option(help="Which sites, by name, with commas")] = "",
    edition: Annotated[str, typer.Option(help="Which edition; usually the current one")] = "",
    data: Annotated[Path | None, typer.Option(help="The folder that holds editions/")] = None,
) -> None:
    """Makes a meeting's slides as a presentation or a PDF, and writes it into the register of packs."""
    folder = data or context.obj or Path("data")
    end = out.suffix.lower().lstrip(".")
    unknown = [name for name in slides.split(",") if name and name not in SLIDES]
    if end not in MAKERS or unknown:
        words = f"There is no slide “{unknown[0]}”: choose {', '.join(SLIDES)}." if unknown else ""
        raise _stop(words or f"“{out.name}” must end in .pptx or .pdf.", 2)
    chosen = {"slides": slides, "site": site, "edition": edition}
    try:
        view = _view(folder, audience or usual_audience(folder, forum), chosen)
        deck = make_deck(view)
        content = MAKERS[end][0](deck)
    except (NoEdition, NoChromium) as problem:
        raise _stop(f"{problem} Another audience: --audience central.", 1) from None
    except NoSuchRole as problem:
        raise _stop(str(problem), 2) from None
    out.write_bytes(content)
    register(folder, view, deck, forum, end, content)
    said = f"{len(deck.slides)} slides of edition {view.edition.name} for {deck.audience}"
    typer.echo(f"{out}: {said}; written down in {folder / REGISTER}")


def usual_audience(folder: Path, forum: str) -> str:
    """A site's own file for its meeting, where there is one; else the forum's, never the central team's."""
    known = {path.stem for path in (folder / "editions").glob("*/*.duckdb")}
    return forum if forum in known else "forum"


def _view(folder: Path, audience: str, chosen: dict[str, Any]) -> View:
    of_audience(audience, "somebody")
    editions = Editions(folder, audience)
    current = editions.current_name()
    address = Address("/present").with_(**chosen)
    name = address.get("edition") or current
    return View(editions.get(name), address, tuple(editions.names()), is_current=name == current)


def _stop(words: str, code: int) -> typer.Exit:
    typer.echo(words, err=True)
    return typer.Exit(code)
