"""What a slide is: one message, one exhibit, one ask. Drawn alike on a screen, on paper and in a presentation.

All that a slide says stands in its data, its fixed words too, so that a whole deck can be said in another language
before it is written.
"""

from dataclasses import dataclass, field
from datetime import date

from dashboard.data.edition import audience_words
from dashboard.theme import Mark
from etl.definitions.messages import _, joined
from etl.definitions.settings import NIL_POUNDS

NOT_WORDS = {"words": False}  # marks what is the same in every language: names in code, codes, addresses


@dataclass(frozen=True)
class Place:
    """A site as a slide names it, or the programme."""

    label: str
    mark: Mark = field(metadata=NOT_WORDS)


@dataclass(frozen=True)
class Judged:
    """A site's verdict, its reason, and the months of the year secured; `limit` where they are at most so many."""

    place: Place
    level: str = field(metadata=NOT_WORDS)
    verdict: str
    reason: str
    months: float | None
    shown: str
    limit: str = ""


@dataclass(frozen=True)
class Verdicts:
    """A row a site: verdict, reason, money secured. `head` stands over the bars, `left_out` says who is not shown."""

    rows: tuple[Judged, ...]
    head: str
    left_out: str = ""
    heads: tuple[str, str, str] = (_("Site"), _("Verdict"), _("Reason"))
    of_twelve: str = _("of {number}", number=12)


@dataclass(frozen=True)
class Point:
    """A site's number with its 95% limits and its plan; hollow where it is of an earlier year."""

    place: Place
    below: str
    value: float | None
    shown: str
    low: float | None
    high: float | None
    plan: float | None
    beside: str
    hollow: bool
    alarm: str = ""


@dataclass(frozen=True)
class Points:
    """Numbers on one scale from 0 to `top`; `both` heads them where what stands beside a number says it too.

    `open_years` says what the year asked for may be where a number is of an earlier one.
    """

    rows: tuple[Point, ...]
    top: float
    ticks: tuple[tuple[float, str], ...]
    head: str
    name: str
    left_out: str = ""
    open_years: str = ""
    both: str = ""
    is_money: bool = False
    site: str = _("Site")
    interval: str = _("Likely range")
    plan: str = _("plan")


@dataclass(frozen=True)
class Layer:
    """Money of one certainty, month by month."""

    name: str
    status: str = field(metadata=NOT_WORDS)
    amounts: tuple[float, ...]
    texts: tuple[str, ...]
    shown: str


@dataclass(frozen=True)
class Steps:
    """Money by month, layer on layer by how certain it is, against planned cost.

    `turn` is said at the end of the grant: the day, and whether money is short from then on.
    """

    months: tuple[date, ...]
    layers: tuple[Layer, ...]
    planned: tuple[float, ...]
    planned_shown: str
    grant_ends: date | None
    turn: tuple[str, str]
    top: float
    ticks: tuple[tuple[float, str], ...]
    month_names: tuple[str, ...]
    axis_names: tuple[str, ...]
    planned_name: str = _("Planned cost")
    ending_name: str = _("Home Office")
    local_name: str = _("Local money")

    def beside(self, gap: float) -> list[tuple[float, str, str, str]]:
        """Height (a share of the whole), name, money and status of each layer at its end, `gap` or more apart."""
        wanted, level = [], 0.0
        for layer in self.layers:
            amount = layer.amounts[-1]
            if amount > NIL_POUNDS:
                wanted.append(((level + amount / 2) / self.top, layer.name, layer.shown, layer.status))
            level += amount
        wanted.append((self.planned[-1] / self.top, self.planned_name, self.planned_shown, "planned"))
        places = [entry[0] for entry in wanted]
        for index in range(len(places)):
            places[index] = max(places[index], places[index - 1] + gap if index else gap / 2)
        limit = 1 - gap / 2
        for index in reversed(range(len(places))):
            places[index] = min(places[index], limit)
            limit = places[index] - gap
        return [(at, *entry[1:]) for at, entry in zip(places, wanted, strict=True)]


@dataclass(frozen=True)
class Words:
    """A cell: words, and a level where they are a status; `below` stands small under a site's name.

    `now` is what the words end with, in bold: what holds after a change.
    """

    text: str
    level: str = field(default="", metadata=NOT_WORDS)
    place: Place | None = None
    below: str = ""
    now: str = ""

    @property
    def whole(self) -> str:
        """All that it says."""
        return joined("", [self.text, self.now]) if self.now else self.text


@dataclass(frozen=True)
class Grid:
    """A table of words. `kind`: how wide its columns are."""

    kind: str = field(metadata=NOT_WORDS)
    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    left_out: str = ""


Exhibit = Verdicts | Points | Steps | Grid


@dataclass(frozen=True)
class Slide:
    """A slide. `notes` are what the speaker needs: definitions, methods, sources; `codes` lead back to its numbers."""

    name: str = field(metadata=NOT_WORDS)
    question: str
    headline: str
    subtitle: str
    exhibit: Exhibit
    alt: str
    ask: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    codes_head: str = _("Codes of the numbers, for /number/CODE")

    @property
    def codes_words(self) -> str:
        """What leads back to the numbers, as a file says it."""
        codes = "; ".join(f"{name} {code}" for name, code in self.codes)
        return f"{self.codes_head}: {codes}" if codes else ""


@dataclass(frozen=True)
class Deck:
    """The slides of a meeting, and what stands in every foot."""

    title: str
    slides: tuple[Slide, ...]
    data_to: str
    edition: str
    chosen: str
    audience: str = field(metadata=NOT_WORDS)
    address: str = field(metadata=NOT_WORDS)
    meeting: str = ""
    is_current: bool = True
    file_title: str = ""
    made_of: str = ""
    foot_line: str = ""
    places: tuple[str, ...] = ()
    data_head: str = _("Data to")
    edition_head: str = _("Edition")
    smalls: tuple[str, str] = (_("Central team only"), _("Small numbers shown as ranges"))
    outdated: str = _("Not the current edition")
    language: str = field(default="en-GB", metadata=NOT_WORDS)

    @property
    def foot(self) -> tuple[tuple[str, str], ...]:
        """What every slide says of its data: in the central team's own no number is hidden."""
        small = self.smalls[0 if self.audience == audience_words("central") else 1]
        return ((f"{self.data_head} ", self.data_to), (f"{self.edition_head} ", self.edition), (small, ""))

    @property
    def head(self) -> str:
        """What stands above every slide: the meeting, or that there is a newer edition."""
        return self.meeting if self.is_current else self.outdated
