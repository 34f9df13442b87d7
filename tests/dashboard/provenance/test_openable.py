"""Every number that a reader takes for data opens, on every page, for the central team and the forum."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audiences import make_editions
from trees import plain, seen

from dashboard.app import draw_page
from dashboard.data.edition import Edition, Editions
from dashboard.elements.headline_links import NUMBER, OPENS, YEAR
from dashboard.provenance.panel import build as panel_of
from etl.provenance import tell
from etl.provenance.story import Facts, Formula, Months, Number, Points, Story, Table, Words

PAGES = (
    "/",
    "/?site=croydon",
    "/caseload",
    "/caseload?site=croydon",
    "/costs",
    "/costs?basis=central",
    "/costs?period=year&to=2019-03",
    "/funding",
    "/funding?money=both&chart=year&site=south_wales",
    "/readiness",
    "/readiness?site=west_mercia",
    "/scenario",
    "/returns",
    "/returns?site=croydon",
    "/site/croydon",
    "/site/south_wales?period=quarter",
)
# Each exception with its reason: a pattern of the text's place (card, elements) and one of the text itself, whole.
EXCEPTIONS = {
    "a scale, a threshold or a method: chosen, not measured": (
        "",
        r".*scale .*|.*\bintervals?\b.*|.* fewer than 10|XmR limits.*|Exact Poisson limits.*|Of 20 such charts.*"
        r"|.*at least 90%.*|.*; between 10% and 90% .*|.*likely range \(95%\).*|.*lines that all sites count",
    ),
    "the share that a range is of its whole: the range above it opens": ("Small$", r"\d+%( to \d+%)?"),
    "from the lowest to the highest end of the ranges in the table under it": (
        "H2$",
        r".*\d+% to \d+% of .*|.*£[\d,]+ to £[\d,]+.*",
    ),
    "a criterion's threshold, in the head of its row": ("^ .*Th Span Small$", ".*"),
    "the number of a document in the name of a source": ("", r".*PCD \d+.*"),
    "the number of rows of the table under it": ("", r".* in \d+ numbers|\d+ of \d+ agreements.*"),
    "months before a site began, of which there is no return": ("calendar.*Li Strong$", r"\d+"),
    "how many months a year has, or how long ago a day is that stands beside it": (
        "",
        r".*, \d+ months| in \d+ months| of 12 months are secured|\d+ days?",
    ),
    "published by others, with its source": ("Small$", r"published: .*"),
    "the words of a query or a reminder: the cell that they are about opens beside them": (
        "^(mend|explained|past|reminders) ",
        ".*",
    ),
    "supposed, and labelled a scenario, not a forecast": (
        r"^(results .*Span\.then$|(months|affordable|ways|next-year|rollout|scenario) )",
        ".*",
    ),
    "supposed, the range of chance around it": ("^results .*Small.now$", r"by chance .*"),
}  # fmt: skip
# The reasons that only others than the central team need: they alone see ranges.
OF_RANGES = {
    "the share that a range is of its whole: the range above it opens",
    "from the lowest to the highest end of the ranges in the table under it",
}
SHORT_YEAR = re.compile(r"\b[A-Z][a-z]{2} \d\d\b")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions for the central team and the forum, so that there are changes to tell of."""
    folder = tmp_path_factory.mktemp("openable")
    make_editions(folder)
    return folder


def parts(tree: Any, place: tuple[str, ...] = (), card: str = "") -> Iterator[tuple[str, str, str]]:
    """Each text of a page with its place, and what it opens: '' where that is nothing."""
    if isinstance(tree, str):
        yield f"{card} {' '.join(place)}", tree, ""
    elif isinstance(tree, list | tuple):
        for one in tree:
            yield from parts(one, place, card)
    elif tree is not None and not isinstance(tree, int | float):
        name, props = tree._type, vars(tree)
        assert OPENS not in props, "what a sentence's numbers open is for the server alone"
        if name in ("Header", "Footer") or props.get("className") == "choices":
            return
        if "data-number" in props:
            yield f"{card} {' '.join(place)}", text_of(tree), props["data-number"]
            return
        classes = (props.get("className") or "").split(" ")[0]
        below = (*place, f"{name}.{classes}" if classes else name)
        yield from parts(props.get("children"), below, props.get("data-card") or card)


def text_of(tree: Any) -> str:
    return plain(tree, heard=False)


def page(data: Path, audience: str, address: str) -> tuple[Edition, list[tuple[str, str, str]]]:
    path, _, search = address.partition("?")
    view = seen(Editions(data, audience), path, search)
    card = "scenario" if path == "/scenario" else ""
    return view.edition, list(parts(draw_page(view), card=card))


def numbers(text: str) -> list[str]:
    """The numbers of a text that are no part of a date."""
    return [found[0] for found in NUMBER.finditer(SHORT_YEAR.sub("", text)) if not YEAR.fullmatch(found[0])]


def why_not(place: str, text: str) -> str:
    """Why a text's numbers open nothing; '' where there is no reason."""
    return next(
        (
            reason
            for reason, (where, what) in EXCEPTIONS.items()
            if re.search(where, place) and re.fullmatch(what, text, re.DOTALL)
        ),
        "",
    )


@pytest.mark.parametrize("audience", ["central", "forum"])
def test_every_number_opens_or_has_a_reason(data: Path, audience: str) -> None:
    used, opened, left = set(), 0, []
    for address in PAGES:
        for place, text, opens in page(data, audience, address)[1]:
            if opens:
                opened += 1
            elif numbers(text):
                reason = why_not(place, text)
                used.add(reason)
                if not reason:
                    left.append((address, place, text))
    assert left == []
    assert opened > 1000
    assert audience == "forum" or used == set(EXCEPTIONS) - OF_RANGES, "an exception that nothing needs"


@pytest.mark.parametrize("audience", ["central", "forum"])
def test_what_a_number_opens_tells_of_it(data: Path, audience: str) -> None:
    """The story that a number opens has the number in it, from the audience's own file."""
    strange, told = [], {}
    for address in PAGES:
        edition, found = page(data, audience, address)
        for _, text, opens in found:
            if opens and numbers(text):
                if opens not in told:
                    story = tell(edition, opens)
                    told[opens] = all_words(story) if story is not None else ""
                strange += [(address, text, opens) for said in numbers(text) if not stands(said, told[opens])]
    assert strange == []


def stands(said: str, words: str) -> bool:
    """Whether a number stands in a text: as it is, or as what rounds to it."""
    bare = bare_of(said)
    near = 0.5 if said.endswith(("%", "p")) else 0.05 if "." in bare and "." in said[-2:] else 0.0051
    return any(
        bare_of(found[0]) == bare or (near and abs(float(bare_of(found[0])) - float(bare)) <= near + 1e-9)
        for found in NUMBER.finditer(words)
    )


def bare_of(number: str) -> str:
    return number.strip("£%pkm+−").replace(",", "")


def all_words(story: Story) -> str:
    """All that a story says."""
    found = [story.shown, story.what]
    for block in story.body:
        if isinstance(block, Words):
            found.append(block.text)
        elif isinstance(block, Facts):
            found += [said for _, said in block.rows]
        elif isinstance(block, Formula):
            found += [number.shown for _, _, number in block.parts]
        elif isinstance(block, Table):
            found += [item.shown if isinstance(item, Number) else str(item) for row in block.rows for item in row]
        elif isinstance(block, Points):
            found += [said for _, said in block.lines]
        elif isinstance(block, Months):
            found += [number.shown for number in block.total]
    return "  ".join(found)


# A place of each kind, its text and what it opens: (page, text, address).
KINDS = [
    ("/", "£105,000", "south_wales|cover|2020-04-01|gap"),
    ("/", "Ready with conditions", "croydon|verdict||words"),
    ("/", "12", "croydon|returns|2018-12-01|year.due"),
    ("/", "11", "south_wales|returns|2018-12-01|year.on_time"),
    ("/", "£165,000", "south_wales|agreement|south-wales-commissioner-police-2020|amount"),
    ("/", "7.3", "south_wales|cover|2020-04-01|months"),
    ("/", "0.0", "south_wales|readiness|money|level"),
    ("/caseload", "62%", "west_mercia|rolling_year|2018-12-01|acceptance_rate"),
    ("/caseload", "69%", "west_midlands|rolling_year|2018-08-01|completion_rate"),
    ("/caseload", "110", "all|rolling_year|2018-12-01|closing_cases.direct"),
    ("/costs", "52%", "croydon|rolling_year|2018-10-01|spend.case_management|share"),
    ("/costs?basis=central&allocation=none", "£2,095", "croydon|central|2020-04-01|year.planned.none.low"),
    ("/funding", "50%", "all|cliff|2020-04-01|share"),
    ("/funding", "31%", "all|cliff|2020-10-01|share"),
    ("/readiness", "£145,824", "west_mercia|cover|2020-04-01|gap"),
    ("/readiness", "12", "west_mercia|readiness|caseload|level"),
    ("/readiness", "£44,558", "west_mercia|verdict||words"),
    ("/returns", "76", "all|returns|2018-04-01|came"),
    ("/returns", "77", "all|returns|2018-04-01|due"),
    ("/scenario", "£2,496", "croydon|central|2020-04-01|year.planned.none.unit"),
    ("/scenario", "4.0", "croydon|month|2019-11-01|case_manager_posts"),
    ("/scenario", "£66,059", "all|cliff|2020-04-01|approved"),
    ("/scenario", "£132,044", "all|cliff|2020-04-01|planned"),
    ("/scenario", "98", "west_midlands|start|2020-04-01|cases_seen"),
]


@pytest.mark.parametrize(("address", "text", "opens"), KINDS)
def test_a_number_of_each_kind_opens_its_own_story(data: Path, address: str, text: str, opens: str) -> None:
    path, _, search = address.partition("?")
    found = page(data, "central", address)[1]
    assert (text, opens) in {(said, key) for _, said, key in found}, {key for _, said, key in found if said == text}
    view = seen(Editions(data, "central"), path, f"{search}&number={opens}")
    assert text.strip("£%") in plain(panel_of(view), heard=False)
