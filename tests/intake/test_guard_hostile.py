"""Hostile files are refused in a sentence, quickly and in little memory, and the next file is still read."""
# ruff: noqa: E501 - markup and words stand as they would in a file

import random
import struct
import time
import zipfile
from pathlib import Path

import pytest
from making_files import (
    MAIN,
    ODS,
    number_row,
    ods,
    ods_parts,
    raw_zip,
    relations,
    row,
    table,
    words_cell,
    xlsx,
    xlsx_parts,
    zipped,
)

from etl.intake import Reader, Refused, archive

SECONDS = 2
MEMORY = 300_000_000
ORDINARY = xlsx()
BILLION_LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def with_part(name: str, content: bytes | str = b"x") -> bytes:
    return zipped(xlsx_parts() | {name: content})


def with_sheet(content: bytes | str) -> bytes:
    return zipped(xlsx_parts() | {"xl/worksheets/sheet1.xml": content})


def sheet_xml(before: str = "", inside: str = "") -> str:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'


def with_relation(kind: str, target: str, part: str = "xl/worksheets/_rels/sheet1.xml.rels") -> bytes:
    return with_part(part, relations(("rId1", kind, target)))


def entries_of(parts) -> list[dict[str, object]]:
    return [
        {"name": name.encode(), "content": content if isinstance(content, bytes) else content.encode()}
        for name, content in parts.items()
    ]


def lying(**lie: object) -> bytes:
    """A workbook whose first sheet's headers lie."""
    entries = entries_of(xlsx_parts())
    entries[-1] |= lie
    return raw_zip(entries)


def overlapping() -> bytes:
    """Two entries of the list that share the same bytes."""
    entries = entries_of(xlsx_parts())
    twin = dict(entries[-1], start=0, name=entries[0]["name"] + b"2", content=entries[0]["content"])
    return raw_zip([*entries, twin | {"local_name": entries[0]["name"]}])


def flat_bomb() -> bytes:
    return with_part("xl/media/image1.png", b"\0" * 19_000_000)


def shrinking(size: int, seed: int = 0) -> bytes:
    """Bytes that shrink to about a twentieth."""
    noise = random.Random(seed)
    return b"".join(noise.randbytes(8) + b"a" * 200 for _ in range(size // 208))


def wordy() -> bytes:
    """Three sheets of 15 MB of text each, in a file of 2 MB."""
    texts = [shrinking(15_000, seed).hex() for seed in range(500)]
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="str"><v>{text}</v></c></row>' for r, text in enumerate(texts, 1))
    return zipped(xlsx_parts(rows, names=("A", "B", "C")))


def nested_bomb() -> bytes:
    inner = zipped({"a": b"\0" * 1_000_000})
    for _ in range(5):
        inner = zipped({"a": inner, "b": inner}, zipfile.ZIP_STORED)
    return inner


def wide_cut_short() -> bytes:
    """An archive whose one part has its sizes in a 64-bit field that ends too soon."""
    name, more = b"a.xml", struct.pack("<2H", 1, 24) + b"\1" * 4
    part = archive.LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    sizes = (archive.WIDE, archive.WIDE)
    listed = archive.CENTRAL.pack(b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, *sizes, len(name), len(more), 0, 0, 0, 0, 0)
    listed += name + more
    return part + listed + archive.END.pack(b"PK\5\6", 0, 0, 1, 1, len(listed), len(part), 0)


def one_long_row(cells: int) -> str:
    return f'<row r="1">{"<c><v>1</v></c>" * cells}</row>'


def rows_of_ones(count: int, wide: int) -> str:
    return "".join(f'<row r="{r}">{"<c><v>1</v></c>" * wide}</row>' for r in range(1, count + 1))


def repeated(rows: int = 1, columns: int = 1) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="float" '
        f'office:value="1" table:number-columns-repeated="{columns}"/></table:table-row>'
    )


def utf16(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


HIDDEN_STYLE = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
)
SEEN_AND_HIDDEN = table(number_row(1)) + table(number_row(1), "Other", "ta2")
ENCRYPTED_PART = (
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
    '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
)
LONG = "".join(chr(97 + byte % 26) for byte in random.Random(5).randbytes(32_000))
# Rows that shrink to a twentieth or so: small enough to send, and not so small that they give themselves away.
VARIED = "".join(
    f'<row r="{r}">'
    + "".join(f'<c t="s" s="{random.Random(r * c).randrange(10**6)}"><v>0</v></c>' for c in range(1, 201))
    + "</row>"
    for r in range(1, 101)
)
BIG_CHOICE = "".join(f"<si><t>{i}</t></si>" for i in range(20_001))

HOSTILE: dict[str, tuple[str, object]] = {
    # The archive
    "empty file": ("empty", b""),
    "6 MB": ("too_large", b"a,b\n" * 1_500_000),
    "flat bomb": ("too_large", flat_bomb),
    "bomb of 21 MB in one part": ("too_large", lambda: with_part("xl/media/a.png", shrinking(21_000_000))),
    "bomb in many parts": (
        "too_large",
        lambda: zipped(xlsx_parts() | {f"xl/media/{i}.png": shrinking(9_000_000, i) for i in range(6)}),
    ),
    "ratio over 100 in a small part": ("too_large", lambda: with_part("xl/media/a.png", b"\0" * 70_000)),
    "201 parts": ("too_large", lambda: zipped(xlsx_parts() | {f"xl/media/{i}.png": b"" for i in range(200)})),
    "nested archives": ("not_a_return", nested_bomb),
    "overlapping parts": ("damaged", overlapping),
    "a part larger than it says": ("damaged", lambda: lying(size=10)),
    "a part smaller than it says": ("damaged", lambda: lying(size=60_000)),
    "a part of 4 GB, it says": ("damaged", lambda: lying(size=0xFFFFFFFF)),
    "a wrong checksum": ("damaged", lambda: lying(checksum=1)),
    "another name in its own header": ("damaged", lambda: lying(local_name=b"xl/worksheets/sheet9.xml")),
    "a part beyond the end": ("damaged", lambda: lying(start=4_000_000)),
    "an unknown compression": ("damaged", lambda: lying(method=12)),
    "an encrypted part": ("old_or_protected", lambda: lying(flags=1)),
    "a name twice": ("damaged", lambda: raw_zip([*entries_of(xlsx_parts()), entries_of(xlsx_parts())[-1]])),
    "a name twice in other letters": ("damaged", lambda: with_part("xl/worksheets/SHEET1.xml", sheet_xml())),
    "a name that climbs": ("damaged", lambda: with_part("xl/../../etc/passwd")),
    "a name that climbs backwards": ("damaged", lambda: with_part("xl\\..\\..\\autoexec.bat")),
    "an absolute name": ("damaged", lambda: with_part("/etc/passwd")),
    "a name on a drive": ("damaged", lambda: with_part("C:/x")),
    "a name with NUL": (
        "damaged",
        lambda: raw_zip([*entries_of(xlsx_parts()), {"name": b"xl/a\0.xml", "content": b""}]),
    ),
    "a name that is no text": (
        "damaged",
        lambda: raw_zip([*entries_of(xlsx_parts()), {"name": b"\xff\xfe", "content": b"", "flags": 0x800}]),
    ),
    "cut off in the middle": ("damaged", ORDINARY[: len(ORDINARY) // 2]),
    "cut off at the end": ("damaged", ORDINARY[:-1]),
    "more behind its end": ("damaged", ORDINARY + b"x"),
    "something before its start": ("not_a_return", b"MZ\x90\0" + ORDINARY),
    "a 64-bit field cut short": ("damaged", wide_cut_short),
    "only the end of an archive": ("not_a_return", b"PK\5\6" + b"\0" * 18),
    "only the start of an archive": ("damaged", b"PK\3\4" + b"\0" * 40),
    "some other archive": ("not_a_return", lambda: zipped({"a.txt": "hello"})),
    "a text document": ("not_a_return", lambda: zipped({"word/document.xml": "<x/>"})),
    "an OpenDocument text": (
        "not_a_return",
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
    ),
    # The markup
    "entity bomb": ("damaged", lambda: with_sheet(sheet_xml(BILLION_LAUGHS, "&c;"))),
    "entity from a file": ("damaged", lambda: with_sheet(sheet_xml(OUTSIDE, "&x;"))),
    "document type in a part nobody reads": ("damaged", lambda: with_part("xl/theme/theme1.xml", OUTSIDE + "<a/>")),
    "document type in the relationships": ("damaged", lambda: with_part("xl/_rels/other.rels", OUTSIDE + "<a/>")),
    "UTF-16": ("damaged", lambda: with_sheet(utf16(sheet_xml()))),
    "says UTF-7": ("damaged", lambda: with_sheet('<?xml version="1.0" encoding="UTF-7"?>' + sheet_xml())),
    "says Latin 1": ("damaged", lambda: with_sheet("<?xml version='1.0' encoding='iso-8859-1'?>" + sheet_xml())),
    "not UTF-8": (
        "damaged",
        lambda: with_sheet(sheet_xml(inside='<row r="1"><c r="A1" t="str"><v>\xe9</v></c></row>').encode("latin-1")),
    ),
    "NUL in the markup": ("damaged", lambda: with_sheet(sheet_xml(inside="\0"))),
    "not well formed": ("damaged", lambda: with_sheet(sheet_xml(inside='<row r="1"><c r="A1"></row>'))),
    "not well formed after the rows": ("damaged", lambda: with_sheet(sheet_xml() + "<x>")),
    "nothing in the sheet": ("damaged", lambda: with_sheet("")),
    "thousands deep": ("damaged", lambda: with_sheet(sheet_xml(inside="<row>" * 5_000))),
    "deep outside the rows": (
        "damaged",
        lambda: with_sheet(f"<worksheet>{'<a>' * 5_000}<sheetData/>{'</a>' * 5_000}</worksheet>"),
    ),
    "a number interrupted by a reference": ("damaged", lambda: xlsx(row("><v>1&#50;</v>"))),
    "a number interrupted by a comment": ("damaged", lambda: xlsx(row("><v>1<!-- -->2</v>"))),
    "character data": ("damaged", lambda: xlsx(row("><v>1<![CDATA[2]]></v>"))),
    # The sheet
    "a cell at the far corner": (
        "too_large",
        lambda: xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "an empty text at the far corner": (
        "too_large",
        lambda: xlsx('<row r="1048576"><c r="XFD1048576" t="str"><v></v></c></row>'),
    ),
    "a formula at the far corner": ("too_large", lambda: xlsx('<row r="1048576"><c r="XFD1048576"><f>1</f></c></row>')),
    "a false dimension": ("too_large", lambda: xlsx(one_long_row(201), head='<dimension ref="A1"/>')),
    "5,001 rows": ("too_large", lambda: xlsx(rows_of_ones(5_001, 1))),
    "201 columns": ("too_large", lambda: xlsx(one_long_row(201))),
    "20,001 cells": (
        "too_large",
        lambda: xlsx(VARIED + '<row r="101"><c r="A101"><v>1</v></c></row>', strings="<si><t>a</t></si>"),
    ),
    "a column of no name": ("damaged", lambda: xlsx('<row r="1"><c r="1A"><v>1</v></c></row>')),
    "row 0": ("damaged", lambda: xlsx('<row r="0"><c r="A0"><v>1</v></c></row>')),
    "a row of a thousand digits": ("damaged", lambda: xlsx(f'<row r="{"9" * 1000}"><c><v>1</v></c></row>')),
    "a cell twice": ("disagreement", lambda: xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
    "a cell twice in another form": (
        "damaged",
        lambda: xlsx("<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row>"),
    ),
    "two values in a cell": ("damaged", lambda: xlsx('<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>')),
    "an unknown element in a cell": ("damaged", lambda: xlsx('<row r="1"><c r="A1"><w>1</w></c></row>')),
    "text that is no number": ("unreadable", lambda: xlsx('<row r="1"><c r="A1" t="n"><v>seven</v></c></row>')),
    "an unknown type of cell": ("unreadable", lambda: xlsx('<row r="1"><c r="A1" t="zz"><v>7</v></c></row>')),
    # The shared strings
    "a false uniqueCount": (
        "too_large",
        lambda: zipped(
            xlsx_parts()
            | {
                "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="4294967295"/>',
                "xl/_rels/workbook.xml.rels": relations(
                    ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "sharedStrings", "sharedStrings.xml")
                ),
            }
        ),
    ),
    "a uniqueCount of words": (
        "too_large",
        lambda: zipped(
            xlsx_parts(strings="<si><t>a</t></si>")
            | {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="many"><si><t>a</t></si></sst>'}
        ),
    ),
    "20,001 strings": ("too_large", lambda: xlsx(strings=BIG_CHOICE)),
    "20,001 strings in another form": ("too_large", lambda: xlsx(strings=BIG_CHOICE.replace("<si>", "<si >"))),
    "a string that is not there": ("damaged", lambda: xlsx(row('t="s"><v>1</v>'), strings="<si><t>a</t></si>")),
    "strings that nobody points to": (
        "damaged",
        lambda: with_part("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>'),
    ),
    "a long text shown 20,000 times": ("too_large", lambda: xlsx(VARIED, strings=f"<si><t>{LONG}</t></si>")),
    "45 MB of texts": ("too_large", wordy),
    # What does things, and what hides
    "macros": ("active_content", lambda: with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")),
    "macros under another name": (
        "active_content",
        lambda: with_relation("vbaProject", "project.png", "xl/_rels/other.rels"),
    ),
    "a macro-enabled type": (
        "active_content",
        lambda: zipped(
            xlsx_parts()
            | {
                "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
            }
        ),
    ),
    "a type spelled with references": (
        "active_content",
        lambda: zipped(
            xlsx_parts()
            | {
                "[Content_Types].xml": '<Types><Default Extension="bin" ContentType="application/vnd.ms-office.&#118;baProject"/></Types>'
            }
        ),
    ),
    "an old macro sheet": ("active_content", lambda: with_part("xl/macrosheets/sheet1.xml", "<x/>")),
    "links to other workbooks": ("active_content", lambda: with_part("xl/externalLinks/externalLink1.xml", "<x/>")),
    "links in the workbook": (
        "active_content",
        lambda: xlsx(book='<externalReferences><externalReference r:id="rId9"/></externalReferences>'),
    ),
    "a picture from elsewhere": ("active_content", lambda: with_relation("image", "http://example.org/a.png")),
    "a linked template": (
        "active_content",
        lambda: with_relation("attachedTemplate", "file://server/x.xltm", "xl/_rels/other.rels"),
    ),
    "an embedded workbook": ("active_content", lambda: with_part("xl/embeddings/Microsoft_Excel_Sheet1.xlsx")),
    "an embedded object": (
        "active_content",
        lambda: xlsx(tail='<oleObjects><oleObject progId="Package" r:id="rId1"/></oleObjects>'),
    ),
    "an object of some other name": ("active_content", lambda: with_relation("oleObject", "../data.bin")),
    "ActiveX": ("active_content", lambda: with_part("xl/activeX/activeX1.xml", "<x/>")),
    "a web extension": ("active_content", lambda: with_part("xl/webextensions/webextension1.xml", "<x/>")),
    "data connections": ("active_content", lambda: with_part("xl/connections.xml", "<x/>")),
    "a query table": ("active_content", lambda: with_part("xl/queryTables/queryTable1.xml", "<x/>")),
    "a data model": ("active_content", lambda: with_part("xl/model/item.data", "x")),
    "Power Query": (
        "active_content",
        lambda: with_part("customXml/item1.xml", '<DataMashup xmlns="x">AAAA</DataMashup>'),
    ),
    "a pivot cache": ("active_content", lambda: with_part("xl/pivotCache/pivotCacheDefinition1.xml", "<x/>")),
    "a pivot cache in the workbook": (
        "active_content",
        lambda: xlsx(book="<pivotCaches><pivotCache cacheId='1'/></pivotCaches>"),
    ),
    "a hidden sheet": ("hidden_sheet", lambda: xlsx(names=("Cases", "Other"), states={"Other": "hidden"})),
    "a very hidden sheet": ("hidden_sheet", lambda: xlsx(names=("Cases", "Other"), states={"Other": "veryHidden"})),
    "a hidden sheet with a comment only": (
        "hidden_sheet",
        lambda: zipped(
            xlsx_parts(rows="", states={"Cases": "hidden"})
            | {
                "xl/worksheets/_rels/sheet1.xml.rels": relations(("rId1", "comments", "../comments1.xml")),
                "xl/comments1.xml": "<comments/>",
            }
        ),
    ),
    "a hidden sheet with a formula only": (
        "hidden_sheet",
        lambda: xlsx('<row r="1"><c r="A1"><f>1</f></c></row>', states={"Cases": "hidden"}),
    ),
    "a sheet that is not listed": ("damaged", lambda: with_part("xl/worksheets/sheet2.xml", sheet_xml())),
    "a sheet that leads nowhere": (
        "damaged",
        lambda: zipped(
            xlsx_parts() | {"xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet2.xml"))}
        ),
    ),
    "two sheets of one name": ("damaged", lambda: xlsx(names=("Cases", "Cases"))),
    "one sheet under two names": (
        "damaged",
        lambda: zipped(
            xlsx_parts(names=("A", "B"))
            | {
                "xl/_rels/workbook.xml.rels": relations(
                    ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet1.xml")
                )
            }
        ),
    ),
    # OpenDocument
    "a million filled rows": ("too_large", lambda: ods(repeated(rows=1_000_000))),
    "a thousand filled columns": ("too_large", lambda: ods(repeated(columns=1_000))),
    "more than a thousand million cells": ("too_large", lambda: ods(repeated(rows=65_000, columns=16_000))),
    "20,001 cells by repeating": ("too_large", lambda: ods(repeated(rows=101, columns=200))),
    "errors by repeating": (
        "too_large",
        lambda: ods(
            repeated(rows=5_000, columns=200).replace(
                'office:value-type="float" office:value="1"', 'table:formula="of:=1"'
            )
        ),
    ),
    "a cell far down": (
        "too_large",
        lambda: ods('<table:table-row table:number-rows-repeated="9999999"/>' + number_row(1)),
    ),
    "a cell far right": (
        "too_large",
        lambda: ods(
            number_row(1).replace(
                "<table:table-cell ", '<table:table-cell table:number-columns-repeated="16000"/><table:table-cell ', 1
            )
        ),
    ),
    "repeated a thousand digits": ("damaged", lambda: ods(repeated(rows=10**1000))),
    "repeated minus once": ("damaged", lambda: ods(repeated(rows=-1))),
    "5,001 rows one by one": ("too_large", lambda: ods(number_row(1) * 5_001)),
    "20,001 cells one by one": ("too_large", lambda: ods(number_row(*[1] * 200) * 101)),
    "201 columns one by one": ("too_large", lambda: ods(number_row(*[1] * 201))),
    "a table in a cell": (
        "damaged",
        lambda: ods(f"<table:table-row><table:table-cell>{table(number_row(1))}</table:table-cell></table:table-row>"),
    ),
    "an OpenDocument entity bomb": (
        "damaged",
        lambda: zipped(ods_parts() | {"content.xml": BILLION_LAUGHS + "<x>&c;</x>"}),
    ),
    "an OpenDocument in UTF-16": ("damaged", lambda: zipped(ods_parts() | {"content.xml": utf16("<x/>")})),
    "an OpenDocument without content": ("damaged", lambda: zipped({"mimetype": ODS})),
    "an OpenDocument of something else": (
        "disagreement",
        lambda: zipped(ods_parts(table(number_row(1)).replace("table:", "tab:"))),
    ),
    "an OpenDocument thousands deep": ("damaged", lambda: ods("<table:table-row>" + "<text:p>" * 5_000)),
    "an OpenDocument with a password": ("old_or_protected", lambda: zipped(ods_parts(manifest=ENCRYPTED_PART))),
    "OpenDocument character data": (
        "damaged",
        lambda: ods(f"<table:table-row>{words_cell('1<![CDATA[2]]>')}</table:table-row>"),
    ),
    "OpenDocument Basic": (
        "active_content",
        lambda: zipped(ods_parts(table(number_row(1))) | {"Basic/Standard/Module1.xml": "<x/>"}),
    ),
    "OpenDocument Python": (
        "active_content",
        lambda: zipped(ods_parts(table(number_row(1))) | {"Scripts/python/a.py": "x"}),
    ),
    "an OpenDocument event": (
        "active_content",
        lambda: zipped(
            ods_parts(
                table(number_row(1)),
                before='<office:scripts><office:event-listeners><script:event-listener script:event-name="dom:load"/></office:event-listeners></office:scripts>',
            )
        ),
    ),
    "an OpenDocument link": (
        "active_content",
        lambda: ods('<table:table-source xlink:href="file:///x.ods"/>' + number_row(1)),
    ),
    "an OpenDocument live link": (
        "active_content",
        lambda: zipped(ods_parts(table(number_row(1)), after="<table:dde-links><table:dde-link/></table:dde-links>")),
    ),
    "an OpenDocument object": (
        "active_content",
        lambda: zipped(ods_parts(table(number_row(1))) | {"Object 1/content.xml": "<x/>"}),
    ),
    "an OpenDocument foreign object": (
        "active_content",
        lambda: zipped(ods_parts(table(number_row(1))) | {"Object 1": b"\xd0\xcf"}),
    ),
    "an OpenDocument query": (
        "active_content",
        lambda: zipped(
            ods_parts(
                table(number_row(1)),
                after='<table:database-ranges><table:database-range><table:database-source-sql table:sql-statement="x"/></table:database-range></table:database-ranges>',
            )
        ),
    ),
    "an OpenDocument hidden sheet": ("hidden_sheet", lambda: zipped(ods_parts(SEEN_AND_HIDDEN, styles=HIDDEN_STYLE))),
    "an OpenDocument sheet hidden in the styles": (
        "hidden_sheet",
        lambda: zipped(
            ods_parts(SEEN_AND_HIDDEN) | {"styles.xml": f"<x xmlns:style='s' xmlns:table='t'>{HIDDEN_STYLE}</x>"}
        ),
    ),
    "two OpenDocument sheets of one name": ("damaged", lambda: zipped(ods_parts(table(number_row(1)) * 2))),
    "an OpenDocument long text shown 20,000 times": (
        "too_large",
        lambda: ods(repeated(100, 200).replace('"float" office:value="1"', f'"string" office:string-value="{LONG}"')),
    ),
    # What is no workbook
    "an old workbook": ("old_or_protected", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000),
    "a web page": ("web_page", b"<html><table><tr><td>1</td></tr></table></html>"),
    "a web page with a document type": ("web_page", b"\xef\xbb\xbf\r\n <!DOCTYPE html><html></html>"),
    "an XML spreadsheet": ("web_page", b'<?xml version="1.0"?><Workbook/>'),
    "a PDF": ("not_a_return", b"%PDF-1.7\n1 0 obj"),
    "rich text": ("not_a_return", b"{\\rtf1 hello}"),
    "a picture": ("not_a_return", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "noise": ("not_a_return", lambda: random.Random(3).randbytes(10_000)),
    "a program": ("not_a_return", b"MZ\x90\x00\x03"),
    "UTF-16 text": ("not_a_return", "a,b\n1,2".encode("utf-16")),
    "text with NUL": ("not_a_return", b"a,b\n1,\x002\n"),
    "text with other signs that are not text": ("not_a_return", b"a,b\n1,\x1b[31m2\n"),
    "neither of the two encodings": ("not_a_return", b"a,b\n1,\x81\xff\x8d\n"),
    "blank text": ("empty", b" \r\n\r\n"),
    "a line of 4 MB": ("too_large", b"a" * 4_000_000),
    "a line of 2 million cells": ("too_large", b"," * 2_000_000),
    "5,001 lines": ("too_large", b"a,b\n" * 5_001),
    "5,001 blank lines": ("too_large", b"\n" * 5_001 + b"a,b"),
    "20,001 cells of text": ("too_large", (b"1," * 199 + b"1\n") * 101),
    "a quotation mark that is not closed": ("damaged", b'a,b\n1,"2\n3,4\n'),
    "a quotation mark in the wrong place": ("damaged", b'a,b\n1,"2" 3\n'),
}


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        for content in (ORDINARY, ORDINARY):
            reader.read(content)
        yield reader


def peak(process_id: int) -> int:
    """The most memory that a process has held, in bytes; 0 where the system keeps no such account."""
    account = Path(f"/proc/{process_id}/status")
    if not account.exists():
        return 0
    return 1024 * next(int(line.split()[1]) for line in account.read_text().splitlines() if line.startswith("VmHWM"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(reader, name):
    code, make = HOSTILE[name]
    content = make() if callable(make) else make
    assert isinstance(content, bytes)
    refused = refusal_in_time(reader, content)
    assert refused.code == code
    children = [child._process.pid for child in reader._children if child._process]
    assert all(peak(process) < MEMORY for process in children)
    assert_in_plain_words(refused)
    assert reader.read(ORDINARY).sheets[0].cells == {(1, 1): 7.0}


@pytest.mark.parametrize(
    ("name", "words"),
    {
        "6 MB": "larger than 5 MB",
        "flat bomb": "a hundred times its size",
        "bomb of 21 MB in one part": "a part of more than 20 MB",
        "bomb in many parts": "unpacks to more than 50 MB",
        "201 parts": "more than 200 parts",
        "a long text shown 20,000 times": "shows more than 20 MB of text",
        "an OpenDocument long text shown 20,000 times": "shows more than 20 MB of text",
        "45 MB of texts": "more than 1.5 MB of words and numbers",
        "a false uniqueCount": "claims more than 20,000 different texts",
        "20,001 strings": "holds more than 20,000 different texts",
        "5,001 rows": "more than 5,000 rows",
        "201 columns": "more than 200 columns",
        "20,001 cells": "more than 20,000 filled cells",
        "a line of 4 MB": "more than 32,767 characters",
    }.items(),
)
def test_each_limit_is_the_one_that_is_told(reader, name, words):
    make = HOSTILE[name][1]
    with pytest.raises(Refused) as refused:
        reader.read(make() if callable(make) else make)
    assert words in refused.value.sentence


def refusal_in_time(reader: Reader, content: bytes) -> Refused:
    """How a file is refused within the seconds allowed; a second try forgives a busy machine, not a slow guard."""
    for _ in range(2):
        start = time.perf_counter()
        with pytest.raises(Refused) as refused:
            reader.read(content)
        if time.perf_counter() - start < SECONDS:
            return refused.value
    raise AssertionError("too slow")


def assert_in_plain_words(refused: Refused) -> None:
    assert refused.sentence.endswith(".") and refused.sentence.count(". ") == 0
    assert refused.fix.endswith(".") and str(refused) == refused.sentence
    for word in ("Traceback", "Error", "xml", "zip", "None", "\n", "xl/", "b'"):
        assert word not in refused.sentence
