"""The slides of a meeting, each made of what a page says: the same rows of the edition, the same headlines."""

from collections.abc import Callable, Mapping, Sequence

from dashboard.cards.criteria import CRITERIA
from dashboard.cards.funders import amounts_of
from dashboard.charts.money import LAYERS
from dashboard.charts.scale import ticks
from dashboard.data.comparisons import COST, asked, compared, of_a_year, of_sites, when
from dashboard.data.edition import Row, audience_words
from dashboard.data.view import View, period_words
from dashboard.elements.tables import VERDICT_LEVELS
from dashboard.meeting.since_last import agreed, changed, meeting_words, meets_next
from dashboard.meeting.slides import Deck, Grid, Judged, Layer, Point, Points, Slide, Steps, Verdicts, Words
from dashboard.meeting.sources import MOST_LINES, coded, define, left_out, place, sites_shown, sources
from dashboard.wording import findings, sentences
from etl.definitions.periods import write_date, write_month
from etl.definitions.readiness import LEVELS, VERDICTS
from etl.definitions.settings import FIRST_TIME_ONLY, NIL_POUNDS, SLIDES
from etl.definitions.writing import HIDDEN, counted, first_upper, listed, pounds, pounds_short, write_interval


def make_deck(view: View) -> Deck:
    """The slides that the address names, in its order; else those of the meeting, else the usual ones."""
    view = of_a_year(view)
    made = {name: MADE[name](view) for name in order_of(view)}
    month, meeting = view.edition.data_month, meeting_words(view)
    who = "all sites" if view.all_sites else listed([site.label for site in view.sites])
    return Deck(
        f"{meeting or 'Drive'}: caseload, cost and money",
        tuple(slide for slide in made.values() if slide is not None),
        write_month(month) if month else "no month",
        write_date(view.edition.made.date()),
        f"{first_upper(who)}, {period_words(view.period)}",
        audience_words(view.edition.audience),
        view.address.with_(edition=view.edition.name, number="").href,
        meeting,
        view.is_current,
    )


def order_of(view: View) -> list[str]:
    """The names of the slides, in order, each once."""
    following = meets_next(view)
    for order in (view.address.get("slides"), following.slides if following is not None else ""):
        known = [name for name in order.split(",") if name in MADE]
        if known:
            return list(dict.fromkeys(known))
    return [name for name in SLIDES if following is None or name not in FIRST_TIME_ONLY]


def verdict(view: View) -> Slide | None:
    """Whether each site is ready, why, and how many months are secured."""
    rows = {row.site: row for row in view.edition.rows("verdicts")}
    cover = {row.site: row for row in view.edition.rows("cover")}
    if not rows:
        return None
    labels = {site.name: site.label for site in view.sites}
    cliff = view.edition.rows("cliff", "site = 'all'")
    headline = sentences.readiness(tuple(rows.values()), labels, tuple(cover.values()), sentences.grant_end(cliff))
    judged = tuple(judge(view, site, rows.get(site), cover.get(site)) for site in sites_shown(view))
    year = sentences.year_of(tuple(cover.values()))
    said = "; ".join(f"{j.place.label}: {j.verdict}, {j.reason}" for j in judged)
    return Slide(
        "verdict",
        "Can Drive carry on without the Home Office grant?",
        headline,
        "",
        Verdicts(judged, f"Months secured, {year}" if year else "Months secured", left_out(view)),
        f"Verdict of each site. {said}",
        ask(view, cover.get("all"), tuple(rows.values())),
        (
            "Five criteria in words, no score; thresholds are proposals of the central team.",
            "Only approved money counts as secured. Months: 12 × secured ÷ planned cost of the year.",
            *(f"{labels.get(row.site, 'Programme')}: {row.change}" for row in rows.values() if row.change),
            sources(view),
        ),
        coded(
            view,
            (
                (view.label(site), f"{site}|cover|{cover[site].year}|months")
                for site in sites_shown(view)
                if site in cover
            ),
        ),
    )


def judge(view: View, site: str, row: Row | None, cover: Row | None) -> Judged:
    """A row of the verdict slide."""
    months = cover.months if cover is not None else None
    said = VERDICTS.get(row.verdict, row.words) if row is not None else "Not judged"
    level = VERDICT_LEVELS.get(row.verdict, "unknown") if row is not None else "unknown"
    shown = f"{months:.1f}" if months is not None else "not known"
    return Judged(place(view, site), level, said, row.reason if row is not None else "", months, shown)


def ask(view: View, cover: Row | None, verdicts: Sequence[Row]) -> tuple[str, str]:
    """What the forum is asked to decide: whose money is missing, and by when what cannot be judged can be."""
    parts = []
    if cover is not None and cover.gap and cover.gap > NIL_POUNDS and view.all_sites:
        parts.append(f"who finds the {pounds(cover.gap)} not yet secured for {sentences.year_of((cover,))}")
    open_ones = sum(row.verdict == "cannot_say" for row in verdicts if row.site in {s.name for s in view.sites})
    if open_ones:
        parts.append(f"by when the gaps in {counted(open_ones, 'site’s return', 'sites’ returns')} are filled")
    return ("We ask the forum", f" to agree {', and '.join(parts)}.") if parts else ("", "")


def new_cases(view: View) -> Slide | None:
    """New cases of each site against its plan; no slide where none is known or may be shown."""
    rows = compared(view, "new_cases")
    points = [point(view, site, rows.get(site), of_plan(rows.get(site))) for site in sites_shown(view)]
    if all(point.value is None for point in points):
        return None
    return dotted(
        "cases",
        "Does Drive reach as many people as planned?",
        findings.against_plan(of_sites(view, "new_cases")),
        f"New cases, {period_words(view.period)}; line: 95% interval; upright: plan; hollow: an earlier year",
        Points(tuple(points), *scale(points, lambda v: f"{v:,.0f}"), "of plan", "New cases", left_out(view)),
        (*define(view, "new_cases", "planned_new_cases"), "Interval: exact Poisson, 95%.", sources(view)),
        codes_of(view, rows),
    )


def of_plan(row: Row | None) -> str:
    """A count beside its plan."""
    if row is None or row.value is None or row.plan is None:
        return shown_of(row)
    return f"{row.shown} of {row.plan_shown}"


def shown_of(row: Row | None) -> str:
    """What may be printed of a number."""
    if row is None or (row.value is None and row.shown != HIDDEN):
        return "not known"
    return str(row.shown)


def cost(view: View) -> Slide | None:
    """Cost per new case of each site; no slide where none is known or may be shown."""
    rows = compared(view, COST)
    points = [
        point(view, site, row, write_interval(row.low, row.high, money=True) if row is not None else "")
        for site, row in ((site, rows.get(site)) for site in sites_shown(view))
    ]
    if all(point.value is None for point in points):
        return None
    labels = {site.name: site.label for site in view.sites}
    found = asked(view, "findings", "measure = ?", (COST,)) if view.all_sites else ()
    pairs = asked(view, "apart", "measure = ?", (COST,))
    return dotted(
        "cost",
        "What does one case cost?",
        findings.cost(found, pairs, rows, labels, "new case"),
        "Cash on the cost lines that all sites count, latest complete year; line: 95% interval",
        Points(tuple(points), *scale(points, pounds), "95% interval", "Cost per new case", left_out(view)),
        (*define(view, COST), "Interval from the number of cases (Poisson, 95%).", sources(view)),
        codes_of(view, rows),
    )


def codes_of(view: View, rows: Mapping[str, Row]) -> tuple[tuple[str, str], ...]:
    """The codes of compared numbers, by site."""
    known = [(site, rows[site]) for site in sites_shown(view) if site in rows and rows[site].value is not None]
    numbers = ((view.label(site), f"{site}|{row.period}|{row.starts}|{row.measure}") for site, row in known)
    return coded(view, numbers)


def point(view: View, site: str, row: Row | None, beside: str) -> Point:
    """A number of a site with its limits; a hidden one has neither."""
    if row is None or row.value is None or row.shown == HIDDEN:
        return Point(place(view, site), "", None, shown_of(row), None, None, None, beside, False)
    below = first_upper(when(row)) if row.hollow else ""
    return Point(place(view, site), below, row.value, row.shown, row.low, row.high, row.plan, beside, bool(row.hollow))


def scale(points: Sequence[Point], write: Callable[[float], str]) -> tuple[float, tuple[tuple[float, str], ...]]:
    """The end of the scale that all rows share, and its ticks."""
    top = 1.06 * max([v for p in points for v in (p.high, p.value, p.plan) if v] or [1.0])
    return top, tuple((step, write(step)) for step in ticks(top, 4))


def dotted(
    name: str,
    question: str,
    headline: str,
    subtitle: str,
    points: Points,
    notes: tuple[str, ...],
    codes: tuple[tuple[str, str], ...],
) -> Slide:
    """A slide of numbers on one scale."""
    said = "; ".join(f"{p.place.label} {p.shown}" for p in points.rows)
    return Slide(name, question, headline, subtitle, points, f"{points.name}: {said}", notes=notes, codes=codes)


def cliff(view: View) -> Slide | None:
    """Money by month and certainty against planned cost."""
    who = "all" if view.all_sites else view.sites[0].name
    months, amounts = amounts_of(view, who)
    if not months:
        return None
    cover = next(iter(view.edition.rows("cover", "site = ?", (who,))), None)
    secured = [(month, amounts.get("approved", {}).get(month, 0.0)) for month in months]
    headline = sentences.cliff(secured, amounts.get("planned", {}), cover.year if cover is not None else months[0])
    planned = tuple(amounts.get("planned", {}).get(month, 0.0) for month in months)
    layers = tuple(
        Layer(label, status, values, tuple(map(pounds_short, values)), money_words(values))
        for status, label, _ in LAYERS
        if any(values := tuple(amounts.get(status, {}).get(month, 0.0) for month in months))
    )
    highest = max([*planned, *(sum(v) for v in zip(*(layer.amounts for layer in layers), strict=True))], default=1.0)
    top = highest * 1.14 or 1.0
    first = cover.get("first_short_if_even", cover.first_short_month) if cover is not None else None
    exhibit = Steps(
        tuple(months),
        layers,
        planned,
        f"{pounds_short(planned[-1])} a month",
        sentences.grant_end(view.edition.rows("cliff", "site = ?", (who,))),
        first,
        top,
        tuple((step, pounds_short(step)) for step in ticks(highest, 3)),
    )
    sites = "all sites" if who == "all" else view.label(who)
    made_up = any(row.made_up for row in view.edition.rows("agreements"))
    subtitle = f"Cash by month against planned cost, {sites}" + (". Some agreements are made up" if made_up else "")
    said = "; ".join(f"{layer.name} {layer.shown}" for layer in layers)
    notes = ("Only approved money counts as secured.", f"By month: {said}.", sources(view))
    ends = [
        (layer.name, f"{who}|cliff|{months[-1]}|{layer.status}") for layer in layers if layer.amounts[-1] > NIL_POUNDS
    ]
    codes = coded(view, [*ends, ("Planned cost", f"{who}|cliff|{months[-1]}|planned")])
    question = "What is secured once the grant ends?"
    drawn = f"{subtitle}. {said}. Planned cost {exhibit.planned_shown}." + "".join(f" {w}." for w in exhibit.turn if w)
    return Slide("cliff", question, headline, subtitle, exhibit, drawn, notes=notes, codes=codes)


def money_words(values: Sequence[float]) -> str:
    """A layer's money at the end, and what it was before that where it steps: £66k, then £41k."""
    steps = [value for index, value in enumerate(values) if not index or abs(value - values[index - 1]) >= NIL_POUNDS]
    known = [pounds_short(value) for value in steps if value > NIL_POUNDS]
    return ", then ".join(known[-2:]) if values[-1] > NIL_POUNDS else f"{known[-1]}, then none"


def readiness(view: View) -> Slide | None:
    """The criteria of each site in words."""
    cells = {(row.site, row.criterion): row for row in view.edition.rows("readiness")}
    verdicts = {row.site: row for row in view.edition.rows("verdicts")}
    sites = [site for site in sites_shown(view) if any(key[0] == site for key in cells)]
    if not sites:
        return None
    labels = {site.name: site.label for site in view.sites}
    rows = [criterion for criterion in CRITERIA if any((site, criterion) in cells for site in sites)]
    heads = (Words("Criterion"), *(Words(place(view, s).label, place=place(view, s)) for s in sites))
    body = [(Words("Verdict"), *(said_of(verdicts.get(site)) for site in sites))]
    for criterion in rows:
        levels = [cells[s, criterion].level if (s, criterion) in cells else "unknown" for s in sites]
        body.append((Words(CRITERIA[criterion][0]), *(Words(LEVELS.get(x, x), x) for x in levels)))
    held = [verdicts[site.name] for site in view.sites if site.name in verdicts]
    said = "; ".join(f"{labels[s]}: {', '.join(f'{line[0].text} {line[i].text}' for line in body)}"
                     for i, s in enumerate(sites, 1))  # fmt: skip
    notes = tuple(f"{CRITERIA[c][0]}: {CRITERIA[c][1]}." for c in rows)
    grid = Grid("levels", heads, tuple(body), left_out(view))
    question = "Is each site ready to carry on?"
    codes = coded(view, ((labels[site], f"{site}|verdict||words") for site in sites if site in labels))
    headline = sentences.in_the_way(held, labels)
    return Slide("readiness", question, headline, "", grid, said, notes=(*notes, sources(view)), codes=codes)


def said_of(row: Row | None) -> Words:
    """A verdict as a cell."""
    if row is None:
        return Words("Not judged", "unknown")
    return Words(VERDICTS.get(row.verdict, row.words), VERDICT_LEVELS.get(row.verdict, "unknown"))


def decide(view: View) -> Slide | None:
    """What is to be decided or done next, what is late first."""
    here = {site.name for site in view.sites} | {"", "all"}
    rows = [row for row in view.edition.rows("milestones", "done is null", order="due, milestone") if row.site in here]
    if not rows:
        return None
    today = view.edition.made.date()
    body = tuple(
        (
            Words(f"{write_date(row.due)}, late" if row.due < today else write_date(row.due)),
            Words(place(view, row.site or "all").label, place=place(view, row.site or "all")),
            Words(row.words),
        )
        for row in rows[:MOST_LINES]
    )
    cover = next(iter(view.edition.rows("cover", "site = 'all'")), None)
    said = "; ".join(f"{line[0].text}: {line[1].text}, {line[2].text}" for line in body)
    notes = tuple(
        f"{row.words}: {'made up for the sample' if row.made_up else row.source}" for row in rows[:MOST_LINES]
    )
    return Slide(
        "decide",
        "What is to be decided, and by when?",
        sentences.milestones(rows, today),
        "",
        Grid("dates", (Words("Due"), Words("Site"), Words("What")), body),
        said,
        ask(view, cover, view.edition.rows("verdicts")),
        notes,
    )


MADE: dict[str, Callable[[View], Slide | None]] = {
    "changed": changed,
    "agreed": agreed,
    "verdict": verdict,
    "cases": new_cases,
    "cost": cost,
    "cliff": cliff,
    "readiness": readiness,
    "decide": decide,
}
