"""What moved since an earlier edition: compared with each that is older, for one audience, verdicts first."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from etl.editions.changes import COMPARED, MOST_COMPARED, changes, earlier_editions, read_all_earlier
from etl.editions.publish import write_file

KNOWN = datetime(2019, 12, 11)


def tables(
    known: datetime, verdict: str = "not_yet", money: tuple[str, float] = ("not_met", 0.0)
) -> dict[str, pd.DataFrame]:
    """An edition of one site with one criterion."""
    level, months = money
    criterion = {
        "site": "croydon", "criterion": "money", "position": 1, "level": level, "value": months,
        "words": f"{months} months", "evidence_date": pd.Timestamp(known),
    }  # fmt: skip
    return {
        "edition": pd.DataFrame(
            [{"edition_id": f"{known:%Y-%m-%d}", "known_at": known, "data_month": date(2019, 8, 1)}]
        ),
        "readiness": pd.DataFrame([criterion]),
        "verdicts": pd.DataFrame([{"site": "croydon", "verdict": verdict}]),
        "calendar": pd.DataFrame(columns=["site", "month", "state", "received", "due"]),
        "sites": pd.DataFrame([{"site": "croydon", "position": 1}]),
        "results": pd.DataFrame(columns=["site", "period", "starts", "measure", "value"]),
        "agreements": pd.DataFrame(columns=["site", "known_from", "status", "amount", "funder_label"]),
        "revisions": pd.DataFrame(columns=["site", "month", "measure", "old", "new", "changed"]),
    }


def published(folder: Path, *days: datetime, audience: str = "central") -> None:
    for day in days:
        path = folder / f"{day:%Y-%m-%d}" / f"{audience}.duckdb"
        path.parent.mkdir(exist_ok=True)
        write_file(path, {name: tables(day)[name] for name in COMPARED})


def test_each_earlier_edition_is_compared_with(tmp_path: Path) -> None:
    earlier = {
        "2019-10-16": tables(datetime(2019, 10, 16), "ready", ("met", 12.0)),
        "2019-09-11": tables(datetime(2019, 9, 11), "not_yet", ("not_met", 2.0)),
    }
    found = changes(tables(KNOWN, "ready", ("met", 12.0)), earlier)
    assert list(zip(found.since, found.position, found.effect, found.verdict_effect, strict=True)) == [
        ("2019-09-11", 1, "2.0 → 12.0 months secured", "Verdict: not yet → ready")
    ]
    assert found.loc[0, ["moved", "was", "is_now"]].tolist() == [True, "not yet", "ready"]
    revisions = pd.DataFrame(
        [("conwy", datetime(2019, 11, 1)), ("conwy", datetime(2019, 10, 1)), ("croydon", datetime(2019, 11, 1))],
        columns=["site", "changed"],
    )
    for audience, withheld in (("central", [0, 0]), ("croydon", [1, 2]), ("forum", [2, 3])):
        told = earlier_editions(earlier, revisions, audience)
        assert list(told.edition_id) == ["2019-10-16", "2019-09-11"]
        assert list(told.withheld) == withheld
    assert changes(tables(KNOWN), {}).empty


def spend_of(level: str, words: str, value: float | None, high: float | None = None) -> dict[str, pd.DataFrame]:
    """An edition of one site that is ready with conditions, judged by its spend."""
    row = {
        "site": "croydon", "criterion": "spend", "position": 2, "level": level, "value": value, "high": high,
        "words": words, "evidence_date": pd.Timestamp(KNOWN),
    }  # fmt: skip
    return {**tables(KNOWN, "ready_with_conditions"), "readiness": pd.DataFrame([row])}


@pytest.mark.parametrize(
    ("then", "now", "effect", "criterion"),
    [
        (("met", "a", 0.99), ("partly", "b", 1.0549), "99% → 105.5% of plan", ("Spend against plan: met", "partly")),
        (("met", "a", 0.99), ("partly", "b", 0.8999), "99% → 89.99% of plan", ("Spend against plan: met", "partly")),
        (("met", "99% of plan", 0.99), ("met", "101% of plan", None, 1.01), "99% of plan → 101% of plan", ("", "")),
        (("met", "a", 0.99), ("unknown", "b", None), "known → not known", ("Spend against plan: met", "not known")),
    ],
)
def test_a_figure_that_moved_is_printed_on_its_side_of_the_threshold(
    then: tuple, now: tuple, effect: str, criterion: tuple[str, str]
) -> None:
    row = changes(
        spend_of(*now), {"2019-10-16": spend_of(*then) | {"edition": tables(datetime(2019, 10, 16))["edition"]}}
    ).iloc[0]
    assert (row.effect, bool(row.moved), (row.was, row.is_now)) == (effect, False, criterion)


def test_only_older_editions_of_the_same_audience_count_the_newest_first(tmp_path: Path) -> None:
    published(tmp_path, datetime(2019, 9, 11), datetime(2019, 10, 16), KNOWN, datetime(2020, 1, 15))
    published(tmp_path, datetime(2019, 11, 13), audience="forum")
    assert list(read_all_earlier(tmp_path, "central", KNOWN)) == ["2019-10-16", "2019-09-11"]
    assert list(read_all_earlier(tmp_path, "forum", KNOWN)) == ["2019-11-13"]
    assert read_all_earlier(tmp_path, "croydon", KNOWN) == {}


def test_where_none_is_older_one_of_the_same_time_says_that_nothing_is_new(tmp_path: Path) -> None:
    published(tmp_path, KNOWN)
    assert list(read_all_earlier(tmp_path, "central", KNOWN)) == [f"{KNOWN:%Y-%m-%d}"]
    published(tmp_path, datetime(2019, 9, 11))
    assert list(read_all_earlier(tmp_path, "central", KNOWN)) == ["2019-09-11"]


def test_a_broken_old_edition_does_not_stop_a_new_one(tmp_path: Path) -> None:
    published(tmp_path, datetime(2019, 9, 11), datetime(2019, 10, 16))
    (tmp_path / "2019-10-16" / "central.duckdb").write_bytes(b"no database")
    assert list(read_all_earlier(tmp_path, "central", KNOWN)) == ["2019-09-11"]


@pytest.mark.parametrize("count", [MOST_COMPARED + 2])
def test_not_more_are_compared_than_can_be_chosen_from(tmp_path: Path, count: int) -> None:
    days = [datetime(2019, 11, day) for day in range(1, count + 1)]
    published(tmp_path, *days)
    assert list(read_all_earlier(tmp_path, "central", KNOWN)) == [f"{day:%Y-%m-%d}" for day in days[:1:-1]]
