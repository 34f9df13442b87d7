"""Downloads pass the same gate as pages, give each audience its own file, and are written down."""

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from editions import write_edition
from flask.testing import FlaskClient

from dashboard.access.users import Users
from dashboard.server import make_server

PASSWORD, EDITION = "four words in a row", "2019-12-11"
CANARY = {"central": "Canary of the centre", "croydon": "Canary of Croydon"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition with a site named differently for each audience, and a user of each."""
    folder = tmp_path_factory.mktemp("downloads")
    for audience, label in CANARY.items():
        about = {"edition_id": EDITION, "audience": audience, "made": datetime(2019, 12, 11), "data_month": None}
        site = {"site": "croydon", "label": label, "short_label": label, "position": 1, "first_month": date(2018, 1, 1)}
        due = {"site": "croydon", "month": date(2019, 11, 1), "state": "on_time", "versions": 1, "queries": 0}
        tables = {"edition": [about], "sites": [site], "calendar": [due]}
        write_edition(folder, EDITION, tables, audience)
    users = Users(folder)
    users.add("ann", "central", "", PASSWORD)
    users.add("cleo", "lead", "croydon", PASSWORD)
    return folder


@pytest.fixture
def come_in(data: Path) -> Callable[[str], FlaskClient]:
    server = make_server(data)

    def enter(name: str) -> FlaskClient:
        client = server.test_client()
        page = client.get("/sign-in").get_data(as_text=True)
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": token, "name": name, "password": PASSWORD, "next": ""}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return enter


def test_a_stranger_is_led_to_the_sign_in_page_and_back(data: Path) -> None:
    answer = make_server(data).test_client().get("/download/returns/calendar.csv?site=croydon")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/download/returns/calendar.csv%3Fsite%3Dcroydon"


@pytest.mark.parametrize(("name", "audience", "other"), (("ann", "central", "croydon"), ("cleo", "croydon", "central")))
def test_each_audience_gets_its_own_numbers(
    name: str, audience: str, other: str, come_in: Callable[[str], FlaskClient]
) -> None:
    client = come_in(name)
    package = zipfile.ZipFile(BytesIO(client.get("/download/returns/page.zip").data))
    files = [client.get("/download/returns/calendar.csv").data, *(package.read(n) for n in package.namelist())]
    assert CANARY[audience].encode() in files[0]
    assert not [content for content in files if CANARY[other].encode() in content]


def test_a_download_is_written_down_with_its_page_and_edition(
    data: Path, come_in: Callable[[str], FlaskClient]
) -> None:
    client = come_in("cleo")
    assert client.get("/download/returns/calendar.xlsx").status_code == 200
    last = json.loads((data / "audit.log").read_text().splitlines()[-1])
    said = [last[name] for name in ("who", "what", "page", "edition", "outcome")]
    assert said == ["cleo", "download", "/download/returns", EDITION, "shown"]
    assert client.get("/download/not-a-page-of-ours/agreements.xlsx").status_code == 404
    assert "not-a-page-of-ours" not in (data / "audit.log").read_text()
