"""Headlines: rules that turn rows of an edition into a sentence the rows bear out."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from dashboard.data.edition import Row
from dashboard.wording.readiness import in_the_way as in_the_way
from dashboard.wording.readiness import milestones as milestones
from dashboard.wording.readiness import readiness as readiness
from etl.definitions.periods import month_after, write_financial_year, write_month
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import (
    HIDDEN,
    count,
    counted,
    first_upper,
    listed,
    named,
    percent,
    pounds,
    round_half_up,
    spaced,
)
from etl.judge.scenario import Outcome


def grant_end(cliff: Sequence[Row]) -> date | None:
    """The last month in which money flows that then ends."""
    months = [row.month for row in cliff if row.status == "ending" and row.amount]
    return max(months) if months else None


def year_of(cover: Sequence[Row]) -> str:
    """The financial year that cover is about."""
    years = {row.year for row in cover}
    return write_financial_year(max(years)) if years else ""


def last_of(starts: date) -> date:
    """The last month of a year that starts then."""
    return month_after(starts, 11)


def some_hidden(rows: Sequence[Row | None]) -> bool:
    """Whether a number among these may not be seen."""
    return any(row is not None and row.shown == HIDDEN for row in rows)


def spread(rows: Sequence[Row | None], what: str) -> str:
    """The lowest and highest of some numbers as they are shown, unnamed: 62% to 74% of referrals were accepted."""
    known = sorted((row.value, row.shown) for row in rows if row is not None and row.value is not None)
    if not known:
        return ""
    low, high = known[0][1], known[-1][1]
    said = f"{low} {what}" if low == high else f"{low} to {high} {what}"
    return said if len(known) == len(rows) else f"{said}, where {'shown' if some_hidden(rows) else 'known'}"


def _apart(one: Row, other: Row) -> bool:
    """Whether two intervals do not touch."""
    return bool(one.low > other.high or one.high < other.low)


def gaps_in(rows: Sequence[tuple[str, Row | None]], period: str) -> str:
    """How many sites have no number for a period."""
    holes = [label for label, row in rows if row is None or row.value is None]
    if not holes:
        return f"Every site has a whole {period}"
    if len(holes) == 1:
        return f"{holes[0]}’s {period} has a gap"
    return f"{first_upper(count(len(holes)))} sites’ {period} has a gap"


def funding(row: Row | None) -> str:
    """How much of the planned cost of the year without the grant is secured."""
    if row is None or not row.planned or row.secured is None:
        return "What is secured once the grant ends is not known"
    from_month = f"From {write_month(row.year, long=True)}"
    left = row.planned - row.secured
    if left <= NIL_POUNDS:
        return f"{from_month}, all of the planned cost is secured"
    pence = round_half_up(100 * row.secured / row.planned)
    return f"{from_month}, {pence:.0f}p of each planned pound is secured; {pounds(left)} is not"


def no_funder(label: str, amount: float) -> str:
    """What nobody has said they will pay; never called a shortfall."""
    return (
        f"{label}: {pounds(amount)} has no funder stated"
        if amount > NIL_POUNDS
        else f"{label}: every pound has a funder named"
    )


def cliff(secured: Sequence[tuple[date, float]], planned: Mapping[date, float], start: date) -> str:
    """The share of planned cost that secured money covers from the day the grant has ended, and where it steps."""
    shares = [
        (month, round_half_up(100 * amount / planned[month]))
        for month, amount in secured
        if month >= start and planned.get(month)
    ]
    if not shares:
        return "No month has a planned cost to set money against"
    steps = [shares[0]] + [now for before, now in pairwise(shares) if now[1] != before[1]]
    said = f"Secured money covers {steps[0][1]:.0f}% of planned cost from {write_month(steps[0][0], long=True)}"
    if len(steps) == 2:
        return f"{said}, {steps[1][1]:.0f}% from {write_month(steps[1][0], long=True).split()[0]}"
    if len(steps) > 2:
        low = min(share for _, share in shares)
        return f"{said}, as little as {low:.0f}% later"
    return said


def largest_funder(rows: Sequence[tuple[str, str, float]]) -> str:
    """Who pays most at each site; a row is a site's label, the largest funder's label, and its share."""
    if not rows:
        return "Who pays is not known"
    funders = {funder for _, funder, _ in rows}
    shares = [round_half_up(100 * share) for _, _, share in rows]
    if len(funders) == 1:
        low, high = min(shares), max(shares)
        where = f"at {'every site' if len(rows) > 1 else rows[0][0]}"
        part = f"{low:.0f}%" if low == high else f"{low:.0f}% to {high:.0f}%"
        return f"{funders.pop()} pays {part} {where}"
    return "The largest funder is not the same at every site"


def agreements(rows: Sequence[Row], year: str) -> str:
    """How many agreements are signed or approved."""
    signed = sum(row.status == "approved" for row in rows)
    if not rows:
        return f"No agreement is known for {year}"
    return f"{first_upper(counted(signed, 'agreement'))} {'is' if signed == 1 else 'are'} approved for {year}"


def spend_against_plan(rows: Sequence[Row | None]) -> str:
    """Spend of each planned pound: £0.97 to £1.04 was spent of each planned pound."""
    known = sorted(row.value for row in rows if row is not None and row.value is not None)
    if not known:
        return ""
    low, high = (f"£{round_half_up(value, 2):.2f}" for value in (known[0], known[-1]))
    said = f"{low if low == high else f'{low} to {high}'} was spent of each planned pound"
    return said if len(known) == len(rows) else f"{said}, where {'shown' if some_hidden(rows) else 'known'}"


def two_spans(row: Row) -> str:
    """The two spans of a bridge: April to November, 2018 and 2019."""
    first, last = (month.strftime("%B") for month in (row.to_starts, row.to_ends))
    if (row.from_starts.month, row.from_ends.month) == (row.to_starts.month, row.to_ends.month):
        return f"{first} to {last}, {row.from_ends.year} and {row.to_ends.year}"
    return f"{write_month(row.from_starts)} to {write_month(row.from_ends)}, then to {write_month(row.to_ends)}"


def per_of(measure: str) -> str:
    """What a unit cost is per, from its name."""
    for end in ("_shared", "_with_in_kind"):
        measure = measure.removesuffix(end)
    name = measure.removeprefix("cost_per_")
    return spaced(name.replace("case_month", "case-month")) if measure.startswith("cost_per_") else ""


def plural(per: str) -> str:
    """Several of what a unit cost is per: new cases, perpetrators worked with."""
    first, _, rest = per.partition(" worked")
    return f"{first}s{' worked' + rest if rest else ''}"


def trend(ends: Sequence[tuple[str, Row | None, Row | None]], per: str) -> str:
    """Whether the first and last year of a unit cost lie apart; a row is a site's label and the two numbers."""
    moved = []
    for label, first, last in ends:
        if first is None or last is None or first.low is None or last.low is None or not _apart(first, last):
            continue
        way = "rose" if last.value > first.value else "fell"
        moved.append(f"{named(label)} {way} from {first.shown} to {last.shown}")
    if moved:
        return f"Year by year, {' and '.join(moved[:2])} per {per}"
    return f"No site’s yearly cost per {per} shows a clear change"


def share_moved(rows: Sequence[tuple[str, Row | None, Row | None]]) -> str:
    """Whether the Home Office's share moved by five points or more between two quarters."""
    moved = []
    known = 0
    for label, first, last in rows:
        if first is None or last is None or first.value is None or last.value is None:
            continue
        known += 1
        if abs(last.value - first.value) >= 0.05:
            moved.append(f"{label} {first.shown} to {last.shown}")
    if moved:
        return f"The Home Office share moved: {'; '.join(moved[:3])}"
    return "The Home Office share shows no clear change" if known else "The Home Office share by quarter is not known"


def covered(rows: Sequence[Row]) -> str:
    """How many sites have a full year's money."""
    known = [row for row in rows if row.months is not None]
    full = sum(row.months >= 12 for row in known)
    if not known:
        return "Months of cover are not known"
    if len(known) == 1:
        return f"{known[0].months:.1f} of 12 months are secured"
    if not full:
        return "No site has a full year’s money secured"
    have = "has" if full == 1 else "have"
    return f"{first_upper(counted(full, 'site'))} of {count(len(known))} {have} a full year’s money secured"


def scenario(clause: str, whole: Outcome, sites: Sequence[Outcome]) -> str:
    """What a scenario leaves unsecured, and how many sites have a full year's money whatever the cost."""
    low, high = pounds(whole.gap.low), pounds(whole.gap.high)
    if whole.gap.high <= NIL_POUNDS:
        return f"{clause}, every pound of the supposed cost is secured"
    left = low if low == high else f"{low} to {high}"
    full = sum(one.months.low >= 12 for one in sites)
    if len(sites) == 1:
        return f"{clause}, {left} is not secured"
    has = "no site has" if not full else f"{count(full)} of {count(len(sites))} sites {'has' if full == 1 else 'have'}"
    return f"{clause}, {left} is not secured and {has} a full year’s money"


def scenario_verdicts(rows: Sequence[tuple[tuple[str, str], Row | None]]) -> str:
    """How many verdicts a scenario moves; a row is the verdicts at the lowest and highest cost, and the one known."""
    known = [(under, row.verdict) for under, row in rows if row is not None]
    moved = sum(under[0] == under[1] != now for under, now in known)
    unsure = sum(under[0] != under[1] for under, _ in known)
    said = f"{first_upper(counted(moved, 'verdict'))} would be different" if moved else "No verdict would be different"
    return f"{said}; {counted(unsure, 'depends', 'depend')} on how much of the cost is fixed" if unsure else said


def first_short(month: date | None) -> str:
    """The first month that money laid evenly does not pay for."""
    if month is None:
        return "No month would be short"
    return f"{write_month(month, long=True)} would be the first short month"


def cases_paid_for(low: float, high: float, planned: float) -> str:
    """How many of the planned cases the money pays for."""
    ends = [f"{round_half_up(value):,.0f}" for value in (low, high)]
    if ends[0] == f"{planned:,.0f}":
        return f"The money would pay for all {planned:,.0f} planned cases"
    found = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    return f"The money would pay for {found} of {planned:,.0f} planned cases"


def outside_chance(labels: Sequence[str], sites: int) -> str:
    """Where the supposed cases are fewer or more than chance alone would bring."""
    if not labels:
        return "The supposed cases are within what chance would bring" if sites else "Next year’s cases are not known"
    return f"{listed(labels)}: the supposed cases are not what the last year leads to expect"


def year_before(starts: date) -> date:
    """The financial year before one."""
    return month_after(starts, -12)


def pays_most(label: str, rows: Sequence[Row], period: str) -> str:
    """The largest funder of a period; rows are its funders of cash."""
    known = [row for row in rows if row.share is not None]
    if not known:
        return f"{label}: who paid is not known for {period}"
    first = max(known, key=lambda row: row.share)
    return f"{label}: the largest funder is {first.label}, {percent(first.share)} of cash in {period}"


def replaced(rows: Sequence[tuple[str, Row]]) -> str:
    """How much of the grant other approved money replaces; a row is a site's label and its cover."""
    some = [(label, row) for label, row in rows if row.replaced > NIL_POUNDS]
    if not some:
        return "No approved money replaces the grant yet"
    whole = [label for label, row in some if row.replaced >= row.grant_before - NIL_POUNDS]
    if len(whole) == len(rows):
        return "The grant is replaced in full at every site"
    said = [f"{label} replaces {pounds(row.replaced)} of {pounds(row.grant_before)}" for label, row in some[:2]]
    none = len(rows) - len(some)
    tail = f"; {counted(none, 'site replaces', 'sites replace')} none of it" if none else ""
    return f"{' and '.join(said)}{tail}"


def drawn(rows: Sequence[Row]) -> str:
    """How much of the limits is known to be drawn."""
    known = sum(row.drawn is not None for row in rows)
    if not known:
        return "What has been drawn of these grants is not known"
    return f"{first_upper(counted(known, 'grant says', 'grants say'))} what has been drawn, of {count(len(rows))}"
