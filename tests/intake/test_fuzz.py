"""Files changed at random are read or refused: no other error, no hang, no number that the file does not say."""
# ruff: noqa: E501 - markup stands as it would in a file

import random
import re
import time
import zipfile
from io import BytesIO

import pytest
from making_files import ods_parts, table, xlsx_parts, zipped
from mutating import mutated

from etl.intake import Grid, Reader, Refused, limits

ROWS = "".join(
    f'<row r="{r}" spans="1:3"><c r="A{r}" t="s"><v>{r % 3}</v></c><c r="B{r}" s="1"/><c r="C{r}"><f>A{r}*2</f><v>{r * 7}</v></c></row>'
    for r in range(1, 30)
)
XLSX = xlsx_parts(
    ROWS,
    strings="<si><t>Police</t></si><si><t>Housing &amp; health</t></si><si><t>Other</t></si>",
    names=("Cases", "Money"),
    head='<dimension ref="A1:C29"/>',
)
ODS_ROW = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>Heddlu / Police</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="9"><text:p>9</text:p></table:table-cell></table:table-row>'
)
ODS = ods_parts(table(ODS_ROW * 20) + table(ODS_ROW, "Arian"))
CSV = ("Period: April 2019\n\nSection,Value,Comment\n" + '1 Referrals,"£1,234.50",\n' * 40 + "End\n").encode("cp1252")


def files(kind: str, chance: random.Random) -> bytes:
    """A file of the kind, changed in its outside or in one of its parts, then packed with true checksums."""
    if kind == "csv":
        return mutated(CSV, chance)
    parts = dict(XLSX if kind == "xlsx" else ODS)
    if chance.random() < 0.3:
        return mutated(zipped(parts), chance)
    name = chance.choice([name for name in parts if name != "mimetype"])
    content = parts[name]
    parts[name] = mutated(content.encode() if isinstance(content, str) else content, chance)
    return zipped(parts)


def numbers_said(content: bytes) -> set[float]:
    """Every number that stands anywhere in the file's sheets."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        text = b"\n".join(archive.read(name) for name in archive.namelist() if "sheet" in name or name == "content.xml")
    found = set()
    for written in re.findall(rb"<(?:\w+:)?v[^>]*>([^<]*)<|office:value\s*=\s*[\"']([^\"']*)", text):
        try:
            found.add(float((written[0] or written[1]).decode()))
        except ValueError:
            continue
    return found


def run(kind: str, count: int) -> tuple[int, int]:
    chance = random.Random(f"{kind} {count}")
    made = [files(kind, chance) for _ in range(count)]
    read = 0
    with Reader() as reader:
        for content, found in zip(made, reader.each(reader.read, made), strict=True):
            if isinstance(found, Refused):
                assert found.sentence.endswith(".") and found.fix
                continue
            assert isinstance(found, Grid)
            read += 1
            if found.kind != "csv":
                floats = {v for sheet in found.sheets for v in sheet.cells.values() if isinstance(v, float) and v == v}
                assert floats <= numbers_said(content)
    return read, count - read


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_hundred_changed_files(kind):
    read, refused = run(kind, 100)
    assert read and refused


@pytest.mark.long
@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_thousands_of_changed_files(kind):
    start = time.monotonic()
    read, refused = run(kind, 3_000)
    assert read > 100 and refused > 100
    assert time.monotonic() - start < 10 * limits.SECONDS
