"""A number as it is printed, read back for a spreadsheet, and text that a spreadsheet would run made harmless."""

import re
from decimal import Decimal

from etl.definitions.writing import MINUS

NUMBER = re.compile(rf"([+\-{MINUS}]?)(£?)(\d[\d,]*)(\.\d+)?(%?)")
RUN = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")


def printed(text: str) -> float | None:
    """The number that a text prints: £1,234 is 1234, 63% is 0.63; none where it prints no number."""
    found = NUMBER.fullmatch(text)
    if not found:
        return None
    sign, _, digits, decimals, percent = found.groups()
    value = Decimal(digits.replace(",", "") + (decimals or "")) / (100 if percent else 1)
    return float(-value if sign in ("-", MINUS) else value)


def safe(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless; what prints a number stays as it is."""
    return f"'{text}" if RUN.match(text) and not NUMBER.fullmatch(text) else text
