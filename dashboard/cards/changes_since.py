"""What moved since an earlier edition: the one that is chosen, the one before, or the one that a forum saw last."""

from datetime import date

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements.page import pick
from dashboard.elements.widgets import Picker
from etl.definitions.messages import Capital, Name, Plain, Text, _, ngettext
from etl.definitions.periods import write_date
from etl.definitions.writing import count, listed

MOST_LINES = 5
AUDIENCES = {"central": _("the central team"), "forum": _("the strategic forum")}


def earlier(view: View) -> dict[str, str]:
    """The editions that this one is compared with, the newest first, each with its day in words."""
    return {
        row.edition_id: write_date(row.known_at.date())
        for row in view.edition.rows("earlier_editions", order="known_at desc, edition_id desc")
    }


def chosen(view: View) -> str:
    """The edition that the address names, else the one before."""
    asked = view.address.get("since")
    return asked if asked in earlier(view) else before(view)


def before(view: View) -> str:
    """The newest earlier edition of this audience; none where there is none. Old editions only say the one before."""
    named = "" if view.edition.has("earlier_editions") else view.edition.about.get("previous_id") or ""
    return next(iter(earlier(view)), named)


def moved_since(view: View, since: str) -> list[Row]:
    """What moved since an edition at the chosen sites, what would have changed a verdict first."""
    here = {site.name for site in view.sites} | {"", "all"}
    rows = view.edition.rows("changes", order="position")
    return [row for row in rows if row.site in here and row.get("since", since) == since]


def why_none(view: View, since: str) -> Text:
    """Why no change is shown: none to compare with, some that this audience may not see, or none at all."""
    found = {row.edition_id: row for row in view.edition.rows("earlier_editions")}
    if since not in found:
        audience = view.edition.about.get("audience", "central")
        whom = AUDIENCES.get(audience) or Name(view.label(audience))
        return _("Nothing to compare with yet. This is the first edition published for {audience}.", audience=whom)
    if withheld := found[since].get("withheld"):
        one, many = (
            "{number} changed number is not shown to this audience.",
            "{number} changed numbers are not shown to this audience.",
        )
        return ngettext(one, many, withheld, number=Capital(count(withheld)))
    if not view.all_sites:
        sites = listed([site.label for site in view.sites])
        return _("Nothing changed in {sites} since {day}.", sites=sites, day=day_words(view, since))
    return _("Nothing changed since {day}.", day=day_words(view, since))


def day_words(view: View, edition: str) -> str:
    """The day up to which an earlier edition knew; from its name where this one is not compared with it."""
    try:
        return earlier(view).get(edition) or write_date(date.fromisoformat(edition[:10]))
    except ValueError:
        return Plain(edition)


def pick_since(view: View) -> list[Picker]:
    """The choice of an edition to compare with; none where there is no choice."""
    known = earlier(view)
    usual = next(iter(known), "")
    options = [("" if name == usual else name, words) for name, words in known.items()]
    now = chosen(view)
    return [pick(_("Changes since"), "since", options, "" if now == usual else now)] if len(known) > 1 else []
