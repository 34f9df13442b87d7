"""The numbers in what is said of costs, funding and scenarios open their own story; one and many read rightly."""

from datetime import date

import pytest
from trees import parts_of

from dashboard.data.address import read
from dashboard.data.edition import Edition, Row
from dashboard.data.view import View
from dashboard.pages import costs as costs_page
from dashboard.pages import funding as funding_page
from dashboard.pages import scenario as scenario_page
from dashboard.wording import costs, funding, scenario
from etl.definitions.messages import ENGLISH, Number, Plain, Text, pieces
from etl.definitions.writing import round_half_up
from etl.judge.scenario import Choices, Range
from etl.provenance import tell

PAGES = {"costs": costs_page, "funding": funding_page, "scenario": scenario_page}
LOOKED_AT = (
    ("costs", ""),
    ("costs", "site=south_wales"),
    ("costs", "basis=central"),
    ("costs", "basis=central&spent=secured&site=croydon"),
    ("costs", "per=open_case_month"),
    ("costs", "of=west_midlands&pair=quarter_year_ago:2018-07:2019-07"),
    ("funding", ""),
    ("funding", "site=croydon"),
    ("funding", "site=west_mercia&chart=year"),
    ("funding", "money=in_kind&of=all"),
    ("scenario", ""),
    ("scenario", "site=croydon"),
    ("scenario", "caseload=20"),
)


def headlines(edition: Edition, page: str, search: str) -> list[Text]:
    """The headline, the note and the headline of each card."""
    content = PAGES[page].build(View(edition, read(f"/{page}", search)))
    found = [content.headline, content.note, *(part.children for part in parts_of(content.body) if part._type == "H2")]
    return [text for text in found if isinstance(text, Text)]


def opening(texts: list[Text]) -> list[Number]:
    """The numbers in texts that open a story."""
    found = [piece for text in texts for piece in pieces(text, ENGLISH)]
    return [piece for piece in found if isinstance(piece, Number) and piece.address]


def same(number: str, shown: str) -> bool:
    """Whether a number is the one shown: without its sign, in pence, or as pounds of each pound."""
    bare, its = number.lstrip("£"), shown.removesuffix(" months").lstrip("−+").lstrip("£")
    if bare.endswith(("p", "%")):
        return bare[:-1] == f"{round_half_up(float(its.rstrip('%'))):.0f}"
    return bare == its


@pytest.mark.parametrize(("path", "search"), LOOKED_AT)
def test_a_number_in_a_headline_opens_its_own_story(edition: Edition, path: str, search: str) -> None:
    numbers = opening(headlines(edition, path, search))
    stories = {number.address: tell(edition, number.address) for number in numbers}
    wrong = [(n, n.address) for n in numbers if (story := stories[n.address]) is None or not same(n, story.shown)]
    assert wrong == []
    assert numbers or search == "caseload=20"


def test_what_is_only_supposed_opens_nothing(edition: Edition) -> None:
    (headline, *_) = headlines(edition, "scenario", "caseload=20")
    assert "£" in headline
    assert opening([headline]) == []


def test_what_is_missing_and_the_word_after_it_are_no_number(edition: Edition) -> None:
    """The whole gap is a link, in its own words: £37,000 is not."""
    (headline, *_) = headlines(edition, "funding", "site=croydon")
    assert [(str(number), number.address) for number in opening([headline])] == [
        ("£275,000", "croydon|cover|2020-04-01|secured"),
        ("£312,000", "croydon|cover|2020-04-01|planned"),
        ("88%", "croydon|cover|2020-04-01|share"),
        ("£37,000", "croydon|cover|2020-04-01|gap"),
    ]


def moved(unit0: float, unit1: float, **more: object) -> Row:
    usual = {"unit0": unit0, "unit1": unit1, "change": unit1 - unit0, "within_chance": False, "queried": False}
    return Row({**usual, "to_words": "Apr to Nov 2019", "words": "because fewer cases share it", **more})


UP, DOWN, SAME = moved(100, 200), moved(200, 100), moved(100, 110, within_chance=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    (
        ([], "Cost per new case: no year before to compare with"),
        ([("A", SAME), ("B", SAME)], "No clear change over a year in the cost per new case of A and B"),
        ([("A", UP), ("B", SAME)], "A rose from £100 to £200 per new case, Apr to Nov 2019 and a year before"),
        (
            [("A", SAME), ("West Midlands", DOWN)],
            "The West Midlands fell from £200 to £100 per new case, Apr to Nov 2019 and a year before",
        ),
        (
            [("A", moved(100, 200, queried=True)), ("B", SAME)],
            "No clear change over a year in the cost per new case of B",
        ),
    ),
)
def test_how_costs_moved(changes: list[tuple[str, Row]], words: str) -> None:
    assert costs.trend(changes, "new case") == words


@pytest.mark.parametrize(
    ("row", "words"),
    (
        (moved(2291, 2271, within_chance=True), "A: practically unchanged: £20 of £2,291 per new case, within chance"),
        (moved(2358, 2063, within_chance=True, words="within chance"), "A: £295 less per new case, within chance"),
        (moved(100, 200), "A: £100 more per new case, because fewer cases share it"),
        (moved(100, 200, queried=True), "A: what changed the cost per new case is not said: a number is under query"),
        (moved(100, 100.2), "A: no change in the cost per new case"),
    ),
)
def test_what_chance_explains_is_given_no_cause(row: Row, words: str) -> None:
    assert costs.bridge("A", row, "new case") == words


@pytest.mark.parametrize(
    ("apart", "pairs", "words"),
    (
        (0, 0, "Cost and its likely range"),
        (0, 3, "The likely ranges overlap: chance in caseload alone could do that"),
        (3, 3, "The likely ranges do not overlap"),
        (2, 6, "Two of six pairs of sites differ clearly"),
    ),
)
def test_how_many_costs_lie_apart(apart: int, pairs: int, words: str) -> None:
    assert costs.overlaps(apart, pairs) == words


@pytest.mark.parametrize(
    ("labels", "words"),
    (
        ([], "2018/19 is whole in Croydon"),
        (["West Midlands"], "West Midlands’s 2018/19 has a gap"),
        (["A", "B"], "Two sites’ 2018/19 has a gap"),
    ),
)
def test_how_many_sites_have_a_gap(labels: list[str], words: str) -> None:
    assert costs.gaps_in(labels, Plain("2018/19"), ["Croydon"]) == words


LABELS = {"a": "A", "b": "West Midlands", "c": "C", "d": "D"}
COSTS = {site: Row(value=100.0, shown="£100", low=90.0, high=110.0) for site in LABELS}


def finding(kind: str, others: str, words: str) -> Row:
    return Row(kind=kind, sites="b", others=others, words=words, same_basis=True)


@pytest.mark.parametrize(
    ("found", "rows", "words"),
    (
        (
            finding("higher", "a, c", "2.2 to 4.2 times as much"),
            COSTS | {"d": Row(value=None, low=None, shown="[c]")},
            "The West Midlands spends 2.2 to 4.2 times as much per new case as each of A and C, all cash; "
            "D is not shown",
        ),
        (
            finding("lower", "a, c", "2 to 3 times as much"),
            COSTS | {"d": Row(value=None, low=None, shown="")},
            "A and C each spend 2 to 3 times as much per new case as the West Midlands, all cash; D is not known",
        ),
        (
            finding("higher", "a", ""),
            COSTS | {site: Row(COSTS[site], queried=True) for site in "cd"},
            "The West Midlands spends more per new case than A, all cash; C and D left out: numbers are under query",
        ),
    ),
)
def test_a_comparison_names_its_sites_and_those_left_out(found: Row, rows: dict[str, Row], words: str) -> None:
    assert costs.cost([found], [], rows, LABELS, "new case", "all cash") == words


def test_the_basis_is_said_where_the_cost_is() -> None:
    scope = [Row(line=line, shared=shared) for line, shared in (("a", True), ("b", True), ("c", False))]
    said = [costs.on_lines(f"cost_per_new_case{end}", scope) for end in ("_shared", "", "_with_in_kind")]
    assert said == ["on the two lines that all sites count", "all cash", "cash and in kind"]
    alone = costs.cost([], [], {"a": COSTS["a"]}, {"a": "A"}, "new case", said[0])
    assert alone == "A spends £100 per new case (likely range £90 to £110), on the two lines that all sites count"


def test_one_agreement_and_several() -> None:
    approved, bid = Row(status="approved"), Row(status="bid")
    assert funding.agreements([], "2020/21") == "No agreement is known for 2020/21"
    assert funding.agreements([bid], "2020/21") == "No agreements are approved for 2020/21"
    assert funding.agreements([approved, bid], "2020/21") == "One agreement is approved for 2020/21"
    assert funding.agreements([approved] * 12, "2020/21") == "12 agreements are approved for 2020/21"


def test_how_many_sites_are_covered() -> None:
    def said(*months: float | None, at_most: float = 0) -> str:
        rows = [Row(months=n, gap=None if n is None else max(0, 12 - n), at_most=at_most) for n in months]
        return funding.covered(list(zip("ABCD", rows, strict=False)))

    assert said(None) == "Months of cover are not known"
    assert said(7.25) == "7.3 of 12 months are secured"
    assert said(10.6, at_most=275000) == "At most 10.6 of 12 months are secured"
    assert said(7, 11.4) == "A and B have less than a full year’s money secured"
    assert said(12, 3) == "A has a full year’s money secured; B has less"
    assert said(12, 13, 3, None) == "A and B have a full year’s money secured; C has less; D not known"


def test_what_replaces_the_grant() -> None:
    def said(*replaced: float) -> str:
        return funding.replaced(
            [(f"S{at}", Row(replaced=amount, grant_before=100)) for at, amount in enumerate(replaced)]
        )

    assert said(0, 0) == "No approved money replaces the grant yet in S0 and S1"
    assert said(100, 100) == "The grant is replaced in full in S0 and S1"
    assert said(50, 0) == "S0 replaces £50 of £100; one site replaces none of it"
    assert said(50, 100, 0, 0) == "S0 replaces £50 of £100 and S1 replaces £100 of £100; two sites replace none of it"


def test_where_the_share_of_planned_cost_steps() -> None:
    months = [date(2020, month, 1) for month in (4, 5, 6)]

    def said(*shares: float) -> str:
        return funding.cliff(list(zip(months, shares, strict=True)), dict.fromkeys(months, 100.0), months[0])

    covers = "Secured money covers 50% of planned cost from April 2020"
    assert said(50, 50, 50) == covers
    assert said(50, 31, 31) == f"{covers}, 31% from May"
    assert said(50, 31, 40) == f"{covers}, as little as 31% later"


def test_what_is_supposed_of_grant_and_cost() -> None:
    assert scenario.grant(Choices(grant_months=1)) == "the grant goes on for 1 month"
    assert scenario.grant(Choices(grant_months=6)) == "the grant goes on for 6 months"
    assert scenario.fixed(Choices(fixed_shares=(0.4, 0.4))) == "40% of cost is fixed"
    assert scenario.span(Range(999, 1001)) == "£999 to £1,001"
    assert scenario.span(Range(150_000, 1_600_000), short=True) == "£150k to £1.6m"
    assert scenario.months_of_cover(Range(7.25, 7.25)) == "7.3 months"
    assert scenario.areas(1) == "1 area"
    assert scenario.areas(32) == "32 areas"


@pytest.mark.parametrize(
    ("under", "words"),
    (
        ([("ready", "ready")], "No verdict would be different"),
        ([("not_yet", "not_yet")], "One verdict would be different"),
        (
            [("not_yet", "not_yet"), ("not_yet", "not_yet"), ("not_yet", "ready")],
            "Two verdicts would be different; one depends on how much of the cost is fixed",
        ),
        (
            [("ready", "not_yet"), ("not_yet", "ready")],
            "No verdict would be different; two depend on how much of the cost is fixed",
        ),
    ),
)
def test_how_many_verdicts_a_scenario_moves(under: list[tuple[str, str]], words: str) -> None:
    assert scenario.verdicts([(verdict, Row(verdict="ready")) for verdict in under]) == words
