"""The guard's own count of an .xlsx sheet: the fast expression, the slow scan and the reader say the same."""
# ruff: noqa: E501 - markup and words stand as they would in a file

import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from making_files import MAIN, xlsx_parts, zipped

from etl.intake import Refused, strings, worksheet
from etl.intake.child import read

STRINGS = "<si><t>Police</t></si><si><t xml:space='preserve'> </t></si><si><r><t>a</t></r><r><t> b</t></r></si>"
EMPTY_STRINGS = STRINGS + "<si><t/></si><si><t> </t></si><si></si>"

texts = st.sampled_from(["Police", "a &amp; b", " x", "x ", " ", "1", "£5", "&#65;", "\u00a0", "a\nb", ""])
spaces = st.sampled_from(["", ' xml:space="preserve"'])
formulas = st.sampled_from(
    ["", "<f>A1*2</f>", '<f t="shared" si="0"/>', "<f>A1&gt;2</f>", '<f>IF(A1,"x","")</f>', "<f/>"]
)
numbers = st.sampled_from(["1", "0", "-2.5", "1.5E+3", "43556", "", "1e400", "007"])
insides = st.one_of(
    st.tuples(st.just(""), st.builds("{}<v>{}</v>".format, formulas, numbers)),
    st.tuples(st.just(""), st.builds("{}<v/>".format, formulas)),
    st.tuples(st.just(""), formulas),
    st.tuples(st.just(' t="n"'), st.builds("{}<v>{}</v>".format, formulas, numbers)),
    st.tuples(st.just(' t="s"'), st.builds("<v>{}</v>".format, st.sampled_from("012345"))),
    st.tuples(st.just(' t="b"'), st.builds("{}<v>{}</v>".format, formulas, st.sampled_from("01"))),
    st.tuples(st.just(' t="str"'), st.builds("{}<v{}>{}</v>".format, formulas, spaces, texts)),
    st.tuples(st.just(' t="inlineStr"'), st.builds("<is><t{}>{}</t></is>".format, spaces, texts)),
    st.tuples(
        st.just(' t="inlineStr"'), st.builds("<is><r><t{}>{}</t></r><r><t>{}</t></r></is>".format, spaces, texts, texts)
    ),
    st.tuples(st.just(' t="inlineStr"'), st.just("<is/>")),
    st.tuples(
        st.just(' t="e"'), st.builds("{}<v>{}</v>".format, formulas, st.sampled_from(["#REF!", "#N/A", "#CALC!", ""]))
    ),
    st.tuples(st.just(' t="d"'), st.just("<v>2019-04-01</v>")),
)
heights = st.sampled_from(["", ' ht="15"', ' spans="1:3"'])
styles = st.sampled_from(["", ' s="1"', ' s="0"', " s='2'"])


@st.composite
def rows(draw):
    written = ""
    for row in sorted(draw(st.sets(st.integers(1, 60), max_size=5))):
        cells = ""
        for column in sorted(draw(st.sets(st.integers(0, 9), max_size=5))):
            kind, inside = draw(insides)
            named = draw(st.sampled_from([f' r="{chr(65 + column)}{row}"', f" r='{chr(65 + column)}{row}'"]))
            cells += f"<c{named}{draw(styles)}{kind}>{inside}</c>"
        written += f'<row r="{row}"{draw(heights)}>{cells}</row>'
    return written


def sheet(rows_: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows_}</sheetData></worksheet>'.encode()


@settings(max_examples=250, deadline=None)
@given(rows())
def test_the_guard_counts_what_the_reader_finds(written):
    """No form that a program may write is taken for a contradiction."""
    content = zipped(xlsx_parts(written, strings=EMPTY_STRINGS))
    try:
        read(content)
    except Refused as refused:
        assert refused.code != "disagreement"
        assert refused.code == "damaged" and "&#65;" in written
    except (python_calamine.CalamineError, OverflowError):
        assert ">1e400<" in written or 't="n"' in written


@settings(max_examples=250, deadline=None)
@given(rows())
def test_the_fast_expression_agrees_with_the_slow_scan(written):
    shared = strings.inspect(
        f'<sst xmlns="{MAIN}">{STRINGS}<si><t>c</t></si><si><t>d</t></si><si><t>e</t></si></sst>'.encode()
    )
    content = sheet(written.replace("'", '"'))
    fast = worksheet._plain(content, shared)
    if fast is not None:
        slow = worksheet._Scan("Cases", shared).run(content)
        assert (fast.filled, fast.used, fast.references) == (slow.filled, slow.used, slow.references)
        assert not slow.overrides and not slow.formula_texts
        assert [element.name for element in fast.others] == [element.name for element in slow.others]


def test_ordinary_sheets_take_the_fast_way():
    """A writer's common forms stay fast: measured over a thousand files, the slow scan takes three times as long."""
    written = (
        '<row r="1" spans="1:3" ht="15" x14ac:dyDescent="0.25"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="2"/>'
        '<c r="C1" s="2"><f>SUM(A1:A2)</f><v>1.5</v></c><c r="D1" t="inlineStr"><is><t>x</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f t="shared" si="0"/><v>x</v></c><c r="B2" s="1" /><c r="C2" t="b"><v>1</v></c></row>'
    )
    shared = strings.inspect(f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>'.encode())
    found = worksheet._plain(sheet(written), shared)
    assert found is not None and found.filled == 5


def test_strings_in_the_fast_form_and_in_any_other_are_counted_alike():
    plain = "".join(f"<si><t>{text}</t></si>" for text in ("a", "b &amp; c", "d ", "£"))
    fast = strings.inspect(f'<sst xmlns="{MAIN}" count="9" uniqueCount="4">{plain}</sst>'.encode())
    slow = strings.inspect(f'<sst xmlns="{MAIN}"><!-- -->{plain}</sst>'.encode())
    assert fast.content and not slow.content
    assert (fast.count, fast.empty) == (slow.count, slow.empty) == (4, frozenset())
    assert [text.strip() for text in fast.texts()] == list(slow.texts()) == ["a", "b & c", "d", "£"]
