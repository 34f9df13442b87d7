"""What the sample writer writes: always the same bytes, lists beside the returns, files that the reader reads."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.definitions import REPORTED_KEYS, unit_of
from etl.definitions.periods import financial_year_start
from etl.intake import Reader
from etl.read import read_return
from etl.sample import Look, name_file, plan_returns, write_return, write_sample, write_tracker
from etl.sample.plan import choose_sites
from etl.sample.simulate import simulate
from etl.sample.write import Typed
from etl.sites import Site, load_sites

MONTH, RECEIVED = date(2019, 6, 1), datetime(2019, 12, 11)
SITES = {site.name: site for site in choose_sites(6)}
TRUE = {name: dict(simulate(name, date(2018, 4, 1), date(2019, 11, 1), 1)) for name in SITES}

# What people type where a number should stand, and what it means.
SAID = {
    None: (None, "missing"),
    "nil": (0, "reported"),
    "–": (0, "reported"),
    "n/a": (None, "not_applicable"),
    "<5": (None, "suppressed"),
    "[c]": (None, "suppressed"),
    "tbc": (None, "unreadable"),
    "79 (17%)": (None, "unreadable"),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def meaning(typed: Typed) -> tuple[float | None, str]:
    return SAID[typed] if isinstance(typed, str | None) else (float(typed), "reported")


def read(reader: Reader, path: Path) -> dict[tuple[date, str, str], tuple[float | None, str]]:
    found = read_return(reader.read(path.read_bytes()), path.name, RECEIVED, SITES)
    return {(e.month, e.measure, e.part): (e.value, e.state) for e in found.entries}


def digest(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def numbers_of(pair: tuple[str, str]) -> st.SearchStrategy[Typed]:
    """What may be typed for a number: a number of its unit, or something else."""
    unit = unit_of(pair[0])
    values = {
        "count": st.integers(0, 2_000),
        "fte": st.integers(0, 80).map(lambda quarters: quarters / 4),
        "gbp": st.integers(-10_000_000, 100_000_000).map(lambda pence: pence / 100),
    }
    return st.one_of(values[unit], st.sampled_from(list(SAID)))


odd_numbers = st.lists(st.sampled_from(REPORTED_KEYS), max_size=8, unique=True).flatmap(
    lambda pairs: st.fixed_dictionaries({pair: numbers_of(pair) for pair in pairs})
)
looks = st.builds(
    Look,
    words=st.sampled_from(["as_laid_out", "varied"]),
    rows_above=st.integers(0, 4),
    note=st.sampled_from(["", "Figures checked"]),
    extra_sheet=st.sampled_from(["", "Rotas"]),
    encoding=st.sampled_from(["cp1252", "utf-8", "utf-8-sig"]),
    separator=st.sampled_from([",", ";"]),
    month_written=st.sampled_from(["", "%b-%y", "%b %y", "%B %Y", "%Y-%m"]),
)


@pytest.mark.parametrize("name", list(SITES)[:5])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=odd_numbers, look=looks)
def test_what_is_written_is_read(
    name: str, odd: dict[tuple[str, str], Typed], look: Look, reader: Reader, tmp_path: Path
) -> None:
    site = SITES[name]
    numbers = {**TRUE[name][MONTH], **odd}
    path = write_return(site, MONTH, numbers, tmp_path / name / name_file(site, MONTH), look=look)
    entries = read(reader, path)
    for pair, typed in numbers.items():
        assert entries[MONTH, *pair] == meaning(typed), pair


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=odd_numbers, look=looks, last=st.integers(4, 11))
def test_every_month_of_a_tracker_is_read(
    odd: dict[tuple[str, str], Typed], look: Look, last: int, reader: Reader, tmp_path: Path
) -> None:
    site, month = SITES["west_mercia"], date(2019, last, 1)
    months = {m: {**n, **odd} for m, n in TRUE[site.name].items() if financial_year_start(month) <= m <= month}
    entries = read(reader, write_tracker(site, months, tmp_path / name_file(site, month), look=look))
    assert entries == {(m, *pair): meaning(typed) for m, n in months.items() for pair, typed in n.items()}


def test_the_whole_sample_is_read(reader: Reader, tmp_path: Path) -> None:
    returns = write_sample(tmp_path, sites=6, first=date(2019, 4, 1))
    for one in returns:
        entries = read(reader, tmp_path / one.file)
        assert entries == {(m, *pair): meaning(typed) for m, n in one.months.items() for pair, typed in n.items()}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_sample(tmp_path / folder, sites=5, first=date(2019, 5, 1), last=date(2019, 7, 1), seed=3)
    write_sample(tmp_path / "three", sites=5, first=date(2019, 5, 1), last=date(2019, 7, 1), seed=4)
    assert digest(tmp_path / "one") == digest(tmp_path / "two") != digest(tmp_path / "three")


def test_received_csv_lists_every_file(tmp_path: Path) -> None:
    write_sample(tmp_path, first=date(2019, 10, 1))
    with (tmp_path / "received.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row["received"] for row in csv.DictReader(file)}
    assert set(rows) == {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.*") if p.name != "received.csv"}
    assert all(datetime.fromisoformat(received) for received in rows.values())


def test_invented_sites_can_be_adopted(tmp_path: Path) -> None:
    write_sample(tmp_path, sites=6, first=date(2019, 10, 1))
    adopted = load_sites(tmp_path / "sites")
    invented = {one.site.name: one.site for one in plan_returns(6, date(2019, 10, 1)) if one.site.position > 4}
    assert list(adopted) == [*load_sites(), "area_5", "area_6"]
    assert {name: adopted[name] for name in invented} == invented


def test_a_tracker_of_two_years_is_refused(tmp_path: Path) -> None:
    months = {date(2019, 3, 1): {}, date(2019, 4, 1): {}}
    with pytest.raises(ValueError, match="one financial year"):
        write_tracker(SITES["west_mercia"], months, tmp_path / "tracker.xlsx")


def test_a_few_numbers_are_enough(reader: Reader, tmp_path: Path) -> None:
    site: Site = SITES["croydon"]
    path = write_return(site, MONTH, {("new_cases", ""): 125}, tmp_path / name_file(site, MONTH))
    entries = read(reader, path)
    assert entries[MONTH, "new_cases", ""] == (125, "reported")
    assert entries[MONTH, "spend", "other"] == (None, "missing")


def test_a_standard_return_is_named_after_its_site() -> None:
    site = choose_sites(5)[-1]
    assert name_file(site, date(2019, 12, 1)) == f"{site.label} Drive return 2019-12.xlsx"
