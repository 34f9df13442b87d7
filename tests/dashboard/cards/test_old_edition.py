"""An earlier edition lists what has changed since: here what a later return restated, old, new and by which file."""

from datetime import date, datetime
from pathlib import Path

from editions import write_edition
from trees import plain

from dashboard.cards.old_edition import notice, restated, since_then
from dashboard.data.address import Address
from dashboard.data.edition import Editions
from dashboard.data.view import View

SITE = {"site": "croydon", "label": "Croydon", "short_label": "Croydon", "position": 1, "first_month": date(2018, 7, 1)}
MEASURE = {"measure": "new_cases", "label": "New cases", "unit": "count", "position": 1}
RETURN = {"return_id": "r2", "site": "croydon", "file": "June again.xlsx", "received": datetime(2019, 12, 2)}
CHANGED = {"site": "croydon", "month": date(2019, 6, 1), "measure": "new_cases", "old": 10.0, "new": 12.0}


def view_of(folder: Path, name: str) -> View:
    editions = Editions(folder, "central")
    current = editions.current_name()
    newest = editions.get(current) if name != current else None
    return View(editions.get(name), Address("/"), (), name == current, newest)


def make(folder: Path, *days: str) -> None:
    for day in days:
        known = datetime.fromisoformat(day)
        about = {"edition_id": day, "audience": "central", "known_at": known, "data_month": date(2019, 10, 1)}
        changed = [CHANGED | {"changed": datetime(2019, 12, 2), "return_id": "r2"}] if day > "2019-12-02" else []
        tables = {"edition": [about], "sites": [SITE], "measures": [MEASURE], "returns": [RETURN], "revisions": changed}
        write_edition(folder, day, tables)


def test_a_restated_number_is_listed_old_and_new_with_the_file_that_said_so(tmp_path: Path) -> None:
    make(tmp_path, "2019-11-16", "2019-12-13")
    view = view_of(tmp_path, "2019-11-16")
    assert view.current is not None
    said = plain(restated(view, view.current))
    assert "Croydon" in said
    assert "New cases" in said
    assert said.index("10") < said.index("12")
    assert "June again.xlsx, received 2 Dec 2019" in said


def test_what_was_restated_before_is_not_listed(tmp_path: Path) -> None:
    make(tmp_path, "2019-12-05", "2019-12-13")
    assert "Nothing has changed" in plain(since_then(view_of(tmp_path, "2019-12-05")))


def test_the_current_edition_has_no_notice(tmp_path: Path) -> None:
    make(tmp_path, "2019-11-16", "2019-12-13")
    assert notice(view_of(tmp_path, "2019-12-13"), "/") is None
    assert "not the current one" in plain(notice(view_of(tmp_path, "2019-11-16"), "/"))
