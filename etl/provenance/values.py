"""A number that stands in another table than `results`, or beside one, by its address: its full value and unit."""

from collections.abc import Callable
from datetime import date

from etl.definitions.periods import PERIODS
from etl.definitions.tables import column
from etl.definitions.writing import HIDDEN
from etl.provenance.change import pair
from etl.provenance.code import CENTRAL
from etl.provenance.edition import Edition
from etl.provenance.results import LIMITS, answering
from etl.provenance.story import NoNumber, day, unit_of

Value = tuple[float | None, str]
NONE: Value = (None, "")


def value_of(edition: Edition, address: str) -> Value:
    """The value and unit of a number that is no number of `results` itself; nothing where it has none or is hidden."""
    site, kind, place, what, beside = [*address.split("|"), "", "", "", "", ""][:5]
    try:
        if kind in PERIODS:
            return _beside(edition, (site, kind, day(place), what), beside)
        return ELSEWHERE[kind](edition, site, place, what) if kind in ELSEWHERE else NONE
    except NoNumber:
        return NONE


def _first(edition: Edition, table: str, where: str, given: tuple[object, ...], column: str) -> float | None:
    rows = edition.rows(table, where, given)
    return rows[0].get(column) if rows else None


def _beside(edition: Edition, of: tuple[str, str, date, str], beside: str) -> Value:
    site, period, starts, measure = of
    row = edition.result(site, measure, period, starts)
    if row is None or row.shown == HIDDEN:
        return NONE
    unit = unit_of(edition, measure)
    if beside.startswith(("low", "high")) and beside not in LIMITS:
        return row.get(beside), unit
    if beside in (*LIMITS, "plan"):
        found = _first(
            edition, "control_points", "site = ? and measure = ? and month = ?", (site, measure, starts), beside
        )
        return found, unit
    if beside == "real":
        return _first(
            edition, "real_terms", "site = ? and measure = ? and starts = ?", (site, measure, starts), beside
        ), unit
    if beside in ("over_plan", "over_funding"):
        where = "site = ? and period = ? and starts = ?"
        return _first(edition, "spend_against", where, (site, period, starts), beside), "gbp"
    if beside in ("share", "step"):
        rows = answering(edition, row, beside)
        return (rows[0].share, "share") if rows else NONE
    return NONE


def _cover(edition: Edition, site: str, place: str, what: str) -> Value:
    found = _first(edition, "cover", "site = ? and year = ?", (site, day(place)), what)
    return found, column("cover", what).unit if found is not None else ""


def _agreement(edition: Edition, site: str, place: str, what: str) -> Value:
    return _first(edition, "agreements", "agreement = ?", (place,), what), "gbp"


def _cliff(edition: Edition, site: str, place: str, what: str) -> Value:
    where = "site = ? and month = ? and status = ?"
    if what == "share":
        return _first(edition, "cliff", where, (site, day(place), "approved"), "share"), "share"
    return _first(edition, "cliff", where, (site, day(place), what), "amount"), "gbp"


def _gap(edition: Edition, site: str, place: str, what: str) -> Value:
    if not what.isdecimal():
        raise NoNumber(what)
    where = "site = ? and starts = ? and position = ?"
    return _first(edition, "gaps", where, (site, day(place), int(what)), "amount"), "gbp"


def _central(edition: Edition, site: str, place: str, what: str) -> Value:
    if what not in CENTRAL:
        raise NoNumber(what)
    period, basis, way, name = what.split(".")
    where = "site = ? and period = ? and starts = ? and basis = ? and allocation = ?"
    found = _first(edition, "central", where, (site, period, day(place), basis, way), name)
    return found, column("central", name).unit


def _bridge(edition: Edition, site: str, place: str, what: str) -> Value:
    row, step = pair(edition, f"{site}|bridge|{place}|{what}")
    return (row[step], "count" if step.startswith("count") else "gbp") if row is not None else NONE


ELSEWHERE: dict[str, Callable[[Edition, str, str, str], Value]] = {
    "cover": _cover,
    "agreement": _agreement,
    "cliff": _cliff,
    "gap": _gap,
    "central": _central,
    "bridge": _bridge,
}
