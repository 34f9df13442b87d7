"""The door for files from outside: hostile or personal content is refused here, and only a grid of cells goes on."""

from etl.intake.grid import Grid, Place, Refused, Sheet, Text, Unreadable, address
from etl.intake.personal import refuse_personal_data
from etl.intake.reader import Reader

__all__ = ["Grid", "Place", "Reader", "Refused", "Sheet", "Text", "Unreadable", "address", "refuse_personal_data"]
