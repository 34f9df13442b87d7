"""What the tests of exports share: an edition for a forum that met before, with the one that it saw then."""

import csv
import shutil
from pathlib import Path

import pytest
from audiences import DAYS, begin

MEETINGS = (
    "meeting,forum,label,day,saw,slides,known_from,source",
    "autumn,board,Joint board,2019-11-20,2019-11-16,,2019-10-01,made up for the sample",
    'winter,board,Joint board,2019-12-18,,"changed,agreed,verdict,cases,cost,cliff,decide",2019-11-20,minutes',
    "own,croydon,Croydon group,2019-12-02,,,2019-10-01,made up for the sample",
    "elsewhere,south_wales,South Wales group,2019-12-02,,,2019-10-01,made up for the sample",
)
DECISIONS = (
    "decision,meeting,site,measure,words,owner,due,followed,done,known_from,source",
    "money,autumn,croydon,,Ask MOPAC for money,Croydon lead,2019-12-31,MOPAC said yes,2019-12-11,2019-12-11,minutes",
    "cases,autumn,south_wales,new_cases,Find out who refers,South Wales lead,2019-12-01,,,2019-11-20,minutes",
    "returns,autumn,,,Send what is missing,All leads,2020-01-31,,,2019-11-20,minutes",
    "secret,elsewhere,south_wales,spend,Tell nobody else,South Wales lead,2020-01-31,,,2019-12-02,minutes",
)


@pytest.fixture(scope="session")
def met(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with meetings of its own and two editions, of which a board saw the first, for three audiences."""
    data = tmp_path_factory.mktemp("met")
    shutil.copy(sample / "warehouse.duckdb", data)
    (data / "reference").mkdir()
    for name, lines in (("meetings", MEETINGS), ("decisions", DECISIONS)):
        (data / "reference" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert len({len(row) for row in csv.reader(lines)}) == 1
    for day in DAYS:
        begin(data, day).write()
    return data
