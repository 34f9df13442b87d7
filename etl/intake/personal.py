"""Personal data in a return: a file with anything that looks like it is refused, and the value is never repeated.

A return is totals of a month, so a name or a number of a person in it is a mistake, and a breach if we keep it. A rule
that refuses too much costs a site a phone call; one that lets a person through cannot be undone. A refusal therefore
names the kind and the cell, and neither the receipt nor a log has the value.
"""

import datetime
import re
from collections.abc import Callable, Set

from etl.intake.cache import remembered
from etl.intake.grid import Grid, Refused, Sheet, Text, address, column_letters
from etl.intake.headings import heading_of, label_of, plain

Cells = Set[tuple[str, int, int]]
FIX = "Take personal data out and send the return again."

# A date before this is far before any reporting month of the project: in a return it is somebody's birth.
BORN_FROM, BORN_BEFORE = 1900, 2014
DATE_CELL_FROM = 1915  # a date cell before this is a small number that was formatted as a date
TWO_DIGIT_YEARS = {year: 1900 + year for year in range(31, 100)} | {year: 2000 + year for year in range(14)}

_LONG_NUMBER = 1e9  # ten digits: shorter ones are counts and amounts

DIGIT = re.compile(r"\d")
NHS = re.compile(r"(?<![\d£$€])(?<!\d[.,])(?:\d{3}[ ./_-]{0,2}\d{3}[ ./_-]{0,2}\d{4}|\d(?:[ .-]\d){9})(?![.,]?\d)")
INSURANCE = re.compile(
    r"(?<![A-Z0-9])(?!BG|GB|KN|NK|NT|TN|ZZ)(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]|QQ)"
    r"[ -]{0,2}\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D](?![A-Z0-9])",
    re.IGNORECASE,
)
AREA = re.compile(
    r"AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|"
    r"DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|"
    r"IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|"
    r"NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|"
    r"ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
POSTCODE = re.compile(
    r"(?<![A-Z0-9])([A-Z]{1,2})\d[\dA-HJKMNPR-Y]?[ -]{0,2}(\d[ABD-HJLNP-UW-Z]{2})(?![A-Z0-9])"
    r"|(?<![A-Z0-9])(GIR) ?(0AA)(?![A-Z0-9])",
    re.IGNORECASE,
)
ORDINAL = re.compile(r"1st|2nd|3rd|[04-9]th")
EMAIL = re.compile(
    r"(?<![^\s@<>()\[\]])[^\s@<>()\[\]]{1,64} ?(?:@|[\[(] ?at ?[\])]) ?"
    r"[^\s@<>()\[\].]{1,63}(?:(?:\.| ?[\[(] ?dot ?[\])] ?)[^\s@<>()\[\].]{1,63}){0,8}?"
    r"(?:\.| ?[\[(] ?dot ?[\])] ?)[a-z]{2,}",
    re.IGNORECASE,
)
GAP = r"[ ().-]{0,2}"
TELEPHONE = re.compile(
    rf"(?=[+(07])(?<![\w£$€/])(?<!\d[.,])(?:(?:\+|00) ?44{GAP}(?:\(?0\)?{GAP})?[1-35789](?:{GAP}\d){{8,9}}"
    rf"|\+[1-9](?:{GAP}\d){{8,13}}"
    rf"|\(?0[1-35789](?:{GAP}\d){{8,9}}"
    r"|7\d{3} ?\d{3} ?\d{3})(?![\d/])(?![.,]\d)"
)
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ion|chw|maw|ebr|mai|meh|gor|aws|med|hyd|tach|rhag"
MONTH = rf"(?:{MONTHS})[a-z]*"
DATE = re.compile(
    r"(?=[\djfmasonditcrgehb])(?<![\d/-])(?<!\d\.)(?:"
    r"(?:0?[1-9]|[12]\d|3[01])(?P<gap>[/.\- ])(?:0?[1-9]|1[0-2])(?P=gap)(?P<year>(?:19|20)\d\d)"
    r"|(?P<year_first>(?:19|20)\d\d)(?P<first_gap>[/.\-])(?:0?[1-9]|1[0-2])(?P=first_gap)(?:[12]\d|3[01]|0?[1-9])"
    r"|(?:0?[1-9]|[12]\d|3[01])(?P<short_gap>[/-])(?:0?[1-9]|1[0-2])(?P=short_gap)(?P<short>\d\d)"
    r"|(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.(?P<dotted>[3-9]\d)"
    rf"|(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|eg|ain|af|fed|ed|ydd)?[ -]*(?:of |o )?{MONTH}[ ,.-]*"
    r"(?:(?P<named>(?:19|20)\d\d)|'?(?P<named_short>\d\d))"
    rf"|{MONTH} (?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?,? (?P<american>(?:19|20)\d\d)"
    r")(?!\d)",
    re.IGNORECASE,
)
BORN = re.compile(
    r"(?<![a-z])(?:d\.? ?o\.? ?b\.?|dates? of birth|birth ?da(?:y|te)|born(?: on)?|dyddiad geni|ganwyd|ganed)"
    r"[^a-z0-9]{0,6}(?:on |ar |the |is |in )?\d",
    re.IGNORECASE,
)
POLICE = re.compile(
    r"(?<![\w/.,£])(?:(?:19|20)?(\d\d) ?[/-] ?(\d{3,7})|(?:19|20)(\d\d)(\d{7})) ?([A-HJ-NP-RT-Z])(?![A-Z0-9])",
    re.IGNORECASE,
)
POLICE_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"  # the last character of a PNC number is its first nine digits modulo 23
FINGERPRINT = re.compile(
    r"(?<![\w/.,£])(?!(?:19|20)\d\d/)(?:\d{4,6}/\d\d|SF ?\d\d/\d{3,6}) ?[A-HJ-NP-RT-Z](?![A-Z0-9])", re.IGNORECASE
)
PRISON = re.compile(r"(?<![A-Z0-9])A\d{4}[A-HJ-Z][A-Z](?![A-Z0-9])")
CASE = re.compile(
    r"(?<![a-z])(?:case|client|service user|nominal|perpetrator|custody|crime) ?(?:id|ref|reference|no|number)\b"
    r"[ .:#=-]*(?:is )?[a-z/-]{0,6}\d{3,}",
    re.IGNORECASE,
)


def refuse_personal_data(grid: Grid, expected: Cells, number_cells: Cells) -> None:
    """Raise Refused at the first thing that looks like personal data.

    `expected` are the cells that need no look (a layout's headings and labels, the cover's lines); `number_cells` those
    that hold its numbers, where only text is looked at. Both as (sheet name, row, column).
    """
    for number, sheet in enumerate(grid.sheets, 1):
        if found := looks_personal(sheet.name):
            raise _refusal(f"The name of sheet {number} looks like {found}.")
    for sheet in grid.sheets:
        _refuse_cells(grid.kind, sheet, expected, number_cells)
    for text in grid.other_text:
        if found := looks_personal(text.text):
            raise _refused_text(text, found)


def looks_personal(text: str) -> str:
    """What a text looks like ('an NHS number'), or '' when it looks like nothing personal."""
    if len(text) < 5:
        return ""
    text = plain(text)
    if DIGIT.search(text):
        for what, is_in in PATTERNS:
            if is_in(text):
                return what
    elif EMAIL.search(text):
        return "an e-mail address"
    return label_of(text) if ":" in text or "=" in text else ""


def _refuse_cells(kind: str, sheet: Sheet, expected: Cells, number_cells: Cells) -> None:
    for (row, column), value in sheet.cells.items():
        if type(value) is float and value < _LONG_NUMBER:  # most cells, and nothing personal
            continue
        if found := _text_looks(value) if isinstance(value, str) else _looks(value):
            place = (sheet.name, row, column)
            if place in expected or (not isinstance(value, str) and place in number_cells):
                continue
            where = _place(kind, sheet.name, row, column)
            raise _refusal(f"{where} looks like {found}.", sheet.name, address(row, column))


def _looks(value: object) -> str:
    """What a cell that is no text looks like."""
    if isinstance(value, float) and value >= _LONG_NUMBER and value.is_integer():
        return _number_looks(str(int(value)))
    if isinstance(value, datetime.date) and DATE_CELL_FROM <= value.year < BORN_BEFORE:
        return "a date of birth"
    return ""


@remembered
def _text_looks(text: str) -> str:
    heading = heading_of(text)
    return f"the heading of {heading}" if heading else looks_personal(text)


def _number_looks(digits: str) -> str:
    """A long number outside the layout's number cells; a telephone number has lost its leading zero there."""
    if _is_nhs_number(digits):
        return "an NHS number"
    telephone = (len(digits) == 10 and digits[0] in "1237") or (len(digits) == 12 and digits.startswith("44"))
    return "a telephone number" if telephone else ""


def _is_nhs_number(digits: str) -> bool:
    """Ten digits, the last of which is the check digit of the others (modulus 11)."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return (11 - rest) % 11 == int(digits[9])


def _has_nhs_number(text: str) -> bool:
    return any(_is_nhs_number(re.sub(r"\D", "", found)) for found in NHS.findall(text))


def _has_postcode(text: str) -> bool:
    """A whole postcode of an area that there is; `E1 1st quarter` is none."""
    for area, inward, giro, _ in POSTCODE.findall(text):
        if giro or (AREA.fullmatch(area.upper()) and not ORDINAL.fullmatch(inward)):
            return True
    return False


def _has_telephone(text: str) -> bool:
    return bool(TELEPHONE.search(DATE.sub("|", text)))


def _has_birth(text: str) -> bool:
    return bool(BORN.search(text)) or any(_is_birth(found.groupdict()) for found in DATE.finditer(text))


def _is_birth(found: dict[str, str | None]) -> bool:
    whole = found["year"] or found["year_first"] or found["named"] or found["american"]
    short = found["short"] or found["dotted"] or found["named_short"]
    year = int(whole) if whole else TWO_DIGIT_YEARS.get(int(short or 0), BORN_BEFORE)
    return BORN_FROM <= year < BORN_BEFORE


def _has_police_number(text: str) -> bool:
    """Five digits and more are enough; fewer only with the right check letter, as a year and part may look alike."""
    for short, serial, whole, digits, letter in POLICE.findall(text):
        year, number = short or whole, serial or digits
        if len(number) >= 5 or POLICE_LETTERS[int(year + number.zfill(7)) % 23] == letter.upper():
            return True
    return False


def _finds(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: bool(pattern.search(text))


PATTERNS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("an e-mail address", _finds(EMAIL)),
    ("an NHS number", _has_nhs_number),
    ("a National Insurance number", _finds(INSURANCE)),
    ("a PNC number", _has_police_number),
    ("a CRO number", _finds(FINGERPRINT)),
    ("a prison number", _finds(PRISON)),
    ("a telephone number", _has_telephone),
    ("a date of birth", _has_birth),
    ("a postcode", _has_postcode),
    ("a case or client number", _finds(CASE)),
)


def _place(kind: str, sheet: str, row: int, column: int) -> str:
    if kind == "csv":
        return f"Line {row}, column {column_letters(column)}"
    return f"Cell {address(row, column)} of sheet {sheet}"


def _refused_text(text: Text, found: str) -> Refused:
    where = text.where[:1].upper() + text.where[1:]
    of = f" of sheet {text.sheet}" if text.sheet else " of the workbook"
    cell = text.where.rpartition(" ")[2] if text.where.startswith(("comment on ", "formula in ")) else ""
    return _refusal(f"{where}{of} looks like {found}.", text.sheet, cell)


def _refusal(sentence: str, sheet: str = "", cell: str = "") -> Refused:
    return Refused("personal_data", sentence, FIX, sheet, cell)
