"""The cost per new case on shared lines, its formula and the scope table go by the same lines, whatever sites say."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.definitions import label_of
from etl.editions.publish import publish
from etl.reference import FOLDER, read_reference, shared_lines
from etl.sample import write_sample
from etl.warehouse.load import load

AS_SHIPPED = ("case_management", "management", "premises", "training")
# Victim support is in kind in Croydon and in part in South Wales until each says that it pays for it in full.
LATER = "croydon,victim_support,Yes,2018-08-01,a letter\nsouth_wales,victim_support,Yes,2018-08-01,a letter\n"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    write_sample(folder / "returns", last=date(2018, 7, 1))
    load([folder / "returns"], folder / "data")
    return folder / "data"


def scope_in(data: Path, more: str) -> None:
    (data / "reference").mkdir(exist_ok=True)
    scope = (FOLDER / "scope.csv").read_text(encoding="utf-8")
    (data / "reference" / "scope.csv").write_text(scope + more, encoding="utf-8")


@pytest.mark.parametrize(("more", "lines"), (("", AS_SHIPPED), (LATER, (*AS_SHIPPED, "victim_support"))))
def test_an_edition_says_and_counts_the_same_lines(
    loaded: Path, tmp_path: Path, more: str, lines: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(loaded, data)
    scope_in(data, more)
    name = publish(data)
    with duckdb.connect(str(data / "editions" / name / "central.duckdb"), read_only=True) as con:
        shared = con.execute("select distinct line from scope where shared").fetchall()
        formula = con.execute("select formula from measures where measure = 'spend_shared'").fetchall()
        counted = con.execute(
            "select site, starts, round(sum(value), 2) from results where period = 'month' and measure in ?"
            " and site <> 'all' group by all having count(value) = ? order by all",
            [[f"spend.{line}" for line in lines], len(lines)],
        ).fetchall()
        totals = con.execute(
            "select site, starts, round(value, 2) from results where period = 'month' and measure = 'spend_shared'"
            " and site <> 'all' and value is not null order by all"
        ).fetchall()
    assert {line for (line,) in shared} == set(lines)
    assert set(formula[0][0].split(" + ")) == {label_of(f"spend.{line}") for line in lines}
    assert len(counted) > 3 and totals == counted


def test_a_line_is_shared_that_every_site_counts_which_says_what_it_counts() -> None:
    scope = read_reference().scope
    assert shared_lines(scope, ["croydon", "south_wales", "west_mercia", "west_midlands"]) == AS_SHIPPED
    assert "victim_support" in shared_lines(scope, ["west_mercia", "west_midlands"])
    assert shared_lines([], ["croydon"]) == shared_lines(scope, []) == ()
