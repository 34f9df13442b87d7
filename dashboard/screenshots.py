"""Pictures of every page at a size, taken by the command `pictures` from a published edition."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from werkzeug.serving import WSGIRequestHandler
from werkzeug.serving import make_server as make_listener

from dashboard.access.commands import stop
from dashboard.access.setup import FROM_INSIDE
from dashboard.data.edition import Editions, NoEdition
from dashboard.export.pdf import NoChromium, chromium
from dashboard.pages import pages
from dashboard.server import make_server

SIZE = re.compile(r"([1-9]\d{2,3})x([1-9]\d{2,3})")
# Every chart is drawn. A function, as words would be compiled anew at each look, which the page's own policy forbids.
DRAWN = """() => document.querySelector("h1")
  && [...document.querySelectorAll(".chart")].every(chart => chart.querySelector(".main-svg"))"""


def pictures(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="The folder to write to; a file ending in .png takes one page alone.")],
    page: Annotated[str, typer.Option(help="Only this page, such as /costs or /costs?site=croydon.")] = "",
    size: Annotated[str, typer.Option(help="How large the window is.")] = "1280x720",
    whole: Annotated[bool, typer.Option("--whole", help="The whole page, not what the window shows of it.")] = False,
    audience: Annotated[str, typer.Option(help="Whose numbers: central, forum or a site.")] = "central",
    data: Annotated[Path | None, typer.Option(help="The folder that holds editions/", show_default=False)] = None,
) -> None:
    """Takes a picture of every page, or of one."""
    measures = SIZE.fullmatch(size)
    if not measures:
        raise stop(f"The size is width by height, such as 1280x720, and not {size!r}.", 2)
    alone = out.suffix == ".png"
    if alone and not page:
        raise stop(f"{out} is one picture: say of which page, such as --page /costs, or name a folder.", 2)
    folder = data or context.obj or Path("data")
    try:
        asked = {page: named(page)} if page else every_page(folder, audience)
        files = {address: out if alone else out / f"{name}.png" for address, name in asked.items()}
        for path in take(folder, audience, files, (int(measures[1]), int(measures[2])), whole=whole):
            typer.echo(f"Wrote {path}.")
    except (NoEdition, NoChromium) as problem:
        raise stop(str(problem), 1) from None
    except OSError as problem:
        raise stop(f"The picture cannot be written: {problem.strerror or problem}", 74) from None


def every_page(data: Path, audience: str) -> dict[str, str]:
    """The address of every page, and the name of its picture; of a page for each site, the first one's."""
    sites = Editions(data, audience).get().sites
    listed = [page for page in pages() if not page.unlisted]
    return {f"{p.path}/{sites[0].name}" if p.takes_more and sites else p.path: named(p.path) for p in listed}


def named(address: str) -> str:
    """An address as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "overview"


def take(
    data: Path, audience: str, asked: dict[str, Path], size: tuple[int, int], *, whole: bool = False
) -> Iterator[Path]:
    """Takes a picture of each address into its file, and yields the file. Raises NoChromium and OSError."""
    for path in asked.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    with served(data, audience) as address, chromium() as browser:
        window = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        for page, path in asked.items():
            window.goto(f"{address}{page}", wait_until="networkidle")
            window.wait_for_function(DRAWN)
            window.screenshot(path=path, full_page=whole)
            yield path


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Writes nothing."""


@contextmanager
def served(data: Path, audience: str) -> Iterator[str]:
    """The dashboard as an audience sees it, for a moment and for whoever is on this machine; gives its address."""
    application = make_server(data, audience)

    def from_inside(environment: dict[str, Any], start: Any) -> Any:
        return application({**environment, **FROM_INSIDE}, start)

    listener = make_listener("127.0.0.1", 0, from_inside, threaded=True, request_handler=_Quiet)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}"
    finally:
        listener.shutdown()
