"""What the tests of a running dashboard share: the smallest data folder there is."""

from datetime import date, datetime
from pathlib import Path

import pytest
from editions import write_edition

MADE = datetime(2026, 11, 1, 12)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A data folder with one edition for the central team, of one site and no numbers."""
    about = {"edition_id": "2026-11-01", "audience": "central", "made": MADE, "known_at": MADE}
    site = {"site": "croydon", "label": "Canary", "short_label": "C", "position": 1, "first_month": date(2018, 1, 1)}
    tables = {"edition": [{**about, "data_month": date(2026, 9, 1)}], "sites": [site]}
    write_edition(tmp_path / "data", "2026-11-01", tables)
    return tmp_path / "data"
