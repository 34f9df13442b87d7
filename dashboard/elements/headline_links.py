"""The numbers in headlines and sentences as links: to where the same numbers come from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dashboard.data.address import Address
from dashboard.elements import html
from dashboard.elements.tables import Part
from etl.definitions.messages import ENGLISH, Language, Number, Text, _, pieces
from etl.definitions.writing import round_half_up

Tree = Any  # a component, or what the browser is told of one once it is drawn in another language
MONTH = "Jan|Ion|Feb|Chw|Mar|Maw|Apr|Ebr|May|Mai|Jun|Meh|Jul|Gor|Aug|Aws|Sep|Med|Oct|Hyd|Nov|Tach|Dec|Rhag"
NUMBER = re.compile(rf"(?<![\w£/.])[+−]?£?\d+(?:,\d{{3}})*(?:\.\d+)?[%pkm]?(?![\w/])(?! (?:{MONTH}))")
JOINS = (", ", " of ", " o ", " → ")  # between numbers of one story: 2, 2, 1, 2 is one link
BREAK = re.compile(r"[,;] ")
YEAR = re.compile(r"(?:19|20)\d\d")
WORD = re.compile(r"[^\W\d]{4,}")


# Holds the links that the numbers of a sentence are to be; one without words is for every number that no other says.
OPENS = "data-opens"


def number_link(address: Address, number: Number) -> Tree:
    """A number in a sentence, as a link to where it comes from."""
    drawn = html.A(
        str(number),
        href=address.with_(number=number.address).href,
        className="number",
        **{
            "data-number": number.address,
            "aria-label": _("{number} {name}: where it comes from", number=str(number), name=number.name),
        },
    )
    return html.carrying(drawn, Part(number, number.address))


def opened(text: str, language: Language, address: Address | None) -> list[Tree]:
    """A text as an element holds it: strings, and links where a number in it has a story."""
    held: list[Tree] = []
    for piece in pieces(text, language):
        if isinstance(piece, Number) and piece.address and address is not None:
            held.append(number_link(address, piece))
        elif held and isinstance(held[-1], str):
            held[-1] += str(piece)
        else:
            held.append(str(piece))
    return [part for part in held if part != ""]


def bare(parts: list[Tree]) -> Tree:
    """What an element holds: one text as it is, without a list round it."""
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts


def _with_links(children: Any, address: Address) -> Any:
    """What an element holds, with links in the texts among it; None where there is none to be made."""
    several = children if isinstance(children, list | tuple) else [children]
    if not any(isinstance(child, Text) for child in several):
        return None
    return [
        part for child in several for part in (opened(child, ENGLISH, address) if isinstance(child, Text) else [child])
    ]


def link_numbers(tree: Tree, address: Address) -> None:
    """Makes links of the numbers in texts, in the headlines of a page found under them, and in sentences that bring
    theirs.
    """
    for part in _every(tree):
        if _kind(part) == "A":
            continue  # a link leads to one place
        children = _with_links(_props(part).get("children"), address)
        ready_made = OPENS in _props(part) and children is not None
        ready_made = ready_made and not any(not isinstance(one, str) and _kind(one) == "A" for one in children)
        if children is not None and not ready_made:
            _props(part)["children"] = bare(children)
            _props(part).pop(OPENS, None)
            continue
        if OPENS in _props(part):
            links = _props(part).pop(OPENS)
            _props(part)["children"] = _opened(_props(part).get("children"), links)
        elif _kind(part) == "Main":
            _link(part, "H1")
        elif _kind(part) == "Section" and "data-card" in _props(part):
            _link(part, "H2")


def _link(part: Tree, head: str) -> None:
    headline = next((_props(one) for one in _every(part) if _kind(one) == head), {})
    own, text = headline.pop(OPENS, []), headline.get("children")
    if own and (_bare(text) if isinstance(text, Text) else isinstance(text, list)):
        headline["children"] = _opened(text, own)  # as long as an edition has sentences ready-made
    elif isinstance(text, str) and not isinstance(text, Text) and NUMBER.search(text):
        below = [one for one in _every(part) if _kind(one) == "A" and "data-number" in _props(one)]
        headline["children"] = said(text, below, own)


def _bare(text: Text) -> bool:
    """Whether no number in a text has an address."""
    return not any(isinstance(piece, Number) and piece.address for piece in pieces(text, ENGLISH))


def _opened(children: Any, links: list[Tree]) -> Any:
    """What an element holds, with links for the numbers in its words, also in words that stand in another language."""
    if isinstance(children, str):
        return said(children, [], links)
    if isinstance(children, list | tuple):
        found = [_opened(child, links) for child in children]
        return [piece for one in found for piece in (one if isinstance(one, list) else [one])]
    if children is not None and not isinstance(children, int | float) and _kind(children) in ("Span", "Strong"):
        _props(children)["children"] = _opened(_props(children).get("children"), links)
    return children


def said(text: str, links: list[Tree], own: Sequence[Tree] = ()) -> Any:
    """A headline whose numbers are links like those to the same numbers, of many the one whose name is most like it.

    `own` are the links that the text itself brings, which come first; one of them without words is for any number.
    """
    pieces: list[Any] = []
    used: list[Tree] = []
    end = 0
    known, brought = _by_number(links), _by_number(own)
    for number in NUMBER.finditer(text):
        reads = _reads(number[0])
        found = _nearest(_clause(text, number), brought.get(reads, []), used) or _best(text, known.get(reads, []))
        if found is None and not YEAR.fullmatch(number[0]):
            found = next(iter(brought.get("", [])), None)
        if found is not None:
            between = text[end : number.start()]
            if used[-1:] == [found] and not _text(found) and between in JOINS:
                _props(pieces[-1])["children"] += between + number[0]
            else:
                pieces += [between, _like(found, number[0])]
            used.append(found)
            end = number.end()
    return [piece for piece in (*pieces, text[end:]) if piece] if pieces else text


def _by_number(links: Iterable[Tree]) -> dict[str, list[Tree]]:
    found: dict[str, list[Tree]] = {}
    for link in links:
        if _kind(link) == "A":
            found.setdefault(_reads(_text(link)), []).append(link)
    return found


def _clause(text: str, number: re.Match[str]) -> str:
    """The part of a sentence that a number stands in."""
    return text[: number.start()].rpartition(", ")[2] + BREAK.split(text[number.start() :])[0]


def _nearest(text: str, links: list[Tree], used: list[Tree]) -> Tree | None:
    """The link whose name is most like the text; of several the first that no other number is yet."""
    return max(links, key=lambda link: (_nearness(text, link), link not in used), default=None)


def _best(text: str, links: list[Tree]) -> Tree | None:
    """The link whose name is most like the headline; none where several are that are of different times."""
    near = [_nearness(text, link) for link in links]
    nearest = max(near, default=0)
    best = [link for link, how in zip(links, near, strict=True) if how == nearest]
    times = {str(_props(link)["data-number"]).split("|")[2:3][0] for link in best}
    return best[0] if len(times) == 1 else None


def _reads(text: str) -> str:
    """A number as a headline says it: 40.7% is 41p of each pound, 1.00 of plan £1.00, and a change has no sign."""
    bare = text.lstrip("+−")
    if bare.startswith("£") and "." in bare:
        return bare[1:]
    if bare.endswith(("%", "p")) and bare[:-1].replace(".", "").isdigit():
        return f"{round_half_up(float(bare[:-1])):.0f}%"
    return bare


def _nearness(text: str, link: Tree) -> int:
    name = str(_props(link).get("aria-label", "")).lower()
    return len({word[:6] for word in WORD.findall(text.lower())} & {word[:6] for word in WORD.findall(name)})


def _like(link: Tree, text: str) -> Tree:
    kept = ("href", "data-number", "aria-label")
    return html.A(text, className="number", **{name: _props(link)[name] for name in kept if name in _props(link)})


def _text(link: Tree) -> str:
    children = _props(link).get("children")
    return children if isinstance(children, str) else ""


def _every(tree: Tree) -> Iterator[Tree]:
    """A part and all that it holds, in the order in which it is read."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple):
            waiting.extend(reversed(part))
        elif part is not None and not isinstance(part, str | int | float):
            yield part
            waiting.append(_props(part).get("children"))


def _kind(part: Tree) -> str:
    return str(part["type"] if isinstance(part, dict) else part._type)


def _props(part: Tree) -> dict[str, Any]:
    props: dict[str, Any] = part["props"] if isinstance(part, dict) else part.__dict__
    return props
