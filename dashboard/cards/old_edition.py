"""An earlier edition: that it is not the current one, and what has changed since, as the current one says."""

from datetime import datetime
from typing import Any

from dashboard.data.edition import Edition, Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import site_name
from dashboard.elements.tables import Column, state, table
from etl.definitions.messages import Plain, Unlinked, _
from etl.definitions.periods import write_date, write_month
from etl.definitions.writing import spaced, write

Component = Any
MOST_ROWS = 24


def notice(view: View, current: str) -> Component:
    """What stands above a page of an earlier edition, with the way to the current one; else nothing."""
    if view.is_current:
        return None
    words = _("This is the edition of {day}, not the current one.", day=write_date(view.edition.made.date()))
    current_one = html.A(_("Show the current edition"), href=current)
    said = html.P([words, " ", current_one], className="notice", role="status")
    return html.Div([said, since_then(view)], className="earlier")


def since_then(view: View) -> Component:
    """What the current edition knows that this one did not; nothing where the reader has no current one."""
    now = view.current
    if now is None or now.made <= view.edition.made:
        return None
    parts = [moved(view, now), arrived(view, now), restated(view, now)]
    shown = [part for part in parts if part is not None] or [html.P(_("Nothing has changed"), className="nothing")]
    head = _("What changed since the edition of {day}", day=write_date(view.edition.made.date()))
    return html.Details([html.Summary(head), *shown], className="since-then")


def moved(view: View, now: Edition) -> Component:
    """Verdicts and criteria that moved, and why."""
    rows = [row for row in now.rows("changes", order="position") if row.get("since") == view.edition.name]
    body = [
        [
            site_name(view, row.site or "all"),
            *(Unlinked(row[name] or "") for name in ("what", "effect", "verdict_effect")),
        ]
        for row in rows
    ]
    columns = [Column(_("Site")), Column(_("What")), Column(_("Effect")), Column(_("Verdict"))]
    return table(columns, body[:MOST_ROWS], _("What changed"), class_name="wide") if body else None


def arrived(view: View, now: Edition) -> Component:
    """Returns that came in since then for months that were due then."""
    given = (view.edition.made, view.edition.data_month)
    rows = now.rows("calendar", "received > ? and month <= ?", given, "received, site, month")
    body = [
        [site_name(view, row.site), write_month(row.month), write_date(row.received.date()), _lateness(row)]
        for row in rows[:MOST_ROWS]
    ]
    columns = [Column(_("Site")), Column(_("Month")), Column(_("Received")), Column(_("State"))]
    return table(columns, body, _("Returns received"), class_name="wide") if body else None


def _lateness(row: Row) -> Component:
    return state(_("late")) if row.state == "late" else spaced(row.state)


def restated(view: View, now: Edition) -> Component:
    """Numbers of a return that a later one changed: old, new, and by which."""
    rows = now.rows("revisions", "changed > ?", (view.edition.made,), "changed desc, site, month, measure")
    body = [
        [
            site_name(view, row.site),
            write_month(row.month),
            view.measure_label(row.measure),
            _written(view, row.measure, row.old),
            _written(view, row.measure, row.new),
            _by_what(now, row),
        ]
        for row in rows[:MOST_ROWS]
    ]
    columns = [Column(_("Site")), Column(_("Month")), Column(_("Number"))]
    columns += [Column(_("Was"), True), Column(_("Is"), True), Column(_("Return"))]
    return table(columns, body, _("Revisions"), class_name="wide") if body else None


def _written(view: View, measure: str, value: float | None) -> Component:
    about = view.edition.measures.get(measure)
    return write(value, about.unit) if value is not None and about is not None else state(_("not known"))


def _by_what(now: Edition, row: Row) -> str:
    changed: datetime = row.changed
    return next(
        (
            _("{file}, received {day}", file=Plain(one.file), day=write_date(one.received.date()))
            for one in now.rows("returns", "return_id = ?", (row.return_id,))
        ),
        write_date(changed.date()),
    )
