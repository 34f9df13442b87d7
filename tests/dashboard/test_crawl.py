"""A reader who looks everywhere in the forum's or a lead's dashboard finds no number that is hidden from them."""

import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from audiences import DAYS, LEAD, NOTE, RETURNS, Tables, make_editions, read_file
from crawling import PAGE, PANEL, Answer, Crawl, Opened, Visitor, asked, figures, numbers, pounds, words
from stranger import Stranger

from etl.definitions.periods import write_date
from etl.definitions.settings import THRESHOLD
from etl.editions.publish import publish
from etl.warehouse.load import load

AUDIENCES = ("forum", LEAD)
STARTS = (
    "/",
    "/caseload",
    "/costs",
    "/funding",
    "/readiness",
    "/scenario",
    "/returns",
    "/site",
    "/methods",
    "/present",
)
SENT = ("file", "sha256", "message", "fix", "return_id", "owner", "words")  # columns with words of what sites sent
Serve = Callable[..., str]


@dataclass(frozen=True)
class Secrets:
    """What an audience must not read in an edition, from the central team's file and its own."""

    folder: Path
    audience: str

    @cached_property
    def central(self) -> dict[str, pd.DataFrame]:
        return read_file(self.folder / "central.duckdb")

    @cached_property
    def own(self) -> dict[str, pd.DataFrame]:
        return read_file(self.folder / f"{self.audience}.duckdb")

    @cached_property
    def hidden(self) -> dict[str, str]:
        """The numbers of results of which nothing is seen, by what names them in an address, and what they are."""
        unseen = self._hidden[self._hidden.range_low_own.isna()]
        return dict(zip(keys_of(unseen), unseen.shown, strict=True))

    @cached_property
    def figures(self) -> set[float]:
        """Hidden rates in full, which are in the audience's own file under no name."""
        found = {round(value, 6) for value in self._hidden.value if abs(value * 1000 - round(value * 1000)) > 1e-4}
        return found - self._own_figures(6)

    @cached_property
    def pounds(self) -> set[str]:
        """Hidden unit costs as they would be printed, where nothing else that is printed is the same."""
        own = self._own_figures(0)
        no_tick = re.compile(r"£\d[\d,]*\d\d[1-9]")
        odd = {text for text in self._hidden.shown if no_tick.fullmatch(text)}
        return {text for text in odd if float(text[1:].replace(",", "")) not in own}

    @cached_property
    def _hidden(self) -> pd.DataFrame:
        keys = ["site", "period", "starts", "measure"]
        both = self.central["results"].merge(self.own["results"], on=keys, suffixes=("", "_own"))
        return both[both.value_own.isna() & both.value.notna()]

    def _own_files(self) -> list[Tables]:
        """What the audience was given in every edition: it may see all of it at any address."""
        return [read_file(path) for path in self.folder.parent.glob(f"*/{self.audience}.duckdb")]

    def _own_figures(self, places: int) -> set[float]:
        frames = [frame for tables in self._own_files() for frame in tables.values()]
        columns = [frame[c] for frame in frames for c in frame.select_dtypes("number")]
        return {round(abs(value), places) for column in columns for value in column.dropna().astype(float)}

    @cached_property
    def sentences(self) -> set[str]:
        """What other sites sent, in words, and the central team's notes."""
        frames = [frame for tables in self._own_files() for frame in tables.values()]
        said = {str(v) for frame in frames for c in frame.select_dtypes("str") for v in frame[c].unique()}
        found = {NOTE}
        for frame in self.central.values():
            for column in set(frame) & set(SENT):
                rows = frame if "site" not in frame else frame[frame.site != self.audience]
                found |= {v for v in rows[column].dropna().unique() if isinstance(v, str) and len(v) > 11}
        return {word for word in found if word not in said}


def keys_of(results: pd.DataFrame) -> pd.Series:
    """What names each number of results in an address."""
    days = pd.to_datetime(results.starts).dt.strftime("%Y-%m-%d")
    return results.site + "|" + results.period + "|" + days + "|" + results.measure


def check(answer: Answer, secrets: list[Secrets], where: object) -> None:
    """No secret is in an answer, and nothing of the machine."""
    text = answer.text
    seen, printed = figures(text), pounds(text)
    for one in secrets:
        assert not (seen & one.figures or printed & one.pounds), (where, seen & one.figures, printed & one.pounds)
        assert not [word for word in one.sentences if word in text], where
        assert str(one.folder.parent) not in text, where
    assert "Traceback" not in text, where
    assert 'File "' not in text, where


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawled")
    make_editions(folder)
    return folder


@pytest.fixture(scope="module", params=AUDIENCES)
def reader(request: pytest.FixtureRequest, data: Path, serve: Serve) -> Iterator[tuple[Visitor, list[Secrets]]]:
    """A reader of an audience's dashboard, and what they must not read in each edition, the newest last."""
    folders = sorted(path for path in (data / "editions").iterdir() if path.is_dir())
    secrets = [Secrets(folder, request.param) for folder in folders]
    assert all(len(one.hidden) > 1000 and len(one.figures) > 50 for one in secrets)
    assert all(len(one.pounds) > 20 and len(one.sentences) > 100 for one in secrets)
    opened = Opened([data, data / "editions", *folders]) if sys.platform == "linux" else None
    visitor = Visitor(serve(data, request.param))
    yield visitor, secrets
    if opened is not None:
        names = {name for name in opened.names() if name.endswith((".duckdb", ".wal"))}
        opened.close()
        assert names == {f"{request.param}.duckdb"}, "the process opened another audience's file"


def keys_told(answer: Answer) -> dict[str, str]:
    """The numbers that a page or a package prints, by what names them."""
    if answer.body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.body)) as files:
            table = next((name for name in files.namelist() if name.endswith(".csv")), None)
            rows = csv.DictReader(io.StringIO(files.read(table).decode("utf-8-sig"))) if table else ()
            return {row["number"]: row["shown"] for row in rows if row["number"]}
    return dict(numbers(answer.tree)) if answer.status == 200 and answer.body.startswith(b"{") else {}


def walk(visitor: Visitor, secrets: list[Secrets], most: int, files: int, panels: int) -> dict[str, str]:
    """Looks at pages, files and panels; returns the numbers told, by what names them, in the newest edition."""
    *_, newest = secrets
    earlier = [f"{start}?edition={one.folder.name}" for one in secrets[:-1] for start in STARTS]
    crawl, told = Crawl(visitor, [*STARTS, *earlier], most), {}
    of = {one.folder.name: one for one in secrets}
    for href, answer in crawl:
        assert answer.status == 200, href
        check(answer, secrets, href)
        found = re.search(r"edition=([\w-]+)", href)
        edition = of.get(found[1] if found else newest.folder.name, newest)
        assert not (keys := set(keys_told(answer)) & set(edition.hidden)), (href, keys)
        told |= keys_told(answer) if edition is newest else {}
    for href in spread(crawl.files, files):
        answer = visitor.get(href)
        assert answer.status == 200, href
        check(answer, secrets, href)
        edition = next(one for one in secrets if one.folder.name in href)
        shown = {key: text for key, text in keys_told(answer).items() if text != "[c]"}
        assert not set(shown) & set(edition.hidden), href
        told |= shown if edition is newest else {}
    for key in spread(set(newest.hidden), panels):
        panel_of_hidden(visitor, key, newest)
    for key in spread(crawl.keys, panels):
        answer = visitor.ask(f"/caseload?{key}", PANEL)
        check(answer, secrets, key)
    return told


def spread(names: set[str], most: int) -> list[str]:
    """So many of the names, from all over them."""
    every = sorted(names)
    return every[:: max(1, len(every) // most)][:most] if most else []


def panel_of_hidden(visitor: Visitor, key: str, secrets: Secrets) -> None:
    """Where a hidden number comes from is not said: no number but those of its name and its days."""
    answer = visitor.ask(f"/caseload?number={key}", PANEL)
    check(answer, [secrets], key)
    said = words(answer.tree["response"]["panel"]["children"])
    assert "[c]" in said, key
    measure = key.rpartition("|")[2]
    about = secrets.own["measures"].set_index("measure").label.get(measure, "")
    said = re.sub(r"Code\s+[0-9A-Z]{5}-[0-9A-Z]{5}", "", said)
    plain = figures(said) - figures(about) - figures(write_date(made(secrets)))
    assert plain <= {2018.0, 2019.0, 2020.0}, (key, said)


def made(secrets: Secrets) -> date:
    return pd.Timestamp(secrets.own["edition"].known_at[0]).date()


def test_the_walk_would_see_a_secret(data: Path, serve: Serve) -> None:
    """Where nothing is hidden, the same walk finds what it looks for."""
    secrets = Secrets(max(path for path in (data / "editions").iterdir() if path.is_dir()), "forum")
    visitor, seen, told = Visitor(serve(data, "central")), "", set()
    for path in ("/costs", "/costs?per=completed_case", "/returns", "/caseload"):
        answer = visitor.ask(path)
        seen += answer.text
        told |= set(keys_told(answer))
    seen += visitor.get("/download/caseload/page.zip").text + visitor.get("/download/costs/page.zip").text
    assert told & set(secrets.hidden)
    assert pounds(seen) & secrets.pounds
    assert figures(seen) & secrets.figures
    assert [word for word in secrets.sentences if word in seen]


def test_nothing_that_can_be_reached_tells_a_hidden_number(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    told = walk(visitor, secrets, most=44, files=16, panels=24)
    assert len(told) > 200
    agree(told, secrets[-1])


def agree(told: dict[str, str], secrets: Secrets) -> None:
    """What was told is what the file prints: no page knows more than its file."""
    results = secrets.own["results"]
    seen = results.value.notna() | results.range_low.notna()
    printed = dict(zip(keys_of(results), seen, strict=True))
    assert [key for key in told if not printed.get(key, True)] == []


def test_the_words_of_dash_itself_tell_nothing(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    for path in ("/", "/caseload", "/_dash-layout", "/_dash-dependencies", "/healthz", "/readyz", "/returns/try"):
        answer = visitor.get(path)
        check(answer, secrets, path)
        assert answer.status < 500, path
    told = json.loads(visitor.get("/_dash-layout").body)
    assert not list(numbers(told)), "the layout holds no page"


HOSTILE: tuple[tuple[Any, Any], ...] = (
    ("/site/west_midlands", "?audience=central"),
    ("/caseload", "?edition=2019-11-16/central"),
    ("/caseload", "?edition=../../warehouse"),
    ("/caseload", "?edition=..%2f..%2fwarehouse.duckdb"),
    ("/caseload", "?edition=central"),
    ("/caseload", "?edition=.making-2019-12-13"),
    ("/caseload", "?site=central&of=central&chart=published"),
    ("/caseload", "?site=' or 1=1 --&period=month&to=2019-09"),
    ("/caseload", "?period=month&to=2019-09&from=2019-09"),
    ("/caseload", "?number=west_midlands|month|2019-09-01|closing_cases"),
    ("/caseload", "?number=west_midlands|cells|2019-09-01|closing_cases"),
    ("/caseload", "?number=west_midlands|receipt|2019-09-01|x"),
    ("/caseload", "?number=|||"),
    ("/caseload", "?number=a|b|c|d|e"),
    ("/caseload", "?number=all|rolling_year|9999-99-99|new_cases"),
    ("/caseload", "?chart=select * from results"),
    ("/returns", "?site=west_midlands&state=all&every=1"),
    ("/scenario", "?caseload=1e999&areas=-5&grant=9999-99&like=central"),
    ("/scenario", "?site=%00&areas=43"),
    ("/present", "?slides=changed,verdict,cost,cliff,readiness,decide,x&every=0"),
    ("/present", "?site=west_midlands"),
    ("/../editions/current.json", ""),
    ("/site/../../central", ""),
    ("/central.duckdb", None),
    (None, None),
    (7, ["?site=x"]),
    ({"a": 1}, {"b": 2}),
    ("/" + "x" * 5000, "?" + "y" * 5000),
    ("/caseload", "?" + "&".join(f"site=s{n}" for n in range(60))),
)


def test_hostile_words_tell_nothing_and_get_an_answer(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    for path, search in HOSTILE:
        for outputs in (PAGE, PANEL):
            answer = visitor.call(asked(path, search, outputs))
            check(answer, secrets, (path, search))
            assert answer.status < 500, (path, search, answer.text)
            keys = set(keys_told(answer)) & set(secrets[-1].hidden) & set(secrets[0].hidden)
            assert not keys, (path, search)


def test_every_callback_answers_hostile_calls_with_a_sentence(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    declared = json.loads(visitor.get("/_dash-dependencies").body)
    outputs = [one["output"] for one in declared]
    assert len(outputs) >= 3
    calls: list[Any] = [
        None,
        [],
        7,
        {},
        {"output": "frame.tree"},
        {"output": "..a.b...c.d..", "outputs": [], "inputs": []},
    ]
    for one in declared:
        named = one["output"].strip(".").split("...")
        given = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in named]
        for value in (None, "x", 7, [], {"act": "save", "name": "=1+1", "query": "?edition=../central"}, {"act": 1}):
            inputs = [{**entry, "value": value} for entry in one["inputs"]]
            state = [{**entry, "value": value} for entry in one.get("state", [])]
            said = {"output": one["output"], "outputs": given if len(given) > 1 else given[0], "inputs": inputs}
            calls.append({**said, "state": state, "changedPropIds": ["x.y"]})
        calls.append({"output": one["output"], "outputs": given, "inputs": [], "state": []})
    for call in calls:
        answer = visitor.call(call)
        check(answer, secrets, call)
        assert answer.status in (200, 204, 400, 404, 500), call
        assert answer.status != 500 or re.search(r"\w[^\n]*\.\n", answer.body.decode()), "a sentence"


def test_addresses_that_nobody_offers_tell_nothing(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    name = secrets[-1].folder.name
    for path in (
        f"/download/caseload/page.zip?edition={name}/central",
        "/download/caseload/page.zip?edition=../central",
        "/download/../editions/current.json",
        "/download/caseload/../../central.duckdb",
        "/download/caseload/results.csv",
        "/download/caseload/cells.xlsx",
        "/download/present/page.zip",
        "/download/overview/page.exe",
        "/download//page.zip",
        "/pack/slides.exe",
        "/pack/slides.pptx?edition=central",
        f"/editions/{name}/central.duckdb",
        "/assets/../editions/current.json",
        "/assets/%2e%2e/server.py",
        "/_dash-component-suites/dashboard/server.py",
        "/_dash-component-suites/dash/../../etc/passwd",
        "/_reload-hash",
        "/static/x",
        "/audit.log",
        "/packs.jsonl",
        "/number/AAAA-AAAA",
    ):
        answer = visitor.get(path)
        check(answer, secrets, path)
        assert answer.status < 500, (path, answer.status)
        assert b"duckdb" not in answer.body.lower() or answer.status == 404, path


def test_a_pack_tells_no_more_than_the_pages(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    answer = visitor.get("/pack/slides.pptx")
    assert answer.status == 200
    check(answer, secrets, "pptx")
    assert "notesSlide" in answer.text
    assert ".xlsx" in answer.text


def test_an_earlier_edition_says_that_it_is_one_and_what_has_changed(reader: tuple[Visitor, list[Secrets]]) -> None:
    visitor, secrets = reader
    said, current, unknown = (
        re.sub(r"\s+", " ", words(visitor.ask(href).tree["response"]["frame"]["tree"]))
        for href in (f"/costs?edition={secrets[0].folder.name}", "/costs", "/costs?edition=2001-01-01")
    )
    assert "This is the edition of 16 Nov 2019, not the current one" in said
    assert "MOPAC: £275,000 approved" in said
    assert "Verdict: not yet → ready with conditions" in said
    assert re.search(r"Returns received .*South Wales\s+Oct 2019\s+28 Nov 2019\s+late", said)
    assert "Data to Nov 2019" in re.sub(r"\s+", " ", current)
    assert "not the current one" not in current
    assert "There is no edition “2001-01-01”." in unknown


@pytest.fixture(scope="module")
def real_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions as the command makes them, with the choice of what to hide."""
    folder = tmp_path_factory.mktemp("real")
    load([RETURNS], folder)
    for day in DAYS:
        publish(folder, NOTE, day, audiences=True)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_whole_of_a_real_edition_tells_nothing(audience: str, real_data: Path, serve: Serve) -> None:
    """Every address, panel and file, and then a solver that knows how the numbers hang together."""
    folders = sorted(path for path in (real_data / "editions").iterdir() if path.is_dir())
    secrets, visitor = [Secrets(folder, audience) for folder in folders], Visitor(serve(real_data, audience))
    told = walk(visitor, secrets, most=5000, files=1500, panels=3000)
    assert len(told) > 1000
    agree(told, secrets[-1])
    answer = visitor.get("/pack/slides.pdf")
    assert answer.status == 200
    check(answer, secrets, "pdf")
    stranger = Stranger(folders[-1] / f"{audience}.duckdb", folders[-1] / "central.duckdb")
    small = [place for place, _ in stranger.secrets() if place[0] != "all" or audience == "forum"]
    assert len(small) > 1000
    for place in small[:: len(small) // 150]:
        low, high = stranger.range(place)
        assert low <= 1, place
        assert high >= THRESHOLD, place
