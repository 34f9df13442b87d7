"""The numbers in headlines: each is a link to the number that it says, in both languages; dates and years are none."""

from typing import Any

import pytest
from conftest import PATHS
from dash.development.base_component import Component
from trees import parts_of, seen

from dashboard.app import draw_page
from dashboard.data.edition import Editions
from dashboard.elements import html
from dashboard.elements.headline_links import said
from etl.provenance import tell


def link(text: str, name: str) -> Component:
    return html.A(text, href=f"/?number={name}", **{"data-number": name, "aria-label": f"{text} {name}"})


def keys(headline: Any) -> list[tuple[str, str]]:
    if isinstance(headline, str):
        return []
    return [(part.children, vars(part)["data-number"]) for part in headline if not isinstance(part, str)]


@pytest.mark.parametrize(
    ("headline", "numbers", "found"),
    [
        ("62% to 76% of referrals were accepted", ["62%", "76%", "7"], ["62%", "76%"]),
        ("From April 2020, 41p of each pound is secured; £939,824 is not", ["40.7%", "£939,824"], ["41p", "£939,824"]),
        ("West Mercia: £699 less per new case", ["−£699"], ["£699"]),
        ("Decisions due: the next on 31 Jan 2020", ["31", "2020"], ["2020"]),
        ("Secured for 2020/21", ["2020", "21"], []),
        ("No figure here", ["1"], []),
        ("£1,234 of £1,234,567", ["£1", "£1,234"], ["£1,234"]),
    ],
)
def test_a_number_of_a_headline_is_that_number(headline: str, numbers: list[str], found: list[str]) -> None:
    drawn = said(headline, [link(number, "x|year|2019-04-01|y") for number in numbers])
    assert [text for text, _ in keys(drawn)] == found
    assert headline == "".join(part if isinstance(part, str) else part.children for part in drawn)


def test_of_two_numbers_alike_the_one_that_the_headline_names_is_opened() -> None:
    links = [
        link("72%", f"{name}|year|2019-04-01|x") for name in ("Risk much lower, Croydon", "Referrals, South Wales")
    ]
    assert keys(said("72% of referrals were accepted", links)) == [("72%", "Referrals, South Wales|year|2019-04-01|x")]


def test_of_two_quarters_that_a_headline_cannot_tell_apart_none_is_opened() -> None:
    links = [link("63%", f"all|quarter|{starts}|funding_share.home_office") for starts in ("2019-01-01", "2019-04-01")]
    assert keys(said("The largest funder is Home Office, 63% of cash", links)) == []
    assert len(keys(said("The largest funder is Home Office, 63% of cash", links[1:]))) == 1


def test_what_a_sentence_brings_opens_its_numbers_and_the_rest_is_one_story() -> None:
    own = [link("£105,000", "x|cover|2020-04-01|gap"), link("1", "late|a"), link("1", "missing|b")]
    rest = html.A(None, href="/", **{"data-number": "x|verdict||words"})
    assert keys(said("£105,000 more (12 months) for 2020", [], [*own, rest])) == [
        ("£105,000", "x|cover|2020-04-01|gap"),
        ("12", "x|verdict||words"),
    ]
    assert keys(said("2, 2, 1, 2: no workforce plan", [], [rest])) == [("2, 2, 1, 2", "x|verdict||words")]
    assert keys(said("46 on time, 1 late, 1 missing", [], own)) == [("1", "late|a"), ("1", "missing|b")]
    assert keys(said("1 yn hwyr, 1 ar goll", [], own)) == [("1", "late|a"), ("1", "missing|b")]


@pytest.mark.parametrize(("lang", "paths", "least"), [("", PATHS, 20), ("lang=cy", ("/funding",), 4)])
def test_what_a_headline_opens_is_what_it_says(sample: Any, lang: str, paths: tuple[str, ...], least: int) -> None:
    """The number's own story says the same, but for a sign and the tenths that a headline rounds away."""
    editions, opened = Editions(sample, "central"), 0
    for path in paths:
        view = seen(editions, path, lang)
        for part in whole(draw_page(view)):
            if part["type"] not in ("H1", "H2") or isinstance(part["props"].get("children"), str):
                continue
            for one in part["props"]["children"]:
                if isinstance(one, str):
                    continue
                own = one if isinstance(one, dict) else one.to_plotly_json()
                story = tell(view.edition, own["props"]["data-number"])
                assert story is not None, own
                text, shown = own["props"]["children"], story.shown.removeprefix("+").removeprefix("−")
                assert text == shown or abs(float(text.strip("£%p")) - float(shown.strip("%"))) <= 0.5
                opened += 1
    assert opened >= least


def whole(tree: Any) -> Any:
    """Every part of a page as the browser is told of it."""
    if isinstance(tree, Component):
        yield from (part.to_plotly_json() for part in parts_of(tree))
    elif isinstance(tree, dict):
        yield tree
        yield from whole(tree.get("props", {}).get("children"))
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from whole(part)
