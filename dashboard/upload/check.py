"""A return that is tried: checked as a load does it, and what is then said of it.

What reads and checks returns weighs 40 MB, so that this is imported when the first one comes.
"""

from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore

from flask import Response

from dashboard.upload.form import Line, Result
from dashboard.upload.in_memory import Upload
from etl.definitions.checks import CAUSES, CHECKS
from etl.definitions.periods import write_month
from etl.definitions.writing import counted, first_upper
from etl.feedback.trial import Busy, Checked, OfAnotherSite, Problem, mark, site_of, try_upload
from etl.sites import Site

__all__ = ["Busy", "OfAnotherSite", "check", "tell", "workbook"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHOLE = "Whole file"
AT_ONCE = 2  # files that a process reads at the same time
_TURNS = BoundedSemaphore(AT_ONCE)


def check(upload: Upload, sites: dict[str, Site], data: Path, own: str) -> Checked:
    """Reads and checks a file in a child process, a few at a time. Raises OfAnotherSite and Busy."""
    if not _TURNS.acquire(timeout=20):
        raise Busy("Several returns are being checked just now. Try again in a minute.")
    try:
        now = datetime.now(UTC).replace(tzinfo=None)
        return try_upload(upload.content, upload.name, now, sites, data, own)
    finally:
        _TURNS.release()


def tell(checked: Checked, sites: dict[str, Site]) -> Result:
    """What was found in a return that was tried."""
    content, number = checked.content, len(checked.problems)
    rows = [line_of(problem) for problem in _by_weight(checked.problems)]
    if content is None:
        lines = ["None of its numbers could be used if it were sent like this.", *_sentences(checked.problems)]
        return Result("This return would be refused", lines, rows if len(rows) > 1 or rows[0].place != WHOLE else ())
    site = sites[content.site].label if content.site in sites else content.site
    about = f"It was read as the return of {site} for {write_month(content.month, long=True)}. Nothing was stored."
    if not number:
        return Result("No problem was found", [about, "It can be sent as it is."], tone="met", icon="met")
    head = f"{first_upper(counted(number, 'thing'))} to look at"
    return Result(
        head, [about, "Mend the cells, or say that they are right when you send it."], rows, "partly", "query"
    )


def line_of(problem: Problem) -> Line:
    """A problem as a row: what was typed and what is needed stand in its own words."""
    place = f"{problem.sheet}!{problem.cell}" if problem.sheet and problem.cell else problem.cell or problem.sheet
    kind = CHECKS[problem.code].label if problem.code in CHECKS else "Not used" if _refuses(problem) else "Please look"
    cause = CAUSES.get(problem.cause, "")
    tone, icon = ("not-met", "cross") if _refuses(problem) else ("partly", "query")
    return Line(place or WHOLE, kind, problem.message, problem.fix, cause, tone, icon)


def _refuses(problem: Problem) -> bool:
    return problem.severity == "reject"


def _by_weight(problems: tuple[Problem, ...]) -> list[Problem]:
    order = {"reject": 0, "query": 1, "info": 2}
    return sorted(problems, key=lambda problem: order[problem.severity])


def _sentences(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{problem.message} {problem.fix}" for problem in problems if _refuses(problem)][:1]


def workbook(checked: Checked, content: bytes) -> Response:
    """The site's own workbook with its cells marked; a list where it is no workbook or was refused."""
    response = Response(mark(checked, content), mimetype=XLSX)
    named = f"{site_of(checked) or 'return'} to mend.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{named}"'
    return response
