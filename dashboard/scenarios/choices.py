"""What somebody supposes: the choices of a scenario as an address has them, checked, and in words where wrong."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboard.data.address import Address
from dashboard.data.edition import Row, Site
from dashboard.wording import scenario
from etl.definitions.messages import Name, Plain, Text, _, joined
from etl.judge.scenario import MONTHS, Choices, Start

NAMES = (
    "grant", "months", "renewed", "local", "also", "caseload", "low", "high", "ratio", "postcost", "gaps",
    "areas", "like", "marac", "own",
)  # fmt: skip
GRANTS = {"ends": _("Ends"), "extended": _("Is extended"), "renewed": _("Is renewed at a share")}
ALSO = {"": _("Approved money only"), "principle": _("Also agreed in principle"), "bids": _("Also agreed and bids")}
GAPS = {"": _("Stay missing"), "planned": _("Come in as planned")}
MOST_AREAS = 200
USUAL_LOW, USUAL_HIGH = 25, 80


@dataclass(frozen=True)
class ScenarioChoice:
    """What is supposed. `local` is the share of secured local money at each site; `volumes` are MARAC cases of areas.

    `problems` has a sentence for each field that cannot be used; it then counts as left alone.
    """

    choices: Choices = field(default_factory=Choices)
    local: Mapping[str, float] = field(default_factory=dict)
    also: str = ""
    mended: bool = False
    areas: int = 0
    like: str = ""
    volumes: tuple[float, ...] = ()
    own: float = 0.0
    problems: Mapping[str, str] = field(default_factory=dict)

    def at(self, row: Row) -> Choices:
        """The choices for a site: its share of local money, and what else may come there."""
        extra = 0.0
        if self.also:
            extra = (row.in_principle or 0.0) + ((row.bid or 0.0) if self.also == "bids" else 0.0)
        return replace(self.choices, local=self.local.get(row.site, 1.0), extra=extra)

    @property
    def changed(self) -> tuple[str, ...]:
        """Which kinds of choices differ from the usual ones."""
        usual, now = Choices(), self.choices
        differs = {
            "grant": (now.grant_months, now.grant_share) != (0, 0.0),
            "local": any(share != 1.0 for share in self.local.values()),
            "also": bool(self.also),
            "caseload": now.caseload != usual.caseload,
            "staffing": now.cases_per_post is not None,
        }
        return tuple(name for name, is_so in differs.items() if is_so)


def start_of(row: Row, local_months: tuple[float, ...]) -> Start | None:
    """A site's starting point, with its secured money by month; None where it has no plan for the year."""
    if not row.planned_cost or not row.planned_cases:
        return None
    secured, grant = row.secured or 0.0, row.grant_before or 0.0
    return Start(row.planned_cost, row.planned_cases, secured, grant, row.posts, row.open_cases, local_months)


def facts_of(row: Row) -> dict[str, object]:
    """The facts by which a site is judged, as `etl.scenario.verdicts_under` wants them."""
    answers = [getattr(row, f"answer_{number}") for number in range(1, 5)]
    return {
        "planned_annual_cost": row.planned_spend,
        "planned_new_cases": row.planned_new_cases,
        "cost_12m": row.spend,
        "cost_12m_range": json.loads(row.spend_ranges) if row.get("spend_ranges") else None,
        "count_12m": row.new_cases,
        "count_12m_range": json.loads(row.new_cases_ranges) if row.get("new_cases_ranges") else None,
        "returns": {
            "expected": row.returns_expected,
            "received": row.returns_received,
            "on_time": row.returns_on_time,
            "required_fields_complete": row.returns_filled,
        },
        "self_assessment": None if None in answers else [int(answer) for answer in answers],
    }


class _Fields:
    """The fields of an address, read one by one; what is wrong is noted."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.problems: dict[str, str] = {}

    def text(self, name: str) -> str:
        return self.address.get(name).strip()

    def word(self, name: str, known: Mapping[str, str], usual: str) -> str:
        said = self.text(name) or usual
        if said in known:
            return said
        self.problems[name] = _("Choose one of: {choices}.", choices=joined(", ", list(known.values())))
        return usual

    def number(self, name: str, usual: float, low: float, high: float, needed: str, *, whole: bool = False) -> float:
        said = self.text(name)
        if not said:
            return usual
        value = read_number(said)
        if value is None or not low <= value <= high or (whole and value != int(value)):
            self.problems[name] = cannot_be_used(said, needed)
            return usual
        return value


def cannot_be_used(typed: str, needed: str) -> Text:
    """What is wrong with a field: what was typed, and what is needed."""
    return _("“{typed}” cannot be used: type {needed}.", typed=Plain(typed[:30]), needed=needed)


def read_number(text: str) -> float | None:
    """A number as people type it: £1,200, +20%, −5; None for anything else."""
    plain = text.strip().replace("−", "-").replace(",", "").replace("£", "").removesuffix("%").strip()
    if not plain.lstrip("+-").replace(".", "", 1).isdecimal() or not plain.isascii() or len(plain) > 12:
        return None
    return float(plain)


def read_supposed(address: Address, sites: Sequence[Site]) -> ScenarioChoice:
    """What an address supposes."""
    fields = _Fields(address)
    months, share = _grant(fields)
    low = fields.number("low", USUAL_LOW, 0, 100, _("a percentage from 0 to 100, such as 25"))
    high = fields.number("high", USUAL_HIGH, 0, 100, _("a percentage from 0 to 100, such as 80"))
    if low > high:
        shares = {"highest": Plain(f"{high:g}%"), "lowest": Plain(f"{low:g}%")}
        fields.problems["high"] = _(
            "The highest share, {highest}, is below the lowest, {lowest}: type it again.", **shares
        )
        low, high = USUAL_LOW, USUAL_HIGH
    ratio = fields.number("ratio", 0.0, 1, 200, _("open cases for each case manager, from 1 to 200, such as 25"))
    caseload = fields.number("caseload", 0.0, -90, 200, _("a change from −90 to 200 per cent, such as 20 or −20"))
    choices = Choices(
        grant_months=months,
        grant_share=share,
        caseload=1 + caseload / 100,
        fixed_shares=(low / 100, high / 100),
        cases_per_post=ratio or None,
        post_cost=fields.number("postcost", 0.0, 0, 200_000, _("pounds a year, up to £200,000, such as 38,000")),
    )
    supposed = ScenarioChoice(
        choices=choices,
        local=_local(fields, sites),
        also=fields.word("also", ALSO, ""),
        mended=fields.word("gaps", GAPS, "") == "planned",
    )
    return _rollout(fields, supposed, [site.name for site in sites])


def _grant(fields: _Fields) -> tuple[int, float]:
    """Months for which the grant goes on whole, and the share of it after them."""
    kind = fields.word("grant", GRANTS, "ends")
    months = fields.number(
        "months", 0, 1, MONTHS, _("whole months from 1 to {most}, such as 6", most=MONTHS), whole=True
    )
    share = fields.number("renewed", 0, 1, 100, _("a percentage from 1 to 100, such as 50"))
    for name, value, missing in (("months", months, "extended"), ("renewed", share, "renewed")):
        if kind == missing and not value and name not in fields.problems:
            by = _("Say by how many months, such as 6.")
            fields.problems[name] = by if name == "months" else _("Say at what share.")
    return (int(months) if kind == "extended" else 0), (share / 100 if kind == "renewed" else 0.0)


def _local(fields: _Fields, sites: Sequence[Site]) -> dict[str, float]:
    """The share of local money that stays at each site, from `croydon:50,south_wales:80`."""
    pairs = dict(part.partition(":")[::2] for part in fields.text("local").split(",") if part)
    shares = {}
    for site in sites:
        said = pairs.get(site.name, "")
        value = read_number(said) if said else 100.0
        if value is None or not 0 <= value <= 300:
            needed = _("a percentage from 0 to 300, such as 50")
            fields.problems[f"local.{site.name}"] = cannot_be_used(said, needed)
            value = 100.0
        shares[site.name] = value / 100
    return shares


def _rollout(fields: _Fields, supposed: ScenarioChoice, sites: Sequence[str]) -> ScenarioChoice:
    needed = _("a whole number from 1 to {most}, such as 32", most=MOST_AREAS)
    areas = fields.number("areas", 0, 1, MOST_AREAS, needed, whole=True)
    volumes = _volumes(fields)
    own = fields.number("own", 0, 1, 100_000, _("its MARAC cases a year, such as 600"))
    if volumes and not own and "own" not in fields.problems:
        fields.problems["own"] = _(
            "Say how many MARAC cases a year the area itself has; until then areas count as equal."
        )
    if volumes and areas and len(volumes) != areas:
        numbers = {"number": len(volumes), "areas": Plain(f"{areas:g}")}
        fields.problems["marac"] = _("There are {number} volumes for {areas} areas: give one for each.", **numbers)
        volumes = ()
    like = fields.text("like")
    usual = sites[0] if sites else ""
    return replace(
        supposed,
        areas=int(areas) or len(volumes),
        like=like if like in sites else usual,
        volumes=volumes if own else (),
        own=own,
        problems=fields.problems,
    )


def _volumes(fields: _Fields) -> tuple[float, ...]:
    """MARAC cases of each area, from numbers with spaces or semicolons between them."""
    said = fields.text("marac")
    found = [read_number(part) for part in said.replace(";", " ").replace(",", " ").split()]
    volumes = tuple(value for value in found if value is not None and value >= 0)
    if len(volumes) < len(found) or len(found) > MOST_AREAS or (found and not sum(volumes)):
        fields.problems["marac"] = _("Type a number for each area with spaces between them, such as 610 540 380.")
        return ()
    return volumes


def said(supposed: ScenarioChoice, labels: Mapping[str, str]) -> list[Text]:
    """What is supposed, in words: a phrase for each choice that matters."""
    now = supposed.choices
    phrases: list[Text] = [scenario.grant(now)]
    for site, share in supposed.local.items():
        if share != 1.0:
            whose = {"site": Name(labels.get(site, site)), "share": scenario.percent_of(share)}
            phrases.append(_("{site} has {share} of its secured local money", **whose))
    if supposed.also:
        agreed, bids = _("money agreed in principle comes"), _("agreed money and bids come")
        phrases.append(agreed if supposed.also == "principle" else bids)
    if now.caseload != 1:
        phrases.append(scenario.caseload(now))
    if now.cases_per_post is not None:
        phrases.append(scenario.staffing(now))
    phrases.append(scenario.fixed(now))
    if supposed.mended:
        phrases.append(_("what is missing comes in as planned"))
    return phrases
