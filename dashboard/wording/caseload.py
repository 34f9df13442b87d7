"""What the page of caseload says: new cases against plan and open cases over a year."""

from collections.abc import Sequence

from dashboard.data.comparisons import when
from dashboard.data.edition import Row
from dashboard.wording.numbers import Write, as_shown
from etl.definitions.messages import Capital, Message, Name, Text, _, joined, ngettext
from etl.definitions.periods import last_month, write_month
from etl.definitions.writing import count, listed, named

Rows = Sequence[tuple[str, Row]]


def plan_of(row: Row) -> Row:
    """The plan of the same months as a row of new cases."""
    return Row(row, measure="planned_new_cases", value=row.plan, shown=row.plan_shown)


def against_plan(rows: Rows, write: Write = as_shown) -> Text:
    """New cases against plan of the sites whose year is whole; of the earlier years where no site's is."""
    if len(rows) == 1 and rows[0][1].verdict in VERDICTS:
        return _one_against_plan(*rows[0], write)
    whole = [(label, row) for label, row in rows if not row.hollow] or list(rows)
    by = {verdict: [label for label, row in whole if row.verdict == verdict] for verdict in VERDICTS}
    clauses = [_verdict(verdict, labels) for verdict, labels in by.items() if labels]
    if clauses:
        return Capital(joined("; ", clauses))
    if rows and all(row.verdict == "no_plan" for _label, row in rows):
        return _("New cases cannot be set against plan: no site has one")
    return _("New cases cannot be set against plan: a number is missing at every site")


VERDICTS = ("below", "above", "cannot_be_told")


def _verdict(verdict: str, labels: Sequence[str]) -> Message:
    """How some sites stand to their plans."""
    sites = listed(labels)
    if verdict == "below":
        return _("{sites} took on fewer new cases than planned", sites=sites)
    if verdict == "above":
        return _("{sites} took on more new cases than planned", sites=sites)
    return ngettext(
        "{sites} cannot be told from its plan", "{sites} cannot be told from their plans", len(labels), sites=sites
    )


def _one_against_plan(label: str, row: Row, write: Write) -> Text:
    """The new cases of the only site, beside their plan."""
    places = {
        "site": Capital(named(label)),
        "count": write(row, "", row.shown),
        "plan": write(plan_of(row), "", row.plan_shown),
    }
    if row.verdict == "below":
        sentence = _("{site} took on {count} new cases, fewer than the {plan} planned", **places)
    elif row.verdict == "above":
        sentence = _("{site} took on {count} new cases, more than the {plan} planned", **places)
    else:
        sentence = _("{site} took on {count} new cases, which cannot be told from the {plan} planned", **places)
    if not row.hollow:
        return sentence
    if row.period == "rolling_year":
        return _("{sentence} in the year to {month}", sentence=sentence, month=_last(row))
    return _("{sentence} in the {year}", sentence=sentence, year=when(row))


def _last(row: Row) -> Text:
    """The last month of a row's period."""
    return write_month(last_month(row.period, row.starts))


def earlier_years(rows: Rows, write: Write = as_shown, interval: str = "") -> Text:
    """What is known of the sites whose year asked for is not; else how many intervals reach the plan.

    `interval` is that of the only site, where there is one.
    """
    hollow = [(label, row) for label, row in rows if row.hollow and row.value is not None]
    if len(hollow) == 1:
        return _earlier_year(*hollow[0], write)
    if hollow:
        return _("{number} sites are shown by an earlier year: hollow marks", number=Capital(count(len(hollow))))
    if interval:
        return _("By chance alone it could be {interval}", interval=interval)
    return _reaching([row for _label, row in rows if row.verdict in VERDICTS])


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


def _reaching(judged: Sequence[Row]) -> Text:
    """How many intervals reach the plan."""
    near = sum(row.verdict == "cannot_be_told" for row in judged)
    if not judged:
        return _("New cases and their intervals")
    if near == len(judged):
        return _("Every interval reaches the plan") if near > 1 else _("The interval reaches the plan")
    return Capital(
        ngettext(
            "{number} interval reaches the plan, of {total}",
            "{number} intervals reach the plan, of {total}",
            near,
            number=count(near),
            total=count(len(judged)),
        )
    )


def trends(rows: Rows, *, hidden: bool = False) -> Text:
    """Which sites' open cases grew or fell over a year, and which neither; `hidden` where months may not be seen."""
    by: dict[str, list[str]] = {}
    for label, row in rows:
        by.setdefault(row.words, []).append(label)
    clauses = _moved(by.get("grew", ()), by.get("fell", ()))
    if level := by.get("level"):
        clauses.append(ngettext("{sites} is level", "{sites} are level", len(level), sites=listed(level)))
    if unclear := by.get("no clear change"):
        one, many = "{sites} shows no clear change", "{sites} show no clear change"
        clauses.append(ngettext(one, many, len(unclear), sites=listed(unclear)))
    if clauses:
        return Capital(joined("; ", clauses))
    return _("Open cases: the months to compare are hidden") if hidden else _("Open cases: no year to compare with")


def _moved(grew: Sequence[str], fell: Sequence[str]) -> list[Message]:
    """Where open cases grew, and where they fell."""
    if grew and fell:
        return [_("Open cases grew in {grew} and fell in {fell}", grew=listed(grew), fell=listed(fell))]
    if grew:
        return [_("Open cases grew in {sites}", sites=listed(grew))]
    return [_("Open cases fell in {sites}", sites=listed(fell))] if fell else []


def plan_verdict(value: Row | None, plan: Row | None) -> str:
    """How a count stands to its plan by its 95% interval: below, above, reaches, or nothing where one is unknown."""
    if value is None or plan is None or value.value is None or plan.value is None or value.high is None:
        return ""
    if value.high < plan.value:
        return _("below plan")
    return _("above plan") if value.low > plan.value else _("reaches plan")


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
