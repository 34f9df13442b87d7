"""Where a number comes from: a panel beside the page, down to the returns, sheets and cells."""

from typing import Any

from dash import html

from dashboard.page import View


def build(view: View) -> Any:
    """The panel for the number that the address names."""
    return html.Div(view.address.get("number"))
