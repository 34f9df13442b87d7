"""Personal data refuses a file wherever it is planted, leaves no trace, and is never seen in ordinary words."""
# ruff: noqa: E501 - markup and words stand as they would in a file

import datetime
import io
import random
import re
import tomllib
import traceback
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from making_files import number_row, ods, ods_parts, relations, row, table, words_cell, xlsx, xlsx_parts, zipped

import etl.sites
from etl.intake import Grid, Reader, Refused, Sheet, Text, refuse_personal_data
from etl.intake.headings import heading_of
from etl.intake.personal import looks_personal

NHS = "943 476 5919"
NOTHING: frozenset[tuple[str, int, int]] = frozenset()

LOOKS_LIKE = {
    "an NHS number": [
        "943 476 5919",
        "943-476-5919",
        "943.476.5919",
        "9434765919",
        "NHS9434765919",
        "9 4 3 4 7 6 5 9 1 9",
        "943\u00a0476\u20095919",
        "943\u2013476\u20115919",
        "943\u200b4765919",
        "９４３４７６５９１９",
        "see 943 476 5919, closed",
        "401 023 2137",
    ],
    "a National Insurance number": ["AB123456C", "ab 12 34 56 c", "AB-12-34-56-C", "QQ123456C", "NI: JG 10 37 59 A."],
    "a postcode": [
        "CR0 1EA",
        "cr01ea",
        "SW1A 1AA",
        "moved to SA1 4PE in May",
        "B33 8TH",
        "EC1A-1BB",
        "W1A  0AX",
        "GIR 0AA",
    ],
    "an e-mail address": [
        "j.smith@example.org",
        "write to <jane@council.gov.uk>",
        "jane (at) example (dot) org",
        "jane[at]example.org",
        "jane＠example.org",
        "mailto:jane@example.org",
        "jane@localcouncil.uk",
    ],
    "a telephone number": [
        "07700 900123",
        "07700900123",
        "+44 7700 900123",
        "+44 (0)20 7946 0000",
        "0044 20 7946 0000",
        "(020) 7946 0000",
        "020-7946-0123",
        "01632 960 001",
        "tel 0161.496.0000",
        "7700900123",
        "+353 1 234 5678",
    ],
    "a date of birth": [
        "14/03/1985",
        "3/4/85",
        "14.03.1985",
        "14.03.85",
        "14-03-1985",
        "14 03 1985",
        "1985-03-14",
        "1985/03/14",
        "14 March 1985",
        "14th of March 1985",
        "14-Mar-85",
        "14 Mar '85",
        "March 14, 1985",
        "14 Mawrth 1985",
        "DOB 140385",
        "d.o.b.: 3 May",
        "born on 3 May",
        "dyddiad geni 3/5",
        "child b. 01/02/2009",
    ],
    "a PNC number": ["2001/1234567X", "01/1234567X", "PNC 01/12345A", "20011234567X", "01-1234567x"],
    "a CRO number": ["123456/01X", "SF39/12345A"],
    "a prison number": ["A1234BC"],
    "a case or client number": [
        "Case no 12345",
        "client ref: ABC12345",
        "service user ID 4567",
        "Case reference DV/20193",
    ],
    "an entry in a column of names": [
        "Name: John",
        "Client name - old : Jo\nSurname: Smith",
        "Enw: Siân",
        "First name = Jo",
    ],
    "an entry in a column of addresses": ["Address: 1 High Street", "Cyfeiriad: 1 Stryd Fawr"],
}


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in LOOKS_LIKE.items() for text in texts])
def test_what_looks_personal(what, text):
    assert looks_personal(text) == what


HEADINGS = """
name|NAME|Name:|Names|Full name|Surname|SURNAME |Sur-name|Forename|Forename(s)|First name|first_name|FirstName|Last name
Family name|Middle names|Maiden name|Client name|Client's name|Client’s Name|Service user name|Perpetrator name|Victim name
Name of victim|Child's name|Known as / alias|Surname, Forename|Surname and first name|Name / Enw|Enw|ENW:|Enw llawn|Cyfenw
Date of birth|date_of_birth|DateOfBirth|DOB|D.O.B.|d.o.b|D O B|Birth date|Birthdate|Client DOB|Dyddiad geni|Dyddiad Geni / DOB
Address|Addresses|Home address|Address line 1|Current address|Cyfeiriad|Cyfeiriad cartref|Postcode|Post code|post-code|Cod post
Côd post|Name & address|Phone|Telephone|Telephone number|Mobile|Mobile no.|Tel. no.|Contact number|E-mail|Email address|E-bost
Case ID|case_id|CaseID|Case no|Case number|Case ref|Case reference|Client ID|Client id.|ClientID|Client no.|Client number
Service user ID|Perpetrator ID|Victim ID|URN|CRN|Unique identifier|NHS number|NHS No.|nhs_no|NHSNumber|Rhif GIG|NI number
NI no|NINO|National Insurance number|PNC|PNC ID|PNC number|CRO number|Rhif achos|Initials|Client initials
"""


@pytest.mark.parametrize("heading", [word for line in HEADINGS.strip().splitlines() for word in line.split("|")])
def test_headings_that_promise_personal_data(heading):
    assert heading_of(heading) or heading == "Known as / alias"


ORDINARY = """
£644,709|£1,234.50|(500.00)|-£3.20|1234567.89|10,000,000|£1234567890|£9434765919|9434765919.50|0.9434765919|100000 / 20 = 5000
2019-20|2019/20|2018/19A|Year 2018/19 B|FY2019|2019/20 Q1|07/2019|Apr-19|Apr 19|April 2019|May 2012|5 May 2019|01/04/2019
2019-04-01|30/04/2019 - 31/05/2019|01-04-2019 12:30|Received 12/11/19|Case closed 12/05/2019|WM 201904|WM_DRIVE_201904|201904
Completed by: Site data officer|Completed by|Site data officer|South Wales Police|Unit 5|DA1 2 cases|E1 2 ..|A1|F16|A1 to F16
E1 1st quarter|Q1 1st|E16 3rd|E14 case|Section 4a 2019|79 (17%)|1O|12.5 people|<5|n/a|5 or under|3/4|10/11|12 of 34|1 in 10
v1.2.10|Return version 2.0|Please complete by the 10th working day|London Borough of Croydon|18 – 24|18-24|55+|12 months
Site|Site name|Name of site|Reporting month|Status|Final|Ref|Indicator|Category|Notes|YTD|Number|Total|Contact|Direct contact
Case managers|Cases|Case managers in post (FTE)|New cases|Repeat cases|Client groups|Clients|Service users|Victims|Children
MARAC repeats 2019|Home address checks|Address not known: 3|case numbers 2019|Cases closed: 12|Number of cases: 1234|12 clients
=SUM(D5:D11)|Sheet1!$A$1:$D$20|Drive Project - monthly return|West Midlands PCC (Birmingham and Sandwell)|Period: April 2019
End of return|Mis / Month|Medi 2018 / September 2018|Achosion - Cases|Arian - Money|Heb ei nodi / Not stated|Finance £000
Birmingham|Sandwell|Worcestershire|Swansea|Newport|Cardiff|Merthyr Tydfil|Rhondda Cynon Taf|B'ham|SE London|NHS|NHS England
Rise Mutual|Safer London|Phoenix Domestic Abuse Services|DAPP 2|IDVA 1.5 FTE|CCG 2019/20: £12,000|Grant 2018-2021|Case 12
"""


@pytest.mark.parametrize("text", [word for line in ORDINARY.strip().splitlines() for word in line.split("|")])
def test_ordinary_words_are_let_in(text):
    refuse_personal_data(grid_of(text), NOTHING, NOTHING)


def grid_of(*values: object) -> Grid:
    return Grid("xlsx", (Sheet("Notes", {(1, column): value for column, value in enumerate(values, 1)}),), ())


def site_words() -> list[str]:
    """Every word in the sites' own layouts, labels and names."""

    def strings(value: object):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from (text for inner in value.values() for text in strings(inner))
        elif isinstance(value, list):
            yield from (text for inner in value for text in strings(inner))

    folder = Path(etl.sites.__file__).parent
    found = {text for file in folder.glob("*.toml") for text in strings(tomllib.loads(file.read_text("utf-8")))}
    return sorted(text for text in found if "(?P<" not in text and "://" not in text and "@" not in text)


def legal_text(chance: random.Random, words: list[str]) -> object:
    """A word, number, amount or date as a return holds it."""
    amount = chance.choice([chance.uniform(0, 100), chance.uniform(0, 1e6), chance.randint(0, 99_999)])
    year, month, day = chance.randint(2016, 2026), chance.randint(1, 12), chance.randint(1, 28)
    date = datetime.date(year, month, day)
    word = chance.choice(words)
    return chance.choice(
        [
            lambda: word,
            lambda: word.upper(),
            lambda: f" {word.lower()}:",
            lambda: f"{word} {chance.choice(words)}",
            lambda: f"{word}: {amount:,.2f}",
            lambda: f"£{amount:,.2f}",
            lambda: f"({amount:,.0f})",
            lambda: f"{amount:.2f} {word}",
            lambda: f"{chance.randint(0, 999)} ({chance.randint(0, 100)}%)",
            lambda: f"{year}-{(year + 1) % 100:02}",
            lambda: f"{year}/{(year + 1) % 100:02} {word}",
            lambda: date.strftime(
                chance.choice(["%d/%m/%Y", "%b-%y", "%B %Y", "%Y-%m", "%Y-%m-%d", "%d %B %Y", "%b %y"])
            ),
            lambda: f"{word} {date:%d/%m/%Y} - {date:%d/%m/%Y}",
            lambda: f"{chance.choice('AEF')}{chance.randint(1, 40)}",
            lambda: f"{chance.choice('AEF')}{chance.randint(1, 40)} {chance.randint(0, 99)} {word}",
            lambda: amount,
            lambda: float(chance.randint(0, 99_999_999)),
            lambda: date,
            lambda: datetime.datetime(year, month, day, 9, 30),
            lambda: chance.random() < 0.5,
        ]
    )()


def test_10_000_random_legal_words_and_numbers_are_never_refused():
    chance, words = random.Random(20191211), site_words()
    assert len(words) > 200
    for _ in range(500):
        refuse_personal_data(grid_of(*(legal_text(chance, words) for _ in range(20))), NOTHING, NOTHING)


def with_check_digit(nine: str) -> str | None:
    rest = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return None if 11 - rest == 10 else nine + str((11 - rest) % 11)


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", "-", "\u00a0", "\u2011"]))
def test_every_nhs_number_is_seen_and_no_other_with_gaps(nine, gap):
    number = with_check_digit(nine)
    for digit in "0123456789":
        text = gap.join((nine[:3], nine[3:6], nine[6:] + digit))
        of_one_digit = len(set(nine + digit)) == 1  # the check digit fits, but it is nobody's number
        assert (looks_personal(text) == "an NHS number") == (nine + digit == number and not of_one_digit)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_answered(text):
    assert isinstance(looks_personal(text) + heading_of(text), str)


def test_a_long_text_takes_no_time():
    for text in (
        "0 " * 16_000,
        "1" * 32_000,
        "a@" * 16_000,
        "01/" * 10_000,
        "( " * 16_000,
        ": " * 16_000,
        "+4" * 16_000,
    ):
        start = datetime.datetime.now()
        looks_personal(text)
        assert (datetime.datetime.now() - start).total_seconds() < 1


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        (9434765919.0, True),
        (7700900123.0, True),
        (447700900123.0, True),
        (datetime.date(1985, 3, 14), True),
        (datetime.datetime(2009, 3, 14, 0, 0), True),
        (datetime.date(2019, 4, 1), False),
        (datetime.date(1900, 1, 5), False),
        (644709.0, False),
        (12.5, False),
        (9434765918.0, False),
        (True, False),
    ],
)
def test_numbers_and_dates_outside_the_number_cells(value, refused):
    try:
        refuse_personal_data(grid_of(value), NOTHING, NOTHING)
        assert not refused
    except Refused as found:
        assert refused and found.cell == "A1"


def test_numbers_in_number_cells_are_fine_and_text_in_them_is_not():
    place = frozenset({("Notes", 1, 1)})
    refuse_personal_data(grid_of(9434765919.0), NOTHING, place)
    refuse_personal_data(grid_of(datetime.date(1985, 3, 14)), NOTHING, place)
    with pytest.raises(Refused):
        refuse_personal_data(grid_of(NHS), NOTHING, place)


def test_expected_cells_need_no_look():
    refuse_personal_data(grid_of("Name", NHS), frozenset({("Notes", 1, 1), ("Notes", 1, 2)}), NOTHING)


def test_the_sentence():
    cells = {(17, 4): NHS}
    with pytest.raises(Refused) as refused:
        refuse_personal_data(Grid("xlsx", (Sheet("Notes", cells),), ()), NOTHING, NOTHING)
    assert refused.value.sentence == "Cell D17 of sheet Notes looks like an NHS number."
    assert refused.value.fix == "Take personal data out and send the return again."
    assert (refused.value.code, refused.value.sheet, refused.value.cell) == ("personal_data", "Notes", "D17")
    with pytest.raises(Refused) as refused:
        refuse_personal_data(Grid("csv", (Sheet("", {(12, 5): NHS}),), ()), NOTHING, NOTHING)
    assert refused.value.sentence == "Line 12, column E looks like an NHS number."
    with pytest.raises(Refused) as refused:
        refuse_personal_data(Grid("xlsx", (), (Text("Notes", "comment on B2", NHS),)), NOTHING, NOTHING)
    assert refused.value.sentence == "Comment on B2 of sheet Notes looks like an NHS number."
    with pytest.raises(Refused) as refused:
        refuse_personal_data(grid_of("Surname"), NOTHING, NOTHING)
    assert refused.value.sentence == "Cell A1 of sheet Notes looks like the heading of a column of names."


# Ways to plant it, end to end


def in_openpyxl(plant) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "Referrals"
    plant(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def in_xlsxwriter(plant) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Cases")
    sheet.write("A1", "Referrals")
    plant(book, sheet)
    book.close()
    return out.getvalue()


def with_rich_text(book, sheet):
    sheet.write_rich_string("B2", "943 ", book.add_format({"bold": True}), "476", " 5919")


def with_chart(book, sheet):
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Cases!$A$1:$A$2"})
    chart.set_title({"name": NHS})
    sheet.insert_chart("D4", chart)


def with_threaded_comment() -> bytes:
    return zipped(
        xlsx_parts()
        | {
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("rId1", "threadedComment", "../threadedComments/t1.xml")),
            "xl/threadedComments/t1.xml": f"<T><threadedComment ref='B2'><text>{NHS}</text></threadedComment></T>",
        }
    )


def as_hidden_row(book, sheet):
    sheet["A9"] = NHS
    sheet.row_dimensions[9].hidden = True


def as_hidden_column(book, sheet):
    sheet["Z1"] = NHS
    sheet.column_dimensions["Z"].hidden = True


def as_comment(book, sheet):
    from openpyxl.comments import Comment

    sheet["B2"].comment = Comment(f"This is {NHS}", "x")


def as_footer(book, sheet):
    sheet.oddFooter.left.text = NHS


def as_hidden_sheet(book, sheet):
    other = book.create_sheet("Other")
    other["A1"], other.sheet_state = NHS, "veryHidden"


def as_validation(book, sheet):
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.add_data_validation(DataValidation(type="list", formula1='"Yes,No"', prompt=NHS, sqref="B1"))


def as_name(book, sheet):
    from openpyxl.workbook.defined_name import DefinedName

    book.defined_names["note"] = DefinedName("note", attr_text=f'"{NHS}"')


ODS_SHAPE = (
    f"<table:shapes><draw:frame><draw:text-box><text:p>{NHS}</text:p></draw:text-box></draw:frame></table:shapes>"
)
ODS_NOTE = (
    "<table:table-row><table:table-cell><office:annotation><text:p>943 <text:span>476 5919</text:span></text:p>"
    "</office:annotation></table:table-cell></table:table-row>"
)
ODS_CHANGE = f"<table:tracked-changes><table:cell-content-change><text:p>{NHS}</text:p></table:cell-content-change></table:tracked-changes>"
CSV = "Drive Project\nPeriod: April 2019\n\nSection,Indicator,Value,Comment\n1,Referrals,3,{}\nEnd of return\n"

PLANTED = {
    "a cell": lambda: in_openpyxl(lambda b, s: s.cell(17, 4, NHS)),
    "a cell as a number": lambda: in_openpyxl(lambda b, s: s.cell(17, 4, 9434765919)),
    "a cell among words": lambda: in_openpyxl(lambda b, s: s.cell(17, 4, f"as {NHS} moved")),
    "a cell of a date of birth": lambda: in_openpyxl(lambda b, s: s.cell(3, 3, datetime.date(1985, 3, 14))),
    "a column headed Surname": lambda: in_openpyxl(lambda b, s: s.cell(1, 9, "Surname")),
    "rich text in pieces": lambda: in_xlsxwriter(with_rich_text),
    "a cell's own text": lambda: xlsx(row("><v>1</v>", f't="inlineStr"><is><t>{NHS}</t></is>')),
    "a formula's result": lambda: xlsx(row(f't="str"><f>A2</f><v>{NHS}</v>')),
    "a formula's words": lambda: xlsx(row(f'><f>IF(1,2,"{NHS}")</f><v>2</v>')),
    "a string no cell shows": lambda: xlsx(strings=f"<si><t>{NHS}</t></si>"),
    "phonetic text": lambda: xlsx(
        row('t="s"><v>0</v>'), strings=f"<si><t>a</t><rPh sb='0' eb='1'><t>{NHS}</t></rPh></si>"
    ),
    "a hidden row": lambda: in_openpyxl(as_hidden_row),
    "a hidden column": lambda: in_openpyxl(as_hidden_column),
    "a hidden sheet": lambda: in_openpyxl(as_hidden_sheet),
    "the name of a sheet": lambda: xlsx(names=("Cases", NHS)),
    "a comment": lambda: in_openpyxl(as_comment),
    "a threaded comment": with_threaded_comment,
    "a page footer": lambda: in_openpyxl(as_footer),
    "a text box": lambda: in_xlsxwriter(lambda b, s: s.insert_textbox("C3", NHS)),
    "a picture's description": lambda: (
        in_xlsxwriter(lambda b, s: s.insert_shape("C3", {"description": NHS}))
        if hasattr(xlsxwriter.worksheet.Worksheet, "insert_shape")
        else in_xlsxwriter(lambda b, s: s.insert_textbox("C3", "x", {"description": NHS}))
    ),
    "a chart's title": lambda: in_xlsxwriter(with_chart),
    "an input message": lambda: in_openpyxl(as_validation),
    "a defined name": lambda: in_openpyxl(as_name),
    "a link": lambda: in_xlsxwriter(lambda b, s: s.write_url("B2", "mailto:jane@example.org", string="Write")),
    "an .ods cell": lambda: ods(f"<table:table-row>{words_cell(NHS)}</table:table-row>"),
    "an .ods cell without a type": lambda: ods(
        f"<table:table-row><table:table-cell><text:p>{NHS}</text:p></table:table-cell></table:table-row>"
    ),
    "an .ods comment": lambda: ods(ODS_NOTE),
    "an .ods text box": lambda: ods(ODS_SHAPE + number_row(1)),
    "an .ods tracked change": lambda: zipped(ods_parts(ODS_CHANGE + table(number_row(1)))),
    "an .ods page header": lambda: zipped(
        ods_parts(table(number_row(1))) | {"styles.xml": f"<x xmlns:text='t'><text:p>{NHS}</text:p></x>"}
    ),
    "the name of an .ods sheet": lambda: zipped(ods_parts(table(number_row(1), NHS))),
    "a CSV comment": lambda: CSV.format(NHS).encode(),
    "a CSV's first lines": lambda: (f"{NHS}\n" + CSV.format("")).encode(),
    "a CSV's last lines": lambda: (CSV.format("") + "call 07700 900123\n").encode("cp1252"),
    "a CSV's heading": lambda: CSV.replace("Comment", "Client ID").format("").encode(),
    "a CSV's value": lambda: CSV.replace(",3,", f",{NHS},").format("").encode(),
}
SECRETS = ("943", "476", "5919", "9434765919", "1985", "jane", "07700", "900123")


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


@pytest.mark.parametrize("place", PLANTED)
def test_planted_personal_data_is_refused_without_a_trace(reader, place, capfd, caplog):
    with pytest.raises(Refused) as refused:
        refuse_personal_data(reader.read(PLANTED[place]()), NOTHING, NOTHING)
    found = refused.value
    told = "".join((found.sentence, found.fix, found.sheet, found.cell, found.code, repr(found), str(found.args)))
    told += "".join(traceback.format_exception_only(found)) + "".join(capfd.readouterr()) + caplog.text
    assert not [secret for secret in SECRETS if secret in told]
    assert found.__cause__ is None and found.__context__ is None
    assert found.code in ("personal_data", "hidden_sheet")


IN_OTHER_WORDS = {
    "a cell of a date of birth",
    "a column headed Surname",
    "a CSV's heading",
    "a CSV's last lines",
    "a cell as a number",
    "a link",
    "rich text in pieces",
    "a hidden sheet",
}


@pytest.mark.parametrize("place", sorted(set(PLANTED) - IN_OTHER_WORDS))
def test_without_the_planted_number_the_same_file_comes_in(reader, place, monkeypatch):
    """So that each refusal above is for what was planted."""
    for name in ("NHS", "ODS_SHAPE", "ODS_NOTE", "ODS_CHANGE"):
        monkeypatch.setattr(f"{__name__}.{name}", re.sub(r"(?:943 )?476 5919|943 ", "harmless", globals()[name]))
    refuse_personal_data(reader.read(PLANTED[place]()), NOTHING, NOTHING)
