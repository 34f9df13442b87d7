"""Made-up returns in the real layouts: a folder that can be loaded, shown and tested without any real number."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from etl.sample.plan import FIRST, LAST, SEED, Return, plan_returns
from etl.sample.write import Look, name_file, write_return, write_tracker
from etl.sites import Site, load_sites


def write_sample(
    out: Path, sites: int = 4, first: date = FIRST, last: date = LAST, seed: int = SEED, trouble: bool = True
) -> list[Return]:
    """Writes the returns of `first` to `last` below `out`, with `received.csv` and a file for each invented site."""
    return list(write_returns(out, plan_returns(sites, first, last, seed, trouble)))


def write_returns(out: Path, returns: list[Return]) -> Iterator[Return]:
    """Writes planned returns and yields each as it is written; the lists beside them come first."""
    out.mkdir(parents=True, exist_ok=True)
    _write_received(out / "received.csv", returns)
    write_sites(out / "sites", {one.site.name: one.site for one in returns}.values())
    for one in returns:
        path = out / one.file
        if one.site.layout_on(one.month).kind == "tracker":
            write_tracker(one.site, one.months, path, look=one.look)
        else:
            write_return(one.site, one.month, one.months[one.month], path, version=one.version, look=one.look)
        yield one


def write_sites(folder: Path, sites: Iterable[Site]) -> list[Path]:
    """Writes a file for each site that has none of its own in `etl/sites`, as `load_sites` reads it."""
    known = load_sites()
    written = []
    for site in sites:
        if site.name not in known:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{site.name}.toml"
            path.write_text(_describe(site), encoding="utf-8")
            written.append(path)
    return written


def _describe(site: Site) -> str:
    """A site as TOML, without a layout: it uses our own template."""
    lines = [
        "# A made-up area: it exists only in made-up returns.",
        f"name = {json.dumps(site.name)}",
        f"label = {json.dumps(site.label)}",
        f"short_label = {json.dumps(site.short_label)}",
        f"position = {site.position}",
        f"first_month = {site.first_month}",
        f"words = {json.dumps(list(site.words))}",
    ]
    for table, entries in (("commissioner", site.commissioners), ("provider", site.providers)):
        for entry in entries:
            lines += ["", f"[[{table}]]", f"from = {entry.starts}", f"name = {json.dumps(entry.name)}"]
            lines += [f"short_name = {json.dumps(entry.short_name)}", f"source = {json.dumps(entry.source)}"]
    return "\n".join(lines) + "\n"


def _write_received(path: Path, returns: list[Return]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "received"])
        rows.writerows([one.file, one.received.isoformat()] for one in returns)


__all__ = [
    "FIRST",
    "LAST",
    "SEED",
    "Look",
    "Return",
    "name_file",
    "plan_returns",
    "write_return",
    "write_returns",
    "write_sample",
    "write_tracker",
]
