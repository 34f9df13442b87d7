"""Who pays, what replaces the grant, what was drawn, what a site answers itself and what is due, on the pages."""

import json
from datetime import date
from typing import Any

import pytest

from dashboard.data.address import read
from dashboard.data.edition import Edition
from dashboard.data.view import View
from dashboard.pages import funding, overview, readiness, scenario
from dashboard.pages import site as site_page
from etl.provenance import tell
from etl.provenance.story import Words


def text_of(page: Any, address: str, edition: Edition) -> str:
    path, _, search = address.partition("?")
    content = page.build(View(edition, read(path, search)))
    shown = [part.to_plotly_json() for part in content.body if part is not None]
    return json.dumps([content.headline, content.note, shown], default=lambda p: p.to_plotly_json(), ensure_ascii=False)


@pytest.mark.parametrize(
    "words", ["£312,000", "£275,000", "(88%)", '"10.6"', "Feb 2021", "£37,000 has no funder stated"]
)
def test_croydon_says_what_was_published(words: str, edition: Edition) -> None:
    assert words in text_of(funding, "/funding?site=croydon", edition)


def test_one_rule_answers_by_when_and_the_other_says_its_name(edition: Edition) -> None:
    page = text_of(funding, "/funding?site=croydon", edition)
    assert "April 2020: first month not fully funded" in page and "If spent until gone" in page
    moved = text_of(scenario, "/scenario?site=south_wales&grant=extended&months=6", edition)
    assert "If the grant goes on for 6 months, £52,500 is not secured" in moved
    assert "£17,250 if a surplus may be carried over" in moved
    assert "October 2020 would be the first month not fully funded" in moved


@pytest.mark.parametrize(("page", "address"), [(funding, "/funding"), (overview, "/"), (readiness, "/readiness")])
def test_money_that_is_a_limit_or_hangs_on_something_is_said_so_beside_the_sum(
    page: Any, address: str, edition: Edition
) -> None:
    text = text_of(page, address, edition)
    assert "at most " in text
    assert "epends on the July 2020 review" in text or '"the July 2020 review"' in text


def test_a_share_of_closures_says_how_much_nobody_knows(edition: Edition) -> None:
    assert "at most 78%; 20% not known" in text_of(site_page, "/site/south_wales", edition)
    row = edition.result("south_wales", "risk_reduced_rate", "rolling_year", date(2018, 12, 1))
    assert row is not None
    story = tell(edition, f"south_wales|rolling_year|2018-12-01|{row.measure}")
    assert story is not None
    said = [block.text for block in story.body if isinstance(block, Words)]
    assert any("of all closures it was lower in 58% to 78%" in text for text in said)


def test_the_published_local_share_is_the_programmes_only(edition: Edition) -> None:
    assert "Published: 37% is local, of all four sites together" in text_of(funding, "/funding", edition)
    for site in edition.sites:
        assert "Published" not in text_of(funding, f"/funding?site={site.name}", edition)


def test_what_replaces_the_grant_is_what_is_secured_beyond_local_money(edition: Edition) -> None:
    cover = edition.rows("cover", "site = 'croydon'")[0]
    assert cover.replaced == cover.secured - cover.local_before == 159560
    assert "Croydon replaces £159,560 of £196,560" in text_of(funding, "/funding", edition)


def test_limits_stand_beside_what_was_drawn(edition: Edition) -> None:
    text = text_of(funding, "/funding?site=croydon", edition)
    assert all(words in text for words in ("£343,980", "£278,460", "£65,520", "not begun"))


def test_the_gap_is_also_of_the_twelve_months_ahead(edition: Edition) -> None:
    start = max(row.starts for row in edition.rows("gaps") if row.starts < edition.rows("cover")[0].year)
    left = edition.rows("gaps", "site = 'croydon' and starts = ? and step = 'no_funder'", (start,))[0].amount
    assert f"Croydon: £{left:,.0f} has no funder stated" in text_of(funding, f"/funding?year={start}", edition)


def test_the_sites_own_answer_stands_beside_ours(edition: Edition) -> None:
    text = text_of(readiness, "/readiness", edition)
    assert "differs from ours" in text
    assert "did carry on after March 2020" in text
    assert "to be agreed" in text


def test_what_is_late_is_not_ahead(edition: Edition) -> None:
    rows = edition.rows("milestones", "done is null")
    late = sum(row.state == "late" for row in rows)
    assert late == 1
    assert "Decisions due: one milestone is late; eight milestones ahead" in text_of(overview, "/", edition)
    assert "Moved from 31 Oct 2019" in text_of(readiness, "/readiness", edition)
