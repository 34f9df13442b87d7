"""What editions told others than the central team: readers keep what they once had, and nothing of it is forgotten.

The record is the union of what all editions in a folder told, in the order in which they were made as they say
themselves and as `history.jsonl` has it, never by the times of files. An edition of the history that no record covers
stops the next one: what its readers know is not known here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from etl.definitions.periods import day_of
from etl.definitions.settings import THRESHOLD
from etl.definitions.tables import columns_of, table
from etl.protect.attributes import ALL, Attribute, Counts, attributes, index_of, month_of
from etl.protect.files import read_tables
from etl.protect.problem import Secret, Told

PUBLISHED, BEHIND, COVERED = "published", "behind_published", "covered"
# What editions told under the rule of whole cells.
CELLS = "published_cells"


class Forgotten(ValueError):
    """An edition was published of which nobody can say any more what it told."""


@dataclass(frozen=True)
class Record:
    """What was told: the ranges with the numbers behind them, the months behind those, and the editions covered."""

    published: pd.DataFrame = field(default_factory=lambda: _empty(PUBLISHED))
    behind: pd.DataFrame = field(default_factory=lambda: _empty(BEHIND))
    covered: pd.DataFrame = field(default_factory=lambda: _empty(COVERED))

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that the central team's file carries from edition to edition."""
        return {PUBLISHED: self.published, BEHIND: self.behind, COVERED: self.covered}

    def knowledge(self, attribute: Attribute, counts: Sequence[Counts]) -> tuple[list[Told], list[Secret]]:
        """What binds an attribute's months as they are now, and what must stay open of what a later return changed."""
        rows = self.published[self.published.number.isin(attribute.numbers)]
        history = _History(attribute, counts, self.behind, list(self.covered.edition_id))
        bound: dict[tuple[object, ...], Told] = {}
        secrets: dict[Secret, None] = {}
        for row in rows.itertuples():
            own = history.binding(row)
            if own is not None:
                key = own.site, own.number, own.first, own.last, own.without
                old = bound.get(key, own)
                bound[key] = own._replace(low=max(own.low, old.low), high=min(own.high, old.high))
            if row.low == row.high:
                secrets |= dict.fromkeys(history.revisions(row))
        return list(bound.values()), list(secrets)


class _History:
    """The months of an attribute as each edition knew them."""

    def __init__(
        self, attribute: Attribute, counts: Sequence[Counts], behind: pd.DataFrame, editions: Sequence[str]
    ) -> None:
        self.attribute, self.order = attribute, {name: at for at, name in enumerate(editions)}
        self.now = {(own.site, number): own for own in counts for number in attribute.numbers}
        self.values: dict[tuple[str, str], dict[int, list[tuple[int, float, float]]]] = {}
        for row in behind[behind.number.isin(attribute.numbers)].itertuples():
            months = self.values.setdefault((row.site, row.number), {})
            entry = (self.order.get(row.edition, -1), row.value, row.total)
            months.setdefault(index_of(day_of(row.month)), []).append(entry)
        for entries in (entries for months in self.values.values() for entries in months.values()):
            entries.sort(key=lambda entry: entry[0])
        self.changed: dict[tuple[str, str], frozenset[int]] = {}
        self.begins = min((self.order.get(name, -1) for name in behind.edition.unique()), default=len(self.order))
        self.column = {
            number: [attribute.parts.index(part) for part in attribute.sums.get(number, (number,))]
            for number in attribute.numbers
        }

    def _today(self, site: str, number: str, month: int) -> tuple[float, float]:
        """A month's number and its total, as they are now."""
        own = self.now[site, number]
        at, columns = month - own.first, self.column[number]
        if not 0 <= at < own.total.size:
            return np.nan, np.nan
        value = own.parts[at, columns].sum() if own.known[at, columns].all() else np.nan
        return float(value), float(own.total[at])

    def _changed(self, site: str, number: str) -> frozenset[int]:
        """The months that are not as some edition knew them; months that none knew are among them."""
        if (site, number) not in self.changed:
            own, known = self.now[site, number], self.values.get((site, number), {})
            months = set(range(own.first, own.first + own.total.size)) | set(known)
            self.changed[site, number] = frozenset(
                month
                for month in months
                if not (entries := known.get(month))
                or any(not _same(entry[1:], self._today(site, number, month)) for entry in entries)
            )
        return self.changed[site, number]

    def _then(self, site: str, number: str, month: int, edition: str) -> tuple[float, float] | None:
        """The same as an edition knew it; None where it knew nothing of it."""
        entries = self.values.get((site, number), {}).get(month, [])
        known = [entry for entry in entries if entry[0] <= self.order.get(edition, -1)]
        return (known[-1][1], known[-1][2]) if known else None

    def _window(self, row: Any) -> tuple[int, int]:
        first, last = index_of(day_of(row.starts)), index_of(day_of(row.ends))
        return (last if self.attribute.stock else first), last

    def _sites(self, row: Any) -> list[str]:
        return sorted({site for site, _ in self.now if row.site in (ALL, site)})

    def binding(self, row: Any) -> Told | None:
        """What a printed range says of the months that are still as they were; None where none is."""
        first, last = self._window(row)
        if self.order.get(row.edition, -1) < self.begins:
            return self._unchanged(row, first, last)
        without, low, kept = set(), row.low, False
        for site in self._sites(row):
            changed = self._changed(site, row.number)
            own = self.now[site, row.number]
            kept |= len(changed.intersection(range(first, last + 1))) < min(last + 1, own.first + own.total.size) - max(
                first, own.first
            )
            for month in sorted(changed.intersection(range(first, last + 1))):
                then, now = self._then(site, row.number, month, row.edition), self._today(site, row.number, month)
                if then is not None and _same(then, now):
                    kept = True
                elif then is not None or now[0] == now[0] or now[1] == now[1]:
                    without.add((site, month))
                    low -= 0.0 if then is None else then[1]
        if not kept:
            return None
        return Told(row.site, row.number, first, last, max(low, 0.0), row.high, frozenset(without))

    def _unchanged(self, row: Any, first: int, last: int) -> Told | None:
        """What an edition told of which the months behind are not known: it binds while it adds up to the same."""
        months = [
            self._today(site, row.number, month)[0]
            for site in self._sites(row)
            for month in range(max(first, self.now[site, row.number].first), last + 1)
        ]
        return Told(row.site, row.number, first, last, row.low, row.high) if sum(months) == row.value else None

    def revisions(self, row: Any) -> Iterator[Secret]:
        """What must stay open of a number that was printed exactly and is another now: the small change, to each
        reader who did not send it."""
        first, last = self._window(row)
        if self.order.get(row.edition, -1) < self.begins or not any(
            self._changed(site, row.number).intersection(range(first, last + 1)) for site in self._sites(row)
        ):
            return
        moved, total = {}, {}
        for site in self._sites(row):
            pairs = [
                (then, self._today(site, row.number, month))
                for month in range(first, last + 1)
                if (then := self._then(site, row.number, month, row.edition)) is not None
            ]
            if any(then[0] != then[0] or now[0] != now[0] for then, now in pairs):
                return
            moved[site] = sum(now[0] - then[0] for then, now in pairs)
            total[site] = (sum(then[0] for then, _ in pairs), sum(now[1] for _, now in pairs))
        for reader in ("", *moved) if row.site == ALL else ("",):
            others = [site for site in moved if site != reader]
            by, was = sum(moved[site] for site in others), sum(total[site][0] for site in others)
            room = sum(total[site][1] for site in others) - was if by > 0 else was
            if 1 <= abs(by) < THRESHOLD and others:
                most, least = min(float(THRESHOLD), room), (1.0 if room >= THRESHOLD else 0.0)
                sign = 1 if by > 0 else -1
                for way, bound in ((sign, was + sign * most), (-sign, was + sign * least)):
                    yield Secret(row.site, row.number, first, last, way, reader, float(bound))


def _same(then: tuple[float, float], now: tuple[float, float]) -> bool:
    return then == now or (np.isnan(then[0]) and np.isnan(now[0]) and then[1] == now[1])


def after(
    before: Record,
    edition: str,
    made: datetime,
    printed: pd.DataFrame | None = None,
    counts: Mapping[str, Sequence[Counts]] | None = None,
) -> Record:
    """The record once an edition is made: `printed` are its ranges, `counts` the months behind them, by attribute."""
    covered = pd.concat([before.covered, pd.DataFrame([{"edition_id": edition, "made": made}])], ignore_index=True)
    if printed is None or counts is None:
        return Record(before.published, before.behind, covered)
    published = pd.concat([before.published, printed.assign(edition=edition)[columns_of(PUBLISHED)]], ignore_index=True)
    return Record(published, _behind(before.behind, edition, counts), covered)


def _behind(before: pd.DataFrame, edition: str, counts: Mapping[str, Sequence[Counts]]) -> pd.DataFrame:
    """The months behind all editions, with those that are new in this one or other than they were."""
    keys = ["site", "number", "month"]
    before = before.assign(month=pd.to_datetime(before.month))
    frames = [_months(own, attribute) for attribute in attributes() for own in counts.get(attribute.name, ())]
    now = pd.concat(frames, ignore_index=True).assign(edition=edition)
    last = before.drop_duplicates(keys, keep="last").set_index(keys)[["value", "total"]]
    old = last.reindex(pd.MultiIndex.from_frame(now[keys]))
    same = np.ones(len(now), dtype=bool)
    for name in ("value", "total"):
        was, is_now = old[name].to_numpy(dtype=float), now[name].to_numpy(dtype=float)
        same &= (was == is_now) | (np.isnan(was) & np.isnan(is_now))
    same &= now.set_index(keys).index.isin(last.index)
    return pd.concat([before, now[~same][columns_of(BEHIND)]], ignore_index=True)


def _months(own: Counts, attribute: Attribute) -> pd.DataFrame:
    months = pd.to_datetime([month_of(own.first + at) for at in range(own.total.size)])
    frames = []
    for number in attribute.numbers:
        columns = [attribute.parts.index(part) for part in attribute.sums.get(number, (number,))]
        value = np.where(own.known[:, columns].all(axis=1), own.parts[:, columns].sum(axis=1), np.nan)
        frames.append(
            pd.DataFrame({"site": own.site, "number": number, "month": months, "value": value, "total": own.total})
        )
    return pd.concat(frames, ignore_index=True)


def read_record(folder: Path) -> Record:
    """What all editions in a folder told, by their central files. Raises Forgotten where one of them is missing."""
    tables = {path: read_tables(path, [COVERED, "edition"]) for path in sorted(folder.glob("[!.]*/central.duckdb"))}
    kept = [path for path, own in tables.items() if COVERED in own or (path.parent / "forum.duckdb").is_file()]
    covered_names: set[str] = set()
    found = Record()
    for path in sorted(kept, key=lambda path: tables[path]["edition"].made[0], reverse=True):
        own = tables[path]
        names = set(own[COVERED].edition_id) if COVERED in own else {path.parent.name}
        if names <= covered_names:
            continue
        covered_names |= names
        found = _union(_read(path, own["edition"]), found)
    covered = found.covered.sort_values("made", kind="stable", ignore_index=True)
    place = {name: at for at, name in enumerate(covered.edition_id)}
    behind = found.behind.sort_values("edition", key=lambda names: names.map(place), kind="stable", ignore_index=True)
    return Record(found.published, behind, covered)


def _read(path: Path, edition: pd.DataFrame) -> Record:
    """One central file's record; what whole cells told was exact, and an older version's edition names itself alone."""
    tables = read_tables(path, [PUBLISHED, BEHIND, COVERED, CELLS])
    name, published = path.parent.name, tables.get(PUBLISHED, _empty(PUBLISHED))
    cells = tables.get(CELLS, _empty(CELLS)) if "low" in published else published
    cells = cells[cells.value.notna()].assign(edition=name, low=cells.value, high=cells.value)[columns_of(PUBLISHED)]
    published = pd.concat([published, cells], ignore_index=True) if "low" in published else cells
    covered = tables.get(COVERED, pd.DataFrame([{"edition_id": name, "made": edition.made[0]}]))
    return Record(published, tables.get(BEHIND, _empty(BEHIND)), covered)


def _union(one: Record, other: Record) -> Record:
    pairs = zip(one.tables().values(), other.tables().values(), strict=True)
    return Record(*(pd.concat(list(pair), ignore_index=True).drop_duplicates(ignore_index=True) for pair in pairs))


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({one.name: pd.Series(dtype=one.frame_type) for one in table(name).columns.values()})


def check_covered(record: Record, published: Iterable[str]) -> None:
    """Stops where an edition that others were given is in no record. Raises Forgotten."""
    missing = [name for name in published if name not in set(record.covered.edition_id)]
    if missing:
        raise Forgotten(
            f"Nothing is published: the edition {missing[0]} was given to others, and no file here says what it told,"
            " so that a new one could give small numbers away. Put its folder back from a backup, or publish for the"
            " central team alone: --central-only."
        )
