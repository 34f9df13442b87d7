"""What is shown of a return that is tried or loaded: the form, the result and the plain page, which need no script."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from dashboard import theme
from dashboard.elements import icons
from dashboard.elements.widgets import Tree
from etl.definitions.settings import RETURN_BYTES

FORMATS = ".xlsx,.ods,.csv"
LONGEST_NOTE = 200
SWITCHED_OFF = (
    "Loading from this page is switched off. Whoever runs the dashboard can switch it on: start it with --loading."
)

_FORM = """<form class="give" method="post" action="/returns/try" enctype="multipart/form-data" data-most="{{ most }}">
<input type="hidden" name="csrf" value="{{ csrf }}">
<div class="drop">
<label for="return-file">Choose a return, or drop it here</label>
<input type="file" id="return-file" name="file" accept="{{ formats }}" aria-describedby="return-hint">
<p class="hint" id="return-hint">A workbook (.xlsx), an OpenDocument sheet (.ods) or a .csv file of at most
{{ most // 10**6 }} MB. It is read and checked as a load does it; nothing of it is kept.</p>
</div>
<div class="give-acts">
<button class="button filled" type="submit" name="answer" value="page">Check it</button>
<button class="button" type="submit" name="answer" value="workbook">Download it with its cells marked</button>
</div>
{% if role == "central" %}
{% if loading %}
<fieldset class="give-load"><legend>Or load it</legend>
<p class="hint">It is stored as received now, replaces what the site sent for its months before, and counts from the
next edition on.</p>
<p class="tick"><input type="checkbox" id="return-sure" name="sure" value="yes">
<label for="return-sure">Yes, a site has sent this return: store it</label></p>
<button class="button" type="submit" formaction="/returns/load">Load it</button>
</fieldset>
{% else %}
<p class="hint">{{ switched_off }}</p>
{% endif %}
{% elif site %}
<p class="hint">Only the returns of {{ site }} can be tried here. Whether one repeats another site’s numbers is looked
at when it is loaded.</p>
{% endif %}
</form>"""

_RESULT = """<section class="given" id="result" tabindex="-1" aria-labelledby="result-headline">
{% if result %}
<h2 id="result-headline"><span class="status {{ result.tone }}">{{ icon(result.icon) }}</span>
{{ result.headline }}</h2>
{% for line in result.lines %}<p>{{ line }}</p>{% endfor %}
{% if result.rows %}
<div class="table-frame" tabindex="0" role="region" aria-label="What to mend in this file">
<table class="table wide mend"><caption class="heard">What to mend</caption>
<thead><tr><th scope="col">Where</th><th scope="col">What is wrong</th><th scope="col">What it says</th>
<th scope="col">What to do</th></tr></thead>
<tbody>{% for row in result.rows %}
<tr><th scope="row"><span class="place">{{ row.place }}</span></th>
<td><span class="status {{ row.tone }}">{{ icon(row.icon, 14) }}{{ row.kind }}</span>
{% if row.cause %}<span class="told">Likely cause: {{ row.cause }}</span>{% endif %}</td>
<td>{{ row.message }}</td><td>{{ row.fix }}</td></tr>
{% endfor %}</tbody></table></div>
{% endif %}
{% if result.publish %}
<form class="give publish" method="post" action="/returns/publish" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="{{ csrf }}">
<p><label for="edition-note">Why a new edition is made (shown with it; name nobody)</label>
<input type="text" id="edition-note" name="note" maxlength="{{ longest }}" autocomplete="off"></p>
<div class="give-acts"><button class="button filled" type="submit">Publish a new edition</button></div>
<p class="hint">The pages show what was loaded once an edition is made of it.</p>
</form>
{% endif %}
{% endif %}
</section>"""

_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ result.headline if result else "Try a return" }} – Drive</title>
<link rel="icon" href="/_favicon.ico">
<link rel="stylesheet" href="/assets/house.css">
<link rel="stylesheet" href="/assets/receiving.css">
<style>{{ tokens }}</style>
<script src="/assets/receiving.js" defer></script>
</head>
<body>
<a href="#main" class="skip">Skip to the page</a>
<header><div class="inside"><a href="/" class="wordmark"><span class="ring"></span>Drive</a>
<nav aria-label="Pages"><ul>{% for page in pages %}
<li><a href="{{ page.path }}"{% if page.path == "/returns" %} aria-current="true"{% endif %}>
<span data-text="{{ page.name }}">{{ page.name }}</span></a></li>
{% endfor %}</ul></nav></div></header>
<main id="main" tabindex="-1">
<div class="page-head"><p class="question">What is wrong with it?</p><h1>Try a return before sending it</h1>
<p class="note">Each cell that needs mending is named, with its likely cause.
<a href="/returns">Back to all returns</a></p>
</div>
{{ shown_result }}
<section class="card spaced" aria-labelledby="give-headline">
<div class="card-head"><h2 id="give-headline">{{ "Try another file, or the same one mended" if result else "A file" }}
</h2></div>
{{ form }}
</section>
</main>
</body>
</html>"""


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


def write_form(giver: Giver, csrf: str = "") -> Markup:
    """The form. Without a token, the page's script fills in the one that it knows."""
    return _write(_FORM, **_told(giver), csrf=csrf, most=RETURN_BYTES, formats=FORMATS, switched_off=SWITCHED_OFF)


def write_result(result: Result | None, csrf: str = "") -> Markup:
    """The result; an empty place for it where nothing was given yet."""
    return _write(_RESULT, result=result, csrf=csrf, longest=LONGEST_NOTE)


def write_page(result: Result | None, giver: Giver, pages: Sequence[Any], csrf: str = "") -> str:
    """The plain page."""
    return _write(
        _PAGE,
        result=result,
        pages=pages,
        tokens=Markup(theme.css_variables()),  # noqa: S704 -- our own
        shown_result=write_result(result, csrf) if result else "",
        form=write_form(giver, csrf),
    )


def _told(giver: Giver) -> dict[str, Any]:
    return {"role": giver.role, "site": giver.site, "loading": giver.loading}


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


_PAPER = Environment(autoescape=True, trim_blocks=True)
_PAPER.globals["icon"] = draw_icon


def _write(template: str, **told: Any) -> Markup:
    return Markup(_PAPER.from_string(template).render(**told))  # noqa: S704 -- escaped by its templates
