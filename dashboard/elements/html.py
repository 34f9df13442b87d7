"""The elements of HTML that pages are made of, drawn by Dash's script.

Dash's own Python classes for them check each property of each element, which took half of the time that a page takes.
`tests/dashboard/elements/test_html.py` has them check every page instead.
"""

from typing import Any

from dashboard.dash_internals import Element


def _element(name: str) -> Any:
    return type(name, (Element,), {"_type": name, "__module__": __name__})


A = _element("A")
B = _element("B")
Button = _element("Button")
Caption = _element("Caption")
Code = _element("Code")
Dd = _element("Dd")
Details = _element("Details")
Div = _element("Div")
Dl = _element("Dl")
Dt = _element("Dt")
Footer = _element("Footer")
H1 = _element("H1")
H2 = _element("H2")
H3 = _element("H3")
Header = _element("Header")
I = _element("I")  # noqa: E741
Li = _element("Li")
Main = _element("Main")
Nav = _element("Nav")
P = _element("P")
Pre = _element("Pre")
Section = _element("Section")
Small = _element("Small")
Span = _element("Span")
Strong = _element("Strong")
Summary = _element("Summary")
Table = _element("Table")
Tbody = _element("Tbody")
Td = _element("Td")
Th = _element("Th")
Thead = _element("Thead")
Tr = _element("Tr")
U = _element("U")
Ul = _element("Ul")
