"""Signing in through an OpenID Connect provider: an extra, set up by the environment, `pip install .[oidc]`.

Its variables, DRIVE_OIDC_…, are listed in `dashboard/operations/configuration.py`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from dashboard.access.request_origin import is_loopback
from dashboard.access.roles import Who, of_audience

BACK = "/sign-in/provider/back"
_NEEDED = ("CLIENT", "SECRET", "ADDRESS", "ROLES")


class WrongProvider(ValueError):
    """The provider is not set up right; the message says what is missing."""


class NotVouchedFor(Exception):
    """The provider did not say that this is somebody with a role here; the message is for them."""


@dataclass
class Provider:
    """A provider, and what its claims mean here."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    address: str
    roles: tuple[tuple[str, str], ...]
    claim: str = "roles"
    label: str = "Sign in with your work account"
    _app: Any = field(default=None, repr=False)

    def join(self, server: Flask) -> None:
        """Makes the provider known to a server. State, nonce and PKCE are Authlib's."""
        from authlib.integrations.flask_client import OAuth

        self._app = OAuth(server).register(
            "provider",
            client_id=self.client,
            client_secret=self.secret,
            server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10},
        )

    def send(self) -> Any:
        """The answer that sends a browser to the provider. Raises NotVouchedFor."""
        try:
            return self._app.authorize_redirect(self.address.rstrip("/") + BACK)
        except Exception as problem:
            raise NotVouchedFor("The sign-in service does not answer. Try again in a few minutes.") from problem

    def receive(self) -> Who:
        """Whom the provider sent back. Raises NotVouchedFor, whatever is wrong with what came back."""
        try:
            options = {"iss": {"essential": True, "value": self.issuer}}
            claims = self._app.authorize_access_token(claims_options=options)["userinfo"]
            name = f"oidc:{claims['sub']}"
        except Exception as problem:
            raise NotVouchedFor("The sign-in did not succeed. Try again from the start.") from problem
        audience = self.audience_of(claims.get(self.claim))
        if audience is None:
            raise NotVouchedFor("Your account has no role here. Ask the Drive central team for one.")
        return _named(name, audience, str(claims.get("name") or claims.get("preferred_username") or name))

    def audience_of(self, claimed: Any) -> str | None:
        """The audience of a claim, which is a word or a list of words; the first in our order counts."""
        words = claimed if isinstance(claimed, list) else [claimed]
        return next((audience for word, audience in self.roles if word in words), None)


def _named(name: str, audience: str, label: str) -> Who:
    who = of_audience(audience, name)
    return Who(who.name, who.role, who.site, label[:64])


def find_provider(environment: Mapping[str, str] = os.environ) -> Provider | None:
    """The provider that the environment names, if any. Raises WrongProvider."""
    said = {name.removeprefix("DRIVE_OIDC_"): v for name, v in environment.items() if name.startswith("DRIVE_OIDC_")}
    if not said.get("ISSUER"):
        return None
    if missing := [f"DRIVE_OIDC_{name}" for name in _NEEDED if not said.get(name)]:
        raise WrongProvider(f"The sign-in service needs {', '.join(missing)} as well.")
    if find_spec("authlib") is None or find_spec("requests") is None:
        raise WrongProvider("Signing in through a provider needs an extra: pip install '.[oidc]'")
    for name in ("ISSUER", "ADDRESS"):
        _need_https(f"DRIVE_OIDC_{name}", said[name])
    usual = Provider.claim, Provider.label
    claim, label = said.get("CLAIM") or usual[0], said.get("LABEL") or usual[1]
    return Provider(
        said["ISSUER"], said["CLIENT"], said["SECRET"], said["ADDRESS"], _read_roles(said["ROLES"]), claim, label
    )


def _need_https(name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise WrongProvider(f"{name} is {address}: it has to begin with https://.")


def _read_roles(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [part.strip().rpartition("=") for part in text.split(",") if part.strip()]
    if not pairs or not all(word and audience for word, _, audience in pairs):
        raise WrongProvider("DRIVE_OIDC_ROLES says which claim is which audience: drive-team=central,all=forum")
    for _, _, audience in pairs:
        of_audience(audience, "somebody")
    return tuple((word, audience) for word, _, audience in pairs)
