"""Editions for others than the central team: what a small number would tell of a person stays open to every reader.

What a count tells is said at its measure. Activities are published exactly; of attributes each number is published
exactly or as a range, and the model is this, with the names that the code has for its parts:

- Variables. For each attribute x[s, b, p]: the people of part p in block b of site s (`problem`). Blocks are the months
  cut wherever a window that was ever printed begins or ends.
- Constraints. Every reader knows that counts are whole and not below nothing, the public total of each block, and what
  every edition printed (`told`), this one included; a lead also its own site's months.
- Requirements. For each count from 1 to 4 of any month, quarter or year, of a site and of all but a reader's own, and
  for each reader who does not have it: some x takes it to 5 or more (to its public total, where that is smaller), and
  some x to 1 or less (to 0). The change of a number that was printed exactly and revised since is such a count too.
- Ranges. What is printed begins as it is. For a requirement that no known x meets, the x is found that leaves the
  ranges least, by linear programming (`nearest`), and they are widened to hold it (`ranges`): programme before site,
  financial year before rolling year. Each end of a range is so met by a table that agrees with all that is printed.

What is proved: each requirement has a witness, an x in whole numbers that agrees with everything printed; `check` looks
at each without the solver, so that a fault of the solver can widen too much or stop an edition, and no more. Nothing is
claimed of the least widths, of leads who share what they know, of knowledge from outside the returns, of which tables
are likelier, or of what is left of a whole ("12 of 12").

M. Fischetti and J. J. Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47: the reader's problem. The same (2003), Partial cell suppression: a new methodology for
statistical disclosure control, Statistics and Computing 13: ranges in place of whole cells.

In reading order: `attributes` (what is protected), `problem`, `nearest`, `ranges`, `told` (what editions leave behind),
`audience` (who may see which table and column, and how a range is printed), `audit`, which attacks the files of an
edition once more. `cell_suppression` is the rule of before, for an owner who wants every small count hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from etl.definitions import MEASURES
from etl.definitions.measure import Ratio
from etl.definitions.periods import day_of
from etl.definitions.tables import columns_of
from etl.protect.attributes import ALL, Attribute, Counts, Monthly, attribute_of, attributes, clipped, month_of
from etl.protect.audience import OFFERED, mask_results
from etl.protect.check import check_file
from etl.protect.problem import Offer, Problem, Secret, Told
from etl.protect.ranges import Ranges, ranges
from etl.protect.told import Record, after
from etl.system.workers import Share, in_threads


@dataclass(frozen=True)
class Protection:
    """What others than the central team see of each attribute: a row for each number and window that is printed.

    `printed`: site, number, period, starts, ends, low, high, value and total, the public total of the window.
    """

    printed: pd.DataFrame
    record: Record
    given_away: pd.DataFrame
    summary: pd.DataFrame = field(repr=False)

    def mask(self, results: pd.DataFrame) -> pd.DataFrame:
        """The results as others see them."""
        return mask_results(results, self.printed)

    def check(self, making: Path, audience: str) -> None:
        """A last look at an audience's file. Raises Unsafe."""
        check_file(making, audience, self.printed)

    def tables(self) -> dict[str, pd.DataFrame]:
        """What the central team's file keeps, for whoever makes or audits the next edition."""
        return self.record.tables() | {"told_before": self.given_away, "protection": self.summary}


def protect(
    results: pd.DataFrame, data_month: date, edition: str, made: datetime, before: Record, share: Share = in_threads
) -> Protection:
    """The ranges in which attributes can be published beside what was told before. Raises CannotProtect."""
    monthly = Monthly(results, data_month)
    counts = {own.name: monthly.counts(own) for own in attributes()}
    offers = offered(results, monthly)
    jobs = [
        (own.name, counts[own.name], offers[own.name], *before.knowledge(own, counts[own.name])) for own in attributes()
    ]
    jobs.sort(key=lambda job: -len(job[2]))  # the largest first, so that no process waits long for another
    found = dict(zip((job[0] for job in jobs), share(_ranges, jobs), strict=True))
    printed = pd.concat([_printed(own, offers[own.name], found[own.name], counts[own.name]) for own in attributes()])
    printed = printed.reset_index(drop=True)
    return Protection(
        printed, after(before, edition, made, printed, counts), _given_away(found), _summary(printed, found)
    )


def offered(results: pd.DataFrame, monthly: Monthly) -> dict[str, list[Offer]]:
    """What would be published of each attribute: known numbers of financial years and of the newest rolling year.

    A rate may be known of an earlier rolling year only, as money of a later month is missing: that one too.
    """
    found: dict[str, list[Offer]] = {own.name: [] for own in attributes()}
    known = results[results.value.notna() & results.period.isin(OFFERED)]
    newest = known[known.period == "rolling_year"].groupby(["site", "measure"]).starts.max().to_dict()
    rolling = {(*place, starts) for place, starts in newest.items()}
    rolling |= {(site, part, starts) for (site, measure), starts in newest.items() for part in _parts_of(measure)}
    for site, number, period, starts in zip(known.site, known.measure, known.period, known.starts, strict=True):
        own = attribute_of(number)
        if own and (period != "rolling_year" or (site, number, starts) in rolling):
            found[own.name].append(Offer(site, number, *clipped(site, period, day_of(starts), monthly), period))
    return found


def _parts_of(measure: str) -> tuple[str, ...]:
    """What a rate divides; nothing of what is none."""
    own = MEASURES.get(measure)
    return (own.numerator, own.denominator) if isinstance(own, Ratio) else ()


def _ranges(
    name: str, counts: Sequence[Counts], offers: Sequence[Offer], told: Sequence[Told], revised: Sequence[Secret]
) -> Ranges:
    """The ranges of one attribute; work for a process."""
    attribute = next(own for own in attributes() if own.name == name)
    return ranges(Problem(attribute, counts, offers, told, revised))


def _printed(attribute: Attribute, offers: Sequence[Offer], found: Ranges, counts: Sequence[Counts]) -> pd.DataFrame:
    frame = pd.DataFrame(offers, columns=["site", "number", "first", "last", "period"])
    frame["starts"] = [month_of(index) for index in frame["first"]]
    frame["ends"] = [month_of(index) for index in frame["last"]]
    totals = [_total(attribute, offer, counts) for offer in offers]
    return frame.assign(low=found.low, high=found.high, value=found.value, total=totals).drop(columns=["first", "last"])


def _total(attribute: Attribute, offer: Offer, counts: Sequence[Counts]) -> float:
    """The public total of a window, which nobody may exceed; infinite where it is not known."""
    first = offer.last if attribute.stock else offer.first
    return float(
        sum(
            own.total[max(first - own.first, 0) : max(offer.last + 1 - own.first, 0)].sum()
            for own in counts
            if offer.site in (ALL, own.site)
        )
    )


def _given_away(found: dict[str, Ranges]) -> pd.DataFrame:
    rows = [
        (reader, own.site, own.number, month_of(own.first), month_of(own.last), float(own.sign))
        for one in found.values()
        for reader, own in one.given_away
    ]
    frame = pd.DataFrame(rows, columns=columns_of("told_before"))
    return frame.astype({"reader": "str", "site": "str", "number": "str", "sign": "float64"})


def _summary(printed: pd.DataFrame, found: dict[str, Ranges]) -> pd.DataFrame:
    exact = printed.low == printed.high
    unknown = (printed.low == 0) & (printed.high >= printed.total) & ~exact
    row = {
        "step": "financial years and the newest rolling year",
        "why": "",
        "offered": len(printed),
        "shown": int(exact.sum()),
        "small": int((~exact & ~unknown).sum()),
        "beside": int(unknown.sum()),
    }
    return pd.DataFrame([row])


__all__ = ["OFFERED", "Protection", "protect"]
