"""Judging: the facts of a site in, five criteria, a verdict, its reason and what would change it out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.definitions.periods import month_after, months_from
from etl.definitions.readiness import CRITERIA, VERDICTS, count_verdicts
from etl.judge.evidence import gather_evidence
from etl.judge.judgement import judge
from etl.judge.money import cover
from etl.judge.reasons import by_chance, change
from etl.judge.verdicts import edition_tables, milestone_rows
from etl.reference import MADE_UP, Assessment, Milestone, Reference, as_known_at, read_reference

SITES = ("croydon", "west_midlands", "west_mercia", "south_wales")
NOVEMBER = date(2019, 11, 1)
KNOWN = datetime(2019, 12, 11, 18, 0)
YEAR = month_after(NOVEMBER, -11)

Line = tuple[str, date, str, float | None, bool]


def results_of(lines: Iterable[Line]) -> pd.DataFrame:
    """Rolling years: (site, starts, measure, value, complete)."""
    rows = [(site, "rolling_year", *rest) for site, *rest in lines]
    return pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value", "complete"])


def calendar_of(sites: Iterable[str] = SITES, **states: dict[date, str]) -> pd.DataFrame:
    """All in and on time on the 8th of the month after, but for the states given by site and month."""
    rows = []
    for site in sites:
        for month in months_from(date(2018, 7, 1), NOVEMBER):
            state = states.get(site, {}).get(month, "on_time")
            came = month_after(month) + timedelta(days=27 if state == "late" else 7)
            rows.append((site, month, state, pd.Timestamp(came) if state in ("on_time", "late") else pd.NaT))
    return pd.DataFrame(rows, columns=["site", "month", "state", "received"])


def holes_of(*rows: tuple[str, date, str, str]) -> pd.DataFrame:
    """Numbers that are missing in returns that came, as rows of the edition; a return that never came is one too."""
    return pd.DataFrame(list(rows), columns=["site", "month", "measure", "state"])


RESULTS = results_of(
    [
        ("croydon", YEAR, "spend", None, False),
        ("croydon", YEAR, "new_cases", 122, True),
        ("west_midlands", YEAR, "spend", None, False),
        ("west_midlands", YEAR, "new_cases", None, False),
        ("west_midlands", date(2018, 8, 1), "new_cases", 99, True),
        ("west_midlands", date(2018, 7, 1), "new_cases", 97, True),
        ("west_mercia", YEAR, "spend", 202333.29, True),
        ("west_mercia", YEAR, "new_cases", 56, True),
        ("south_wales", YEAR, "spend", 269458.83, True),
        ("south_wales", YEAR, "new_cases", 89, True),
    ]
)
CALENDAR = calendar_of(west_midlands={date(2019, 8, 1): "missing"}, south_wales={date(2019, 10, 1): "late"})
HOLES = holes_of(
    ("croydon", date(2019, 10, 1), "spend.training", "unreadable"),
    ("croydon", date(2018, 9, 1), "spend.other", "missing"),
    ("west_midlands", date(2019, 8, 1), "", "no_return"),
    ("south_wales", date(2019, 6, 1), "funding.charity", "missing"),
    ("south_wales", date(2019, 5, 1), "sex.female", "suppressed"),
)

BOUNDS = pd.DataFrame(
    [
        ("croydon", "spend", (312_400, 314_000), (312_400, 314_000), None, 313_200.0, "October", ""),
        ("west_midlands", "spend", (930_332, 1_001_096), (759_962, 830_726), None, 794_000.0, "August", "September"),
        ("west_midlands", "new_cases", (80, 99), (80, 99), 78, 85.0, "August", ""),
    ],
    columns=["site", "measure", "stated", "supposed", "least", "usual", "missing", "queried"],
).assign(period="rolling_year", starts=YEAR)
for _kind in ("stated", "supposed"):
    BOUNDS[f"{_kind}_low"], BOUNDS[f"{_kind}_high"] = zip(*BOUNDS[_kind], strict=True)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return edition_tables(read_reference(), RESULTS, CALENDAR, HOLES, KNOWN, NOVEMBER, SITES, bounds=BOUNDS)


@pytest.fixture(scope="module")
def cells(tables: dict[str, pd.DataFrame]) -> dict[tuple[str, str], dict]:
    return {(row["site"], row["criterion"]): row for row in tables["readiness"].to_dict("records")}


@pytest.fixture(scope="module")
def verdicts(tables: dict[str, pd.DataFrame]) -> dict[str, dict]:
    return {row["site"]: row for row in tables["verdicts"].to_dict("records")}


PICTURE = {
    "croydon": {
        "money": ("partly", "10.6 months: at most £275,000 of £312,000"),
        "spend": ("met", "100% to 101% of plan"),
        "caseload": ("met", "122 of 125: 98% (likely 82% to 116%)"),
        "returns": ("met", "12 of 12 received, 12 on time, 99.9% filled in"),
        "commitment": ("met", "3, 3, 2, 2: board paper"),
    },
    "west_midlands": {
        "money": ("not_met", "2.2 months: £148,000 of £800,000"),
        "spend": ("unknown", "95% to 104% of plan if September is as suspected, 116% to 125% if right"),
        "caseload": ("unknown", "at least 78 of 100; with August 80 to 99"),
        "returns": ("partly", "11 of 12 received, 11 on time, 91.7% filled in"),
        "commitment": ("partly", "2, 2, 1, 2: no workforce plan"),
    },
    "west_mercia": {
        "money": ("not_met", "3.4 months: £56,709 of £202,533"),
        "spend": ("met", "100% of plan: £202,333 of £202,533"),
        "caseload": ("not_met", "56 of 75: 74.7% (likely 57% to 96%)"),
        "returns": ("met", "12 of 12 received, 12 on time, 100% filled in"),
        "commitment": ("met", "3, 2, 3, 2: exchange of letters"),
    },
    "south_wales": {
        "money": ("partly", "7.3 months: £165,000 of £270,000"),
        "spend": ("met", "100% of plan: £269,459 of £270,000"),
        "caseload": ("partly", "89 of 100: 89% (likely 72% to 109%)"),
        "returns": ("met", "12 of 12 received, 11 on time, 99.8% filled in"),
        "commitment": ("met", "3, 3, 3, 2: joint strategy"),
    },
}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("criterion", [criterion.name for criterion in CRITERIA])
def test_each_cell_says_what_the_picture_says(cells: dict[tuple[str, str], dict], site: str, criterion: str) -> None:
    cell = cells[site, criterion]
    assert (cell["level"], cell["words"]) == PICTURE[site][criterion]


@pytest.mark.parametrize(
    ("site", "verdict", "reason", "change", "holds"),
    [
        (
            "croydon",
            "ready_with_conditions",
            "£37,000 still to be secured for 2020/21",
            "£37,000 more secured (12 months): ready",
            "No",
        ),
        (
            "west_midlands",
            "not_yet",
            "Too little secured money; August return missing",
            "£252,000 more secured (6 months): ready with conditions",
            "No",
        ),
        (
            "west_mercia",
            "not_yet",
            "Too little secured money; fewer new cases than planned",
            "£44,558 more secured (6 months): ready with conditions",
            "No",
        ),
        (
            "south_wales",
            "ready_with_conditions",
            "£105,000 still to be secured for 2020/21; fewer new cases than planned",
            "£105,000 more secured (12 months) and 1 more new case: ready",
            "No",
        ),
    ],
)
def test_each_verdict_says_what_the_picture_says(
    verdicts: dict[str, dict], site: str, verdict: str, reason: str, change: str, holds: str
) -> None:
    row = verdicts[site]
    assert (row["verdict"], row["reason"], row["change"], row["holds"]) == (verdict, reason, change, holds)


def test_the_programme_counts_its_sites(verdicts: dict[str, dict]) -> None:
    assert verdicts["all"]["words"] == "none ready, 2 with conditions, 2 not yet"
    assert count_verdicts(["ready", "not_yet", "cannot_say"]) == "1 ready, 1 not yet, not enough data for 1"


def test_evidence_has_its_date(cells: dict[tuple[str, str], dict]) -> None:
    dated = {key: (cell["evidence"], cell["evidence_date"]) for key, cell in cells.items()}
    assert dated["croydon", "money"] == ("MOPAC decision PCD 663 para 2.6", date(2019, 12, 11))
    assert dated["croydon", "spend"] == ("Return for Oct 2019", date(2019, 11, 8))
    assert dated["croydon", "caseload"] == ("Return for Nov 2019", date(2019, 12, 8))
    assert dated["west_midlands", "caseload"] == ("Return for Jul 2019", date(2019, 8, 8))
    assert dated["west_midlands", "commitment"] == ("partnership minutes", date(2019, 10, 14))
    assert dated["south_wales", "returns"] == ("Returns to 11 Dec 2019", date(2019, 12, 11))


def test_what_is_made_up_says_so(cells: dict[tuple[str, str], dict]) -> None:
    made_up = {key for key, cell in cells.items() if cell["made_up"]}
    assert ("croydon", "money") not in made_up
    assert {(site, "commitment") for site in SITES} | {(site, "money") for site in SITES[1:]} == made_up


def test_old_evidence_is_stale() -> None:
    tables = edition_tables(read_reference(), RESULTS, CALENDAR, HOLES, date(2020, 12, 5), NOVEMBER, SITES)
    stale = tables["readiness"].set_index(["site", "criterion"])["stale"]
    assert stale["croydon", "commitment"]
    assert not stale["croydon", "money"]
    assert not stale["croydon", "returns"]


def test_a_number_under_query_is_judged_at_both_its_values() -> None:
    """Met at both, or met at one and not met at the other: known, or not known with both."""
    both = [
        ("south_wales", (265_000, 265_000), (259_000, 259_000)),
        ("west_mercia", (240_000, 240_000), (201_000, 201_000)),
    ]
    rows = [
        (site, "spend", "rolling_year", YEAR, *stated, *supposed, None, None, "", "September")
        for site, stated, supposed in both
    ]
    names = ("stated_low", "stated_high", "supposed_low", "supposed_high", "least", "usual", "missing", "queried")
    bounds = pd.DataFrame(rows, columns=["site", "measure", "period", "starts", *names])
    tables = edition_tables(read_reference(), RESULTS, CALENDAR, HOLES, KNOWN, NOVEMBER, SITES, bounds=bounds)
    cells = tables["readiness"].set_index(["site", "criterion"])
    assert cells.loc[("south_wales", "spend"), ["level", "possible"]].tolist() == ["met", "met"]
    assert cells.loc[("west_mercia", "spend"), ["level", "possible"]].tolist() == ["unknown", "met, not_met"]
    assert cells.loc[("west_mercia", "spend"), "words"] == "99% of plan if September is as suspected, 118% if right"


def bounded(site: str, spend: tuple[float, float]) -> pd.DataFrame:
    """A year of spend of which August is missing."""
    names = ("stated_low", "stated_high", "supposed_low", "supposed_high", "least", "usual", "missing", "queried")
    row = (site, "spend", "rolling_year", YEAR, *spend, *spend, None, sum(spend) / 2, "August", "")
    return pd.DataFrame([row], columns=["site", "measure", "period", "starts", *names])


def test_what_no_number_can_meet_is_not_asked_for() -> None:
    tables = edition_tables(
        read_reference(), RESULTS, CALENDAR, HOLES, KNOWN, NOVEMBER, SITES, bounds=bounded("croydon", (360e3, 400e3))
    )
    cell = tables["readiness"].set_index(["site", "criterion"]).loc[("croydon", "spend")]
    assert (cell["level"], cell["words"]) == ("not_met", "115.4% to 128% of plan")
    assert cell["condition"] == "cannot be met in these twelve months, whatever is sent"


def test_what_is_needed_whatever_is_missing_comes_without_it() -> None:
    """Spend and new cases are not known, and no more of them than of money needs to be: nothing else is asked for."""
    bounds = bounded("croydon", (200e3, 250e3))
    answer = edition_tables(
        replace(read_reference(), agreements=()), RESULTS, CALENDAR, HOLES, KNOWN, NOVEMBER, ["croydon"], bounds=bounds
    )["verdicts"].iloc[0]
    assert (answer["verdict"], answer["change"]) == (
        "not_yet", "£156,000 more secured (6 months): ready with conditions",
    )  # fmt: skip


def test_a_number_that_is_not_known_is_to_be_sent_and_never_to_be_set() -> None:
    """Somebody who is not shown what August may be has the same step as others, with what has to come in."""
    bounds = bounded("west_midlands", (760e3, 1001e3))
    answer = edition_tables(
        read_reference(), RESULTS, CALENDAR, HOLES, KNOWN, NOVEMBER, ["west_midlands"], bounds=bounds
    )["verdicts"].iloc[0]
    assert answer["change"] == (
        "£252,000 more secured (6 months) and August return sent, with spend and new cases as usual: "
        "ready with conditions"
    )


def test_less_money_is_said_by_the_months_that_it_falls_below() -> None:
    """£155,999 of £312,000 is 6.0 months when it is rounded, and not met."""
    reference = as_known_at(read_reference(), KNOWN)
    covers = cover(reference, ["croydon"], date(2020, 4, 1), NOVEMBER)
    results = results_of([("croydon", YEAR, "spend", 312000, True), ("croydon", YEAR, "new_cases", 125, True)])
    args = (results, calendar_of(["croydon"]), holes_of(), NOVEMBER, ["croydon"])
    case = gather_evidence(reference, covers, *args)["croydon"]
    ready = replace(case, money=replace(case.money, secured=312000.0, usable=312000.0))
    assert judge(ready).verdict == "ready"
    assert change(ready, judge(ready)).startswith("£1 less secured (under 12 months): ready with conditions")


def test_a_return_that_copies_another_is_not_received() -> None:
    copied = pd.DataFrame(
        [("west_mercia", date(2019, 9, 1), "", "copied_month")], columns=["site", "month", "measure", "code"]
    )
    tables = edition_tables(read_reference(), RESULTS, CALENDAR, HOLES, KNOWN, NOVEMBER, SITES, copied)
    cell = tables["readiness"].set_index(["site", "criterion"]).loc[("west_mercia", "returns")]
    assert cell["level"] == "partly"
    assert cell["words"] == "11 of 12 received, 11 on time, 100% filled in; 1 return copies another"


def test_before_the_decision_was_known_croydon_was_not_yet() -> None:
    october = date(2019, 10, 1)
    results = results_of(
        [
            ("croydon", month_after(october, -11), "spend", 300000, True),
            ("croydon", month_after(october, -11), "new_cases", 119, True),
        ]
    )
    tables = edition_tables(
        read_reference(), results, calendar_of(["croydon"]), holes_of(), date(2019, 11, 6), october, ["croydon"]
    )
    row = tables["verdicts"].iloc[0]
    assert (row["verdict"], row["reason"]) == ("not_yet", "Too little secured money")
    assert row["change"] == "£156,000 more secured (6 months): ready with conditions"
    money = tables["readiness"].iloc[0]
    assert (money["level"], money["words"]) == ("not_met", "0.0 months: £0 of £312,000")
    assert money["evidence"] == "no approved agreement known on 6 Nov 2019"


def test_the_sites_own_answer_stands_beside_ours(verdicts: dict[str, dict]) -> None:
    assert (verdicts["croydon"]["own_verdict"], verdicts["croydon"]["verdict"]) == ("ready", "ready_with_conditions")
    assert verdicts["croydon"]["own_words"] == "Ready: board paper of 4 Dec 2019"
    assert verdicts["west_midlands"]["own_verdict"] == ""


def test_a_site_without_plan_or_returns_cannot_be_judged() -> None:
    empty = results_of([])
    tables = edition_tables(read_reference(), empty, calendar_of([]), holes_of(), KNOWN, NOVEMBER, ["camden"])
    cells = tables["readiness"].set_index("criterion")
    assert set(cells["level"]) == {"unknown"}
    row = tables["verdicts"].iloc[0]
    assert row["verdict"] == "cannot_say"
    assert row["change"]
    assert (row["by_chance"], row["holds"]) == ("unknown", "There is not enough data to say")


def test_the_local_share_is_the_programmes_only(tables: dict[str, pd.DataFrame]) -> None:
    facts = tables["published_facts"]
    assert facts[facts["fact"] == "local_share"]["site"].tolist() == ["programme"]
    for name, frame in tables.items():
        if name != "published_facts":
            assert not any("37%" in str(value) for value in frame.to_numpy().ravel())


def test_the_central_team_is_apart(tables: dict[str, pd.DataFrame]) -> None:
    agreements = tables["agreements"].set_index("agreement")
    assert agreements.loc["central-team-mopac-2020", "amount"] == 89000
    assert not any("central_team" in set(tables[name]["site"]) for name in ("cliff", "cover", "gaps", "readiness"))


def test_four_lines_are_shared(tables: dict[str, pd.DataFrame]) -> None:
    lines = tables["scope"].drop_duplicates("line")
    assert lines["label"].tolist() == [
        "Case management",
        "Service management",
        "Premises and overheads",
        "Training and supervision",
        "Victim support",
        "Data and evaluation",
        "In kind",
        "Central team",
    ]
    assert lines["shared"].tolist() == [True] * 4 + [False] * 4


def test_milestones_are_done_late_moved_or_due() -> None:
    def milestone(name: str, due: int, known: int, done: int | None = None) -> Milestone:
        days = [None if day is None else date(2019, 6, day) for day in (due, done, known)]
        return Milestone(name, "", name, days[0], days[1], days[2], MADE_UP)  # type: ignore[arg-type]

    rows = (
        milestone("done", 5, 1),
        milestone("done", 5, 9, done=9),
        milestone("late", 10, 1),
        milestone("moved", 12, 1),
        milestone("moved", 28, 9),
        milestone("due", 20, 1),
    )
    frame = milestone_rows(rows, date(2019, 6, 20)).set_index("milestone")
    assert frame["state"].to_dict() == {"done": "done", "late": "late", "moved": "moved", "due": "due"}
    assert frame.loc["moved", "first_due"] == date(2019, 6, 12)


def test_all_tables_of_the_edition_are_there(tables: dict[str, pd.DataFrame]) -> None:
    wanted = "cliff cover agreements readiness verdicts milestones events scope plans funding_mix"
    assert set(wanted.split()) <= set(tables)
    assert tables["cliff"]["month"].min() == date(2019, 10, 1)
    assert tables["cliff"]["month"].max() == date(2021, 3, 1)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Reference, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """One site in any state of money, spend, cases, returns and answers."""
    sample = as_known_at(read_reference(), KNOWN)
    (money,) = (row for row in sample.agreements if row.agreement == "croydon-mopac-2020")
    amount = draw(st.sampled_from([0, 155999, 156000, 275000, 311999, 312000, 400000]))
    answers = draw(st.lists(st.integers(0, 3), min_size=3, max_size=4))
    said = tuple(
        Assessment("croydon", at, answer, "paper", "", date(2019, 11, 1), date(2019, 11, 1), MADE_UP)
        for at, answer in enumerate(answers, start=1)
    )
    spend = draw(st.sampled_from([None, 200000, 327600, 327601, 358800, 400000]))
    cases = draw(st.sampled_from([None, 0, 3, 60, 93, 94, 103, 104, 125, 200]))
    kept = months_from(YEAR, NOVEMBER)
    states = {month: draw(st.sampled_from(["on_time"] * 8 + ["late", "missing", "rejected"])) for month in kept}
    gone = any(state in ("missing", "rejected") for state in states.values())
    lines: list[Line] = [
        ("croydon", YEAR, "spend", None if gone else spend, spend is not None and not gone),
        ("croydon", YEAR, "new_cases", None if gone else cases, cases is not None and not gone),
    ]
    holes = [("croydon", NOVEMBER, "spend.training", "missing")] if spend is None else []
    holes += [("croydon", NOVEMBER, "new_cases", "unreadable")] if cases is None else []
    reference = replace(sample, agreements=(replace(money, amount=float(amount)),), assessments=said)
    return reference, results_of(lines), calendar_of(["croydon"], croydon=states), holes_of(*holes)


@settings(max_examples=60, deadline=None)
@given(situations())
def test_a_verdict_is_what_its_five_cells_imply(
    situation: tuple[Reference, pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    reference, results, calendar, holes = situation
    tables = edition_tables(reference, results, calendar, holes, KNOWN, NOVEMBER, ["croydon"])
    level = tables["readiness"].set_index("criterion")["level"].to_dict()
    row = tables["verdicts"].iloc[0]
    failed = list(level.values()).count("not_met")
    if level["money"] == "not_met" or failed >= 2:
        assert row["verdict"] == "not_yet"
    elif level["returns"] == "not_met":
        assert row["verdict"] == "cannot_say"
    elif "unknown" not in level.values():
        all_met = set(level.values()) == {"met"}
        assert row["verdict"] == ("ready" if all_met else "ready_with_conditions")
    assert row["reason"]
    assert row["change"]
    assert row["words"] == VERDICTS[row["verdict"]]


@settings(max_examples=60, deadline=None)
@given(situations())
def test_what_would_change_it_changes_it(situation: tuple[Reference, pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> None:
    reference, results, calendar, holes = situation
    tables = edition_tables(reference, results, calendar, holes, KNOWN, NOVEMBER, ["croydon"])
    row = tables["verdicts"].iloc[0]
    now = VERDICTS[row["verdict"]].lower()
    for step in row["change"].split(". "):
        said = step.rpartition(": ")[2]
        assert said in {"not yet", "ready", "ready with conditions", "not enough data"} - {now}


@settings(max_examples=60, deadline=None)
@given(situations())
def test_money_that_would_change_it_does_when_it_comes(
    situation: tuple[Reference, pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    reference, results, calendar, holes = situation
    covers = cover(reference, ["croydon"], date(2020, 4, 1), NOVEMBER)
    case = gather_evidence(reference, covers, results, calendar, holes, NOVEMBER, ["croydon"])["croydon"]
    judged = judge(case)
    for step in judged.what_would_change:
        if step.criteria == ("money",):
            after = sum(entry["amount"] for entry in step.facts["funding"])
            richer = replace(case, money=replace(case.money, usable=after))
            assert judge(richer).verdict == step.verdict != judged.verdict


def test_what_chance_alone_could_change_says_at_which_end() -> None:
    results = results_of([("croydon", YEAR, "spend", 340000, True), ("croydon", YEAR, "new_cases", 130, True)])
    reference = as_known_at(read_reference(), KNOWN)
    covers = cover(reference, ["croydon"], date(2020, 4, 1), NOVEMBER)
    case = gather_evidence(reference, covers, results, calendar_of(["croydon"]), holes_of(), NOVEMBER, ["croydon"])[
        "croydon"
    ]
    assert by_chance(case, judge(case)) == ("no", "No")
    overspent = replace(case, spend=400000.0, cases=100)
    assert judge(overspent).verdict == "ready with conditions"
    assert by_chance(overspent, judge(overspent)) == ("yes", "Yes: not yet at 82 new cases")


def test_too_few_returns_in_time_need_more_of_them() -> None:
    late = dict.fromkeys(months_from(YEAR, date(2019, 5, 1)), "late")
    results = results_of([("croydon", YEAR, "spend", 312000, True), ("croydon", YEAR, "new_cases", 125, True)])
    tables = edition_tables(
        read_reference(), results, calendar_of(["croydon"], croydon=late), holes_of(), KNOWN, NOVEMBER, ["croydon"]
    )
    row = tables["verdicts"].iloc[0]
    assert row["reason"] == "Too few returns: 12 of 12 received, 6 on time, 100% filled in"
    assert row["change"] == "8 of 12 returns on time: ready with conditions"


def test_spend_is_put_in_proportion_when_the_plan_of_the_year_differs() -> None:
    reference = as_known_at(read_reference(), KNOWN)
    (plan,) = (row for row in reference.plans if row.site == "croydon" and row.source != MADE_UP)
    halves = (replace(plan, ends=date(2020, 3, 31)), replace(plan, starts=date(2020, 4, 1), cost=624000.0))
    changed = replace(reference, plans=halves)
    results = results_of([("croydon", YEAR, "spend", 327600, True), ("croydon", YEAR, "new_cases", 125, True)])
    tables = edition_tables(changed, results, calendar_of(["croydon"]), holes_of(), KNOWN, NOVEMBER, ["croydon"])
    cells = tables["readiness"].set_index("criterion")
    assert cells.loc["spend", ["level", "words"]].tolist() == ["met", "105% of plan: £327,600 of £312,000"]
    assert cells.loc["money", "level"] == "not_met"


def test_columns_without_a_value_have_their_type() -> None:
    tables = edition_tables(Reference(), results_of([]), calendar_of([]), holes_of(), KNOWN, NOVEMBER, SITES)
    with duckdb.connect() as con:
        for name, frame in tables.items():
            con.register("frame", frame)
            con.execute(f"create table {name} as select * from frame")
        types = con.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall()
    assert {kind for _, _, kind in types} <= {"VARCHAR", "DATE", "TIMESTAMP", "DOUBLE", "BIGINT", "BOOLEAN"}
    found = {(table, column): kind for table, column, kind in types}
    assert found["milestones", "done"] == found["cover", "first_short_month"] == "TIMESTAMP"
    assert found["agreements", "drawn"] == found["cover", "months"] == "DOUBLE"
    assert found["plans", "made_up"] == "BOOLEAN"


def test_two_missing_returns_are_asked_for_together() -> None:
    gone = {date(2019, 8, 1): "missing", date(2019, 10, 1): "rejected"}
    tables = edition_tables(
        read_reference(),
        results_of([]),
        calendar_of(["croydon"], croydon=gone),
        holes_of(),
        KNOWN,
        NOVEMBER,
        ["croydon"],
    )
    row = tables["verdicts"].iloc[0]
    assert row["reason"] == "August return missing; October return rejected"
    assert row["change"].startswith("August and October returns sent, with spend and new cases as usual: ready with")
