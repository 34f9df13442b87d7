"""An edition under the rule of whole cells: what is masked, what the central team's file keeps, and the last look."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from etl.protect.cell_suppression import Choice, choose
from etl.protect.cell_suppression.audit import check_file
from etl.protect.cell_suppression.ledger import newest, read_ledger
from etl.protect.cell_suppression.mask import mask_results
from etl.protect.told import COVERED, Forgotten, Record, after
from etl.system.workers import Share


@dataclass(frozen=True)
class WholeCells:
    """What others see where every small count is hidden, whatever it tells."""

    choice: Choice
    record: Record

    def mask(self, results: pd.DataFrame) -> pd.DataFrame:
        """The results as others see them."""
        return mask_results(results, self.choice.lattice, self.choice.shown)

    def tables(self) -> dict[str, pd.DataFrame]:
        """What the central team's file keeps, for whoever makes or audits the next edition."""
        choice = self.choice
        kept = {"published_cells": choice.ledger(), "protection": choice.summary()}
        kept |= {COVERED: self.record.covered}
        return kept | {"told_before": choice.disclosed_table(), "witnesses": choice.witness_table()}

    def check(self, making: Path, audience: str) -> None:
        """A last look at an audience's file. Raises Unsafe."""
        check_file(making, audience, self.choice.lattice, self.choice.shown)


def whole_cells(
    results: pd.DataFrame, data_month: date, edition: str, made: datetime, folder: Path, record: Record, share: Share
) -> WholeCells:
    """Chooses what to hide. Raises CannotHide, and Forgotten where an edition told more than this rule would."""
    if len(record.behind):
        raise Forgotten(
            "Nothing is published: earlier editions here told how many people sites worked with, which cannot be taken"
            " back, so that hiding all small counts now would protect nothing. Begin with --small all in a new data"
            " folder."
        )
    last = newest(folder)
    choice = choose(results, data_month, read_ledger(last), last, share)
    return WholeCells(choice, after(record, edition, made))
