"""Every private name and undocumented habit of Dash that the Python side leans on: why, and what breaks without it.

`dash` is pinned below its next minor version, and `tests/dashboard/elements/test_dash_internals.py` fails for each of
these when Dash changes it. What the scripts in `assets/` lean on is said where they do, and tested there too.
"""

from typing import Any

import orjson
from dash.development.base_component import Component
from dash.exceptions import DependencyException

# Endpoints, which Dash names after their paths. The gate answers only what it can name: one with another name would be
# refused, and every page stay empty. `response_cache` puts its own view in place of three of them.
INDEX, ANY_PATH = "/", "/<path:path>"
LAYOUT, DEPENDENCIES = "/_dash-layout", "/_dash-dependencies"
CALLBACK = "/_dash-update-component"
LIBRARIES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
ASSETS = "_dash_assets.static"
FAVICON = "/_favicon.ico"

# Where Dash serves scripts and style from. It writes the time of a file's change after the addresses of assets, `?m=…`,
# so that such an answer may be kept for ever. Without it browsers would ask for each one again.
FOLDERS = ("/_dash-component-suites/", "/assets/")
CHANGED = "m"

# Dash makes its list of scripts during a process's first request, and refuses one that is not in it yet to whoever asks
# meanwhile: one first visit in nine stayed empty. Each worker asks itself for these before it answers anybody.
WARMED_BY = (INDEX, LAYOUT, DEPENDENCIES)

# What is raised for a script that Dash has not. Unnamed here it would be an error of ours, with a line in the log.
MissingScript = DependencyException

# Where Dash's script looks for what draws a component: `window[namespace][type]`. The first is of Dash's own elements;
# the second is not registered with Dash, and `assets/house.js` makes it.
HTML, OURS = "dash_html_components", "drive"


class Element(Component):
    """A component that is told to a browser as it is.

    Dash's `Component.__init__` is not called, for it checks each property; its encoder asks every component for
    `to_plotly_json`, by that name. Were either to change, pages would be slow or could not be sent.
    """

    __slots__ = ("data",)  # what it is drawn from: apart from its attributes, which are all sent to the browser

    _namespace = HTML
    own_line = False  # whether it stands on a line of its own in a file

    def __init__(self, children: Any = None, **attributes: Any) -> None:
        if children is not None:
            self.__dict__["children"] = children
        self.__dict__.update(attributes)

    def to_plotly_json(self) -> dict[str, Any]:
        """What the browser is told of it."""
        return {"props": vars(self), "type": self._type, "namespace": self._namespace}

    def __repr__(self) -> str:
        return f"{self._type}({vars(self)!r})"


def output_of(*properties: str) -> str:
    """How a question of Dash's script names what it asks for: one property, or several between dots."""
    return properties[0] if len(properties) == 1 else f"..{'...'.join(properties)}.."


def question(outputs: list[str], inputs: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """What Dash's script sends to have properties worked out again, of others and their values."""
    return {
        "output": output_of(*outputs),
        "outputs": [dict(zip(("id", "property"), output.split("."), strict=True)) for output in outputs],
        "inputs": _given(inputs),
        "state": _given(state),
        "changedPropIds": [next(iter(inputs))],
    }


def _given(values: dict[str, Any]) -> list[dict[str, Any]]:
    named = ((*name.split("."), value) for name, value in values.items())
    return [{"id": id_, "property": name, "value": value} for id_, name, value in named]


def read_question(asked: Any) -> tuple[str, dict[str, Any]]:
    """The output that is asked for and the values by their property, of a question or of anything else that is sent."""
    asked = asked if isinstance(asked, dict) else {}
    lists = [part for part in (asked.get("inputs"), asked.get("state")) if isinstance(part, list)]
    known = [one for part in lists for one in part if isinstance(one, dict)]
    output = asked.get("output")
    return output if isinstance(output, str) else "", {str(one.get("property")): one.get("value") for one in known}


def answer(response: dict[str, Any]) -> bytes:
    """What Dash's script reads of an answer: by component, the new values of properties."""
    return orjson.dumps({"multi": True, "response": response}, default=_told, option=orjson.OPT_NON_STR_KEYS)


def _told(part: Any) -> Any:
    """A component as the browser is told of it."""
    if isinstance(part, Component):
        return part.to_plotly_json()
    raise TypeError(f"{type(part).__name__} cannot be sent to a browser")
