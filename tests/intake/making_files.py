"""Writes workbooks part by part, ordinary and hostile, so that a test says exactly what is in them."""
# ruff: noqa: E501 - markup and words stand as they would in a file

import io
import struct
import zipfile
import zlib

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "script": "urn:oasis:names:tc:opendocument:xmlns:script:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "dc": "http://purl.org/dc/elements/1.1/",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a ZIP, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*pointers: tuple[str, str, str]) -> str:
    """A part of relationships: (id, end of the type, target); a target with `://` or `mailto:` is external."""
    rows = "".join(
        f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"' if ":" in target else "")
        + "/>"
        for id, kind, target in pointers
    )
    return f'<Relationships xmlns="{RELATIONS}">{rows}</Relationships>'


def xlsx_parts(
    rows: str = '<row r="1"><c r="A1"><v>7</v></c></row>',
    *,
    strings: str = "",
    names: tuple[str, ...] = ("Cases",),
    states: dict[str, str] | None = None,
    head: str = "",
    tail: str = "",
    book: str = "",
    namespace: str = MAIN,
) -> dict[str, bytes | str]:
    """A workbook's parts. Every sheet has the same rows; `strings` is the inside of the shared strings."""
    states = states or {}
    numbers = range(1, len(names) + 1)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"'
        + (f' state="{states[name]}"' if name in states else "")
        + "/>"
        for i, name in zip(numbers, names, strict=True)
    )
    pointers = [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in numbers]
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>{book}</workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="46"/></cellXfs></styleSheet>',
    }
    if strings:
        pointers.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{namespace}">{strings}</sst>'
    parts["xl/_rels/workbook.xml.rels"] = relations(*pointers)
    for i in numbers:
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{namespace}" xmlns:r="{OFFICE}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
        )
    return parts


def xlsx(rows: str = '<row r="1"><c r="A1"><v>7</v></c></row>', **more: object) -> bytes:
    """A workbook's bytes; see `xlsx_parts`."""
    return zipped(xlsx_parts(rows, **more))  # type: ignore[arg-type]


def row(*cells: str) -> str:
    """Row 1 of the cells given, from A on; a cell is its inside with its attributes: `t="s"><v>0</v>`."""
    written = "".join(f'<c r="{chr(65 + i)}1" {cell}</c>' for i, cell in enumerate(cells) if cell)
    return f'<row r="1">{written}</row>'.replace('" >', '">')


def ods_parts(
    tables: str = "", *, styles: str = "", before: str = "", after: str = "", manifest: str = ""
) -> dict[str, bytes | str]:
    """An OpenDocument spreadsheet's parts; `tables` is the inside of office:spreadsheet."""
    return {
        "mimetype": ODS,
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}>{before}'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        f"{after}</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>{manifest}</manifest:manifest>',
    }


def table(rows: str, name: str = "Cases", style: str = "") -> str:
    """A table of an .ods."""
    worn = f' table:style-name="{style}"' if style else ""
    return f'<table:table table:name="{name}"{worn}>{rows}</table:table>'


def ods(rows: str = "", **more: str) -> bytes:
    """An .ods with one table of these rows; see `ods_parts`."""
    return zipped(ods_parts(table(rows or number_row(7)), **more))


def number_row(*numbers: float) -> str:
    """A row of an .ods with these numbers."""
    cells = (
        f'<table:table-cell office:value-type="float" office:value="{n}"><text:p>{n}</text:p></table:table-cell>'
        for n in numbers
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def words_cell(words: str) -> str:
    """A cell of an .ods with text."""
    return f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'


def raw_zip(entries: list[dict[str, object]]) -> bytes:
    """A ZIP whose headers say what they are told to.

    An entry has `name` and `content`, and may lie with `size`, `checksum`, `local_name`, `start`, `method`, `flags`.
    """
    body, listed = bytearray(), bytearray()
    for entry in entries:
        name, content = entry["name"], entry["content"]
        assert isinstance(name, bytes) and isinstance(content, bytes)
        method = entry.get("method", 8)
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflate.compress(content) + deflate.flush() if method == 8 else content
        size, checksum = entry.get("size", len(content)), entry.get("checksum", zlib.crc32(content))
        local_name = entry.get("local_name", name)
        assert isinstance(local_name, bytes)
        shared = (20, entry.get("flags", 0), method, 0, 0, checksum, len(packed), size)
        start = entry.get("start", len(body))
        listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *shared, len(name), 0, 0, 0, 0, 0, start) + name
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *shared, len(local_name), 0) + local_name + packed
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), len(body), 0)
    return bytes(body + listed + end)
