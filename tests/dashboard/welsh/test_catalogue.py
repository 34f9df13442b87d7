"""The Welsh catalogue: both languages name the same places, nothing in it is stale, and dates and figures are Welsh."""

import ast
import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from dashboard.welsh.catalogue import PLACE, Entry, templates, texts
from dashboard.welsh.draw import SCRIPTS_SAY
from dashboard.welsh.language import CATALOGUE, Welsh
from dashboard.welsh.say import Sayer

ROOT = Path(__file__).parents[3]
WORD = re.compile(r"[a-z0-9’']+")
CLAUSE = re.compile(r"[.;:,–()]|\{[a-z]+\d*\}")
NEAR = 8  # words: so far apart may two words of a sentence stand in the code that makes it
# What `pybabel extract` is given.
MAPPINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
METHODS = [(pattern, mapping["method"]) for mapping in MAPPINGS for pattern in mapping["pattern"]]
OPTIONS = {pattern: {"trimmed": "true"} for pattern, method in METHODS if method == "jinja2"}
FIELD = re.compile(r"%\(\w+\)s|\{\w+\}")
SAYER = Sayer(("Croydon", "West Midlands", "West Mercia", "South Wales"))
CASES = (
    ("Apr 2019", "Ebr 2019"),
    ("11 Dec 2019", "11 Rhag 2019"),
    ("March 2020", "Mawrth 2020"),
    ("Dec 2018 to Nov 2019", "Rhag 2018 – Tach 2019"),
    ("£1,234", "£1,234"),
    ("£0.97 to £1.04", "£0.97 i £1.04"),
    ("West Mercia and South Wales", "Gorllewin Mersia a De Cymru"),
    ("The West Midlands is level", "Gorllewin Canolbarth Lloegr: yn wastad"),
    ("No site is ready yet, one with conditions", "Nid oes safle yn barod eto, 1 gydag amodau"),
    ("Cost per new case (cash), by financial year", "Cost fesul achos newydd (arian parod), yn ôl blwyddyn ariannol"),
    ("Yes: all four sites are ready to carry on without the grant",
     "Ie: mae pob un o’r 4 safle yn barod i barhau heb y grant"),
    ("MOPAC: £275,000 approved", "MOPAC: £275,000 wedi’i gymeradwyo"),
    ("Commissioner, police: £165,000 approved", "Comisiynydd, heddlu: £165,000 wedi’i gymeradwyo"),
    ("not all four questions answered → 3, 3, 2, 2", "heb ateb pob un o’r pedwar cwestiwn → 3, 3, 2, 2"),
    ("All four questions answered with 3: ready", "Ateb pob un o’r pedwar cwestiwn â 3: yn barod"),
    ("Oct 2019 return came 28 Nov 2019, due 14 Nov 2019",
     "Daeth ffurflen Hyd 2019 ar 28 Tach 2019; roedd i’w disgwyl erbyn 14 Tach 2019"),
    ("South Wales: £43 more per new case, because fewer cases share it",
     "De Cymru: £43 yn fwy fesul achos newydd, am fod llai o achosion yn ei rhannu"),
)  # fmt: skip


@pytest.mark.parametrize(("english", "welsh"), CASES)
def test_what_is_said(english: str, welsh: str) -> None:
    assert SAYER.say(english) == welsh


@pytest.mark.parametrize("text", ("Somebody wrote this", "Croydon: somebody wrote this", "12 gadgets, Croydon"))
def test_what_the_catalogue_lacks_is_not_said_in_part(text: str) -> None:
    assert SAYER.say(text) is None


def test_figures_are_written_alike() -> None:
    """Welsh writes numbers as British English does, so that a number on a page needs no other form."""
    for number in (0, 12, 1234, 1234567, 0.5, -1234.56):
        assert format_decimal(number, locale="cy") == format_decimal(number, locale="en_GB")


@cache
def messages() -> frozenset[tuple[str, ...]]:
    """The message ids of the code; of a plural both."""
    found = extract_from_dir(str(ROOT), METHODS, OPTIONS)
    return frozenset((ids,) if isinstance(ids, str) else tuple(ids) for _, _, ids, _, _ in found)


def test_every_message_of_the_code_has_welsh() -> None:
    """Where this fails, give the message its Welsh in `dashboard/welsh/cy.po`."""
    welsh = Welsh()
    for ids in messages():
        if any(map(str.isalpha, FIELD.sub("", ids[0]))):
            welsh.plural(*ids, 2) if len(ids) == 2 else welsh.message(ids[0])
    assert len(messages()) > 1000
    assert welsh.missing == set()


def test_a_message_has_the_same_places_in_both_languages() -> None:
    with CATALOGUE.open("rb") as file:
        known = [message for message in read_po(file, locale="cy") if message.id]
    assert len(known) > 1500
    for message in known:
        english, welsh = ([text] if isinstance(text, str) else list(text) for text in (message.id, message.string))
        wanted = set(FIELD.findall(english[-1]))
        assert all(set(FIELD.findall(one)) == wanted for one in welsh), message.id
        assert all(one.strip() == one and one for one in welsh), message.id


@cache
def entries() -> tuple[Entry, ...]:
    """What says sentences that come ready-made."""
    return (*templates(), *(Entry(english, welsh) for english, welsh in texts().items()))


def test_both_languages_name_the_same_places() -> None:
    assert [entry.english for entry in entries() if places(entry.english) != places(entry.welsh)] == []
    assert [entry.english for entry in entries() if entry.welsh.strip() != entry.welsh or not entry.welsh] == []


def places(text: str) -> list[str]:
    return sorted(place[0] for place in PLACE.finditer(text))


def test_a_small_letter_says_that_a_text_may_stand_within_a_sentence() -> None:
    first = [(entry, entry.english[0], entry.welsh[0]) for entry in templates()]
    lettered = [(entry, one, other) for entry, one, other in first if one.isalpha() and other.isalpha()]
    assert [entry.english for entry, one, other in lettered if one.isupper() != other.isupper()] == []


def test_nothing_is_there_twice() -> None:
    """Also not with another first letter, unless its Welsh is other words: `Months`, a heading, and 12 `months`."""
    said = [(first_small(entry.english), first_small(entry.welsh)) for entry in templates()]
    assert sorted(said) == sorted(set(said))
    assert len({entry.english for entry in entries()}) == len(entries())


def first_small(text: str) -> str:
    return text[:1].lower() + text[1:]


@cache
def source() -> frozenset[tuple[str, ...]]:
    """The words of the code and of its data, and which of them stand near one another."""
    found: set[tuple[str, ...]] = set()
    for path in [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "etl").rglob("*.py")]:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        nodes = [node for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        nodes.sort(key=lambda node: (node.lineno, node.col_offset))
        _note(" ".join(str(node.value) for node in nodes), found)
    for pattern in ("data/reference/*.csv", "etl/sites/*.toml", "dashboard/assets/[!p]*.js", "dashboard/assets/pr*.js"):
        for path in ROOT.glob(pattern):
            _note(path.read_text(encoding="utf-8"), found)
    return frozenset(found)


def _note(text: str, found: set[tuple[str, ...]]) -> None:
    words = WORD.findall(text.lower())
    for place, word in enumerate(words):
        if word in vocabulary():
            found.add((word,))
            found.update((word, other) for other in words[place + 1 : place + 1 + NEAR] if other in vocabulary())


@cache
def vocabulary() -> frozenset[str]:
    """The words of the catalogue, and what each is without an s at its end."""
    words = {word for entry in entries() for word in WORD.findall(entry.english.lower())}
    return frozenset(words | {word.rstrip("s") for word in words})


def _stands(*words: str) -> bool:
    """Whether words stand near one another in the source; a plural may be made there."""
    forms = [words, *((*words[:i], word.rstrip("s"), *words[i + 1 :]) for i, word in enumerate(words))]
    return any(tuple(form) in source() for form in forms)


def test_no_entry_is_stale() -> None:
    """An entry is a message of the code, or nearly all its words stand there as they follow one another in it."""
    stale = []
    for entry in (entry for entry in entries() if (entry.english,) not in messages()):
        clauses = [WORD.findall(clause.lower()) for clause in CLAUSE.split(entry.english)]
        pairs = [pair for clause in clauses for pair in pairwise(clause)]
        apart = sum(not _stands(*pair) for pair in pairs)
        if not all(_stands(word) for clause in clauses for word in clause if len(word) > 2) or apart > max(
            1, len(pairs) / 2
        ):
            stale.append(entry.english)
    assert stale == []


def test_every_word_of_a_script_is_handed_to_it() -> None:
    said = {
        text
        for path in (ROOT / "dashboard" / "assets").glob("*.js")
        for text in re.findall(r'\bsay\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert said == set(SCRIPTS_SAY)
    assert all(SAYER.say(text) for text in said)
