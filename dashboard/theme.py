"""The look: every colour, size and mark in one place, for style sheets, charts and drawings alike."""

from dataclasses import dataclass

INK = "#0B0C0C"
MUTED = "#505A5F"
CONTEXT = "#8C8C8C"
HAIRLINE = "#E3E6E8"
RULE = "#B1B4B6"
EDGE = "#868E96"
WASH = "#F6F7F8"
LINK = "#1A5A96"
PAPER = "#FFFFFF"
SECURED = "#2F3B42"
BASELINE = "#B8BEC2"
MET, MET_GROUND = "#0B5345", "#E4F3EE"
PARTLY, PARTLY_GROUND = "#7A4100", "#FFF2DF"
NOT_MET, NOT_MET_GROUND = "#8A1C12", "#FCE9E6"
UNKNOWN, UNKNOWN_GROUND, UNKNOWN_EDGE = "#3A4348", "#EEF0F2", "#B4BBC0"
REVISED, REVISED_GROUND = "#12436D", "#E8EFF6"
QUERY_EDGE = "#B26A00"

FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Arial, 'Liberation Sans', sans-serif"
MONO = "ui-monospace, 'SF Mono', Consolas, 'Liberation Mono', monospace"

COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
PROJECTED = ("#12436D", "#1B7069", "#801650", "#B34700")
ON_FILL = (PAPER, INK, PAPER, INK)
SHAPES = ("circle", "square", "diamond", "triangle")


@dataclass(frozen=True)
class Mark:
    """How a site is drawn everywhere: a colour and a shape, so that it survives grey."""

    colour: str
    projected: str
    on_fill: str
    shape: str


PROGRAMME = Mark(INK, INK, PAPER, "ring")


def mark_of(position: int) -> Mark:
    """The mark of the site at a position (from 1); beyond four, a colour comes again with another shape."""
    index = (position - 1) % 16
    colour = index % 4
    return Mark(COLOURS[colour], PROJECTED[colour], ON_FILL[colour], SHAPES[(colour + index // 4) % 4])


VARIABLES = {
    "ink": INK,
    "muted": MUTED,
    "context": CONTEXT,
    "hairline": HAIRLINE,
    "rule": RULE,
    "edge": EDGE,
    "wash": WASH,
    "link": LINK,
    "paper": PAPER,
    "secured": SECURED,
    "baseline": BASELINE,
    "met": MET,
    "met-ground": MET_GROUND,
    "partly": PARTLY,
    "partly-ground": PARTLY_GROUND,
    "not-met": NOT_MET,
    "not-met-ground": NOT_MET_GROUND,
    "unknown": UNKNOWN,
    "unknown-ground": UNKNOWN_GROUND,
    "unknown-edge": UNKNOWN_EDGE,
    "revised": REVISED,
    "revised-ground": REVISED_GROUND,
    "query-edge": QUERY_EDGE,
    "font": FONT,
    "mono": MONO,
}


def css_variables() -> str:
    """The tokens as custom properties, for the page's own style element."""
    return ":root{" + "".join(f"--{name}:{value};" for name, value in VARIABLES.items()) + "}"
