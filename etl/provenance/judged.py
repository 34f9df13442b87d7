"""The story of a judgement: a verdict, a criterion of readiness, a dimension of data quality."""

from etl.definitions.periods import write_date
from etl.definitions.readiness import CRITERIA, LEVELS
from etl.definitions.writing import first_upper, lower_first, spaced
from etl.provenance.address import NumberAddress
from etl.provenance.edition import Edition
from etl.provenance.story import (
    Block,
    Facts,
    Item,
    Number,
    Points,
    Story,
    Table,
    Words,
    columns,
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
    told = [("Because", row.reason), ("What would change it", row.change), ("Does it hold", row.holds)]
    told.append(("The site’s own answer", row.get("own_words")))
    facts = tuple((name, str(words)) for name, words in told if words)
    if facts:
        body.append(Facts(facts))
    body.append(Words("Five criteria in words, no score. Money gates a verdict, and what is not known is not failed."))
    shown = first_upper(spaced(row.verdict)) if site != "all" else row.words
    return Story(
        address, place(edition, site), "is it ready to carry on without the grant?", shown, "known", tuple(body)
    )


def _criteria(edition: Edition, site: str) -> Table:
    rows = edition.rows("readiness", "site = ?", (site,), "position")
    body: list[tuple[Item, ...]] = [
        (
            LABELS.get(row.criterion, row.criterion),
            LEVELS.get(row.level, LEVELS["unknown"]),
            Number(row.words or "not known", f"{site}|readiness|{row.criterion}|level"),
        )
        for row in rows
    ]
    return Table("Criteria", columns("Criterion", "Level", "Evidence"), tuple(body))


def _sites(edition: Edition) -> Table:
    rows = {row.site: row for row in edition.rows("verdicts")}
    body: list[tuple[Item, ...]] = [
        (
            place(edition, site.name),
            Number(first_upper(spaced(rows[site.name].verdict)), f"{site.name}|verdict||words"),
            rows[site.name].reason or "",
        )
        for site in edition.sites
        if site.name in rows
    ]
    return Table("Sites", columns("Site", "Verdict", "Because"), tuple(body))


def readiness(edition: Edition, address: NumberAddress) -> Story | None:
    """The evidence behind a criterion."""
    site, criterion = address.site, address.place
    rows = edition.rows("readiness", "site = ? and criterion = ?", (site, criterion))
    if not rows:
        return None
    row = rows[0]
    threshold = next((entry.threshold for entry in CRITERIA if entry.name == criterion), "")
    facts = [
        ("Level", LEVELS.get(row.level, LEVELS["unknown"])),
        ("Threshold", threshold),
        ("Evidence", row.evidence or "none known"),
        ("What would meet it", _condition(edition, site, criterion)),
        ("Dated", write_date(row.evidence_date) if row.evidence_date else "not known"),
        ("Older than a year", "yes" if row.stale else "no"),
        ("Source", source_of(row)),
    ]
    body: list[Block] = [Facts(tuple((name, words) for name, words in facts if words))]
    body += [*_rests_on(edition, site, criterion), *_moved(edition, address)]
    name = LABELS.get(criterion, criterion)
    shown = row.words or LEVELS.get(row.level, LEVELS["unknown"])
    return Story(address, place(edition, site), lower_first(name), shown, "known", tuple(body))


def _condition(edition: Edition, site: str, criterion: str) -> str:
    """What is still to be met, as the site's conditions say it."""
    for row in edition.rows("verdicts", "site = ?", (site,)):
        for said_of in (row.get("conditions") or "").split("; "):
            label, _, condition = said_of.partition(": ")
            if label == LABELS.get(criterion):
                return condition
    return ""


def _moved(edition: Edition, address: NumberAddress) -> list[Block]:
    """What moved the criterion since earlier editions."""
    rows = [row for row in edition.rows("changes", order="since desc, position") if row.get("number") == str(address)]
    body = tuple((row.since, row.what, row.effect or "", row.verdict_effect or "") for row in rows)
    return [Table("Changed since", columns("Edition", "What", "Effect", "Criterion"), body)] if body else []


# The number that a criterion is about.
ABOUT = {"spend": "spend_against_plan", "caseload": "new_cases"}


def _rests_on(edition: Edition, site: str, criterion: str) -> list[Block]:
    """The numbers that a criterion is judged by."""
    rows: list[tuple[Item, ...]] = []
    if criterion == "money":
        for cover in edition.rows("cover", "site = ?", (site,)):
            if cover.months is not None:
                rows.append(("Months secured", Number(f"{cover.months:.1f}", f"{site}|cover|{cover.year}|months")))
    elif criterion in ABOUT:
        measure = ABOUT[criterion]
        where = "site = ? and measure = ? and period = 'rolling_year' and latest"
        for row in edition.rows("comparisons", where, (site, measure)):
            if row.value is not None:
                about = edition.measures.get(measure)
                label = about.label if about is not None else measure
                rows.append((label, Number(str(row.shown), f"{site}|rolling_year|{row.starts}|{measure}")))
    return [Table("Rests on", columns("What", "Number", right=(1,)), tuple(rows))] if rows else []


def quality(edition: Edition, address: NumberAddress) -> Story | None:
    """A dimension of data quality."""
    site, dimension = address.site, address.place
    rows = edition.rows("data_quality", "site = ? and dimension = ?", (site, dimension))
    if not rows or rows[0].value is None or rows[0].of is None:
        return None
    row = rows[0]
    body: list[Block] = [Words(f"{first_upper(row.words or '')}.")]
    lines = [
        ("query", f"{row.month:%b %Y}: {row.message}")
        for row in edition.rows("queries", "site = ?", (site,), "month desc")
        if row.message
    ]
    if lines:
        body.append(Points("Open queries of the site", tuple(lines[:12])))
    shown = f"{row.value:,.0f} of {row.of:,.0f}"
    return Story(address, place(edition, site), f"{dimension} of its returns", shown, "known", tuple(body))
