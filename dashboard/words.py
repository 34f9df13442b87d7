"""Headlines: rules that turn rows of an edition into a sentence the rows bear out."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.edition import Row
from etl.definitions.measure import round_half_up
from etl.definitions.periods import month_after, write_financial_year, write_month

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VERDICT_WORDS = {
    "ready": "Ready",
    "ready_with_conditions": "Ready with conditions",
    "not_yet": "Not yet",
    "cannot_say": "Cannot say",
}


def count(number: int) -> str:
    """A whole number in a sentence: two, 12."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: one site, two sites."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def first_upper(words: str) -> str:
    """The words with a capital at their start."""
    return words[:1].upper() + words[1:]


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in a row: A, B and C; beyond `most` of them, how many."""
    if len(names) > most:
        return f"{len(names)} sites"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def pounds(amount: float) -> str:
    """Whole pounds: £1,234."""
    return f"£{round_half_up(abs(amount)):,.0f}"


def pounds_short(amount: float) -> str:
    """Pounds on an axis: £850, £132k, £1.6m."""
    amount = abs(amount)
    if amount < 1000:
        return f"£{round_half_up(amount):.0f}"
    if amount < 999_500:
        return f"£{round_half_up(amount / 1000):,.0f}k"
    return f"£{round_half_up(amount / 1_000_000, 1):g}m"


def readiness(verdicts: Sequence[Row], labels: Mapping[str, str], cover: Sequence[Row], grant_ends: date | None) -> str:
    """Whether the sites can carry on without the grant; `verdicts` and `cover` are those of the sites shown."""
    verdicts = [row for row in verdicts if row.site in labels]
    if not verdicts:
        return "No verdict yet: no site has been judged"
    if len(verdicts) == 1:
        return _one_verdict(verdicts[0], labels)
    kinds = [row.verdict for row in verdicts]
    ready, unknown = kinds.count("ready"), kinds.count("cannot_say")
    if ready == len(kinds):
        return f"Yes: all {count(len(kinds))} sites are ready to carry on without the grant"
    if unknown == len(kinds):
        return f"Cannot say: none of the {count(len(kinds))} sites can be judged on what has been received"
    tail = f", and {counted(unknown, 'site')} cannot be judged" if unknown else ""
    months = [row.months for row in cover if row.site in labels and row.months is not None]
    if not ready and len(months) == len(kinds) and max(months) < 12:
        return f"Not yet: no site has a full year’s money once the grant ends{_in(grant_ends)}{tail}"
    conditions = kinds.count("ready_with_conditions")
    said = f"{counted(ready, 'site')} of {count(len(kinds))} {'is' if ready == 1 else 'are'} ready"
    if conditions:
        said += f", {count(conditions)} with conditions"
    return f"Not yet: {said}{tail}"


def _one_verdict(row: Row, labels: Mapping[str, str]) -> str:
    """One site's verdict and its reason."""
    words = VERDICT_WORDS.get(row.verdict, row.words)
    reason = f": {lower_first(row.reason)}" if row.reason else ""
    return f"{labels[row.site]}: {words.lower()}{' – ' + lower_first(row.reason) if reason else ''}"


def lower_first(words: str) -> str:
    """The words with a small letter at their start, unless they begin with a name or a number."""
    names = ("August", "October", "January", "February", "March", "April", "May", "June", "July", "September")
    if words.startswith((*names, "November", "December", "MOPAC", "Home Office")):
        return words
    return words[:1].lower() + words[1:]


def _in(month: date | None) -> str:
    return f" in {write_month(month, long=True)}" if month else ""


def against_plan(value: Row | None, plan: Row | None) -> str:
    """How a count stands to its plan by its 95% interval: below, above, reaches, or nothing where one is unknown."""
    if value is None or plan is None or value.value is None or plan.value is None or value.high is None:
        return ""
    if value.high < plan.value:
        return "below plan"
    return "above plan" if value.low > plan.value else "reaches plan"


def interval(row: Row, money: bool = False) -> str:
    """An interval: 101 to 146."""
    if row.low is None or row.high is None:
        return ""
    write = pounds if money else (lambda number: f"{round_half_up(number):,.0f}")
    return f"{write(row.low)} to {write(row.high)}"


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


def returns_counts(rows: Sequence[Row]) -> str:
    """How many returns came on time, late and not at all: 46 on time, 1 late, 1 missing."""
    named = (("on_time", "on time"), ("late", "late"), ("missing", "missing"), ("rejected", "rejected"))
    states = [row.state for row in rows]
    return ", ".join(f"{states.count(state)} {name}" for state, name in named if state in states)


def returns_note(rows: Sequence[Row]) -> str:
    """The same for one site, with the months that did not come on time by name."""
    states = [row.state for row in rows]
    odd = [row for row in rows if row.state in ("missing", "late", "rejected")]
    missing = [row for row in odd if row.state != "late"]
    if not odd:
        return f"{len(rows)} on time"
    if len(odd) > 2:
        return returns_counts(rows)
    said = [f"{write_month(row.month)} {row.state}" for row in odd]
    return "; ".join(said if missing else [f"{states.count('on_time')} on time", *said])


def why_no_sum(row: Row | None) -> str:
    """Why the programme has no number."""
    gaps = len(row.why.split(";")) if row is not None and row.why else 0
    return "No sum over a gap" if gaps < 2 else f"No sum over {count(gaps)} gaps"
