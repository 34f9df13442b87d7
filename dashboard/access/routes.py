"""Who may ask for what: every endpoint of the server that is answered, and for whom. What is not here is not answered.

`tests/dashboard/access/test_access_routes.py` has the reviewed matrix: a new route is added in both, or stays shut.
"""

from dataclasses import dataclass

from dashboard.access.roles import ROLES
from dashboard.elements.dash_internals import (
    ANY_PATH,
    ASSETS,
    CALLBACK,
    DEPENDENCIES,
    FAVICON,
    INDEX,
    LAYOUT,
    LIBRARIES,
)
from etl.definitions.settings import RETURN_BYTES

ANYONE = frozenset({"anyone"})
EVERY_ROLE = frozenset(ROLES)


@dataclass(frozen=True)
class Rule:
    """Who may ask for an endpoint, by which methods; `page` if a person types its address.

    `form_bytes` if a form of ours posts to it: at most so much, with the token as a field.
    """

    who: frozenset[str] = EVERY_ROLE
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    page: bool = False
    form_bytes: int = 0


_POST = frozenset({"POST"})
_CENTRAL = frozenset({"central"})
_A_RETURN = RETURN_BYTES + 64 * 1024  # the file, and the other fields of the form

# By the name of the endpoint.
RULES: dict[str, Rule] = {
    "healthz": Rule(ANYONE),
    "readyz": Rule(ANYONE),
    "sign_in": Rule(ANYONE, page=True),
    "try_sign_in": Rule(ANYONE, _POST),
    "sign_out": Rule(ANYONE, _POST),
    "to_provider": Rule(ANYONE),
    "from_provider": Rule(ANYONE),
    ASSETS: Rule(ANYONE),
    FAVICON: Rule(ANYONE),
    INDEX: Rule(page=True),
    ANY_PATH: Rule(page=True),
    "plotly_js": Rule(),
    "download": Rule(page=True),
    "pack": Rule(page=True),
    "show_trial": Rule(_CENTRAL | {"lead"}, page=True),
    "try_return": Rule(_CENTRAL | {"lead"}, _POST, form_bytes=_A_RETURN),
    "load_return": Rule(_CENTRAL, _POST, form_bytes=_A_RETURN),
    "publish_loaded": Rule(_CENTRAL, _POST, form_bytes=8 * 1024),
    LAYOUT: Rule(),
    DEPENDENCIES: Rule(),
    LIBRARIES: Rule(),
    CALLBACK: Rule(methods=_POST),
}


def rule_of(endpoint: str | None, path: str) -> Rule | None:
    """The rule of what is asked for; None if it is not answered.

    Dash answers any path with its page, so a path that looks like one of Dash's own has to be that one.
    """
    if endpoint == ANY_PATH and path.startswith(("/_", "/.", "/assets")):
        return None
    return RULES.get(endpoint or "")
