"""The editions in a folder: no name twice, the last ones kept, and one that goes is gone whole."""

import os
from datetime import date
from pathlib import Path

import pytest

from etl.editions.folder import KEPT, new_name, point_to, put_away_old, read_history, read_pointer, remember
from etl.editions.publish import undo

DAY = date(2019, 12, 11)


def make(folder: Path, name: str, made: int) -> Path:
    path = folder / name
    path.mkdir(parents=True)
    (path / "central.duckdb").touch()
    os.utime(path, (made, made))
    return path


def publish(folder: Path, made: int) -> str:
    name = new_name(folder, DAY)
    make(folder, name, made)
    remember(folder, "published", name, "")
    point_to(folder, name)
    put_away_old(folder, name)
    return name


def test_a_name_is_given_once_also_when_the_edition_is_long_gone(tmp_path: Path) -> None:
    names = [publish(tmp_path, made) for made in range(3 * KEPT)]
    assert len(set(names)) == len(names)
    assert names[:3] == ["2019-12-11", "2019-12-11-2", "2019-12-11-3"]
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == set(names[-KEPT:])
    assert read_pointer(tmp_path) == names[-1]


def test_an_edition_that_was_never_written_down_keeps_its_name_too(tmp_path: Path) -> None:
    make(tmp_path, "2019-12-11", 1)
    assert new_name(tmp_path, DAY) == "2019-12-11-2"


def test_a_line_that_was_half_written_is_passed_over(tmp_path: Path) -> None:
    remember(tmp_path, "published", "2019-12-11", "“Why”")
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"when": "2026-')
    assert [line["why"] for line in read_history(tmp_path)] == ["“Why”"]


def test_the_current_edition_stays_however_old(tmp_path: Path) -> None:
    make(tmp_path, "old", 0)
    for number in range(KEPT + 2):
        make(tmp_path, f"new-{number}", 10 + number)
    put_away_old(tmp_path, "old")
    assert (tmp_path / "old").is_dir()
    assert not (tmp_path / "new-0").exists()


def test_an_edition_leaves_its_name_before_its_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in the middle leaves no half edition that somebody could open, and the next time it goes for good."""
    for number in range(KEPT + 1):
        make(tmp_path, f"e{number}", number)
    monkeypatch.setattr("etl.editions.folder.shutil.rmtree", lambda path, ignore_errors: None)
    put_away_old(tmp_path, f"e{KEPT}")
    assert not (tmp_path / "e0").exists()
    assert (tmp_path / ".gone-e0" / "central.duckdb").exists()
    monkeypatch.undo()
    put_away_old(tmp_path, f"e{KEPT}")
    assert not (tmp_path / ".gone-e0").exists()


def test_a_damaged_edition_can_be_undone(tmp_path: Path) -> None:
    """Its own file does not say any more which was before it; the history does."""
    folder = tmp_path / "editions"
    names = [publish(folder, made) for made in range(3)]
    (folder / names[2] / "central.duckdb").write_bytes(b"damaged")
    assert undo(tmp_path, "It is damaged") == names[1] == read_pointer(folder)
    assert [line["what"] for line in read_history(folder)][-1] == "undone"
