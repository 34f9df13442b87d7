"""OpenID Connect against a real provider on loopback: Authlib's own server, which insists on PKCE."""

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask import Flask, jsonify, request
from werkzeug.serving import make_server as serve_wsgi

pytest.importorskip("authlib")
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey

from dashboard.access.settings import Settings
from dashboard.server import ask_page, make_server

HERE = "http://localhost"
BACK = f"{HERE}/sign-in/provider/back"


class Client:
    """The dashboard as the provider knows it."""

    client_id = "drive"

    def __getattr__(self, name: str) -> Any:
        return lambda *given: True

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return BACK

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == BACK

    def check_client_secret(self, secret: str) -> bool:
        return secret == "a secret"

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    id_token_signed_response_alg = "RS256"


class Code(SimpleNamespace):
    """A code that the provider gave out."""

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return "openid profile"

    def get_nonce(self) -> Any:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Login:
    """A provider that signs everybody in as the person who is set, and can be told to cheat."""

    def __init__(self) -> None:
        self.app = Flask("login")
        self.wsgi = serve_wsgi("127.0.0.1", 0, self.app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.wsgi.port}"
        self.person: dict[str, Any] = {}
        self.cheat: dict[str, Any] = {}
        self.codes: dict[str, Code] = {}
        self.key, self.other_key = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
        self._routes(self._server())

    def _server(self) -> AuthorizationServer:
        login = self

        class Grant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, given: Any) -> None:
                data = given.payload.data
                login.codes[code] = Code(
                    code=code,
                    redirect_uri=given.payload.redirect_uri,
                    nonce=login.cheat.get("nonce", data.get("nonce")),
                    code_challenge=data.get("code_challenge"),
                    code_challenge_method=data.get("code_challenge_method"),
                )

            def query_authorization_code(self, code: str, client: Any) -> Any:
                return login.codes.get(code)

            def delete_authorization_code(self, authorization_code: Any) -> None:
                login.codes.pop(authorization_code.code)

            def authenticate_user(self, authorization_code: Any) -> Any:
                return SimpleNamespace(**login.person)

        class Tokens(OpenIDCode):
            def exists_nonce(self, nonce: str, given: Any) -> bool:
                return False

            def get_client_algorithm(self, client: Any) -> str:
                return "RS256"

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                issuer, audience = login.cheat.get("iss", login.issuer), login.cheat.get("aud", "drive")
                return {"iss": issuer, "aud": [audience]}

            def get_encode_header(self, client: Any) -> dict[str, str]:
                return {"alg": "RS256"}

            def resolve_client_private_key(self, client: Any) -> Any:
                return login.other_key if login.cheat.get("key") else login.key

            def get_compatible_claims(self, given: Any) -> dict[str, Any]:
                now = int(time.time()) - login.cheat.get("late", 0)
                return {**self.get_client_claims(given.client), "iat": now, "exp": now + 300}

            def generate_user_info(self, user: Any, scope: str) -> UserInfo:
                return UserInfo(**login.person)

        server = AuthorizationServer(self.app, query_client=lambda name: Client(), save_token=lambda *given: None)
        server.register_grant(Grant, [Tokens(require_nonce=True), CodeChallenge(required=True)])
        return server

    def _routes(self, server: AuthorizationServer) -> None:
        @self.app.get("/.well-known/openid-configuration")
        def about() -> Any:
            return jsonify(
                issuer=self.issuer,
                authorization_endpoint=f"{self.issuer}/authorise",
                token_endpoint=f"{self.issuer}/token",
                jwks_uri=f"{self.issuer}/keys",
                id_token_signing_alg_values_supported=["RS256"],
            )

        @self.app.get("/keys")
        def keys() -> Any:
            return jsonify(keys=[self.key.as_dict(private=False)])

        @self.app.get("/authorise")
        def authorise() -> Any:
            return server.create_authorization_response(grant_user=SimpleNamespace(**self.person))

        @self.app.post("/token")
        def token() -> Any:
            self.verifier = request.form.get("code_verifier")
            return server.create_token_response()


@pytest.fixture(scope="module")
def running() -> Iterator[Login]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider of the tests is on loopback
        login = Login()
        thread = threading.Thread(target=login.wsgi.serve_forever)
        thread.start()
        yield login
        login.wsgi.shutdown()
        thread.join()


@pytest.fixture
def login(running: Login, monkeypatch: pytest.MonkeyPatch) -> Login:
    running.cheat = {}
    running.person = {"sub": "7", "name": "Ann Smith", "roles": ["staff", "drive-team"]}
    said = {"ISSUER": running.issuer, "CLIENT": "drive", "SECRET": "a secret", "ADDRESS": HERE}
    said["ROLES"] = "drive-team=central,croydon-leads=croydon,everybody=forum"
    for name, word in said.items():
        monkeypatch.setenv(f"DRIVE_OIDC_{name}", word)
    return running


@pytest.fixture
def client(login: Login, open_data: Any, clock: Any) -> Any:
    """A browser at a dashboard that has no users of its own."""
    return make_server(open_data, settings=Settings(open_data, open_as="central", clock=clock)).test_client()


def go(client: Any, alter: Callable[[str], str] = lambda address: address) -> Any:
    """To the provider and back, with the address that leads back altered on the way."""
    sent = client.get("/sign-in/provider?next=/costs")
    assert sent.status_code == 302, sent.get_data(as_text=True)
    answer = requests.get(sent.location, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(alter(answer.headers["Location"]))
    return client.get(f"{back.path}?{back.query}")


def test_in_the_role_that_the_claim_says(client: Any, login: Login) -> None:
    assert client.get("/").location == "/sign-in"
    page = client.get("/sign-in").get_data(as_text=True)
    assert "Sign in with your work account" in page
    assert 'type="password"' not in page
    done = go(client)
    assert done.location == "/costs"
    document = client.get("/").get_data(as_text=True)
    assert "Signed in as Ann Smith, central team." in document
    said = ask_page(client, "/").get_data(as_text=True)
    assert "Canary of the centre" in said


def test_a_lead_sees_the_site_s_file(client: Any, login: Login) -> None:
    login.person["roles"] = "croydon-leads"
    assert go(client).location == "/costs"
    client.get("/")
    said = ask_page(client, "/").get_data(as_text=True)
    assert "Canary of Croydon" in said
    assert "Canary of the centre" not in said


def test_state_nonce_and_pkce_are_sent(client: Any, login: Login) -> None:
    asked = parse_qs(urlsplit(client.get("/sign-in/provider").location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 20
    assert len(asked["nonce"][0]) >= 20
    assert asked["redirect_uri"] == [BACK]
    go(client)
    assert login.verifier


@pytest.mark.parametrize("roles", [None, [], ["staff"], "central", ["central"], {"drive-team": 1}, [["drive-team"]]])
def test_no_role_no_entry(client: Any, login: Login, roles: Any) -> None:
    login.person["roles"] = roles
    answer = go(client)
    assert answer.status_code == 403
    assert client.get("/").location == "/sign-in"


@pytest.mark.parametrize(
    "cheat", [{"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "another"}, {"key": True}, {"late": 3600}]
)
def test_a_token_that_is_not_right_opens_nothing(client: Any, login: Login, cheat: dict[str, Any]) -> None:
    login.cheat = cheat
    answer = go(client)
    assert answer.status_code == 403
    assert "did not succeed" in answer.get_data(as_text=True)
    assert client.get("/").location == "/sign-in"


def with_(**changes: str) -> Callable[[str], str]:
    def alter(address: str) -> str:
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return f"/sign-in/provider/back?{urlencode({**query, **changes})}"

    return alter


@pytest.mark.parametrize("changes", [{"state": "another"}, {"state": ""}, {"code": "another"}, {"error": "denied"}])
def test_an_address_back_that_is_not_right_opens_nothing(client: Any, login: Login, changes: dict[str, str]) -> None:
    assert go(client, with_(**changes)).status_code == 403
    assert client.get("/").location == "/sign-in"


def test_somebody_else_s_way_back_signs_nobody_in(client: Any, login: Login) -> None:
    """An attacker's own code, planted in a victim's browser."""
    sent = client.get("/sign-in/provider")
    back = urlsplit(requests.get(sent.location, allow_redirects=False, timeout=10).headers["Location"])
    victim = client.application.test_client()
    victim.get("/sign-in/provider")
    assert victim.get(f"{back.path}?{back.query}").status_code == 403
    assert victim.get("/").location == "/sign-in"


def test_a_way_back_is_good_once(client: Any, login: Login) -> None:
    ways: list[str] = []
    go(client, lambda address: ways.append(address) or address)  # type: ignore[func-returns-value]
    back = urlsplit(ways[0])
    other = client.application.test_client()
    assert other.get(f"{back.path}?{back.query}").status_code == 403


def test_a_provider_that_is_down_is_a_sentence(login: Login, open_data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRIVE_OIDC_ISSUER", "http://127.0.0.1:9")
    client = make_server(open_data, settings=Settings(open_data)).test_client()
    answer = client.get("/sign-in/provider")
    assert answer.status_code == 502
    assert "does not answer" in answer.get_data(as_text=True)


def test_taking_the_provider_away_ends_its_sessions(
    client: Any, login: Login, open_data: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(client)
    kept = client.get_cookie("drive").value
    monkeypatch.delenv("DRIVE_OIDC_ISSUER")
    later = make_server(open_data, settings=Settings(open_data, clock=clock)).test_client()
    later.set_cookie("drive", kept)
    assert later.get("/_dash-layout").status_code == 401
