"""The data dictionary, made from the definitions: two CSV files, of numbers and of an edition's columns."""

import csv
import io
from pathlib import Path

from etl.definitions import MEASURES, key, subject_of, unit_of
from etl.definitions.measure import Breakdown, Measure, Ratio, Reported, Total
from etl.definitions.tables import WHO, all_columns, as_data

PATH = Path(__file__).parents[2] / "data" / "dictionary.csv"
TABLES = PATH.with_name("edition_tables.csv")

_HEADINGS = ("subject", "measure", "part", "kind", "unit", "over_months", "label", "formula", "meaning")


def write_dictionary(path: Path = PATH) -> Path:
    """Writes the dictionary, that of tables beside it, and says where."""
    path.write_text(make_dictionary(), encoding="utf-8", newline="")
    path.with_name(TABLES.name).write_text(make_table_dictionary(), encoding="utf-8", newline="")
    return path


def make_dictionary() -> str:
    """The dictionary as CSV text."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_HEADINGS)
    for measure in MEASURES.values():
        rows.writerow(_row(measure, "", measure.label, measure.meaning))
        if isinstance(measure, Breakdown):
            rows.writerows(_row(measure, part.name, part.label, part.meaning) for part in measure.parts)
    return text.getvalue()


def make_table_dictionary() -> str:
    """Every column of every table of an edition, as CSV text."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("table", "column", "holds", "type", "unit", "who may see it", "meaning"))
    for own, described in all_columns():
        for one in (described, as_data(described)) if described.type == "message" else (described,):
            rows.writerow((own.name, one.name, one.type, one.sql, one.unit, WHO.get(one.who, "nobody"), one.meaning))
    return text.getvalue()


def _row(measure: Measure, part: str, label: str, meaning: str) -> tuple[str, ...]:
    kind = "reported" if isinstance(measure, Reported) or part else type(measure).__name__.lower()
    over = getattr(measure, "over_months", None) or ""
    unit = unit_of(key(measure.name, part))
    return (
        subject_of(measure.name),
        measure.name,
        part,
        kind,
        unit,
        over,
        label,
        "" if part else _formula(measure),
        meaning,
    )


def _formula(measure: Measure) -> str:
    """How a measure is made of others, by their names."""
    if isinstance(measure, Ratio):
        return f"{measure.numerator} / {measure.denominator}"
    if isinstance(measure, Total):
        return " + ".join(measure.of) + (", where every site counts the line" if measure.lines_shared_only else "")
    if isinstance(measure, Breakdown):
        return " + ".join(key(measure.name, part.name) for part in measure.parts)
    return ""
