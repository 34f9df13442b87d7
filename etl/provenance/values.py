"""Numbers of other tables than `results`, or that go with a result, by their address: full value and unit."""

from collections.abc import Callable

from etl.definitions.tables import column
from etl.definitions.writing import HIDDEN
from etl.provenance import level
from etl.provenance.address import NoNumber, NumberAddress
from etl.provenance.change import pair
from etl.provenance.code import CENTRAL
from etl.provenance.edition import Edition
from etl.provenance.flow import row_of
from etl.provenance.results import LIMITS, OF_PLAN, answering, compared_with_plan
from etl.provenance.story import unit_of

Value = tuple[float | None, str]
NONE: Value = (None, "")


def value_of(edition: Edition, address: str) -> Value:
    """The value and unit of a number that is no number of `results` itself; nothing where it has none or is hidden."""
    try:
        where = NumberAddress.read(address)
        if where.is_result:
            return _beside(edition, where)
        return ELSEWHERE[where.kind](edition, where) if where.kind in ELSEWHERE else NONE
    except NoNumber:
        return NONE


def _first(edition: Edition, table: str, where: str, given: tuple[object, ...], column: str) -> float | None:
    rows = edition.rows(table, where, given)
    return rows[0].get(column) if rows else None


def _beside(edition: Edition, where: NumberAddress) -> Value:
    site, period, starts, measure, beside = where.site, where.kind, where.day, where.what, where.beside
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
        place = "site = ? and period = ? and starts = ?"
        return _first(edition, "spend_against", place, (site, period, starts), beside), "gbp"
    if beside == "least":
        place = "site = ? and period = ? and starts = ? and measure = ?"
        return _first(edition, "bounds", place, (site, period, starts, measure), "least"), unit
    if beside in OF_PLAN:
        compared = compared_with_plan(edition, row)
        return (compared.get(beside), "share") if compared is not None else NONE
    if beside in ("share", "step"):
        rows = answering(edition, row, beside)
        return (rows[0].share, "share") if rows else NONE
    return NONE


def _cover(edition: Edition, number: NumberAddress) -> Value:
    found = _first(edition, "cover", "site = ? and year = ?", (number.site, number.day), number.what)
    return found, column("cover", number.what).unit if found is not None else ""


def _agreement(edition: Edition, number: NumberAddress) -> Value:
    return _first(edition, "agreements", "agreement = ?", (number.place,), number.what), "gbp"


def _cliff(edition: Edition, number: NumberAddress) -> Value:
    where = "site = ? and month = ? and status = ?"
    if number.what == "share":
        return _first(edition, "cliff", where, (number.site, number.day, "approved"), "share"), "share"
    return _first(edition, "cliff", where, (number.site, number.day, number.what), "amount"), "gbp"


def _gap(edition: Edition, number: NumberAddress) -> Value:
    if not number.what.isdecimal():
        raise NoNumber(number.what)
    where = "site = ? and starts = ? and position = ?"
    return _first(edition, "gaps", where, (number.site, number.day, int(number.what)), "amount"), "gbp"


def _central(edition: Edition, number: NumberAddress) -> Value:
    if number.what not in CENTRAL:
        raise NoNumber(number.what)
    period, basis, way, name = number.what.split(".")
    where = "site = ? and period = ? and starts = ? and basis = ? and allocation = ?"
    found = _first(edition, "central", where, (number.site, period, number.day, basis, way), name)
    return found, column("central", name).unit


def _bridge(edition: Edition, number: NumberAddress) -> Value:
    row, step = pair(edition, number)
    return (row[step], "count" if step.startswith("count") else "gbp") if row is not None else NONE


def _flow(edition: Edition, number: NumberAddress) -> Value:
    row, column = row_of(edition, number)
    return (row[column], "count") if row is not None else NONE


def _level(edition: Edition, number: NumberAddress) -> Value:
    row = level.row_of(edition, number) if number.what == "level" else None
    return (row.level, "count") if row is not None else NONE


ELSEWHERE: dict[str, Callable[[Edition, NumberAddress], Value]] = {
    "cover": _cover,
    "agreement": _agreement,
    "cliff": _cliff,
    "gap": _gap,
    "central": _central,
    "bridge": _bridge,
    "flow": _flow,
    "level": _level,
}
