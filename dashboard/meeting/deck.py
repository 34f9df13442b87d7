"""The slides of a meeting, each made of what a page says: the same rows of the edition, the same headlines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from dashboard.cards import alarms
from dashboard.cards.criteria import CRITERIA
from dashboard.cards.funders import amounts_of
from dashboard.charts.money import LAYERS
from dashboard.charts.scale import ticks
from dashboard.data.comparisons import COST, asked, compared, of_a_year, of_sites, when
from dashboard.data.edition import Row, audience_words
from dashboard.data.view import View, period_words
from dashboard.elements.tables import VERDICT_LEVELS
from dashboard.meeting.since_last import agreed, changed, in_words, meeting_words, meets_next
from dashboard.meeting.slides import Deck, Grid, Judged, Layer, Point, Points, Slide, Steps, Verdicts, Words
from dashboard.meeting.sources import MOST_LINES, coded, define, left_out, place, sites_shown, sources
from dashboard.provenance import links
from dashboard.wording import caseload, costs, funding, readiness
from dashboard.wording import meetings as wording
from etl.definitions.messages import Month, Name, Plain, Text, _, joined
from etl.definitions.periods import MONTHS_IN, month_after, write_date, write_month
from etl.definitions.readiness import LEVELS, VERDICTS
from etl.definitions.secured import EVENLY, is_limit
from etl.definitions.settings import FIRST_TIME_ONLY, NIL_POUNDS, SLIDES
from etl.definitions.writing import (
    HIDDEN,
    figures,
    first_upper,
    listed,
    pounds,
    pounds_short,
    write_count,
    write_interval,
)
from etl.provenance.address import NumberAddress

ONLY_APPROVED = _("Only approved money counts as secured.")


def make_deck(view: View) -> Deck:
    """The slides that the address names, in its order; else those of the meeting, else the usual ones."""
    view = of_a_year(view)
    made = {name: MADE[name](view) for name in order_of(view)}
    month, meeting = view.edition.data_month, meeting_words(view)
    slides = tuple(slide for slide in made.values() if slide is not None)
    who = _("all sites") if view.all_sites else listed([site.label for site in view.sites])
    title = _("{meeting}: caseload, cost and money", meeting=meeting or Plain("Drive"))
    chosen = joined(", ", [first_upper(who), period_words(view.period)])
    of = {"month": write_month(month) if month else _("no month"), "day": write_date(view.edition.made.date())}
    address = view.address.with_(edition=view.edition.name, number="").href
    small = Deck.smalls[0 if view.edition.audience == "central" else 1]
    foot = [_("Data to {month}", month=of["month"]), _("Edition {day}", day=of["day"]), small, chosen]
    return Deck(
        title,
        slides,
        of["month"],
        of["day"],
        chosen,
        audience_words(view.edition.audience),
        address,
        meeting,
        view.is_current,
        _("{title}, data to {month}, edition {day}", title=title, **of),
        joined(". ", [chosen, _("Data to {month}, edition {day}", **of), Plain(address)]),
        joined("     ", foot),
        tuple(_("{number} of {total}", number=place, total=len(slides)) for place in range(1, len(slides) + 1)),
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
    headline = readiness.readiness(tuple(rows.values()), labels, every=view.all_sites)
    judged = tuple(judge(view, site, rows.get(site), cover.get(site)) for site in sites_shown(view))
    year = funding.year_of(tuple(cover.values()))
    alt = joined("; ", [joined(": ", [j.place.label, joined(", ", [j.verdict, j.reason])]) for j in judged])
    numbers = [
        (Name(view.label(site)), NumberAddress(site, "cover", str(cover[site].year), "months"))
        for site in sites_shown(view)
        if site in cover
    ]
    return Slide(
        "verdict",
        _("Can Drive carry on without the Home Office grant?"),
        headline,
        "",
        Verdicts(judged, _("Months secured, {year}", year=year) if year else _("Months secured"), left_out(view)),
        joined(". ", [_("Verdict of each site"), alt]),
        ask(view, cover.get("all"), tuple(rows.values())),
        (
            _("Five criteria in words, no score; thresholds are proposals of the central team."),
            joined(" ", [ONLY_APPROVED, _("Months: 12 × secured ÷ planned cost of the year.")]),
            *(
                joined(": ", [Name(labels[row.site]) if row.site in labels else _("Programme"), row.change])
                for row in rows.values()
                if row.change
            ),
            sources(view),
        ),
        coded(view, numbers),
    )


# Beyond so many sites a row has room for one reason only.
MOST_IN_FULL = 5


def judge(view: View, site: str, row: Row | None, cover: Row | None) -> Judged:
    """A row of the verdict slide."""
    months = cover.months if cover is not None else None
    words = VERDICTS.get(row.verdict, row.words) if row is not None else _("Not enough data")
    level = VERDICT_LEVELS.get(row.verdict, "unknown") if row is not None else "unknown"
    shown = Plain(figures(months, 1)) if months is not None else _("not known")
    limit = _("at most") if cover is not None and months is not None and is_limit(cover.get("at_most")) else ""
    reason = "" if row is None else row.get("main_reason") if len(view.sites) > MOST_IN_FULL else row.reason
    return Judged(place(view, site), level, words, reason or "", months, shown, limit)


def ask(view: View, cover: Row | None, verdicts: Sequence[Row]) -> tuple[str, str]:
    """What the forum is asked to decide: whose money is missing, and by when what cannot be judged can be."""
    open_ones = sum(row.verdict == "cannot_say" for row in verdicts if row.site in {s.name for s in view.sites})
    if cover is None or not cover.gap or cover.gap <= NIL_POUNDS or not view.all_sites:
        return wording.ask(None, "", open_ones)
    return wording.ask(links.cover_text(view, cover, "gap", pounds(cover.gap)), funding.year_of((cover,)), open_ones)


def new_cases(view: View) -> Slide | None:
    """New cases of each site against its plan; no slide where none is known or may be shown."""
    rows = compared(view, "new_cases")
    points = [
        with_alarm(view, site, point(view, site, rows.get(site), of_plan(view, rows.get(site))))
        for site in sites_shown(view)
    ]
    if all(point.value is None for point in points):
        return None
    return dotted(
        "cases",
        _("Does Drive reach as many people as planned?"),
        caseload.against_plan(of_sites(view, "new_cases"), partial(links.result_text, view)),
        _(
            "New cases, {period}; line: likely range (95%); upright: plan; hollow: an earlier year",
            period=period_words(view.period),
        ),
        Points(
            tuple(points),
            *scale(points, write_count),
            _("of plan"),
            _("New cases"),
            left_out(view),
            links.open_years_in_short(view, rows),
            _("New cases of plan"),
        ),
        (
            *define(view, "new_cases", "planned_new_cases"),
            *how_sure(view),
            *links.open_years(view, rows),
            sources(view),
        ),
        codes_of(view, rows),
    )


def with_alarm(view: View, site: str, point: Point) -> Point:
    """A site's new cases with the alarm that is on."""
    alarm = alarms.of_site(view, site, "new_cases")
    return replace(point, alarm=alarms.short(alarm)) if alarm is not None else point


def how_sure(view: View) -> list[str]:
    """How sure the verdicts on new cases are, and how new cases went over a year."""
    found = caseload.chances(of_sites(view, "new_cases"))
    trends = view.edition.rows("trends", "measure = 'new_cases'")
    by_site = {row.site: row for row in trends if row.get("span") == MONTHS_IN["year"]}
    year = caseload.changed([(site.label, by_site[site.name]) for site in view.sites if site.name in by_site])
    return [
        _("Interval: exact Poisson, 95%."),
        *([found] if found else []),
        *([joined("", [year, "."])] if by_site else []),
    ]


def of_plan(view: View, row: Row | None) -> str:
    """A count beside its plan."""
    if row is None or row.value is None or row.plan is None:
        return shown_of(row)
    plan = links.number_text(view, Row(row, measure=links.PLANS[row.measure]), row.plan_shown)
    return _("{number} of {total}", number=links.number_text(view, row), total=plan)


def shown_of(row: Row | None) -> str:
    """What may be printed of a number."""
    if row is None or (row.value is None and row.shown != HIDDEN):
        return _("not known")
    return Plain(row.shown)


def cost(view: View) -> Slide | None:
    """Cost per new case of each site; no slide where none is known or may be shown."""
    rows = compared(view, COST)
    points = [
        point(view, site, row, write_interval(row.low, row.high, "gbp_each") if row is not None else "")
        for site, row in ((site, rows.get(site)) for site in sites_shown(view))
    ]
    if all(point.value is None for point in points):
        return None
    labels = {site.name: site.label for site in view.sites}
    found = asked(view, "findings", "measure = ?", (COST,)) if view.all_sites else ()
    pairs = asked(view, "apart", "measure = ?", (COST,))
    basis = costs.on_lines(COST, view.edition.rows("scope"))
    return dotted(
        "cost",
        _("What does one case cost?"),
        costs.cost(found, pairs, rows, labels, _("new case"), basis, partial(links.result_text, view)),
        _("Cash on the cost lines that all sites count, latest complete year; line: likely range (95%)"),
        Points(
            tuple(points),
            *scale(points, pounds),
            _("Likely range"),
            _("Cost per new case"),
            left_out(view),
            links.open_years_in_short(view, rows),
            is_money=True,
        ),
        (
            *define(view, COST),
            _("Interval from the number of cases (Poisson, 95%)."),
            *links.open_years(view, rows),
            sources(view),
        ),
        codes_of(view, rows),
    )


def codes_of(view: View, rows: Mapping[str, Row]) -> tuple[tuple[str, str], ...]:
    """The codes of compared numbers, by site."""
    known = [(site, rows[site]) for site in sites_shown(view) if site in rows and rows[site].value is not None]
    return coded(
        view,
        (
            (Name(view.label(site)), NumberAddress(site, row.period, str(row.starts), row.measure))
            for site, row in known
        ),
    )


def point(view: View, site: str, row: Row | None, beside: str) -> Point:
    """A number of a site with its limits; a hidden one has neither."""
    if row is None or row.value is None or row.shown == HIDDEN:
        return Point(place(view, site), "", None, shown_of(row), None, None, None, beside, False)
    below = first_upper(when(row)) if row.hollow else ""
    shown = links.number_text(view, row)
    return Point(place(view, site), below, row.value, shown, row.low, row.high, row.plan, beside, bool(row.hollow))


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
    numbers = joined("; ", [joined(" ", [p.place.label, p.shown]) for p in points.rows])
    alt = joined(": ", [points.name, numbers])
    return Slide(name, question, headline, subtitle, points, alt, notes=notes, codes=codes)


def cliff(view: View) -> Slide | None:
    """Money by month and certainty against planned cost."""
    who = "all" if view.all_sites else view.sites[0].name
    months, amounts = amounts_of(view, who)
    if not months:
        return None
    cover = next(iter(view.edition.rows("cover", "site = ?", (who,))), None)
    secured = [(month, amounts.get("approved", {}).get(month, 0.0)) for month in months]
    headline = funding.cliff(secured, amounts.get("planned", {}), cover.year if cover is not None else months[0])
    planned = tuple(amounts.get("planned", {}).get(month, 0.0) for month in months)
    layers = tuple(
        Layer(label, status, values, tuple(map(pounds_short, values)), money_words(values))
        for status, label, _ in LAYERS
        if any(values := tuple(amounts.get(status, {}).get(month, 0.0) for month in months))
    )
    highest = max([*planned, *(sum(v) for v in zip(*(layer.amounts for layer in layers), strict=True))], default=1.0)
    top = highest * 1.14 or 1.0
    grant_ends = funding.grant_end(view.edition.rows("cliff", "site = ?", (who,)))
    first = cover.first_short_if_even if cover is not None else None
    exhibit = Steps(
        tuple(months),
        layers,
        planned,
        _("{amount} a month", amount=pounds_short(planned[-1])),
        grant_ends,
        turn(grant_ends, first) if grant_ends in months else ("", ""),
        top,
        tuple((step, pounds_short(step)) for step in ticks(highest, 3)),
        tuple(write_month(month) for month in months),
        tuple(Month(m, "short" if m.month == 4 or not i else "abbreviated") for i, m in enumerate(months)),
    )
    sites = _("all sites") if who == "all" else Name(view.label(who))
    subtitle: Text = _("Cash by month against planned cost, {sites}", sites=sites)
    if any(row.made_up for row in view.edition.rows("agreements")):
        subtitle = joined(". ", [subtitle, _("Some agreements are made up")])
    by_layer = joined("; ", [joined(" ", [layer.name, layer.shown]) for layer in layers])
    covers = {row.site: row for row in view.edition.rows("cover")}
    hanging = [(site.label, links.depends(view, covers[site.name])) for site in view.sites if site.name in covers]
    said = [joined("", [one, "."]) for one in (EVENLY, *funding.conditions(hanging))]
    notes = (ONLY_APPROVED, *said, _("By month: {amounts}.", amounts=by_layer), sources(view))
    ends = [(layer.name, layer.status) for layer in layers if layer.amounts[-1] > NIL_POUNDS]
    ends.append((exhibit.planned_name, "planned"))
    codes = coded(view, ((name, NumberAddress(who, "cliff", str(months[-1]), status)) for name, status in ends))
    question = _("What is secured once the grant ends?")
    planned_words = joined(" ", [exhibit.planned_name, exhibit.planned_shown])
    drawn = joined("", [joined(". ", [subtitle, by_layer, planned_words, *filter(None, exhibit.turn)]), "."])
    return Slide("cliff", question, headline, subtitle, exhibit, drawn, notes=notes, codes=codes)


def turn(grant_ends: date, first_short: date | None) -> tuple[str, str]:
    """What is said at the end of the grant: the day, and whether money is short from then on."""
    after = month_after(grant_ends)
    day = joined(" ", [str((after - after.resolution).day), write_month(grant_ends, long=True)])
    short = _("{month}: first month not fully funded", month=write_month(after, long=True))
    return _("Grant ends {day}", day=day), short if first_short == after else ""


def money_words(values: Sequence[float]) -> str:
    """A layer's money at the end, and what it was before that where it steps: £66k, then £41k."""
    steps = [value for index, value in enumerate(values) if not index or abs(value - values[index - 1]) >= NIL_POUNDS]
    known = [pounds_short(value) for value in steps if value > NIL_POUNDS]
    if values[-1] <= NIL_POUNDS:
        return _("{amount}, then none", amount=known[-1])
    return _("{before}, then {amount}", before=known[-2], amount=known[-1]) if len(known) > 1 else known[-1]


def criteria(view: View) -> Slide | None:
    """The criteria of each site in words."""
    cells = {(row.site, row.criterion): row for row in view.edition.rows("readiness")}
    verdicts = {row.site: row for row in view.edition.rows("verdicts")}
    sites = [site for site in sites_shown(view) if any(key[0] == site for key in cells)]
    if not sites:
        return None
    labels = {site.name: site.label for site in view.sites}
    rows = [criterion for criterion in CRITERIA if any((site, criterion) in cells for site in sites)]
    heads = (Words(_("Criterion")), *(Words(place(view, s).label, place=place(view, s)) for s in sites))
    body = [(Words(_("Verdict")), *(words_of(verdicts.get(site)) for site in sites))]
    for criterion in rows:
        levels = [cells[s, criterion].level if (s, criterion) in cells else "unknown" for s in sites]
        body.append((Words(CRITERIA[criterion][0]), *(Words(LEVELS.get(x, x), x) for x in levels)))
    low = [alarms.of_site(view, site, "new_cases") for site in sites]
    # With more sites there is no room for a row; the slide on cases has them.
    if any(low) and len(view.sites) <= MOST_IN_FULL:
        said = (Words(alarms.short(row), "falling") if row is not None else Words(_("none")) for row in low)
        body.append((Words(_("Alarm: new cases")), *said))
    held = [verdicts[site.name] for site in view.sites if site.name in verdicts]
    lines = [
        joined(": ", [Name(labels[s]), joined(", ", [level_words(line[0].text, line[i].text) for line in body])])
        for i, s in enumerate(sites, 1)
    ]
    notes = tuple(joined("", [joined(": ", CRITERIA[c]), "."]) for c in rows)
    grid = Grid("levels", heads, tuple(body), left_out(view))
    question = _("Is each site ready to carry on?")
    numbers = ((Name(labels[site]), NumberAddress(site, "verdict", "", "words")) for site in sites if site in labels)
    codes, alt = coded(view, numbers), joined("; ", lines)
    headline = readiness.readiness(held, labels, every=view.all_sites)
    return Slide("readiness", question, headline, "", grid, alt, notes=(*notes, sources(view)), codes=codes)


def level_words(criterion: str, level: str) -> Text:
    """How a criterion stands."""
    return _("{criterion} {level}", criterion=criterion, level=level)


def words_of(row: Row | None) -> Words:
    """A verdict as a cell."""
    if row is None:
        return Words(_("Not enough data"), "unknown")
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
            Words(_("{day}, late", day=write_date(row.due)) if row.due < today else write_date(row.due)),
            Words(place(view, row.site or "all").label, place=place(view, row.site or "all")),
            Words(row.words),
        )
        for row in rows[:MOST_LINES]
    )
    cover = next(iter(view.edition.rows("cover", "site = 'all'")), None)
    notes = tuple(
        joined(": ", [row.words, _("made up for the sample") if row.made_up else row.source])
        for row in rows[:MOST_LINES]
    )
    return Slide(
        "decide",
        _("What is to be decided, and by when?"),
        readiness.milestones(rows, today),
        "",
        Grid("dates", (Words(_("Due")), Words(_("Site")), Words(_("What"))), body),
        in_words(body),
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
    "readiness": criteria,
    "decide": decide,
}
