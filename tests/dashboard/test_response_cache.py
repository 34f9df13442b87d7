"""Kept answers say what Dash's own way of answering says, and scripts are kept for a year by their fingerprint."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard import response_cache
from dashboard.access.setup import FROM_INSIDE
from dashboard.server import ask_page, make_server


@pytest.fixture(scope="module")
def client(sample: Path) -> FlaskClient:
    client = make_server(sample).test_client()
    client.environ_base.update(FROM_INSIDE)
    return client


@pytest.mark.parametrize("search", ["", "?site=croydon", "?edition=none"])
@pytest.mark.parametrize("path", ["/", "/caseload", "/costs", "/returns", "/site/croydon", "/present", "/nowhere"])
def test_kept_is_what_dash_says(client: FlaskClient, path: str, search: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [json.loads(ask_page(client, path, search).get_data()) for _ in range(2)]
    monkeypatch.setattr(response_cache, "what_is_asked", lambda *_: None)
    dash = json.loads(ask_page(client, path, search).get_data())
    assert said == [dash, dash]


def test_scripts_are_fingerprinted_and_cached_for_a_year(client: FlaskClient) -> None:
    document = client.get("/caseload").get_data(as_text=True)
    wanted = re.findall(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"', document)
    assert len(wanted) > 10
    for address in wanted:
        first, kept = client.get(address), client.get(address)
        assert first.status_code == 200, address
        assert first.get_data() == kept.get_data()
        assert first.headers.get("Cache-Control") == kept.headers.get("Cache-Control")
        assert first.headers.get("ETag") == kept.headers.get("ETag")
        if not address.endswith("/async-graph.js"):  # Dash's own script asks for it without a fingerprint
            assert "max-age=31536000" in kept.headers["Cache-Control"], address


def test_a_script_that_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    address = "/_dash-component-suites/dash/dcc/async-graph.js"
    takes = {"Accept-Encoding": "gzip"}
    tags = [client.get(address, headers=takes).headers["ETag"] for _ in range(2)]
    assert tags[0] == tags[1]
    again = client.get(address, headers={**takes, "If-None-Match": tags[0]})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize(("path", "early"), [("/caseload", True), ("/methods", False)])
def test_charts_scripts_are_fetched_early_where_there_are_charts(client: FlaskClient, path: str, early: bool) -> None:
    assert ('rel="preload"' in client.get(path).get_data(as_text=True)) == early
