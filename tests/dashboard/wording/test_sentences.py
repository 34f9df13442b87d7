"""Headlines say what the rows bear out, and nothing else."""

from datetime import date

import pytest

from dashboard.cards.events import Happening, in_words
from dashboard.charts.scale import nice_step, nice_top, ticks
from dashboard.data.address import make, read
from dashboard.data.edition import Row
from dashboard.wording import returns, sentences

LABELS = {"a": "Anglesey", "b": "Barnet", "c": "Conwy"}


def verdict(site: str, kind: str, reason: str = "") -> Row:
    return Row(site=site, verdict=kind, words=kind, reason=reason)


def cover(site: str, months: float | None) -> Row:
    return Row(
        site=site, months=months, year=date(2020, 4, 1), planned=100.0, secured=None if months is None else months
    )


def number(value: float | None, low: float | None = None, high: float | None = None, shown: str = "") -> Row:
    return Row(value=value, low=low, high=high, shown=shown or (f"£{value:,.0f}" if value is not None else "not known"))


@pytest.mark.parametrize(
    ("kinds", "months", "said"),
    (
        (("ready", "ready", "ready"), (12, 13, 14), "Yes: all three sites are ready to carry on without the grant"),
        (
            ("cannot_say", "not_yet", "cannot_say"),
            (2, 3, 11.9),
            "Not yet: no site has a full year’s money once the grant ends in March 2020, "
            "and two sites cannot be judged",
        ),
        (("not_yet", "not_yet", "not_yet"), (2, 3, 12), "Not yet: no site is ready"),
        (
            ("ready", "ready_with_conditions", "not_yet"),
            (12, 7, 2),
            "Not yet: one of three sites is ready, one with conditions",
        ),
        (("cannot_say",) * 3, (2, 3, 4), "Cannot say: none of the three sites can be judged on what has been received"),
    ),
)
def test_readiness(kinds: tuple[str, ...], months: tuple[float, ...], said: str) -> None:
    verdicts = [verdict(site, kind) for site, kind in zip(LABELS, kinds, strict=True)]
    covers = [cover(site, amount) for site, amount in zip(LABELS, months, strict=True)]
    assert sentences.readiness(verdicts, LABELS, covers, date(2020, 3, 1)) == said


def test_a_site_without_cover_is_not_counted_as_having_no_money() -> None:
    verdicts = [verdict("a", "not_yet"), verdict("b", "not_yet")]
    said = sentences.readiness(verdicts, LABELS, [cover("a", 2.0)], None)
    assert "no site has a full year" not in said


def test_one_site_gives_its_own_reason() -> None:
    rows = [verdict("b", "ready_with_conditions", "£105,000 still to be secured")]
    assert (
        sentences.readiness(rows, {"b": "Barnet"}, [], None)
        == "Barnet: ready with conditions – £105,000 still to be secured"
    )


def test_no_verdict_is_no_verdict() -> None:
    assert sentences.readiness([], LABELS, [], None) == "No verdict yet: no site has been judged"


@pytest.mark.parametrize(
    ("rows", "said"),
    (
        ([("A", number(56, 42, 73), number(75))], "A took on fewer new cases than planned"),
        ([("A", number(122, 101, 146), number(125))], "A cannot be told from its plan"),
        (
            [
                ("A", number(56, 42, 73), number(75)),
                ("B", number(99, 80, 121), number(100)),
                ("C", number(9, 4, 17), number(9)),
            ],
            "A took on fewer new cases than planned; B and C cannot be told from their plans",
        ),
        ([("A", number(90, 76, 110), number(60))], "A took on more new cases than planned"),
        ([("A", number(None), number(60))], "New cases cannot be set against plan: a number is missing at every site"),
    ),
)
def test_new_cases_against_plan(rows: list[tuple[str, Row, Row]], said: str) -> None:
    assert sentences.new_cases_against_plan(rows) == said


def test_unit_costs() -> None:
    three = [("A", number(2200, 1831, 2667)), ("B", number(6484, 5326, 7978)), ("C", number(2880, 2218, 3813))]
    assert sentences.unit_costs(three, "new case") == "B spends two to three times as much per new case as the others"
    assert sentences.alike(three) == "A and C cannot be told apart"
    assert sentences.unit_costs([three[0], three[2]], "new case") == "A and C cannot be told apart by cost per new case"
    assert sentences.unit_costs([("A", number(None))], "new case") == "The cost per new case is not known at any site"
    assert sentences.unit_costs([three[0]], "new case").startswith("A spends £2,200 per new case; by chance alone")


def bridge(cost0: float, count0: float, cost1: float, count1: float) -> Row:
    spending, volume = (cost1 - cost0) / count1, cost0 * (1 / count1 - 1 / count0)
    units = {"unit0": cost0 / count0, "unit1": cost1 / count1}
    return Row(cost0=cost0, count0=count0, cost1=cost1, count1=count1, spending=spending, volume=volume, **units)


@pytest.mark.parametrize(
    ("row", "said"),
    (
        (bridge(108495.66, 51, 107418.61, 38), "X: £699 more per new case, because fewer share it"),
        (bridge(100000, 50, 100000, 80), "X: £750 less per new case, because more share it"),
        (bridge(100000, 50, 130000, 50), "X: £600 more per new case, because more was spent"),
        (bridge(100000, 50, 80000, 50), "X: £400 less per new case, because less was spent"),
        (bridge(100000, 50, 120000, 42), "X: £857 more per new case, from spending and caseload together"),
        (bridge(100000, 50, 100000, 50), "X: no change in the cost per new case"),
    ),
)
def test_bridge(row: Row, said: str) -> None:
    assert sentences.bridge("X", row, "new case") == said


def test_funding() -> None:
    row = Row(year=date(2020, 4, 1), planned=1584533.0, secured=644709.0)
    assert sentences.funding(row) == "From April 2020, 41p of each planned pound is secured; £939,824 is not"
    assert sentences.funding(None) == "What is secured once the grant ends is not known"
    assert sentences.no_funder("Croydon", 37000.0) == "Croydon: £37,000 has no funder stated"
    assert sentences.no_funder("Croydon", 0.0) == "Croydon: every pound has a funder named"


@pytest.mark.parametrize(
    ("given", "said"),
    (
        ((1, 4, 2), "One return is missing and four numbers are queried; two of the five hold up a verdict"),
        ((0, 1, 1), "One number is queried; it holds up a verdict"),
        ((2, 0, 0), "Two returns are missing"),
        ((0, 0, 0), "Every return that is due has come, and no number is queried"),
    ),
)
def test_things_to_mend(given: tuple[int, int, int], said: str) -> None:
    assert returns.things_to_mend(*given) == said


def test_a_range_says_where_it_is_not_known() -> None:
    assert sentences.spread([number(1, shown="62%"), number(2, shown="74%")], "accepted") == "62% to 74% accepted"
    assert sentences.spread([number(1, shown="62%"), number(None)], "accepted") == "62% accepted, where known"
    assert (
        sentences.spread([number(1, shown="62%"), number(None, shown="[c]")], "accepted") == "62% accepted, where shown"
    )
    assert sentences.spread([None, number(None)], "accepted") == ""


def test_an_address_comes_back_as_it_was() -> None:
    address = read("/costs", "?site=croydon,south_wales&per=new_case&nonsense=1&number=a|b|c|d")
    assert address.href == "/costs?site=croydon,south_wales&per=new_case&number=a|b|c|d"
    path, _, search = address.with_(number="", from_="2019-04").href.partition("?")
    assert read(path, search) == make("/costs", {"site": "croydon,south_wales", "per": "new_case", "from": "2019-04"})
    assert read(None, None).href == "/"


@pytest.mark.parametrize(("top", "step"), ((163, 50), (125, 40), (1, 0.25), (8000, 2000), (0.4, 0.1)))
def test_steps_are_round(top: float, step: float) -> None:
    assert nice_step(top) == pytest.approx(step)
    assert nice_top(top) >= top
    assert len(ticks(top)) <= 5


def test_events_are_told_in_one_line() -> None:
    begun = Happening("A", date(2018, 7, 1), "croydon", "Drive starts in Croydon", "a page")
    ended = Happening("B", date(2020, 3, 31), "", "Home Office grant ends", "PCD 663")
    assert in_words([begun, ended]) == "A: Drive starts in Croydon, 1 Jul 2018; B: Home Office grant ends, 31 Mar 2020"
