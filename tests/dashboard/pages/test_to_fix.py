"""What there is to fix: one count on every page, of the returns that a reader has chosen."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from dashboard.data.edition import Editions, Row
from dashboard.data.to_fix import are_not_shown, to_fix
from dashboard.pages import returns, site
from tests.dashboard.editions import write_edition
from tests.dashboard.trees import plain, seen

MONTHS = [date(2019, month, 1) for month in (7, 8, 9)]
STATES = ("on_time", "late", "missing")


def calendar(queries: int = 0) -> list[Row]:
    return [
        Row(site="croydon", month=month, state=state, due=date(2019, 11, 14), queries=queries, versions=1)
        for month, state in zip(MONTHS, STATES, strict=True)
    ]


class Sent:
    """An edition with one query that stands and one that a dispensation explains."""

    made, data_month = datetime(2019, 12, 1), MONTHS[-1]
    sites = (Row(name="croydon", position=1),)

    def __init__(self, audience: str = "central") -> None:
        self.audience = audience

    def rows(self, table: str, *_: object) -> list[Row]:
        asked = {"site": "croydon", "month": MONTHS[0], "severity": "query", "code": "missing", "holds_verdict": False}
        return [Row(asked, state=state) for state in ("open", "dispensed", "answered")]


def test_what_is_explained_is_nothing_to_fix() -> None:
    assert [row.code for row in to_fix(Sent(), calendar()[:2])] == ["missing"]
    assert [row.code for row in to_fix(Sent(), calendar())] == ["missing_return", "missing"]


@pytest.mark.parametrize(("audience", "hidden"), [("central", False), ("croydon", False), ("forum", True)])
def test_whoever_may_not_see_queries_is_told_so(audience: str, hidden: bool) -> None:
    assert are_not_shown(Sent(audience), calendar(queries=1)) == hidden
    assert not are_not_shown(Sent(audience), calendar())


@pytest.fixture
def editions(tmp_path: Path) -> Editions:
    about = {"edition_id": "2019-12-01", "made": "2019-12-01", "known_at": "2019-12-01", "data_month": "2019-09-01"}
    croydon = {"site": "croydon", "label": "Croydon", "position": 1, "first_month": "2019-07-01"}
    tables = {"edition": [about | {"audience": "central"}], "sites": [croydon], "calendar": calendar()}
    write_edition(tmp_path, "2019-12-01", tables)
    return Editions(tmp_path, "central")


def test_the_counts_follow_the_state_that_is_chosen(editions: Editions) -> None:
    every = returns.build(seen(editions, "/returns"))
    late = returns.build(seen(editions, "/returns", "?state=late"))
    assert "One return is missing" in every.headline
    assert late.headline == "One return: late"
    words = plain(late.body[0])
    assert "1 of 3 returns: late" in words
    counts = dict(re.findall(r"(On time|Late|Missing) (\d)", words))
    assert counts == {"On time": "0", "Late": "1", "Missing": "0"}


def test_a_sites_page_and_the_page_of_returns_count_alike(editions: Editions) -> None:
    assert "One thing to mend" in plain(site.to_mend(seen(editions, "/site/croydon"), editions.get().sites[0]))
    assert "One thing to mend" in plain(returns.build(seen(editions, "/returns")).body[1])
