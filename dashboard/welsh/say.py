"""Says an English text in Welsh: by the catalogue, by its templates, or clause by clause; or not at all."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache

from babel.dates import format_date

from dashboard.welsh.catalogue import PLACE, Entry, templates, texts
from etl.definitions.messages import MONTH_NAMES, NUMBER_WORDS
from etl.definitions.writing import first_upper

KEPT_TEXTS = 20_000
PROGRAMME = "Programme"
# What may stand between two clauses that are said one by one, the widest first.
MARKS = ("\n", "     ", ". ", "; ", " – ", " → ", ": ", " · ", " − ", " = ", ", ")
BETWEEN = {mark: re.compile(re.escape(mark) + r"(?![^()]*\))") for mark in MARKS}
FIGURES = NUMBER_WORDS[:10]
COUNTS = "|".join((*FIGURES[1:], *(word.title() for word in FIGURES[1:])))
AMOUNT = rf"[+−-]?£?(?:\d[\d,]*(?:\.\d+)?(?:[kmp%]|/\d\d)?|%\{{[^}}]*\}}%?)|{COUNTS}"
NUMBER = rf"(?:{AMOUNT}|\[c\])(?: to (?:{AMOUNT}))?"
MONTHS = {name: place for place, long in enumerate(MONTH_NAMES, 1) for name in (long, long[:3])}
DAY = rf"(?:\d\d? )?(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?: \d{{4}}| \d\d)?(?! \d)"
WHEN = rf"{DAY}(?: to {DAY})?"
AS_IT_IS = {"name": ".+?", "code": "[0-9A-Z]{5}-[0-9A-Z]{5}", "file": r".+\.(?:xlsx|ods|csv)", "time": r"\d\d:\d\d"}
MONTH = rf"(?!\d){DAY}"
EDGES = re.compile(r"([\s;:,.]*)(.*?)([\s;:,.]*)", re.DOTALL)
HOVER = re.compile(r"<extra></extra>$")
# What is no text: figures, letters, cells (`Money!D9`), names of measures, files, codes and addresses.
WORDLESS = re.compile(
    r"[^A-Za-z]*|[\d,.£+−-]+[kmp]|[A-Za-z]\d*|\[c\]|([^,]+!)?[A-Z]{1,3}\d+|[a-z]+([_.][a-z0-9_]+)+|"
    r".+\.(xlsx|ods|csv)|[0-9A-Z]{5}-[0-9A-Z]{5}|[0-9a-f]{64}|SHA-256|/\S*"
)


class Sayer:
    """Says texts in which places may be named: the sites of an edition."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset((*names, PROGRAMME))
        name = "|".join(map(re.escape, sorted(self.names, key=len, reverse=True))) or "(?!)"
        one = rf"(?:[Tt]he )?(?:{name})"
        self._kinds = {
            "n": NUMBER,
            "when": WHEN,
            "month": MONTH,
            "who": rf"{one}(?:, {one})*(?: and {one})?|\d+ sites|[Aa]ll sites|no sites",
            **AS_IT_IS,
            "said": ".+?",
        }
        self._sites = re.compile(self._kinds["who"])
        self._templates = [(entry, re.compile(self._pattern(entry), re.DOTALL)) for entry in templates()]
        self.say = lru_cache(KEPT_TEXTS)(self._say)

    def _pattern(self, entry: Entry) -> str:
        """The expression that a template's texts match; its first letter may be small or large."""
        pieces = [re.escape(piece) for piece in entry.pieces]
        first = entry.pieces[0][:1]
        if first.isalpha():
            pieces[0] = f"[{first.lower()}{first.upper()}]{pieces[0][1:]}"
        kinds = [f"({self._kinds[kind]})" for kind in PLACE.findall(entry.english)]
        return "".join(piece + kind for piece, kind in zip(pieces, [*kinds, ""], strict=True))

    def _say(self, text: str) -> str | None:
        """The Welsh of a text; nothing where the catalogue has none."""
        if WORDLESS.fullmatch(text):
            return text
        if (said := self._whole(text)) is not None:
            return said
        if HOVER.search(text):
            return None if (said := self.say(HOVER.sub("", text))) is None else f"{said}<extra></extra>"
        before, middle, after = EDGES.fullmatch(text).groups()  # type: ignore[union-attr]
        if middle and middle != text:
            return None if (said := self.say(middle)) is None else f"{before}{said}{after}"
        return self._by_template(text, True) or self._by_clause(text) or self._by_template(text, False)

    def _whole(self, text: str) -> str | None:
        """A text that the catalogue has as it stands, a name, a number or a day."""
        for written, adjust in ((text, str), (_swap(text), _swap)):
            if (said := texts().get(written)) is not None:
                return adjust(said)
        if self._sites.fullmatch(text) and not text.endswith(" sites"):
            return self._list(text)
        if re.fullmatch(WHEN, text):
            return _when(text)
        return _number(text) if re.fullmatch(NUMBER, text) else None

    def _by_template(self, text: str, worded: bool) -> str | None:
        """The first template, with or without a word of its own, that the text fits and whose places can be said."""
        for entry, pattern in self._templates:
            if entry.worded is not worded or (found := pattern.fullmatch(text)) is None:
                continue
            places = dict(zip(_places(entry.english), found.groups(), strict=True))
            said = {place: self._place(place, words) for place, words in places.items()}
            if None in said.values():
                continue
            welsh = re.sub(r"\{[a-z]+\d*\}", lambda place, said=said: str(said[place[0]]), entry.welsh)  # type: ignore[misc]
            return _like(text, welsh) if entry.welsh[0] != "{" else welsh
        return None

    def _place(self, place: str, words: str) -> str | None:
        """What stands in a place of a template, in Welsh."""
        kind = place.strip("{}0123456789")
        if kind in AS_IT_IS:
            return words
        if kind == "n":
            return _number(words)
        if kind in ("when", "month"):
            return _when(words)
        return self._list(words) if kind == "who" else self.say(words)

    def _list(self, words: str) -> str:
        """Sites in a row: A, B a C. A name that the catalogue lacks is a name in Welsh too."""
        if words.endswith(" sites"):
            return str(self.say(words))
        names = [re.sub(r"^[Tt]he ", "", name) for name in re.split(r", | and ", words)]
        said = [texts().get(name, name) for name in names]
        if len(said) == 1:
            return said[0]
        return f"{', '.join(said[:-1])} {'ac' if said[-1][0] in 'AEIOUWY' else 'a'} {said[-1]}"

    def _by_clause(self, text: str) -> str | None:
        """A text of two parts that can each be said, cut where it may be cut and not within brackets."""
        for mark, cut in BETWEEN.items():
            for place in cut.finditer(text):
                first = self.say(text[: place.start()])
                second = self.say(text[place.end() :]) if first is not None else None
                if second is not None:
                    return f"{first}{mark}{first_upper(second) if mark == '. ' else second}"
        return None


@cache
def sayer(names: frozenset[str]) -> Sayer:
    """The sayer of an edition with these sites."""
    return Sayer(names)


def _places(text: str) -> list[str]:
    return [place[0] for place in PLACE.finditer(text)]


def _swap(text: str) -> str:
    """The text with its first letter large instead of small, or small instead of large."""
    return text[:1].swapcase() + text[1:]


def _like(text: str, welsh: str) -> str:
    """Welsh that begins with a large or small letter as the English does."""
    first = welsh[0].upper() if text[0].isupper() else welsh[0].lower() if text[0].islower() else welsh[0]
    return first + welsh[1:]


def _number(words: str) -> str:
    """A number as Welsh writes it: words become figures, and a range joins them by `i`."""
    return " i ".join(
        str(FIGURES.index(part.lower())) if part.lower() in FIGURES else part for part in words.split(" to ")
    )


def _when(words: str) -> str:
    """A day or month, or the first and last of several, with its name in Welsh."""
    return " – ".join(map(_day, words.split(" to ")))


def _day(words: str) -> str:
    """8 Rhag 2019, Tach 2019, Tachwedd; months by the Unicode consortium's names."""
    parts = words.split(" ")
    place = next(index for index, part in enumerate(parts) if part in MONTHS)
    long = len(parts[place]) > 3
    month = format_date(date(2000, MONTHS[parts[place]], 1), "MMMM" if long else "MMM", locale="cy")
    return " ".join([*parts[:place], month, *parts[place + 1 :]])
