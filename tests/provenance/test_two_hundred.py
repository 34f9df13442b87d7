"""Two hundred numbers of all pages lead back, by their codes, to cells whose values give them again."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from typed import GIVEN, typed

from dashboard.app import look, page_at
from dashboard.data.address import read
from dashboard.data.edition import Edition, Editions
from dashboard.elements import html
from dashboard.elements.headline_links import link_numbers
from dashboard.elements.html import every
from etl.definitions import MEASURES
from etl.definitions.measure import Ratio
from etl.definitions.periods import PERIODS
from etl.definitions.writing import MINUS, write
from etl.editions.publish import publish
from etl.methods import dispersion, intervals
from etl.methods.control_chart import poisson_limits, xmr
from etl.provenance import address_in, code_of, editions_of, read_code, tell
from etl.provenance.lineage import is_planned
from etl.provenance.story import Source, Story
from etl.warehouse.load import load

PLACES = (
    "/",
    "/?period=rolling_year&to=2019-07",
    "/caseload",
    "/caseload?period=year",
    "/caseload?site=south_wales&of=south_wales",
    "/caseload?chart=spend&of=croydon",
    "/costs",
    "/costs?basis=cash&per=completed_case",
    "/costs?period=year&per=perpetrator_worked_with",
    "/costs?basis=in_kind",
    "/funding",
    "/funding?money=both",
    "/readiness",
    "/returns",
    "/site/croydon",
    "/site/west_mercia",
    "/site/south_wales?period=quarter",
    "/site/west_midlands",
)
SEED, SAMPLE = 20191211, 200


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The given sample, loaded and published."""
    data = tmp_path_factory.mktemp("two-hundred")
    load([GIVEN], data)
    publish(data, "", datetime(2019, 12, 11, 23, 59, 59))
    return Editions(data, "central").get()


@dataclass(frozen=True)
class Seen:
    """A number as a page prints it, and what names it."""

    address: str
    text: str


def linked(body: html.Element) -> list[Seen]:
    """Every number that is a link, but for places in returns."""
    return [
        Seen(str(address), "".join(text for text in every(one) if isinstance(text, str)).strip())
        for one in every(body)
        if (address := getattr(one, "data-number", "")) and "place" not in str(getattr(one, "className", ""))
    ]


def on_pages(edition: Edition) -> list[Seen]:
    """Every number that is linked on any page."""
    editions = Editions(edition.path.parents[2], "central")
    found: dict[Seen, None] = {}
    for place in PLACES:
        path, _, search = place.partition("?")
        view = look(editions, read(path, search), edition.name)
        page = page_at(view.address.path)
        assert page is not None
        body = html.Div(page.build(view).body)
        found |= dict.fromkeys(linked(body))
        link_numbers(body, view.address)
        found |= dict.fromkeys(one for one in linked(body) if one.address.endswith(("|low", "|high")))
    return list(found)


@pytest.fixture(scope="module")
def seen(edition: Edition) -> list[Seen]:
    """Every number of every page, in one order."""
    return sorted(on_pages(edition), key=lambda one: (one.address, one.text))


def resolved(edition: Edition, one: Seen) -> Story:
    """The story that a number's code leads to."""
    code = read_code(code_of(edition, one.address))
    assert editions_of(code, [edition.name, "2018-12-11"]) == [edition.name]
    story = tell(edition, address_in(code, edition))
    assert story is not None, one
    return story


def test_numbers_on_pages_have_codes_that_lead_to_the_same_numbers(edition: Edition, seen: list[Seen]) -> None:
    assert len(seen) > 1500
    for one in seen[::5]:
        story = resolved(edition, one)
        if "|receipt|" not in one.address and "|verdict|" not in one.address:
            assert same(story.shown, one.text), one


def tenths(value: float) -> str:
    """Half-up to a tenth, with a real minus sign."""
    return f"{int(abs(value) * 10 + 0.5 + 1e-9) / 10:,.1f}" if value >= 0 else f"−{tenths(-value)}"


def inwards(end: float, unit: str, side: str) -> str:
    """An end of a likely range, in whole people and per cents within it; money to the nearest pound."""
    if unit == "gbp_each":
        return write(end, "gbp_each")
    whole = {"low": math.ceil, "high": math.floor}[side](round(100 * end if unit == "share" else end, 9))
    return f"{whole}%" if unit == "share" else f"{whole:,}"


def same(shown: str, text: str) -> bool:
    """Whether a story and a page print one number: a page may leave out its unit, or write its sign otherwise."""
    return shown in (text, f"{text} months") or shown.lower() == text.lower()


def from_returns(one: Seen) -> bool:
    """Whether a number comes from cells: not from agreements and plans, and not in words."""
    _, kind, _, what, beside = [*one.address.split("|"), ""][:5]
    elsewhere = ("verdict", "plan", "least", "bounds", "sure", "against_low", "against_high")  # tested by themselves
    return kind in PERIODS and not is_planned(what) and beside not in elsewhere


def test_two_hundred_numbers_are_given_again_by_the_cells(edition: Edition, seen: list[Seen]) -> None:
    sample = random.Random(SEED).sample([one for one in seen if from_returns(one)], SAMPLE)
    kinds = {one.address.split("|")[4] if one.address.count("|") == 4 else "" for one in sample}
    sites = {one.address.split("|")[0] for one in sample}
    assert {"", "low", "high", "share"} <= kinds
    assert sites == {"all", "croydon", "west_midlands", "west_mercia", "south_wales"}
    for one in sample:
        assert Again(edition, resolved(edition, one)).written() == one.text, one


@dataclass(frozen=True)
class Again:
    """A number worked out again from its cells, as another library reads them."""

    edition: Edition
    story: Story

    @property
    def parts(self) -> tuple[str, str, date, str, str]:
        site, period, starts, measure, beside = [*str(self.story.address).split("|"), ""][:5]
        return site, period, date.fromisoformat(starts), measure, beside

    def cells(self, operand: str) -> Iterator[tuple[Source, float | None]]:
        """The cells behind an operand with what stands in them; None where that is no number."""
        for cell in self.story.sources:
            if cell.operand == operand:
                assert cell.file and cell.cell, cell
                value = typed(cell.file, cell.sheet or "", cell.cell) if cell.state == "reported" else None
                assert value == cell.value, cell
                yield cell, 0.0 if cell.state == "not_applicable" else value

    def total(self, operand: str) -> float:
        """An operand: the sum of its cells; a plan, which no return says, is the edition's."""
        site, period, starts, _, _ = self.parts
        if is_planned(operand):
            row = self.edition.result(site, operand, period, starts)
            assert row is not None
            return float(row.value)
        values = [value for _, value in self.cells(operand)]
        assert values, operand
        assert None not in values, operand
        return round(sum(value for value in values if value is not None), 2)

    def number(self, measure: str) -> float:
        """A measure by its formula."""
        about = MEASURES.get(measure)
        if isinstance(about, Ratio):
            return self.total(about.numerator) / self.total(about.denominator)
        return self.total(measure)

    def written(self) -> str:
        """The number as a page prints it."""
        _, _, _, measure, beside = self.parts
        unit = (self.edition.measures[measure]).unit
        if beside in ("mean", "lower", "upper"):
            value = self.limit(beside)
            return write(value, unit) if unit == "gbp" else tenths(value)
        if beside in ("share", "step"):
            return write(self.of_another(), "share")
        if beside.startswith("over_"):
            more = self.total("spend") - self.total("planned_cost" if beside == "over_plan" else "funding")
            return f"{'+' if more >= 0 else MINUS}{write(abs(more), 'gbp')}"
        if beside in ("low", "high"):
            return inwards(self.interval(measure)[beside == "high"], unit, beside)
        return write(self.real(measure) if beside == "real" else self.number(measure), unit)

    def of_another(self) -> float:
        """A part of its whole, or a step of the one before."""
        part, whole = dict.fromkeys(cell.operand for cell in self.story.sources)
        measure = self.parts[3]
        whole = whole if part == measure else part
        return self.total(measure) / self.total(whole)

    def real(self, measure: str) -> float:
        """A number in the prices of another year."""
        site, _, starts, _, _ = self.parts
        where = "site = ? and measure = ? and starts = ?"
        return self.number(measure) / float(self.edition.rows("real_terms", where, (site, measure, starts))[0].deflator)

    def interval(self, measure: str) -> tuple[float, float]:
        """The ends of the 95% interval by the published method."""
        about = MEASURES.get(measure)
        if not isinstance(about, Ratio):
            return intervals.poisson(self.total(measure))
        over, under = self.total(about.numerator), self.total(about.denominator)
        return intervals.wilson(over, under) if about.unit == "share" else intervals.unit_cost(over, under)

    def limit(self, which: str) -> float:
        """A line of the control chart of the months that are typed."""
        site, _, _, measure, _ = self.parts
        months: dict[date, float] = {}
        for cell, value in self.cells(measure):
            months[cell.month] = months.get(cell.month, 0.0) + (math.nan if value is None else value)
        values = [None if math.isnan(months[month]) else round(months[month], 2) for month in sorted(months)]
        chart = self.edition.rows("control_charts", "site = ? and measure = ?", (site, measure))[0]
        if chart.kind == "poisson":
            known = [value for value in values if value is not None]
            mean = sum(known) / len(known)
            wide = math.sqrt(dispersion.index(known))
            low, high = (mean + wide * (end - mean) for end in poisson_limits(mean))
            return {"mean": mean, "lower": low, "upper": high}[which]
        drawn = xmr(values)
        value = getattr(drawn, which)[-1]
        assert value is not None
        return float(value)
