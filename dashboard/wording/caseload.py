"""What the page of caseload says: new cases against plan and open cases over a year."""

from collections.abc import Sequence

from dashboard.data.comparisons import when
from dashboard.data.edition import Row
from dashboard.wording.numbers import Write, as_shown
from etl.definitions import label_of
from etl.definitions.messages import N_, Capital, Listing, Message, Month, Name, Plain, Text, _, joined, ngettext
from etl.definitions.periods import MONTHS_IN, last_month, write_month, write_months
from etl.definitions.writing import figures, listed, named, percent, write_end, write_interval

Rows = Sequence[tuple[str, Row]]


def plan_of(row: Row) -> Row:
    """The plan of the same months as a row of new cases."""
    return Row(row, measure="planned_new_cases", value=row.plan, shown=row.plan_shown)


def against_plan(rows: Rows, write: Write = as_shown) -> Text:
    """New cases against plan of the sites whose year asked for is known, and which are left out."""
    if len(rows) == 1 and rows[0][1].verdict in STANDS_AS:
        return _one_against_plan(*rows[0], write)
    whole = [(label, row) for label, row in rows if not row.hollow and row.verdict in STANDS_AS]
    if not whole:
        if rows and all(row.verdict == "no_plan" for _label, row in rows):
            return _("New cases cannot be set against plan: no site shown has one")
        return _("New cases cannot be set against plan: a number is missing at every site shown")
    by = {verdict: [label for label, row in whole if STANDS_AS.get(row.verdict) == verdict] for verdict in STANDS}
    used = [verdict for verdict in STANDS if by[verdict]]
    clauses: list[Text] = [_(STANDS[used[0]], sites=listed(by[used[0]]))]
    clauses += [_(ALSO[verdict], sites=listed(by[verdict])) for verdict in used[1:]]
    return Capital(joined("; ", [*clauses, *left_out(rows)]))


# How sites stand to their plans, by their verdict: at the start of a sentence, and after another clause.
STANDS = {
    "below": N_("new cases in {sites} are below plan"),
    "above": N_("new cases in {sites} are above plan"),
    "close": N_("new cases in {sites} are close to plan"),
    "unsure": N_("too few cases in {sites} to be sure how they stand to plan"),
}
STANDS_AS = {verdict: verdict for verdict in STANDS} | {"near": "close"}
ALSO = {
    "above": N_("those in {sites} are above plan"),
    "close": N_("those in {sites} are close to plan"),
    "unsure": N_("too few cases in {sites} to be sure"),
}


def left_out(rows: Rows) -> list[Text]:
    """The sites of which nothing is said, as their year asked for is not known or not shown."""
    without = [label for label, row in rows if row.verdict == "no_plan"]
    unknown = [(label, r) for label, r in rows if r.verdict not in (*STANDS_AS, "no_plan") or (r.hollow and r.plan)]
    clauses: list[Text] = [_("no plan is known for {sites}", sites=listed(without))] if without else []
    if len(unknown) == 1 and (why := unknown[0][1].why):
        return [*clauses, _("{site} is not known ({why})", site=named(unknown[0][0]), why=why)]
    return [*clauses, *not_known([label for label, _row in unknown])]


def _one_against_plan(label: str, row: Row, write: Write) -> Text:
    """The new cases of the only site, beside their plan."""
    sentence = _(
        "{site} took on {count} of {plan} planned new cases: {verdict}",
        site=Capital(named(label)),
        count=write(row, "", row.shown),
        plan=write(plan_of(row), "", row.plan_shown),
        verdict=row.words,
    )
    if not row.hollow:
        return sentence
    if row.period == "rolling_year":
        return _("{sentence} in the year to {month}", sentence=sentence, month=_last(row))
    return _("{sentence} in the {year}", sentence=sentence, year=when(row))


def _last(row: Row) -> Text:
    """The last month of a row's period."""
    return write_month(last_month(row.period, row.starts))


def how_sure(rows: Rows, write: Write = as_shown) -> str:
    """Of which sites shown too few cases are known to be sure; what is known of an earlier year where none is."""
    judged = [(label, row) for label, row in rows if not row.hollow and row.verdict in STANDS_AS]
    hollow = [(label, row) for label, row in rows if row.hollow and row.value is not None]
    unsure = [label for label, row in judged if row.verdict in ("near", "unsure")]
    if unsure:
        return ngettext(
            "With this few cases, {sites} is not clearly above or below plan",
            "With this few cases, {sites} are not clearly above or below plan",
            len(unsure),
            sites=listed(unsure),
        )
    if judged:
        return _("Enough cases to say how {sites} stand to plan", sites=listed([label for label, _row in judged]))
    return _earlier_year(*hollow[0], write) if hollow else Plain(label_of("new_cases_against_plan"))


def doubt(row: Row) -> str:
    """Under a share of plan: that too few cases are known to be sure, else how it stands to its plan."""
    return _("too few cases to be sure") if row.verdict in ("near", "unsure") else row.words


def chances(rows: Rows, write: Write = as_shown) -> Text | None:
    """How sure it is at each site that the rate behind its new cases is at least nine tenths of its plan."""
    known = [(label, row) for label, row in rows if row.get("sure") is not None and not row.hollow]
    if not known:
        return None
    each = [
        _("{share} in {site}", share=write(row, "sure", percent(row.sure)), site=named(label)) for label, row in known
    ]
    return _(
        "The chance that the underlying rate is at least 90% of plan is {each}; between 10% and 90% there are too few "
        "cases to be sure.",
        each=Listing(each),
    )


def delivered(row: Row, write: Write = as_shown) -> Text | None:
    """What was delivered as a share of plan, and its likely range: 90% (likely 75% to 108%)."""
    if row.get("against") is None:
        return None
    share = write(Row(row, measure="new_cases_against_plan"), "", percent(row.against))
    if row.get("against_low") is None:
        return share
    low, high = (
        write(row, f"against_{end}", write_end(row[f"against_{end}"], "share", end)) for end in ("low", "high")
    )
    return _("{share} (likely {low} to {high})", share=share, low=low, high=high)


def _earlier_year(label: str, row: Row, write: Write) -> Text:
    """The only site that an earlier year stands for, with its plan if it has one."""
    places = {"site": Capital(named(label)), "count": write(row, "", row.shown)}
    if row.plan is not None:
        places["plan"] = write(plan_of(row), "", row.plan_shown)
    if row.period == "rolling_year":
        if row.plan is None:
            return _("{site}: {count} new cases in its year to {month}", **places, month=_last(row))
        return _("{site}: {count} of {plan} planned in its year to {month}", **places, month=_last(row))
    if row.plan is None:
        return _("{site}: {count} new cases in {year}", **places, year=when(row))
    return _("{site}: {count} of {plan} planned in {year}", **places, year=when(row))


def since(rows: Sequence[Row], label: str = "", write: Write = as_shown) -> Text | None:
    """How many cases closed and how many began in the last three months; of the site where it has a label."""
    recent = {row.measure: row for row in rows if row.span == MONTHS_IN["quarter"] and row.to_value is not None}
    if not {"closed_cases", "new_cases"} <= set(recent):
        return None
    closed, new = recent["closed_cases"], recent["new_cases"]
    places = {"month": Month(new.to_starts, "name"), "closed": write(closed, "to_value", figures(closed.to_value))}
    places["began"] = write(new, "to_value", figures(new.to_value))
    if not label:
        return _("Since {month}, {closed} cases closed and {began} began", **places)
    return _("{site}: since {month}, {closed} cases closed and {began} began", **places, site=Name(label))


def leads_to(row: Row, write: Write) -> Text:
    """To what level new and closed cases lead, if they go on as they did."""
    return _(
        "New and closed cases of the six months to {month} lead to about {level} open cases (likely range {range})",
        month=write_month(row.ends),
        level=write(row, "level", figures(row.level)),
        range=write(row, "range", write_interval(row.low, row.high, "count")),
    )


def changed(rows: Rows) -> Text:
    """In which sites new cases rose or fell against the same months a year before, by more than chance."""
    by: dict[str, list[str]] = {}
    for label, row in rows:
        by.setdefault(row.direction, []).append(label)
    rose, fell, unclear = (by.get(direction, []) for direction in ("rose", "fell", "unclear"))
    clauses: list[Text] = []
    if rose:
        clauses.append(_("more new cases in {sites} than in the same months a year before", sites=listed(rose)))
    if fell:
        clauses.append(_("fewer new cases in {sites} than in the same months a year before", sites=listed(fell)))
    if unclear:
        clauses.append(_("no clear change over a year in {sites}", sites=listed(unclear)))
    if not clauses:
        return _("New cases: no month of a year before to compare with")
    return Capital(joined("; ", [*clauses, *not_known(by.get("not_known", []))]))


def change(row: Row, write: Write = as_shown) -> Text:
    """A site's own months beside the same a year before, and whether chance explains the difference."""
    if row.from_value is None or row.to_value is None:
        return _("The same months a year before are not known")
    return _(
        "{months}: {now}; the same months a year before: {before} ({change})",
        months=write_months(row.to_starts, row.to_ends),
        now=write(row, "to_value", figures(row.to_value)),
        before=write(row, "from_value", figures(row.from_value)),
        change=CHANGES[row.direction],
    )


# Which way new cases went over a year, as a table has it.
CHANGES = {"rose": _("more"), "fell": _("fewer"), "unclear": _("no clear change"), "not_known": _("not known")}


def not_known(labels: Sequence[str]) -> list[Text]:
    """The sites that a sentence leaves out."""
    one, many = "{sites} is not known", "{sites} are not known"
    return [ngettext(one, many, len(labels), sites=listed(labels))] if labels else []


def largest_kind(kind: str, number: Text, total: Text) -> Message:
    """The kind of work that most open cases are in."""
    return _(
        "{kind} is the largest kind of work: {number} of {total} open cases", kind=kind, number=number, total=total
    )


def note(who: str, months: Text, gaps: Sequence[tuple[str, str]]) -> Text:
    """Who is counted, where and when, and whose months are missing: label and reason."""
    counted = _("People allocated to a case manager, {who}, {months}.", who=who, months=months)
    if len(gaps) > 4:
        return joined(" ", [counted, _("{number} sites have a gap in these months.", number=len(gaps))])
    return joined(" ", [counted, *(_("{site}: {reason}.", site=Name(label), reason=why) for label, why in gaps)])
