"""Where a number comes from: a panel beside the page, down to the returns, sheets and cells."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import quote

from dash import html

from dashboard import marks, words
from dashboard.edition import Row
from dashboard.lineage import is_planned, last_known, leaves, months_of, operands
from dashboard.page import View, site_name
from dashboard.tables import Column, hidden, number, state, table
from etl.definitions.measure import Unit, write, write_pence
from etl.definitions.periods import months_between, write_date, write_month, write_period

Component = Any
MOST_ROWS = 24


def build(view: View) -> Component:
    """The panel for the number that the address names; nothing for a name that names none."""
    parts = view.address.get("number").split("|")
    if len(parts) != 4:
        return None
    site, kind, place, what = parts
    make = KINDS.get(kind, result)
    found = make(view, site, kind, place, what)
    if found is None:
        found = ("Not known", "", [html.P("The edition has no such number.")])
    return frame(view, *found)


Found = tuple[Component, Component, list[Component]]


def frame(view: View, shown: Component, sentence: Component, body: list[Component]) -> Component:
    """The panel: title, number, what it is, how it came about, and its foot."""
    closed = view.address.with_(number="").href
    is_receipt = "|receipt|" in view.address.get("number")
    title = "Receipt of a return" if is_receipt else "Where this number comes from"
    close = html.A(
        marks.icon("cross", 16), href=closed, className="close", **{"aria-label": f"Close: {words.lower_first(title)}"}
    )
    dialog = html.Div(
        [
            html.Div(
                [html.H2(title, id="panel-title", className="question"), close],
                className="panel-head",
            ),
            html.P(shown, className="panel-number"),
            html.P(sentence, className="panel-sentence"),
            *body,
            html.Div(
                [
                    html.Button("Copy link", className="button filled copy", type="button"),
                    *[part for part in (download(view),) if part is not None],
                    html.Span(f"Edition {write_date(view.edition.made.date())}", className="muted small pushed"),
                ],
                className="panel-foot",
            ),
        ],
        className="panel",
        role="dialog",
        **{"aria-modal": "true", "aria-labelledby": "panel-title", "data-panel": view.address.get("number")},
    )
    return html.Div([html.Div(className="shade"), dialog])


def day(text: str) -> date | None:
    """A day as an address has it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def row_of(view: View) -> Row | None:
    """The row of `results` that the address names, if it names one."""
    site, period, starts, measure = (view.address.get("number").split("|") + [""] * 4)[:4]
    first = day(starts)
    return view.edition.result(site, measure, period, first) if first else None


def result(view: View, site: str, period: str, starts: str, measure: str) -> Found | None:
    """A number of `results`."""
    row = row_of(view)
    if row is None:
        return None
    shown: Component = hidden() if row.shown == "[c]" else row.shown if row.value is not None else state("not known")
    sentence = html.Span(
        [
            marks.site_mark(view.mark(site)),
            html.Strong(view.label(site)),
            f": {words.lower_first(view.measure_label(measure))}, {span(row.starts, row.ends)}",
        ]
    )
    if row.shown == "[c]":
        return (
            shown,
            sentence,
            [html.P("It is a small number, or could be worked back to one, so this edition hides it.")],
        )
    body = [formula(view, row), chance(row), gap(row)]
    if is_planned(measure):
        body.append(plan(view, row))
    elif site == "all":
        body.append(by_site(view, row))
    else:
        body += [by_month(view, row), queried(view, row)]
    body.append(meaning(view, measure))
    return shown, sentence, [part for part in body if part is not None]


def span(starts: date, ends: date) -> str:
    """Months in words: December 2018 to November 2019."""
    if starts == ends:
        return write_month(starts, long=True)
    return f"{write_month(starts, long=True)} to {write_month(ends, long=True)}"


def exact(row: Row | None, unit: str) -> str:
    """A number in full: money with its pence."""
    if row is None or row.value is None:
        return "[c]" if row is not None and row.shown == "[c]" else "not known"
    return write_pence(row.value) if unit in ("gbp", "gbp_each") else str(row.shown)


def unit(view: View, measure: str) -> Unit:
    """A measure's unit; a plain number's where the edition does not know the measure."""
    about = view.edition.measures.get(measure)
    return cast(Unit, about.unit) if about is not None else "count"


def formula(view: View, row: Row) -> Component:
    """The strip: numerator ÷ denominator = result; or what is added up."""
    parts = operands(row.measure)
    if len(parts) == 1:
        about = view.edition.measures.get(row.measure)
        said = about.formula if about is not None and about.kind != "Reported" else ""
        return html.P(f"Made as: {said}", className="formula-words") if said and said != "as reported" else None
    cells: list[Component] = []
    for sign, measure in zip(("", "÷"), parts, strict=True):
        value = view.edition.result(row.site, measure, row.period, row.starts)
        cells += [html.Span(sign, className="sign")] if sign else []
        cells.append(
            html.Div([html.Small(view.measure_label(measure)), html.Strong(exact(value, unit(view, measure)))])
        )
    cells.append(html.Span("=", className="sign"))
    cells.append(html.Div([html.Small("Result"), html.Strong(exact(row, unit(view, row.measure)))]))
    return html.Div(cells, className="formula")


def chance(row: Row) -> Component:
    """What chance alone would do."""
    if row.low is None or row.high is None or row.value is None:
        return None
    money = row.measure.startswith("cost_per")
    share = 0 <= row.value <= 1 and row.high <= 1
    low, high = (
        (words.percent(row.low), words.percent(row.high))
        if share
        else tuple(words.interval(row, money=money).split(" to "))
    )
    return html.P(
        ["Chance alone would move it between ", html.Strong(low), " and ", html.Strong(high), " (95% interval)."],
        className="chance",
    )


def gap(row: Row) -> Component:
    """Why there is no number, or that the period has not ended."""
    if row.value is None:
        return html.P(f"No sum over a gap. {row.why or ''}".strip(), className="chance")
    return None if row.complete else html.P("The period has not ended: this is the number to date.", className="chance")


def plan(view: View, row: Row) -> Component:
    """The plan that says the number."""
    rows = [p for p in view.edition.rows("plans", order="site, starts") if row.site in ("all", p.site)]
    body = [
        [
            site_name(view, p.site, short=True),
            span(p.starts, p.ends),
            "Made up for the sample" if p.made_up else p.source,
        ]
        for p in rows
    ]
    return section("Plan", table([Column("Site"), Column("Months"), Column("Source")], body, "Plans"))


def section(head: str, *body: Component) -> Component:
    """A part of the panel under a heading of its own."""
    return html.Section([html.H3(head), *body])


def by_site(view: View, row: Row) -> Component:
    """The programme's number by site: each opens its own panel."""
    parts = operands(row.measure)
    body = []
    for site in view.edition.sites:
        values = [
            view.edition.result(site.name, m, row.period, row.starts)
            for m in (*parts, row.measure)[: len(parts) + (len(parts) > 1)]
        ]
        body.append([site_name(view, site.name), *(number(view, value) for value in values)])
    heads = [Column("Site"), *(Column(view.measure_label(m), True) for m in parts)]
    if len(parts) > 1:
        heads.append(Column("Result", True))
    return section("Sites", table(heads, body, "The number by site", class_name="wide"))


def cells_of(view: View, row: Row) -> dict[date, dict[str, list[Row]]]:
    """The cells behind a site's number, by month and operand."""
    ends = last_known(view, row.ends)
    found: dict[date, dict[str, list[Row]]] = {}
    for operand in operands(row.measure):
        wanted = leaves(view, operand)
        for month in months_of(operand, row.starts, ends):
            rows = view.edition.rows("cells", "site = ? and month = ?", (row.site, month), "sheet, cell")
            found.setdefault(month, {})[operand] = [cell for cell in rows if cell.measure in wanted]
    return found


def by_month(view: View, row: Row) -> Component:
    """Months, returns, and the cells of each operand."""
    parts = operands(row.measure)
    found = cells_of(view, row)
    returns = {entry.return_id: entry for entry in view.edition.rows("returns")}
    body = []
    for month in sorted(found):
        cells = [cell for group in found[month].values() for cell in group]
        sources = sorted({cell.return_id for cell in cells if cell.return_id})
        named = [returns[name] for name in sources if name in returns]
        head = html.Span(
            [
                write_month(month),
                *(html.Small(f"{entry.file}, received {write_date(entry.received.date())}") for entry in named[:2]),
                *([] if named else [html.Small("no return")]),
            ]
        )
        line: list[Component] = [head]
        for part in parts:
            value = view.edition.result(row.site, part, "month", month)
            group = found[month].get(part)
            line.append(operand_cell(view, value, part, group) if group is not None else "")
        body.append(line)
    heads = [Column("Return"), *(Column(view.measure_label(part), True) for part in parts)]
    if len(body) > 1:
        total = [
            html.Span([f"{len(body)} months"]),
            *(exact(view.edition.result(row.site, part, row.period, row.starts), unit(view, part)) for part in parts),
        ]
        body.append(total)
    return section(
        "Returns, sheets and cells", table(heads, body, "Returns, sheets and cells", class_name="provenance")
    )


def operand_cell(view: View, value: Row | None, measure: str, cells: Sequence[Row]) -> Component:
    """A month's number with the sheet and cells that it was typed in."""
    by_sheet: dict[str, list[str]] = {}
    for cell in cells:
        by_sheet.setdefault(cell.sheet or "", []).append(cell.cell or "")
    places = [html.Small([html.Code(f"{sheet} "), html.Code(", ".join(names))]) for sheet, names in by_sheet.items()]
    odd = sorted({cell.state for cell in cells if cell.state not in ("reported", None)})
    said = [html.Small(", ".join(odd).replace("_", " "), className="muted")] if odd else []
    return html.Span([html.Span(exact(value, unit(view, measure))), *said, *places])


def queried(view: View, row: Row) -> Component:
    """Open queries and revisions among the cells."""
    months = set(cells_of(view, row))
    wanted = set(leaves(view, row.measure))
    hits = [
        q for q in view.edition.rows("queries", "site = ?", (row.site,)) if q.month in months and q.measure in wanted
    ]
    changed = [
        r for r in view.edition.rows("revisions", "site = ?", (row.site,)) if r.month in months and r.measure in wanted
    ]
    lines = [html.Li([marks.icon("query", 14), f"{write_month(q.month)}: {q.message}"]) for q in hits]
    lines += [
        html.Li(
            [
                marks.icon("revised", 14),
                f"{write_month(r.month)}: {view.measure_label(r.measure)}, changed {write_date(r.changed.date())}",
            ]
        )
        for r in changed
    ]
    if not lines:
        lines = [html.Li([marks.icon("met", 14), "No open query in these cells. None was revised."], className="met")]
    return section("Queried or revised", html.Ul(lines[:12], className="queried"))


def meaning(view: View, measure: str) -> Component:
    """What the measure means, and where all measures stand."""
    about = view.edition.measures.get(measure)
    if about is None:
        return None
    link = html.A(measure, href=view.address.keep("/methods", "edition").href + f"#{measure}")
    return section("Definition", html.P([f"{about.meaning}. ", link]))


def download(view: View) -> Component:
    """The cells as CSV, where the number has any."""
    row = row_of(view)
    if row is None or row.site == "all" or (row.value is None and row.shown == "[c]") or is_planned(row.measure):
        return None
    cells = [c for by in cells_of(view, row).values() for group in by.values() for c in group]
    if not cells:
        return None
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("site", "month", "measure", "value", "state", "return", "sheet", "cell"))
    for c in cells:
        writer.writerow([safe(v) for v in (c.site, c.month, c.measure, c.value, c.state, c.return_id, c.sheet, c.cell)])
    name = f"{row.site}-{row.measure}-{row.starts}-cells.csv".replace("|", "-")
    label = words.counted_figure(len(cells), "cell") + " as CSV"
    return html.A(label, href=f"data:text/csv;charset=utf-8,{quote(out.getvalue())}", download=name, className="button")


def safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made harmless."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def cover(view: View, site: str, kind: str, place: str, what: str) -> Found | None:
    """Months of cover: secured money of the year over planned cost."""
    rows = [row for row in view.edition.rows("cover", "site = ?", (site,)) if str(row.year) == place]
    if not rows or rows[0].months is None:
        return None
    row = rows[0]
    strip = html.Div(
        [
            html.Div([html.Small("12 × secured"), html.Strong(words.pounds(row.secured))]),
            html.Span("÷", className="sign"),
            html.Div([html.Small("Planned cost"), html.Strong(words.pounds(row.planned))]),
            html.Span("=", className="sign"),
            html.Div([html.Small("Months"), html.Strong(f"{row.months:.1f}")]),
        ],
        className="formula",
    )
    name = write_period("year", row.year)
    sentence = html.Span(
        [
            marks.site_mark(view.mark(site)),
            html.Strong(view.label(site)),
            f": months of {name} that secured money covers",
        ]
    )
    deals = [d for d in view.edition.rows("agreements", order="site, starts") if site in ("all", d.site)]
    deals = [d for d in deals if d.form == "cash" and (d.ends is None or d.ends >= row.year)]
    body = [
        strip,
        section("Agreements", agreements_table(view, deals))
        if deals
        else html.P("No agreement is known for that year."),
        html.P("Only approved money counts as secured. Money matched to other money falls with it."),
    ]
    return f"{row.months:.1f} months", sentence, body


def agreements_table(view: View, deals: Sequence[Row]) -> Component:
    """Agreements with their status and source."""
    body = [
        [
            html.Span([site_name(view, d.site, short=True)]),
            d.funder_label,
            words.pounds(d.amount) if d.amount is not None else state("not stated"),
            (d.status or "").replace("_", " "),
            "Made up for the sample" if d.made_up else d.source,
        ]
        for d in deals
    ]
    heads = [Column("Site"), Column("Funder"), Column("Amount", True), Column("Status"), Column("Source")]
    return table(heads, body, "Agreements", class_name="wide")


def agreement(view: View, site: str, kind: str, place: str, what: str) -> Found | None:
    """One agreement."""
    rows = view.edition.rows("agreements", "agreement = ?", (place,))
    if not rows:
        return None
    row = rows[0]
    facts = [
        ("Status", (row.status or "").replace("_", " ")),
        ("Time", f"{write_date(row.starts)} to {write_date(row.ends)}" if row.starts and row.ends else "open"),
        ("Form", (row.form or "").replace("_", " ")),
        ("Conditions", row.conditions or "none known"),
        ("Known since", write_date(row.known_from) if row.known_from else "not known"),
        ("Source", "Made up for the sample" if row.made_up else row.source),
    ]
    sentence = html.Span([marks.site_mark(view.mark(site)), html.Strong(view.label(site)), f": {row.funder_label}"])
    shown = words.pounds(row.amount) if row.amount is not None else state("not stated")
    return shown, sentence, [facts_list(facts)]


def facts_list(facts: Sequence[tuple[str, Component]]) -> Component:
    """Names and what they say."""
    return html.Dl([part for name, said in facts for part in (html.Dt(name), html.Dd(said))], className="facts")


def readiness(view: View, site: str, kind: str, place: str, what: str) -> Found | None:
    """The evidence behind a criterion."""
    rows = view.edition.rows("readiness", "site = ? and criterion = ?", (site, place))
    if not rows:
        return None
    row = rows[0]
    facts = [
        ("Level", (row.level or "").replace("_", " ")),
        ("Evidence", row.evidence or "none known"),
        ("Dated", write_date(row.evidence_date) if row.evidence_date else "not known"),
        ("Older than a year", "yes" if row.stale else "no"),
        ("Source", "Made up for the sample" if row.made_up else row.source or "not stated"),
    ]
    sentence = html.Span([marks.site_mark(view.mark(site)), html.Strong(view.label(site)), f": {place}"])
    return row.words, sentence, [facts_list(facts)]


def returns(view: View, site: str, kind: str, place: str, what: str) -> Found | None:
    """The returns that are counted, one a row."""
    first = day(place)
    if first is None:
        return None
    where = "month >= ? and state not in ('not_due', 'due')"
    rows = [r for r in view.edition.rows("calendar", where, (first,), "site, month") if site in ("all", r.site)]
    if what == "received":
        rows = [r for r in rows if months_between(first, r.month) < 12]
    counted = [r for r in rows if r.state == "on_time" or (what == "received" and r.state == "late")]
    body = [
        [
            site_name(view, r.site, short=True),
            write_month(r.month),
            r.state.replace("_", " "),
            write_date(r.received.date()) if r.received else "",
        ]
        for r in rows[: 4 * MOST_ROWS]
    ]
    heads = [Column("Site"), Column("Month"), Column("State"), Column("Received", True)]
    said = "received" if what == "received" else "on time"
    sentence = html.Span(
        [marks.site_mark(view.mark(site)), html.Strong(view.label(site)), f": returns {said}, of {len(rows)} due"]
    )
    return str(len(counted)), sentence, [section("Returns", table(heads, body, "Returns"))]


def receipt(view: View, site: str, kind: str, place: str, what: str) -> Found | None:
    """One return: when it came, its versions, what was queried and what was changed."""
    month = day(place)
    if month is None:
        return None
    rows = view.edition.rows("calendar", "site = ? and month = ?", (site, month))
    if not rows:
        return None
    row = rows[0]
    files = view.edition.rows("returns", "site = ? and month = ?", (site, month), "received")
    asked = view.edition.rows("queries", "site = ? and month = ?", (site, month))
    last = next((f for f in reversed(files) if f.return_id == row.return_id), files[-1] if files else None)
    facts = [
        ("Verdict", words.first_upper((last.verdict or "").replace("_", " ")) if last is not None else "No return"),
        ("Due", write_date(row.due) if row.due else "not due"),
        ("Received", f"{row.received:%H:%M} on {write_date(row.received.date())}" if row.received else "not received"),
        ("Days late", str(row.days_late or 0)),
        ("File", row.file or "none"),
        ("SHA-256", html.Code(last.sha256 or "not shown", className="hash") if last is not None else "none"),
        ("Versions", str(row.versions or 0)),
        ("Found", words.first_upper(words.counted(len(asked), "query", "queries")) if asked else found_words(last)),
        ("Next", next_words(row, [q for q in asked if q.get("state") not in ("answered", "dispensed")])),
    ]
    body = [facts_list(facts)]
    if asked:
        lines = [html.Li([marks.icon("query", 14), html.Span([html.Code(place_of(q)), *said_of(q)])]) for q in asked]
        body.append(section("Queries", html.Ul(lines, className="queried")))
    if len(files) > 1:
        given = [[f.file, write_date(f.received.date()), (f.verdict or "").replace("_", " ")] for f in files]
        body.append(
            section("Every file given", table([Column("File"), Column("Received"), Column("Verdict")], given, "Files"))
        )
    changed = view.edition.rows("revisions", "site = ? and month = ?", (site, month), "measure")
    if changed:
        given = [
            [
                view.measure_label(r.measure),
                write(r.old, unit(view, r.measure)),
                write(r.new, unit(view, r.measure)),
                write_date(r.changed.date()),
            ]
            for r in changed
        ]
        heads = [Column("Number"), Column("Was", True), Column("Is", True), Column("Since", True)]
        body.append(section("Changed by a later return", table(heads, given, "Revisions")))
    sentence = html.Span(
        [
            marks.site_mark(view.mark(site)),
            html.Strong(view.label(site)),
            f": return for {write_month(month, long=True)}",
        ]
    )
    return words.first_upper(row.state.replace("_", " ")), sentence, body


def place_of(query: Row) -> str:
    """A query's sheet and cell."""
    return f"{query.sheet}!{query.cell}" if query.sheet and query.cell else query.cell or query.sheet or "Whole file"


def said_of(query: Row) -> list[Component]:
    """What a query says, what to do, and what became of it so far."""
    known = "Known and explained: " if query.get("state") == "dispensed" else ""
    life = [html.Small(f"{known}{query.words}")] if query.get("words") else []
    return [f" {query.message or ''} {query.fix or ''}", *life]


def found_words(last: Row | None) -> str:
    """What was found in a return that nothing is asked about."""
    if last is None:
        return "nothing, for no return has come"
    return "the file was refused" if last.verdict == "rejected" else "no problem"


def next_words(row: Row, asked: Sequence[Row]) -> str:
    """What to do next about a month's return."""
    if row.state in ("missing", "due"):
        return "Send the return."
    if row.state == "rejected":
        return "Mend the file and send it again."
    return "Answer the queries, or send a corrected return." if asked else "Nothing."


KINDS: dict[str, Callable[[View, str, str, str, str], Found | None]] = {
    "cover": cover,
    "agreement": agreement,
    "readiness": readiness,
    "returns": returns,
    "receipt": receipt,
}
