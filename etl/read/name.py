"""The names of a return's file and folders: which site and month they say, and whether they may be stored."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import PurePosixPath

from etl.definitions.messages import MONTH_NAMES
from etl.definitions.periods import write_month
from etl.intake import Refused
from etl.read.month import read_month
from etl.read.words import plain, remembered
from etl.sites import Layout, Site, standard_layouts

_IN_WORDS = re.compile(
    rf"(?<![a-z])({'|'.join(f'{name}|{name[:3]}' for name in MONTH_NAMES)})[ _.-]*(20\d\d)(?!\d)", re.IGNORECASE
)
_IN_FIGURES = re.compile(r"(?<![\d-])(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?![\d-])")


def refuse_wrong_name(name: str, site: Site, layout: Layout, month: date, sites: Mapping[str, Site]) -> None:
    """Refuses a file whose folder or name says another site or month than it does itself."""
    path = PurePosixPath(name.replace("\\", "/"))
    for what, text in (*(("folder", part) for part in path.parts[:-1]), ("name", path.stem)):
        said = sites_named(text, sites) or (_site_of_pattern(text, sites) if what == "name" else [])
        if said and site.name not in said:
            sentence = f"The file's {what} says {sites[said[0]].label}, but the return is {site.label}'s."
            fix = f"Put the return into the folder of {site.label}, under its own name, or send the right file."
            raise Refused("wrong_site", sentence, fix, "", "")
    named = _month_named(path.stem, layout, site)
    if named and named != month:
        says, has = write_month(named, long=True), write_month(month, long=True)
        sentence = f"The file's name says {says}, but the return is for {has}."
        if layout.kind == "tracker":
            sentence = f"The file's name says {says}, but {has} is the last month with numbers in it."
        raise Refused("wrong_month", sentence, "Correct the name or the month and send the return again.", "", "")


def sites_named(text: str, sites: Mapping[str, Site]) -> list[str]:
    """The sites that a text names, the one with the longest words first: of `Area 12` that is not `Area 1`."""
    said = _squeezed(text)
    found = {}
    for site in sites.values():
        if lengths := [length for length, word in _words((site.name, *site.words)) if word.search(said)]:
            found[site.name] = max(lengths)
    return sorted(found, key=lambda name: -found[name])


@cache
def _words(words: tuple[str, ...]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """By which a site is known: how long each word is, and how it is found."""
    squeezed = {_squeezed(word) for word in words} - {""}
    return tuple((len(word), re.compile(rf"{re.escape(word)}(?!\d)")) for word in squeezed)


@remembered
def _squeezed(text: str) -> str:
    """Without spaces: `west_midlands`, `West Midlands` and `WestMidlands` are the same."""
    return re.sub(r"[\s_-]+", "", plain(text))


def _site_of_pattern(stem: str, sites: Mapping[str, Site]) -> list[str]:
    """The sites whose own layouts give a file this name."""
    return [s.name for s in sites.values() for layout in s.layouts if _pattern(layout, s.label).fullmatch(stem)]


def _month_named(stem: str, layout: Layout, site: Site) -> date | None:
    """The month in a file's name, by the layout's own pattern, in words (November 2019) or in figures (2019-11)."""
    if match := _pattern(layout, site.label).search(stem):
        return read_month(match["month"])
    months = {read_month(f"{name} {year}") for name, year in _IN_WORDS.findall(stem)}
    months = months or {read_month(f"{year}-{month}") for year, month in _IN_FIGURES.findall(stem)}
    return months.pop() if len(months) == 1 else None


def fits_name_pattern(name: str, site: Site) -> bool:
    """Whether a file's name is one that the site's layouts give, and so may be stored."""
    stem = PurePosixPath(name).stem
    return any(_pattern(layout, site.label).fullmatch(stem) for layout in (*site.layouts, *standard_layouts()))


@lru_cache(maxsize=2_000)
def _pattern(layout: Layout, label: str) -> re.Pattern[str]:
    return re.compile(layout.file_name.replace("{label}", re.escape(label)))
