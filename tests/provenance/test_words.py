"""What stories say: messages that have Welsh, and numbers that carry their addresses."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.welsh.language import Welsh
from etl.definitions.messages import Number, _, say
from etl.provenance.address import NumberAddress
from etl.provenance.code import WrongCode, read_code
from etl.provenance.story import BESIDE, Site, Story, beside_words, numbered

ROOT = Path(__file__).parents[2]
MODULES = (
    *sorted((ROOT / "etl" / "provenance").glob("*.py")),
    *sorted((ROOT / "dashboard" / "provenance").glob("*.py")),
    ROOT / "dashboard" / "pages" / "methods.py",
)
MAKERS = {"_", "N_", "ngettext"}


def message_ids(path: Path) -> Iterator[tuple[str, ...]]:
    """The message ids that a module writes; of a plural both."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            ids = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if ids:
                yield tuple(ids)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_message_of_a_story_has_welsh(path: Path) -> None:
    welsh = Welsh()
    for ids in message_ids(path):
        welsh.plural(*ids, 2) if len(ids) == 2 else welsh.message(*ids)
    assert welsh.missing == set()


@pytest.mark.parametrize("beside", BESIDE)
def test_what_goes_with_a_number_is_said_with_what_the_number_is(beside: str) -> None:
    assert "new cases" in beside_words(beside, "new cases")
    assert "achosion newydd" in say(beside_words(beside, "new cases"), Welsh())


def test_a_story_is_one_sentence_in_any_language() -> None:
    address = NumberAddress("all", "year", "2018-04-01", "spend", "over_plan")
    story = Story(address, Site("all", _("Programme")), beside_words("over_plan", "new cases"), "1")
    assert story.sentence == "Programme: new cases beyond plan"
    assert say(story.sentence, Welsh()) == "Rhaglen: achosion newydd y tu hwnt i’r cynllun"


def test_a_number_keeps_its_address_and_how_it_is_shown() -> None:
    number = numbered("£37,000", "croydon", "cover", "2020-04-01", "gap")
    assert (number.shown, number.address) == ("£37,000", "croydon|cover|2020-04-01|gap")
    assert Number("not known").address == ""


@pytest.mark.parametrize("typed", ("7KQ3M", "7KQ3M-XR4TO", "7KQ3M-XR4TB"))
def test_why_a_code_is_none_can_be_said_in_welsh(typed: str) -> None:
    with pytest.raises(WrongCode) as problem:
        read_code(typed)
    welsh = Welsh()
    assert say(problem.value.args[0], welsh) != str(problem.value)
    assert welsh.missing == set()
