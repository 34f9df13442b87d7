"""A number's own page, by its code: the same as the panel beside a page says, at full width, to send and to print."""

from html import escape

from dashboard.data.address import make
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import Content, Page
from dashboard.elements.widgets import Paper
from dashboard.provenance import codes, story
from dashboard.welsh.language import language_of
from etl.definitions.messages import _, say
from etl.provenance import WrongCode, address_in, editions_of, read_code, tell
from etl.provenance.story import Story

ASKED = _("Every number has a code: panels, downloads and packs print it.")
GONE = _(
    "No edition that you may open has a number with this code. Its edition may no longer be kept, or be another "
    "audience’s."
)
NONE = _("The edition has no number with this code. Look at the code again.")
FORM = """<form action="{path}" method="get" class="find-code"><label for="code">{label}</label>
<input id="code" name="code" value="{typed}" autocomplete="off" spellcheck="false" size="14" maxlength="20">
<button type="submit" class="button filled">{find}</button></form>"""


def build(view: View) -> Content:
    """The number that the code in the address names, or a sentence that says why there is none."""
    typed = codes.typed(view.address)
    if not typed:
        return asking(view, _("Which number do you look for?"), ASKED, "")
    try:
        code = read_code(typed)
    except WrongCode as problem:
        return asking(view, _("This is no code of a number"), problem.args[0], typed)
    found = editions_of(code, view.editions)
    if view.edition.name not in found or (len(found) > 1 and not view.address.get("edition")):
        return elsewhere(view, code, found)
    number_story = tell(view.edition, address_in(code, view.edition))
    return (
        page(view, number_story) if number_story is not None else asking(view, _("There is no such number"), NONE, code)
    )


def asking(view: View, headline: str, note: str, typed: str) -> Content:
    """A form to type a code in, under what there is to say."""
    label, find = (escape(say(text, language_of(view.address))) for text in (_("Code of a number"), _("Find")))
    return Content(headline, note, [Paper(FORM.format(path=codes.PATH, typed=escape(typed), label=label, find=find))])


def elsewhere(view: View, code: str, editions: list[str]) -> Content:
    """The editions of which a code may be: another than the one asked for, or, by chance, two."""
    if not editions:
        return asking(view, _("There is no such number"), GONE, code)
    links = [
        html.Li(html.A(_("Edition {day}", day=name), href=make(f"{codes.PATH}/{code}", {"edition": name}).href))
        for name in editions
    ]
    alone = len(editions) == 1
    note = _("This code is of another edition.") if alone else _("By chance this code is of two editions.")
    return Content(_("In which edition?"), note, [html.Ul(links, className="editions-of")])


def page(view: View, number_story: Story) -> Content:
    """The number and all that is told of it."""
    head = html.Div(
        [
            html.P(story.shown(number_story), className="panel-number"),
            story.code_line(view, number_story),
            html.Div(story.acts(view, number_story), className="number-acts"),
        ],
        className="number-head",
    )
    body = [part for part in story.told(view, number_story, story.on_page(view)) if part is not None]
    return Content(number_story.sentence, "", [html.Div([head, *body], className="number-page")])


PAGE = Page(codes.PATH, _("Number"), 11, _("Where does this number come from?"), build, takes_more=True, unlisted=True)
