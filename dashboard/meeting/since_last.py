"""Since a forum last met: what has moved, what it decided then, and what followed."""

from collections.abc import Sequence

from dashboard.cards import changes_since
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.meeting.slides import Grid, Slide, Words
from dashboard.meeting.sources import MOST_LINES, coded, place, sources
from etl.definitions.periods import month_after, write_date, write_month
from etl.definitions.writing import HIDDEN, count, counted, first_upper

MOST_DECISIONS = 4
STATES = {"late": ("not_met", "Late"), "open": ("unknown", "Open"), "done": ("met", "Done")}


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
    return f"{row.label}, {write_date(row.day)}" if row.state == "next" else str(row.label)


def changed(view: View) -> Slide | None:
    """What moved since the edition that the forum saw last, what would have changed a verdict first."""
    met = None if view.address.get("since") else last_met(view)
    edition = met.edition if met is not None else changes_since.chosen(view)
    if not edition:
        return None
    rows = changes_since.moved_since(view, edition)
    when = f"you met on {write_date(met.day)}" if met is not None else "the last edition"
    if view.address.get("since"):
        when = f"the edition of {changes_since.day_words(view, edition)}"
    moved = len({row.site for row in rows if (row.verdict_effect or "").startswith("Verdict")})
    verdicts = first_upper(counted(moved, "verdict has", "verdicts have")) if moved else "No verdict has"
    more = f"; {counted(len(rows) - MOST_LINES, 'lesser move')} not shown" if len(rows) > MOST_LINES else ""
    body = tuple(change(view, row) for row in rows[:MOST_LINES])
    nothing = (Words("Programme", place=place(view, "all")), Words("Nothing that is shown here"), Words(""))
    said = "; ".join(f"{line[0].text}: {line[1].text}, {line[2].text}" for line in body) or "Nothing has moved"
    effects = (
        f"{place(view, row.site or 'all').label}: {row.what}: {row.effect}, {row.verdict_effect}" for row in rows
    )
    return Slide(
        "changed",
        "What has moved since you met?" if met is not None else "What has moved?",
        f"{verdicts} changed since {when}",
        f"Against the edition of {changes_since.day_words(view, edition)}; what bears on a verdict first{more}",
        Grid("changes", (Words("Site"), Words("What"), Words("Effect")), body or (nothing,)),
        said,
        notes=(*effects, sources(view)),
    )


def change(view: View, row: Row) -> tuple[Words, Words, Words]:
    """A line of what moved."""
    who = place(view, row.site or "all")
    return Words(who.label, place=who), Words(row.what), Words((row.verdict_effect or "").replace("Verdict: ", ""))


def agreed(view: View) -> Slide | None:
    """What the forum decided when it last met, and what followed: what is late first."""
    met = last_met(view)
    if met is None:
        return None
    rows = view.edition.rows("decisions", "meeting = ?", (met.meeting,), "due, decision")
    rows = tuple(sorted(rows, key=lambda row: list(STATES).index(row.state)))
    if not rows:
        return None
    heads = ("State", "Decided", "Owner", "Due", "What followed")
    shown = rows[:MOST_DECISIONS]
    body = tuple(decision(view, row) for row in shown)
    more = len(rows) - len(shown)
    told = [f"Decided on {write_date(met.day)}"]
    told += [] if met.edition else ["what moved since is not known: the edition seen then is not kept"]
    told += ["made up for the sample"] if met.made_up or any(row.made_up for row in rows) else []
    numbers = [number_of(view, row) for row in shown if figures(view, row)]
    return Slide(
        "agreed",
        "What became of what you decided?",
        outcome(rows),
        "; ".join(told),
        Grid("decisions", tuple(map(Words, heads)), body, f"and {more} more" if more else ""),
        "; ".join(", ".join(cell.text for cell in line) for line in body),
        notes=(*(noted(view, row) for row in rows), sources(view)),
        codes=coded(view, numbers),
    )


def outcome(rows: Sequence[Row]) -> str:
    """How many decisions are done, and how many are late."""
    states = [row.state for row in rows]
    done, late, of = states.count("done"), states.count("late"), len(rows)
    if done == of:
        whole = {1: "The one decision is done", 2: "Both decisions are done"}
        return whole.get(of, f"All {count(of)} decisions are done")
    if done:
        are = "is" if done == 1 else "are"
        said = f"{first_upper(count(done))} of {count(of)} decisions {are} done"
    else:
        none = {1: "The one decision is not done yet", 2: "Neither decision is done yet"}
        said = none.get(of, f"None of {count(of)} decisions is done yet")
    return f"{said}; {count(late)} {'is' if late == 1 else 'are'} late" if late else said


def decision(view: View, row: Row) -> tuple[Words, ...]:
    """A line of what was decided."""
    level, state = STATES[row.state]
    followed = ". ".join(part for part in (row.followed, figures(view, row)) if part)
    return (
        Words(state, level),
        Words(row.words),
        Words(row.owner),
        Words(write_date(row.due)),
        Words(followed or "Nothing is recorded yet"),
    )


def figures(view: View, row: Row) -> str:
    """The measure in the year that the meeting saw and in the year to now, if both may be shown."""
    if not row.then_shown or row.now_ends is None or HIDDEN in (row.then_shown, row.now_shown):
        return ""
    return f"{view.measure_label(row.measure)}: {row.then_shown}\u00a0→\u00a0{row.now_shown}"


def number_of(view: View, row: Row) -> tuple[str, str]:
    """The name and the address of what the decision's measure is now."""
    site = row.site or "all"
    address = f"{site}|rolling_year|{month_after(row.now_ends, -11)}|{row.measure}"
    return f"{view.label(site)}, {view.measure_label(row.measure)}", address


def noted(view: View, row: Row) -> str:
    """A decision with what the speaker needs besides: whose site, when it was done, the years, the source."""
    said = f"{view.label(row.site or 'all')}: {row.words}. {row.owner}, due {write_date(row.due)}"
    said += f", done {write_date(row.done)}" if row.done else ""
    if figures(view, row):
        said += f". {figures(view, row)}, years to {write_month(row.then_ends)} and {write_month(row.now_ends)}"
    return f"{said}. {'Made up for the sample' if row.made_up else row.source}."
