"""Money ahead: what agreements pay in each month, how far that goes against the plan, and what has no funder.

One rule answers what is missing and by when: each agreement is spread evenly over its months, and what a month has
left over is not carried to another. A year that is not wholly paid for is short from its first such month
(`first_short_if_even`); the gap is what its months are short of, added up. Months of cover are 12 × secured ÷ planned,
where money left over in some months does not count while others are short. Two other answers stand beside it by name:

- **If spent until gone** (`first_short_month`): £275,000 at £26,000 a month lasts 10.6 months, and the first month that
  is short is the eleventh. Money can be drawn only between its agreement's start and end, the one that ends first
  before the others.
- **If what is left over may be carried over** (`not_carried`): so much less would be missing.

Only approved cash is secured: what comes in kind pays no bill. How much of it is a limit ("up to") or still depends on
something is counted beside it (`at_most`, `depends`). Money of one site pays nothing at another, so the programme is
short as soon as one site is. The central team's money is apart from all of this.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

import pandas as pd

from etl.definitions.funding import FUNDING
from etl.definitions.periods import day_of, financial_year_start, month_after, months_between, months_from
from etl.definitions.readiness import GRANT_FUNDER
from etl.definitions.tables import columns_of
from etl.definitions.writing import lower_first
from etl.methods import runway
from etl.reference import MADE_UP, Agreement, Funder, Plan, Reference, as_frame, funder_label, newest, plan_on
from etl.reference.rows import STATUSES

ALL = "all"
APPROVED = STATUSES[0]
ENDING = "ending"
NO_FUNDER = "no_funder"
NOT_CARRIED = "not_carried"
CLIFF_STATUSES = ("planned", ENDING, *STATUSES, NO_FUNDER)
STATUS_LABELS = {
    "planned": "Planned cost",
    ENDING: "Home Office money that ends",
    "approved": "Secured",
    "agreed_in_principle": "Agreed in principle",
    "bid": "Bid",
    "expected": "Expected",
    NOT_CARRIED: "Left over in some months",
    NO_FUNDER: "No funder stated",
}
# Months are rounded to the penny, so that twelve of them may differ from a year's by less than this.
ROUNDING = 99

Pence = dict[date, int]  # by the first day of the month


@dataclass(frozen=True)
class Standing:
    """An agreement together with what it is matched to: its pence by month, and the status that it really has."""

    agreement: Agreement
    status: str
    months: Pence

    @property
    def funded_by_grant(self) -> bool:
        """Whether this is money of the grant that ends."""
        return GRANT_FUNDER in self.agreement.funder


@dataclass(frozen=True)
class Lasting:
    """How long money lasts if it is drawn as needed: months paid for, also in part, and the first that is short."""

    months: float
    first_short: date | None


def standing(agreements: Iterable[Agreement]) -> list[Standing]:
    """The newest word of each agreement, with what falls because the money that it is matched to has fallen.

    Matched money is never surer than its condition, and none of it is left in months after the condition's last.
    Where the condition is not known, nothing is left.
    """
    rows = {row.agreement: row for row in newest(agreements, "agreement")}
    done: dict[str, Standing] = {}
    for row in rows.values():
        _stand(row, rows, done)
    return [done[name] for name in rows]


def grant_ends(agreements: Iterable[Agreement]) -> date | None:
    """The last day for which money of the grant is approved."""
    ends = [
        money.agreement.ends for money in standing(agreements) if money.status == APPROVED and money.funded_by_grant
    ]
    return max(ends, default=None)


def assessed_year(agreements: Iterable[Agreement], data_month: date) -> date:
    """The start of the first financial year that begins without the grant; without a grant, of the next one."""
    last = grant_ends(agreements)
    if last is None:
        return month_after(financial_year_start(data_month), 12)
    return month_after(financial_year_start(date(last.year, last.month, 1)), 12)


def planned_months(plans: Sequence[Plan], site: str, months: Iterable[date]) -> dict[date, int | None]:
    """The planned cost of each month in pence: nothing before a site's first plan, None where its plans say nothing.

    A plan is for a year: twelve months from April add up to it exactly.
    """
    first = min((plan.starts for plan in plans if plan.site == site), default=None)
    return {month: _planned(plans, site, month, first) for month in months}


def plan_over(plans: Sequence[Plan], site: str, months: Sequence[date], what: str) -> float | None:
    """The planned `new_cases` or `cost` of some months, a twelfth of the year each; None where a month has no plan."""
    found = [plan_on(plans, site, month) for month in months]
    if not found or any(plan is None for plan in found):
        return None
    total = sum((Fraction(str(getattr(plan, what))) for plan in found), Fraction(0)) / 12
    return float(total)


def cliff(reference: Reference, sites: Sequence[str], first: date, last: date) -> pd.DataFrame:
    """Pounds by site (and `all`), month and status, evenly over each agreement's months, against planned cost.

    `no_funder` is what is left of each site's planned cost; `all` adds up the sites, and is None where one has no plan.
    `share` is what approved money is of planned cost; of no other status there is one.
    """
    months = months_from(first, last)
    money = standing(reference.agreements)
    rows = [row for site in sites for row in _cliff_of(site, months, reference.plans, money)]
    frame = pd.DataFrame(rows, columns=["site", "month", "status", "amount"])
    frame = pd.concat([frame, _summed_up(frame)], ignore_index=True)
    planned = frame[(frame.status == "planned") & (frame.amount > 0)].set_index(["site", "month"]).amount
    of = frame[["site", "month"]].merge(planned.rename("of").reset_index(), how="left").of
    return frame.assign(share=(frame.amount / of).where(frame.status == APPROVED))


def lasting(planned: Mapping[date, int], pots: Iterable[Pence]) -> Lasting:
    """How long pots of money (pence by month) last against planned pence by month, drawn as needed.

    A pot can be drawn in full from its first month to its last; the one that ends first is drawn first.
    """
    left = [[min(pot), max(pot), sum(pot.values())] for pot in pots if any(pot.values())]
    covered, owed = 0.0, 0
    for month, need in sorted(planned.items()):
        short = _draw(month, need, left)
        owed += short
        if owed > ROUNDING:
            return Lasting(covered + (need - short) / need, month)
        covered += 1
    return Lasting(covered, None)


def cover(reference: Reference, sites: Sequence[str], year: date, data_month: date) -> pd.DataFrame:
    """How far approved cash goes in the financial year from `year`: a row a site, and `all`.

    Pounds, months and dates; what depends on a plan is None where there is none. `notice_months` counts from the data
    month to the first month that is short if money is spread evenly; `share` is planned cost less the gap, over planned
    cost. `runway_months` is how long approved cash lasts from the month after the data month, to the end of the plan at
    most. `grant_before` and `local_before` are the approved cash of the twelve months before: what the secured money
    has to replace. `replaced` is how much of the grant it does replace: what is secured beyond the local money of those
    months, the grant at most.
    """
    money = standing(reference.agreements)
    rows = [_cover_of(site, year, data_month, reference.plans, money) for site in sites]
    return pd.DataFrame([*rows, _programme_cover(rows, year, data_month)], columns=columns_of("cover"))


def gap_steps(reference: Reference, sites: Sequence[str], first: date, last: date) -> pd.DataFrame:
    """The waterfall from planned cost to what has no funder, for the months from `first` to `last`: a row a step.

    A site's steps are its agreements by status and funder, those of `all` the statuses. What falls short of a plan
    is `no_funder`; each site's stays its own. What is left over in some months (`not_carried`) is below nought.
    """
    months = months_from(first, last)
    money = standing(reference.agreements)
    steps = {site: _steps_of(site, months, reference, money) for site in sites}
    rows = [
        {
            "site": site,
            "starts": first,
            "ends": last,
            "position": at,
            "step": step,
            "label": label,
            "amount": pence / 100,
        }
        for site, found in {**steps, ALL: _steps_together(steps)}.items()
        for at, (step, label, pence) in enumerate(found, start=1)
    ]
    return pd.DataFrame(rows, columns=columns_of("gaps"))


def agreement_rows(reference: Reference) -> pd.DataFrame:
    """The newest version of each agreement for a page, with its pounds and status once lost matches are counted.

    `left` is what may still be drawn of a limit; None where what was drawn is not known.
    """
    money = standing(reference.agreements)
    frame = as_frame([entry.agreement for entry in money], Agreement)
    frame["funder"] = [", ".join(entry.agreement.funder) for entry in money]
    frame["funder_label"] = [_payers(reference.funders, entry.agreement) for entry in money]
    frame["stands_as"] = [entry.status for entry in money]
    frame["stands"] = [sum(entry.months.values()) / 100 for entry in money]
    frame["left"] = frame["amount"] - pd.to_numeric(frame["drawn"])
    return frame[columns_of("agreements")]


def funding_mix(results: pd.DataFrame, funders: Sequence[Funder]) -> pd.DataFrame:
    """Who paid in each period that is complete: pounds and share by funder, cash and in kind apart.

    A funder's share is of all cash; that of what came in kind is of cash and in kind together. Both are measures of
    `results`; nothing is divided here.
    """
    measures = {f"funding.{part.name}": (part.name, "cash", f"funding_share.{part.name}") for part in FUNDING.parts}
    measures["funding_in_kind"] = ("in_kind", "in_kind", "in_kind_share")
    told = [*measures, *(share for _, _, share in measures.values())]
    known = results[results["complete"].astype(bool) & results["measure"].isin(told)]
    values = {
        (site, period, starts, measure): value
        for site, period, starts, measure, value in zip(
            *(known[name] for name in ("site", "period", "starts", "measure", "value")), strict=True
        )
    }
    rows = []
    for (site, period, starts, measure), value in values.items():
        if measure in measures:
            funder, form, share = measures[measure]
            label = "In kind" if form == "in_kind" else _label(funders, funder, site, day_of(starts))
            part = values.get((site, period, starts, share))
            rows.append((site, period, starts, funder, label, form, value, part))
    return pd.DataFrame(rows, columns=columns_of("funding_mix"))


def _pence(amount: float) -> int:
    return round(Fraction(str(amount)) * 100)


@lru_cache(maxsize=4096)
def _spread(pence: int, starts: date, ends: date) -> Pence:
    """Rounds the running total, not each month, so that nothing is lost. What it gives is never changed."""
    months = months_from(starts.replace(day=1), ends.replace(day=1))
    weights = [_share_of_month(month, starts, ends) for month in months]
    whole, passed, given = sum(weights), Fraction(0), 0
    amounts = {}
    for month, weight in zip(months, weights, strict=True):
        passed += weight
        total = int(pence * passed / whole + Fraction(1, 2))
        amounts[month] = total - given
        given = total
    return amounts


def _share_of_month(month: date, starts: date, ends: date) -> Fraction:
    last = month.replace(day=monthrange(month.year, month.month)[1])
    days = (min(ends, last) - max(starts, month)).days + 1
    return Fraction(days, last.day)


def _stand(row: Agreement, rows: Mapping[str, Agreement], done: dict[str, Standing]) -> Standing:
    if row.agreement not in done:
        months = _spread(_pence(row.amount), row.starts, row.ends)
        status = row.status
        if row.matched_to:
            months, status = _fall(months, status, row.matched_to, rows, done)
        done[row.agreement] = Standing(row, status, months)
    return done[row.agreement]


def _fall(
    months: Pence, status: str, condition: str, rows: Mapping[str, Agreement], done: dict[str, Standing]
) -> tuple[Pence, str]:
    """What is left of matched money: nothing after its condition's last paid month, and no surer than it."""
    if condition not in rows:
        return {}, STATUSES[-1]
    held = _stand(rows[condition], rows, done)
    paid = [month for month, pence in held.months.items() if pence]
    kept = {month: pence for month, pence in months.items() if paid and month <= max(paid)}
    return kept, max(status, held.status, key=STATUSES.index)


def _planned(plans: Sequence[Plan], site: str, month: date, first: date | None) -> int | None:
    plan = plan_on(plans, site, month)
    if plan is None:
        return 0 if first is not None and month < first else None
    year = financial_year_start(month)
    return _spread(_pence(plan.cost), year, month_after(year, 12) - timedelta(days=1))[month]


def _by_status(site: str, months: Sequence[date], money: Iterable[Standing]) -> dict[str, Pence]:
    """Cash by status and month; approved money of the grant apart as `ending`."""
    found: dict[str, Pence] = {status: dict.fromkeys(months, 0) for status in (ENDING, *STATUSES)}
    for entry in _cash(site, money):
        status = ENDING if entry.funded_by_grant and entry.status == APPROVED else entry.status
        for month in months:
            found[status][month] += entry.months.get(month, 0)
    return found


def _cash(site: str, money: Iterable[Standing]) -> list[Standing]:
    return [entry for entry in money if entry.agreement.site == site and entry.agreement.form == "cash"]


def _cliff_of(
    site: str, months: Sequence[date], plans: Sequence[Plan], money: Sequence[Standing]
) -> list[tuple[str, date, str, float | None]]:
    planned = planned_months(plans, site, months)
    statuses = _by_status(site, months, money)
    rows = []
    for month in months:
        need = planned[month]
        paid = sum(pence[month] for pence in statuses.values())
        missing = None if need is None else _unless_rounding(need - paid)
        amounts = {"planned": need, **{status: pence[month] for status, pence in statuses.items()}, NO_FUNDER: missing}
        rows += [(site, month, status, _pounds(amounts[status])) for status in CLIFF_STATUSES]
    return rows


def _unless_rounding(pence: int) -> int:
    """What is missing; a penny or two that twelve rounded months differ by is not."""
    return pence if pence > ROUNDING else 0


def _pounds(pence: int | None) -> float | None:
    return None if pence is None else pence / 100


def _summed_up(frame: pd.DataFrame) -> pd.DataFrame:
    total = frame.groupby(["month", "status"], sort=False)["amount"].agg(lambda a: a.sum(skipna=False)).round(2)
    return total.reset_index().assign(site=ALL)[["site", "month", "status", "amount"]]


def _draw(month: date, need: int, left: list[list]) -> int:
    """Draws what a month needs from the pots open in it, in the order in which they end; what is short."""
    for pot in sorted(left, key=lambda pot: pot[1]):
        if pot[0] <= month <= pot[1]:
            taken = min(need, pot[2])
            pot[2] -= taken
            need -= taken
    return need


def _cover_of(
    site: str, year: date, data_month: date, plans: Sequence[Plan], money: Sequence[Standing]
) -> dict[str, object]:
    months = months_from(year, month_after(year, 11))
    planned = planned_months(plans, site, months)
    statuses = _by_status(site, months, money)
    sums = {status: sum(pence.values()) for status, pence in statuses.items()}
    secured = sums[APPROVED] + sums[ENDING]
    hopes = {"in_principle": sums["agreed_in_principle"], "bid": sums["bid"], "expected": sums["expected"]}
    row: dict[str, object] = dict.fromkeys(columns_of("cover"))
    row |= {"site": site, "year": year, "secured": secured / 100}
    row |= {name: pence / 100 for name, pence in hopes.items()}
    before = _by_status(site, months_from(month_after(year, -12), month_after(year, -1)), money)
    row |= {"grant_before": sum(before[ENDING].values()) / 100, "local_before": sum(before[APPROVED].values()) / 100}
    row["replaced"] = max(0, min(sum(before[ENDING].values()), secured - sum(before[APPROVED].values()))) / 100
    row |= _conditions(site, months, money) | {"made_up": _made_up(site, months, plans, money)}
    needs = {month: need for month, need in planned.items() if need}
    if not needs or None in planned.values():
        return row
    whole = sum(needs.values())
    approved = [statuses[APPROVED], statuses[ENDING]]
    gap = _missing(needs, approved)
    row |= {
        "planned": whole / 100,
        "months": runway.cover(whole, whole - gap if gap else secured),
        "share": (whole - gap if gap else secured) / whole,
        "gap": gap / 100,
        "not_carried": (secured - whole + gap) / 100 if gap else 0.0,
        "no_funder": _missing(needs, list(statuses.values())) / 100,
        "runway_months": _runway(site, data_month, plans, money),
    }
    pots = [{m: entry.months[m] for m in months if m in entry.months} for entry in _approved(site, money)]
    gone = lasting(needs, [pot for pot in pots if pot]).first_short
    return row | _until(needs, _first_short(needs, approved), gone, data_month)


def _conditions(site: str, months: Sequence[date], money: Iterable[Standing]) -> dict[str, object]:
    """How much of the secured money is a limit, how much still depends on something, and on what."""
    paid = [(sum(entry.months.get(month, 0) for month in months), entry.agreement) for entry in _approved(site, money)]
    paid = [(pence, agreement) for pence, agreement in paid if pence]
    return {
        "at_most": sum(pence for pence, agreement in paid if agreement.up_to) / 100,
        "depends": sum(pence for pence, agreement in paid if agreement.depends_on) / 100,
        "depends_on": "; ".join(dict.fromkeys(a.depends_on for _pence, a in paid if a.depends_on)),
    }


def _approved(site: str, money: Iterable[Standing]) -> list[Standing]:
    return [entry for entry in _cash(site, money) if entry.status == APPROVED]


def _missing(needs: Mapping[date, int], paid: Sequence[Pence]) -> int:
    """What the months are short of, added up, in pence."""
    money = [sum(pence[month] for pence in paid) for month in needs]
    return int(runway.missing(list(needs.values()), money, ROUNDING))


def _first_short(needs: Mapping[date, int], paid: Sequence[Pence]) -> date | None:
    """The first month by which more is missing than rounding."""
    short = 0
    for month, need in sorted(needs.items()):
        short += max(0, need - sum(pence[month] for pence in paid))
        if short > ROUNDING:
            return month
    return None


def _until(needs: Mapping[date, int], uneven: date | None, gone: date | None, data_month: date) -> dict[str, object]:
    """The first month that is short, with the notice until then, and if money is spent until gone, with the last day
    before it (None if that is before the year).
    """
    ends = gone or month_after(max(needs))
    return {
        "first_short_if_even": uneven,
        "first_short_month": gone,
        "secured_until": None if gone == min(needs) else ends - timedelta(days=1),
        "notice_months": None if uneven is None else max(0, months_between(data_month, uneven)),
    }


def _runway(site: str, data_month: date, plans: Sequence[Plan], money: Sequence[Standing]) -> float | None:
    """Months from the data month that approved cash lasts; money laid over months gone by counts as spent."""
    first = month_after(data_month)
    end = max((plan.ends for plan in plans if plan.site == site), default=None)
    if end is None or end < first:
        return None
    planned = planned_months(plans, site, months_from(first, end.replace(day=1)))
    pots = [{m: p for m, p in entry.months.items() if m >= first} for entry in _approved(site, money)]
    return lasting({month: need for month, need in planned.items() if need}, [pot for pot in pots if pot]).months


def _made_up(site: str, months: Sequence[date], plans: Sequence[Plan], money: Iterable[Standing]) -> bool:
    """Whether anything made up is part of a cover: the plan, or secured money of those months."""
    used = [plan_on(plans, site, month) for month in months]
    sources = {plan.source for plan in used if plan} | {
        entry.agreement.source for entry in _approved(site, money) if set(entry.months) & set(months)
    }
    return MADE_UP in sources


_SUMMED = (
    "planned", "secured", "in_principle", "bid", "expected", "no_funder", "gap", "not_carried", "at_most", "depends",
    "grant_before", "local_before", "replaced",
)  # fmt: skip


def _programme_cover(rows: Sequence[dict], year: date, data_month: date) -> dict[str, object]:
    """All sites together; months and share count no more of a site's money than its plan costs."""

    def total(name: str) -> float | None:
        values = [row[name] for row in rows]
        return None if not values or None in values else round(sum(values), 2)

    def first(name: str) -> date | None:
        return min((row[name] for row in rows if row[name] is not None), default=None)

    row: dict[str, object] = dict.fromkeys(columns_of("cover"))
    row |= {"site": ALL, "year": year, "made_up": any(entry["made_up"] for entry in rows)}
    row |= {name: total(name) for name in _SUMMED}
    planned, gap = total("planned"), total("gap")
    if not planned or gap is None:
        return row
    short = first("first_short_if_even")
    row |= {
        "months": runway.cover(planned, round(planned - gap, 2)),
        "share": (planned - gap) / planned,
        "first_short_month": first("first_short_month"),
        "first_short_if_even": short,
        "secured_until": None if any(entry["secured_until"] is None for entry in rows) else first("secured_until"),
        "notice_months": None if short is None else max(0, months_between(data_month, short)),
        "runway_months": first("runway_months"),
    }
    return row


Step = tuple[str, str, int]  # status, label, pence


def _steps_of(site: str, months: Sequence[date], reference: Reference, money: Sequence[Standing]) -> list[Step]:
    planned = planned_months(reference.plans, site, months)
    if None in planned.values():
        return []
    need = sum(pence for pence in planned.values() if pence)
    paid: dict[tuple[str, str], int] = {}
    for entry in sorted(_cash(site, money), key=lambda entry: STATUSES.index(entry.status)):
        pence = sum(entry.months.get(month, 0) for month in months)
        if pence:
            step = entry.status, _payers(reference.funders, entry.agreement)
            paid[step] = paid.get(step, 0) + pence
    by_status = _by_status(site, months, money)
    missing = _missing({month: pence or 0 for month, pence in planned.items()}, list(by_status.values()))
    steps = [("planned", STATUS_LABELS["planned"], need), *((*step, pence) for step, pence in paid.items())]
    left_over = sum(paid.values()) - need + missing
    if left_over > ROUNDING:
        steps.append((NOT_CARRIED, STATUS_LABELS[NOT_CARRIED], -left_over))
    return [*steps, (NO_FUNDER, STATUS_LABELS[NO_FUNDER], missing)]


def _steps_together(steps: Mapping[str, Sequence[Step]]) -> list[Step]:
    """The programme's steps; none where a site has none."""
    if not all(steps.values()):
        return []
    found = [step for steps_of_site in steps.values() for step in steps_of_site]
    sums = {status: sum(pence for name, _, pence in found if name == status) for status in STATUS_LABELS}
    return [(s, STATUS_LABELS[s], sums[s]) for s in STATUS_LABELS if sums[s] or s in ("planned", NO_FUNDER)]


def _payers(funders: Sequence[Funder], agreement: Agreement) -> str:
    """Who pays an agreement, in short: `Commissioner, police`."""
    labels = [funder_label(funders, name, agreement.site, agreement.starts, short=True) for name in agreement.funder]
    return ", ".join([labels[0], *map(lower_first, labels[1:])])


def _label(funders: Sequence[Funder], funder: str, site: str, starts: date) -> str:
    return funder_label(funders, funder, site, starts, short=True)
