"""What a reader looks at: an edition, and what the address chooses in it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dashboard import theme
from dashboard.data.address import Address
from dashboard.data.edition import Edition, Row, Site
from dashboard.theme import Mark
from etl.definitions.messages import Name, Text
from etl.definitions.periods import month_after, write_period


@dataclass(frozen=True)
class View:
    """What a reader looks at: an edition, and what the address chooses in it."""

    edition: Edition
    address: Address
    editions: tuple[str, ...] = ()
    is_current: bool = True
    current: Edition | None = None  # beside an earlier one, where the reader has it

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The chosen sites in page order; all of them if none is chosen, or none of the chosen is known."""
        chosen = set(self.address.get("site").split(","))
        return tuple(site for site in self.edition.sites if site.name in chosen) or self.edition.sites

    @property
    def all_sites(self) -> bool:
        """Whether every site is shown, so that the programme's own numbers belong beside them."""
        return len(self.sites) == len(self.edition.sites)

    @cached_property
    def period(self) -> tuple[str, date, date]:
        """The chosen period: its kind, first month and last month; usually the year to the last month with data."""
        kind = self.address.get("period", "rolling_year")
        known = self.edition.periods(kind) or self.edition.periods("rolling_year")
        kind = kind if self.edition.periods(kind) else "rolling_year"
        last = self.address.get("to")
        for starts, ends in known:
            if ends.isoformat()[:7] == last:
                return kind, starts, ends
        if known:
            return kind, *known[0]
        month = self.edition.data_month or date(2000, 1, 1)
        return "rolling_year", month_after(month, -11), month

    @property
    def is_latest(self) -> bool:
        """Whether the period is the one that the verdicts are about: the year to the last month with data."""
        return self.period[0] == "rolling_year" and self.period[2] == self.edition.data_month

    def result(self, site: str, measure: str) -> Row | None:
        """A number of the chosen period."""
        kind, starts, _ = self.period
        return self.edition.result(site, measure, kind, starts)

    def bounds(self, site: str, measure: str) -> Row | None:
        """What a number of the chosen year may be that is not known, or that rests on a number under query."""
        period, starts, _ends = self.period
        where = "site = ? and period = ? and starts = ? and measure = ?"
        return next(iter(self.edition.rows("bounds", where, (site, period, starts, measure))), None)

    def label(self, site: str) -> Name:
        """A site's label; the programme for `all`."""
        return Name(next((entry.label for entry in self.edition.sites if entry.name == site), "Programme"))

    def mark(self, site: str) -> Mark:
        """A site's mark; the programme's ring for `all`."""
        return next(
            (theme.mark_of(entry.position) for entry in self.edition.sites if entry.name == site), theme.PROGRAMME
        )

    def measure_label(self, measure: str) -> str:
        """A measure's label as the edition has it."""
        row = self.edition.measures.get(measure)
        return str(row.label) if row else measure


def period_words(period: tuple[str, date, date]) -> Text:
    """A period in words: year to Nov 2019."""
    return write_period(period[0], period[1])
