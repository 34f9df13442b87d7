"""The evidence by which a site is judged, from results, returns, agreements, plans and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import Any

import pandas as pd

from etl.definitions import count_asked
from etl.definitions.messages import Listing, Month, Plain, Text, _, joined, ngettext
from etl.definitions.periods import month_after, months_from
from etl.definitions.readiness import QUESTIONS, THRESHOLDS
from etl.definitions.writing import spaced
from etl.judge.money import APPROVED, plan_over, standing
from etl.reference import MADE_UP, Assessment, Reference, newest

RECEIVED = ("on_time", "late")
GONE = ("missing", "rejected", "due")


@dataclass(frozen=True)
class Answer:
    """The newest answers of a site to the questions of commitment; dated by the oldest of their documents."""

    answers: tuple[int, ...]
    words: str
    document: str
    dated: date
    source: str


@dataclass(frozen=True)
class Money:
    """Approved cash of the assessed year against its planned cost, in pounds, and where the newest of it is written."""

    year: date
    planned: float | None
    secured: float
    source: str
    known: date | None
    made_up: bool


@dataclass(frozen=True)
class Evidence:
    """All that a site is judged by, over twelve months to the data month. None: not known.

    `spend_gaps` and `case_gaps` say why spend or new cases are not known, `to_come` what would have to be sent,
    `last_cases` is the last complete year: its last month, new cases and plan. `spend_seen` and `cases_seen` are the
    month of the return that shows most, and when it came.
    """

    site: str
    money: Money
    spend: float | None
    planned_spend: float | None
    cases: int | None
    planned_cases: float | None
    expected: int
    received: int
    numbers_expected: int
    numbers_received: int
    on_time: int
    holes: int
    spend_gaps: tuple[str, ...]
    case_gaps: tuple[str, ...]
    to_come: tuple[str, ...]
    holes_to_come: int
    missing_returns: int
    last_cases: tuple[date, int, float] | None
    spend_seen: tuple[date, date] | None
    cases_seen: tuple[date, date] | None
    commitment: Answer | None

    @property
    def filled(self) -> float | None:
        """The share of numbers filled in the returns that were due; a return that is missing is empty."""
        return (self.numbers_received - self.holes) / self.numbers_expected if self.numbers_expected else None

    def facts(self) -> dict[str, Any]:
        """The facts as `etl.methods.readiness.verdict` wants them.

        That knows one planned cost, of the assessed year. Where the plan of the last twelve months was another, spend
        is put in proportion to it.
        """
        spend: float | Fraction | None = self.spend
        planned, year = self.planned_spend, self.money.planned
        if spend is not None and planned != year:
            spend = Fraction(str(spend)) * Fraction(str(year)) / Fraction(str(planned)) if planned and year else None
        returns = {"expected": self.expected, "received": self.received, "on_time": self.on_time}
        return {
            "planned_annual_cost": self.money.planned,
            "planned_new_cases": self.planned_cases,
            "funding": [{"amount": self.money.secured, "status": APPROVED}],
            "cost_12m": spend,
            "count_12m": self.cases,
            "returns": {**returns, "required_fields_complete": self.filled},
            "self_assessment": list(self.commitment.answers) if self.commitment else None,
        }


def gather_evidence(
    reference: Reference,
    covers: pd.DataFrame,
    results: pd.DataFrame,
    calendar: pd.DataFrame,
    holes: pd.DataFrame,
    data_month: date,
    sites: Sequence[str],
    queries: pd.DataFrame | None = None,
) -> dict[str, Evidence]:
    """What each site is judged by; `reference` is what was known then, `covers` its cover of the assessed year."""
    window = months_from(month_after(data_month, -11), data_month)
    years = _rolling_years(results)
    held = _by_site(queries[queries["holds_verdict"].astype(bool)] if queries is not None else None, "measure")
    states, gaps = _by_site(calendar, "state", "received"), _by_site(holes, "measure", "state")
    cases = {}
    for row in covers.to_dict("records"):
        if (site := row["site"]) in sites:
            seen = _Seen(window, states.get(site, []), gaps.get(site, []), held.get(site, []))
            cases[site] = _case(site, reference, row, years, window, seen)
    return cases


@dataclass(frozen=True)
class _Seen:
    """The returns of a site over the window: (month, state, received), holes (month, measure, state), queries held."""

    window: list[date]
    calendar: list[tuple[Any, ...]]
    holes: list[tuple[Any, ...]]
    queries: list[tuple[Any, ...]]

    def months(self, *states: str) -> list[date]:
        return [month for month, state, _ in self.calendar if state in states and month in self.window]

    def came(self, month: date) -> tuple[date, date] | None:
        """The month and the day on which its return came, if it did."""
        days = [received for at, state, received in self.calendar if at == month and state in RECEIVED]
        return (month, pd.Timestamp(days[0]).date()) if days and not pd.isna(days[0]) else None

    def holes_of(self, *measures: str) -> list[tuple[date, str, str]]:
        """Holes of measures, named in full or by what comes before the point; all of them if none is named."""
        came = self.months(*RECEIVED)
        return [
            (month, key, state)
            for month, key, state in self.holes
            if key and month in came and (not measures or key in measures or key.partition(".")[0] in measures)
        ]

    def queried(self, measure: str) -> list[date]:
        """Months in which a query on the measure, and not a hole, keeps the verdict from being known."""
        holed = {month for month, _, _ in self.holes_of(measure)}
        found = {m for m, key in self.queries if str(key).partition(".")[0] == measure}
        return sorted((found & set(self.months(*RECEIVED))) - holed)


Years = dict[tuple[str, str], dict[date, float]]


def _rolling_years(results: pd.DataFrame) -> Years:
    """Complete rolling years by site and measure, by their first day."""
    kept = results[
        (results["period"] == "rolling_year")
        & results["measure"].isin(["spend", "new_cases"])
        & results["value"].notna()
    ]
    kept = kept[kept["complete"].astype(bool)]
    years: Years = {}
    for site, measure, starts, value in zip(*(kept[n] for n in ("site", "measure", "starts", "value")), strict=True):
        years.setdefault((site, measure), {})[pd.Timestamp(starts).date()] = float(value)
    return years


def _by_site(frame: pd.DataFrame | None, *columns: str) -> dict[str, list[tuple[Any, ...]]]:
    """(month, columns…) of each site, in order of month."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    if frame is not None and len(frame):
        for site, month, *rest in zip(*(frame[name] for name in ("site", "month", *columns)), strict=True):
            found.setdefault(site, []).append((pd.Timestamp(month).date(), *rest))
    return {site: sorted(rows, key=lambda row: row[0]) for site, rows in found.items()}


def _case(
    site: str, reference: Reference, covered: Mapping[Any, Any], years: Years, window: list[date], seen: _Seen
) -> Evidence:
    spend, cases = (years.get((site, measure), {}).get(window[0]) for measure in ("spend", "new_cases"))
    planned_spend, planned_cases = (plan_over(reference.plans, site, window, what) for what in ("cost", "new_cases"))
    spend, cases = (None if seen.queried(m) else known for m, known in (("spend", spend), ("new_cases", cases)))
    spend_holes, case_holes = seen.holes_of("spend"), seen.holes_of("new_cases")
    whole = ((spend, spend_holes, "spend"), (cases, case_holes, "new_cases"))
    gaps = [() if known is not None else _gaps(seen, found, measure) for known, found, measure in whole]
    return Evidence(
        site=site,
        money=_money(site, reference, covered),
        spend=spend,
        planned_spend=planned_spend,
        cases=None if cases is None else round(cases),
        planned_cases=planned_cases,
        expected=len(seen.months(*RECEIVED, *GONE)),
        received=len(seen.months(*RECEIVED)),
        numbers_expected=sum(map(count_asked, seen.months(*RECEIVED, *GONE))),
        numbers_received=sum(map(count_asked, seen.months(*RECEIVED))),
        on_time=len(seen.months("on_time")),
        holes=len(seen.holes_of()),
        spend_gaps=gaps[0] if planned_spend is not None else (_("no plan"),),
        case_gaps=gaps[1] if planned_cases is not None else (_("no plan"),),
        to_come=_to_come(seen, spend_holes),
        holes_to_come=len(spend_holes),
        missing_returns=len(seen.months(*GONE)),
        last_cases=_last_cases(site, reference, years) if cases is None else None,
        spend_seen=_evidence(seen, spend, spend_holes, "spend"),
        cases_seen=_evidence(seen, cases, case_holes, "new_cases"),
        commitment=_answers(site, reference.assessments),
    )


def _money(site: str, reference: Reference, covered: Mapping[Any, Any]) -> Money:
    year = covered["year"]
    months = set(months_from(year, month_after(year, 11)))
    used = [
        entry.agreement
        for entry in standing(reference.agreements)
        if entry.agreement.site == site and entry.agreement.form == "cash" and entry.status == APPROVED
        if months & set(entry.months)
    ]
    last = max(used, key=lambda row: row.known_from, default=None)
    planned = None if pd.isna(covered["planned"]) else float(covered["planned"])
    source, known = (last.source, last.known_from) if last else ("", None)
    return Money(year, planned, float(covered["secured"]), source, known, bool(covered["made_up"]))


def _gaps(seen: _Seen, holes: Sequence[tuple[date, str, str]], measure: str) -> tuple[str, ...]:
    """Why a sum of twelve months is not known: October training spend unreadable; August return missing."""
    missing = [_gone(seen, month) for month in seen.months(*GONE)]
    unread = [_unread(month, key, state) for month, key, state in holes]
    queried = [_("{month} queried", month=month_name(month)) for month in seen.queried(measure)]
    return (*missing, *unread, *queried) or (_("fewer than twelve months of returns"),)


def _to_come(seen: _Seen, holes: Sequence[tuple[date, str, str]]) -> tuple[str, ...]:
    """What a site would have to send for its spend to be known."""
    gone = [month_name(month) for month in seen.months(*GONE)]
    sent = (
        (ngettext("{months} return sent", "{months} returns sent", len(gone), months=together(gone)),) if gone else ()
    )
    typed = (_("{month} {thing} typed", month=month_name(month), thing=_thing(key)) for month, key, _state in holes)
    confirmed = (_("{month} spend confirmed", month=month_name(month)) for month in seen.queried("spend"))
    return (*sent, *typed, *confirmed)


def _evidence(
    seen: _Seen, known: float | None, holes: Sequence[tuple[date, str, str]], measure: str
) -> tuple[date, date] | None:
    """The return that shows most: the last, the last with a hole or a query, or the last before one is missing."""
    if known is not None:
        return seen.came(seen.window[-1])
    troubled = [*(month for month, _, _ in holes), *seen.queried(measure)]
    if troubled:
        return seen.came(max(troubled))
    gone = seen.months(*GONE)
    before = [month for month in seen.months(*RECEIVED) if not gone or month < min(gone)]
    return seen.came(max(before)) if before else None


def _last_cases(site: str, reference: Reference, years: Years) -> tuple[date, int, float] | None:
    """The last complete year of new cases: its last month, the cases, the plan."""
    for starts, value in sorted(years.get((site, "new_cases"), {}).items(), reverse=True):
        last = month_after(starts, 11)
        planned = plan_over(reference.plans, site, months_from(starts, last), "new_cases")
        return None if planned is None else (last, round(value), planned)
    return None


def _answers(site: str, assessments: Sequence[Assessment]) -> Answer | None:
    rows = {row.question: row for row in newest((a for a in assessments if a.site == site), "question")}
    if len(rows) < len(QUESTIONS):
        return None
    ordered = [rows[question.number] for question in QUESTIONS]
    answers = tuple(row.answer for row in ordered)
    oldest, lowest = min(ordered, key=lambda row: row.date), min(ordered, key=lambda row: row.answer)
    why = lowest.remark if lowest.answer < THRESHOLDS["score_met"] and lowest.remark else oldest.document
    source = MADE_UP if any(row.source == MADE_UP for row in ordered) else oldest.source
    return Answer(answers, answer_words(answers, why), oldest.document, oldest.date, source)


def answer_words(answers: Sequence[int], why: str) -> Text:
    """The answers to the four questions, and what is behind the lowest or oldest: 3, 3, 2, 2: board paper."""
    return joined(": ", [Plain(", ".join(map(str, answers))), why])


def _gone(seen: _Seen, month: date) -> str:
    state, name = next(state for at, state, _day in seen.calendar if at == month), month_name(month)
    if state == "due":
        return _("{month} return not yet in", month=name)
    return _("{month} return missing", month=name) if state == "missing" else _("{month} return rejected", month=name)


def _unread(month: date, key: str, state: str) -> str:
    places = {"month": month_name(month), "thing": _thing(key)}
    if state == "missing":
        return _("{month} {thing} blank", **places)
    if state == "suppressed":
        return _("{month} {thing} hidden by the site", **places)
    return _("{month} {thing} unreadable", **places)


def _thing(key: str) -> str:
    """A number in short: training spend, new cases."""
    measure, _point, part = key.partition(".")
    return _("{part} {measure}", part=spaced(part), measure=spaced(measure)) if part else spaced(measure)


def together(texts: Sequence[str]) -> str:
    """Texts in a row, with an and between any two: A and B and C."""
    return reduce(lambda first, last: Listing((first, last)), texts) if texts else ""


def month_name(month: date) -> Text:
    """The month's name without its year."""
    return Month(month, "name")
