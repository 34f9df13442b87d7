"""Returns of each layout, changed at random, are read or refused: no other error, no hang, no number made up."""

import io
import random
import re
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from mutating import mutated

from etl.examine.examiner import Examined, Examiner
from etl.intake import Refused, limits
from etl.sites import load_sites

SAMPLE = Path(__file__).parents[1] / "given" / "sample"
RECEIVED = datetime(2020, 1, 15, 12)
LAYOUTS = ("croydon", "west_midlands", "west_mercia", "south_wales")
SAID = re.compile(rb">([^<>]*)<|office:value\s*=\s*[\"']([^\"']*)[\"']")
FIGURE = re.compile(r"(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Money may be given in thousands of pounds.
TIMES = (1, 1000)
# So many of the changed returns at least are read, and so many are refused: else nothing was tried.
LEAST = 0.05


def changed(path: Path, chance: random.Random) -> bytes:
    """A return changed in its outside, or in one of its parts and packed with true checksums; many in figures only."""
    content = path.read_bytes()
    if path.suffix == ".csv":
        return other_figures(content, chance) if chance.random() < 0.3 else mutated(content, chance)
    if chance.random() < 0.2:
        return mutated(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {one: archive.read(one) for one in archive.infolist()}
    one = chance.choice([part for part in parts if part.file_size])
    parts[one] = other_figures(parts[one], chance) if chance.random() < 0.4 else mutated(parts[one], chance)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, kept in parts.items():
            archive.writestr(part.filename, kept, zipfile.ZIP_STORED if part.filename == "mimetype" else None)
    return packed.getvalue()


def other_figures(content: bytes, chance: random.Random) -> bytes:
    """The bytes with some digits turned into others, into words or into nothing."""
    found = [match.start() for match in re.finditer(rb"\d", content)]
    new = bytearray(content)
    for at in chance.sample(found, min(len(found), 3)):
        new[at : at + 1] = chance.choice([b"7", b"0", b"-", b"", b"99", b".5", b"<5", b"n/a", b"e3", b" "])
    return bytes(new)


def numbers_in(content: bytes) -> set[float]:
    """Every number that stands between the tags of a file's parts, or anywhere in a text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text = b"\n".join(archive.read(name) for name in archive.namelist())
        said = b" ".join(first or second for first, second in SAID.findall(text)).decode("utf-8", "replace")
    except zipfile.BadZipFile:
        said = content.decode("cp1252", "replace")
    figures = (float(figure.replace(",", "")) for figure in FIGURE.findall(said))
    return {0.0} | {round(figure * times, 2) for figure in figures for times in TIMES}


def examine(layout: str, count: int) -> tuple[int, int]:
    """How many of so many changed returns of a layout were read, and how many were refused."""
    chance = random.Random(f"{layout} {count}")
    originals = sorted(path for path in (SAMPLE / layout).iterdir() if path.is_file())
    chosen = [chance.choice(originals) for _ in range(count)]
    made = [(changed(path, chance), f"{layout}/{path.name}", RECEIVED) for path in chosen]
    read = 0
    with Examiner(load_sites()) as examiner:
        for (content, name, _), found in zip(made, examiner.examine_many(made), strict=True):
            refused = found if isinstance(found, Refused) else found.refused
            if refused:
                assert refused.sentence.endswith(".") and refused.fix, name
                assert "Traceback" not in refused.sentence and "Error(" not in refused.sentence
                continue
            assert isinstance(found, Examined) and found.content
            read += 1
            told, entries = numbers_in(content), found.content.entries
            for value, state in zip(entries.values, entries.states, strict=True):
                assert (value is not None) == (state == "reported"), name
                assert value is None or round(abs(value), 2) in told, (name, value)
    return read, count - read


@pytest.mark.parametrize("layout", LAYOUTS)
def test_changed_returns_are_read_or_refused(layout):
    read, refused = examine(layout, 60)
    assert read and refused


@pytest.mark.long
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_thousand_changed_returns(layout):
    start = time.monotonic()
    read, refused = examine(layout, 1_000)
    assert min(read, refused) > 1_000 * LEAST
    assert time.monotonic() - start < 10 * limits.SECONDS
