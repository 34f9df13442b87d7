"""An attacker written apart from the code: knows an audience's file, how numbers hang together, and linear programmes.

It reads nothing of `etl.protect`. One unknown for each number that a site reports in a month; each number that the
file prints is an equation; what must hold in a return is another. For a hidden number it asks how low and how high it
can be.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

NEW_AGAIN = ("sex", "age", "ethnicity", "disability")
MONTHS = {"month": 1, "quarter": 3, "year": 12, "rolling_year": 12}
Place = tuple[str, str, date, str]  # site, period, starts, measure
Unknown = tuple[str, date, str]  # site, month, number
# No site has so many people in a month.
MOST = 1e5
Sum = dict[Unknown, float]


def months_on(day: date, count: int) -> list[date]:
    first = day.year * 12 + day.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(first, first + count)]


RISK = {
    "risk_reduced": ("much_lower", "lower"),
    "risk_reduced_or_not_known": ("much_lower", "lower", "not_known"),
    "risk_known": ("much_lower", "lower", "same", "higher"),
}


@dataclass(frozen=True)
class Counts:
    """The counts of a file by place: what is printed, or None."""

    values: dict[Place, float | None]
    months: dict[str, list[date]]
    over: dict[str, str]

    def sum_of(self, place: Place) -> Sum:
        """A result as a sum of what sites report by month."""
        site, period, starts, measure = place
        if site == "all":
            parts = [self.sum_of((one, period, starts, measure)) for one in self.months if one != "all"]
            return added(parts)
        own = [month for month in months_on(starts, MONTHS[period]) if month in self.months[site]]
        return self._of_site(site, own, measure) if own else {}

    def _of_site(self, site: str, own: list[date], measure: str) -> Sum:
        if measure == "worked_with":
            return added([self._of_site(site, own, "opening_cases"), self._of_site(site, own, "new_cases")])
        if measure == "open_case_months":
            return added([self._of_site(site, [month], "closing_cases") for month in own])
        if measure in RISK:
            return added([self._of_site(site, own, f"risk_change.{name}") for name in RISK[measure]])
        chosen = {"first": own[:1], "last": own[-1:]}.get(self.over[measure.partition(".")[0]], own)
        return {(site, month, measure): 1.0 for month in chosen}


def added(sums: Iterable[Sum]) -> Sum:
    whole: Sum = {}
    for one in sums:
        for unknown, times in one.items():
            whole[unknown] = whole.get(unknown, 0.0) + times
    return whole


def read_counts(path: Path) -> Counts:
    """The counts that a file prints and hides."""
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute(
            "select site, period, starts, measure, value from results join measures using (measure)"
            " where unit = 'count' and measure not like 'planned_%'"
        ).fetchall()
        over = dict(con.execute("select measure, over_months from measures").fetchall())
    months: dict[str, list[date]] = {}
    for site, period, starts, measure, _ in rows:
        if period == "month" and measure == "new_cases":
            months.setdefault(site, []).append(starts)
    return Counts({tuple(row[:4]): row[4] for row in rows}, {site: sorted(own) for site, own in months.items()}, over)


class Stranger:
    """A reader with a file and a solver. `truth` only says which relations hold, as typing errors break some.

    With `whole` it knows that people are whole, which takes long on large files.
    """

    def __init__(self, told: Path | Counts, truth: Path | Counts, *, whole: bool = False) -> None:
        self.counts, self.truth = (one if isinstance(one, Counts) else read_counts(one) for one in (told, truth))
        names = sorted({measure for *_, measure in self.counts.values})
        atoms = [name for name in names if name not in ("worked_with", "open_case_months", *RISK)]
        unknowns = [(s, m, n) for s, own in self.counts.months.items() if s != "all" for m in own for n in atoms]
        self.place = {unknown: at for at, unknown in enumerate(unknowns)}
        rows, right = [], []
        for place, value in self.counts.values.items():
            if value is not None:
                rows.append(self.counts.sum_of(place))
                right.append(value)
        for one in self._rules():
            if self._known(one) and self._holds(one):
                rows.append(one)
                right.append(0.0)
        at_most = [one for one in self._inequalities() if self._known(one) and self._holds(one, at_most=True)]
        self.highs = self._programme(self._matrix(rows), np.array(right), self._matrix(at_most), whole)

    def _known(self, sums: Sum) -> bool:
        """Whether a rule is about numbers that the file has."""
        return all(unknown in self.place for unknown in sums)

    def _programme(self, rules: csr_array, right: np.ndarray, at_most: csr_array, whole: bool) -> highspy.Highs:
        """What the stranger knows, as a programme that is asked again and again with another aim."""
        matrix = vstack([rules, at_most]).tocsr()
        size, model = matrix.shape[1], highspy.HighsLp()
        model.num_col_, model.num_row_ = size, matrix.shape[0]
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(size), np.zeros(size), np.full(size, MOST)
        model.row_lower_ = np.concatenate([right, np.full(at_most.shape[0], -np.inf)])
        model.row_upper_ = np.concatenate([right, np.zeros(at_most.shape[0])])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * size
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.passModel(model)
        return highs

    def range(self, place: Place) -> tuple[float, float]:
        """The lowest and highest whole number that a hidden result can be; `math.inf` where nothing bounds it."""
        aim = self._matrix([self.counts.sum_of(place)]).toarray()[0]
        low, high = (sign * self._least(sign * aim) for sign in (1, -1))
        return math.ceil(low - 1e-6), math.inf if high >= MOST else math.floor(high + 1e-6)

    def _least(self, aim: np.ndarray) -> float:
        self.highs.changeColsCost(aim.size, np.arange(aim.size, dtype=np.int32), aim)
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            self._without_presolve()
        assert self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return float(self.highs.getObjectiveValue())

    def _without_presolve(self) -> None:
        """The truth is always possible; that nothing is, HiGHS 1.15 says of a few when it simplifies them (4240)."""
        self.highs.setOptionValue("presolve", "off")
        self.highs.clearSolver()
        self.highs.run()
        self.highs.setOptionValue("presolve", "choose")

    def secrets(self) -> Iterator[tuple[Place, int]]:
        """The small numbers that the file does not print, with what they are."""
        for place, value in self.counts.values.items():
            true = self.truth.values[place]
            if value is None and true is not None and 1 <= true < 5:
                yield place, int(true)

    def own_part(self, place: Place, site: str) -> int:
        """What a lead's own site makes of a number of all sites together."""
        own = self.truth.values.get((site, *place[1:]))
        if own is not None:
            return int(own)
        sums = self.truth.sum_of((site, *place[1:]))
        return int(sum(times * (self.truth.values[s, "month", m, n] or 0) for (s, m, n), times in sums.items()))

    def _rules(self) -> Iterator[Sum]:
        parts: dict[str, list[str]] = {}
        for _, _, name in self.place:
            if "." in name and name not in parts.setdefault(name.partition(".")[0], []):
                parts[name.partition(".")[0]].append(name)
        for site, own in self.counts.months.items():
            if site == "all":
                continue
            for month, after in zip(own, [*own[1:], None], strict=True):
                for whole, names in parts.items():
                    yield {(site, month, whole): 1, **{(site, month, name): -1 for name in names}}
                for again in NEW_AGAIN:
                    yield {(site, month, again): 1, (site, month, "new_cases"): -1}
                yield {(site, month, "risk_change"): 1, (site, month, "closed_cases"): -1}
                flow = {"opening_cases": 1, "new_cases": 1, "closed_cases": -1, "closing_cases": -1}
                yield {(site, month, name): sign for name, sign in flow.items()}
                if after:
                    yield {(site, after, "opening_cases"): 1, (site, month, "closing_cases"): -1}

    def _inequalities(self) -> Iterator[Sum]:
        pairs = dict.fromkeys(("repeat_perpetrators", "serial_perpetrators", "not_eligible_elsewhere"), "new_cases")
        for site, month, name in self.place:
            whole = (pairs | {"victims_in_contact": "victims"}).get(name)
            if whole:
                yield {(site, month, name): 1, (site, month, whole): -1}

    def _holds(self, sums: Sum, *, at_most: bool = False) -> bool:
        known = [self.truth.values[site, "month", month, name] for site, month, name in sums]
        if any(value is None for value in known):
            return True
        off = sum(times * (value or 0) for times, value in zip(sums.values(), known, strict=True))
        return off <= 0 if at_most else off == 0

    def _matrix(self, rows: list[Sum]) -> csr_array:
        at = [(i, self.place[unknown], times) for i, row in enumerate(rows) for unknown, times in row.items()]
        i, j, times = zip(*at, strict=True) if at else ((), (), ())
        return csr_array((times, (i, j)), shape=(len(rows), len(self.place)))


__all__ = ["Counts", "Place", "Stranger", "months_on", "read_counts"]
