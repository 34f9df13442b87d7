"""Who sends returns, and how each lays them out: one dated TOML file a site."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, SupportsIndex

from etl.definitions import ASKED_LATER, REPORTED_KEYS, SUBJECTS, is_asked, key
from etl.definitions.measure import Breakdown

Kind = Literal["blocks", "long", "tracker", "tables"]


class WrongSite(ValueError):
    """A site's TOML file that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Block:
    """A heading of a layout and the labels under it: our number on the left, the site's words on the right."""

    sheet: str
    heading: str
    words: dict[str, str]


@dataclass(frozen=True, eq=False)
class Layout:
    """How a site lays its return out from `starts` on; compared by identity, so that it can be a key.

    `kind` is `blocks` (labels in a column, numbers to the right), `long` (a row a number: section, indicator,
    breakdown, value), `tracker` (a row a number, a column a month) or `tables` (headings in a row, numbers under
    them). `file_name` is a regular expression for the file's name without its ending; its group `month` is the
    month. `multiply` gives the pounds that one unit of a sheet stands for.
    """

    starts: date
    kind: Kind
    file_name: str
    blocks: tuple[Block, ...]
    month_label: str = ""
    site_label: str = ""
    version_label: str = ""
    ignored_labels: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    multiply: dict[str, int] = field(default_factory=dict)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """In a child process too the standard layout is one and the same, whichever site has it."""
        is_ours = self is standard_layout(self.starts)
        return (standard_layout, (self.starts,)) if is_ours else super().__reduce_ex__(protocol)


@dataclass(frozen=True)
class Organisation:
    """A commissioner or provider of a site, from a day on."""

    starts: date
    name: str
    short_name: str
    source: str


@dataclass(frozen=True)
class Site:
    """A place where Drive works. `words` are the words by which a return names it."""

    name: str
    label: str
    short_label: str
    position: int
    first_month: date
    words: tuple[str, ...]
    commissioners: tuple[Organisation, ...]
    providers: tuple[Organisation, ...]
    layouts: tuple[Layout, ...]

    def layout_on(self, month: date) -> Layout:
        """The layout in force in a month."""
        return _layout_on(self.layouts, month)

    def commissioner_on(self, day: date) -> Organisation | None:
        """Who commissioned the site on a day."""
        return _in_force(self.commissioners, day)

    def provider_on(self, day: date) -> Organisation | None:
        """Who ran the site on a day."""
        return _in_force(self.providers, day)


def load_sites(*folders: Path) -> dict[str, Site]:
    """All sites by name, in the order in which every page shows them: ours, then those of the folders.

    Raises WrongSite when a file cannot be used, two files describe the same site, or two sites the same name.
    """
    paths = [
        *sorted(Path(__file__).parent.glob("*.toml")),
        *(p for f in folders for p in sorted(f.glob("*.toml"))),
    ]
    sites: dict[str, Site] = {}
    for path in paths:
        if path.stem == "standard":
            continue
        site = read_site(path)
        if site.name in sites:
            raise WrongSite(f"{path.name}: there is a site named {site.name!r} already.")
        sites[site.name] = site
    ordered = sorted(sites.values(), key=lambda site: (site.position, site.first_month, site.name))
    return {site.name: site for site in ordered}


def read_site(path: Path) -> Site:
    """A site from its TOML file; raises WrongSite with the file's name and what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _site(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSite(f"{path.name}: not readable as TOML ({error}).") from None
    except KeyError as error:
        raise WrongSite(f"{path.name}: {error.args[0]} is missing.") from None
    except (TypeError, ValueError) as error:
        raise WrongSite(f"{path.name}: {error}") from None


def standard_layout(month: date = date.max) -> Layout:
    """The layout of our own template in a month: what a site uses that has no layout of its own."""
    return _layout_on(standard_layouts(), month)


@cache
def standard_layouts() -> tuple[Layout, ...]:
    """The layouts of our own template, with our own labels: one from each month in which a number is asked for anew."""
    table = tomllib.loads((Path(__file__).parent / "standard.toml").read_text(encoding="utf-8"))
    single_numbers, first = table["single_numbers"], table["layout"]["from"]
    starts = sorted({first, *ASKED_LATER.values()})
    own = ({**table["layout"], "from": day, "block": _standard_blocks(single_numbers, day)} for day in starts)
    return tuple(_layout(entry) for entry in own)


def _standard_blocks(single_numbers: str, month: date) -> list[dict[str, Any]]:
    """A sheet a subject: first its single numbers, then a block for each breakdown; only what is asked for by then."""
    blocks = []
    for subject, module in SUBJECTS.items():
        single = {m.name: m.label for m in module.REPORTED if not isinstance(m, Breakdown)}
        found = [(single_numbers, single)]
        for m in module.REPORTED:
            if isinstance(m, Breakdown):
                found.append((m.label, {key(m.name, part.name): part.label for part in m.parts}))
        for heading, words in found:
            if asked := {number: label for number, label in words.items() if is_asked(number, month)}:
                blocks.append({"sheet": subject.capitalize(), "heading": heading, "words": asked})
    return blocks


def _layout_on(layouts: tuple[Layout, ...], month: date) -> Layout:
    in_force = [layout for layout in layouts if layout.starts <= month]
    return in_force[-1] if in_force else layouts[0]


def _own_layouts(tables: Any) -> tuple[Layout, ...]:
    """A site's own layouts; one that is `as_before` has all that the one before it has, and its own words besides."""
    layouts: list[Layout] = []
    before: dict[str, Any] = {}
    for entry in sorted(tables, key=lambda table: table["from"]):
        if entry.get("as_before"):
            if not before:
                raise ValueError("the first layout cannot be as_before")
            entry = {**before, **entry, "block": _with_words(before["block"], entry.get("block", ()))}
        before = entry
        layouts.append(_layout(entry))
    _check_numbers(layouts)
    return tuple(layouts)


def _with_words(blocks: Any, more: Any) -> list[dict[str, Any]]:
    """Blocks with further words, each under its heading; a heading that is new becomes a block of its own."""
    merged = {(block["sheet"], block["heading"]): dict(block) for block in blocks}
    for block in more:
        own = merged.setdefault((block["sheet"], block["heading"]), {**block, "words": {}})
        own["words"] = {**own["words"], **block["words"]}
    return list(merged.values())


def _check_numbers(layouts: list[Layout]) -> None:
    """Each layout names each number once that is asked for while it is in force; raises ValueError."""
    every = {key(*pair) for pair in REPORTED_KEYS}
    ends = [*(layout.starts for layout in layouts[1:]), date.max]
    for layout, end in zip(layouts, ends, strict=True):
        named = [number for block in layout.blocks for number in block.words]
        wanted = {number for number in every if ASKED_LATER.get(number, date.min) < end}
        twice = {number for number in named if named.count(number) > 1}
        if wrong := sorted((wanted - set(named)) | (set(named) - every) | twice):
            said = f"the layout from {layout.starts} must name each reported number once; look at"
            raise ValueError(f"{said} {', '.join(wrong[:5])}{_asked_anew(wrong)}")


def _asked_anew(numbers: list[str]) -> str:
    """What to do where the numbers that are wrong are asked for only from a later month on."""
    months = {ASKED_LATER.get(number) for number in numbers}
    month = months.pop() if len(months) == 1 else None
    how = f" (asked for from {month} on: add a layout from then on that is as_before, with their words)"
    return how if month else ""


def _site(table: dict[str, Any]) -> Site:
    layouts = _own_layouts(table["layout"]) if "layout" in table else standard_layouts()
    name = table["name"]
    if not name.replace("_", "").isalnum() or name != name.lower() or name in ("all", "forum", "central"):
        raise ValueError(f"a site's name has small letters, digits and _ only, and is not {name!r}")
    return Site(
        name=name,
        label=table["label"],
        short_label=table.get("short_label", table["label"]),
        position=table.get("position", 1000),
        first_month=_first_of_month(table["first_month"]),
        words=tuple(table.get("words", [table["label"].lower()])),
        commissioners=_organisations(table.get("commissioner", ())),
        providers=_organisations(table.get("provider", ())),
        layouts=layouts,
    )


def _layout(table: dict[str, Any]) -> Layout:
    blocks = tuple(Block(b["sheet"], b["heading"], dict(b["words"])) for b in table["block"])
    return Layout(
        starts=table["from"],
        kind=table["kind"],
        file_name=table["file_name"],
        blocks=blocks,
        month_label=table.get("month_label", ""),
        site_label=table.get("site_label", ""),
        version_label=table.get("version_label", ""),
        ignored_labels=tuple(table.get("ignored_labels", ())),
        columns=tuple(table.get("columns", ())),
        ignored_columns=tuple(table.get("ignored_columns", ())),
        multiply=table.get("multiply", {}),
    )


def _organisations(tables: Any) -> tuple[Organisation, ...]:
    entries = [Organisation(t["from"], t["name"], t.get("short_name", t["name"]), t.get("source", "")) for t in tables]
    return tuple(sorted(entries, key=lambda entry: entry.starts))


def _in_force(entries: tuple[Organisation, ...], day: date) -> Organisation | None:
    begun = [entry for entry in entries if entry.starts <= day]
    return begun[-1] if begun else None


def _first_of_month(day: date) -> date:
    if not isinstance(day, date) or day.day != 1:
        raise ValueError(f"first_month must be the first day of a month, such as 2018-04-01, not {day}")
    return day
