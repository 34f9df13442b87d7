"""The laws of the house, each held by reading the code itself; none has a list of exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.definitions import MEASURES
from etl.definitions.dictionary import PATH, TABLES, make_dictionary, make_table_dictionary
from etl.definitions.measure import Breakdown
from etl.definitions.tables import tables
from etl.sites import load_sites

ROOT = Path(__file__).parents[1]
CODE = sorted(path for folder in ("etl", "dashboard") for path in (ROOT / folder).rglob("*.py"))

# The floors of each part, from the ground up: a folder or file imports of ours only what stands on a lower floor.
FLOORS = (
    ("etl.definitions", "etl.methods", "etl.intake"),
    ("etl.sites", "etl.provenance", "etl.system"),
    ("etl.read", "etl.sample", "etl.reference"),
    ("etl.check", "etl.judge"),
    ("etl.examine", "etl.compare"),
    ("etl.warehouse", "etl.protect"),
    ("etl.editions", "etl.feedback"),
    ("etl.__main__",),
    ("dashboard.theme",),
    ("dashboard.data",),
    ("dashboard.wording",),
    ("dashboard.elements",),
    ("dashboard.welsh", "dashboard.charts", "dashboard.provenance"),
    ("dashboard.access", "dashboard.cards"),
    ("dashboard.meeting", "dashboard.upload", "dashboard.scenarios", "dashboard.operations"),
    ("dashboard.pages", "dashboard.export"),
    ("dashboard.app",),
    ("dashboard.response_cache",),
    ("dashboard.server",),
    ("dashboard.screenshots",),
    ("dashboard.__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# The ground: what every number means and the published methods know nothing of this project; files from outside are
# opened by code that knows nothing else.
IMPORT_NOTHING = FLOORS[0]
# What the dashboard may know of the pipeline: what numbers mean, whose they are, where they come from, and the two
# things that a reader may ask to be worked out, a scenario and a trial of a return; and how a file is made to last.
DASHBOARD_MAY_IMPORT = (
    "etl.definitions",
    "etl.sites",
    "etl.provenance",
    "etl.judge.scenario",
    "etl.feedback.trial",
    "etl.system.durable",
    "etl.system.database",
)
CALCULATORS = ("pandas", "numpy", "scipy", "polars", "statistics")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def texts(path: Path) -> Iterator[str]:
    """The texts in a module, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def within(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def labels() -> set[str]:
    """The labels that nobody would write by chance: three words and more."""
    parts = (part for measure in MEASURES.values() if isinstance(measure, Breakdown) for part in measure.parts)
    return {one.label for one in (*MEASURES.values(), *parts) if len(one.label.split()) > 2}


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_1_a_label_stands_only_in_the_definitions(path: Path) -> None:
    if not within(module_of(path), "etl.definitions"):
        said = labels() & set(texts(path))
        assert not said


def test_1_the_dictionary_is_fresh() -> None:
    assert PATH.read_text(encoding="utf-8") == make_dictionary(), "run `python -m etl dictionary`"
    assert TABLES.read_text(encoding="utf-8") == make_table_dictionary(), "run `python -m etl dictionary`"


def listed(path: Path) -> Iterator[set[str]]:
    """The texts of each list, tuple and set of texts in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            words = {one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            if len(words) == len(node.elts):
                yield words


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_1_the_columns_of_an_edition_are_listed_only_in_their_description(path: Path) -> None:
    for words in listed(path):
        found = [own.name for own in tables().values() if len(words & own.columns.keys()) > 0.8 * len(own.columns) > 2]
        assert not found or not words <= tables()[found[0]].columns.keys(), f"{words}: use columns_of({found[0]!r})"


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_a_database_is_opened_in_one_place(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)]
    opened = [one for one in calls if one.attr == "connect" and isinstance(one.value, ast.Name)]
    opens = any(one.value.id == "duckdb" for one in opened) or "duckdb.connect" in set(imports(path))
    assert opens == (module_of(path) == "etl.system.database")


def room_of(module: str) -> str:
    """The folder or file of the house that a module stands in: `dashboard.data`."""
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_2_imports_run_one_way(path: Path) -> None:
    module = module_of(path)
    if module in ("etl", "dashboard"):
        assert not list(imports(path))
        return
    room = room_of(module)
    ours = {name for name in imports(path) if within(name, "etl") or within(name, "dashboard")} - {"etl", "dashboard"}
    others = {name for name in ours if room_of(name) != room}
    assert not {name for name in others if FLOOR[room_of(name)] >= FLOOR[room]}
    if room in IMPORT_NOTHING:
        assert not others
    if within(module, "dashboard"):
        theirs = {name for name in ours if within(name, "etl")}
        folders = {part.rpartition(".")[0] for part in DASHBOARD_MAY_IMPORT if part.count(".") == 2}
        assert not {n for n in theirs - folders if not any(within(n, part) for part in DASHBOARD_MAY_IMPORT)}


@pytest.mark.parametrize("path", [path for path in CODE if "dashboard" in path.parts], ids=module_of)
def test_3_the_dashboard_never_computes(path: Path) -> None:
    module, names = module_of(path), list(imports(path))
    assert not [name for name in names if any(within(name, part) for part in CALCULATORS)]
    assert module == "dashboard.data.edition" or not [name for name in names if within(name, "duckdb")]
    sums = ("sum(", "avg(", " over (", "median(")
    assert not [text for text in texts(path) if "select " in text.lower() and any(s in text.lower() for s in sums)]


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_4_the_words_of_layouts_are_data(path: Path) -> None:
    blocks = [block for site in load_sites().values() for layout in site.layouts for block in layout.blocks]
    words = {word for b in blocks for word in (b.sheet, b.heading, *b.words.values()) if len(word.split()) > 2}
    if within(module_of(path), "etl"):
        said = (words - labels()) & set(texts(path))
        assert not said


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_every_module_says_in_one_sentence_what_it_is_for(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
    assert first and (first[-1] in ".!?")


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not {path.stem for path in CODE} & {"utils", "util", "helpers", "common", "base", "manager", "core", "misc"}
