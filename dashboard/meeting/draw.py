"""Slides as elements of a page: drawn anew at the size of a projector, in units of a thousandth of its height."""

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch
from itertools import groupby
from typing import Any

from dashboard.elements import html, icons
from dashboard.meeting.slides import Deck, Grid, Judged, Layer, Place, Point, Points, Slide, Steps, Verdicts, Words
from dashboard.theme import Mark
from etl.definitions.settings import NIL_POUNDS

Component = Any
ROOMY = 5  # columns, beyond which a table is set closer
GROUNDS = {"approved": "approved", "ending": "ending", "agreed_in_principle": "principle", "no_funder": "none"}


def draw_deck(deck: Deck) -> Component:
    """All slides of a meeting; the first one shows."""
    shown = [draw_slide(deck, slide, place) for place, slide in enumerate(deck.slides, 1)]
    return html.Div([html.H1(deck.title, className="heard"), *shown], className="deck", lang=deck.language)


def draw_slide(deck: Deck, slide: Slide, place: int) -> Component:
    """A slide: question, headline, exhibit, ask, foot."""
    meeting = html.Span(deck.head, className="slide-meeting") if deck.head else None
    foot = [html.Span([name, html.Strong(said)]) if said else html.Span(name) for name, said in deck.foot]
    body = [
        html.P([slide.question, meeting], className="slide-question"),
        html.H2(slide.headline, id=f"slide-{slide.name}", className="long" if len(slide.headline) > 84 else ""),
        html.P(slide.subtitle, className="slide-subtitle") if slide.subtitle else None,
        html.Div(draw_exhibit(slide.exhibit), className="slide-exhibit", **as_picture(slide)),
        html.P([html.Strong(slide.ask[0]), slide.ask[1]], className="slide-ask") if slide.ask[1] else None,
        draw_codes(slide),
        html.Div(
            [
                *foot,
                html.Span(deck.chosen, className="on-paper"),
                html.Span(deck.places[place - 1], className="slide-place"),
            ],
            className="slide-foot",
        ),
    ]
    named = {"aria-labelledby": f"slide-{slide.name}", "data-slide": slide.name}
    return html.Section(body, className="slide is-shown" if place == 1 else "slide", **named)


def as_picture(slide: Slide) -> dict[str, str]:
    """What stands for money drawn by month where nobody sees it: its pieces in a row would say nothing."""
    return {"role": "img", "aria-label": slide.alt} if isinstance(slide.exhibit, Steps) else {}


def draw_codes(slide: Slide) -> Component:
    """What leads back to the numbers, on paper only; no code is broken between lines."""
    if not slide.codes:
        return None
    codes = [part for name, code in slide.codes for part in (f" {name} ", html.Span(code))]
    return html.P([f"{slide.codes_head}:", *codes], className="slide-codes on-paper")


@singledispatch
def draw_exhibit(exhibit: Any) -> Component:
    """The one exhibit of a slide."""
    raise TypeError(f"no slide draws {type(exhibit).__name__}")


def projected(mark: Mark) -> Mark:
    """A mark in the darker colour that a projector needs."""
    return replace(mark, colour=mark.projected)


def name_of(place: Place) -> Component:
    """A site's mark and name."""
    return html.Span([icons.site_mark(projected(place.mark), 34), html.Span(place.label)], className="slide-name")


def share(value: float) -> str:
    """A share of a length."""
    return f"{100 * max(0.0, min(1.0, value)):.2f}%"


def tag(level: str, words: str) -> Component:
    """A status: an icon and a word."""
    return html.Span([icons.icon(level, 36), html.Span(words)], className=f"slide-tag {level.replace('_', '-')}")


@draw_exhibit.register
def _(exhibit: Verdicts) -> Component:
    """A row a site: verdict, reason, a bar of months."""
    heads = [*exhibit.heads, exhibit.head]
    head = html.Tr(
        [html.Th(html.Span(h, className="heard" if i < 3 else ""), scope="col") for i, h in enumerate(heads)]
    )
    rows = [html.Tr(judged(row, exhibit.of_twelve)) for row in exhibit.rows]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="slide-verdicts", style={"--rows": len(rows)})
    return [table, more(exhibit.left_out)]


def judged(row: Judged, of_twelve: str) -> list[Component]:
    """The cells of a row of verdicts."""
    colour = row.place.mark.projected
    bar = html.Span(
        html.Span(style={"width": share((row.months or 0) / 12), "background": colour}), className="slide-bar"
    )
    number = [html.Strong(row.shown), html.Span(f" {of_twelve}")] if row.months is not None else [html.Span(row.shown)]
    number += [html.Small(row.limit)] if row.limit else []
    months = html.Div([bar, html.Span(number, className="slide-months")], className="slide-money")
    return [
        html.Th(name_of(row.place), scope="row"),
        html.Td(tag(row.level, row.verdict)),
        html.Td(row.reason, className="slide-why"),
        html.Td(months),
    ]


def more(words: str) -> Component:
    """What stands under an exhibit: what years asked for may be, who is left out."""
    return html.P(words, className="slide-more") if words else None


@draw_exhibit.register
def _(exhibit: Points) -> Component:
    """A dot and an interval a row, on one scale."""
    ticks = [html.Span(text, style={"left": share(at / exhibit.top)}) for at, text in exhibit.ticks]
    lines = [html.I(style={"left": share(at / exhibit.top)}) for at, _ in exhibit.ticks]
    head = html.Div(
        [html.Span(), html.Div(ticks, className="slide-scale"), html.Span(exhibit.head, className="slide-beside")],
        className="slide-dot-row slide-dot-head",
    )
    rows = [html.Div(dot_row(row, exhibit.top, lines), className="slide-dot-row") for row in exhibit.rows]
    drawn = html.Div([head, *rows], className="slide-dots", style={"--rows": len(rows)})
    return [drawn, more(exhibit.open_years), more(exhibit.left_out)]


def dot_row(row: Point, top: float, lines: Sequence[Component]) -> list[Component]:
    """A site's name, its number on the scale, and what stands beside."""
    mark = projected(row.place.mark)
    drawn: list[Component] = list(lines)
    if row.low is not None and row.high is not None:
        wide = {"left": share(row.low / top), "width": share((row.high - row.low) / top), "background": mark.colour}
        drawn.append(html.B(style=wide))
    if row.plan is not None:
        drawn.append(html.U(style={"left": share(row.plan / top)}))
    if row.value is not None:
        dot = icons.draw(44, 44, icons.shape(mark, 22, 22, 14, hollow=row.hollow, halo=True), class_name="dot")
        at = {"left": share(row.value / top)}
        drawn += [html.Span(dot, className="slide-dot-at", style=at), html.Strong(row.shown, style=at)]
    else:
        drawn.append(html.Span(row.shown, className="slide-state"))
    below = [html.Small(row.below)] if row.below else []
    alarm = [html.Small([icons.icon("falling", 40), html.Span(row.alarm)])] if row.alarm else []
    return [
        html.Div([name_of(row.place), *below], className="slide-dot-name"),
        html.Div(drawn, className="slide-scale"),
        html.Span([row.beside, *alarm], className="slide-beside"),
    ]


@draw_exhibit.register
def _(exhibit: Steps) -> Component:
    """Blocks of equal months, layer on layer; planned cost as a line."""
    count = len(exhibit.months)
    blocks: list[Component] = [html.I(style={"bottom": share(at / exhibit.top)}) for at, _ in exhibit.ticks]
    for index, layer in enumerate(exhibit.layers):
        floors = [sum(below.amounts[m] for below in exhibit.layers[:index]) for m in range(count)]
        blocks += [block(layer, first, last, floors, exhibit) for first, last in runs(layer.amounts, floors)]
    flat = [0.0] * count
    for first, last in runs(exhibit.planned, flat):
        wide = {"left": share(first / count), "width": share((last + 1 - first) / count)}
        blocks.append(html.U(style={**wide, "bottom": share(exhibit.planned[first] / exhibit.top)}))
    ends, short = exhibit.turn
    if exhibit.grant_ends in exhibit.months:
        at = share((exhibit.months.index(exhibit.grant_ends) + 1) / count)
        words = [html.Span(ends, className="left"), html.Span(short, className="right") if short else None]
        blocks.append(html.Div(words, className="slide-turn", style={"left": at}))
    scale = [html.Span(text, style={"bottom": share(at / exhibit.top)}) for at, text in exhibit.ticks]
    months = [
        html.Span(name, style={"left": share((i + 0.5) / count)})
        for i, name in enumerate(exhibit.axis_names)
        if i % 3 == 0
    ]
    return html.Div(
        [
            html.Div(scale, className="slide-heights"),
            html.Div(blocks, className="slide-blocks"),
            html.Div(side(exhibit), className="slide-sides"),
            html.Div(months, className="slide-times"),
        ],
        className="slide-steps",
    )


def runs(values: Sequence[float], floors: Sequence[float]) -> list[tuple[int, int]]:
    """First and last month of runs of equal money on an equal floor; none where there is no money."""
    found = []
    for _, group in groupby(range(len(values)), lambda m: (round(values[m]), round(floors[m]))):
        places = list(group)
        if values[places[0]] > NIL_POUNDS:
            found.append((places[0], places[-1]))
    return found


def block(layer: Layer, first: int, last: int, floors: Sequence[float], exhibit: Steps) -> Component:
    """A layer's money over months in which it is the same."""
    count = len(exhibit.months)
    size = {
        "left": share(first / count),
        "width": share((last + 1 - first) / count),
        "bottom": share(floors[first] / exhibit.top),
        "height": share(layer.amounts[first] / exhibit.top),
    }
    tall, wide = layer.amounts[first] / exhibit.top > 0.1, last - first > 2
    words = {"ending": exhibit.ending_name, "approved": secured_words(layer, first, exhibit)}.get(layer.status, "")
    inside = html.Span(words) if words and tall and wide else None
    return html.Div(inside, className=f"slide-block {GROUNDS.get(layer.status, 'maybe')}", style=size)


def secured_words(layer: Layer, first: int, exhibit: Steps) -> str:
    """Local money while the grant lasts, then how much of it."""
    before = exhibit.grant_ends is not None and exhibit.months[first] <= exhibit.grant_ends
    return exhibit.local_name if before else layer.texts[first]


def side(exhibit: Steps) -> list[Component]:
    """The names of the layers at the right."""
    return [
        html.Div([html.Strong(name), html.Span(said)], className=status, style={"bottom": share(at)})
        for at, name, said, status in exhibit.beside(0.165)
    ]


@draw_exhibit.register
def _(exhibit: Grid) -> Component:
    """A table of words and statuses."""
    head = html.Tr([html.Th(cell(column), scope="col") for column in exhibit.columns])
    body = [
        html.Tr([html.Th(cell(row[0]), scope="row"), *(html.Td(cell(entry)) for entry in row[1:])])
        for row in exhibit.rows
    ]
    name = f"slide-table slide-{exhibit.kind}" + (" many" if len(exhibit.columns) > ROOMY else "")
    table = html.Table([html.Thead(head), html.Tbody(body)], className=name)
    return [table, more(exhibit.left_out)]


def cell(words: Words) -> Component:
    """Words, a status, or a site."""
    if words.place is not None:
        return name_of(words.place)
    if words.level:
        return tag(words.level, words.text)
    return html.Span([words.text, html.Strong(words.now)]) if words.now else words.text
