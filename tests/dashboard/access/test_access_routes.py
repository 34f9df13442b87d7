"""The reviewed matrix: every route and who may ask for it. A route that is new fails here until reviewed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from dashboard.access.routes import RULES
from dashboard.operations import plotly_js

LIBRARY = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
# Route and method: who gets an answer. S is a stranger, C the central team, L a lead, F the forum.
MATRIX = {
    ("/healthz", "GET"): "SCLF",
    ("/readyz", "GET"): "SCLF",
    ("/sign-in", "GET"): "SCLF",
    ("/sign-in", "POST"): "SCLF",
    ("/sign-out", "POST"): "SCLF",
    ("/assets/<path:filename>", "GET"): "SCLF",
    ("/_favicon.ico", "GET"): "SCLF",
    ("/", "GET"): "CLF",
    ("/<path:path>", "GET"): "CLF",
    ("/scripts/plotly-<fingerprint>.js", "GET"): "CLF",
    ("/download/<path:wanted>", "GET"): "CLF",
    ("/pack/slides.<end>", "GET"): "CLF",
    ("/returns/try", "GET"): "CL",
    ("/returns/try", "POST"): "CL",
    ("/returns/load", "POST"): "C",
    ("/returns/publish", "POST"): "C",
    ("/_dash-layout", "GET"): "CLF",
    ("/_dash-dependencies", "GET"): "CLF",
    (LIBRARY, "GET"): "CLF",
    ("/_dash-update-component", "POST"): "CLF",
    ("/_reload-hash", "GET"): "",
    ("/static/<path:filename>", "GET"): "",
}
WHO = {"S": "", "C": "ann", "L": "cleo", "F": "flo"}
FILLED = {
    "/assets/<path:filename>": "/assets/house.css",
    "/<path:path>": "/costs",
    "/scripts/plotly-<fingerprint>.js": plotly_js.served().address,
    "/download/<path:wanted>": "/download/overview/page.zip",
    "/pack/slides.<end>": "/pack/slides.pptx",
    LIBRARY: LIBRARY.split("<")[0] + "dash/deps/react@18.3.1.min.js",
    "/static/<path:filename>": "/static/x",
}


def routes_of(server: Flask) -> set[tuple[str, str]]:
    return {(r.rule, m) for r in server.url_map.iter_rules() for m in (r.methods or set()) - {"HEAD", "OPTIONS"}}


def test_every_route_is_reviewed(server: Flask) -> None:
    assert routes_of(server) == set(MATRIX), "review the route, then name it in routes.py and here"


def test_every_rule_is_of_a_route(server: Flask) -> None:
    provider = {"to_provider", "from_provider"}
    assert set(RULES) - provider == {
        rule.endpoint for rule in server.url_map.iter_rules() if MATRIX[rule.rule, _method(rule)]
    }


def _method(rule: Any) -> str:
    return "POST" if "POST" in rule.methods else "GET"


@pytest.mark.parametrize("kind", WHO)
def test_the_matrix_holds(kind: str, another: Callable[..., Any]) -> None:
    reader = another()
    if WHO[kind]:
        reader.come_in(WHO[kind])
    cookie = reader.client.get_cookie("_csrf_token")
    headers = {"X-CSRFToken": cookie.value} if cookie else {}
    for (route, method), allowed in MATRIX.items():
        path = FILLED.get(route, route)
        if path == "/sign-out":
            continue  # tried in test_access_gate: it would end this reader's session
        answer = reader.client.open(path, method=method, headers=headers, json={} if method == "POST" else None)
        refused = answer.status_code in (401, 403, 404, 405) or "next=" in (answer.location or "")
        refused = refused or (answer.location == "/sign-in" and path == "/")
        assert refused != (kind in allowed), (kind, method, path, answer.status_code)


def test_a_new_route_stays_shut_until_it_is_named(server: Flask, reader: Any) -> None:
    server.view_functions["new"] = lambda: "something"
    server.url_map._remap = True
    server.url_map.add(server.url_rule_class("/new", endpoint="new", methods=["GET"]))
    reader.come_in("ann")
    assert reader.client.get("/new").status_code == 404
