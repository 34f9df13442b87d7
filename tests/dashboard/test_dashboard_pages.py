"""Every page on every state of the data, the figures it draws, and what the server answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from conftest import ODD, PATHS, Alter
from flask.testing import FlaskClient

from dashboard import theme
from dashboard.access.setup import FROM_INSIDE
from dashboard.charts import CONFIG
from dashboard.data.edition import Editions, NoEdition
from dashboard.server import ask_page, make_server

CHOICES = (
    ("/caseload", "?chart=spend&of=croydon"),
    ("/caseload", "?period=year&to=2020-03"),
    ("/costs", "?per=completed_case&basis=cash"),
    ("/costs", "?site=west_mercia"),
    ("/funding", "?money=both"),
    ("/funding", "?site=croydon&money=in_kind"),
    ("/returns", "?from=2019-04&to=2020-03&state=late"),
    ("/readiness", "?site=croydon,south_wales"),
    ("/", "?site=nowhere&period=never&to=99&chart=<script>"),
    ("/site/nowhere", ""),
)


def client_of(data: Path) -> FlaskClient:
    """A client as this machine's own browser."""
    client = make_server(data).test_client()
    client.environ_base.update(FROM_INSIDE)
    client.get("/")
    return client


@pytest.fixture(scope="module")
def client(sample: Path) -> FlaskClient:
    return client_of(sample)


def props_of(answer: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component in an answer."""
    if isinstance(answer, dict):
        if "props" in answer:
            yield answer["props"]
        for value in answer.values():
            yield from props_of(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from props_of(value)


def ask(client: FlaskClient, path: str, search: str = "") -> Any:
    """A page's answer, which must be one."""
    answer = ask_page(client, path, search)
    assert answer.status_code == 200, answer.data[:300]
    return answer.get_json()


@pytest.mark.parametrize("odd", ODD)
def test_every_page_stands_on_odd_data(odd: str, altered: Alter) -> None:
    client = client_of(altered(ODD[odd]))
    for path in PATHS:
        text = json.dumps(ask(client, path))
        assert '"h1"' in text.lower() or "H1" in text
        assert "nan" not in re.findall(r"\bnan\b", text)
        assert "£nan" not in text


def test_hidden_numbers_are_in_no_answer(altered: Alter, sample: Path) -> None:
    client = client_of(altered(ODD["all hidden"]))
    with_numbers = Editions(sample, "central").get()
    cost = with_numbers.result("south_wales", "cost_per_new_case_shared", *first_year(with_numbers))
    assert cost is not None
    assert cost.value is not None
    for path in ("/", "/costs"):
        text = json.dumps(ask(client, path), ensure_ascii=False)
        assert "[c]" in text
        assert cost.shown not in text


def first_year(edition: Any) -> tuple[str, Any]:
    """The newest rolling year of an edition."""
    return "rolling_year", edition.periods("rolling_year")[0][0]


@pytest.mark.parametrize(("path", "search"), (*((path, "") for path in PATHS), *CHOICES))
def test_figures_are_valid_and_legible(path: str, search: str, client: FlaskClient) -> None:
    for props in props_of(ask(client, path, search)):
        if "figure" not in props:
            continue
        go.Figure(props["figure"])
        assert {trace["type"] for trace in props["figure"]["data"]} <= {"scatter", "bar"}  # all that the part can draw
        assert props["config"] == CONFIG
        sizes = [int(size) for size in re.findall(r'"size": ?(\d+)[,}]', json.dumps(props["figure"]["layout"]))]
        assert min(sizes) >= 12


def test_nothing_is_sent_to_another_host_by_a_chart() -> None:
    assert CONFIG["displayModeBar"] is False
    assert CONFIG["showSendToCloud"] is False
    assert CONFIG["plotlyServerURL"] == ""


def test_every_number_shown_is_a_number_of_the_edition(client: FlaskClient, sample: Path) -> None:
    edition = Editions(sample, "central").get()
    checked = 0
    for path in ("/", "/caseload", "/costs", "/site/croydon"):
        for props in props_of(ask(client, path)):
            key = str(props.get("data-number", "")).split("|")
            if len(key) != 4 or key[1] not in ("month", "quarter", "year", "rolling_year"):
                continue
            site, period, starts, measure = key
            rows = edition.rows(
                "results",
                "site = ? and period = ? and starts = cast(? as date) and measure = ?",
                (site, period, starts, measure),
            )
            assert len(rows) == 1
            each = "£" if measure == "spend_against_plan" and "£" in props["children"] else ""
            assert props["children"] == each + rows[0].shown  # 0.99 of plan: £0.99 of each planned pound
            checked += 1
    assert checked > 200


def test_every_number_opens_a_panel(client: FlaskClient) -> None:
    keys = set()
    for path in PATHS:
        keys |= {str(p["data-number"]) for p in props_of(ask(client, path)) if "data-number" in p}
    assert len(keys) > 300
    for key in sorted(keys)[::7]:
        inputs = [
            {"id": "address", "property": "pathname", "value": "/"},
            {"id": "address", "property": "search", "value": f"?number={key}"},
        ]
        body = {
            "output": "panel.children",
            "outputs": {"id": "panel", "property": "children"},
            "inputs": inputs,
            "changedPropIds": ["address.search"],
        }
        cookie = client.get_cookie("_csrf_token")
        headers = {"X-CSRFToken": cookie.value} if cookie else {}
        answer = client.post("/_dash-update-component", json=body, headers=headers)
        assert answer.status_code == 200, key
        assert "no such number" not in answer.get_data(as_text=True), key


@pytest.mark.parametrize(
    "number", ("", "|||", "a|b|c|d", "croydon|rolling_year|never|new_cases", "x|receipt|2019-13-01|y")
)
def test_a_wrong_number_opens_no_trap(number: str, client: FlaskClient) -> None:
    assert ask_page(client, "/", f"?number={number}").status_code == 200


def test_headers_forbid_what_a_page_does_not_need(client: FlaskClient) -> None:
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ("/_reload-hash", "/_dash-mcp", "/_mcp", "/_dash-nothing", "/_alive_dash"))
def test_other_paths_of_dash_are_not_answered(path: str, sample: Path) -> None:
    stranger = make_server(sample).test_client()
    assert stranger.get(path, base_url="http://127.0.0.1:8050").status_code == 404


def test_a_new_edition_is_seen_without_a_new_start(altered: Alter) -> None:
    data = altered([])
    client = client_of(data)
    assert client.get("/readyz").status_code == 200
    pointer = data / "editions" / "current.json"
    name = json.loads(pointer.read_text())["edition"]
    (data / "editions" / name).rename(data / "editions" / "2031-01-01")
    pointer.write_text(json.dumps({"edition": "2031-01-01"}))
    assert client.get("/readyz").get_json()["edition"] == name
    pointer.unlink()
    assert client.get("/readyz").status_code == 503
    assert ask_page(client, "/").status_code == 200


def test_an_edition_is_read_only_and_reaches_no_other_file(sample: Path) -> None:
    edition = Editions(sample, "central").get()
    for sql in ("delete from results", "select * from read_csv('/etc/hosts')", "set enable_external_access = true"):
        with pytest.raises(Exception, match=r"(?i)read-only|external|locked|disabled|permission|configuration"):
            edition._ask(sql, ())


@pytest.mark.parametrize("name", ("../../etc", "", ".making-x", "a/b", "%2e%2e", "nothing"))
def test_only_an_edition_can_be_opened(name: str, sample: Path) -> None:
    editions = Editions(sample, "central")
    if not name:
        assert editions.get(name)
        return
    with pytest.raises(NoEdition):
        editions.get(name)


def test_the_style_sheet_uses_only_the_tokens() -> None:
    css = (Path(theme.__file__).parent / "assets" / "house.css").read_text()
    assert set(re.findall(r"var\(--([a-z-]+)\)", css)) - {"row", "head", "on-paper"} <= set(theme.VARIABLES)
