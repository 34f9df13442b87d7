"""The story of a number of `results`, and of what goes with one: an interval's end, a share, a limit, a verdict."""

from collections.abc import Callable, Sequence
from datetime import date

from etl.definitions import MEASURES
from etl.definitions.measure import Ratio, Unit
from etl.definitions.messages import Plain, _, joined
from etl.definitions.outcomes import LEFT_OPEN
from etl.definitions.periods import last_month, month_after, write_financial_year, write_month
from etl.definitions.settings import thresholds
from etl.definitions.writing import (
    HIDDEN,
    MINUS,
    figures,
    first_upper,
    lower_first,
    percent,
    signed_pounds,
    write,
    write_end,
    write_in_full,
    write_interval,
    write_limit,
    write_range,
)
from etl.provenance.address import NumberAddress
from etl.provenance.cells import Behind, asked, behind, by_month, by_site, may_see, queried, sources
from etl.provenance.code import START
from etl.provenance.edition import Edition, Row
from etl.provenance.lineage import is_planned, operands
from etl.provenance.story import (
    NOT_KNOWN,
    RANGE,
    Block,
    Facts,
    Item,
    Number,
    Source,
    Story,
    Table,
    Words,
    address_of,
    beside_words,
    columns,
    exact,
    label_of,
    place,
    plus,
    source_of,
    span,
    unit_of,
)

# How a number that goes with a result is shown, how it came about, and which measures are behind it.
Told = tuple[str, list[Block], Behind]
METHODS = {
    "count": _("exact Poisson limits of the count"),
    "share": _("Wilson’s limits of the share"),
    "gbp_each": _("the spend over the exact Poisson limits of the people behind it"),
}
# When a number is said to be above, below or close to its plan; of new cases, where it is said how sure that is.
RULES = {
    True: _(
        "Above plan where the 95% interval lies above it; below where the chance is under 10% that the underlying rate "
        "is at least 90% of plan; close where it is over 90%, or where the number is within 15% of plan."
    ),
    False: _("Above or below only where the plan lies outside the 95% interval."),
}
ENDS = ("low", "high", "low_998", "high_998")
OF_PLAN = ("against_low", "against_high", "sure")
LIMITS = ("mean", "lower", "upper")
OVER = {"over_plan": "planned_cost", "over_funding": "funding"}


def tell(edition: Edition, address: NumberAddress) -> Story | None:
    """The story of a number of `results`, or of what stands beside it; None where the edition has no such number."""
    site, period, measure, beside = address.site, address.kind, address.what, address.beside
    row = edition.result(site, measure, period, address.day)
    if row is None:
        return None
    if row.shown == HIDDEN and beside != "plan":  # a plan is no secret where the number is
        return Story(address, place(edition, site), what(edition, measure, period, row.starts), HIDDEN, "hidden")
    if not beside:
        return _itself(edition, address, row)
    told = TELLERS[beside](edition, row, beside) if beside in TELLERS else None
    if told is None:
        return None
    shown, body, of = told
    cells = sources(edition, of)
    said = beside_words(beside, what(edition, measure, period, row.starts))
    body = [*body, *_cells(edition, of, measure, cells), *_definition(edition, measure)]
    return Story(address, place(edition, site), said, shown, "known", tuple(body), cells)


def start(edition: Edition, address: NumberAddress) -> Story | None:
    """The new cases that a scenario's next year is reckoned from: those of the last year's months that are known."""
    site, column = address.site, address.what
    rows = edition.rows("scenario_start", "site = ? and year = ? and not mended", (site, address.day))
    last = edition.data_month
    if column not in START or not rows or rows[0].get(column) is None or last is None:
        return None
    months = [month_after(last, step) for step in range(-11, 1)]
    found = [edition.result(site, "new_cases", "month", month) for month in months]
    body = tuple(
        (write_month(month), exact(row, "count") if row is not None else NOT_KNOWN)
        for month, row in zip(months, found, strict=True)
    )
    table = Table(_("Months"), columns(_("Month"), label_of(edition, "new_cases"), right=(1,)), body)
    said = _(
        "new cases in the {number} months that are known of the year to {month}",
        number=f"{rows[0].months_seen:g}",
        month=write_month(last, long=True),
    )
    return Story(address, place(edition, site), said, figures(rows[0][column]), "known", (table,))


def what(edition: Edition, measure: str, period: str, starts: date) -> str:
    """A measure and its months in words, whether or not there is a number."""
    return joined(", ", [lower_first(label_of(edition, measure)), span(starts, last_month(period, starts))])


def _itself(edition: Edition, address: NumberAddress, row: Row) -> Story:
    unit, of = unit_of(edition, row.measure), behind(edition, row)
    cells = sources(edition, of)
    body: list[Block] = [*asked(edition, row, of), *_formula(edition, row, unit), *_left_open(edition, row)]
    body += [*_chance(row, unit), *_gap(row)]
    body += [*_plans(edition, row), *_cells(edition, of, row.measure, cells), *_definition(edition, row.measure)]
    site, said = place(edition, row.site), what(edition, row.measure, row.period, row.starts)
    if row.value is None and row.get("range_low") is not None:
        text = write_range(row.range_low, row.range_high, unit)
        return Story(address, site, said, text, "known", (Words(RANGE), *body), cells)
    if row.value is None:
        return Story(address, site, said, str(row.shown or NOT_KNOWN), "not known", tuple(body), cells)
    return Story(address, site, said, str(row.shown), "known", tuple(body), cells)


def _formula(edition: Edition, row: Row, unit: Unit) -> list[Block]:
    """Numerator ÷ denominator = result; or what is added up."""
    parts = operands(row.measure)
    if len(parts) == 1:
        about = edition.measures.get(row.measure)
        made = about.formula if about is not None and about.kind != "Reported" else ""
        return [Words(_("Made as: {formula}.", formula=made))] if made and made != "as reported" else []
    named = [(label_of(edition, part), _of(edition, row, part)) for part in parts]
    return [plus(named, "÷", (_("Result"), Number(exact(row, unit).shown)))]


def _left_open(edition: Edition, row: Row) -> list[Block]:
    """Of a share that leaves out what nobody knows: between what it lies of the whole, and how much is not known."""
    found = [edition.result(row.site, one, row.period, row.starts) for one in LEFT_OPEN.get(row.measure, ())]
    known = [one for one in found if one is not None and one.value is not None]
    if row.value is None or len(known) < 3:
        return []
    least, most, unknown = (Number(str(one.shown), address_of(one)) for one in known)
    text = _(
        "In {unknown} of closures the change in risk is not known; of all closures it was lower in {least} to {most}.",
        unknown=unknown,
        least=least,
        most=most,
    )
    return [Words(text)]


def _of(edition: Edition, row: Row, measure: str) -> Number:
    """Another number of the same site and period."""
    return exact(edition.result(row.site, measure, row.period, row.starts), unit_of(edition, measure))


def _chance(row: Row, unit: Unit) -> list[Block]:
    """What chance alone would do."""
    if row.low is None or row.high is None or row.value is None:
        return []
    low, high = write_end(row.low, unit, "low"), write_end(row.high, unit, "high")
    text = _(
        "Chance alone would move it between {low} and {high} (95% interval: {method}).",
        low=low,
        high=high,
        method=METHODS.get(unit, ""),
    )
    return [Words(text)]


def _gap(row: Row) -> list[Block]:
    """Why there is no number, or that the period has not ended."""
    if row.value is None:
        gap = [] if row.shown else [_("No sum over a gap.")]
        return [Words(joined(" ", [*gap, *([first_upper(row.why)] if row.why else [])]))]
    return [] if row.complete else [Words(_("The period has not ended: this is the number to date."))]


def _plans(edition: Edition, row: Row) -> list[Block]:
    """The plans that say the number, or a part of it."""
    if not any(is_planned(part) for part in operands(row.measure)):
        return []
    rows = [plan for plan in edition.rows("plans", order="site, starts") if row.site in ("all", plan.site)]
    body = [(place(edition, plan.site), span(plan.starts, plan.ends), source_of(plan)) for plan in rows]
    return [Table(_("Plan"), columns(_("Site"), _("Months"), _("Source")), tuple(body))]


def _cells(edition: Edition, of: Behind, measure: str, cells: tuple[Source, ...]) -> list[Block]:
    """A site's months down to the cells; the programme's sites."""
    if all(is_planned(part) for part in of.measures):
        return []
    if of.site == "all":
        return [by_site(edition, of, measure)]
    body: list[Block] = [by_month(edition, of, cells)]
    if may_see(edition, of.site):
        return [*body, queried(of, cells)]
    own = place(edition, of.site).label
    return [*body, Words(_("Sheets and cells are hidden here: the central team and {site} see them.", site=own))]


def _definition(edition: Edition, measure: str) -> list[Block]:
    about = edition.measures.get(measure)
    return [Facts(((measure, f"{about.meaning}."),), "Definition")] if about is not None else []


def _end(edition: Edition, row: Row, beside: str) -> Told | None:
    """An end of an interval."""
    unit = unit_of(edition, row.measure)
    if row.get(beside) is None or row.value is None:
        return None
    method = METHODS.get(unit, _("the limits of the count behind it"))
    rows: list[tuple[Item, ...]] = [(_("Number"), Number(exact(row, unit).shown, address_of(row)))]
    if isinstance(MEASURES.get(row.measure), Ratio):
        rows += [(label_of(edition, part), _of(edition, row, part)) for part in operands(row.measure)]
    body: list[Block] = [
        Table(_("Worked out from"), columns(_("What"), _("Number"), right=(1,)), tuple(rows)),
        Words(_("The interval has {method}: how far chance may move it.", method=method)),
    ]
    return str(write_end(row[beside], unit, beside)), body, behind(edition, row)


def _verdict(edition: Edition, row: Row, beside: str) -> Told | None:
    """What a comparison with the plan says."""
    compared, unit = compared_with_plan(edition, row), unit_of(edition, row.measure)
    if compared is None or compared.verdict is None:
        return None
    facts = [
        (_("Number"), compared.shown or NOT_KNOWN),
        (_("Plan of the same months"), compared.plan_shown or _("none")),
    ]
    if compared.low is not None and compared.high is not None:
        facts.append((_("95% interval"), write_interval(compared.low, compared.high, unit)))
    if compared.why:
        facts.append((_("Why"), compared.why))
    if compared.get("sure") is not None:
        facts.append((_("Chance that the underlying rate is at least 90% of plan"), write(compared.sure, "share")))
    return compared.words, [Facts(tuple(facts)), Words(RULES[compared.get("sure") is not None])], behind(edition, row)


def _of_plan(edition: Edition, row: Row, beside: str) -> Told | None:
    """An end of the likely range of a share of plan, or how sure it is that nine tenths of it are reached."""
    compared = compared_with_plan(edition, row)
    if compared is None or compared.get(beside) is None:
        return None
    _words, body, of = _verdict(edition, row, beside) or ("", [], behind(edition, row))
    shown = (
        percent(compared.sure)
        if beside == "sure"
        else write_end(compared[beside], "share", beside.removeprefix("against_"))
    )
    return str(shown), body, of


def compared_with_plan(edition: Edition, row: Row) -> Row | None:
    """A number beside its plan; of the year asked for, which is its own."""
    where = "site = ? and measure = ? and period = ? and starts = ?"
    found = edition.rows("comparisons", where, (row.site, row.measure, row.period, row.starts))
    return found[0] if found else None


def _share(edition: Edition, row: Row, beside: str) -> Told | None:
    """A part's share of its whole."""
    found, base = answering(edition, row, beside), row.measure.partition(".")[0]
    if not found or found[0].share is None:
        return None
    parts = [(label_of(edition, name), _of(edition, row, name)) for name in (row.measure, base)]
    shown = str(found[0].shown)
    body: list[Block] = [plus(parts, "÷", (_("Share"), Number(shown)))]
    return shown, body, behind(edition, row, row.measure, base)


def answering(edition: Edition, row: Row, beside: str) -> Sequence[Row]:
    """The row with a number's share of its whole (`share`), or of the step before (`step`); any year asked for."""
    measure, _, part = row.measure.partition(".")
    if beside == "step":
        table, where = "pathway", "measure = ?"
        given: tuple[str, ...] = (row.measure,)
    elif measure == "spend":
        table, where, given = "spend_lines", "line = ?", (part,)
    else:
        table, where, given = "parts", "measure = ? and part = ?", (measure, part)
    place_of = f"site = ? and period = ? and starts = ? and {where}"
    return edition.rows(table, place_of, (row.site, row.period, row.starts, *given), "asked limit 1")


def _step(edition: Edition, row: Row, beside: str) -> Told | None:
    """A step's share of the step before."""
    here = answering(edition, row, beside)
    if not here or here[0].share is None:
        return None
    place_of = "site = ? and period = ? and starts = ? and position = ?"
    before = edition.rows(
        "pathway", place_of, (row.site, row.period, row.starts, here[0].position - 1), "asked limit 1"
    )
    if not before:
        return None
    parts = [(entry.label, _of(edition, row, entry.measure)) for entry in (here[0], before[0])]
    body: list[Block] = [plus(parts, "÷", (_("Share"), Number(str(here[0].shown))))]
    body += [Words(_("A share {note}.", note=here[0].note))] if here[0].note else []
    of = behind(edition, row, row.measure, before[0].measure)
    return str(here[0].shown), body, of


def _real(edition: Edition, row: Row, beside: str) -> Told | None:
    """A number in the prices of another year."""
    found = edition.rows("real_terms", "site = ? and measure = ? and starts = ?", (row.site, row.measure, row.starts))
    if row.period != "year" or not found or found[0].real is None:
        return None
    real, unit = found[0], unit_of(edition, row.measure)
    nominal = (
        _("In money of {year}", year=write_financial_year(row.starts)),
        Number(write_in_full(real.nominal, unit), address_of(row)),
    )
    deflator = (_("Deflator"), Number(f"{real.deflator:.4f}"))
    forecast = [_("Part of the deflator is a forecast.")] if real.forecast else []
    body: list[Block] = [
        plus(
            (nominal, deflator),
            "÷",
            (_("In {year} prices", year=Plain(real.base_year)), Number(write_in_full(real.real, unit))),
        ),
        Words(joined(" ", [joined("", [real.source, "."]), *forecast])),
    ]
    return str(real.real_shown), body, behind(edition, row)


def _limit(edition: Edition, row: Row, beside: str) -> Told | None:
    """The average or a limit of a control chart, and the points that it rests on."""
    points, here = _points(edition, row, beside)
    if here is None:
        return None
    unit = unit_of(edition, row.measure)
    own = [point for point in points if point.stretch == here.stretch and point.value is not None]
    rows: list[tuple[Item, ...]] = [
        (write_month(point.month), exact(edition.result(row.site, row.measure, "month", point.month), unit))
        for point in own
    ]
    where = "site = ? and measure = ?"
    charts = edition.rows("control_charts", where, (row.site, row.measure))
    method = CHARTS["poisson" if charts and charts[0].kind == "poisson" else "xmr"]
    heads = columns(_("Month"), label_of(edition, row.measure), right=(1,))
    body: list[Block] = [Words(method), Table(_("Points"), heads, tuple(rows))]
    return write_limit(here[beside], unit), body, Behind(row.site, (row.measure,), own[0].month, own[-1].month)


RANGES_TO_LIMIT = thresholds("control_chart")["ranges_to_limit"]
CHARTS = {
    "poisson": _("Exact Poisson limits round the average."),
    "xmr": _(
        "The average of the points ± {number} times their average step to the next (XmR), far-out steps left out.",
        number=RANGES_TO_LIMIT,
    ),
}


def _points(edition: Edition, row: Row, beside: str) -> tuple[Sequence[Row], Row | None]:
    """The points of a number's control chart, and the one of its month where that has such a line."""
    points = edition.rows("control_points", "site = ? and measure = ?", (row.site, row.measure), "month")
    here = next((point for point in points if point.month == row.starts), None)
    known = row.period == "month" and here is not None and here.get(beside) is not None
    return points, here if known else None


def _plan(edition: Edition, row: Row, beside: str) -> Told | None:
    """The plan in a control chart."""
    here = _points(edition, row, beside)[1]
    if here is None:
        return None
    rows = [plan for plan in edition.rows("plans", order="site, starts") if row.site in ("all", plan.site)]
    body = tuple((place(edition, plan.site), span(plan.starts, plan.ends), source_of(plan)) for plan in rows)
    told: list[Block] = [Table(_("Plan"), columns(_("Site"), _("Months"), _("Source")), body)]
    told.append(Words(_("What is planned for a year is a twelfth of it in each month.")))
    return write_limit(here[beside], unit_of(edition, row.measure)), told, behind(edition, row)


def _over(edition: Edition, row: Row, beside: str) -> Told | None:
    """How much more was spent than planned or funded."""
    found = edition.rows("spend_against", "site = ? and period = ? and starts = ?", (row.site, row.period, row.starts))
    if not found or found[0].get(beside) is None:
        return None
    other = OVER[beside]
    parts = [(label_of(edition, part), _of(edition, row, part)) for part in ("spend", other)]
    result = (_("Difference"), Number(write_in_full(found[0][beside], "gbp")))
    return signed_pounds(found[0][beside]), [plus(parts, MINUS, result)], behind(edition, row, "spend", other)


def _bounded(edition: Edition, row: Row, beside: str) -> Told | None:
    """What a number is at least, or may be, that is not known or rests on a number under query."""
    where = "site = ? and period = ? and starts = ? and measure = ?"
    found = edition.rows("bounds", where, (row.site, row.period, row.starts, row.measure))
    if not found or found[0].get("least" if beside == "least" else "low") is None:
        return None
    own, unit = found[0], unit_of(edition, row.measure)
    supposed = write_range(own.supposed_low, own.supposed_high, unit)
    facts: list[tuple[str, str]] = [(_("May be"), supposed)]
    facts += [(_("Missing"), own.missing)] if own.missing else []
    if own.queried:
        right = write_range(own.stated_low, own.stated_high, unit)
        facts += [(_("Under query"), own.queried), (_("If what is under query is right"), right)]
    rule = _("What is missing may be anything that the site had in the twelve months, widened by half.")
    shown = write(own.least, unit) if beside == "least" else supposed
    return str(shown), [Facts(tuple(facts)), Words(rule)], behind(edition, row)


Teller = Callable[[Edition, Row, str], Told | None]
TELLERS: dict[str, Teller] = {
    **dict.fromkeys(ENDS, _end),
    "verdict": _verdict,
    **dict.fromkeys(OF_PLAN, _of_plan),
    "share": _share,
    "step": _step,
    "real": _real,
    **dict.fromkeys(LIMITS, _limit),
    "plan": _plan,
    **dict.fromkeys(OVER, _over),
    **dict.fromkeys(("least", "bounds"), _bounded),
}
