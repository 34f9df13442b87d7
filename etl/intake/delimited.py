"""Reads a return that is a table in text: its encoding, what separates its columns, and its lines."""

import csv
import io

from etl.intake import limits, refusals
from etl.intake.inspection import Seen

SHEET = ""  # a table in text has no sheets: its one grid has no name
SEPARATORS = ",;\t"
ELSEWHERE = ("<!doctype", "<html", "<table", "<head", "<body", "<?xml", "<meta", "<style")
NOT_TEXT = frozenset(map(chr, range(32))) - set("\t\n\r\f") | {"\x7f"}


def inspect(content: bytes) -> Seen:
    """The rows of a table in text, or a refusal."""
    text = _decoded(content)
    rows = _rows(text, _separator(text))
    return Seen("csv", content, (), (), ((SHEET, rows),))


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise refusals.unknown()
    text = _as_utf8_or_windows(content).removeprefix("\ufeff")
    opening = text[:2_000].lstrip().lower()
    if opening.startswith(ELSEWHERE):
        raise refusals.web_page()
    if opening.startswith(("%pdf", "{\\rtf")) or NOT_TEXT.intersection(text):
        raise refusals.unknown()
    if not text.strip():
        raise refusals.empty()
    return text


def _as_utf8_or_windows(content: bytes) -> str:
    """UTF-8, or what Excel for Windows writes: in cp1252 nearly any bytes are text, so it must come second."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusals.unknown()


def _separator(text: str) -> str:
    """The separator that is found equally often in the most lines: money has commas too, but not in every line."""
    lines = [line for line in text[:200_000].splitlines()[:200] if line.strip()]

    def agreeing_lines(separator: str) -> int:
        counts = [line.count(separator) for line in lines if separator in line]
        return max((counts.count(count) for count in set(counts)), default=0)

    return max(SEPARATORS, key=agreeing_lines)


def _rows(text: str, separator: str) -> list[list[object]]:
    """Each record in the row of the line that it starts on, so that a row is a line's number."""
    rows: list[list[object]] = []
    filled = 0
    csv.field_size_limit(limits.TEXT_LENGTH)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num
        try:
            record = next(reader, None)
        except csv.Error as error:
            if "field larger" in str(error):
                raise refusals.too_large("has a cell with more than 32,767 characters") from None
            raise refusals.bad_quotes(line + 1) from None
        if record is None:
            return rows
        filled += len(record) - record.count("")
        _refuse_size(line + 1, len(record), filled)
        rows.extend([] for _ in range(line - len(rows)))
        rows.append(list(record))


def _refuse_size(rows: int, columns: int, filled: int) -> None:
    if rows > limits.ROWS:
        raise refusals.sheet_too_large("", f"more than {limits.ROWS:,} rows")
    if columns > limits.COLUMNS:
        raise refusals.sheet_too_large("", f"more than {limits.COLUMNS} columns")
    if filled > limits.FILLED:
        raise refusals.sheet_too_large("", f"more than {limits.FILLED:,} filled cells")
