"""Tests that a form of ours needs the token of the session, as a field, and that loading has to be switched on."""

from io import BytesIO
from pathlib import Path
from typing import Any

from access.conftest import CSRF, Clock, Reader
from dashboard.access.settings import Settings
from dashboard.server import make_server


def post(reader: Any, path: str, csrf: str) -> Any:
    data = {"csrf": csrf, "sure": "yes", "file": (BytesIO(b"no return"), "x.csv")}
    return reader.client.post(path, data=data, content_type="multipart/form-data")


def test_a_form_without_the_token_is_refused(reader: Any) -> None:
    reader.come_in("ann")
    found = CSRF.search(reader.client.get("/returns/try").get_data(as_text=True))
    assert found and found[1]
    assert post(reader, "/returns/try", "").status_code == 403
    assert post(reader, "/returns/try", "x" + found[1]).status_code == 403
    assert post(reader, "/returns/try", found[1]).status_code == 200


def test_loading_is_off_where_people_sign_in_unless_switched_on(data: Path, clock: Clock, reader: Any) -> None:
    reader.come_in("ann")
    page = reader.client.get("/returns/try").get_data(as_text=True)
    assert "switched off" in page and "Load it" not in page
    assert post(reader, "/returns/load", CSRF.search(page)[1]).status_code == 409  # type: ignore[index]
    on = Reader(make_server(data, settings=Settings(data, loading=True, clock=clock))).come_in("ann")
    assert "Load it" in on.client.get("/returns/try").get_data(as_text=True)
