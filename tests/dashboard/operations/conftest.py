"""What the tests of a running dashboard share: the smallest data folder there is."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from editions import write_edition

from dashboard.access import passwords

MADE = datetime(2026, 11, 1, 12)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A data folder with one edition for the central team, of one site and no numbers."""
    about = {"edition_id": "2026-11-01", "audience": "central", "made": MADE, "known_at": MADE}
    site = {"site": "croydon", "label": "Canary", "short_label": "C", "position": 1, "first_month": date(2018, 1, 1)}
    tables = {"edition": [{**about, "data_month": date(2026, 9, 1)}], "sites": [site]}
    write_edition(tmp_path / "data", "2026-11-01", tables)
    return tmp_path / "data"


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hashes of passwords that cost little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield
