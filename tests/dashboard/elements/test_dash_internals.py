"""What the dashboard leans on in Dash beyond its documents: each of these fails when an update of Dash changes it."""

import json
import re
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import dash
import pytest
from dash import Dash, Input, Output, State
from flask.testing import FlaskClient

from dashboard.access.csrf import COOKIE, HEADER
from dashboard.access.setup import FROM_INSIDE
from dashboard.elements import dash_internals as internals
from dashboard.elements import html
from dashboard.elements.widgets import Frame
from dashboard.server import make_server

LIBRARY = Path(dash.__file__).parent
RENDERER = "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js"
CORE = (LIBRARY / "dcc" / "dash_core_components.js").read_text(encoding="utf-8")
DRAWS = (LIBRARY / "dash-renderer" / "build" / "dash_renderer.min.js").read_text(encoding="utf-8")


def small_app() -> Dash:
    """An app of Dash's own, of one callback with two outputs and one with one."""
    app = Dash("small")
    app.server.testing = True
    app.layout = html.Div([html.P(id="a"), html.P(id="b"), html.P(id="c"), html.Main("in", id="main")])

    @app.callback(Output("b", "title"), Output("c", "title"), Input("a", "title"), State("main", "title"))
    def two(title: str, kept: str) -> tuple[str, str]:
        return title, kept

    @app.callback(Output("main", "children"), Input("a", "title"))
    def one(title: str) -> Any:
        return html.P(title, className="said", **{"data-x": 1})

    return app


@pytest.fixture
def client() -> FlaskClient:
    return small_app().server.test_client()


def test_dash_is_pinned_below_its_next_minor_version() -> None:
    text = (Path(internals.__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    major, minor = dash.__version__.split(".")[:2]
    assert f'"dash>={dash.__version__},<{major}.{int(minor) + 1}"' in text
    assert any(re.match(r"dash\b", line) for line in requires("drive-monitoring") or [])


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        (internals.INDEX, "/"),
        (internals.ANY_PATH, "/costs"),
        (internals.LAYOUT, "/_dash-layout"),
        (internals.DEPENDENCIES, "/_dash-dependencies"),
        (internals.LIBRARIES, RENDERER),
        (internals.FAVICON, "/_favicon.ico"),
        (internals.ASSETS, "/assets/house.css"),
        (internals.CALLBACK, "/_dash-update-component"),
    ],
)
def test_endpoints_have_their_names(endpoint: str, path: str, sample: Path) -> None:
    routes = make_server(sample).url_map.bind("localhost")
    assert routes.match(path, method="POST" if endpoint == internals.CALLBACK else "GET")[0] == endpoint


def test_dash_knows_its_scripts_from_the_first_request_on() -> None:
    app = small_app()
    assert "dash" not in app.registered_paths
    client = app.server.test_client()
    assert [client.get(path).status_code for path in internals.WARMED_BY] == [200, 200, 200]
    assert RENDERER.partition("/dash/")[2] in app.registered_paths["dash"]


def test_dash_says_of_a_script_that_there_is_not(client: FlaskClient) -> None:
    with pytest.raises(internals.MissingScript):
        client.get("/_dash-component-suites/dash/nothing.js")


def test_a_script_that_there_is_not_is_no_error_of_ours(sample: Path) -> None:
    ours = make_server(sample).test_client()
    ours.environ_base.update(FROM_INSIDE)
    answer = ours.get("/_dash-component-suites/dash/nothing.js")
    assert (answer.status_code, answer.get_data(as_text=True)) == (404, "There is no such script.\n")


def test_addresses_of_assets_say_when_the_file_was_changed(sample: Path) -> None:
    document = make_server(sample).test_client().get("/", environ_base=FROM_INSIDE).get_data(as_text=True)
    assert re.search(rf'src="/assets/house\.js\?{internals.CHANGED}=\d', document)
    addresses = re.findall(r'<script src="([^"]+)"', document)
    assert addresses and all(address.startswith(internals.FOLDERS) for address in addresses)


def test_dash_sends_an_element_as_one_of_its_own(client: FlaskClient) -> None:
    layout = client.get(internals.LAYOUT).get_json()
    assert layout["namespace"] == internals.HTML == dash.html.Div._namespace
    assert (
        layout["props"]["children"][3]
        == json.loads(internals.answer(dash.html.Main("in", id="main").to_plotly_json()))["response"]
    )


def test_a_component_is_drawn_by_what_its_namespace_names() -> None:
    assert Frame("frame").to_plotly_json()["namespace"] == internals.OURS
    assert re.search(r"(\w+)=\w+\.namespace,\w+=window\[\1\]", DRAWS)


def test_a_question_is_asked_and_answered_as_dash_does(client: FlaskClient) -> None:
    client.get("/")
    outputs, inputs, state = ["b.title", "c.title"], {"a.title": "new"}, {"main.title": "kept"}
    asked = internals.question(outputs, inputs, state)
    answer = client.post(internals.CALLBACK, json=asked)
    assert answer.get_json() == json.loads(internals.answer({"b": {"title": "new"}, "c": {"title": "kept"}}))
    assert internals.read_question(asked) == (internals.output_of(*outputs), {"title": "kept"})
    assert {one["output"] for one in client.get(internals.DEPENDENCIES).get_json()} == {
        internals.output_of(*outputs),
        internals.output_of("main.children"),
    }


def test_an_element_in_an_answer_is_sent_as_dash_does(client: FlaskClient) -> None:
    client.get("/")
    asked = internals.question(["main.children"], {"a.title": "new"}, {})
    element = html.P("new", className="said", **{"data-x": 1})
    answer = client.post(internals.CALLBACK, json={**asked, "outputs": asked["outputs"][0]})
    assert answer.get_json() == json.loads(internals.answer({"main": {"children": element}}))


@pytest.mark.parametrize("sent", [None, [], "x", {}, {"output": 1, "inputs": "x", "state": [1, None]}])
def test_what_is_no_question_asks_for_nothing(sent: Any) -> None:
    assert internals.read_question(sent) == ("", {})


def test_what_is_no_component_is_not_sent() -> None:
    with pytest.raises(TypeError):
        internals.answer({"a": {"b": object()}})


def test_dash_is_told_the_names_of_our_token(sample: Path) -> None:
    document = make_server(sample).test_client().get("/", environ_base=FROM_INSIDE).get_data(as_text=True)
    found = re.search(r'<script id="_dash-config" type="application/json">(.*?)</script>', document)
    assert found is not None
    config = json.loads(found[1])
    assert (config["csrf_token_name"], config["csrf_header_name"]) == (COOKIE, HEADER)


@pytest.mark.parametrize(
    ("script", "name"),
    [
        (CORE, "_dashprivate_pushstate"),
        (DRAWS, "dash_component_api"),
        (DRAWS, "ExternalWrapper"),
        (DRAWS, "useDashContext"),
        (DRAWS, "componentPath"),
        (DRAWS, "window.React"),
    ],
)
def test_the_scripts_of_dash_have_what_ours_use(script: str, name: str) -> None:
    assert name in script
