"""Headlines say what the rows bear out, and nothing else."""

from datetime import date

import pytest

from dashboard.cards.events import Happening, in_words
from dashboard.charts.scale import nice_step, nice_top, ticks
from dashboard.data.address import make, read
from dashboard.data.edition import Row
from dashboard.wording import funding, numbers, readiness, returns
from etl.definitions.messages import Plain, _

LABELS = {"a": "Anglesey", "b": "Barnet", "c": "Conwy"}


def verdict(site: str, kind: str, reason: str = "") -> Row:
    return Row(site=site, verdict=kind, words=kind, reason=reason)


def number(value: float | None, low: float | None = None, high: float | None = None, shown: str = "") -> Row:
    return Row(value=value, low=low, high=high, shown=shown or (f"£{value:,.0f}" if value is not None else "not known"))


@pytest.mark.parametrize(
    ("kinds", "every", "said"),
    (
        (("ready", "ready", "ready"), True, "All three sites are ready to carry on without the grant"),
        (("ready", "ready", "ready"), False, "Anglesey, Barnet and Conwy are ready to carry on without the grant"),
        (
            ("ready_with_conditions", "not_yet", "ready_with_conditions"),
            True,
            "No site is fully ready: Anglesey and Conwy are ready with conditions, Barnet not yet",
        ),
        (
            ("ready_with_conditions", "not_yet", "ready_with_conditions"),
            False,
            "Anglesey and Conwy are ready with conditions, Barnet not yet",
        ),
        (("not_yet", "not_yet", "not_yet"), True, "No site is ready yet"),
        (
            ("ready", "ready_with_conditions", "not_yet"),
            True,
            "Anglesey is ready, Barnet with conditions, and Conwy not yet",
        ),
        (
            ("not_yet", "cannot_say", "not_yet"),
            True,
            "Anglesey and Conwy are not ready yet, there is not enough data for Barnet",
        ),
        (("cannot_say",) * 3, True, "There is not enough data for Anglesey, Barnet and Conwy"),
    ),
)
def test_readiness(kinds: tuple[str, ...], every: bool, said: str) -> None:
    verdicts = [verdict(site, kind) for site, kind in zip(LABELS, kinds, strict=True)]
    assert readiness.readiness(verdicts, LABELS, every=every) == said


def test_one_site_gives_its_own_reason() -> None:
    rows = [verdict("b", "ready_with_conditions", "£105,000 still to be secured")]
    said = readiness.readiness(rows, {"b": "Barnet"})
    assert said == "Barnet: ready with conditions – £105,000 still to be secured"


def test_no_verdict_is_no_verdict() -> None:
    assert readiness.readiness([], LABELS) == "No site has been judged yet"


def test_what_chance_does_is_said_of_the_sites_shown() -> None:
    criteria = [Row(site=site, criterion="caseload", chance=chance) for site, chance in (("a", 0.525), ("b", 0.97))]
    verdicts = [Row(site="a", by_chance="no", holds="No"), Row(site="b", by_chance="no", holds="No")]
    unsure, moved = readiness.chance(criteria, verdicts, LABELS)
    assert unsure[1] == "the chance that the underlying rate is at least 90% of plan is 53% in Anglesey."
    assert moved[1] == "No, at none of the sites shown."
    verdicts[1] = Row(site="b", by_chance="yes", holds="Yes: not yet at 82 new cases")
    assert readiness.chance([], verdicts, LABELS)[0][1] == "Barnet: yes: not yet at 82 new cases"


def test_funding() -> None:
    row = Row(year=date(2020, 4, 1), planned=1584533.0, secured=644709.0, gap=939824.0, share=644709 / 1584533)
    left = "£644,709 of the £1,584,533 planned for 2020/21 is secured (41%); £939,824 is not"
    assert funding.funding(row) == left
    assert funding.funding(Row(row, at_most=275000.0)) == f"At most {left}"
    assert funding.funding(None) == "What is secured once the grant ends is not known"
    assert funding.no_funder("Croydon", 37000.0) == "Croydon: £37,000 has no funder stated"
    assert funding.no_funder("Croydon", 0.0) == "Croydon: every pound has a funder named"


@pytest.mark.parametrize(
    ("given", "said"),
    (
        (
            (1, 4, 2),
            "One return is missing and four numbers are queried; "
            "readiness cannot be judged in full without two of the five",
        ),
        ((0, 1, 1), "One number is queried; readiness cannot be judged in full without it"),
        ((1, 1, 2), "One return is missing and one number is queried; readiness cannot be judged in full without them"),
        ((0, 3, 3), "Three numbers are queried; readiness cannot be judged in full without them"),
        ((2, 0, 0), "Two returns are missing"),
        ((0, 0, 0), "Every return that is due has come, and no number is queried"),
    ),
)
def test_things_to_mend(given: tuple[int, int, int], said: str) -> None:
    assert returns.things_to_mend(*given) == said


def test_a_range_says_where_it_is_not_known() -> None:
    low, high, none = number(1, shown="62%"), number(2, shown="74%"), number(None)

    def accepted(*rows: Row | None) -> str | None:
        found = numbers.spread(rows, lambda row: Plain(row.shown))
        return numbers.where_known(_("{share} accepted", share=found), rows) if found is not None else None

    assert accepted(low, high) == "62% to 74% accepted"
    assert accepted(low, none) == "62% accepted, where known"
    assert accepted(low, number(None, shown="[c]")) == "62% accepted, where shown"
    assert accepted(None, none) is None


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


def year_of(value: float | None, *, hollow: bool = False, shown: str = "60%") -> Row:
    months = {"period": "rolling_year", "starts": date(2018, 8, 1), "to_date": False}
    return Row(months, value=value, shown=shown, hollow=hollow)


@pytest.mark.parametrize(
    ("rows", "words"),
    (
        ([year_of(0.6), year_of(0.7)], "X"),
        ([year_of(0.6), year_of(0.7, hollow=True)], "X, some in an earlier year"),
        ([year_of(0.6, hollow=True)], "X (year to Jul 2019)"),
        ([year_of(0.6), year_of(None, shown="[c]")], "X, where shown"),
        ([year_of(0.6), None], "X, where known"),
    ),
)
def test_a_sentence_says_of_what_its_numbers_are(rows: list[Row | None], words: str) -> None:
    assert numbers.where_known(Plain("X"), rows) == words


def test_shares_that_do_not_add_up_are_called_rounded() -> None:
    assert numbers.rounding([[0.5, 0.5], [1 / 3] * 3]) == ["Percentages are rounded and may not add up"]
    assert numbers.rounding([[0.5, 0.5], [None, 0.2]]) == []
