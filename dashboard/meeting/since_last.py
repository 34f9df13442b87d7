"""Since a forum last met: what has moved, what it decided then, and what followed."""

from collections.abc import Sequence

from dashboard.cards import changes_since
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.meeting.slides import Grid, Slide, Words
from dashboard.meeting.sources import MOST_LINES, coded, place, sources
from dashboard.wording import meetings as wording
from etl.definitions.messages import Name, Number, Text, _, joined
from etl.definitions.periods import month_after, write_date, write_month
from etl.definitions.writing import ARROW, HIDDEN
from etl.provenance.address import NumberAddress

MOST_DECISIONS = 4
STATES = {"late": ("not_met", _("Late")), "open": ("unknown", _("Open")), "done": ("met", _("Done"))}


def meetings_of(view: View) -> tuple[Row, ...]:
    """The meetings of one forum by day: of the one that the address names, else of the one that meets next."""
    rows = view.edition.rows("meetings", order="day, meeting")
    asked = view.address.get("forum")
    named = [row.forum for row in rows if asked in (row.forum, row.audience)]
    usual = [] if asked else [row.forum for row in rows if row.state == "next"] or [row.forum for row in rows[-1:]]
    forum = next(iter(named or usual), "")
    return tuple(row for row in rows if row.forum == forum)


def last_met(view: View) -> Row | None:
    """The last meeting before this edition."""
    return next((row for row in reversed(meetings_of(view)) if row.state == "held"), None)


def meets_next(view: View) -> Row | None:
    """The meeting that this edition is for."""
    return next((row for row in meetings_of(view) if row.state == "next"), None)


def meeting_words(view: View) -> str:
    """The meeting by name and day; nothing where no forum is known."""
    row = meets_next(view) or last_met(view)
    if row is None:
        return ""
    return joined(", ", [row.label, write_date(row.day)]) if row.state == "next" else row.label


def changed(view: View) -> Slide | None:
    """What moved since the edition that the forum saw last, what would have changed a verdict first."""
    met = None if view.address.get("since") else last_met(view)
    edition = met.edition if met is not None else changes_since.chosen(view)
    if not edition:
        return None
    rows = changes_since.moved_since(view, edition)
    when = _("you met on {day}", day=write_date(met.day)) if met is not None else _("the last edition")
    if view.address.get("since"):
        when = _("the edition of {day}", day=changes_since.day_words(view, edition))
    body = tuple(change(view, row) for row in rows[:MOST_LINES])
    nothing = (Words(_("Programme"), place=place(view, "all")), Words(changes_since.why_none(view, edition)), Words(""))
    effects = (
        joined(": ", [place(view, row.site or "all").label, row.what, joined(", ", [row.effect, row.verdict_effect])])
        for row in rows
    )
    return Slide(
        "changed",
        _("What has moved since you met?") if met is not None else _("What has moved?"),
        wording.changed(len({row.site for row in rows if row.get("moved")}), when),
        wording.compared_with(changes_since.day_words(view, edition), max(len(rows) - MOST_LINES, 0)),
        Grid("changes", (Words(_("Site")), Words(_("What")), Words(_("Effect"))), body or (nothing,)),
        in_words(body) or changes_since.why_none(view, edition),
        notes=(*effects, sources(view)),
    )


def in_words(body: Sequence[Sequence[Words]]) -> Text:
    """Lines of a table as a sentence: the first cell, then the others."""
    return joined("; ", [joined(": ", [line[0].text, joined(", ", [one.whole for one in line[1:]])]) for line in body])


def change(view: View, row: Row) -> tuple[Words, Words, Words]:
    """A line of what moved."""
    who = place(view, row.site or "all")
    if not row.get("is_now"):
        return Words(who.label, place=who), Words(row.what), Words(row.verdict_effect or "")
    return Words(who.label, place=who), Words(row.what), Words(joined("", [row.was, ARROW]), now=row.is_now)


def agreed(view: View) -> Slide | None:
    """What the forum decided when it last met, and what followed: what is late first."""
    met = last_met(view)
    if met is None:
        return None
    rows = view.edition.rows("decisions", "meeting = ?", (met.meeting,), "due, decision")
    rows = tuple(sorted(rows, key=lambda row: list(STATES).index(row.state)))
    if not rows:
        return None
    heads = (_("State"), _("Decided"), _("Owner"), _("Due"), _("What followed"))
    shown = rows[:MOST_DECISIONS]
    body = tuple(decision(view, row) for row in shown)
    more = len(rows) - len(shown)
    clauses = [_("Decided on {day}", day=write_date(met.day))]
    clauses += [] if met.edition else [_("what moved since is not known: the edition seen then is not kept")]
    clauses += [_("made up for the sample")] if met.made_up or any(row.made_up for row in rows) else []
    numbers = [number_of(view, row) for row in shown if any(figures(view, row))]
    return Slide(
        "agreed",
        _("What became of what you decided?"),
        wording.outcome([row.state for row in rows]),
        joined("; ", clauses),
        Grid("decisions", tuple(map(Words, heads)), body, _("and {number} more", number=more) if more else ""),
        joined("; ", [joined(", ", [cell.whole for cell in line]) for line in body]),
        notes=(*(noted(view, row) for row in rows), sources(view)),
        codes=coded(view, numbers),
    )


def decision(view: View, row: Row) -> tuple[Words, ...]:
    """A line of what was decided."""
    level, state = STATES[row.state]
    before, now = figures(view, row)
    followed = joined(". ", [part for part in (row.followed, before) if part])
    return (
        Words(state, level),
        Words(row.words),
        Words(row.owner),
        Words(write_date(row.due)),
        Words(followed or _("Nothing is recorded yet"), now=now),
    )


def figures(view: View, row: Row) -> tuple[str, str]:
    """The measure in the year that the meeting saw, and in the year to now, if both may be shown."""
    if not row.then_shown or row.now_ends is None or HIDDEN in (row.then_shown, row.now_shown):
        return "", ""
    label = view.measure_label(row.measure)
    then = joined("", [Number(row.then_shown), ARROW.replace(" ", "\u00a0")])
    return joined(": ", [label, then]), Number(row.now_shown, str(number_of(view, row)[1]), label)


def number_of(view: View, row: Row) -> tuple[str, NumberAddress]:
    """The name and the address of what the decision's measure is now."""
    site = row.site or "all"
    address = NumberAddress(site, "rolling_year", str(month_after(row.now_ends, -11)), row.measure)
    return joined(", ", [Name(view.label(site)), view.measure_label(row.measure)]), address


def noted(view: View, row: Row) -> str:
    """A decision with what the speaker needs besides: whose site, when it was done, the years, the source."""
    due = _("{owner}, due {day}", owner=row.owner, day=write_date(row.due))
    due = _("{due}, done {day}", due=due, day=write_date(row.done)) if row.done else due
    sentences = [joined(": ", [Name(view.label(row.site or "all")), row.words]), due]
    if any(both := figures(view, row)):
        ends = {"first": write_month(row.then_ends), "last": write_month(row.now_ends)}
        sentences.append(_("{figures}, years to {first} and {last}", figures=joined("", both), **ends))
    return joined("", [joined(". ", [*sentences, _("Made up for the sample") if row.made_up else row.source]), "."])
