"""Exhibits that several pages share: names and numbers beside dots, a measure a row, a series as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import words
from dashboard.charts.dots import HEAD, ROW
from dashboard.edition import Row
from dashboard.page import View, site_name
from dashboard.tables import Column, number, table
from etl.definitions.measure import write
from etl.definitions.periods import write_month

Component = Any
MOST_COLUMNS = 6


def beside_dots(
    chart: Component, rows: Sequence[tuple[Component, Component]], head: str = "", row: int = ROW
) -> Component:
    """A chart of dots with names at its left and numbers at its right, each on the row of its dot."""
    size = {"--row": f"{row}px", "--head": f"{HEAD}px"}
    return html.Div(
        [
            html.Div([html.Div(name) for name, _ in rows], className="names"),
            chart,
            html.Div([html.Span(head, className="head"), *(html.Div(value) for _, value in rows)], className="values"),
        ],
        className="beside-dots",
        style=size,
    )


def shares_table(view: View, measures: Sequence[str], shares: Mapping[str, str], caption: str) -> Component:
    """A measure a row and a site a column; where a measure has a share, it stands under the number."""
    measures = [measure for measure in measures if measure in view.edition.measures]
    sites = [site.name for site in view.sites] + (["all"] if view.all_sites and len(view.sites) > 1 else [])

    def cell(measure: str, site: str) -> Component:
        row = view.result(site, measure)
        main = number(view, row)
        if measure not in shares:
            return main
        share = view.result(site, shares[measure])
        if share is None or share.value is None:
            return main
        return html.Span([main, html.Small(number(view, share))], className="with-share")

    if len(sites) > MOST_COLUMNS:
        heads = [Column("Site"), *(Column(view.measure_label(measure), right=True) for measure in measures)]
        body = [[site_name(view, site), *(cell(measure, site) for measure in measures)] for site in sites]
        return table(heads, body, caption, class_name="wide", row_names=sites)
    heads = [Column("Measure")]
    heads += [Column(site_name(view, site, short=True), right=True) for site in sites]
    body = [[part_label(view, measure), *(cell(measure, site) for site in sites)] for measure in measures]
    return table(heads, body, caption, class_name="wide", row_names=measures)


def part_label(view: View, measure: str) -> str:
    """A part's label without the name of the whole, which the table's own headline says."""
    label = view.measure_label(measure)
    _, sign, part = label.partition(": ")
    return words.first_upper(part) if sign and "." in measure else label


def twin_of_series(view: View, points: Sequence[Row], unit: str) -> Component:
    """The points of a control chart with their mean, limits and signals."""
    heads = [Column("Month"), *(Column(text, True) for text in ("Value", "Mean", "Lower", "Upper")), Column("Signal")]
    body = []
    for point in points:
        row = view.edition.result(point.site, point.measure, "month", point.month)
        limits = [f"{limit:,.1f}" if limit is not None else "" for limit in (point.mean, point.lower, point.upper)]
        if unit in ("gbp", "gbp_each"):
            limits = [
                write(limit, unit) if limit is not None else "" for limit in (point.mean, point.lower, point.upper)
            ]
        signal = words.SIGNALS.get(point.label or "", "none").split(" in {")[0].split(", to")[0]
        body.append([write_month(point.month), number(view, row), *limits, signal])
    return table(heads, body, "Points of the control chart")
