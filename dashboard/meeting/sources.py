"""What all slides share: how a site is named, who is left out, what a measure means, sources and codes."""

from collections.abc import Iterable

from dashboard.data.view import View
from dashboard.meeting.slides import Place
from etl.definitions.messages import Name, Plain, _
from etl.definitions.periods import write_month
from etl.provenance.address import NumberAddress
from etl.provenance.code import code_of

MOST_SITES, MOST_LINES = 5, 5


def place(view: View, site: str, *, short: bool = False) -> Place:
    """A site or the programme."""
    entry = next((entry for entry in view.edition.sites if entry.name == site), None)
    label = Name(entry.short if short else entry.label) if entry else _("Programme")
    return Place(label, view.mark(site))


def sites_shown(view: View) -> list[str]:
    """The sites that a slide has room for."""
    return [site.name for site in view.sites[:MOST_SITES]]


def left_out(view: View) -> str:
    """Who is not shown for want of room."""
    more = len(view.sites) - MOST_SITES
    return _("and {number} more sites, on the page", number=more) if more > 0 else ""


def define(view: View, *measures: str) -> tuple[str, ...]:
    """What measures mean, for the speaker."""
    known = [view.edition.measures[name] for name in measures if name in view.edition.measures]
    # What a measure means is in English only, and so is what is said with it.
    return tuple(Plain(f"{row.label}: {row.meaning}. Made as: {row.formula}.") for row in known)


def sources(view: View) -> str:
    """Where the numbers are from."""
    month = view.edition.data_month
    return _(
        "Source: monthly returns to {month}, edition {edition}.",
        month=write_month(month) if month else _("no month"),
        edition=Plain(view.edition.name),
    )


def coded(view: View, numbers: Iterable[tuple[str, NumberAddress]]) -> tuple[tuple[str, str], ...]:
    """Numbers by name and address, each with its code instead; those without one are left out."""
    found = ((name, code_of(view.edition, str(address))) for name, address in numbers)
    return tuple((name, Plain(code)) for name, code in found if code)
