"""Versions and receipts: which return is in force, what the same bytes are, and that nothing is lost or doubled."""

from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from loading import SITES, Sent, give, rows, warehouse

from etl.warehouse.store import in_force, open_warehouse

APRIL, MAY = date(2019, 4, 1), date(2019, 5, 1)
DAY = datetime(2019, 6, 8)
RETURNS = "select verdict, received, file from returns order by received, verdict"
VALUES = "select month, value from observations where measure = 'new_cases' order by month"


def one(new_cases: float | None, days: int = 0, **more: object) -> Sent:
    return Sent("south_wales", DAY + timedelta(days=days), {APRIL: {"new_cases": new_cases}}, **more)  # type: ignore[arg-type]


def tracker(days: int, *new_cases: float | None) -> Sent:
    months = {date(2019, 4 + step, 1): {"new_cases": n} for step, n in enumerate(new_cases)}
    return Sent("west_mercia", DAY + timedelta(days=days), months)


def in_every_order(*sent: Sent) -> list[tuple]:
    """The rows in force after each order of loading, one load each and all at once; they must be the same."""
    found = []
    for order in permutations(sent):
        con = warehouse()
        for each in order:
            give(con, each)
        at_once = warehouse()
        give(at_once, *order)
        for made in (con, at_once):
            found.append((rows(made, VALUES), rows(made, "select return_id, known_from from observations order by all"),
                          rows(made, "select * exclude loaded from returns order by all"),
                          rows(made, "select * from results order by all")))  # fmt: skip
    assert all(each == found[0] for each in found)
    return found[0][0]


def test_the_newest_wins_in_any_order() -> None:
    assert in_every_order(one(8), one(9, 1), one(7, 2)) == [(APRIL, 7)]


def test_at_the_same_time_the_higher_version_wins_then_the_bytes_decide() -> None:
    assert in_every_order(one(8, version=2), one(9, version=1), one(7, version=1)) == [(APRIL, 8)]
    tied = sorted([one(8), one(9)], key=lambda sent: sent.sha256)
    assert in_every_order(*tied) == [(APRIL, tied[1].months[APRIL]["new_cases"])]


def test_an_empty_cell_speaks_too() -> None:
    assert in_every_order(one(8), one(None, 1)) == [(APRIL, None)]


def test_a_rejected_return_leaves_the_one_before_in_force() -> None:
    assert in_every_order(one(8), one(9, 1, rejected=True)) == [(APRIL, 8)]


def test_a_tracker_restates_its_months_and_leaves_others() -> None:
    assert in_every_order(tracker(0, 5), tracker(1, 6, 7), tracker(2, 4)) == [(APRIL, 4), (MAY, 7)]


def test_what_stood_before_is_kept() -> None:
    con = warehouse()
    give(con, tracker(0, 5, 1), tracker(9, 6, 7))
    at = "select value from observations_at($at) where measure = 'new_cases' order by month"
    assert rows(con, at, at=DAY - timedelta(seconds=1)) == []
    assert rows(con, at, at=DAY) == [(5,), (1,)]
    assert rows(con, at, at=DAY + timedelta(days=9)) == [(6,), (7,)]
    assert len(rows(con, "select * from entries")) == 4 * 69


def test_the_same_bytes_are_one_return_which_came_when_they_first_came() -> None:
    copies = [one(8, days, name=f"Drive_DeCymru_SouthWales_2019-0{days}.ods") for days in (3, 1, 2)]
    assert in_every_order(*copies) == [(APRIL, 8)]
    con = warehouse()
    give(con, *copies)
    found = rows(con, RETURNS)
    assert [verdict for verdict, *_ in found] == ["accepted", "duplicate", "duplicate"]
    assert [received for _, received, _ in found] == [DAY + timedelta(days=d) for d in (1, 2, 3)]
    assert [file[-6:-4] for *_, file in found] == ["01", "02", "03"]
    assert rows(con, "select count(*) from entries") == [(69,)]


def test_an_early_copy_decides_which_return_is_newest() -> None:
    assert in_every_order(one(8, 5), one(9, 3), one(8, 1, name="copy")) == [(APRIL, 9)]


def test_a_rejected_copy_does_not_move_the_accepted_one() -> None:
    """The same bytes in a wrong folder, or before the month had ended, are no return of that time."""
    assert in_every_order(one(8, 5), one(8, 1, rejected=True, name="x"), one(9, 3)) == [(APRIL, 8)]


@pytest.mark.parametrize("sent", [one(8), one(8, rejected=True), one(8, name="odd.ods")])
def test_a_second_load_changes_nothing(sent: Sent) -> None:
    con = warehouse()
    first = give(con, sent)[0]
    before = rows(con, "select * from returns")
    again = give(con, sent)[0]
    assert rows(con, "select * from returns") == before
    assert again.return_id == first.return_id
    assert (first.verdict, again.verdict) in (("accepted", "duplicate"), ("rejected", "rejected"))


def test_tables_are_as_agreed() -> None:
    con = warehouse()
    wanted = {
        "returns": {"return_id": "VARCHAR", "site": "VARCHAR", "month": "DATE", "received": "TIMESTAMP",
                    "verdict": "VARCHAR", "file": "VARCHAR", "sha256": "VARCHAR"},
        "entries": {"return_id": "VARCHAR", "site": "VARCHAR", "month": "DATE", "measure": "VARCHAR", "part": "VARCHAR",
                    "value": "DOUBLE", "state": "VARCHAR", "sheet": "VARCHAR", "cell": "VARCHAR"},
        "observations": {"site": "VARCHAR", "month": "DATE", "measure": "VARCHAR", "part": "VARCHAR", "value": "DOUBLE",
                         "state": "VARCHAR", "return_id": "VARCHAR", "sheet": "VARCHAR", "cell": "VARCHAR",
                         "known_from": "TIMESTAMP"},
        "problems": {"return_id": "VARCHAR", "site": "VARCHAR", "month": "DATE", "sheet": "VARCHAR", "cell": "VARCHAR",
                     "code": "VARCHAR", "severity": "VARCHAR", "message": "VARCHAR", "fix": "VARCHAR"},
        "results": {"site": "VARCHAR", "period": "VARCHAR", "starts": "DATE", "measure": "VARCHAR", "value": "DOUBLE",
                    "complete": "BOOLEAN"},
    }  # fmt: skip
    for table, columns in wanted.items():
        found = {row[0]: row[1] for row in rows(con, f"describe {table}")}
        assert columns.items() <= found.items(), table


OLD_NAMES = """
    alter table return_months rename to covered;
    alter table result_versions rename to built;
    alter table problems drop column supposes;
    drop macro table first_months_at;
    create macro firsts_at(t) as table select site, first_month as first from sites;
    create or replace macro in_force_at(t) as table
    select covered.site, covered.month, return_id, received as known_from
    from covered join returns using (return_id)
    where verdict in ('accepted', 'accepted_with_queries') and received <= t
    qualify row_number() over (partition by covered.site, covered.month order by received desc) = 1;
"""


def test_a_warehouse_with_the_names_of_before_is_read_and_loaded_into(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_warehouse(path) as con:
        give(con, one(8))
        con.execute(OLD_NAMES)
    with open_warehouse(path, read_only=True) as con:
        assert rows(con, VALUES) == [(APRIL, 8)] and rows(con, "select month from return_months") == [(APRIL,)]
        assert in_force(con).firsts == {site.name: site.first_month for site in SITES.values()}
        assert rows(con, "select supposes from problems") == []
    for new_cases, days in ((9, 1), (7, 2)):
        with open_warehouse(path) as con:
            before = in_force(con)
            assert before.last == APRIL and before.made_with
            give(con, one(new_cases, days))
            assert rows(con, VALUES) == [(APRIL, new_cases)]
            assert not rows(con, "from duckdb_tables() where table_name in ('covered', 'built')")
    fresh = warehouse()
    give(fresh, one(8), one(9, 1), one(7, 2))
    with open_warehouse(path) as con:
        assert rows(con, "from results order by all") == rows(fresh, "from results order by all")
