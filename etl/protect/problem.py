"""One attribute as a problem: its variables, what is printed of it, and which small counts must stay open to whom.

Variables. The parts of each block of a site's months: blocks are the months cut wherever a window that is printed, now
or in an earlier edition, begins or ends. Months need no variables: of a part that is x in a block whose other months
have `beside` people and whose own have `within`, a window's months can have anything from max(0, x - beside) to
min(within, x), as the totals are public and the parts of a month can be exchanged within the block.
Of what is counted at the end of a month (a stock) each month that is printed is a block.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from etl.definitions.settings import THRESHOLD
from etl.protect.attributes import ALL, Attribute, Counts, Numbers

Places = NDArray[np.intp]
Mask = NDArray[np.bool_]
YEAR = 12


class Offer(NamedTuple):
    """What may be printed: a number of a site, or of all, from a first to a last month (numbers of months)."""

    site: str
    number: str
    first: int
    last: int
    period: str


class Told(NamedTuple):
    """What an edition printed: the range of a number, `without` what later returns changed of it (sites, months)."""

    site: str
    number: str
    first: int
    last: int
    low: float
    high: float
    without: frozenset[tuple[str, int]] = frozenset()


class Secret(NamedTuple):
    """A small count of a site, or of all but a reader's own site, that must be able to be `bound` or more (sign 1) or
    or less (-1).

    Of a site it must stay open to all but its own lead; of all together to the one `reader`: a site, or '' for those
    outside.
    """

    site: str
    number: str
    first: int
    last: int
    sign: int
    reader: str
    bound: float


class Pieces(NamedTuple):
    """What a secret is made of: a row for each block that its window has months of, with the blocks' variables."""

    variables: list[Places]
    beside: Numbers
    within: Numbers

    def reach(self, table: Numbers, sign: int) -> float:
        """The most (1) or the least (-1) that the count can be where the blocks are those of a table."""
        blocks = np.array([table[own].sum() for own in self.variables])
        return float((np.minimum(blocks, self.within) if sign > 0 else np.maximum(blocks - self.beside, 0.0)).sum())


class Site:
    """A site's blocks: `edges` of each its first month and the month after its last, and the variables from `at` on."""

    def __init__(self, counts: Counts, edges: Sequence[tuple[int, int]], at: int) -> None:
        self.counts, self.at = counts, at
        self.edges = np.array(edges, dtype=np.intp).reshape(-1, 2)
        rows = [slice(one - counts.first, end - counts.first) for one, end in self.edges]
        width = counts.parts.shape[1]
        self.totals = np.array([counts.total[own].sum() for own in rows])
        self.truth = np.array([counts.parts[own].sum(axis=0) for own in rows]).reshape(-1, width)
        self.sums = np.concatenate([[0.0], np.cumsum(np.where(np.isfinite(counts.total), counts.total, 0.0))])

    def within(self, first: int, last: int) -> tuple[Places, Numbers, Numbers]:
        """The blocks that have months of a window, the total of these months in each, and that of the others in it."""
        own = np.flatnonzero((self.edges[:, 0] <= last) & (self.edges[:, 1] > first))
        starts = np.maximum(self.edges[own, 0], first) - self.counts.first
        ends = np.minimum(self.edges[own, 1], last + 1) - self.counts.first
        known = np.isfinite(self.totals[own])  # where it is not, the block is one month alone
        inside = self.sums[ends] - self.sums[starts]
        beside = np.where(known, self.totals[own] - inside, 0.0)
        return own, np.where(known, inside, np.inf), beside


class Problem:
    """Variables, printed sums and secrets of an attribute; `low` and `high` are the ranges printed so far."""

    def __init__(
        self,
        attribute: Attribute,
        counts: Sequence[Counts],
        offers: Sequence[Offer],
        told: Sequence[Told] = (),
        revised: Sequence[Secret] = (),
    ) -> None:
        self.attribute, self.offers, self.told, self.revised = attribute, offers, told, revised
        self.columns = attribute.parts + (("",) if attribute.rest else ())
        self.sites: list[Site] = []
        at = 0
        for own in counts:
            self.sites.append(Site(own, self._edges(own), at))
            at += self.sites[-1].truth.size
        self.names = [own.site for own in counts]
        self.member = np.array(
            [[part in attribute.sums.get(number, (number,)) for number in attribute.numbers] for part in self.columns],
            dtype=float,
        )
        self.truth = np.concatenate([site.truth.ravel() for site in self.sites]) if at else np.zeros(0)
        self.printed, self.bound = self._sums(offers), self._sums(told)
        self.low = self.printed @ self.truth
        self.high = self.low.copy()

    def owner(self) -> Places:
        """The site of each variable."""
        return np.repeat(np.arange(len(self.sites)), [site.truth.size for site in self.sites])

    def _edges(self, counts: Counts) -> list[tuple[int, int]]:
        first, after = counts.first, counts.first + counts.total.size
        printed: list[Offer | Told] = [*self.offers, *self.told]
        rows = [row for row in printed if row.site in (counts.site, ALL)]
        if self.attribute.stock:
            months = sorted({row.last for row in rows if first <= row.last < after})
            return [(month, month + 1) for month in months]
        edges = {first, after} | {max(row.first, first) for row in rows} | {row.last + 1 for row in rows}
        alone = set((first + np.flatnonzero(np.isinf(counts.total))).tolist())
        alone |= {month for row in self.told for site, month in row.without if site == counts.site}
        edges |= alone | {month + 1 for month in alone}
        inside = sorted(edge for edge in edges if first <= edge <= after)
        return list(pairwise(inside))

    def variables(self, site: Site, block: int, number: str) -> Places:
        """The variables that add up to a number of a block."""
        own = np.flatnonzero(self.member[:, self.attribute.numbers.index(number)])
        return site.at + block * len(self.columns) + own

    def _sums(self, rows: Sequence[Offer | Told]) -> csr_array:
        """What is printed as sums of variables: a row each."""
        at: list[int] = []
        variables: list[int] = []
        for row, own in enumerate(rows):
            for site in self.sites:
                if own.site in (ALL, site.counts.site):
                    first = own.last if self.attribute.stock else own.first
                    for block in site.within(first, own.last)[0]:
                        if isinstance(own, Told) and (site.counts.site, int(site.edges[block, 0])) in own.without:
                            continue
                        some = self.variables(site, int(block), own.number)
                        variables += some.tolist()
                        at += [row] * some.size
        return csr_array((np.ones(len(at)), (at, variables)), shape=(len(rows), self.truth.size))

    # What must stay open

    def pieces(self, secret: Secret) -> Pieces:
        """The blocks that a secret is made of."""
        variables: list[Places] = []
        beside, within = [np.zeros(0)], [np.zeros(0)]
        for site in self.sites:
            if secret.site == site.counts.site or (secret.site == ALL and secret.reader != site.counts.site):
                blocks, inside, others = site.within(secret.first, secret.last)
                variables += [self.variables(site, int(block), secret.number) for block in blocks]
                beside.append(others)
                within.append(inside)
        return Pieces(variables, np.concatenate(beside), np.concatenate(within))

    def secrets(self) -> list[Secret]:
        """The small counts of any month, quarter and year that the truth itself does not leave open."""
        windows = self._windows()
        if not windows:
            return []
        seen = [self._seen(site, windows) for site in self.sites]
        value, least, most, total = (np.array([own[kind] for own in seen]) for kind in range(4))
        found: dict[Secret, None] = {}
        for at, name in enumerate(self.names):
            self._closed(found, windows, value[at], least[at], most[at], total[at], name, "")
        if len(self.sites) > 1:
            for reader in ("", *self.names):
                others = np.array([name != reader for name in self.names])
                sums = [kind[others].sum(axis=0) for kind in (value, least, most, total)]
                self._closed(found, windows, sums[0], sums[1], sums[2], sums[3], ALL, reader)
        for secret in self.revised:
            if not reaches(secret, self.pieces(secret), self.truth):
                found[secret] = None
        return list(found)

    def _closed(
        self,
        found: dict[Secret, None],
        windows: Sequence[tuple[int, int]],
        value: Numbers,
        least: Numbers,
        most: Numbers,
        total: Numbers,
        site: str,
        reader: str,
    ) -> None:
        """Notes the small counts that cannot be as large, or as small, as they must be able to be."""
        small = (value >= 1) & (value < THRESHOLD)
        top, bottom = open_between(total)
        for sign, bound, where in (
            (1, top, small & (most < top[:, None])),
            (-1, bottom, small & (least > bottom[:, None])),
        ):
            for window, number in zip(*np.nonzero(where), strict=True):
                own = (site, self.attribute.numbers[number], *windows[window], sign, reader, float(bound[window]))
                found[Secret(*own)] = None

    def _seen(self, site: Site, windows: Sequence[tuple[int, int]]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Of each window and number the count (nothing known: not a number), the least and the most that it can be with
        the blocks as they are; and of each window the total."""
        counts, width = site.counts, len(self.attribute.numbers)
        value, least, most = (np.zeros((len(windows), width)) for _ in range(3))
        total = np.zeros(len(windows))
        parts = np.vstack([np.zeros(width), np.cumsum(counts.parts @ self.member, axis=0)])
        holes = np.vstack(
            [np.zeros(width), np.cumsum((~counts.known).astype(float) @ self.member[: counts.known.shape[1]], axis=0)]
        )
        blocks_truth = site.truth @ self.member
        for at, (first, last) in enumerate(windows):
            one, end = max(first - counts.first, 0), min(last + 1 - counts.first, counts.total.size)
            if end <= one:
                continue
            value[at] = np.where(holes[end] - holes[one] > 0, np.nan, parts[end] - parts[one])
            blocks, inside, beside = site.within(first, last)
            own = blocks_truth[blocks]
            least[at] = np.maximum(own - beside[:, None], 0.0).sum(axis=0)
            most[at] = np.minimum(own, inside[:, None]).sum(axis=0)
            total[at] = inside.sum()
        return value, least, most, total

    def _windows(self) -> list[tuple[int, int]]:
        """The windows in which counts are protected: all months, quarters and years; of a stock the printed months."""
        if self.attribute.stock:
            printed: list[Offer | Told] = [*self.offers, *self.told]
            return sorted({(row.last, row.last) for row in printed})
        first = min((site.counts.first for site in self.sites), default=0)
        after = max((site.counts.first + site.counts.total.size for site in self.sites), default=0)
        found: dict[tuple[int, int], None] = {}
        for start in range(first - YEAR, after):
            lengths = [1] + [3] * ((start - 3) % 3 == 0) + [YEAR]
            for length in lengths:
                window = (max(start, first), min(start + length, after) - 1)
                if window[0] <= window[1] and (length != YEAR or start + YEAR <= after or start % YEAR == 3):
                    found[window] = None
        return list(found)


def open_between(total: Numbers) -> tuple[Numbers, Numbers]:
    """How large and how small a small count must be able to be: from 1 to the threshold, or from 0 to the public total
    that bounds it."""
    return np.minimum(total, float(THRESHOLD)), np.where(total >= THRESHOLD, 1.0, 0.0)


def reaches(secret: Secret, pieces: Pieces, table: Numbers) -> bool:
    """Whether a secret can be as large, or as small, as it must be able to be, with the blocks of a table."""
    reach = pieces.reach(table, secret.sign)
    return reach >= secret.bound if secret.sign > 0 else reach <= secret.bound


def readers_of(secret: Secret, names: Sequence[str]) -> Iterator[str]:
    """Those to whom a secret must stay open: of a site all others, or those outside where there are none."""
    if secret.site == ALL:
        yield secret.reader
    else:
        others = [name for name in names if name != secret.site]
        yield from others or [""]
