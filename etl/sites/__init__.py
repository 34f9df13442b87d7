"""Who sends returns, and how each lays them out: one dated TOML file a site."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, SupportsIndex

from etl.definitions import REPORTED_KEYS, SUBJECTS, key
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
        return (standard_layout, ()) if self is standard_layout() else super().__reduce_ex__(protocol)


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
        in_force = [layout for layout in self.layouts if layout.starts <= month]
        return in_force[-1] if in_force else self.layouts[0]

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


@cache
def standard_layout() -> Layout:
    """The layout of our own template, with our own labels: what a site uses that has no layout of its own."""
    table = tomllib.loads((Path(__file__).parent / "standard.toml").read_text(encoding="utf-8"))
    return _layout({**table["layout"], "block": [*_standard_blocks(table["single_numbers"])]})


def _standard_blocks(single_numbers: str) -> list[dict[str, Any]]:
    """A sheet a subject: first its single numbers, then a block for each breakdown."""
    blocks = []
    for subject, module in SUBJECTS.items():
        sheet = subject.capitalize()
        singles = {m.name: m.label for m in module.REPORTED if not isinstance(m, Breakdown)}
        if singles:
            blocks.append({"sheet": sheet, "heading": single_numbers, "words": singles})
        for measure in module.REPORTED:
            if isinstance(measure, Breakdown):
                words = {key(measure.name, part.name): part.label for part in measure.parts}
                blocks.append({"sheet": sheet, "heading": measure.label, "words": words})
    return blocks


def _site(table: dict[str, Any]) -> Site:
    layouts = tuple(_layout(entry) for entry in table.get("layout", ())) or (standard_layout(),)
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
        layouts=tuple(sorted(layouts, key=lambda layout: layout.starts)),
    )


def _layout(table: dict[str, Any]) -> Layout:
    blocks = tuple(Block(b["sheet"], b["heading"], dict(b["words"])) for b in table["block"])
    named = [number for block in blocks for number in block.words]
    wanted = {key(*pair) for pair in REPORTED_KEYS}
    if len(named) != len(set(named)) or set(named) != wanted:
        wrong = sorted(wanted.symmetric_difference(named)) or [n for n in named if named.count(n) > 1]
        raise ValueError(f"the layout must name each reported number once; look at {', '.join(wrong[:5])}")
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
