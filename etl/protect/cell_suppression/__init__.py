"""Editions for others than the central team: small numbers hidden, so that nobody can work them out.

The model, with the names that the code has for its parts:

- Variables. Each cell i of the `lattice` is a count a_i of a site (or of all sites) over some months. A reader has to
  guess a table b of whole numbers; the code works with the change x = b - a.
- Constraints. Every reader knows the relations M (a row each: +1 for the total, -1 for its parts), so M x = 0; that no
  count is below nothing, so x_i >= -a_i (`room`); and what is `shown` or known to it anyway (to a lead its own site's
  numbers; to all what earlier editions published and is still so), so x_i = 0 there.
- Requirements. For each count from 1 to 4 and each reader that does not have it: some allowed x takes it to 5 or more,
  and some allowed x takes it to 1 or less. Of all sites together a lead knows its own part, so the others' part must be
  as open. Small differences from what an earlier edition published are treated in the same way. For readers outside,
  only the counts of all sites are required: every other lead knows more of a site than they do.
- Hiding. All small counts are hidden. While a requirement of a reader fails, linear and then integer programming finds
  the x that meets it and moves shown numbers least (by `weights`), and the numbers that it moves are hidden too
  (complementary suppression). Where that fails or takes too long, the next coarser `granularity` is taken.

What is proved: for every requirement there is a witness, an x in whole numbers that satisfies all constraints and meets
it. Before anything is published, `VerifiedWitnesses` checks the witnesses against the constraints without the solver,
so that a fault of the solver can hide too much or stop an edition, and no more. Whole numbers matter: fractions of
people can leave open what whole people do not. Nothing is claimed of the least cost (hiding is a heuristic), of leads
who share what they know, of knowledge from outside the returns, or of which possible tables are likelier.

M. Fischetti and J. J. Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47: the reader's problem, two programmes for each small cell. J. P. Kelly, B. L. Golden and A. A.
Assad (1992), Cell suppression: disclosure protection for sensitive tabular data, Networks 22: hiding what the cheapest
change moves.

In reading order: `lattice` (cells and relations), `requirements`, `granularity` (what is offered), `hide`, `attack`
(whether anything can be worked out), with `witnesses`, `reduce` and `solver` under it; `ledger` and `saved_witnesses`
(what earlier editions leave behind), `audience` (who may see which table and column), and `audit`, which attacks the
files of an edition once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import process_time

import pandas as pd

from etl.definitions.tables import columns_of
from etl.protect.cell_suppression.attack import Attack
from etl.protect.cell_suppression.granularity import GRANULARITIES, Granularity, offered
from etl.protect.cell_suppression.hide import CannotHide, Disclosure, Hiding, readers, without
from etl.protect.cell_suppression.lattice import Lattice, Mask, build
from etl.protect.cell_suppression.ledger import Ledger, after
from etl.protect.cell_suppression.requirements import Requirements, requirements_of
from etl.protect.cell_suppression.saved_witnesses import as_table, read_witnesses
from etl.protect.cell_suppression.witnesses import TooLong, VerifiedWitnesses, Witness
from etl.system.workers import Share, in_threads

# How long each search may take before a coarser granularity is tried, in seconds of processor time: what is published
# must not depend on what else the machine does.
PATIENCE = 300.0
# A lattice of more cells than this is published by years from the start: a finer search would take long and then fail.
MOST_CELLS = 40_000


@dataclass(frozen=True)
class Choice:
    """What is published to others than the central team: the granularity that was safe, and the cells that are shown.

    `witnesses` are the tables that were found, which meet the requirements in `asked`, by reader.
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
        """The smallest witnesses that meet all requirements, each checked once more against all that is shown.

        Raises CannotHide where a requirement has no witness: the proof is part of what is published.
        """
        verified, kept = VerifiedWitnesses(self.lattice, self.shown, self.witnesses), set[int]()
        for reader, own in self.asked.items():
            met, by = verified.smallest(reader, own)
            if not met.all():
                raise CannotHide(
                    f"Nothing is published: what is shown to {reader or 'all'} is not borne out by the tables found. "
                    "Publish again; if it comes back, it is a fault of ours: please report it."
                )
            kept |= set(by.tolist())
        return [self.witnesses[at] for at in sorted(kept)]

    def witness_table(self) -> pd.DataFrame:
        """The witnesses as a table, kept for the next edition. Raises CannotHide as `verified_witnesses` does."""
        return as_table(self.lattice, self.verified_witnesses())

    def disclosed_table(self) -> pd.DataFrame:
        """A row for each small number that earlier editions disclose, as a later return changed its relations."""
        rows = [(reader, *self.lattice.cells[at], sign) for reader, at, sign in sorted(self.disclosed)]
        return pd.DataFrame(rows, columns=columns_of("told_before")).astype(
            {"reader": "str", "site": "str", "number": "str"}
        )


def choose(
    results: pd.DataFrame, data_month: date, before: Ledger, editions: Sequence[Path] = (), share: Share = in_threads
) -> Choice:
    """The finest granularity that can be made safe against every reader, and what it shows.

    `editions` are the files of the edition before; `share` is how the work is shared among processes.
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
    """What must stay open to each reader."""
    revised = before.revisions(lattice)
    return {reader: requirements_of(lattice, reader, revised) for reader in readers(lattice.spans.sites)}


def broken(lattice: Lattice, shown: Mask, asked: dict[str, Requirements], until: float) -> dict[str, list[int]]:
    """The cells that each reader may be able to work out: all those without a verified witness."""
    attack = Attack(lattice, asked, whole=True)
    attack.run(shown, until)
    verified = VerifiedWitnesses(lattice, shown, attack.witnesses)
    return {reader: sorted({int(at) for at in own.at[~verified.met(reader, own)]}) for reader, own in asked.items()}


__all__ = ["CannotHide", "Choice", "broken", "choose", "requirements_by_reader", "without"]
