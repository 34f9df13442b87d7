"""The rows of the reference tables on plans, money, costs, answers and returns: a table each."""

from dataclasses import dataclass
from typing import Annotated

from etl.definitions import REPORTED, REPORTED_KEYS, key
from etl.definitions.checks import CHECKS
from etl.definitions.costs import SPEND
from etl.definitions.readiness import QUESTIONS, VERDICTS
from etl.reference.cells import (
    CENTRAL_TEAM,
    FUNDER,
    FUNDER_LIST,
    GROWTH,
    SITE,
    Column,
    Day,
    DayOrBlank,
    Name,
    NameOrBlank,
    Pounds,
    PoundsOrBlank,
    SiteName,
    SiteOrBlank,
    SiteOrCentral,
    Text,
    TextOrBlank,
    YesNo,
    one_of,
    whole,
)

PROGRAMME = "programme"
ONE_OFF = ("no", "yes", "in part")
STATUSES = ("approved", "agreed_in_principle", "bid", "expected")
LINES = (*(part.name for part in SPEND.parts), "in_kind", CENTRAL_TEAM)
SAYS = ("Yes", "No", "In kind", "In part", "Apart")
# What has a control chart: what sites report, and how late their returns came.
CHARTED = (*REPORTED, "days_late")
# What a check may ask about: a number, or a measure that is sent in parts.
QUERIED = (*(key(*pair) for pair in REPORTED_KEYS), *(name for name in REPORTED if (name, "") not in REPORTED_KEYS))


@dataclass(frozen=True)
class Plan:
    """What a site is to do and spend in a year; `open_cases` are open at any time."""

    site: SiteName
    starts: Day
    ends: Day
    new_cases: Annotated[int, Column(whole(1, 100_000))]
    cost: Pounds
    open_cases: Annotated[int | None, Column(whole(0, 100_000), blank=None)]
    known_from: Day
    source: Text
    open_cases_source: TextOrBlank
    note: TextOrBlank


@dataclass(frozen=True)
class Agreement:
    """Money that someone gives or may give; a later row of the same name says what it became.

    An amount of 0 says that nothing will come (a bid refused). `up_to` says that the amount is a limit, `drawn`
    how much of it was claimed when the row was known. `matched_to` names the agreement without which it falls.
    `depends_on` is what it still hangs on, as it follows "depends on"; `one_off` whether it pays for something that is
    done once, such as developing a model: all of it (yes), some of it (in part), or none.
    """

    agreement: Name
    site: SiteOrCentral
    funder: Annotated[tuple[str, ...], Column(FUNDER_LIST)]
    form: Annotated[str, Column(one_of("cash", "in_kind"))]
    amount: Pounds
    starts: Day
    ends: Day
    status: Annotated[str, Column(one_of(*STATUSES))]
    recurring: YesNo
    conditions: TextOrBlank
    matched_to: NameOrBlank
    up_to: YesNo
    drawn: PoundsOrBlank
    known_from: Day
    source: Text
    depends_on: TextOrBlank = ""
    one_off: Annotated[str, Column(one_of(*ONE_OFF), blank=ONE_OFF[0])] = ONE_OFF[0]


@dataclass(frozen=True)
class Milestone:
    """Something due on a day; a later row of the same name says that it moved or was done. No site: the programme."""

    milestone: Name
    site: SiteOrBlank
    words: Text
    due: Day
    done: DayOrBlank
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Assessment:
    """A site's answer, 0 to 3, to one of the questions of commitment, with the document that shows it."""

    site: SiteName
    question: Annotated[int, Column(whole(1, len(QUESTIONS)))]
    answer: Annotated[int, Column(whole(0, 3))]
    document: Text
    remark: TextOrBlank
    date: Day
    known_from: Day
    source: Text


@dataclass(frozen=True)
class SiteAnswer:
    """What a site itself answers to the question whether it can carry on without the grant."""

    site: SiteName
    verdict: Annotated[str, Column(one_of(*VERDICTS))]
    document: Text
    date: Day
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Event:
    """Something that happened, or will, on a day. No site: the programme."""

    day: Day
    site: SiteOrBlank
    words: Text
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Rebase:
    """The limits of a site's control chart start afresh in a month: a decision of a person, with its reason.

    No site: the chart of all sites together. `who` is a role, not a name.
    """

    site: SiteOrBlank
    month: Day
    measure: Annotated[str, Column(one_of(*CHARTED))]
    reason: Text
    who: Text
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Earmark:
    """Money of the central team that is for one site: it stays there however the rest is shared out."""

    agreement: Name
    site: SiteName
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Dispensation:
    """A query that is known and explained, for the months from `starts` to `ends`: not asked again before `until`.

    No measure: whatever number the check asks about. `who` is a role, not a name.
    """

    site: SiteName
    check: Annotated[str, Column(one_of(*CHECKS))]
    measure: Annotated[str, Column(one_of(*QUERIED), blank="")]
    starts: Day
    ends: Day
    reason: Text
    until: Day
    who: Text
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Scope:
    """Whether a site counts a cost line in its spend."""

    site: SiteName
    line: Annotated[str, Column(one_of(*LINES))]
    says: Annotated[str, Column(one_of(*SAYS))]
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Funder:
    """What a funder is called, everywhere (no site) or at one site, from a day on."""

    funder: Annotated[str, Column(FUNDER)]
    site: Annotated[str, Column(SITE, blank="", also=(CENTRAL_TEAM,))]
    starts: Day
    label: Text
    short_label: Text
    source: Text


@dataclass(frozen=True)
class Deflator:
    """Growth of the GDP deflator in the financial year that starts on a first of April."""

    year: Day
    growth: Annotated[float, Column(GROWTH)]
    forecast: YesNo
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Fact:
    """A figure, day or name as it was published; `value` stays as typed."""

    site: Annotated[str, Column(SITE, also=(CENTRAL_TEAM, PROGRAMME, "england"))]
    fact: Name
    value: TextOrBlank
    unit: TextOrBlank
    period_start: DayOrBlank
    period_end: DayOrBlank
    known_from: Day
    source: Text
    caveat: TextOrBlank
