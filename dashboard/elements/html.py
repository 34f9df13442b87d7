"""The elements of HTML that pages are made of, drawn by Dash's script, and the data that they carry.

Dash's own Python classes for them check each property of each element, which took half of the time that a page takes.
`tests/dashboard/elements/test_html.py` has them check every page instead.

Beside what the browser is sent, an element may carry what it is drawn from: a card, a table, a number. Files are
written from that.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.elements.dash_internals import Element


def carrying(element: Any, data: Any) -> Any:
    """The element, with what it is drawn from."""
    element.data = data
    return element


def data_of(part: Any) -> Any:
    """What a part of a page is drawn from; None where it carries nothing."""
    return getattr(part, "data", None) if isinstance(part, Element) else None


def children(part: Any) -> Sequence[Any]:
    """What a part of a page holds."""
    held = getattr(part, "children", None)
    return held if isinstance(held, list | tuple) else () if held is None else (held,)


def every(part: Any) -> Iterator[Any]:
    """A part of a page and all that is in it."""
    yield part
    for child in children(part):
        yield from every(child)


def carriers(body: Sequence[Any], kind: type) -> Iterator[tuple[Any, ...]]:
    """The path to each part that carries data of a kind, from the outermost part to the carrier itself."""
    for part in body:
        if isinstance(data_of(part), kind):
            yield (part,)
        else:
            for path in carriers(children(part), kind):
                yield (part, *path)


def _element(name: str, own_line: bool = False) -> Any:
    """An element; in a file what some hold stands on a line of its own."""
    return type(name, (Element,), {"_type": name, "__module__": __name__, "own_line": own_line, "__slots__": ()})


A = _element("A")
B = _element("B")
Button = _element("Button")
Caption = _element("Caption")
Code = _element("Code")
Dd = _element("Dd", own_line=True)
Details = _element("Details")
Div = _element("Div", own_line=True)
Dl = _element("Dl")
Dt = _element("Dt", own_line=True)
Footer = _element("Footer")
H1 = _element("H1")
H2 = _element("H2")
H3 = _element("H3", own_line=True)
Header = _element("Header")
I = _element("I")  # noqa: E741
Li = _element("Li", own_line=True)
Main = _element("Main")
Nav = _element("Nav")
P = _element("P", own_line=True)
Pre = _element("Pre")
Section = _element("Section")
Small = _element("Small", own_line=True)
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
