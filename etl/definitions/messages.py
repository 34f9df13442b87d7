"""Texts as data: a message id with what stands in its places, written in any language, with an address at each number.

A text is a `str` whose value is the English, so that whatever takes a `str` takes it; beside that it keeps what it is
made of. `_("{site} took on {count} new cases", site=…, count=…)` is a message: its id is the msgid of the catalogue,
and a number in one of its places carries the address under which its story is found. Nothing has to be read back from
a sentence that was written: HTML, files and other languages are written from `pieces`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from string import Formatter
from typing import Any, Protocol

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NUMBER_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve"),
)
# Places whose names take an article in a sentence.
WITH_ARTICLE = ("lands", "Borders", "Wirral", "Isle of Wight")


class Language(Protocol):
    """What writes texts in a language; `None` for a text that its catalogue does not have."""

    def message(self, msgid: str) -> str | None: ...

    def plural(self, one: str, many: str, number: int) -> str | None: ...

    def month(self, month: date, form: str) -> str: ...

    def name(self, label: str) -> str: ...

    def count(self, number: int) -> str: ...

    def and_before(self, last: str) -> str: ...


class Text(str):
    """A text that other languages can be written from; its own value is the English."""

    args: tuple[Any, ...]
    _english: tuple[str, ...]

    def __new__(cls, *args: Any) -> "Text":
        """The text of these arguments; they are what is pickled."""
        english = tuple(cls.written(ENGLISH, *args))
        self = super().__new__(cls, "".join(english))
        self.args, self._english = args, english  # the pieces too: pages draw every text in English again
        return self

    def __reduce__(self) -> tuple[type["Text"], tuple[Any, ...]]:
        return type(self), self.args

    @staticmethod
    def written(language: Language, *args: Any) -> Iterator[str]:
        """The pieces in a language: strings, of which each `Number` keeps its address."""
        raise NotImplementedError

    def pieces(self, language: Language) -> Iterator[str]:
        """The same for this text."""
        return iter(self._english) if language is ENGLISH else self.written(language, *self.args)


class Message(Text):
    """A sentence, heading or label by its message id. Of `plural` and `number`, see `ngettext`."""

    @staticmethod
    def written(
        language: Language, msgid: str, places: Mapping[str, Any], plural: str = "", number: int | None = None
    ) -> Iterator[str]:
        """The pieces of its template; a message that the language lacks stays English, and so do its places."""
        template = language.message(msgid) if number is None else language.plural(msgid, plural, number)
        if template is None:
            language, template = ENGLISH, msgid if number in (None, 1) else plural
        for literal, place, _, _ in Formatter().parse(template):
            yield literal
            if place is not None:
                yield from pieces(places[place], language)


class Number(Text):
    """A number as it is shown, the address of its story ('' where it has none) and the name it is found under there.

    `value` is the number that is shown, where no address leads to it.
    """

    @staticmethod
    def written(
        language: Language, shown: str, address: str = "", name: str = "", value: float | None = None
    ) -> Iterator[str]:
        """The number, as every language writes it."""
        yield str(shown)

    def pieces(self, language: Language) -> Iterator[str]:
        """The number itself, with its address."""
        yield self

    @property
    def shown(self) -> str:
        """The number itself."""
        shown: str = self.args[0]
        return shown

    @property
    def address(self) -> str:
        """Where its story is found."""
        return self.args[1] if len(self.args) > 1 else ""

    @property
    def name(self) -> str:
        """What it is a number of."""
        return self.args[2] if len(self.args) > 2 else ""

    @property
    def value(self) -> float | None:
        """The number itself."""
        return self.args[3] if len(self.args) > 3 else None


class Count(Text):
    """A small number of things in words (two sites), a larger one in figures, in English; and its address."""

    @staticmethod
    def written(language: Language, number: int, address: str = "", name: str = "") -> Iterator[str]:
        """The word or the figures."""
        yield Number(language.count(number), address, name) if address else language.count(number)


class Name(Text):
    """A site by its label; in a sentence some have an article in English: the West Midlands."""

    @staticmethod
    def written(language: Language, label: str, in_sentence: bool = False) -> Iterator[str]:
        """The name that the language has for it."""
        article = in_sentence and language is ENGLISH and label.endswith(WITH_ARTICLE)
        yield f"the {label}" if article else language.name(label)


class Plain(Text):
    """A text that is the same in every language: a code, a cell, a file's name, an amount."""

    @staticmethod
    def written(language: Language, text: str) -> Iterator[str]:
        """The text."""
        yield text


class Month(Text):
    """A month: `short` Apr 2019, `long` April 2019, `name` April, `abbreviated` Apr."""

    @staticmethod
    def written(language: Language, month: date, form: str = "short") -> Iterator[str]:
        """The month in a form."""
        yield language.month(month, form)


class Day(Text):
    """A day: 8 Dec 2019."""

    @staticmethod
    def written(language: Language, day: date) -> Iterator[str]:
        """The day."""
        yield f"{day.day} {language.month(day, 'short')}"


class Joined(Text):
    """Texts one after the other, with something between them that is the same in every language."""

    @staticmethod
    def written(language: Language, between: str, texts: Sequence[str]) -> Iterator[str]:
        """Each text, and what is between them."""
        for place, text in enumerate(texts):
            if place and between:
                yield between
            yield from pieces(text, language)


class Listing(Text):
    """Things in a row: A, B and C."""

    @staticmethod
    def written(language: Language, items: Sequence[str]) -> Iterator[str]:
        """Each, with commas between them and an and before the last."""
        for place, item in enumerate(items):
            last = list(pieces(item, language))
            if place and place == len(items) - 1:
                yield language.and_before(last[0])
            elif place:
                yield ", "
            yield from last


class Unlinked(Text):
    """A text whose numbers open nothing, such as one of another edition than the page's."""

    @staticmethod
    def written(language: Language, text: str) -> Iterator[str]:
        """The text's pieces, numbers without their addresses."""
        yield from (Plain(piece) if isinstance(piece, Number) else piece for piece in pieces(text, language))


class Capital(Text):
    """A text with a capital at its start."""

    @staticmethod
    def written(language: Language, text: str) -> Iterator[str]:
        """The text's pieces; a number stays as it is."""
        yield from _changed(pieces(text, language), str.upper)


class Small(Text):
    """A text with a small letter at its start."""

    @staticmethod
    def written(language: Language, text: str) -> Iterator[str]:
        """The text's pieces; a number stays as it is."""
        yield from _changed(pieces(text, language), str.lower)


def _(msgid: str, /, **places: Any) -> Message:
    """A message by its id, which is its English, with what stands in its places; `pybabel extract` finds it."""
    return Message(msgid, places)


def N_(msgid: str, /) -> str:  # noqa: N802
    """A message id that `_` is given later, with what stands in its places; `pybabel extract` finds it here."""
    return msgid


def ngettext(one: str, many: str, number: int, /, **places: Any) -> Message:
    """A message that depends on a number: `{number}` stands for it, as a figure unless `places` has it otherwise."""
    return Message(one, {"number": Plain(f"{number:,}"), **places}, many, number)


def joined(between: str, texts: Sequence[str]) -> Text:
    """Texts with something between them; one text as it is."""
    return Joined(between, tuple(texts))


def parts(text: str, between: str) -> tuple[str, ...]:
    """The texts that were joined with this between them; of a string that has no data the same as it is written."""
    if isinstance(text, Joined):
        own, texts = text.args
        return tuple(texts) if own == between else (text,)
    return (text,) if isinstance(text, Text) else tuple(text.split(between))


def pieces(text: object, language: Language) -> Iterator[str]:
    """What a text is made of in a language: strings, of which each `Number` keeps its address.

    A `str` that is no `Text` is an id of the catalogue without places; where the catalogue lacks it, it stays.
    """
    if isinstance(text, Text):
        yield from text.pieces(language)
    elif isinstance(text, str):
        yield language.message(text) or text if any(map(str.isalpha, text)) else text
    else:
        yield f"{text:,}" if isinstance(text, int) else str(text)


def say(text: str, language: Language) -> str:
    """A text in a language."""
    return "".join(pieces(text, language))


def _changed(parts: Iterator[str], change: Callable[[str], str]) -> Iterator[str]:
    """The pieces with another letter at the start of the first that is not empty."""
    started = False
    for part in parts:
        if not started and part:
            started = True
            part = part if isinstance(part, Number) else change(part[:1]) + part[1:]
        yield part


class English:
    """British English, in which all texts are written first."""

    def message(self, msgid: str) -> str:
        """The message id, which is English."""
        return msgid

    def plural(self, one: str, many: str, number: int) -> str:
        """One of two message ids."""
        return one if number == 1 else many

    def month(self, month: date, form: str) -> str:
        """A month in a form."""
        name = MONTH_NAMES[month.month - 1]
        name = name[:3] if form in ("short", "abbreviated") else name
        return name if form in ("name", "abbreviated") else f"{name} {month.year}"

    def name(self, label: str) -> str:
        """The label."""
        return label

    def count(self, number: int) -> str:
        """A word for less than ten."""
        return NUMBER_WORDS[number] if 0 <= number < 10 else f"{number:,}"

    def and_before(self, last: str) -> str:
        """What stands before the last of several."""
        return " and "


ENGLISH = English()


def to_data(text: object) -> Any:
    """A text as plain data that JSON can hold; `from_data` makes the same text of it."""
    if isinstance(text, Text):
        return {"text": type(text).__name__, "args": [to_data(arg) for arg in text.args]}
    if isinstance(text, Mapping):
        return {"places": {name: to_data(value) for name, value in text.items()}}
    if isinstance(text, list | tuple):
        return [to_data(value) for value in text]
    return {"day": text.isoformat()} if isinstance(text, date) else text


def from_data(data: Any) -> Any:
    """What `to_data` was given. Raises KeyError for data of another kind."""
    if isinstance(data, list):
        return tuple(from_data(value) for value in data)
    if not isinstance(data, dict):
        return data
    if "places" in data:
        return {name: from_data(value) for name, value in data["places"].items()}
    if "day" in data:
        return date.fromisoformat(data["day"])
    return KINDS[data["text"]](*(from_data(arg) for arg in data["args"]))


KINDS: dict[str, type[Text]] = {
    kind.__name__: kind
    for kind in (Message, Number, Count, Name, Plain, Month, Day, Joined, Listing, Unlinked, Capital, Small)
}
