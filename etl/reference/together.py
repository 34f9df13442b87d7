"""What is wrong between the cells of a row of a reference table, or between its rows."""

from collections.abc import Callable

from etl.reference.files import Placed
from etl.reference.meetings import changed_meeting, renamed_forum, saw_too_late
from etl.reference.rows import PROGRAMME


def wrong_together(name: str, rows: list[Placed]) -> list[str]:
    """What is wrong between the cells of a row, or between rows."""
    checks: dict[str, tuple[Callable[[str, list[Placed]], list[str]], ...]] = {
        "plans": (_ends_before_start, _overlapping_plans),
        "agreements": (_ends_before_start, _drawn_too_much, _changed_owner, _broken_matches),
        "milestones": (_done_before_known,),
        "assessments": (_dated_after_known,),
        "own_answers": (_dated_after_known,),
        "deflators": (_not_first_of_april,),
        "rebases": (_not_first_of_month,),
        "dispensations": (_ends_before_start,),
        "meetings": (saw_too_late, renamed_forum),
        "decisions": (_done_before_known, changed_meeting),
        "published_facts": (_ends_before_start, _local_share_of_a_site),
    }
    return [problem for check in checks.get(name, ()) for problem in check(f"{name}.csv", rows)]


def _ends_before_start(file: str, rows: list[Placed]) -> list[str]:
    start, end = ("starts", "ends") if file != "published_facts.csv" else ("period_start", "period_end")
    return [
        f"{file}, line {line}, column {end}: typed {getattr(row, end)}, before {start} {getattr(row, start)}; "
        f"needed: that day or later, such as {getattr(row, start)}."
        for line, row in rows
        if getattr(row, start) and getattr(row, end) and getattr(row, end) < getattr(row, start)
    ]


def _overlapping_plans(file: str, rows: list[Placed]) -> list[str]:
    """Two plans of a site for the same day need different days from which they were known."""
    return [
        f"{file}, line {line}, column starts: typed {row.starts}, within the plan of line {before}, known from the "
        f"same day; needed: a start after {other.ends}, or another known_from."
        for at, (line, row) in enumerate(rows)
        for before, other in rows[:at]
        if row.site == other.site
        and row.known_from == other.known_from
        and row.starts != other.starts
        and row.starts <= other.ends
        and other.starts <= row.ends
    ]


def _drawn_too_much(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column drawn: typed {row.drawn:.2f}, more than the amount; needed: at most "
        f"{row.amount:.2f}."
        for line, row in rows
        if row.drawn is not None and row.drawn > row.amount
    ]


def _changed_owner(file: str, rows: list[Placed]) -> list[str]:
    """A later row of an agreement may change its money, dates and status, not whose it is."""
    owners: dict[str, str] = {}
    return [
        f"{file}, line {line}, column site: typed {row.site!r}; needed: {owners[row.agreement]}, as in the first row "
        f"of {row.agreement}."
        for line, row in rows
        if owners.setdefault(row.agreement, row.site) != row.site
    ]


def _broken_matches(file: str, rows: list[Placed]) -> list[str]:
    """`matched_to` must name an agreement, and following it must come to an end."""
    names = {row.agreement for _, row in rows}
    links: dict[str, set[str]] = {}
    for _, row in rows:
        links.setdefault(row.agreement, set()).update({row.matched_to} - {""})
    problems = []
    for line, row in rows:
        where = f"{file}, line {line}, column matched_to: typed {row.matched_to!r}"
        if row.matched_to and row.matched_to not in names:
            problems.append(f"{where}, which is no agreement; needed: a name from the column agreement.")
        elif row.matched_to and row.agreement in _reached(row.matched_to, links):
            problems.append(
                f"{where}, which leads back to {row.agreement}; needed: an agreement that stands without it."
            )
    return problems


def _reached(name: str, links: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead.extend(links.get(here, ()))
    return reached


def _done_before_known(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column done: typed {row.done}, after known_from {row.known_from}; needed: a day by then."
        for line, row in rows
        if row.done and row.done > row.known_from
    ]


def _dated_after_known(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column date: typed {row.date}, after known_from {row.known_from}; needed: a day by then."
        for line, row in rows
        if row.date > row.known_from
    ]


def _not_first_of_april(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column year: typed {row.year}; needed: a first of April, such as {row.year.year}-04-01."
        for line, row in rows
        if (row.year.month, row.year.day) != (4, 1)
    ]


def _not_first_of_month(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column month: typed {row.month}; needed: the first of a month, such as "
        f"{row.month.replace(day=1)}."
        for line, row in rows
        if row.month.day != 1
    ]


def _local_share_of_a_site(file: str, rows: list[Placed]) -> list[str]:
    """The published local share is of all sites together and of the programme's total: never one site's."""
    return [
        f"{file}, line {line}, column site: typed {row.site!r}; needed: {PROGRAMME}, because a local share is known of "
        "the whole programme only."
        for line, row in rows
        if row.fact == "local_share" and row.site != PROGRAMME
    ]
