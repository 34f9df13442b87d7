"""What the story of a number is made of: plain words here, drawn on a page or printed elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, cast

from etl.definitions.measure import Unit
from etl.definitions.messages import N_, Name, Number, _, joined
from etl.definitions.periods import write_date, write_month, write_months
from etl.definitions.writing import HIDDEN, write, write_in_full, write_range
from etl.provenance.address import NumberAddress
from etl.provenance.edition import Edition, Row

# What goes with a number of `results`: `beside_words` puts in what the number is.
BESIDE = {
    "low": N_("lower end of the 95% interval of {number}"),
    "high": N_("upper end of the 95% interval of {number}"),
    "low_998": N_("lower end of the 99.8% interval of {number}"),
    "high_998": N_("upper end of the 99.8% interval of {number}"),
    "verdict": N_("verdict on {number} against plan"),
    "share": N_("share of the whole: {number}"),
    "step": N_("share of the step before: {number}"),
    "real": N_("{number}, in the prices of another year"),
    "mean": N_("average in the control chart of {number}"),
    "lower": N_("lower limit in the control chart of {number}"),
    "upper": N_("upper limit in the control chart of {number}"),
    "plan": N_("plan in the control chart of {number}"),
    "over_plan": N_("{number} beyond plan"),
    "over_funding": N_("{number} beyond funding"),
    "against_low": N_("lower end of the likely range of {number} as a share of plan"),
    "against_high": N_("upper end of the likely range of {number} as a share of plan"),
    "least": N_("{number}: what the months that are known add up to"),
    "bounds": N_("{number}: what it may be"),
    "sure": N_("chance that the rate behind {number} is at least 90% of plan"),
}
MADE_UP = _("Made up for the sample")
ELSEWHERE = _("not shown to this audience")
NOT_KNOWN = _("not known")
RANGE = _(
    "A range, so that nobody can be identified: it holds every number that the published figures allow. It is not a"
    " likely range."
)
NOT_STATED = _("not stated")


@dataclass(frozen=True)
class Site:
    """A site in a story, or the programme (`all`)."""

    name: str
    label: str


Item = str | Site


@dataclass(frozen=True)
class Formula:
    """How a number follows from others: signs, what each is, and each; the last is the number itself."""

    parts: tuple[tuple[str, str, Number], ...]


@dataclass(frozen=True)
class Words:
    """A sentence."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names and what they say."""

    rows: tuple[tuple[str, str], ...]
    head: str = ""


@dataclass(frozen=True)
class Table:
    """A table under a head of its own. A column says whether its numbers stand to the right."""

    head: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Item, ...], ...]


@dataclass(frozen=True)
class Points:
    """Short lines under a head, each with the name of an icon."""

    head: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A cell that a site typed a number in, and what became of it. A part that the audience may not see is None."""

    site: str
    month: date
    operand: str
    measure: str
    label: str
    value: float | None
    shown: str
    state: str
    return_id: str | None
    file: str | None
    received: datetime | None
    verdict: str | None
    sheet: str | None
    cell: str | None
    revised: str = ""
    queried: str = ""


@dataclass(frozen=True)
class Month:
    """A month of a number: its returns, and for each operand its number and the cells behind it (None: not counted)."""

    month: date
    returns: tuple[str, ...]
    numbers: tuple[tuple[Number, tuple[Source, ...]] | None, ...]


@dataclass(frozen=True)
class Months:
    """The months behind a number, down to sheets and cells, and what they come to."""

    heads: tuple[str, ...]
    rows: tuple[Month, ...]
    total: tuple[Number, ...] = ()


Block = Formula | Words | Facts | Table | Points | Months


@dataclass(frozen=True)
class Story:
    """Where a number comes from. `what` ends the sentence that the site's label begins."""

    address: NumberAddress
    site: Site
    what: str
    shown: str
    known: Literal["known", "not known", "hidden"] = "known"
    body: tuple[Block, ...] = ()
    sources: tuple[Source, ...] = field(default=())

    @property
    def sentence(self) -> str:
        """What the number is: Croydon: new cases, December 2018 to November 2019."""
        return joined(": ", [self.site.label, self.what])


def place(edition: Edition, name: str) -> Site:
    """A site by its name; the programme for `all`."""
    if name == "central_team":
        return Site(name, _("Central team"))
    if name == "all":
        return Site(name, _("Programme"))
    return Site(name, Name(next((site.label for site in edition.sites if site.name == name), name)))


def beside_words(beside: str, number: str) -> str:
    """What stands beside a number, in words."""
    return _(BESIDE[beside], number=number)


def label_of(edition: Edition, measure: str) -> str:
    """A measure's label as the edition has it."""
    about = edition.measures.get(measure)
    return str(about.label) if about is not None else measure


def unit_of(edition: Edition, measure: str) -> Unit:
    """A measure's unit; a plain number's where the edition does not know the measure."""
    about = edition.measures.get(measure)
    return cast(Unit, about.unit) if about is not None else "count"


def exact(row: Row | None, unit: Unit) -> Number:
    """A number of `results` in full, money with its pence, and its address."""
    if row is None:
        return Number(NOT_KNOWN)
    if row.shown == HIDDEN:
        return Number(HIDDEN)
    if row.value is None and row.get("range_low") is not None:
        return Number(write_range(row.range_low, row.range_high, unit), address_of(row))
    if row.value is None:
        return Number(row.shown or NOT_KNOWN)
    return Number(write_in_full(row.value, unit) if unit in ("gbp", "gbp_each") else str(row.shown), address_of(row))


def numbered(shown: str, *address: object) -> Number:
    """A number, and what its address is made of."""
    return Number(shown, str(NumberAddress(*map(str, address))))


def address_of(row: Row, measure: str = "") -> str:
    """What names a number of `results`, or another measure of the same site and period."""
    return str(NumberAddress(row.site, row.period, str(row.starts), measure or row.measure))


def span(starts: date, ends: date) -> str:
    """Months in words: December 2018 to November 2019."""
    if starts == ends:
        return write_month(starts, long=True)
    return write_months(starts, ends, long=True)


def source_of(row: Row) -> str:
    """Whose word a plan, agreement or assessment is."""
    return MADE_UP if row.get("made_up") else row.get("source") or NOT_STATED


def days(starts: date | None, ends: date | None) -> str:
    """From a day to another."""
    return _("{day} to {last_day}", day=write_date(starts), last_day=write_date(ends)) if starts and ends else _("open")


def pounds_stated(amount: float | None) -> str:
    """Money without its pence; what is not stated says so."""
    return write(amount, "gbp") if amount is not None else NOT_STATED


def columns(*names: str, right: Iterable[int] = ()) -> tuple[tuple[str, bool], ...]:
    """Columns by name; `right` are those whose numbers are set to the right."""
    places = set(right)
    return tuple((name, place in places) for place, name in enumerate(names))


def plus(parts: Sequence[tuple[str, Number]], sign: str, result: tuple[str, Number]) -> Formula:
    """Numbers joined by one sign, and what they come to."""
    signed = [(sign if at else "", label, number) for at, (label, number) in enumerate(parts)]
    return Formula((*signed, ("=", *result)))
