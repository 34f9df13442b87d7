"""Reads the file of a reference table into rows; every problem is reported with its file, line and column."""

import csv
import io
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

from etl.reference.cells import read_cell

MOST_BYTES = 5_000_000
Placed = tuple[int, Any]  # the line of a file, and the row that stands there


def read_table(path: Path, row_type: type, key: tuple[str, ...], sites: set[str], problems: list[str]) -> list[Placed]:
    """The rows of a file that could be read; a sentence for each problem is added to `problems`."""
    lines = _lines(path, problems)
    if not lines:
        return []
    (_, heads), *rest = lines
    wrong = _wrong_heads(path.name, heads, row_type)
    if wrong:
        problems.extend(wrong)
        return []
    rows: list[Placed] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line, cells in rest:
        row = _read_row(path.name, line, heads, cells, row_type, sites, problems)
        if row is None:
            continue
        first = seen.setdefault(tuple(getattr(row, part) for part in key), line)
        if first != line:
            same = ", ".join(key)
            problems.append(
                f"{path.name}, line {line}, column {key[0]}: the same {same} as line {first}; needed: once."
            )
        rows.append((line, row))
    return rows


def _lines(path: Path, problems: list[str]) -> list[tuple[int, list[str]]]:
    """The filled lines of a CSV file with their numbers; a file that is no CSV in UTF-8 is a problem."""
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES or b"\0" in content:
            raise ValueError("too large, or not text")
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except (ValueError, csv.Error) as error:
        problems.append(f"{path.name}: not readable as CSV in UTF-8 ({error}).")
        return []
    if not lines:
        problems.append(f"{path.name}: the file is empty; needed: a line with the names of the columns.")
    return lines


def _wrong_heads(file: str, heads: list[str], row_type: type) -> list[str]:
    wanted = [entry.name for entry in fields(row_type)]
    needed = f"needed: {','.join(wanted)}"
    whole = [entry.name for entry in fields(row_type) if entry.default is MISSING]  # a newer column may be left out
    missing = [f"{file}, line 1: the column {name} is missing; {needed}." for name in whole if name not in heads]
    unknown = [f"{file}, line 1: the column {name!r} is not known; {needed}." for name in heads if name not in wanted]
    twice = sorted({name for name in heads if heads.count(name) > 1 and name in wanted})
    return missing + unknown + [f"{file}, line 1: the column {name} stands twice; {needed}." for name in twice]


def _read_row(
    file: str, line: int, heads: list[str], cells: list[str], row_type: type, sites: set[str], problems: list[str]
) -> Any:
    """The row, or nothing where a cell of it is wrong."""
    newer = {entry.name for entry in fields(row_type) if entry.default is not MISSING}
    if len(cells) > len(heads) or not set(heads[len(cells) :]) <= newer:  # a line may end before the newer columns
        problems.append(f"{file}, line {line}: {len(cells)} cells; needed: {len(heads)}, such as quotes round a comma.")
        return None
    typed = dict(zip(heads, cells, strict=False))
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(row_type, include_extras=True).items():
        if name not in typed:
            continue
        wrong, values[name] = read_cell(typed[name].strip(), hint.__metadata__[0], sites)
        if wrong:
            problems.append(f"{file}, line {line}, column {name}: {wrong}.")
    return None if ... in values.values() else row_type(**values)
