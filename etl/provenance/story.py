"""What the story of a number is made of: plain words here, drawn on a page or printed elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, cast

from etl.definitions.measure import Unit
from etl.definitions.periods import write_date, write_month
from etl.definitions.writing import HIDDEN, write, write_in_full
from etl.provenance.address import NumberAddress
from etl.provenance.edition import Edition, Row

# What goes with a number of `results`, with a gap for what the number is.
BESIDE = {
    "low": "lower end of the 95% interval of {}",
    "high": "upper end of the 95% interval of {}",
    "low_998": "lower end of the 99.8% interval of {}",
    "high_998": "upper end of the 99.8% interval of {}",
    "verdict": "verdict on {} against plan",
    "share": "share of the whole: {}",
    "step": "share of the step before: {}",
    "real": "{}, in the prices of another year",
    "mean": "average in the control chart of {}",
    "lower": "lower limit in the control chart of {}",
    "upper": "upper limit in the control chart of {}",
    "plan": "plan in the control chart of {}",
    "over_plan": "{} beyond plan",
    "over_funding": "{} beyond funding",
}
MADE_UP = "Made up for the sample"
ELSEWHERE = "not shown to this audience"


@dataclass(frozen=True)
class Number:
    """A number in a story, and the address of its own story; '' where it has none."""

    shown: str
    address: str = ""


@dataclass(frozen=True)
class Site:
    """A site in a story, or the programme (`all`)."""

    name: str
    label: str


Item = str | Number | Site


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
        return f"{self.site.label}: {self.what}"


def place(edition: Edition, name: str) -> Site:
    """A site by its name; the programme for `all`."""
    if name == "central_team":
        return Site(name, "Central team")
    label = next((site.label for site in edition.sites if site.name == name), "Programme" if name == "all" else name)
    return Site(name, label)


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
        return Number("not known")
    if row.shown == HIDDEN:
        return Number(HIDDEN)
    if row.value is None:
        return Number("not known")
    return Number(write_in_full(row.value, unit) if unit in ("gbp", "gbp_each") else str(row.shown), address_of(row))


def address_of(row: Row, measure: str = "") -> str:
    """What names a number of `results`, or another measure of the same site and period."""
    return str(NumberAddress(row.site, row.period, str(row.starts), measure or row.measure))


def span(starts: date, ends: date) -> str:
    """Months in words: December 2018 to November 2019."""
    if starts == ends:
        return write_month(starts, long=True)
    return f"{write_month(starts, long=True)} to {write_month(ends, long=True)}"


def source_of(row: Row) -> str:
    """Whose word a plan, agreement or assessment is."""
    return MADE_UP if row.get("made_up") else str(row.get("source") or "not stated")


def days(starts: date | None, ends: date | None) -> str:
    """From a day to another."""
    return f"{write_date(starts)} to {write_date(ends)}" if starts and ends else "open"


def pounds_stated(amount: float | None) -> str:
    """Money without its pence; what is not stated says so."""
    return write(amount, "gbp") if amount is not None else "not stated"


def columns(*names: str, right: Iterable[int] = ()) -> tuple[tuple[str, bool], ...]:
    """Columns by name; `right` are those whose numbers are set to the right."""
    places = set(right)
    return tuple((name, place in places) for place, name in enumerate(names))


def plus(parts: Sequence[tuple[str, Number]], sign: str, result: tuple[str, Number]) -> Formula:
    """Numbers joined by one sign, and what they come to."""
    joined = [(sign if at else "", label, number) for at, (label, number) in enumerate(parts)]
    return Formula((*joined, ("=", *result)))
