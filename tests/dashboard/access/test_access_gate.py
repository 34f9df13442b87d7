"""The gate: each role sees its own file and nothing else, whatever it asks for, forges or carries with it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from dashboard.access.settings import Settings
from dashboard.access.users import Users
from dashboard.server import make_server

CANARIES = ("Canary of the centre", "Canary of Croydon", "Canary of the forum")
PASSWORD = "four words in a row"
ELSEWHERE = (
    "../editions/2019-12-11",
    "..%2F..%2Feditions%2F2019-12-11",
    "2019-12-11/../2019-12-11",
    "2019-12-11%00",
    "/etc",
    ".",
    "..",
    "2019-12-11/central",
    ".making-2019-12-11",
    "*",
    "2019-12-1?",
)


def test_stranger_gets_nothing(reader: Any) -> None:
    assert reader.client.get("/costs?site=croydon").location == "/sign-in?next=/costs%3Fsite%3Dcroydon"
    for path in ("/_dash-layout", "/_dash-dependencies", "/_dash-component-suites/dash/deps/react.min.js"):
        assert reader.client.get(path).status_code == 401, path
    answer = reader.see("/")
    assert answer.status_code == 401
    assert not any(canary in answer.get_data(as_text=True) for canary in CANARIES)


def test_each_role_sees_its_own_file_and_no_other(another: Callable[..., Any]) -> None:
    for name, mine in (("ann", CANARIES[0]), ("cleo", CANARIES[1])):
        said = another().come_in(name).text("/")
        assert [canary for canary in CANARIES if canary in said] == [mine]


@pytest.mark.parametrize("search", ["", "?edition=2019-12-11", "?edition=2019-11-11"])
@pytest.mark.parametrize("name", ["flo", "cleo"])
def test_no_file_is_a_sentence_and_never_another_audiences(another: Callable[..., Any], name: str, search: str) -> None:
    said = another().come_in(name).text("/", search)
    if name == "cleo" and "11-11" not in search:
        assert CANARIES[1] in said
        return
    assert "has nothing for" in said
    assert not any(canary in said for canary in CANARIES)


def test_an_edition_in_the_address_leads_nowhere_else(another: Callable[..., Any]) -> None:
    cleo = another().come_in("cleo")
    for edition in ELSEWHERE:
        said = cleo.text("/", f"?edition={edition}")
        assert not any(canary in said for canary in CANARIES), edition


def test_a_file_under_another_audiences_name_is_not_shown(another: Callable[..., Any], data: Any) -> None:
    edition = data / "editions" / "2019-12-11"
    (edition / "forum.duckdb").write_bytes((edition / "central.duckdb").read_bytes())
    said = another().come_in("flo").text("/")
    assert "is not theirs" in said
    assert CANARIES[0] not in said


def test_every_callback_with_every_role(server: Flask, another: Callable[..., Any]) -> None:
    """A lead who calls each callback with each input there is gets nothing of the centre's."""
    cleo = another().come_in("cleo")
    callbacks = json.loads(cleo.client.get("/_dash-dependencies").get_data())
    assert callbacks
    headers = {"X-CSRFToken": cleo.client.get_cookie("_csrf_token").value}
    for callback in callbacks:
        for search in ("", "?edition=2019-11-11", "?number=all|rolling_year|2018-12|new_cases&edition=2019-11-11"):
            values = {"pathname": "/", "search": search}
            body = {
                "output": callback["output"],
                "outputs": [],
                "inputs": [{**i, "value": values.get(i["property"])} for i in callback["inputs"]],
                "state": [{**s, "value": None} for s in callback["state"]],
                "changedPropIds": ["address.search"],
            }
            answer = cleo.client.post("/_dash-update-component", json=body, headers=headers)
            assert CANARIES[0] not in answer.get_data(as_text=True)


def test_a_changed_role_counts_at_the_next_request(reader: Any, data: Any) -> None:
    reader.come_in("ann")
    assert CANARIES[0] in reader.text("/")
    Users(data).set_role("ann", "lead", "croydon")
    said = reader.text("/")
    assert CANARIES[1] in said
    assert CANARIES[0] not in said


@pytest.mark.parametrize("change", ["remove", "set_password", "end_sessions"])
def test_removing_a_user_or_changing_a_password_ends_sessions(reader: Any, data: Any, change: str) -> None:
    reader.come_in("ann")
    given = ("ann", "another four words here") if change == "set_password" else ("ann",)
    getattr(Users(data), change)(*given)
    assert reader.see("/").status_code == 401


def test_a_user_who_is_removed_and_added_again_is_somebody_else(reader: Any, data: Any) -> None:
    reader.come_in("ann")
    Users(data).remove("ann")
    Users(data).add("ann", "central", "", PASSWORD)
    assert reader.see("/").status_code == 401


def test_forged_requests_are_refused(reader: Any) -> None:
    reader.come_in("ann")
    token = reader.client.get_cookie("_csrf_token").value
    post = reader.client.post
    body = {"output": "frame.tree", "inputs": []}
    for headers in ({}, {"X-CSRFToken": ""}, {"X-CSRFToken": token[:-1] + "!"}, {"X-CSRFToken": "é"}):
        assert post("/_dash-update-component", json=body, headers=headers).status_code == 403, headers
    for sign in (
        {"Origin": "http://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = post("/_dash-update-component", json=body, headers={"X-CSRFToken": token, **sign})
        assert answer.status_code == 403, sign
    plain = post("/_dash-update-component", data="{}", content_type="text/plain", headers={"X-CSRFToken": token})
    assert plain.status_code == 415
    assert post("/sign-out", data={}).status_code == 403
    assert reader.see("/").status_code == 200, "the forged sign-out did nothing"


def test_the_token_of_one_session_is_worth_nothing_in_another(another: Callable[..., Any]) -> None:
    mine, theirs = another().come_in("ann"), another().come_in("cleo")
    headers = {"X-CSRFToken": mine.client.get_cookie("_csrf_token").value}
    answer = theirs.client.post("/_dash-update-component", json={"output": "frame.tree"}, headers=headers)
    assert answer.status_code == 403


def test_signing_out_ends_the_session_of_a_copied_cookie(reader: Any, another: Callable[..., Any]) -> None:
    reader.come_in("ann")
    copy = another()
    for name in ("drive", "_csrf_token"):
        copy.client.set_cookie(name, reader.client.get_cookie(name).value)
    assert copy.see("/").status_code == 200
    token = reader.client.get_cookie("_csrf_token").value
    assert reader.client.post("/sign-out", data={"csrf": token}).location == "/sign-in?out=1"
    assert reader.see("/").status_code == 401
    assert copy.see("/").status_code == 401


def test_a_planted_session_is_worth_nothing_after_signing_in(another: Callable[..., Any]) -> None:
    attacker, victim = another(), another()
    attacker.client.get("/sign-in")
    victim.client.set_cookie("drive", attacker.client.get_cookie("drive").value)
    victim.come_in("ann")
    assert attacker.see("/").status_code == 401
    assert victim.client.get_cookie("drive").value != attacker.client.get_cookie("drive").value


def test_tampered_cookies_open_nothing(reader: Any, another: Callable[..., Any]) -> None:
    reader.come_in("ann")
    right = reader.client.get_cookie("drive").value
    payload, stamp, seal = right.rsplit(".", 2)
    wrong = [right[:-2], f"{payload}x.{stamp}.{seal}", f"{payload}.{stamp}.", "", "..", "a" * 4000, payload]
    for value in wrong:
        other = another()
        other.client.set_cookie("drive", value)
        assert other.see("/").status_code == 401, value[:60]


def test_another_servers_cookie_opens_nothing(reader: Any, another: Callable[..., Any], made_data: Any) -> None:
    """A cookie signed with another secret, for a session whose token is known."""
    reader.come_in("ann")
    forger = Flask("forger")
    forger.secret_key = "another secret"
    with reader.client.session_transaction() as kept:
        inside = dict(kept)
    signer = forger.session_interface.get_signing_serializer(forger)
    assert signer is not None
    other = another()
    other.client.set_cookie("drive", str(signer.dumps(inside)))
    assert other.see("/").status_code == 401


def test_unknown_paths_and_methods_are_shut(reader: Any) -> None:
    reader.come_in("ann")
    shut = ("/_reload-hash", "/static/x.js", "/_dash-mcp", "/_mcp", "/assets", "/.env", "/_x")
    for path in shut:
        assert reader.client.get(path).status_code == 404, path
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert reader.client.open("/", method=method).status_code in (404, 405), method
    assert reader.client.post("/costs").status_code in (404, 405)


def test_a_large_body_is_refused(reader: Any) -> None:
    reader.come_in("ann")
    headers = {"X-CSRFToken": reader.client.get_cookie("_csrf_token").value}
    large = reader.client.post("/_dash-update-component", json={"x": "y" * 80_000}, headers=headers)
    assert large.status_code == 413
    assert reader.client.post("/sign-in", data={"name": "n" * 9_000}).status_code == 413


def test_headers_and_cookies(reader: Any) -> None:
    page = reader.client.get("/sign-in")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    reader.come_in("ann")
    signed, token = reader.client.get_cookie("drive"), reader.client.get_cookie("_csrf_token")
    assert signed.http_only
    assert signed.same_site == "Lax"
    assert not token.http_only, "Dash's script has to read it"
    assert token.same_site == "Strict"
    for answer in (reader.client.get("/"), reader.see("/"), reader.client.get("/_dash-layout")):
        assert answer.headers["Cache-Control"] == "no-store"


def test_by_https_cookies_are_secure(data: Any) -> None:
    client = make_server(data, settings=Settings(data, behind_proxy=True)).test_client()
    answer = client.get("/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "drive.example.org"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-drive=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_idle_and_long_sessions_end(reader: Any, clock: Any) -> None:
    reader.come_in("ann")
    clock.now += 29 * 60
    assert reader.see("/").status_code == 200
    clock.now += 29 * 60
    assert reader.see("/").status_code == 200, "being used keeps a session open"
    clock.now += 31 * 60
    assert reader.see("/").status_code == 401
    reader.come_in("ann")
    for _ in range(29):
        clock.now += 20 * 60
        assert reader.see("/").status_code == 200
    clock.now += 20 * 60
    assert reader.see("/").status_code == 401, "ten hours are the most"


def test_a_flood_is_slowed_and_a_reader_is_not(reader: Any, clock: Any) -> None:
    reader.come_in("ann")
    answers = [reader.client.get("/_dash-dependencies").status_code for _ in range(450)]
    assert answers[:300] == [200] * 300
    assert answers[-1] == 429
    clock.now += 5
    assert reader.client.get("/_dash-dependencies").status_code == 200


def test_an_unreadable_users_file_shuts_the_door(reader: Any, data: Any) -> None:
    reader.come_in("ann")
    (data / "users.json").write_text('{"users": [{"name": "ann"}]}')
    assert reader.see("/").status_code == 503
    assert reader.client.get("/").status_code == 503
    open_server = make_server(data, settings=Settings(data, open_as="central"))
    assert open_server.test_client().get("/").status_code == 503


def test_what_cannot_be_written_down_is_not_shown(reader: Any, data: Any) -> None:
    reader.come_in("ann")
    (data / "audit.log").unlink()
    (data / "audit.log").mkdir()
    answer = reader.see("/")
    assert answer.status_code == 503
    assert "Canary" not in answer.get_data(as_text=True)


# Open to this machine


def test_open_shows_one_audience_and_says_so(open_data: Any) -> None:
    client = make_server(open_data, settings=Settings(open_data, open_as="croydon")).test_client()
    from dashboard.server import ask_page

    said = ask_page(client, "/").get_data(as_text=True)
    assert CANARIES[1] in said
    assert CANARIES[0] not in said
    document = client.get("/").get_data(as_text=True)
    assert "Nobody signs in here: this machine looks as the lead of Croydon does." in document
    assert not (open_data / "access" / "secret").exists(), "without users there is nothing to sign"


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"Host": "evil.example"}, "127.0.0.1"),
        ({"Host": "127.0.0.1.evil.example:8050"}, "127.0.0.1"),
        ({}, "192.0.2.7"),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1"),
        ({"Forwarded": "for=192.0.2.7"}, "127.0.0.1"),
    ],
)
def test_open_is_for_this_machine_under_its_own_name(open_data: Any, headers: dict[str, str], address: str) -> None:
    client = make_server(open_data, settings=Settings(open_data, open_as="central")).test_client()
    assert client.get("/", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code == 403


def test_open_refuses_another_site(open_data: Any) -> None:
    client = make_server(open_data, settings=Settings(open_data, open_as="central")).test_client()
    body = {"output": "frame.tree"}
    answer = client.post("/_dash-update-component", json=body, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_the_first_user_shuts_an_open_dashboard(open_data: Any) -> None:
    client = make_server(open_data, settings=Settings(open_data, open_as="central")).test_client()
    assert client.get("/").status_code == 200
    Users(open_data).add("ann", "central", "", PASSWORD)
    client.get("/")
    assert client.get("/").location == "/sign-in"
    assert client.get("/_dash-layout").status_code == 401


def test_a_worker_that_is_told_nothing_lets_nobody_in(open_data: Any) -> None:
    client = make_server(open_data, settings=Settings(open_data)).test_client()
    assert client.get("/").location == "/sign-in"


def test_no_request_can_say_that_it_is_from_inside(reader: Any) -> None:
    answer = reader.client.get("/_dash-layout", environ_overrides={"drive.inside": "yes"})
    assert answer.status_code == 401
    assert reader.client.get("/_dash-layout", headers={"Drive.Inside": "yes"}).status_code == 401


@pytest.fixture(autouse=True)
def _no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DRIVE_OIDC_ISSUER", raising=False)
