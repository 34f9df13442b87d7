"""Returns: what came in, month by month, and what is wrong with it."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from flask import current_app, has_app_context

from dashboard.cards.changes_since import before, moved_since
from dashboard.data.edition import Row
from dashboard.data.to_fix import EXPLAINED, MOST_MONTHS, NO_RETURN, are_not_shown, place_of, to_fix
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page, card, nothing, pick, pick_sites, site_name
from dashboard.elements.tables import Column, Part, Table, heard, link, state, table
from dashboard.elements.widgets import Paper, Picker
from dashboard.provenance import links
from dashboard.upload.form import Giver, write_form
from dashboard.welsh.language import language_of
from dashboard.wording import returns as wording
from etl.definitions.checks import CHECKS
from etl.definitions.messages import Capital, Count, Month, Name, Number, Plain, Small, Text, _, joined, ngettext
from etl.definitions.periods import write_date, write_financial_year, write_month, write_months
from etl.definitions.writing import figures, first_upper, spaced, write
from etl.provenance.address import NumberAddress
from etl.provenance.code import COUNTED

Component = Any
MOST_THINGS = 40
# A state of a return as its icon and its name, quiet ones first.
STATES = {
    "on_time": ("tick", _("On time")),
    "late": ("clock", _("Late")),
    "missing": ("cross", _("Missing")),
    "rejected": ("warning", _("Rejected")),
    "revised": ("revised", _("Revised")),
    "query": ("tick", _("With a query")),
    "not_due": ("dash", _("Not due")),
    "due": ("dash", _("Due, not in yet")),
}
# What became of a query that nobody has to mend any more.
PAST = {"mended": _("Mended"), "closed": _("Closed")}
TONES = {"missing": "not-met", "rejected": "not-met", "late": "partly", "query": "partly", "revised": "revised"}


def build(view: View) -> Content:
    """The page."""
    here = [site.name for site in view.sites]
    calendar = [row for row in view.edition.rows("calendar", order="month") if row.site in here]
    if not calendar:
        return Content(_("No return is due yet"), "", [nothing(_("The edition has no calendar."))], [pick_sites(view)])
    months = months_shown(view, calendar)
    shown = [row for row in calendar if row.month in months]
    state = state_wanted(view)
    chosen = [row for row in shown if not state or state in kinds(row)]
    things = to_fix(view.edition, chosen)
    explained = told(view, "queries", chosen, EXPLAINED)
    past = told(view, "past_queries", chosen, PAST)
    not_shown = are_not_shown(view.edition, chosen)
    missing = sum(thing.code == NO_RETURN for thing in things)
    holding = sum(bool(thing.holds_verdict) for thing in things)
    found = wording.things_to_mend(missing, len(things) - missing, holding, not_shown)
    first, last = write_month(months[0], long=True), write_month(months[-1], long=True)
    who = (
        Name(view.sites[0].label)
        if len(here) == 1
        else ngettext("{number} site", "{number} sites", len(here), number=Count(len(here)))
    )
    return Content(
        wording.of_state(len(chosen), STATES[state][1], found if things else "") if state else found,
        _(
            "Monthly returns due from {sites}, {month} to {last_month}, as received by {day}.",
            sites=who,
            month=first,
            last_month=last,
            day=write_date(view.edition.made.date()),
        ),
        [
            calendar_card(view, months, shown, chosen),
            mend_card(view, things, not_shown),
            reminder_card(view),
            told_card(view, "explained", wording.explained(len(explained)), explained, EXPLAINED),
            told_card(view, "past", wording.mended(past), past, PAST),
            revisions_card(view),
            quality_card(view),
            try_card(view),
        ],
        controls=[pick_sites(view), pick_months(view, calendar), pick_state(view), *to_try(view)],
    )


def months_shown(view: View, calendar: list[Row]) -> list[date]:
    """The months of the calendar: from and to as the address says, and never more than two years."""
    months = sorted({row.month for row in calendar})
    start, end = view.address.get("from"), view.address.get("to")
    chosen = [m for m in months if (not start or m.isoformat()[:7] >= start) and (not end or m.isoformat()[:7] <= end)]
    return (chosen or months)[-MOST_MONTHS:]


def pick_months(view: View, calendar: list[Row]) -> Component:
    """The choice of months: all, or a financial year."""
    months = sorted({row.month for row in calendar})
    options: list[tuple[str, str]] = [("from=&to=", write_months(months[-MOST_MONTHS:][0], months[-1]))]
    for year in sorted({month.year if month.month > 3 else month.year - 1 for month in months}, reverse=True):
        options.append((f"from={year}-04&to={year + 1}-03", write_financial_year(date(year, 4, 1))))
    return Picker(_("Months"), options, f"from={view.address.get('from')}&to={view.address.get('to')}")


def pick_state(view: View) -> Component:
    """The choice of a state; the others then fade."""
    options = [("", _("Any")), *((key, text) for key, (_, text) in STATES.items() if key not in ("not_due", "due"))]
    return pick(_("State"), "state", options, view.address.get("state"))


def state_wanted(view: View) -> str:
    """The state that is chosen; none where any will do."""
    wanted = view.address.get("state")
    return wanted if wanted in STATES else ""


def kinds(row: Row) -> list[str]:
    """All that a cell of the calendar is: how it came, and whether it was revised or has a query."""
    found = [row.state]
    if (row.versions or 0) > 1:
        found.append("revised")
    if row.queries:
        found.append("query")
    return found


def calendar_card(view: View, months: list[date], rows: list[Row], chosen: list[Row]) -> Component:
    """A cell a site and month. Exceptions have an edge, an icon and a word; what is in order is quiet.

    Where a state is chosen the numbers count those in it.
    """
    cells = {(row.site, row.month): row for row in rows}
    due = [row for row in rows if row.state not in ("not_due", "due")]
    came = [row for row in due if row.state in ("on_time", "late")]
    on_time = [row for row in came if row.state == "on_time"]
    wanted = state_wanted(view)
    counted = STATES[wanted or "on_time"][1]
    years = [(year, len(list(group))) for year, group in groupby(months, key=lambda month: month.year)]
    head = [
        html.Tr(
            [
                html.Td(rowSpan=2),
                *(html.Th(str(year), colSpan=span, scope="colgroup", className="year") for year, span in years),
                html.Th(counted, rowSpan=2, scope="col", className="right"),
            ]
        ),
        html.Tr([html.Th(Month(m, "abbreviated"), scope="col", className=year_start(m, months)) for m in months]),
    ]
    body = []
    for site in view.sites:
        mine = [cells.get((site.name, month)) for month in months]
        mine_due = [row for row in mine if row is not None and row.state not in ("not_due", "due")]
        line: list[Component] = [html.Th(site_name(view, site.name), scope="row")]
        line += [
            html.Td(cell(view, site.label, row, month), className=year_start(month, months))
            for row, month in zip(mine, months, strict=True)
        ]
        number = sum((wanted or "on_time") in kinds(row) for row in mine_due)
        here = links.returns(view, site.name, months[0], wanted or "on_time", number, bold=True)
        total = [here, " ", _("of"), " ", links.returns(view, site.name, months[0], "due", len(mine_due))]
        body.append(html.Tr([*line, html.Td(total, className="right muted")], **{"data-row": site.name}))
    caption = _("Returns by site and month")
    grid = html.Table(
        [html.Caption(caption, className="heard"), html.Thead(head), html.Tbody(body)], className="calendar"
    )
    framed = html.Div(grid, className="table-frame", tabIndex=0, role="region",
                      **{"aria-label": _("Calendar of returns")})  # fmt: skip
    heads = ("", *(joined(" ", [str(month.year), Month(month, "abbreviated")]) for month in months), counted)
    lines = tuple(tuple(html.children(line)) for line in body)
    numbers = {"came": came, "due": due, "on_time": on_time, **({wanted: chosen} if wanted else {})}
    said = {name: returns_number(view, months, name, len(these)) for name, these in numbers.items()}
    return card(
        wording.in_state(said[wanted], said["due"], counted)
        if wanted
        else wording.received(said["came"], said["due"], said["on_time"]),
        _("A return is due on the 10th working day after its month"),
        html.carrying(framed, Table(caption, heads, lines)),
        key_of(view, months, rows, chosen),
        name="calendar",
        class_name="subtitle-right",
    )


def day_of_month(day: date) -> Text:
    """A day without its year: 28 Nov."""
    return joined(" ", [str(day.day), Month(day, "abbreviated")])


def year_start(month: date, months: list[date]) -> str:
    """The class of a cell that begins a year, unless it is the first one."""
    return "gap" if month.month == 1 and month != months[0] else ""


def cell(view: View, label: str, row: Row | None, month: date) -> Component:
    """A return's cell, as a link to its receipt where there is one."""
    if row is None:
        return html.Span(className="day not-due")
    found = kinds(row)
    wanted = state_wanted(view)
    tone = next((k for k in ("rejected", "missing", "late", "revised", "query") if k in found), row.state)
    faded = " faded" if wanted and wanted not in found else ""
    icon = STATES.get(tone, STATES["on_time"])[0]
    text = {
        "late": day_of_month(row.received.date()) if row.received else _("late"),
        "missing": _("missing"),
        "rejected": _("rejected"),
        "revised": Plain(f"v{row.versions}"),
        "query": _("query"),
    }.get(tone, "")
    inside = [icons.icon(icon, 16 if text else 13), html.Span(text) if text else None]
    classes = f"day {tone.replace('_', '-')} {TONES.get(tone, '')}{faded}".strip()
    states = joined(", ", [Small(STATES[kind][1]) for kind in found if kind in STATES])
    name = _("{site}, {month}: {states}", site=Name(label), month=write_month(month), states=states)
    if row.state in ("not_due", "due"):
        return html.Span([*inside, heard(name)], className=classes)
    key = str(NumberAddress(row.site, "receipt", str(month), "return"))
    href = view.address.with_(number=key).href
    drawn = html.A(inside, href=href, className=classes, **{"data-number": key, "aria-label": name})
    return html.carrying(drawn, Part(text or states))


def returns_number(view: View, months: list[date], which: str, number: int) -> Number:
    """A number of returns of the sites shown, with its address where it has one: of one site or of all, up to now."""
    to_date = not view.address.get("to") or months[-1] == max(row.month for row in view.edition.rows("calendar"))
    if not to_date or not (view.all_sites or len(view.sites) == 1):
        return Number(str(number))
    return links.returns_number(view, "all" if view.all_sites else view.sites[0].name, months[0], which, number)


def key_of(view: View, months: list[date], rows: list[Row], chosen: list[Row]) -> Component:
    """What the cells mean and how many there are of each among those chosen, also of those that there are none of."""
    found = [kind for row in chosen for kind in kinds(row)]
    wanted = state_wanted(view)
    shown = [name for name in STATES if name != "due" or any(row.state == "due" for row in rows)]
    items = [
        html.Li(
            [
                html.Span(
                    icons.icon(STATES[name][0], 13),
                    className=f"day {name.replace('_', '-')} {TONES.get(name, '')}".strip(),
                ),
                STATES[name][1],
                " ",
                html.Strong(
                    returns_number(view, months, name, found.count(name))
                    if name in COUNTED and wanted in ("", name)
                    else str(found.count(name))
                ),
            ]
        )
        for name in shown
    ]
    return html.Ul(items, className="calendar-key")


def told(view: View, name: str, calendar: list[Row], states: Mapping[str, str]) -> list[Row]:
    """The queries of some states, of the months that are shown."""
    asked = {(row.site, row.month) for row in calendar}
    rows = view.edition.rows(name, order="month desc, site")
    return [row for row in rows if (row.site, row.month) in asked and row.get("state") in states]


def where(view: View, row: Row) -> Component:
    """A query's sheet and cell, as a link to the receipt of its return."""
    return links.receipt(view, row, place_of(row))


def kind_of(row: Row) -> Component:
    """What is wrong, in a word and with an icon, and whether readiness waits for it."""
    gone = row.code == NO_RETURN
    label = _("No return") if gone else CHECKS[row.code].label if row.code in CHECKS else sentence_of(row.code)
    said = html.Span([icons.icon("cross" if gone else "query", 14), label], className=status_class(gone))
    return [said, html.Span(_("Readiness waits for it"), className="told")] if row.holds_verdict else said


def status_class(gone: bool) -> str:
    """The look of what is wrong: a return that is not there weighs more than a number in question."""
    return f"status {'not-met' if gone else 'partly'}"


def sentence_of(code: str | None) -> str:
    """A code of another version of the definitions, as words."""
    return first_upper(spaced(code))


def since(row: Row) -> Component:
    """Since when something stands open, and who has to do something."""
    raised = row.get("raised")
    days = ngettext("{number} day", "{number} days", row.days_open) if row.days_open is not None else _("not known")
    day = html.Span(_("since {day}", day=write_date(raised.date())), className="told whole") if raised else None
    return html.Span([html.Span(days, className="whole"), day])


def shown_of(number: int) -> str:
    """How many things of how many are shown, where that is not all."""
    return _("{number} of {total} shown", number=MOST_THINGS, total=number) if number > MOST_THINGS else ""


def mend_card(view: View, things: list[Row], not_shown: bool) -> Component:
    """The list of what to mend: whose it is, since when, and what to do."""
    body = [
        [
            site_name(view, row.site),
            write_month(row.month),
            kind_of(row),
            where(view, row),
            row.message or "",
            row.fix or "",
            row.get("owner") or _("The site"),
            since(row),
        ]
        for row in things[:MOST_THINGS]
    ]
    headline = wording.mend(len(things), sum(bool(row.holds_verdict) for row in things), not_shown)
    columns = [
        Column(_("Site")),
        Column(_("Month"), class_name="whole"),
        Column(_("What is wrong")),
        Column(_("Where")),
        Column(_("What it says")),
        Column(_("What to do")),
        Column(_("Whose turn"), class_name="whole"),
        Column(_("Open for"), True),
    ]
    more = shown_of(len(things))
    exhibit = (
        table(columns, body, _("Things to mend"), class_name="mend wide")
        if body
        else nothing(wording.nothing_to_mend(not_shown))
    )
    return card(headline, "", exhibit, name="mend", source=more, class_name="spaced")


def told_card(view: View, name: str, headline: str, rows: list[Row], states: Mapping[str, str]) -> Component:
    """Queries that need no mending now, each with why: answered, explained, mended or closed."""
    if not rows:
        return None
    body = [
        [
            site_name(view, row.site),
            write_month(row.month),
            html.Span([icons.icon("tick", 14), states[row.state]], className="status"),
            where(view, row),
            row.message or "",
            row.get("words") or "",
        ]
        for row in rows[:MOST_THINGS]
    ]
    columns = [
        Column(_("Site")),
        Column(_("Month"), class_name="whole"),
        Column(_("State")),
        Column(_("Where")),
        Column(_("What was asked")),
        Column(_("What became of it")),
    ]
    more = shown_of(len(rows))
    shown = table(columns, body, headline, class_name="mend wide")
    return card(headline, "", shown, name=name, source=more, class_name="spaced")


def reminder_card(view: View) -> Component:
    """The text of a reminder for each site with something overdue, ready to copy; for the central team only."""
    here = {site.name for site in view.sites}
    rows = [row for row in view.edition.rows("reminders") if row.site in here and row.get("words")]
    if not rows or view.edition.audience != "central":
        return None
    body = [reminder(view, row) for row in rows]
    headline = Capital(
        ngettext(
            "{number} reminder ready to send", "{number} reminders ready to send", len(rows), number=Count(len(rows))
        )
    )
    return card(headline, "", *body, name="reminders", class_name="spaced")


def reminder(view: View, row: Row) -> Component:
    """One reminder, and a button that copies its text."""
    name = f"reminder-{row.site}"
    copy = html.Button(_("Copy the text"), type="button", className="button copy-text", **{"data-copies": name})
    text = html.Pre(row.words, className="reminder", id=name)
    return html.Details([html.Summary(_("Reminder for {site}", site=Name(view.label(row.site)))), text, copy])


def to_try(view: View) -> list[Component]:
    """The way to the form, for those who may use it."""
    if view.edition.audience == "forum":
        return []
    return [html.A(_("Check a return"), href="#try", className="button filled")]


def try_card(view: View) -> Component:
    """The form in which a return is tried before it is sent; the page's script adds the token when it is sent."""
    audience = view.edition.audience
    if audience == "forum":
        return None
    role, site = ("central", "") if audience == "central" else ("lead", view.label(audience))
    may_load = current_app.config.get("MAY_LOAD") if has_app_context() else None
    giver = Giver(role, site, bool(may_load and may_load()))
    form = Paper(str(write_form(giver, language=language_of(view.address))))
    return html.Div(card(_("Try a return before sending it"), "", form, name="try", class_name="spaced"), id="try")


def revisions_card(view: View) -> Component:
    """Numbers that a later return changed; others than the central team do not see those of other sites."""
    here = {site.name for site in view.sites}
    others = here - {view.edition.audience} if view.edition.audience != "central" else set()
    again = sum((row.versions or 0) > 1 for row in view.edition.rows("calendar") if row.site in others)
    rows = [row for row in view.edition.rows("revisions", order="changed desc") if row.site in here]
    body = [
        [
            site_name(view, row.site),
            write_month(row.month),
            view.measure_label(row.measure),
            revised(view, row, row.old, row.old_state),
            revised(view, row, row.new, row.new_state),
            write_date(row.changed.date()),
            moved(view, row),
        ]
        for row in rows[:MOST_THINGS]
    ]
    columns = [
        Column(_("Site")),
        Column(_("Month")),
        Column(_("Number")),
        Column(_("Was"), True),
        Column(_("Is"), True),
        Column(_("Since"), True),
        Column(_("What moved with it")),
    ]
    if not body:
        return card(wording.no_revision(again), "", name="revisions", class_name="spaced")
    more: list[Text] = (
        [_("The newest {number} of {total}", number=MOST_THINGS, total=len(rows))] if len(rows) > MOST_THINGS else []
    )
    if again:
        more = [*more, wording.no_revision(again)]
    return card(
        wording.revised(len(rows)),
        "",
        table(columns, body, _("Revisions"), class_name="wide"),
        name="revisions",
        source=joined(". ", more),
        class_name="spaced",
    )


def moved(view: View, row: Row) -> Text:
    """The headline or verdict that moved when a number was changed, as far as the last edition shows it."""
    last, day = before(view), row.changed.date()
    if not last or day.isoformat() <= last[:10]:
        return _("Changed before the last edition")
    rows = [entry for entry in moved_since(view, last) if entry.site == row.site and entry.known == day]
    return joined("; ", [entry.verdict_effect or entry.effect or entry.what for entry in rows]) or _("No headline")


def revised(view: View, row: Row, value: float | None, said: str | None) -> Component:
    """A number as it was or is, as a link to the return that changed it; or its state."""
    about = view.edition.measures.get(row.measure)
    if value is None or about is None:
        return state(_(spaced(said or "missing")))
    name = joined(", ", [view.measure_label(row.measure), Name(view.label(row.site))])
    key = str(NumberAddress(row.site, "receipt", str(row.month), row.measure))
    return link(view, key, Number(write(value, about.unit), "", "", value), name)


def quality(view: View, row: Row) -> Component:
    """How many numbers of how many are as they should be."""
    key = str(NumberAddress(row.site, "quality", row.dimension, "value"))
    shown = _("{number} of {total}", number=figures(row.value), total=figures(row.of))
    name = joined(", ", [row.dimension, Name(view.label(row.site))])
    return html.Span(link(view, key, shown, name), title=row.words or "")


def quality_card(view: View) -> Component:
    """Six dimensions of data quality, apart and never averaged."""
    here = [site.name for site in view.sites]
    rows = [row for row in view.edition.rows("data_quality") if row.site in here]
    if not rows:
        return None
    dimensions = list(dict.fromkeys(row.dimension for row in rows))
    found = {(row.site, row.dimension): row for row in rows}
    columns = [Column(_("Site")), *(Column(first_upper(name), True) for name in dimensions)]
    body = [
        [
            site_name(view, site),
            *(
                quality(view, row)
                if (row := found.get((site, name))) is not None and row.value is not None and row.of is not None
                else state(_("not known"))
                for name in dimensions
            ),
        ]
        for site in here
    ]
    return card(
        _("Six dimensions of data quality, each by itself"),
        _("They are never averaged"),
        table(columns, body, _("Data quality"), class_name="wide"),
        name="quality",
        class_name="spaced",
    )


PAGE = Page("/returns", _("Returns"), 7, _("What came in, and what is wrong with it?"), build)
