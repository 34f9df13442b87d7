"""The elements of every page are ones that Dash's own classes accept, and are told to a browser as Dash tells them."""

from pathlib import Path
from typing import Any

import dash.html
import pytest
from conftest import PATHS
from dash.development.base_component import Component
from trees import parts_of

from dashboard.app import draw_page, draw_panel, look
from dashboard.data.address import read
from dashboard.data.edition import Editions
from dashboard.elements import html

NUMBER = "?number=croydon|rolling_year|2018-12-01|new_cases"


def told(part: Component) -> Any:
    """What a browser is told of a component; that it holds nothing need not be said."""
    said = part.to_plotly_json()
    return {
        **said,
        "props": {name: value for name, value in said["props"].items() if (name, value) != ("children", None)},
    }


@pytest.mark.parametrize("path", [*PATHS, "/present", "/number"])
def test_dash_accepts_every_element(path: str, sample: Path) -> None:
    editions = Editions(sample, "central")
    view = look(editions, read(path, NUMBER), editions.current_name())
    elements = [
        part for part in parts_of([draw_page(view), draw_panel(view)]) if part._namespace == html.Element._namespace
    ]
    assert len(elements) > 20
    for element in elements:
        assert isinstance(element, html.Element)
        own = getattr(dash.html, element._type)(**vars(element))  # refuses what a browser would not know
        assert told(element) == told(own)
