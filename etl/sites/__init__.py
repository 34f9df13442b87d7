"""Who sends returns, and how each lays them out: one dated TOML file a site."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, SupportsIndex, get_args

from msgspec import Struct, ValidationError, convert
from msgspec.structs import fields, force_setattr

from etl.definitions import ASKED_LATER, REPORTED_KEYS, SUBJECTS, is_asked, key
from etl.definitions.measure import Breakdown

Kind = Literal["blocks", "long", "tracker", "tables"]


class WrongSite(ValueError):
    """A site's TOML file that cannot be used; the message names the file and what is wrong."""


class Block(Struct, frozen=True):
    """A heading of a layout and the labels under it: our number on the left, the site's words on the right."""

    sheet: str
    heading: str
    words: dict[str, str]


class Layout(Struct, frozen=True, eq=False, kw_only=True, rename={"starts": "from", "blocks": "block"}):
    """How a site lays its return out from `starts` on; compared by identity, so that it can be a key.

    `kind` is `blocks` (labels in a column, numbers to the right), `long` (a row a number: section, indicator,
    breakdown, value), `tracker` (a row a number, a column a month) or `tables` (headings in a row, numbers under
    them). `file_name` is a regular expression for the file's name without its ending; its group `month` is the
    month. `multiply` gives the pounds that one unit of a sheet stands for. One that is `as_before` has all that the
    one before it has, and its own words besides.
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
    multiply: dict[str, int] = {}
    as_before: bool = False

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """In a child process too the standard layout is one and the same, whichever site has it."""
        is_ours = self is standard_layout(self.starts)
        return (standard_layout, (self.starts,)) if is_ours else super().__reduce_ex__(protocol)


class Organisation(Struct, frozen=True, rename={"starts": "from"}):
    """A commissioner or provider of a site, from a day on; its short name is its name unless it has one."""

    starts: date
    name: str
    short_name: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        force_setattr(self, "short_name", self.short_name or self.name)


class Site(
    Struct,
    frozen=True,
    kw_only=True,
    rename={"commissioners": "commissioner", "providers": "provider", "layouts": "layout"},
):
    """A place where Drive works. `words` are the words by which a return names it: its label unless it says others."""

    name: str
    label: str
    short_label: str = ""
    position: int = 1000
    first_month: date
    words: tuple[str, ...] = ()
    commissioners: tuple[Organisation, ...] = ()
    providers: tuple[Organisation, ...] = ()
    layouts: tuple[Layout, ...] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "short_label", self.short_label or self.label)
        force_setattr(self, "words", self.words or (self.label.lower(),))
        force_setattr(self, "commissioners", tuple(sorted(self.commissioners, key=lambda one: one.starts)))
        force_setattr(self, "providers", tuple(sorted(self.providers, key=lambda one: one.starts)))
        force_setattr(self, "layouts", self.layouts or standard_layouts())

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
    paths = [*sorted(Path(__file__).parent.glob("*.toml")), *(p for f in folders for p in sorted(f.glob("*.toml")))]
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
    except ValidationError as error:
        raise WrongSite(f"{path.name}{_wrong_value(error)}.") from None
    except WrongSite as error:
        raise WrongSite(f"{path.name}{error}") from None
    except (TypeError, ValueError) as error:
        raise WrongSite(f"{path.name}: {error}") from None


def _check_keys(table: Mapping[str, Any], kind: type[Struct], place: str = "") -> None:
    """Each key of a table and of those in it is one that there is, and none is missing; raises WrongSite."""
    known = {field.encode_name: field for field in fields(kind)}
    for name in table:
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise WrongSite(f"{place}: there is no “{name}”" + (f"; did you mean “{near[0]}”?" if near else "."))
    for name, field in known.items():
        if field.required and name not in table and not table.get("as_before"):
            raise WrongSite(f"{place}: {name} is missing.")
        inner = next(iter(get_args(field.type)), None)
        if isinstance(inner, type) and issubclass(inner, Struct):
            _check_list(table.get(name, []), inner, f"{place}, {name}")


def _check_list(tables: Any, kind: type[Struct], place: str) -> None:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise WrongSite(f"{place} is a list of tables: each begins with two brackets, as [[{place.split()[-1]}]].")
    for number, table in enumerate(tables, 1):
        _check_keys(table, kind, f"{place} {number}")


# What the library calls a kind of value, in words.
KINDS = {
    "Invalid RFC3339 encoded date": "expected a day, such as 2018-04-01, got another text",
    "`date`": "a day, such as 2018-04-01",
    "`str`": "a text in quotes",
    "`int`": "a whole number",
    "`float`": "a number with a point",
    "`bool`": "true or false",
    "`array`": "a list in brackets",
    "`object`": "a table",
    "Invalid enum value": "there is no",
}


def _wrong_value(error: ValidationError) -> str:
    """Where a value is of the wrong kind, and which is needed."""
    what, _, where = str(error).partition(" - at `$.")
    for name, words in KINDS.items():
        what = what.replace(name, words)
    where = where.rstrip("`").replace("[...]", "").replace(".", ", ")
    place = re.sub(r"\[(\d+)\]", lambda number: f" {int(number[1]) + 1}", where)
    return f", {place}: {what[0].lower()}{what[1:]}"


def standard_layout(month: date = date.max) -> Layout:
    """The layout of our own template in a month: what a site uses that has no layout of its own."""
    return _layout_on(standard_layouts(), month)


@cache
def standard_layouts() -> tuple[Layout, ...]:
    """The layouts of our own template, with our own labels: one from each month that asks for a new number."""
    table = tomllib.loads((Path(__file__).parent / "standard.toml").read_text(encoding="utf-8"))
    single_numbers, first = table["single_numbers"], table["layout"]["from"]
    starts = sorted({first, *ASKED_LATER.values()})
    own = ({**table["layout"], "from": day, "block": _standard_blocks(single_numbers, day)} for day in starts)
    return tuple(convert(entry, Layout) for entry in own)


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


def _own_layouts(tables: Any) -> list[dict[str, Any]]:
    """A site's own layouts in the order of time, those that are `as_before` made whole."""
    layouts: list[dict[str, Any]] = []
    for entry in sorted(tables, key=lambda table: table["from"]):
        if entry.get("as_before"):
            if not layouts:
                raise ValueError("the first layout cannot be as_before")
            before = layouts[-1]
            entry = {**before, **entry, "block": _with_words(before["block"], entry.get("block", ()))}
        layouts.append(entry)
    return layouts


def _with_words(blocks: Any, more: Any) -> list[dict[str, Any]]:
    """Blocks with further words, each under its heading; a heading that is new becomes a block of its own."""
    merged = {(block["sheet"], block["heading"]): dict(block) for block in blocks}
    for block in more:
        own = merged.setdefault((block["sheet"], block["heading"]), {**block, "words": {}})
        own["words"] = {**own["words"], **block["words"]}
    return list(merged.values())


def _check_numbers(layouts: tuple[Layout, ...]) -> None:
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
    _check_keys(table, Site)
    site = convert(table | {"layout": _own_layouts(table.get("layout", ()))}, Site)
    if "layout" in table:
        _check_numbers(site.layouts)
        _check_sheets(site.layouts)
    name = site.name
    if not name.replace("_", "").isalnum() or name != name.lower() or name in ("all", "forum", "central"):
        raise ValueError(f"a site's name has small letters, digits and _ only, and is not {name!r}")
    if site.first_month.day != 1:
        raise ValueError(f"first_month must be the first day of a month, such as 2018-04-01, not {site.first_month}")
    return site


def _check_sheets(layouts: tuple[Layout, ...]) -> None:
    """What is multiplied is a sheet of the layout; raises ValueError."""
    for layout in layouts:
        sheets = {block.sheet for block in layout.blocks}
        if wrong := sorted(set(layout.multiply) - sheets):
            raise ValueError(f"multiply names “{wrong[0]}”; the layout's sheets are {', '.join(sorted(sheets))}.")


def _in_force(entries: tuple[Organisation, ...], day: date) -> Organisation | None:
    begun = [entry for entry in entries if entry.starts <= day]
    return begun[-1] if begun else None
