"""A page's data as one tidy CSV in a zip, described as a Frictionless data package and as CSV on the Web."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from dashboard.export.exhibits import MARKERS, Exhibit
from dashboard.export.spreadsheet import TIDY, About, as_csv, tidy

# A column's type in a data package, its type in CSV on the Web, and what it holds.
COLUMNS = {
    "exhibit": ("string", "string", "The exhibit of the page"),
    "row": ("string", "string", "The head of the row"),
    "column": ("string", "string", "The head of the column"),
    "shown": ("string", "string", "As the screen prints it"),
    "value": ("number", "double", "In full; empty for words, and where a marker says why there is none"),
    "marker": ("string", "string", "; ".join(f"{marker} {said}" for marker, said in MARKERS.items())),
    "site": ("string", "string", "The site's name; all for the programme"),
    "measure": ("string", "string", "The measure's name, as the page of methods defines it"),
    "unit": ("string", "string", "count, fte, gbp, gbp_each, share (0.63 is 63%) or ratio"),
    "period": ("string", "string", "month, quarter, year or rolling_year"),
    "starts": ("date", "date", "First day of the period"),
    "ends": ("date", "date", "First day of the period's last month"),
    "low": ("number", "double", "Lower 95% limit"),
    "high": ("number", "double", "Upper 95% limit"),
    "number": ("string", "string", "What names the number in an address: ?number="),
    "code": ("string", "string", "The number's code: /number/ and the code say where it comes from"),
    "cell": ("string", "string", "All words of the cell, where it has more than the number"),
}


def page_zip(name: str, exhibits: Sequence[Exhibit], about: About) -> bytes:
    """The package of a page; `name` is that of its file."""
    table = as_csv([TIDY, *tidy(exhibits)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for path, content in (
            (f"{name}.csv", table),
            ("datapackage.json", _json(data_package(name, exhibits, about, table))),
            (f"{name}.csv-metadata.json", _json(on_the_web(name, exhibits, about))),
        ):
            files.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=2).encode("utf-8")


def described(exhibits: Sequence[Exhibit], about: About) -> str:
    """What the package holds, in words."""
    names = " ".join(f"{e.name}: {e.headline}." for e in exhibits)
    return "\n".join([*(f"{name}: {said}" for name, said in about.lines()), f"Exhibits: {names}"])


def data_package(name: str, exhibits: Sequence[Exhibit], about: About, table: bytes) -> dict[str, Any]:
    """The description that Frictionless reads."""
    fields = [{"name": column, "type": kind, "description": said} for column, (kind, _, said) in COLUMNS.items()]
    resource = {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(table),
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {"fields": fields, "missingValues": [""]},
    }
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": f"Drive: {about.page}",
        "description": described(exhibits, about),
        "version": about.edition,
        "sources": [{"title": said} for said in dict.fromkeys(e.source for e in exhibits if e.source)],
        "drive": dict(about.lines()),
        "resources": [resource],
    }


def on_the_web(name: str, exhibits: Sequence[Exhibit], about: About) -> dict[str, Any]:
    """The description that readers of CSV on the Web look for beside the file."""
    columns = [
        {"name": column, "titles": column, "datatype": kind, "dc:description": said, "null": ""}
        for column, (_, kind, said) in COLUMNS.items()
    ]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": f"{name}.csv",
        "dc:title": f"Drive: {about.page}",
        "dc:description": described(exhibits, about),
        "dc:hasVersion": about.edition,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": columns},
    }
