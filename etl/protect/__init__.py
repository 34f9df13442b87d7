"""Editions for others than the central team: small numbers hidden, so that nobody can work them out.

`lattice` is what hangs together, `offer` what is published at all and in which coarser steps, `hide` what is hidden
besides the small numbers, `attack` what a reader can work out, `ledger` what earlier editions told, `audience` who may
see which table and column, `audit` looks at an edition's files once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import process_time

import pandas as pd

from etl.definitions.tables import columns_of
from etl.protect.attack import Attack
from etl.protect.granularity import GRANULARITIES, Granularity, offered
from etl.protect.hide import CannotHide, Disclosure, Hiding, readers, without
from etl.protect.lattice import Lattice, Mask, build
from etl.protect.ledger import Ledger, after
from etl.protect.requirements import Requirements, requirements_of
from etl.protect.saved_witnesses import as_table, read_witnesses
from etl.protect.witnesses import TooLong, VerifiedWitnesses, Witness
from etl.system.workers import Share, in_threads

# How long each search of a step may take before a coarser step is tried, in seconds of processor time: what is
# published must not depend on what else the machine does.
PATIENCE = 300.0
# A lattice of more cells than this is published by years at once: finer ones would only take long and then fail.
MOST_CELLS = 40_000


@dataclass(frozen=True)
class Choice:
    """What is published to others than the central team: the step that was safe, and the cells that are shown.

    `witnesses` are the tables that were found, which meet what is `asked` of each reader.
    """

    lattice: Lattice
    granularity: Granularity
    offered: Mask
    shown: Mask
    before: Ledger
    why: str = ""
    disclosed: frozenset[Disclosure] = frozenset()
    witnesses: Sequence[Witness] = ()
    asked: Mapping[str, Requirements] = field(default_factory=dict)

    def ledger(self) -> pd.DataFrame:
        """What has been published up to now, this edition included."""
        return after(self.before, self.lattice, self.shown, self.offered).table()

    def summary(self) -> pd.DataFrame:
        """One row: what is published, how many counts of it are shown and hidden, and how many of those are small."""
        hidden = self.offered & ~self.shown
        row = {
            "step": self.granularity.words,
            "why": self.why,
            "offered": int(self.offered.sum()),
            "shown": int((self.offered & self.shown).sum()),
            "small": int((hidden & self.lattice.small).sum()),
            "beside": int((hidden & ~self.lattice.small).sum()),
        }
        return pd.DataFrame([row])

    def verified_witnesses(self) -> list[Witness]:
        """The smallest tables that readers must believe possible and that keep all open that is asked, looked at once
        more with all that is shown. Raises CannotHide where something is not kept open.
        """
        borne, kept = VerifiedWitnesses(self.lattice, self.shown, self.witnesses), set[int]()
        for reader, own in self.asked.items():
            met, by = borne.smallest(reader, own)
            if not met.all():
                raise CannotHide(
                    f"Nothing is published: what is shown to {reader or 'all'} is not borne out by the tables found. "
                    "Publish again; if it comes back, it is a fault of ours: please report it."
                )
            kept |= set(by.tolist())
        return [self.witnesses[at] for at in sorted(kept)]

    def witness_table(self) -> pd.DataFrame:
        """The tables that bear out what is shown, kept for the next edition. Raises CannotHide as `borne_out` does."""
        return as_table(self.lattice, self.verified_witnesses())

    def disclosed_table(self) -> pd.DataFrame:
        """One row a small number that earlier editions gave away, as a later return changed what hangs together."""
        rows = [(reader, *self.lattice.cells[at], sign) for reader, at, sign in sorted(self.disclosed)]
        return pd.DataFrame(rows, columns=columns_of("told_before")).astype(
            {"reader": "str", "site": "str", "number": "str"}
        )


def choose(
    results: pd.DataFrame,
    data_month: date,
    before: Ledger,
    editions: Sequence[Path] = (),
    share: Share = in_threads,
) -> Choice:
    """The finest step that can be made safe against every reader, and what it shows; `editions` are the files of the
    one before, and `share` says who works.
    """
    lattice = build(results, data_month, before.cells())
    known = before.known(lattice)
    asked, earlier = requirements_by_reader(lattice, before), read_witnesses(editions, lattice)
    first = 0 if len(lattice.cells) <= MOST_CELLS else len(GRANULARITIES) - 2
    why = "" if not first else "too many cells for a finer one"
    hidden = before.kept_hidden(lattice)
    for granularity in GRANULARITIES[first:-1]:
        offer = offered(lattice, granularity)
        hiding = Hiding(lattice, offer & ~hidden, known, asked, process_time() + PATIENCE, earlier, share)
        try:
            shown = hiding.make_safe()
        except (CannotHide, TooLong) as error:
            why += f"{granularity.words}: {error} "
        else:
            away, left = frozenset(hiding.disclosed), {reader: hiding.still_asked(reader) for reader in asked}
            return Choice(lattice, granularity, offer, shown, before, why.strip(), away, hiding.witnesses, left)
    last = GRANULARITIES[-1]
    return Choice(lattice, last, offered(lattice, last), known, before, why.strip())


def requirements_by_reader(lattice: Lattice, before: Ledger) -> dict[str, Requirements]:
    """For each reader what must stay open to it."""
    revised = before.revisions(lattice)
    return {reader: requirements_of(lattice, reader, revised) for reader in readers(lattice.spans.sites)}


def broken(lattice: Lattice, shown: Mask, asked: dict[str, Requirements], until: float) -> dict[str, list[int]]:
    """For each reader the cells that it can work out; what is not named stands on tables that were looked at again."""
    attack = Attack(lattice, asked, whole=True)
    attack.run(shown, until)
    borne = VerifiedWitnesses(lattice, shown, attack.witnesses)
    return {reader: sorted({int(at) for at in own.at[~borne.met(reader, own)]}) for reader, own in asked.items()}


__all__ = ["CannotHide", "Choice", "broken", "choose", "requirements_by_reader", "without"]
