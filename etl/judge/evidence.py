"""The evidence by which a site is judged, from results, returns, agreements, plans and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import Any

import pandas as pd

from etl.definitions import count_asked
from etl.definitions.checks import COPIES
from etl.definitions.messages import Listing, Month, Plain, Text, _, joined, ngettext
from etl.definitions.periods import month_after, months_from
from etl.definitions.readiness import QUESTIONS, THRESHOLDS
from etl.definitions.writing import spaced
from etl.judge.money import APPROVED, plan_over, standing
from etl.reference import MADE_UP, Assessment, Reference, newest

RECEIVED = ("on_time", "late")
GONE = ("missing", "rejected", "due")
JUDGED = ("spend", "new_cases")


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
    """Approved cash of the assessed year against its planned cost, in pounds, and where the newest of it is written.

    `usable` is what of it counts: not what some months have left over while others are short.

    `at_most` of it is a limit, and `depends` of it hangs on something still to come.
    """

    year: date
    planned: float | None
    secured: float
    usable: float
    gap: float | None
    at_most: float
    depends: float
    depends_on: str
    source: str
    known: date | None
    made_up: bool


@dataclass(frozen=True)
class Bounds:
    """What a sum may be that is not known: with numbers under query as they stand (`stated`) and as suspected.

    `least` is what the known months add up to, `usual` the sum with what is missing at its usual level. `missing` and
    `queried` name the months.
    """

    stated: tuple[float, float]
    supposed: tuple[float, float]
    least: float | None = None
    usual: float | None = None
    missing: str = ""
    queried: str = ""

    @property
    def low(self) -> float:
        """The least that it may be."""
        return min(self.stated[0], self.supposed[0])

    @property
    def high(self) -> float:
        """The most that it may be."""
        return max(self.stated[1], self.supposed[1])

    def ranges(self, times: Fraction = Fraction(1)) -> list[list[Fraction]]:
        """Both ranges as the method wants them, in proportion."""
        return [[Fraction(str(end)) * times for end in own] for own in (self.stated, self.supposed)]


@dataclass(frozen=True)
class Evidence:
    """All that a site is judged by, over twelve months to the data month. None: not known.

    `spend_bounds` and `case_bounds` are what spend and new cases may be where they are not known, `spend_gaps` and
    `case_gaps` say why, `to_come` what would have to be sent. `spend_seen` and `cases_seen` are the month of the return
    that shows most, and when it came. A return that copies another is not among those `received`.
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
    copies: int
    spend_bounds: Bounds | None
    case_bounds: Bounds | None
    spend_gaps: tuple[str, ...]
    case_gaps: tuple[str, ...]
    to_come: tuple[str, ...]
    holes_to_come: int
    missing_returns: int
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
        planned, year = self.planned_spend, self.money.planned
        times = Fraction(str(year)) / Fraction(str(planned)) if planned and year else None
        spend = None if self.spend is None or times is None else Fraction(str(self.spend)) * times
        returns = {"expected": self.expected, "received": self.received, "on_time": self.on_time}
        return {
            "planned_annual_cost": self.money.planned,
            "planned_new_cases": self.planned_cases,
            "funding": [{"amount": self.money.usable, "status": APPROVED}],
            "cost_12m": spend,
            "cost_12m_range": self.spend_bounds.ranges(times) if self.spend_bounds and times else None,
            "count_12m": self.cases,
            "count_12m_range": self.case_bounds.ranges() if self.case_bounds else None,
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
    bounds: pd.DataFrame | None = None,
) -> dict[str, Evidence]:
    """What each site is judged by; `reference` is what was known then, `covers` its cover of the assessed year."""
    window = months_from(month_after(data_month, -11), data_month)
    years, bounded = _year_of(results, window[0]), _bounds_of(bounds, window[0])
    copied = _by_site(queries[queries["code"].isin(COPIES)] if queries is not None else None, "code")
    states, gaps = _by_site(calendar, "state", "received"), _by_site(holes, "measure", "state")
    cases = {}
    for row in covers.to_dict("records"):
        if (site := row["site"]) in sites:
            copies = frozenset(month for month, _code in copied.get(site, []))
            seen = _Seen(window, states.get(site, []), gaps.get(site, []), copies)
            own = {measure: (years.get((site, measure)), bounded.get((site, measure))) for measure in JUDGED}
            cases[site] = _case(site, reference, row, own, window, seen)
    return cases


@dataclass(frozen=True)
class _Seen:
    """The returns of a site over the window: (month, state, received), holes (month, measure, state), copied months."""

    window: list[date]
    calendar: list[tuple[Any, ...]]
    holes: list[tuple[Any, ...]]
    copies: frozenset[date]

    def copied(self) -> list[date]:
        """Months whose return copies another."""
        return [month for month in self.months(*RECEIVED) if month in self.copies]

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


def _year_of(results: pd.DataFrame, starts: date) -> dict[tuple[str, str], float]:
    """The rolling year from a day of each site and measure, where it is whole."""
    kept = results[(results.period == "rolling_year") & results.measure.isin(JUDGED) & results.value.notna()]
    kept = kept[kept.complete.astype(bool) & (pd.to_datetime(kept.starts) == pd.Timestamp(starts))]
    return {(site, m): float(v) for site, m, v in zip(kept.site, kept.measure, kept.value, strict=True)}


def _bounds_of(bounds: pd.DataFrame | None, starts: date) -> dict[tuple[str, str], Bounds]:
    """The bounds of that rolling year by site and measure."""
    if bounds is None:
        return {}
    kept = bounds[(bounds.period == "rolling_year") & (pd.to_datetime(bounds.starts) == pd.Timestamp(starts))]
    return {
        (row.site, row.measure): Bounds(
            (row.stated_low, row.stated_high),
            (row.supposed_low, row.supposed_high),
            None if pd.isna(row.least) else row.least,
            None if pd.isna(row.usual) else row.usual,
            row.missing,
            row.queried,
        )
        for row in kept.itertuples()
    }


def _by_site(frame: pd.DataFrame | None, *columns: str) -> dict[str, list[tuple[Any, ...]]]:
    """(month, columns…) of each site, in order of month."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    if frame is not None and len(frame):
        for site, month, *rest in zip(*(frame[name] for name in ("site", "month", *columns)), strict=True):
            found.setdefault(site, []).append((pd.Timestamp(month).date(), *rest))
    return {site: sorted(rows, key=lambda row: row[0]) for site, rows in found.items()}


def _case(
    site: str,
    reference: Reference,
    covered: Mapping[Any, Any],
    years: Mapping[str, tuple[float | None, Bounds | None]],
    window: list[date],
    seen: _Seen,
) -> Evidence:
    planned_spend, planned_cases = (plan_over(reference.plans, site, window, what) for what in ("cost", "new_cases"))
    # A sum with a number under query in it, of which the cause is suspected, is bounded and not known.
    spend, cases = (None if bounded else known for known, bounded in (years[measure] for measure in JUDGED))
    spend_holes, case_holes = seen.holes_of("spend"), seen.holes_of("new_cases")
    whole = ((spend, spend_holes, "spend"), (cases, case_holes, "new_cases"))
    gaps = [() if known is not None else _gaps(seen, found, years[measure][1]) for known, found, measure in whole]
    return Evidence(
        site=site,
        money=_money(site, reference, covered),
        spend=spend,
        planned_spend=planned_spend,
        cases=None if cases is None else round(cases),
        planned_cases=planned_cases,
        expected=len(seen.months(*RECEIVED, *GONE)),
        received=len(seen.months(*RECEIVED)) - len(seen.copied()),
        numbers_expected=sum(map(count_asked, seen.months(*RECEIVED, *GONE))),
        numbers_received=sum(map(count_asked, seen.months(*RECEIVED))),
        on_time=len([month for month in seen.months("on_time") if month not in seen.copied()]),
        holes=len(seen.holes_of()),
        copies=len(seen.copied()),
        spend_bounds=years["spend"][1],
        case_bounds=years["new_cases"][1],
        spend_gaps=gaps[0] if planned_spend is not None else (_("no plan"),),
        case_gaps=gaps[1] if planned_cases is not None else (_("no plan"),),
        to_come=_to_come(seen, spend_holes, years["spend"][1]),
        holes_to_come=len(spend_holes),
        missing_returns=len(seen.months(*GONE)),
        spend_seen=_evidence(seen, spend, spend_holes),
        cases_seen=_evidence(seen, cases, case_holes),
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
    return Money(
        year=year,
        planned=planned,
        secured=float(covered["secured"]),
        usable=float(covered["secured"] - (0.0 if planned is None else covered["not_carried"])),
        gap=None if planned is None else float(covered["gap"]),
        at_most=float(covered["at_most"]),
        depends=float(covered["depends"]),
        depends_on=covered["depends_on"],
        source=last.source if last else "",
        known=last.known_from if last else None,
        made_up=bool(covered["made_up"]),
    )


def _gaps(seen: _Seen, holes: Sequence[tuple[date, str, str]], bounds: Bounds | None) -> tuple[str, ...]:
    """Why a sum of twelve months is not known: October training spend unreadable; August return missing."""
    missing = [_gone(seen, month) for month in seen.months(*GONE)]
    unread = [_unread(month, key, state) for month, key, state in holes]
    queried = [_("{months} under query", months=bounds.queried)] if bounds and bounds.queried else []
    return (*missing, *unread, *queried) or (_("fewer than twelve months of returns"),)


def _to_come(seen: _Seen, holes: Sequence[tuple[date, str, str]], bounds: Bounds | None) -> tuple[str, ...]:
    """What a site would have to send for its spend to be known."""
    gone = [month_name(month) for month in seen.months(*GONE)]
    sent = (
        (ngettext("{months} return sent", "{months} returns sent", len(gone), months=together(gone)),) if gone else ()
    )
    typed = (_("{month} {thing} typed", month=month_name(month), thing=_thing(key)) for month, key, _state in holes)
    queried = (_("{months} spend query answered", months=bounds.queried),) if bounds and bounds.queried else ()
    return (*sent, *typed, *queried)


def _evidence(seen: _Seen, known: float | None, holes: Sequence[tuple[date, str, str]]) -> tuple[date, date] | None:
    """The return that shows most: the last, the last with a hole, or the last before one is missing."""
    if known is not None:
        return seen.came(seen.window[-1])
    if holes:
        return seen.came(max(month for month, _, _ in holes))
    gone = seen.months(*GONE)
    before = [month for month in seen.months(*RECEIVED) if not gone or month < min(gone)]
    return seen.came(max(before)) if before else None


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
    if state == "not_applicable":
        return _("{month} {thing} said not to apply", **places)
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
