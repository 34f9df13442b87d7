"""Numbers as a site knows them: by its own label, and written as it would type them."""

from functools import cache

from etl.definitions import label_of, unit_of
from etl.definitions.writing import write, write_pence
from etl.read.words import plain
from etl.sites import Layout


@cache
def name_number(layout: Layout, number: str) -> str:
    """A number as the site calls it, with its heading where several have the label."""
    for block in layout.blocks:
        if number in block.words:
            label = block.words[number]
            alone = sum(plain(label) == plain(other) for b in layout.blocks for other in b.words.values()) == 1
            return f"“{label}”" if alone and plain(label) != "total" else f"“{label}” under “{block.heading}”"
    return f"“{label_of(number)}”"


def write_number(number: str, value: float) -> str:
    """A number as it was typed: 41, 3.5, £1,234.50."""
    unit = unit_of(number)
    if unit == "fte":
        return f"{value:,.9f}".rstrip("0").rstrip(".")
    return write_pence(value) if unit == "gbp" else write(value, "count")
