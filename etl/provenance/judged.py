"""The story of a judgement: a verdict, a criterion of readiness, a dimension of data quality."""

from etl.definitions.messages import _, joined
from etl.definitions.periods import write_date, write_month
from etl.definitions.readiness import CRITERIA, LEVELS, VERDICTS
from etl.definitions.writing import figures, first_upper, lower_first
from etl.provenance.address import NumberAddress
from etl.provenance.edition import Edition, Row
from etl.provenance.story import (
    NOT_KNOWN,
    Block,
    Facts,
    Item,
    Points,
    Story,
    Table,
    Words,
    columns,
    numbered,
    place,
    source_of,
)

LABELS = {criterion.name: criterion.label for criterion in CRITERIA}


def verdict(edition: Edition, address: NumberAddress) -> Story | None:
    """A site's verdict, with the criteria that it rests on; the programme's, with those of its sites."""
    site = address.site
    rows = edition.rows("verdicts", "site = ?", (site,))
    if not rows:
        return None
    row = rows[0]
    body: list[Block] = [_criteria(edition, site)] if site != "all" else [_sites(edition)]
    told = [
        (_("Because"), row.reason),
        (_("What would change it"), row.change),
        (_("Could chance alone change it"), row.holds),
    ]
    told.append((_("The site’s own answer"), row.get("own_words")))
    facts = tuple((name, words) for name, words in told if words)
    if facts:
        body.append(Facts(facts))
    body.append(Words(_("Five criteria in words, no score. Money gates a verdict, and missing data is not a fail.")))
    shown = _(VERDICTS[row.verdict]) if site != "all" else row.words
    return Story(
        address, place(edition, site), _("is it ready to carry on without the grant?"), shown, "known", tuple(body)
    )


def _criteria(edition: Edition, site: str) -> Table:
    rows = edition.rows("readiness", "site = ?", (site,), "position")
    body: list[tuple[Item, ...]] = [
        (
            LABELS.get(row.criterion, row.criterion),
            _level(row),
            numbered(row.words or NOT_KNOWN, site, "readiness", row.criterion, "level"),
        )
        for row in rows
    ]
    return Table(_("Criteria"), columns(_("Criterion"), _("Level"), _("Evidence")), tuple(body))


def _level(row: Row) -> str:
    """How far a criterion is met, in words."""
    return _(LEVELS.get(row.level, LEVELS["unknown"]))


def _sites(edition: Edition) -> Table:
    rows = {row.site: row for row in edition.rows("verdicts")}
    body: list[tuple[Item, ...]] = [
        (
            place(edition, site.name),
            numbered(_(VERDICTS[rows[site.name].verdict]), site.name, "verdict", "", "words"),
            rows[site.name].reason or "",
        )
        for site in edition.sites
        if site.name in rows
    ]
    return Table(_("Sites"), columns(_("Site"), _("Verdict"), _("Because")), tuple(body))


def readiness(edition: Edition, address: NumberAddress) -> Story | None:
    """The evidence behind a criterion."""
    site, criterion = address.site, address.place
    rows = edition.rows("readiness", "site = ? and criterion = ?", (site, criterion))
    if not rows:
        return None
    row = rows[0]
    threshold = next((entry.threshold for entry in CRITERIA if entry.name == criterion), "")
    facts = [
        (_("Level"), _level(row)),
        (_("Threshold"), threshold),
        (_("Evidence"), row.evidence or _("none known")),
        (_("What would meet it"), row.get("condition")),
        (_("Dated"), write_date(row.evidence_date) if row.evidence_date else NOT_KNOWN),
        (_("Older than a year"), _("yes") if row.stale else _("no")),
        (_("Source"), source_of(row)),
    ]
    body: list[Block] = [Facts(tuple((name, words) for name, words in facts if words))]
    body += [*_rests_on(edition, site, criterion), *_moved(edition, address)]
    name = LABELS.get(criterion, criterion)
    shown = row.words or _level(row)
    return Story(address, place(edition, site), lower_first(name), shown, "known", tuple(body))


def _moved(edition: Edition, address: NumberAddress) -> list[Block]:
    """What moved the criterion since earlier editions."""
    rows = [row for row in edition.rows("changes", order="since desc, position") if row.get("number") == str(address)]
    body = tuple((row.since, row.what, row.effect or "", row.verdict_effect or "") for row in rows)
    return (
        [Table(_("Changed since"), columns(_("Edition"), _("What"), _("Effect"), _("Criterion")), body)] if body else []
    )


# The number that a criterion is about.
ABOUT = {"spend": "spend_against_plan", "caseload": "new_cases"}


def _rests_on(edition: Edition, site: str, criterion: str) -> list[Block]:
    """The numbers that a criterion is judged by."""
    rows: list[tuple[Item, ...]] = []
    if criterion == "money":
        for cover in edition.rows("cover", "site = ?", (site,)):
            if cover.months is not None:
                rows.append(
                    (_("Months secured"), numbered(figures(cover.months, 1), site, "cover", cover.year, "months"))
                )
    elif criterion in ABOUT:
        measure = ABOUT[criterion]
        where = "site = ? and measure = ? and period = 'rolling_year' and latest"
        for row in edition.rows("comparisons", where, (site, measure)):
            if row.value is not None:
                about = edition.measures.get(measure)
                label = about.label if about is not None else measure
                rows.append((label, numbered(row.shown, site, "rolling_year", row.starts, measure)))
    return [Table(_("Rests on"), columns(_("What"), _("Number"), right=(1,)), tuple(rows))] if rows else []


def quality(edition: Edition, address: NumberAddress) -> Story | None:
    """A dimension of data quality."""
    site, dimension = address.site, address.place
    rows = edition.rows("data_quality", "site = ? and dimension = ?", (site, dimension))
    if not rows or rows[0].value is None or rows[0].of is None:
        return None
    row = rows[0]
    body: list[Block] = [Words(joined("", [first_upper(row.words or ""), "."]))]
    lines = [
        ("query", joined(": ", [write_month(row.month), row.message]))
        for row in edition.rows("queries", "site = ?", (site,), "month desc")
        if row.message
    ]
    if lines:
        body.append(Points(_("Open queries of the site"), tuple(lines[:12])))
    shown = _("{number} of {whole}", number=figures(row.value), whole=figures(row.of))
    return Story(
        address, place(edition, site), _("{dimension} of its returns", dimension=dimension), shown, "known", tuple(body)
    )
