"""The guard's own count of an .ods table: the fast expression, the slow scan and the reader say the same."""
# ruff: noqa: E501 - markup and words stand as they would in a file

import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from making_files import ODS_NAMES, ods, table

from etl.intake import Refused, spreadsheet
from etl.intake.child import read

paragraphs = st.sampled_from(
    [
        "",
        "<text:p>Heddlu / Police</text:p>",
        "<text:p>a &amp; b</text:p>",
        "<text:p/>",
        "<text:p></text:p>",
        "<text:p> x </text:p>",
        "<text:p><text:s/></text:p>",
        "<text:p>a</text:p><text:p>b</text:p>",
        "<text:p>#REF!</text:p>",
        "<text:p><text:span>a</text:span></text:p>",
        "<office:annotation><text:p>n</text:p></office:annotation>",
    ]
)
types = st.sampled_from(
    [
        "",
        ' office:value-type="string"',
        ' office:value-type="string" calcext:value-type="string"',
        ' office:value-type="float" office:value="3"',
        ' office:value-type="currency" office:currency="GBP" office:value="3.5"',
        ' office:value-type="percentage" office:value="0.5"',
        ' office:value-type="date" office:date-value="2019-04-01"',
        ' office:value-type="boolean" office:boolean-value="true"',
        ' office:value-type="time" office:time-value="PT1H"',
        ' office:value-type="float"',
        ' office:value-type="string" office:string-value=""',
        ' office:value-type="string" office:string-value="" calcext:value-type="error"',
    ]
)
formulas = st.sampled_from(["", "", ' table:formula="of:=[.A1]"'])
repeats = st.sampled_from(["", "", ' table:number-columns-repeated="2"'])
styles = st.sampled_from(["", ' table:style-name="ce1"'])
names = st.sampled_from(["table-cell", "table-cell", "covered-table-cell"])


@st.composite
def cells(draw):
    name = f"table:{draw(names)}"
    inside = draw(paragraphs)
    attributes = draw(styles) + draw(formulas) + draw(types) + draw(repeats)
    return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"


rows = st.lists(
    st.builds(
        "<table:table-row{}>{}</table:table-row>".format,
        st.sampled_from(["", "", ' table:style-name="ro1"', ' table:number-rows-repeated="2"']),
        st.lists(cells(), max_size=5).map("".join),
    ),
    max_size=4,
).map("".join)


def content_xml(tables: str) -> bytes:
    return (
        f"<office:document-content {ODS_NAMES}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
        "</office:body></office:document-content>"
    ).encode()


@settings(max_examples=250, deadline=None)
@given(rows)
def test_the_guard_counts_what_the_reader_finds(written):
    """No form that a program may write is taken for a contradiction."""
    try:
        read(ods(written or "<table:table-row/>"))
    except Refused as refused:
        assert refused.code != "disagreement"
    except python_calamine.CalamineError:
        assert "office:" in written


@settings(max_examples=250, deadline=None)
@given(rows)
def test_the_fast_expression_agrees_with_the_slow_scan(written):
    content = content_xml(table(written) + table(written, "Other"))
    fast, slow = spreadsheet._plain(content, set()), spreadsheet._any(content, set())
    assert fast is None or fast == slow


def test_ordinary_tables_take_the_fast_way():
    written = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>Heddlu / Police</text:p></table:table-cell>'
        '<table:table-cell table:style-name="ce1"/><table:table-cell office:value-type="float" office:value="9"><text:p>9'
        "</text:p></table:table-cell></table:table-row><table:table-row/>"
    )
    fast = spreadsheet._plain(content_xml(table(written)), set())
    assert fast is not None and fast[0][0].filled == 2
