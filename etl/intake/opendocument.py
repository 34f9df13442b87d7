"""Guards an .ods workbook: its parts, what it declares, and its words outside the cells."""

import re

from etl.intake import markup, refusals, spreadsheet
from etl.intake.grid import Text
from etl.intake.inspection import Seen
from etl.intake.markup import Element

MEDIA_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = "META-INF/manifest.xml"
CHART = "application/vnd.oasis.opendocument.chart"
FORBIDDEN_PARTS = {"basic/": "macros", "scripts/": "macros", "dialogs/": "macros", "database/": "data connections"}
WORDS_OF = {"p", "h"}


def inspect(content: bytes, parts: dict[str, bytes]) -> Seen:
    """Everything that must be known of an .ods before a library opens it; raises Refused."""
    _refuse_parts(parts)
    if "content.xml" not in parts:
        raise refusals.damaged()
    sheets, texts = spreadsheet.inspect(parts["content.xml"], _hidden_styles(parts.get("styles.xml", b"<none/>")))
    for name, part in parts.items():
        if name == "styles.xml" or (name.endswith("/content.xml") and name != "content.xml"):
            texts += _texts_of(name, markup.elements(part))
    if len({sheet.name for sheet in sheets}) != len(sheets):
        raise refusals.damaged()
    return Seen("ods", content, tuple(sheets), tuple(texts))


def _refuse_parts(parts: dict[str, bytes]) -> None:
    for name, content in parts.items():
        lower = name.casefold()
        if lower.endswith((".xml", ".rdf")):
            markup.refuse_unsafe(content)
        for start, what in FORBIDDEN_PARTS.items():
            if lower.startswith(start) and not lower.endswith("/"):
                raise refusals.forbidden(what)
    charts = _charts(markup.elements(parts.get(MANIFEST, b"<none/>")))
    for name in parts:
        folder = name.partition("/")[0]
        if re.match(r"object\b", folder, re.IGNORECASE) and "/" in name and folder not in charts:
            raise refusals.forbidden("embedded objects")
        if re.fullmatch(r"object [0-9]+", name, re.IGNORECASE):
            raise refusals.forbidden("embedded objects")


def _charts(manifest: tuple[Element, ...]) -> set[str]:
    """The folders that the manifest declares as charts, which are a workbook's own pictures of its numbers."""
    charts = set()
    for element in manifest:
        if element.name == "encryption-data":
            raise refusals.old_or_protected()
        if element.name == "file-entry" and element.get("media-type") == CHART:
            charts.add(element.get("full-path").strip("/"))
    return charts


def _texts_of(part: str, found: tuple[Element, ...]) -> list[Text]:
    """The paragraphs of a part: page headers and footers in the styles, titles in a chart."""
    where = "page header or footer" if part == "styles.xml" else "chart"
    texts: list[list[str]] = []
    depth = -1
    for element in found:
        if element.depth <= depth:
            depth = -1
        if element.name in WORDS_OF and depth < 0:
            depth = element.depth
            texts.append([])
        if depth >= 0:
            texts[-1].append(element.text)
    return [Text("", where, "".join(pieces)) for pieces in texts if "".join(pieces).strip()]


def _hidden_styles(content: bytes) -> set[str]:
    """The styles that hide a table which wears them."""
    hidden, style = set(), ""
    for element in markup.elements(content):
        if element.name == "style":
            style = element.get("name")
        elif element.name == "table-properties" and element.get("display") == "false":
            hidden.add(style)
    return hidden
