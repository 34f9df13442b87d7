"""The narrowest ranges in which an attribute can be published, so that every small count stays open to every reader.

A cell begins as it is. For each small count that a reader could tell, the table in whole people is looked for that
leaves it open and leaves the ranges printed so far least (`COST`); they are widened to hold it. So each end of a range
is met by a table that agrees with all that is printed, and nobody can narrow it. M. Fischetti and J. J. Salazar (2003),
Partial cell suppression: a new methodology for statistical disclosure control, Statistics and Computing 13.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from etl.protect.attributes import ALL, Numbers
from etl.protect.nearest import NearestTable
from etl.protect.problem import Offer, Pieces, Problem, Secret, reaches, readers_of

# What it costs, for each person, that a printed number leaves its range: of all sites and of a site, by period.
COST = {(True, "year"): 1000.0, (True, "rolling_year"): 300.0, (False, "year"): 30.0, (False, "rolling_year"): 10.0}
# What people decide on is widened last.
DECIDED_ON = {"closed_cases.completed": 3.0, "risk_reduced": 3.0, "risk_known": 2.0}
# Where there are more sites than this, a table is first looked for in which a site and so many neighbours move.
FEW, NEIGHBOURS = 6, 3


class CannotProtect(ValueError):
    """A small number can be worked out, whatever is published."""


@dataclass(frozen=True)
class Ranges:
    """The range of each number that is offered and the number itself; to whom earlier editions gave a small count away;
    how many tables it took.
    """

    low: Numbers
    high: Numbers
    value: Numbers
    given_away: tuple[tuple[str, Secret], ...]
    tables: int


@dataclass
class _Waiting:
    """A secret that is not yet open to all: every table found that leaves it open moves these other sites."""

    secret: Secret
    pieces: Pieces
    known_by: frozenset[int] | None = None


class _Search:
    def __init__(self, problem: Problem) -> None:
        self.problem, self.owner = problem, problem.owner()
        self.cost = np.array([cost_of(offer) for offer in problem.offers])
        self.models: dict[tuple[int, ...], NearestTable] = {}
        self.waiting = [_Waiting(secret, problem.pieces(secret)) for secret in problem.secrets()]
        self.given_away: list[tuple[str, Secret]] = []
        self.tables = 0

    def run(self) -> Ranges:
        """Widens until every secret is open. Raises CannotProtect."""
        problem = self.problem
        order = sorted(self.waiting, key=lambda own: own.secret.first - own.secret.last)
        self.waiting = list(order)
        for own in order:
            while own in self.waiting and self._look_for(own):
                pass
        return Ranges(problem.low, problem.high, problem.printed @ problem.truth, tuple(self.given_away), self.tables)

    def _look_for(self, own: _Waiting) -> bool:
        """Looks for a table for one of those who must not know; whether to go on with this secret."""
        for sites in self._groups(own):
            table = self._model(sites).find(own.pieces, own.secret.sign, own.secret.bound)
            if table is not None:
                self._widen(table)
                return True
        if not self.problem.told:
            raise CannotProtect(f"{own.secret!r} can be worked out, whatever else is not published.")
        self.given_away += [(reader, own.secret) for reader in self._left(own)]
        self.waiting.remove(own)
        return False

    def _left(self, own: _Waiting) -> list[str]:
        """The readers to whom a secret is not open yet."""
        names = self.problem.names
        everybody = list(readers_of(own.secret, names))
        return everybody if own.known_by is None else [n for n in everybody if names.index(n) in own.known_by]

    def _groups(self, own: _Waiting) -> Iterator[tuple[int, ...]]:
        """Which sites may move, for a table that those of whom none is open yet must believe possible."""
        names, count = self.problem.names, len(self.problem.names)
        if own.secret.site == ALL:
            yield tuple(at for at in range(count) if names[at] != own.secret.reader)
            return
        site, left = names.index(own.secret.site), self._left(own)
        avoid = own.known_by or frozenset()
        if count > FEW:
            ring = [(site + step) % count for step in range(1, count)]
            near = [at for at in (ring[:NEIGHBOURS] if not avoid else ring[-NEIGHBOURS:]) if at not in avoid]
            yield tuple(sorted([site, *near]))
        if avoid and len(avoid) < count - 1:
            yield tuple(at for at in range(count) if at not in avoid)
        for reader in left:
            yield tuple(at for at in range(count) if names[at] != reader)

    def _model(self, sites: tuple[int, ...]) -> NearestTable:
        if sites not in self.models:
            self.models[sites] = NearestTable(self.problem, sites, self.cost)
        return self.models[sites]

    def _widen(self, table: Numbers) -> None:
        """Widens the ranges to hold a table, and takes what it leaves open off the list."""
        problem = self.problem
        check(problem, table)
        self.tables += 1
        printed = problem.printed @ table
        problem.low, problem.high = np.minimum(problem.low, printed), np.maximum(problem.high, printed)
        moved = frozenset(np.unique(self.owner[table != problem.truth]).tolist())
        left = []
        for own in self.waiting:
            if not self._now_open(own, table, moved):
                left.append(own)
        self.waiting = left

    def _now_open(self, own: _Waiting, table: Numbers, moved: frozenset[int]) -> bool:
        names = self.problem.names
        if own.secret.site == ALL:
            if own.secret.reader in names and names.index(own.secret.reader) in moved:
                return False
            return reaches(own.secret, own.pieces, table)
        site = names.index(own.secret.site)
        if site not in moved or not reaches(own.secret, own.pieces, table):
            return False
        others = moved - {site}
        own.known_by = others if own.known_by is None else own.known_by & others
        return not own.known_by


def cost_of(offer: Offer) -> float:
    """What it costs, for each person, that a printed number leaves its range."""
    return COST[offer.site == ALL, offer.period] * DECIDED_ON.get(offer.number, 1.0)


def check(problem: Problem, table: Numbers) -> None:
    """That a table is one that readers must believe possible; not left to the solver. Raises CannotProtect."""
    told = problem.bound @ table
    good = bool((table >= 0).all() and (table == np.round(table)).all())
    good &= all(row.low <= value <= row.high for row, value in zip(problem.told, told, strict=True))
    for site in problem.sites:
        own = table[site.at : site.at + site.truth.size].reshape(site.truth.shape).sum(axis=1)
        known = np.isfinite(site.totals)
        good &= bool((own[known] == site.totals[known]).all())
    if not good:
        raise CannotProtect("A table that was found does not agree with what is public: please report it.")


def ranges(problem: Problem) -> Ranges:
    """The narrowest ranges found. Raises CannotProtect."""
    return _Search(problem).run()
