"""What ordinary programs write comes in, whatever they add to it."""
# ruff: noqa: E501 - markup and words stand as they would in a file

import datetime
import io
import struct
import zlib

import openpyxl
import pytest
import xlsxwriter
from making_files import (
    MAIN,
    STRICT,
    number_row,
    ods,
    ods_parts,
    relations,
    row,
    table,
    words_cell,
    xlsx,
    xlsx_parts,
    zipped,
)
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from etl.intake import Reader, Refused, Unreadable, refuse_personal_data

PIXEL = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\xff\0\0")),
        (b"IEND", b""),
    )
)
AT_HOME = {"A1": "Referrals", "B1": 3.0, "A2": "Cost", "B2": 1234.5}


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


def cells(reader, content, sheet=0):
    return reader.read(content).sheets[sheet].cells


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def openpyxl_book():
    book = openpyxl.Workbook()
    for place, value in AT_HOME.items():
        book.active[place] = value
    return book


def test_openpyxl_with_everything(reader):
    book = openpyxl_book()
    sheet = book.active
    sheet["A1"].comment = Comment("Checked with finance", "Data officer")
    sheet["D1"] = datetime.date(2019, 4, 1)
    sheet["D2"] = "=SUM(B1:B2)"
    sheet.add_image(Image(io.BytesIO(PIXEL)), "F2")
    sheet.add_data_validation(DataValidation(type="list", formula1='"Yes,No"', prompt="Choose one"))
    sheet.append(["Route", "Number"])
    sheet.append(["Police", 1])
    sheet.add_table(Table(displayName="Routes", ref="A3:B4"))
    sheet.oddHeader.center.text = "Drive &P of &N"
    sheet.print_area = "A1:D4"
    sheet["A1"].hyperlink = "https://example.org/guide"
    sheet.merge_cells("A6:B6")
    sheet.conditional_formatting.add(
        "B1:B2", openpyxl.formatting.rule.CellIsRule(operator="greaterThan", formula=["5"])
    )
    book.create_sheet("Guide & notes").cell(1, 1, "How to fill in")
    book.create_sheet("Empty and hidden").sheet_state = "hidden"
    grid = reader.read(saved(book))
    assert [sheet.name for sheet in grid.sheets] == ["Sheet", "Guide & notes", "Empty and hidden"]
    found = grid.sheets[0].cells
    assert found[(1, 2)] == 3 and found[(1, 4)] == datetime.date(2019, 4, 1) and found[(4, 1)] == "Police"
    assert found[(2, 4)] == Unreadable("formula not calculated")
    assert ("Sheet", "comment on A1", "Checked with finance") in [(t.sheet, t.where, t.text) for t in grid.other_text]
    assert any("Drive" in text.text for text in grid.other_text if text.where == "page header")
    refuse_personal_data(grid, frozenset(), frozenset())


def test_xlsxwriter_with_everything(reader):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("Cash £ – 2019")
    for place, value in AT_HOME.items():
        sheet.write(place, value)
    sheet.write_rich_string("A3", "Acc", book.add_format({"bold": True}), "epted")
    sheet.write_formula("B3", "=B1+1", None, 4)
    sheet.write_datetime(
        "C1", datetime.datetime(2019, 4, 1, 12, 30), book.add_format({"num_format": "d mmm yyyy hh:mm"})
    )
    sheet.write_datetime("C2", datetime.time(9, 15), book.add_format({"num_format": "hh:mm"}))
    sheet.write_boolean("C3", True)
    sheet.write_blank("J90", None, book.add_format({"bg_color": "red"}))
    sheet.write_comment("B1", "As agreed")
    sheet.insert_textbox("F5", "Please send by the 10th working day")
    sheet.insert_image("F9", "logo.png", {"image_data": io.BytesIO(PIXEL)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='Cash £ – 2019'!$B$1:$B$2"})
    sheet.insert_chart("H1", chart)
    sheet.data_validation("B2", {"validate": "list", "source": ["Yes", "No"]})
    sheet.conditional_format("B1:B2", {"type": "data_bar"})
    sheet.add_sparkline("K1", {"range": "B1:B2"})
    picture = book.add_chart({"type": "line"})
    picture.add_series({"values": "='Cash £ – 2019'!$B$1:$B$2"})
    book.add_chartsheet("Picture").set_chart(picture)
    book.define_name("Rate", "=0.2")
    book.set_custom_property("Department", "Finance")
    book.set_properties({"author": "jane.doe@example.org", "title": "Return"})
    book.close()
    grid = reader.read(out.getvalue())
    assert [sheet.name for sheet in grid.sheets] == ["Cash £ – 2019"]
    found = grid.sheets[0].cells
    assert found[(3, 1)] == "Accepted" and found[(3, 2)] == 4
    assert found[(1, 3)] == datetime.datetime(2019, 4, 1, 12, 30) and found[(2, 3)] == datetime.time(9, 15)
    assert found[(3, 3)] is True
    assert {"comment on B1", "text box"} <= {text.where for text in grid.other_text}
    assert not any("jane.doe" in text.text for text in grid.other_text)
    refuse_personal_data(grid, frozenset(), frozenset())


def test_1904_dates(reader):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True})
    book.add_worksheet().write_datetime("A1", datetime.date(2019, 4, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    assert cells(reader, out.getvalue()) == {(1, 1): datetime.date(2019, 4, 1)}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('t="inlineStr"><is><t>Police</t></is>', "Police"),
        ('t="inlineStr"><is><r><t>Pol</t></r><r><rPr><b/></rPr><t>ice</t></r></is>', "Police"),
        ('t="inlineStr"><is><t/></is>', None),
        ('t="str"><f>A1&amp;"x"</f><v>Police &amp; crime</v>', "Police & crime"),
        ('t="str"><f>IF(A2,1,"")</f><v></v>', None),
        ('t="str"><v xml:space="preserve"> Police </v>', " Police "),
        ('t="s"><v>0</v>', "Police"),
        ('t="s"><v>1</v>', "Housing"),
        ('t="s"><v>2</v>', None),
        ('t="b"><v>1</v>', True),
        ('t="b"><f>TRUE()</f><v>0</v>', False),
        ('t="d"><v>2019-04-01</v>', datetime.date(2019, 4, 1)),
        ('s="1"><v>43556</v>', datetime.date(2019, 4, 1)),
        ('s="2"><v>1.5</v>', Unreadable("a length of time")),
        ('t="n"><v>1.5E3</v>', 1500.0),
        ('s="1" cm="1"><f t="array" ref="B1">SUM(A1:A1)</f><v>43556</v>', datetime.date(2019, 4, 1)),
        ('><f t="shared" ref="B1:B2" si="0">A1*2</f><v>14</v>', 14.0),
        ('><f ca="1" si="0" t="shared"/><v>14</v>', 14.0),
        ("><f>A1*2</f>", Unreadable("formula not calculated")),
        ("><f>A1*2</f><v></v>", Unreadable("formula not calculated")),
        ("><f>A1*2</f><v/>", Unreadable("formula not calculated")),
        ('t="e"><f>1/0</f><v>#DIV/0!</v>', Unreadable("#DIV/0!")),
        ('t="e"><v>#REF!</v>', Unreadable("#REF!")),
        ('t="e"><v>#ERROR!</v>', Unreadable("#ERROR!")),
        ('t="e"><v>#SPILL!</v>', Unreadable("#SPILL!")),
        ('t="e"><v>943 476 5919</v>', Unreadable("#ERROR!")),
        ('s="1">', None),
    ],
)
def test_a_cell_of_each_form(reader, written, value):
    strings = "<si><t>Police</t></si><si><r><t>Hou</t></r><r><t>sing</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si><si><t/></si>"
    if 't="s"' not in written:
        strings = ""
    found = cells(reader, xlsx(row("><v>7</v>", written, "><v>9</v>"), strings=strings))
    assert found == {(1, 1): 7.0, (1, 3): 9.0} | ({} if value is None else {(1, 2): value})
    assert list(found) == sorted(found)


def test_forms_that_xml_allows(reader):
    rows = "<row><c><v>7</v></c><c t='inlineStr'><is><t>b</t></is></c></row>\n<row r='5'><c r='B5' s='1'/><c><v>3</v></c></row>"
    assert cells(reader, xlsx(rows)) == {(1, 1): 7.0, (1, 2): "b", (5, 3): 3.0}


def test_strict_and_prefixed_namespaces(reader):
    assert cells(reader, xlsx(namespace=STRICT)) == {(1, 1): 7.0}
    parts = xlsx_parts()
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert cells(reader, zipped(parts | {"xl/worksheets/sheet1.xml": sheet})) == {(1, 1): 7.0}


def test_absolute_targets_and_byte_order_marks(reader):
    parts = xlsx_parts()
    parts["xl/_rels/workbook.xml.rels"] = relations(("rId1", "worksheet", "/xl/worksheets/sheet1.xml"))
    parts["xl/worksheets/sheet1.xml"] = b"\xef\xbb\xbf" + str(parts["xl/worksheets/sheet1.xml"]).encode()
    assert cells(reader, zipped(parts)) == {(1, 1): 7.0}


def test_parts_that_carry_nothing(reader):
    parts = xlsx_parts() | {
        "xl/theme/theme1.xml": "<theme/>",
        "xl/calcChain.xml": "<calcChain/>",
        "xl/printerSettings/printerSettings1.bin": b"\0\1\2" * 50,
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("rId1", "printerSettings", "../printerSettings/printerSettings1.bin"),
            ("rId2", "hyperlink", "https://example.org/guide"),
        ),
        "xl/media/image1.svg": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>',
        "xl/persons/person.xml": '<personList><person displayName="Jane" userId="jane@example.org"/></personList>',
        "docProps/thumbnail.jpeg": b"\xff\xd8\xff",
        "docProps/core.xml": "<coreProperties><creator>jane@example.org</creator></coreProperties>",
        "docProps/custom.xml": "<Properties/>",
        "customXml/item1.xml": "<b:Sources xmlns:b='x'/>",
        "xl/": b"",
    }
    grid = reader.read(zipped(parts))
    assert grid.sheets[0].cells == {(1, 1): 7.0}
    assert [text.text for text in grid.other_text] == ["https://example.org/guide"]


def test_threaded_comments_are_read(reader):
    parts = xlsx_parts() | {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("rId1", "threadedComment", "../threadedComments/threadedComment1.xml")
        ),
        "xl/threadedComments/threadedComment1.xml": "<ThreadedComments><threadedComment ref='B2' id='{1}'><text>why so</text>"
        "</threadedComment></ThreadedComments>",
        "xl/drawings/vmlDrawing1.vml": "<xml><v:textbox><div style='x'>hello<br></div></v:textbox></xml>",
    }
    said = {(text.sheet, text.where, text.text) for text in reader.read(zipped(parts)).other_text}
    assert said == {("Cases", "comment on B2", "why so"), ("", "drawing", "hello")}


def test_formatted_and_empty_cells_do_not_count(reader):
    far = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>'
    assert cells(reader, xlsx(far, head='<dimension ref="A1:XFD1048576"/>')) == {(1, 1): 7.0}


@pytest.mark.parametrize("claim", ["XFD1048576:A1", "A1:XFD1048576", "", "nonsense"])
def test_a_false_dimension_changes_nothing(reader, claim):
    try:
        assert cells(reader, xlsx(head=f'<dimension ref="{claim}"/>')) == {(1, 1): 7.0}
    except Refused as refused:
        assert refused.code == "unreadable"


def test_rows_that_stand_in_a_comment_are_no_rows(reader):
    sheet = (
        f'<worksheet xmlns="{MAIN}"><!-- <sheetData> --><sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData>'
        "<!-- </sheetData> --></worksheet>"
    )
    assert cells(reader, zipped(xlsx_parts() | {"xl/worksheets/sheet1.xml": sheet})) == {(1, 1): 7.0}


def test_a_writer_that_streams_its_sizes(reader):
    """Sizes after each part and 64-bit fields, as Java and .NET programs write."""
    import zipfile

    class NoSeek(io.RawIOBase):
        def __init__(self):
            self.out = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.out += bytes(data)
            return len(data)

    stream = NoSeek()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, content in xlsx_parts().items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(content if isinstance(content, bytes) else content.encode())
    assert cells(reader, bytes(stream.out)) == {(1, 1): 7.0}


LIBREOFFICE_ROWS = (
    '<table:table-column table:style-name="co1" table:number-columns-repeated="16384" table:default-cell-style-name="Default"/>'
    '<table:table-row table:style-name="ro1"><table:table-cell table:style-name="ce1" office:value-type="string" '
    'calcext:value-type="string"><text:p>Achosion &amp; rhagor</text:p></table:table-cell><table:table-cell/>'
    '<table:table-cell office:value-type="float" office:value="3" calcext:value-type="float"><text:p>3</text:p></table:table-cell>'
    '<table:table-cell table:formula="of:=SUM([.C1:.C1])" office:value-type="currency" office:currency="GBP" office:value="3.5" '
    'calcext:value-type="currency"><text:p>£3.50</text:p></table:table-cell>'
    '<table:table-cell office:value-type="date" office:date-value="2019-04-01" calcext:value-type="date"><text:p>x</text:p>'
    '</table:table-cell><table:table-cell table:number-columns-repeated="16379"/></table:table-row>'
    '<table:table-row table:style-name="ro1" table:number-rows-repeated="1048574"><table:table-cell '
    'table:number-columns-repeated="16384"/></table:table-row><table:table-row table:style-name="ro1"><table:table-cell '
    'table:number-columns-repeated="16384"/></table:table-row>'
)
AS_READ = {(1, 1): "Achosion & rhagor", (1, 3): 3.0, (1, 4): 3.5, (1, 5): datetime.date(2019, 4, 1)}


def test_libreoffice(reader):
    assert cells(reader, ods(LIBREOFFICE_ROWS)) == AS_READ
    stranger = LIBREOFFICE_ROWS.replace("<table:table-row ", "<!-- x --><table:table-row ", 1)
    assert cells(reader, ods(stranger)) == AS_READ


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (words_cell("a") + "", "a"),
        ("<table:table-cell><text:p>untyped</text:p></table:table-cell>", "untyped"),
        (
            '<table:table-cell office:value-type="string"><text:p>a</text:p><text:p>b</text:p></table:table-cell>',
            "a\nb",
        ),
        (
            '<table:table-cell office:value-type="string"><text:p>a<text:span>b</text:span><text:s text:c="2"/>c</text:p></table:table-cell>',
            "ab  c",
        ),
        (
            '<table:table-cell office:value-type="string" office:string-value="said"><text:p>shown</text:p></table:table-cell>',
            "said",
        ),
        (
            '<table:table-cell office:value-type="string"><office:annotation><dc:creator>x</dc:creator><text:p>note</text:p></office:annotation><text:p>a</text:p></table:table-cell>',
            "a",
        ),
        ("<table:table-cell><office:annotation><text:p>note</text:p></office:annotation></table:table-cell>", None),
        (
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
            Unreadable("#DIV/0!"),
        ),
        (
            '<table:table-cell table:formula="of:=[.X1]" office:value-type="float" office:value="0"><text:p>Err:502</text:p></table:table-cell>',
            Unreadable("Err:502"),
        ),
        ('<table:table-cell table:formula="of:=1+1"/>', Unreadable("formula not calculated")),
        (
            '<table:table-cell table:formula="of:=1+1" office:value-type="float"><text:p>2</text:p></table:table-cell>',
            Unreadable("formula not calculated"),
        ),
        (
            '<table:table-cell office:value-type="time" office:time-value="PT10H05M00S"><text:p>x</text:p></table:table-cell>',
            datetime.time(10, 5),
        ),
        (
            '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>',
            True,
        ),
        ('<table:table-cell office:value-type="percentage" office:value="0.5"/>', 0.5),
        (
            '<table:covered-table-cell office:value-type="string"><text:p>under</text:p></table:covered-table-cell>',
            "under",
        ),
        ('<table:table-cell table:style-name="ce2"/>', None),
    ],
)
def test_an_ods_cell_of_each_form(reader, written, value):
    sevens = number_row(7).removeprefix("<table:table-row>").removesuffix("</table:table-row>")
    found = cells(reader, ods(f"<table:table-row>{sevens}{written}{sevens}</table:table-row>"))
    assert found == {(1, 1): 7.0, (1, 3): 7.0} | ({} if value is None else {(1, 2): value})
    assert list(found) == sorted(found)


def test_cells_come_row_by_row_in_whatever_order_a_file_has_them(reader):
    first, last = (
        '<row r="1"><c r="C1"><v>3</v></c><c r="A1" t="e"><v>#N/A</v></c></row>',
        '<row r="4"><c r="B4"><v>9</v></c></row>',
    )
    found = cells(reader, xlsx(last + first))
    assert list(found.items()) == [((1, 1), Unreadable("#N/A")), ((1, 3), 3.0), ((4, 2), 9.0)]


def test_ods_repeats_are_counted(reader):
    cell = '<table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="1"/>'
    rows = f'<table:table-row table:number-rows-repeated="2">{cell}</table:table-row><table:table-row table:number-rows-repeated="3"/>'
    found = cells(reader, ods(rows + number_row(5)))
    assert found == {(r, c): 1.0 for r in (1, 2) for c in (1, 2, 3)} | {(6, 1): 5.0}


def test_ods_words_outside_the_cells(reader):
    noted = '<table:table-row><table:table-cell/><table:table-cell office:value-type="float" office:value="1"><office:annotation><text:p>no<text:span>te</text:span></text:p></office:annotation><text:p>1</text:p></table:table-cell></table:table-row>'
    parts = ods_parts(table(noted)) | {
        "styles.xml": "<x><style:header xmlns:style='s'><text:p xmlns:text='t'>Page <text:span>one</text:span></text:p></style:header></x>"
    }
    said = {(text.where, text.text) for text in reader.read(zipped(parts)).other_text}
    assert said == {("comment on B1", "note"), ("page header or footer", "Page one")}


def test_odfpy(reader):
    from odf import opendocument
    from odf import table as tables
    from odf import text as words

    document = opendocument.OpenDocumentSpreadsheet()
    sheet = tables.Table(name="Pobl - People")
    line = tables.TableRow()
    for value in ("Heddlu / Police", 9):
        kind = {"valuetype": "string"} if isinstance(value, str) else {"valuetype": "float", "value": value}
        cell = tables.TableCell(**kind)
        cell.addElement(words.P(text=str(value)))
        line.addElement(cell)
    sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    assert cells(reader, out.getvalue()) == {(1, 1): "Heddlu / Police", (1, 2): 9.0}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_csv_of_each_kind(reader, separator, encoding, ending):
    lines = [
        "Drive – return",
        "",
        f"Section{separator}Value{separator}Comment",
        f'Cost £{separator}"£1,234.50"{separator}',
    ]
    lines += [f'Say "x"{separator}3{separator}"two{ending}lines"', f"Other{separator}4{separator}", "End"]
    grid = reader.read((ending.join(lines) + ending).encode(encoding))
    assert grid.kind == "csv"
    assert grid.sheets[0].cells == {
        (1, 1): "Drive – return",
        (3, 1): "Section",
        (3, 2): "Value",
        (3, 3): "Comment",
        (4, 1): "Cost £",
        (4, 2): "£1,234.50",
        (5, 1): 'Say "x"',
        (5, 2): "3",
        (5, 3): f"two{ending}lines",
        (7, 1): "Other",
        (7, 2): "4",
        (8, 1): "End",
    }


def test_sheet_names_of_every_kind(reader):
    names = ("a &amp; b", "Ŵy £ – ’", " x ", "=1+1", "&lt;b&gt;")
    grid = reader.read(xlsx(names=names))
    assert [sheet.name for sheet in grid.sheets] == ["a & b", "Ŵy £ – ’", " x ", "=1+1", "<b>"]
