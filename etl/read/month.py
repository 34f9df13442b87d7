"""Months as people write them: dates, Apr-19, April 2019, 2019-04, or in Welsh."""

import re
from datetime import date, datetime, timedelta

from etl.definitions.messages import MONTH_NAMES
from etl.read.words import plain, remembered

# The second form of a name is the one used after some Welsh words.
_WELSH = (
    ("ionawr",), ("chwefror",), ("mawrth", "fawrth"), ("ebrill",), ("mai", "fai"), ("mehefin", "fehefin"),
    ("gorffennaf", "orffennaf"), ("awst",), ("medi", "fedi"), ("hydref",), ("tachwedd", "dachwedd"),
    ("rhagfyr", "ragfyr"),
)  # fmt: skip
_MONTHS = {name.casefold(): number for number, name in enumerate(MONTH_NAMES, 1)}
_MONTHS |= {name[:3].casefold(): number for number, name in enumerate(MONTH_NAMES, 1)} | {"sept": 9}
_MONTHS |= {name: number for number, names in enumerate(_WELSH, 1) for name in names}
for _number, _names in enumerate(_WELSH, 1):
    for _length in (5, 4, 3):
        _MONTHS.setdefault(_names[0][:_length], _number)

_NAME = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?(?![^\W\d_])"
_NAMES = rf"(?P<names>{_NAME}(?:[ \-/,(]+{_NAME}\)?)?)"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|af|il|ydd|fed|eg|ain)?[ \-/.]+)?"
_NAME_FIRST = re.compile(rf"^(?:mis |month of )?{_DAY}{_NAMES}[ \-/.,']*(?P<year>\d{{4}}|\d{{2}})$")
_YEAR_FIRST = re.compile(rf"^(?P<year>\d{{4}})[ \-/.,]*{_NAMES}(?:[ \-/.]+\d{{1,2}})?$")
_EACH_NAME = re.compile(_NAME)
_ISO = re.compile(r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.]\d{1,2})?(?:[t ]\d.*)?$")
_COMPACT = re.compile(r"^(?P<year>\d{4})(?P<month>\d{2})$")
_DAY_FIRST = re.compile(r"^(?:\d{1,2}[-/.])?(?P<month>\d{1,2})[-/.](?P<year>\d{4})(?: [\d:.]+)?$")
# With a year of two figures only a month's first or last days can be told from other orders.
_SHORT = re.compile(r"^(?:0?1|2[89]|3[01])[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{2})$")
_IN_FIGURES = (_ISO, _COMPACT, _DAY_FIRST, _SHORT)
# Between two ways of writing the same month, or between its first and last day.
_BETWEEN = (re.compile(r" to | until "), re.compile(r"/"), re.compile(r"(?<=\d)-"), re.compile(r" ?[(\[]|[)\]]"))
_FINANCIAL_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*(?:[-/]|to)\s*(?:20)?(\d{2})(?!\d)")

# Day 0 of a workbook's day numbers, and the numbers that may be meant as days of this century's first half.
_EPOCH = date(1899, 12, 30)
_DAY_NUMBERS = range(36_526, 55_153)


def read_month(value: object) -> date | None:
    """The first day of the month that a cell names, or None; two languages side by side must agree."""
    if isinstance(value, datetime | date):
        return date(value.year, value.month, 1) if 2000 <= value.year < 2100 else None
    if isinstance(value, float):
        return read_month(str(int(value))) if value.is_integer() and abs(value) < 1e7 else None
    return _read_text(plain(value).rstrip(".")) if isinstance(value, str) else None


def read_month_name(value: object) -> int | None:
    """The number of the month that a cell names without a year (Apr, April, Ebrill), or None."""
    return _MONTHS.get(plain(value).rstrip(".")) if isinstance(value, str) else None


@remembered
def read_financial_year(text: str) -> date | None:
    """The first of April of the financial year that a title names, such as 2019-20; None where it names none."""
    for first, second in _FINANCIAL_YEAR.findall(plain(text)):
        if (int(first) + 1) % 100 == int(second):
            return date(int(first), 4, 1)
    return None


@remembered
def _read_text(text: str) -> date | None:
    if text.isdigit() and len(text) == 5:
        return (_EPOCH + timedelta(days=int(text))).replace(day=1) if int(text) in _DAY_NUMBERS else None
    return _one_month(text) or _said_twice(text)


def _said_twice(text: str) -> date | None:
    for between in _BETWEEN:
        months = {_one_month(part.strip()) for part in between.split(text) if part.strip()}
        if len(months) == 1 and None not in months:
            return months.pop()
    return None


def _one_month(text: str) -> date | None:
    if match := _NAME_FIRST.match(text) or _YEAR_FIRST.match(text):
        numbers = {_MONTHS[name.rstrip(".")] for name in _EACH_NAME.findall(match["names"])}
        return _month(match["year"], numbers.pop()) if len(numbers) == 1 else None
    for figures in _IN_FIGURES:
        if match := figures.match(text):
            return _month(match["year"], int(match["month"]))
    return None


def _month(year: str, month: int) -> date | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    return date(number, month, 1) if 1 <= month <= 12 and 2000 <= number < 2100 else None
