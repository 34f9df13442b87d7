"""Which site and month a file is for: by its words, its cover, its name and its folder; what disagrees is named."""

from datetime import datetime

import pytest

from etl.intake import Grid, Sheet, address
from etl.read.name import fits_name_pattern, sites_named
from etl.sample import name_file
from read.grids import KINDS, MONTH, SITES, read, refusal, where, with_cells, written

NAMES = {name: name_file(SITES[name], MONTH) for name in KINDS.values()}


@pytest.mark.parametrize("site", KINDS.values())
def test_each_site_by_its_words(site: str) -> None:
    found = read(written(site), f"{site}/{NAMES[site]}")
    assert (found.site, found.month, found.version) == (site, MONTH, 1)
    assert len({(e.measure, e.part) for e in found.entries}) == 69


@pytest.mark.parametrize("site", KINDS.values())
@pytest.mark.parametrize("other", KINDS.values())
def test_another_sites_folder_or_name(site: str, other: str) -> None:
    if site == other:
        return
    for name in (
        f"{other}/{NAMES[site]}",
        f"returns/{SITES[other].label}/x",
        NAMES[other],
        f"{other.upper()} June 2019.x",
    ):
        refused = refusal(written(site), name)
        assert refused.code == "wrong_site", name
        assert SITES[site].label in refused.sentence and SITES[other].label in refused.sentence


@pytest.mark.parametrize("site", KINDS.values())
def test_another_month_in_the_name(site: str) -> None:
    month = MONTH.replace(month=5)
    for name in (
        name_file(SITES[site], month),
        "return May 2019.x",
        "Copy of 2019-05 (2).x",
        f"Copy of {name_file(SITES[site], month)}",
    ):
        refused = refusal(written(site), name)
        assert refused.code == "wrong_month", name
        assert "May 2019" in refused.sentence and "June 2019" in refused.sentence


@pytest.mark.parametrize("site", KINDS.values())
def test_names_that_say_nothing_else(site: str) -> None:
    stem, _, ending = NAMES[site].rpartition(".")
    for name in (
        f"{stem} v2.{ending}",
        "return.x",
        f"{stem} (final).{ending}",
        "drive 2019-20.x",
        "sent 2019-07-08.x",
        "x/y.z",
    ):
        assert read(written(site), name).site == site


@pytest.mark.parametrize("site", KINDS.values())
def test_a_month_that_had_not_ended(site: str) -> None:
    refused = refusal(written(site), received=datetime(2019, 6, 30, 23, 59))
    assert refused.code == "month_not_ended"
    assert "June 2019" in refused.sentence
    assert read(written(site), received=datetime(2019, 7, 1)).month == MONTH


@pytest.mark.parametrize("said", [None, "soon", 12.0, "Q1", "2019-20"])
def test_a_cover_without_a_month(said: object) -> None:
    refused = refusal(with_cells(written("croydon"), "Cover", {"D5": said}))
    assert refused.code == "no_month"
    assert "“Reporting month”" in refused.sentence and "April 2019" in refused.fix


def test_the_month_behind_other_cells() -> None:
    grid = with_cells(written("croydon"), "Cover", {"C5": "(first of the month)", "D5": 43617.0})
    assert read(grid).month == MONTH


def test_a_cover_that_names_another_site() -> None:
    refused = refusal(with_cells(written("croydon"), "Cover", {"D4": "West Midlands PCC"}))
    assert refused.code == "wrong_site"
    assert "West Midlands" in refused.sentence and "Croydon" in refused.sentence
    assert read(with_cells(written("croydon"), "Cover", {"D4": "London Borough of Croydon"})).site == "croydon"


@pytest.mark.parametrize(
    ("said", "version"), [(2.0, 2), ("2", 2), (None, 1), ("final", 1), (1e12, 1), (0.0, 1), (-1.0, 1)]
)
def test_versions(said: object, version: int) -> None:
    assert read(with_cells(written("croydon"), "Cover", {"D6": said})).version == version


def test_what_is_no_return() -> None:
    assert refusal(Grid("csv", (Sheet("", {(1, 1): "Shopping", (2, 1): "Eggs"}),), ())).code == "not_a_return"
    assert refusal(Grid("xlsx", (), ())).code == "not_a_return"
    half = written("croydon")
    half = Grid("xlsx", tuple(s for s in half.sheets if s.name in ("Cover", "Caseload")), ())
    refused = refusal(half)
    assert "Croydon" in refused.sentence and "missing" in refused.sentence


def test_what_stands_beside_completed_by_is_nobodys_business() -> None:
    grid = written("croydon")
    row, column = where(grid, "Cover", "Completed by")
    named = with_cells(grid, "Cover", {address(row, column + 2): "Jane Smith, jane@example.org, 020 7946 0018"})
    assert read(named).site == "croydon"
    elsewhere = refusal(with_cells(grid, "Cover", {address(row + 5, column): "jane@example.org"}))
    assert elsewhere.code == "personal_data" and "jane" not in str(elsewhere).lower()


def test_names_that_may_be_stored() -> None:
    assert fits_name_pattern("Croydon Drive return 2019-06 v2.xlsx", SITES["croydon"])
    assert not fits_name_pattern("Croydon Drive return 2019-06 Jane Smith.xlsx", SITES["croydon"])
    assert sites_named("Drive_DeCymru_SouthWales_2019-06", SITES) == ["south_wales"]
    assert sites_named("returns to do", SITES) == []
