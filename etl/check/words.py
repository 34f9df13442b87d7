"""Problems in the site's own words: which cell, what it says, why that cannot be, what it may have been meant to be."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from etl.check.causes import Cause
from etl.check.copies import Copy
from etl.check.history import COLUMN, COUNTS, MONEY, NUMBERS, UNITS
from etl.check.month import NEXT, Failed, Month, columns_of
from etl.check.naming import name_number, write_number
from etl.definitions import MEASURES
from etl.definitions.checks import CHECKS, EQUAL, NO_MORE, Equal, NoMore
from etl.definitions.messages import MONTH_NAMES, NUMBER_WORDS
from etl.definitions.periods import write_month
from etl.definitions.writing import lower_first, write
from etl.read.words import plain
from etl.sites import Block, Layout, Site, standard_layout

_RULES: tuple[Equal | NoMore, ...] = (*EQUAL, *NO_MORE)


def name_block(layout: Layout, columns: Iterable[int]) -> str:
    """The heading of a group of numbers, or what they have in common."""
    numbers = {NUMBERS[column] for column in columns}
    for block in layout.blocks:
        if numbers <= set(block.words):
            return f"under “{block.heading}”"
    return "of money" if all(UNITS[COLUMN[number]] == "gbp" for number in numbers) else "of the month's work"


def layout_of(site: Site, month: date, sheet: str) -> Layout:
    """The layout in which a stored return was read: the site's own, or ours where the sheet is one of ours."""
    own = site.layout_on(month)
    ours = standard_layout(month)
    return own if _has_sheet(own.blocks, sheet) or not _has_sheet(ours.blocks, sheet) else ours


def _has_sheet(blocks: Iterable[Block], sheet: str) -> bool:
    return any(plain(block.sheet) == plain(sheet) for block in blocks)


def write_value(column: int, value: float) -> str:
    """The number of a column as it was typed."""
    return write_number(NUMBERS[column], value)


def say_cause(month: Month, cause: Cause, failed: Mapping[str, Failed], layout: Layout) -> tuple[str, str]:
    """Message and fix for a cause: what the cell says, why that cannot be, the question."""
    if len(cause.columns) > 1 and cause.name != "cells_swapped":
        return _say_many(month, cause, failed, layout)
    column = cause.columns[0]
    typed = float(month.values[column])
    said = f"{name_number(layout, NUMBERS[column])} for {write_month(month.month)} says {write_value(column, typed)}."
    why = _why(month, cause, failed)
    question = _question(month, cause, layout)
    message = " ".join(part for part in (said, why, question) if part)
    return message, _fix(cause, layout)


def _why(month: Month, cause: Cause, failed: Mapping[str, Failed]) -> str:
    """Why the number as typed is in doubt."""
    column = cause.columns[0]
    parts = []
    codes = [failed[name].code for name in cause.resolved]
    if "opening_differs" in codes and month.last_month:
        parts.append(f"{_last(month)} {_was(month, columns_of('closing_cases'), 'closed with')}.")
    if "unlikely_amount" in codes:
        parts.append(usual_words(month, column))
    if "unlikely_count" in codes and "opening_differs" not in codes:
        changed = (failed[name].columns for name in cause.resolved if failed[name].code == "unlikely_count")
        parts += [_changed(month, columns, column) for columns in changed if column in columns][:1]
    sums = [CHECKS[code].holds for code in codes if isinstance(CHECKS.get(code), Equal | NoMore)]
    meant = cause.meant[0]
    if sums and meant == meant and cause.name != "cells_swapped":
        rest = f" and {len(sums) - 2} more" if len(sums) > 2 else ""
        holds = "; ".join(lower_first(words) for words in sums[:2])
        parts.append(f"With {write_value(column, meant)} this would hold: {holds}{rest}.")
    elif sums:
        parts.append(f"This does not hold: {lower_first(sums[0])}.")
    elif NEXT in cause.resolved:
        parts.append(f"The next month begins with {month.next_opening:,.0f}.")
    return " ".join(parts)


def _question(month: Month, cause: Cause, layout: Layout) -> str:
    """The likely cause as a question, with its evidence."""
    column = cause.columns[0]
    typed, meant = float(month.values[column]), cause.meant[0]
    usual = "the usual" if not COUNTS[column] else write_value(column, meant)
    match cause.name:
        case "year_to_date":
            return _year_to_date(month, cause, write_value(column, typed))
        case "several_months":
            return f"Is this {NUMBER_WORDS[cause.months]} months' {_what(column)}?"
        case "times_12":
            return f"It is 12 times {usual}: is this {'the amount' if MONEY[column] else 'the number'} of a year?"
        case "times_10":
            return f"It is ten times {usual}: is there a digit too many?"
        case "times_100":
            return f"It is 100 times {usual}: {'pence instead of pounds' if MONEY[column] else 'two digits too many'}?"
        case "times_1000":
            return f"It is 1,000 times {usual}: {_thousands(column, meant, layout)}"
        case "a_tenth":
            return f"It is a tenth of {usual}: is there a digit too few?"
        case "a_hundredth":
            return f"It is 1/100 of {usual}: is the point in the wrong place?"
        case "a_thousandth":
            what = "thousands of pounds" if MONEY[column] else "is the point in the wrong place"
            return f"It is 1/1000 of {usual}: {what}?"
        case "sign":
            return "Is the minus sign meant?" if typed < 0 else "Is a minus sign missing?"
        case "digits_swapped":
            return f"Are two digits swapped, {write_value(column, typed)} for {write_value(column, meant)}?"
        case "cells_swapped":
            other = cause.columns[1]
            name = name_number(layout, NUMBERS[other])
            return f"{name} says {write_value(other, float(month.values[other]))}: are the two the wrong way round?"
        case "last_month":
            return f"It is the same number as in {_last(month)}: was it left from last month?"
    return "Is it this number that is wrong?"


def say_not_applicable(column: int, month: date, last: tuple[date, float] | None, layout: Layout) -> str:
    """That a number is said not to apply, and what the site gave when it last did."""
    name = f"{name_number(layout, NUMBERS[column])} for {write_month(month)} says n/a."
    if last is None:
        return f"{name} It applies to every service: is it not available?"
    return f"{name} It was {write_value(column, last[1])} in {write_month(last[0])}: not applicable, or not available?"


def _say_many(month: Month, cause: Cause, failed: Mapping[str, Failed], layout: Layout) -> tuple[str, str]:
    first, count = cause.columns[0], len(cause.columns)
    start = f"{name_number(layout, NUMBERS[first])} for {write_month(month.month)} and {count - 1} more numbers"
    start += f" {name_block(layout, cause.columns)}"
    typed = float(month.values[first])
    said = f"The first says {write_value(first, typed)}."
    example = "" if cause.meant[0] != cause.meant[0] else f" ({write_value(first, cause.meant[0])} for the first)"
    in_thousands = _is_in_thousands(first, layout)
    pounds = "pounds in place of thousands of pounds" if in_thousands else "is the point in the wrong place"
    text = {
        "year_to_date": f"{start} look like the year to date.",
        "several_months": f"{start} are about {NUMBER_WORDS[cause.months]} times the usual: several months' amounts?",
        "times_12": f"{start} are about 12 times the usual: are these amounts of a year?",
        "times_10": f"{start} are ten times what they should be: is there a digit too many?",
        "times_100": f"{start} are 100 times the usual: pence instead of pounds?",
        "times_1000": f"{start} are 1,000 times the usual: {pounds}?",
        "a_tenth": f"{start} are a tenth of the usual: is there a digit too few?",
        "a_hundredth": f"{start} are 1/100 of the usual: is the point in the wrong place?",
        "a_thousandth": f"{start} are 1/1000 of the usual: thousands of pounds?",
        "sign": f"{start} have another sign than usual: is the minus meant?",
        "last_month": f"{start} are the same as in {_last(month)}: were they left from last month?",
    }[cause.name]
    question = _year_to_date(month, cause, "that") if cause.name == "year_to_date" else ""
    why = " ".join(part for part in (said, usual_words(month, first) if not COUNTS[first] else "", question) if part)
    return f"{text} {why}", f"Type the numbers of the month alone{example}, or tell us that they are right."


def list_cells(places: Iterable[Sequence[str]]) -> str:
    """The cells of a cause that is in several, sheet by sheet."""
    of: dict[str, list[str]] = {}
    for sheet, cell in places:
        of.setdefault(sheet, []).append(cell)
    if sum(map(len, of.values())) < 2:
        return ""
    said = (f"{sheet} {', '.join(cells)}" for sheet, cells in of.items())
    return f" Cells: {'; '.join(said)}."


def _year_to_date(month: Month, cause: Cause, amount: str) -> str:
    begins = MONTH_NAMES.index(cause.since) + 1
    first, last = MONTH_NAMES[begins - 1], MONTH_NAMES[month.month.month - 1]
    spend = (
        f" ({NUMBER_WORDS[cause.months]} months' {_what(cause.columns[0])})" if cause.months < len(NUMBER_WORDS) else ""
    )
    return f"{first} to {last} together make about {amount}: is this the year to date{spend}?"


def _what(column: int) -> str:
    return "spend" if NUMBERS[column].startswith("spend") else "money" if MONEY[column] else "numbers"


def _thousands(column: int, meant: float, layout: Layout) -> str:
    if _is_in_thousands(column, layout):
        return f"this sheet is in thousands of pounds, so type {meant / 1000:,.2f} for {write_value(column, meant)}."
    return "is the point in the wrong place?"


def _is_in_thousands(column: int, layout: Layout) -> bool:
    block = next(block for block in layout.blocks if NUMBERS[column] in block.words)
    return layout.multiply.get(block.sheet) == 1000


def _fix(cause: Cause, layout: Layout) -> str:
    meant = cause.meant[0]
    if cause.name == "cells_swapped":
        return "Change the two numbers round, or tell us that they are right."
    if meant != meant:
        return "Type the number of this month, or tell us that it is right."
    example = write_value(cause.columns[0], meant)
    about = "about " if cause.name in ("year_to_date", "several_months", "times_12") else ""
    return f"Type the number of the month, such as {about}{example}, or tell us that it is right."


def usual_words(month: Month, column: int) -> str:
    """What the number usually is, rounded as people say it."""
    low, high = float(month.low[column]), float(month.high[column])
    if low != low:
        return ""
    if abs(high) < 0.5 and abs(low) < 0.5:
        return "It is usually nil."
    if UNITS[column] == "fte":
        least, most = (write_value(column, round(end, 1)) for end in (low, high))
        return f"It is usually {least}." if least == most else f"It is usually {least} to {most}."
    step = 10 ** max(0, len(f"{max(abs(low), abs(high)):.0f}") - 2)
    ends = (np.floor(low / step) * step, np.ceil(high / step) * step)
    return f"A month is usually {write(float(ends[0]), 'gbp')} to {write(float(ends[1]), 'gbp')}."


def say_failed(month: Month, column: int, failed: Failed, layout: Layout) -> tuple[str, str]:
    """Message and fix for a check that fails and for which no cause is likelier than any other, asked at a column."""
    check, values = CHECKS[failed.code], month.values
    name, when = name_number(layout, NUMBERS[column]), write_month(month.month)
    typed = write_value(column, float(values[column]))
    match failed.code:
        case "opening_differs":
            closed = month.last[list(columns_of("closing_cases"))].sum()
            fix = f"Type {closed:,.0f}, or send {_last(month)} again if its closing number was wrong."
            before = _was(month, columns_of("closing_cases"), "closed with")
            return f"{name} for {when} says {typed}, but {_last(month)} {before}.", fix
        case "unlikely_amount":
            fix = "Correct the number, or tell us that it is right."
            if MONEY[column]:
                fix = "Correct the amount, or tell us that it is right and what it was for."
            return f"{name} for {when} says {typed}. {usual_words(month, column)}", fix
        case "unlikely_count":
            now = f"{values[list(failed.columns)].sum():,.0f}"
            what = name if len(failed.columns) == 1 else f"{_label(failed.columns)}, together,"
            return f"{what} for {when} says {now}. {_changed(month, failed.columns)}", check.fix
        case "wrong_way_round":
            other = failed.columns[1]
            second = f"{name_number(layout, NUMBERS[other])} says {write_value(other, float(values[other]))}"
            ask = "by the months before, they are far likelier the other way round."
            return f"{name} for {when} says {typed} and {second}: {ask}", check.fix
    return f"{_say_sums(month, failed.code)} Please check {name} first.", check.fix


def _say_sums(month: Month, code: str) -> str:
    """A sum that does not come out, with its numbers."""
    check = next(rule for rule in _RULES if rule.code == code)
    sums = np.where(month.not_applicable, 0.0, month.values)
    names = (*check.plus, *check.minus) if isinstance(check, Equal) else (check.part, check.whole)
    before = month.year if isinstance(check, NoMore) and check.to_date else np.zeros(len(sums))
    made = {name: float((sums + before)[list(columns_of(name))].sum()) for name in names}
    words = {name: f"{value:,.0f}" for name, value in made.items()}
    expected = made.get("opening_cases", 0) + made.get("new_cases", 0) - made.get("closed_cases", 0)
    return check.words.format(month=write_month(month.month), expected=f"{expected:,.0f}", **words)


def _label(columns: Iterable[int]) -> str:
    return MEASURES[NUMBERS[next(iter(columns))].partition(".")[0]].label


def _changed(month: Month, columns: tuple[int, ...], of: int | None = None) -> str:
    """By how much a count changed; `of` is the column that was spoken of, where that is not the whole of it."""
    it = "it" if of is None or columns == (of,) else f"{lower_first(_label(columns))}, together,"
    return f"In {_last(month)} {it} {_was(month, columns, 'was')}: chance alone hardly ever changes it so much."


def _was(month: Month, columns: Iterable[int], verb: str) -> str:
    """What numbers were in the month before; a guess is called one, next to what the return says."""
    meant, said = (row[list(columns)].sum() for row in (month.last, month.last_returned))
    if meant == said:
        return f"{verb} {said:,.0f}"
    seems = {"was": "seems to have been", "closed with": "seems to have closed with"}[verb]
    return f"{seems} {meant:,.0f} (the return says {said:,.0f})"


def _last(month: Month) -> str:
    return write_month(month.last_month) if month.last_month else "the month before"


def say_copy(copy: Copy, month: date, labels: Mapping[str, str], site: str) -> tuple[str, str]:
    """Message and fix for a return that is another one."""
    when = MONTH_NAMES[copy.month.month - 1]
    cells = f"{copy.same} of {copy.of} cells of {write_month(month)} equal"
    if copy.site == site:
        fix = f"Send the numbers of {write_month(month, long=True)}, or tell us that nothing changed."
        return f"{cells} {when}: is this {when}'s return with another date?", fix
    other = labels.get(copy.site, copy.site)
    fix = "Send the site's own numbers."
    return f"{cells} {other}'s: the return equals {other}'s {when} return.", fix
