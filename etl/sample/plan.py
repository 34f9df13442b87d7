"""Which made-up returns there are: of which site and month, with which numbers, when they came and how they look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from etl.definitions.periods import financial_year_start, month_after
from etl.sample import trouble
from etl.sample.simulate import simulate
from etl.sample.trouble import Typing
from etl.sample.write import Look, Typed, name_file
from etl.sites import Organisation, Site, load_sites

FIRST, LAST, SEED = date(2018, 4, 1), date(2019, 11, 1), 20191211


@dataclass(frozen=True)
class Return:
    """A return to write: `months` holds what is typed for each month in it (one, unless it is a tracker).

    `month` is the one it is sent for, `file` its path below the folder of returns.
    """

    site: Site
    month: date
    months: Mapping[date, Typing]
    file: PurePosixPath
    received: datetime
    version: int
    look: Look


def choose_sites(count: int, first: date = FIRST) -> list[Site]:
    """The first `count` sites: the real ones in their order, then invented areas that start in `first`."""
    real = list(load_sites().values())[:count]
    return real + [_invent(number, first) for number in range(len(real) + 1, count + 1)]


def plan_returns(
    sites: int = 4, first: date = FIRST, last: date = LAST, seed: int = SEED, planted: bool = True
) -> list[Return]:
    """All returns of the months from `first` to `last`, in the order in which they were received."""
    planned = [one for site in choose_sites(sites, first) for one in _of_site(site, first, last, seed, planted)]
    return sorted(planned, key=lambda one: (one.received, one.site.position, one.month, one.version))


def _of_site(site: Site, first: date, last: date, seed: int, planted: bool) -> Iterator[Return]:
    true = {month: dict[tuple[str, str], Typed](n) for month, n in simulate(site.name, site.first_month, last, seed)}
    typed = trouble.plant(site.name, true) if planted else true
    for month in (m for m in typed if m >= first):
        if planted and trouble.is_missing(site.name, month):
            continue
        yield from _of_month(site, month, _covered(site, month, typed), planted)


def _of_month(site: Site, month: date, months: Mapping[date, Typing], planted: bool) -> Iterator[Return]:
    usual = datetime.combine(month_after(month) + timedelta(days=7), datetime.min.time().replace(hour=10))
    if not planted:
        yield _return(site, month, months, usual, 1, Look())
        return
    look, name = trouble.look_of(site.name, month), site.name
    received = trouble.came_on(name, month) or usual
    as_sent = trouble.as_first_sent(name, month, months)
    second = trouble.corrected(name, month)
    if second is None:
        yield _return(site, month, as_sent, received, 1, look)
        return
    came, wrong = second
    yield _return(site, month, {**as_sent, month: trouble.shift(as_sent[month], wrong)}, received, 1, look)
    yield _return(site, month, as_sent, came, 2, look)


def _return(
    site: Site, month: date, months: Mapping[date, Typing], received: datetime, version: int, look: Look
) -> Return:
    file = PurePosixPath(site.name, name_file(site, month, version))
    return Return(site, month, months, file, received, version, look)


def _covered(site: Site, month: date, typed: Mapping[date, Typing]) -> dict[date, Typing]:
    """The months that the return of a month speaks of: a tracker's whole year so far, any other return's month."""
    if site.layout_on(month).kind != "tracker":
        return {month: typed[month]}
    return {m: numbers for m, numbers in typed.items() if financial_year_start(month) <= m <= month}


def _invent(number: int, first: date) -> Site:
    name = f"area_{number}"
    label = f"Area {number}"
    return Site(
        name=name,
        label=label,
        position=number,
        first_month=first,
        commissioners=(Organisation(first, f"{label} Police and Crime Commissioner", f"{label} PCC", "made up"),),
        providers=(Organisation(first, f"Provider {number}", f"Provider {number}", "made up"),),
    )
