"""Words typed a little differently are the same words; other words are not."""

import pytest

from etl.read.words import plain, remembered


@pytest.mark.parametrize(
    "typed",
    [
        "nps / crc",
        " NPS / CRC ",
        "NPS  /  CRC:",
        "NPS\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}CRC",
        "NPS/CRC",
        "NPS /\nCRC :",
    ],
)
def test_the_same_words(typed: str) -> None:
    assert plain(typed) == plain("NPS / CRC")


@pytest.mark.parametrize("dash", "-‐‑‒–—―−")
def test_any_kind_of_dash(dash: str) -> None:
    assert plain(f"18{dash}24") == plain(f"18 {dash} 24") == "18-24"


def test_accents_however_they_are_made() -> None:
    assert plain("Gwasanaethau Pla\u0302nt") == plain("GWASANAETHAU PL\u00c2NT")


@pytest.mark.parametrize(
    ("one", "other"), [("Other", "Others"), ("18-24", "1824"), ("Not known", "Notknown"), ("55+", "55")]
)
def test_other_words(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_only_short_texts_are_remembered() -> None:
    asked = []
    say = remembered(lambda text: asked.append(text))
    for text in ("Spend", "Spend", "x" * 1_000, "x" * 1_000):
        say(text)
    assert [len(text) for text in asked] == [5, 1_000, 1_000]
