"""Text that a spreadsheet would run as a formula, made harmless."""

import re

from etl.definitions.writing import MINUS

NUMBER = re.compile(rf"[+\-{MINUS}]?£?\d[\d,]*(\.\d+)?%?")
RUN = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")


def safe(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless; what prints a number stays as it is."""
    return f"'{text}" if RUN.match(text) and not NUMBER.fullmatch(text) else text
