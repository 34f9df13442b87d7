"""What is shown of a return that is tried or loaded: the form, the result and the plain page, which need no script."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from dashboard import theme
from dashboard.elements import icons
from dashboard.elements.widgets import Tree
from etl.definitions.messages import ENGLISH, Language, _, say
from etl.definitions.settings import RETURN_BYTES

FORMATS = ".xlsx,.ods,.csv"
LONGEST_NOTE = 200
SWITCHED_OFF = _(
    "Loading from this page is switched off. Whoever runs the dashboard can switch it on: start it with --loading."
)


@dataclass(frozen=True)
class Line:
    """A thing to mend: where, what kind, and in which words."""

    place: str
    kind: str
    message: str
    fix: str
    cause: str = ""
    tone: str = "partly"
    icon: str = "query"


@dataclass(frozen=True)
class Result:
    """What came of a file: a headline with an icon, sentences, and a table of what to mend."""

    headline: str
    lines: Sequence[str] = ()
    rows: Sequence[Line] = field(default_factory=tuple)
    tone: str = "not-met"
    icon: str = "warning"
    publish: bool = False


@dataclass(frozen=True)
class Giver:
    """Who gives a return: their role, their site's label if they have but one, and whether loading is on."""

    role: str
    site: str = ""
    loading: bool = False


def write_form(giver: Giver, csrf: str = "", language: Language = ENGLISH) -> Markup:
    """The form. Without a token, the page's script fills in the one that it knows."""
    about = {"most": RETURN_BYTES, "formats": FORMATS, "switched_off": SWITCHED_OFF}
    return _write("form", language, role=giver.role, site=giver.site, loading=giver.loading, csrf=csrf, **about)


def write_result(result: Result | None, csrf: str = "") -> Markup:
    """The result; an empty place for it where nothing was given yet."""
    return _write("result", ENGLISH, result=result, csrf=csrf, longest=LONGEST_NOTE)


def write_page(result: Result | None, giver: Giver, pages: Sequence[Any], csrf: str = "") -> str:
    """The plain page, which is in English."""
    return _write(
        "page",
        ENGLISH,
        result=result,
        pages=pages,
        tokens=Markup(theme.css_variables()),  # noqa: S704 -- our own
        shown_result=write_result(result, csrf) if result else "",
        form=write_form(giver, csrf),
    )


def draw_icon(name: str, size: int = 18) -> Markup:
    """An icon of the pages as it stands in plain HTML."""
    tree = [
        "svg",
        {"viewBox": "0 0 16 16", "width": size, "height": size, "class": "icon", "aria-hidden": "true"},
        *icons.ICONS[name],
    ]
    return _element(tree)


def _element(tree: Tree) -> Markup:
    if isinstance(tree, str):
        return Markup("{}").format(tree)
    tag, attributes, *inside = tree
    said = Markup("").join(Markup(' {}="{}"').format(_plain(key), value) for key, value in attributes.items())
    return Markup("<{}{}>{}</{}>").format(tag, said, Markup("").join(map(_element, inside)), tag)


def _plain(name: str) -> str:
    """An attribute as HTML writes it: React's `strokeWidth` is `stroke-width`."""
    if name == "viewBox":
        return name
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


@cache
def _templates(language: type[Language]) -> Environment:
    """The templates in a language."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    known = language()
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: known.message(text) or text, lambda one, many, n: known.plural(one, many, n) or one, newstyle=True
    )
    templates.globals.update(icon=draw_icon, say=lambda text: say(text, known))
    return templates


def _write(template: str, language: Language, **about: Any) -> Markup:
    return Markup(_templates(type(language)).get_template(f"{template}.html").render(**about))  # noqa: S704 -- escaped
