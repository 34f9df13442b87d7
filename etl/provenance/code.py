"""The short code of a number: ten letters and digits that name its edition and its address, made without a table.

A number's address is `site|kind|place|what`, for `results` `site|period|starts|measure`; a fifth part names what stands
beside a result, such as `low` for the lower end of its interval. A code is that address and the edition's name as one
number, written with 29 signs that look unlike each other. It says nothing of the number's value, and what it resolves
to is read from the file of whoever asks.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date

from etl.definitions.messages import Plain, _
from etl.definitions.periods import PERIODS, month_after, months_between
from etl.definitions.readiness import CRITERIA
from etl.provenance.address import NoNumber, NumberAddress
from etl.provenance.edition import Edition

# No 0, O, 1, I, L, 5 and S both, 2 and Z both. As many as a prime, so that one wrong sign, or two that have changed
# places, never check.
SIGNS = "23456789ABCDEFGHJKMNPQRTUVWXY"
READ_AS = str.maketrans({"S": "5", "Z": "2"})
LENGTH = 10
SPACE = len(SIGNS) ** (LENGTH - 1)
FACTOR = 7_046_029_254_387  # not a multiple of 29: any such number scatters as well

# How much room each part of an address has in a code.
SITES, MONTHS, NAMES, FORMS = 100, 400, 600, 100
EDITIONS = SPACE // (SITES * MONTHS * NAMES * FORMS)
FIRST = date(2010, 1, 1)
TEAM = "central_team"

# What stands beside a result, and the numbers that are in other tables. A code lasts as long as its edition: add at
# the end, never change the order.
ASIDE = (
    "", "low", "high", "low_998", "high_998", "verdict", "share", "step", "real", "mean", "lower", "upper",
    "over_plan", "over_funding", "plan", "against_low", "against_high", "sure", "least", "bounds",
)  # fmt: skip
OTHERS = (
    "cover", "agreement", "readiness", "returns", "receipt", "verdict", "cliff", "gap", "central", "quality",
    "agreement.drawn", "agreement.left", "bridge", "start", "flow",
    "level",
)  # fmt: skip
ROOM_FOR_OTHERS = 20
COVER = (
    "months", "secured", "planned", "gap", "in_principle", "bid", "expected", "no_funder", "replaced", "share",
    "grant_before", "local_before", "runway_months", "notice_months",
)  # fmt: skip
STATUSES = ("planned", "approved", "ending", "agreed_in_principle", "bid", "expected", "no_funder", "share")
# Returns counted: of the twelve months from a day with `year.`, else of all months from it (`received`: of twelve).
COUNTED = (
    "received", "on_time", "came", "due", "late", "missing", "rejected", "revised", "query",
    "year.due", "year.on_time", "year.late", "year.missing", "year.rejected",
)  # fmt: skip
CENTRAL = tuple(
    f"{period}.{basis}.{way}.{column}"
    for period in ("year", "rolling_year")
    for basis in ("actual", "planned", "secured")
    for way in ("none", "by_new_cases", "equally")
    for column in ("unit", "central", "cost", "total", "count")
)
CENTRAL += tuple(name.replace(".unit", end) for end in (".low", ".high") for name in CENTRAL if name.endswith(".unit"))
# How many months lie between the two periods of each kind of pair in a bridge, and its steps.
LAG = {"year": 12, "year_to_date": 12, "rolling_year": 12, "quarter_year_ago": 12, "quarter": 3}
STEPS = ("cost0", "count0", "unit0", "spending", "volume", "change", "cost1", "count1", "unit1")
START = ("cases_seen",)
FLOWS = tuple(
    f"{span}.{measure}.{column}"
    for span in (12, 3)
    for measure in ("referrals", "new_cases", "closed_cases")
    for column in ("from_value", "to_value")
)
QUALITY = ("completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy")


class WrongCode(ValueError):
    """What was typed is no code; the message says why."""


def code_of(edition: Edition, address: str) -> str:
    """The code of a number, as AAAAA-AAAAA; '' for an address that has none."""
    try:
        fields = _fields(edition, address)
    except (ValueError, NoNumber):
        return ""
    value = 0
    for field, room in zip(fields, (FORMS, NAMES, MONTHS, SITES), strict=True):
        if not 0 <= field < room:
            return ""
        value = value * room + field
    digits = _digits(_scattered(value * EDITIONS + _tag(edition.name)))
    text = "".join(SIGNS[digit] for digit in (*digits, _check(digits)))
    return f"{text[:5]}-{text[5:]}"


def read_code(typed: str) -> str:
    """A code as it was typed, in its one writing. Raises WrongCode."""
    text = "".join(sign for sign in typed.upper() if sign not in " -‐‑–\t\n").translate(READ_AS)
    foreign = [sign for sign in dict.fromkeys(text) if sign not in SIGNS]
    if foreign:
        raise WrongCode(
            _(
                "No code has the sign “{sign}” in it: a code has ten of {signs}, such as 7KQ3M-XR4TA.",
                sign=Plain(foreign[0]),
                signs=Plain(SIGNS),
            )
        )
    if len(text) != LENGTH:
        raise WrongCode(
            _(
                "A code has ten signs, this has {number}. Type it as it is printed, such as 7KQ3M-XR4TA.",
                number=len(text),
            )
        )
    digits = [SIGNS.index(sign) for sign in text]
    if _check(digits[:-1]) != digits[-1]:
        raise WrongCode(_("This is no code: a sign in it is wrong, or two have changed places. Look at it again."))
    return f"{text[:5]}-{text[5:]}"


def editions_of(code: str, names: Iterable[str]) -> list[str]:
    """Which of these editions a code is of: one, hardly ever two, none where its edition is not among them."""
    tag = _gathered(code) % EDITIONS
    return [name for name in names if _tag(name) == tag]


def address_in(code: str, edition: Edition) -> str:
    """The address that a code names in its edition; '' where the edition has no site, measure or name of its kind."""
    value, found = _gathered(code) // EDITIONS, []
    for room in (SITES, MONTHS, NAMES, FORMS):
        value, field = divmod(value, room)
        found.append(field)
    site, month, name, form = found
    try:
        return "" if value else _address(edition, site, month, name, form)
    except IndexError:
        return ""


def _tag(edition: str) -> int:
    return int.from_bytes(hashlib.sha256(edition.encode()).digest()[:8]) % EDITIONS


def _places(edition: Edition) -> list[str]:
    return ["all", *(site.name for site in edition.sites)]


def _names(edition: Edition, kind: str) -> Sequence[str]:
    """The words of which one is in an address of a kind, in an order that all audiences of an edition share."""
    if kind in PERIODS:
        return list(edition.measures)
    if kind == "agreement":
        return [row.agreement for row in edition.rows("agreements", order="agreement")]
    if kind == "bridge":
        return bridge_names(edition)
    fixed: dict[str, Sequence[str]] = {
        "cover": COVER,
        "readiness": [criterion.name for criterion in CRITERIA],
        "returns": COUNTED,
        "cliff": STATUSES,
        "gap": [str(step) for step in range(NAMES)],
        "central": CENTRAL,
        "quality": QUALITY,
        "start": START,
        "flow": FLOWS,
        "level": ("level", "range"),
    }
    return fixed.get(kind, ("",))


def bridge_names(edition: Edition) -> list[str]:
    """What names a number of a bridge: kind of pair, measure and step, joined by dots."""
    measures = [measure for measure, about in edition.measures.items() if about.get("unit") == "gbp_each"]
    return [f"{span}.{measure}.{step}" for measure in measures for span in LAG for step in STEPS]


def _fields(edition: Edition, address: str) -> tuple[int, int, int, int]:
    """Form, name, month and site as numbers. Raises ValueError where a part of the address is in no list."""
    where = NumberAddress.read(address)
    site, kind, place, what, beside = where.site, where.kind, where.place, where.what, where.beside
    if kind in PERIODS:
        form = ROOM_FOR_OTHERS + len(PERIODS) * ASIDE.index(beside) + PERIODS.index(kind)
    else:
        form = OTHERS.index(f"{kind}.{what}" if f"{kind}.{what}" in OTHERS else kind)
    name, day = (place, "") if kind in ("agreement", "readiness", "quality") else (what, place)
    name = "" if kind in ("receipt", "verdict") else name
    month = months_between(FIRST, date.fromisoformat(day)) + 1 if day else 0
    number = SITES - 1 if site == TEAM else _places(edition).index(site)
    return form, list(_names(edition, kind)).index(name), month, number


def _address(edition: Edition, site: int, month: int, name: int, form: int) -> str:
    """The address of these numbers. Raises IndexError where one is beyond its list."""
    beside = last = ""
    if form >= ROOM_FOR_OTHERS:
        at, period = divmod(form - ROOM_FOR_OTHERS, len(PERIODS))
        kind, beside = PERIODS[period], ASIDE[at]
    else:
        kind, last = OTHERS[form].partition(".")[::2]
    place = TEAM if site == SITES - 1 else _places(edition)[site]
    word, day = _names(edition, kind)[name], month_after(FIRST, month - 1).isoformat() if month else ""
    if kind in ("agreement", "readiness", "quality"):
        day, word = word, ""
    return str(NumberAddress(place, kind, day, last or LAST_WORD.get(kind, word), beside))


# The last part of an address where the part before it says which.
LAST_WORD = {"agreement": "amount", "readiness": "level", "quality": "value", "receipt": "all", "verdict": "words"}


def _digits(value: int) -> list[int]:
    found = []
    for _place in range(LENGTH - 1):
        value, digit = divmod(value, len(SIGNS))
        found.append(digit)
    return found[::-1]


def _value(digits: Sequence[int]) -> int:
    value = 0
    for digit in digits:
        value = value * len(SIGNS) + digit
    return value


def _check(digits: Sequence[int]) -> int:
    """The last sign: with each sign times its place, all ten come to a multiple of 29."""
    said = sum(place * digit for place, digit in enumerate(digits, 1))
    return -said * pow(LENGTH, -1, len(SIGNS)) % len(SIGNS)


def _scattered(value: int) -> int:
    """The same number far from its neighbours: a code that is wrong in a way that checks falls on no edition."""
    return _value(_digits(value * FACTOR % SPACE)[::-1]) * FACTOR % SPACE


def _gathered(code: str) -> int:
    """What `_scattered` was given, from a code."""
    back = pow(FACTOR, -1, SPACE)
    digits = [SIGNS.index(sign) for sign in code.replace("-", "")[:-1]]
    return _value(_digits(_value(digits) * back % SPACE)[::-1]) * back % SPACE
