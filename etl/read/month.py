"""Months as people write them: dates, Apr-19, April 2019, 2019-04, or in Welsh."""

import re
from datetime import date, datetime, timedelta

from etl.definitions.periods import MONTH_NAMES
from etl.read.words import plain

_WELSH = (
    "ionawr", "chwefror", "mawrth", "ebrill", "mai", "mehefin",
    "gorffennaf", "awst", "medi", "hydref", "tachwedd", "rhagfyr",
)  # fmt: skip
_MONTHS = {name.casefold(): number for number, name in enumerate(MONTH_NAMES, 1)}
_MONTHS |= {name[:3].casefold(): number for number, name in enumerate(MONTH_NAMES, 1)} | {"sept": 9}
_MONTHS |= {name: number for number, name in enumerate(_WELSH, 1)}
_MONTHS |= {name[:4]: number for number, name in enumerate(_WELSH, 1)}
_MONTHS |= {name[:3]: number for number, name in enumerate(_WELSH, 1) if name[:3] not in _MONTHS}

_NAME_FIRST = re.compile(r"^(?:\d{1,2}(?:st|nd|rd|th)?[ -/.]+)?([^\W\d_]+)\.?[ -/.,']*(\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[ -/.]+([^\W\d_]+)\.?$")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?:[t ]\d.*)?$")
_NUMBERS = re.compile(r"^(?:\d{1,2}[-/.])?(\d{1,2})[-/.](\d{4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})$")
_FINANCIAL_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*[-/]\s*(?:20)?(\d{2})(?!\d)")

# Day 0 of a workbook's day numbers, and the numbers that may be meant as days of this century's first half.
_EPOCH = date(1899, 12, 30)
_DAY_NUMBERS = range(36_526, 55_153)


def read_month(value: object) -> date | None:
    """The first day of the month that a cell names, or None; two languages with a slash between must agree."""
    if isinstance(value, datetime | date):
        return date(value.year, value.month, 1) if 2000 <= value.year < 2100 else None
    if isinstance(value, float) and value == int(value) and int(value) in _DAY_NUMBERS:
        return (_EPOCH + timedelta(days=int(value))).replace(day=1)
    if not isinstance(value, str):
        return None
    text = plain(value)
    return _one_month(text) or _two_languages(text)


def read_month_name(value: object) -> int | None:
    """The number of the month that a cell names without a year (Apr, April, Ebrill), or None."""
    return _MONTHS.get(plain(value).rstrip(".")) if isinstance(value, str) else None


def read_financial_year(text: str) -> date | None:
    """The first of April of the financial year that a title names, such as 2019-20; None where it names none."""
    for first, second in _FINANCIAL_YEAR.findall(plain(text)):
        if (int(first) + 1) % 100 == int(second):
            return date(int(first), 4, 1)
    return None


def _two_languages(text: str) -> date | None:
    parts = [_one_month(part.strip()) for part in text.split("/")]
    return parts[0] if len(parts) == 2 and parts[0] == parts[1] else None


def _one_month(text: str) -> date | None:
    if match := _NAME_FIRST.match(text):
        return _month(match[2], _MONTHS.get(match[1]))
    if match := _YEAR_FIRST.match(text):
        return _month(match[1], _MONTHS.get(match[2]))
    if match := _ISO.match(text) or _COMPACT.match(text):
        return _month(match[1], int(match[2]))
    if match := _NUMBERS.match(text):
        return _month(match[2], int(match[1]))
    return None


def _month(year: str, month: int | None) -> date | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    return date(number, month, 1) if month and 1 <= month <= 12 and 2000 <= number < 2100 else None
