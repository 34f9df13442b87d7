"""Likely causes: what else a number may have been meant to be, and which of these explains most of what is wrong.

A cause is a change of one or more numbers, such as a tenth of what was typed. It is considered when it lets checks pass
that failed and lets none fail that passed. Of those the one is named that explains most; between equals, the one by
which the number becomes likeliest among the site's other months, weighed by how common the mistake is.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import exp, log

import numpy as np

from etl.check.history import COLUMN, COUNTS, MONEY, STOCKS, UNITS, Row
from etl.check.month import NEXT, PAIRS, Failed, Month, columns_of, failures_of, log_chance
from etl.definitions import REPORTED
from etl.definitions.checks import EQUAL, NO_MORE
from etl.definitions.measure import Breakdown

# How common each mistake is compared with the others, as natural logarithms; only their order matters much.
_COMMON: dict[str, float] = {
    "year_to_date": -1.0,
    "several_months": -3.0,
    "times_12": -2.0,
    "times_10": -1.5,
    "times_100": -2.0,
    "times_1000": -1.5,
    "a_tenth": -2.0,
    "a_hundredth": -3.0,
    "a_thousandth": -1.5,
    "sign": -1.0,
    "digits_swapped": -1.5,
    "cells_swapped": -2.0,
    "last_month": -2.5,
    "one_number": -5.0,
}
_TIMES = {"times_12": 12.0, "times_10": 10.0, "times_100": 100.0, "times_1000": 1000.0}
_SEVERAL = (2, 3, 6)
_SHARES = {"a_tenth": 10.0, "a_hundredth": 100.0, "a_thousandth": 1000.0}

# A check that passes again counts for more than any likelihood; next month's opening is half as good a witness.
_PASSES, _NEXT_PASSES = 10.0, 5.0
# A cause is named only when it is likelier than that the number is simply another one.
_LEAST_SCORE = 4.0
# Of a hundred numbers hardly one is mistyped: what chance can do as well is not put down to a mistake.
_MISTAKES_ARE_RARE = 5.0
# Small counts agree with something or other by chance: an earlier sum of fewer people is no evidence.
_TELLING = 5.0
_UNUSUAL_AMOUNTS_HAPPEN = 4.0
# Two numbers of which one must not be the larger are easily put into each other's cells.
_SWAPS_ARE_COMMON = -1.0
# Checks that leave open what the number should be: too much is not yet how much too much.
_WEAK = {"unlikely_count", "unlikely_amount", *(check.code for check in NO_MORE)}


@dataclass(frozen=True)
class Cause:
    """A change that explains failed checks: which cells, what they would say, and by which mistake."""

    name: str
    columns: tuple[int, ...]
    meant: tuple[float, ...]  # NaN where only a person can know
    resolved: tuple[str, ...] = ()
    score: float = 0.0
    months: int = 0  # how many months were typed as one
    since: str = ""  # 'April' or 'January' for a year to date


def explain(month: Month, values: Row, failed: dict[str, Failed], settled: Collection[int] = ()) -> Cause | None:
    """The cause that explains most of the failed checks, or None where none is likelier than any other number.

    Columns that are `settled` have their cause already: their numbers are what was meant, and not what was typed.
    """
    candidates = list(_candidates(month, values, failed, settled))
    tried = np.tile(values, (len(candidates), 1))
    for row, cause in zip(tried, candidates, strict=True):
        row[list(cause.columns)] = cause.meant
    best: Cause | None = None
    for cause, after in zip(candidates, failures_of(month, tried), strict=True):
        judged = _judge(month, values, cause, failed, after)
        if judged and (best is None or judged.score > best.score + 1e-9):
            best = judged
    return best


def _judge(
    month: Month, values: Row, cause: Cause, failed: dict[str, Failed], after: dict[str, Failed]
) -> Cause | None:
    """The cause with what it explains and how well; None where it breaks another check or explains too little."""
    resolved = tuple(name for name in failed if name not in after)
    broken = [name for name in after if name not in failed and name != NEXT]
    hard = [name for name in resolved if name != NEXT]
    if not hard or broken or (cause.name == "one_number" and len(resolved) < 2):
        return None
    weak = all(failed[name].code in _WEAK for name in hard)
    if weak and cause.name != "one_number" and not _likelier(month, values, cause):
        return None
    passes = _PASSES * len(hard) + _NEXT_PASSES * ((NEXT in resolved) - (NEXT in after and NEXT not in failed))
    fit = _likelihood(month, values, cause)
    score = passes + _COMMON[cause.name] + fit
    if score - passes + _PASSES < _LEAST_SCORE - 3 * (len(hard) - 1) and cause.name != "one_number":
        return None
    return Cause(cause.name, cause.columns, cause.meant, resolved, score, cause.months, cause.since)


def _likelier(month: Month, values: Row, cause: Cause) -> bool:
    """Whether a mistake is likelier than that the counts are right and chance made them so."""
    pairs = list(zip(cause.columns, cause.meant, strict=True))
    if any(meant != meant for _, meant in pairs):
        return False
    if not COUNTS[cause.columns[0]]:
        return _likelier_amounts(month, values, cause)
    gain = sum(log_chance(month, c, meant) - log_chance(month, c, float(values[c])) for c, meant in pairs)
    if cause.name == "cells_swapped":
        return gain > _SWAPS_ARE_COMMON and abs(pairs[0][1] - pairs[1][1]) > 2
    return gain + _COMMON[cause.name] > _MISTAKES_ARE_RARE


def _likelier_amounts(month: Month, values: Row, cause: Cause) -> bool:
    """The same for amounts: near the usual as a bell curve has it, far from it as amounts that are right can be too."""
    columns = [c for c in cause.columns if month.spread[c] > 0]
    meant = np.array([amount for c, amount in zip(cause.columns, cause.meant, strict=True) if month.spread[c] > 0])
    near = (meant - month.centre[columns]) / month.spread[columns]
    far = (values[columns] - month.centre[columns]) / month.spread[columns]
    gain = float(np.sum(2 * np.log1p(far**2 / 3) - np.minimum(0.5 * near**2, 12.0)))
    stretched = log(_stretch(cause.name, cause.meant[0], float(values[cause.columns[0]])))
    return gain - stretched + _COMMON[cause.name] > _UNUSUAL_AMOUNTS_HAPPEN


def _likelihood(month: Month, values: Row, cause: Cause) -> float:
    """How likely the numbers meant are among the other months, against any other number; per number that changed."""
    fits = [
        _fit(month, column, meant, values[column], cause.name)
        for column, meant in zip(cause.columns, cause.meant, strict=True)
        if meant == meant and meant != values[column]
    ]
    return sum(fits) / len(fits) if fits else 0.0


def _fit(month: Month, column: int, meant: float, typed: float, name: str) -> float:
    if COUNTS[column]:
        if month.known[column] < 3:
            return 0.0
        usual = round(month.last[column] if STOCKS[column] and month.last[column] == month.last[column] else 0)
        most = log_chance(month, column, max(usual, round(month.mean[column])))
        return max(log_chance(month, column, meant) - most, -12.0)
    centre, spread = month.centre[column], month.spread[column]
    if centre != centre or spread <= 0:
        return 0.0
    stretched = _stretch(name, meant, typed)
    # Against an amount that could be anything up to ten times the usual, or as far from it as most where that is nil.
    anything = log(4 * max(abs(centre), spread) / spread)
    return max(-0.5 * ((meant - centre) / spread) ** 2 + anything - log(stretched), -12.0)


def _stretch(name: str, meant: float, typed: float) -> float:
    """How many amounts would have passed for a usual one under this mistake, against one that is typed exactly."""
    if name in ("times_12", "several_months"):
        return max(abs(typed / meant), 1.0) if meant else 1.0
    return {"digits_swapped": 3.0, "times_10": 1.0, "year_to_date": 1.0}.get(name, 1.0)


def _candidates(month: Month, values: Row, failed: dict[str, Failed], settled: Collection[int]) -> Iterator[Cause]:
    """Every change worth trying: of one number, of two that changed places, of a whole block."""
    open_ones = ~np.isnan(values)
    open_ones[list(settled)] = False
    suspects = sorted({column for one in failed.values() for column in one.columns if open_ones[column]})
    for column in suspects:
        yield from _of_one(month, values, column, failed)
    asked = set(suspects)
    for a, b in PAIRS:
        if (a in asked or b in asked) and values[a] != values[b] and open_ones[a] and open_ones[b]:
            yield Cause("cells_swapped", (a, b), (values[b], values[a]))
    for group in _GROUPS:
        filled = tuple(column for column in group if open_ones[column] and values[column])
        if len(filled) > 1 and asked & set(filled):
            yield from _of_many(month, values, filled)


def _groups() -> list[tuple[int, ...]]:
    """Numbers that share a mistake: a block, all money, all counts of a month's work."""
    blocks = [columns_of(m.name) for m in REPORTED.values() if isinstance(m, Breakdown)]
    flows = tuple(int(c) for c in np.flatnonzero(COUNTS & ~STOCKS))
    spend = (*columns_of("spend"), COLUMN["spend_in_kind"])
    people = tuple(c for equal in EQUAL[1:5] for c in columns_of(equal.plus[0]))
    return [*blocks, spend, tuple(int(c) for c in np.flatnonzero(MONEY)), people, flows]


_GROUPS = _groups()


def _of_one(month: Month, values: Row, column: int, failed: dict[str, Failed]) -> Iterator[Cause]:
    typed = float(values[column])
    usual = float(month.centre[column])
    for name, meant in _count_changes(typed) if COUNTS[column] else _amount_changes(typed, usual):
        if meant != typed:
            yield Cause(name, (column,), (meant,))
    for months in () if COUNTS[column] else _SEVERAL:
        if (meant := round(typed / months, 2)) != typed:
            yield Cause("several_months", (column,), (meant,), months=months)
    if not STOCKS[column]:
        yield from _sums(month, values, (column,))
    if COUNTS[column]:
        for meant in _implied(month, values, column, failed):
            yield Cause("one_number", (column,), (meant,))
            if typed == month.last[column] and typed > 2:
                yield Cause("last_month", (column,), (meant,))


def _implied(month: Month, values: Row, column: int, failed: dict[str, Failed]) -> set[float]:
    """What the number would have to be for each failed sum that it takes part in."""
    sums = np.where(month.not_applicable, 0.0, values)
    implied = set()
    for equal in EQUAL:
        if equal.code not in failed:
            continue
        plus = [c for name in equal.plus for c in columns_of(name)]
        minus = [c for name in equal.minus for c in columns_of(name)]
        left = float(sums[plus].sum() - sums[minus].sum())
        if column in plus:
            implied.add(float(values[column]) - left)
        elif column in minus:
            implied.add(float(values[column]) + left)
    if "opening_differs" in failed and column == COLUMN["opening_cases"]:
        implied.add(float(month.last[list(columns_of("closing_cases"))].sum()))
    return {meant for meant in implied if meant >= 0 and meant != values[column]}


def likeliest_wrong(month: Month, values: Row, failed: Failed) -> int:
    """The column at which a failed check is reported.

    In a sum, the number that other sums leave open, and of these the one that gains most by being put right.
    """
    of_sum = [c for c in failed.columns if COUNTS[c]]
    changes = [(c, meant) for c in of_sum for meant in _implied(month, values, c, {failed.code: failed})]
    if not changes:
        return failed.columns[0]
    tried = np.tile(values, (len(changes), 1))
    for row, (column, meant) in zip(tried, changes, strict=True):
        row[column] = meant
    broken = [len(after.keys() - {NEXT}) for after in failures_of(month, tried)]
    gains = [log_chance(month, c, meant) - log_chance(month, c, float(values[c])) for c, meant in changes]
    return min(zip(broken, (-gain for gain in gains), (column for column, _ in changes), strict=True))[-1]


def _count_changes(typed: float) -> Iterator[tuple[str, float]]:
    number = round(typed)
    for meant in swapped_digits(str(number)):
        yield "digits_swapped", float(meant)
    if number and number % 10 == 0:
        yield "times_10", number / 10
    if number and number % 100 == 0:
        yield "times_100", number / 100
    if number and number % 12 == 0:
        yield "times_12", number / 12
    if number:
        yield "a_tenth", number * 10.0


def _times(typed: np.ndarray, usual: np.ndarray) -> list[str]:
    """How many times too much amounts may be; of ten and twelve times the one that leaves them nearer to the usual."""
    exact = (np.round(typed * 100) % 10 == 0).all()
    away = {name: np.nansum(np.abs(typed / _TIMES[name] - usual)) for name in ("times_10", "times_12")}
    other = "times_10" if not exact or away["times_12"] < away["times_10"] else "times_12"
    return [name for name in _TIMES if name != other]


def _amount_changes(typed: float, usual: float) -> Iterator[tuple[str, float]]:
    pence = round(typed * 100)
    yield "sign", -typed
    for name in _times(np.array([typed]), np.array([usual])):
        times = _TIMES[name]
        if name == "times_12" or pence % times == 0:
            yield name, round(typed / times, 2)
    for name, times in _SHARES.items():
        yield name, round(typed * times, 2)
    pounds, _, rest = f"{abs(typed):.2f}".partition(".")
    for meant in swapped_digits(pounds):
        yield "digits_swapped", float(f"{meant}.{rest}") * (1 if typed >= 0 else -1)


def swapped_digits(number: str) -> set[str]:
    """The whole numbers that become this one when two neighbouring digits change places."""
    swapped = {number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(len(number) - 1)}
    return {other for other in swapped if other != number and other[0] != "0"}


def _sums(month: Month, values: Row, columns: tuple[int, ...]) -> Iterator[Cause]:
    """The year so far typed as the month: what is left when the months before are taken off."""
    spans = (
        ("April", month.year, month.year_missing, int(month.year_months)),
        ("January", month.calendar, month.calendar_missing, int(month.calendar_months)),
    )
    for since, before, missing, months in spans:
        usable = [c for c in columns if not missing[c] or not COUNTS[c]]
        if not usable or not months or any(missing[c] >= months for c in usable):
            continue
        meant = tuple(round(float(values[c] - before[c]) / (1 + int(missing[c])), 2) for c in usable)
        if all(amount >= 0 for amount in meant) and any(before[c] >= _TELLING for c in usable):
            yield Cause("year_to_date", tuple(usable), meant, months=months + 1, since=since)


def _of_many(month: Month, values: Row, columns: tuple[int, ...]) -> Iterator[Cause]:
    """The same mistake in all numbers of a block."""
    flows = tuple(c for c in columns if not STOCKS[c])
    if len(flows) == len(columns):
        yield from _sums(month, values, columns)
    typed = values[list(columns)]
    if all(UNITS[c] == "gbp" for c in columns):
        yield Cause("sign", columns, tuple(-typed))
        for name in _times(typed, month.centre[list(columns)]):
            yield Cause(name, columns, tuple(np.round(typed / _TIMES[name], 2)))
        for months in _SEVERAL[:2]:
            yield Cause("several_months", columns, tuple(np.round(typed / months, 2)), months=months)
        for name, times in _SHARES.items():
            yield Cause(name, columns, tuple(np.round(typed * times, 2)))
    elif (typed % 10 == 0).all():
        yield Cause("times_10", columns, tuple(typed / 10))
    if (typed == month.last[list(columns)]).all() and _by_chance(month, columns, typed) < 0.02:
        yield Cause("last_month", columns, (np.nan,) * len(columns))


def _by_chance(month: Month, columns: Iterable[int], typed: np.ndarray) -> float:
    """How likely it is that all these counts come out as last month's."""
    return exp(
        sum(
            log_chance(month, column, float(count))
            for column, count in zip(columns, typed, strict=True)
            if COUNTS[column]
        )
    )
