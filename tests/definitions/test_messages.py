"""Texts as data: English as their value, what stands in their places kept, and numbers that carry their addresses."""

import json
import pickle
from datetime import date

import pytest

from etl.definitions.messages import (
    ENGLISH,
    Capital,
    Count,
    Listing,
    Month,
    Name,
    Number,
    Text,
    Unlinked,
    _,
    from_data,
    joined,
    ngettext,
    to_data,
)  # fmt: skip

WEST = Name("West Midlands", True)
GAP = Number("£37,000", "croydon|cover|2020-04-01|gap", "gap")
TEXTS = (
    (_("{site} took on {count} in {month}", site=Capital(WEST), count=Count(2), month=Month(date(2019, 4, 1))),
     "The West Midlands took on two in Apr 2019"),
    (ngettext("{number} site", "{number} sites", 1), "1 site"),
    (ngettext("{number} site", "{number} sites", 3, number=Count(3)), "three sites"),
    (Listing([Name("Croydon"), WEST, Name("South Wales")]), "Croydon, the West Midlands and South Wales"),
    (joined("; ", [_("{amount} to find", amount=GAP), "done"]), "£37,000 to find; done"),
    (Unlinked(_("{amount} to find", amount=GAP)), "£37,000 to find"),
)  # fmt: skip


def numbers(text: Text) -> list[str]:
    return [piece.address for piece in text.pieces(ENGLISH) if isinstance(piece, Number)]


@pytest.mark.parametrize(("text", "english"), TEXTS)
def test_a_text_is_its_english_and_is_the_same_after_a_file_and_a_process(text: Text, english: str) -> None:
    assert text == english
    for again in (from_data(json.loads(json.dumps(to_data(text)))), pickle.loads(pickle.dumps(text))):
        assert again == english and to_data(again) == to_data(text) and numbers(again) == numbers(text)


def test_a_number_keeps_its_address_in_a_sentence_unless_the_sentence_opens_nothing() -> None:
    assert numbers(TEXTS[4][0]) == ["croydon|cover|2020-04-01|gap"]
    assert numbers(TEXTS[5][0]) == []
