"""The scenario page: what is typed, what is worked out beside the actuals, what is saved, and in a browser."""

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboard.access.roles import Who, who_is
from dashboard.data.address import read
from dashboard.data.edition import Edition
from dashboard.data.view import View
from dashboard.elements.headline_links import link_numbers
from dashboard.pages import scenario
from dashboard.scenarios import saved
from dashboard.scenarios.choices import ScenarioChoice, read_number, read_supposed, said
from etl.judge.scenario import LABEL

CENTRAL = who_is("ada", "central")
CROYDON = who_is("bea", "lead", "croydon")
FORUM = who_is("col", "forum")
Serve = Callable[[Path], str]


def supposed_of(search: str, edition: Edition) -> ScenarioChoice:
    return read_supposed(read("/scenario", search), edition.sites)


def shown(search: str, edition: Edition) -> str:
    """All that the page says, as text."""
    address = read("/scenario", search)
    content = scenario.build(View(edition, address))
    link_numbers(list(content.body), address)
    return json.dumps(
        [part.to_plotly_json() for part in content.body], default=lambda part: part.to_plotly_json(), ensure_ascii=False
    )


# What is typed


@pytest.mark.parametrize(
    ("text", "number"),
    [("20", 20), ("+20%", 20), ("−5", -5), ("£1,200", 1200), ("2.5", 2.5), ("abc", None), ("1e9", None), ("", None)],
)
def test_numbers_are_read_as_people_type_them(text: str, number: float | None) -> None:
    assert read_number(text) == number


def test_nothing_typed_is_what_is_known(edition: Edition) -> None:
    supposed = supposed_of("", edition)
    assert (supposed.changed, supposed.problems, supposed.areas) == ((), {}, 0)
    assert said(supposed, {}) == ["the grant ends", "25% to 80% of cost is fixed"]


def test_every_choice_is_read(edition: Edition) -> None:
    search = "?grant=extended&months=6&local=croydon:50&also=bids&caseload=-20&low=10&high=90&ratio=22&postcost=38000"
    supposed = supposed_of(f"{search}&gaps=planned&areas=2&like=south_wales&marac=300 1200&own=600", edition)
    now = supposed.choices
    assert (now.grant_months, now.grant_share, now.caseload, now.fixed_shares) == (6, 0, 0.8, (0.1, 0.9))
    assert (now.cases_per_post, now.post_cost, supposed.mended, supposed.also) == (22, 38000, True, "bids")
    assert (supposed.local["croydon"], supposed.local["west_mercia"]) == (0.5, 1)
    assert (supposed.areas, supposed.like, supposed.volumes, supposed.own) == (2, "south_wales", (300, 1200), 600)
    assert supposed.problems == {}


@pytest.mark.parametrize(
    ("search", "field"),
    [
        ("?grant=extended", "months"),
        ("?grant=extended&months=13", "months"),
        ("?grant=extended&months=2.5", "months"),
        ("?grant=renewed&renewed=lots", "renewed"),
        ("?grant=never", "grant"),
        ("?caseload=-95", "caseload"),
        ("?low=90&high=20", "high"),
        ("?low=-1", "low"),
        ("?local=croydon:x", "local.croydon"),
        ("?areas=0", "areas"),
        ("?areas=3&marac=1 2&own=5", "marac"),
        ("?marac=600 <script>", "marac"),
        ("?marac=600 500", "own"),
        ("?ratio=0", "ratio"),
    ],
)
def test_wrong_input_gets_a_sentence_and_changes_nothing(search: str, field: str, edition: Edition) -> None:
    supposed = supposed_of(search, edition)
    assert list(supposed.problems) == [field]
    assert supposed.problems[field].endswith(".")
    assert supposed.changed == ()
    assert supposed.problems[field][:20] in shown(search, edition)


# What is worked out


def test_the_actuals_stand_beside_and_are_those_of_the_edition(edition: Edition) -> None:
    before = {row.site: row.gap for row in edition.rows("cover")}
    text = shown("?grant=extended&months=12&caseload=50", edition)
    for site in edition.sites:
        assert f'["now ", {{"props": {{"children": "£{before[site.name]:,.0f}"' in text
        assert f'"data-number": "{site.name}|cover|' in text
    assert {row.site: row.gap for row in edition.rows("cover")} == before


def test_with_nothing_supposed_the_numbers_are_the_actuals(edition: Edition) -> None:
    view = View(edition, read("/scenario", ""))
    covers = {row.site: row for row in edition.rows("cover")}
    verdicts = {row.site: row.verdict for row in edition.rows("verdicts")}
    for case in scenario.cases(view, read_supposed(view.address, edition.sites)):
        cover = covers[case.row.site]
        assert (case.then.gap.low, case.then.gap.high) == (cover.gap, cover.gap)
        assert case.then.months.low == pytest.approx(cover.months)
        assert set(case.verdicts) == {verdicts[case.row.site]}
        assert sum(month.local for month in case.months) == pytest.approx(cover.secured)


def test_every_output_says_that_it_is_no_forecast(edition: Edition) -> None:
    content = scenario.build(View(edition, read("/scenario", "?areas=32")))
    assert LABEL in json.dumps(
        content.note.to_plotly_json(), default=lambda part: part.to_plotly_json(), ensure_ascii=False
    )
    text = shown("?areas=32", edition)
    cards = text.split('"data-card": "')[:-1]  # a card's name stands at its end
    assert len(cards) == 7
    assert [LABEL in one for one in cards] == [False, *[True] * 6]  # the saved choices are no output
    captions = text.split('"type": "Caption"')[:-1]
    assert captions
    assert all(LABEL in one[-200:] for one in captions)
    assert quote(LABEL) in text  # the first words of the download


def test_a_rollout_of_32_areas_by_equal_caseload_or_by_volume(edition: Edition) -> None:
    assert "32 areas like Croydon would need £9,709,000" in shown("?areas=32&like=croydon", edition)
    assert "2 areas like Croydon would need" in shown("?marac=600 600&own=600&like=croydon", edition)
    assert "£349,000 that is not secured" in shown("?marac=600 600&own=600&like=croydon", edition)


@pytest.mark.parametrize(
    ("search", "start"),
    [
        ("", "If the grant ends and nothing else changes, "),
        ("?grant=extended&months=6", "If the grant goes on for 6 months, "),
        ("?grant=renewed&renewed=50", "If the grant is renewed at 50%, "),
        ("?caseload=-20", "With 20% fewer new cases and no grant, "),
        ("?caseload=20&local=croydon:50", "Under this scenario, "),
        ("?grant=extended&months=12", "If the grant goes on for 12 months, "),
    ],
)
def test_the_headline_says_what_is_supposed_and_what_comes_of_it(search: str, start: str, edition: Edition) -> None:
    headline = scenario.build(View(edition, read("/scenario", search))).headline
    assert headline.startswith(start)
    assert "secured" in headline


# What is saved


def test_a_saved_scenario_is_choices_with_a_name_an_author_and_a_day(tmp_path: Path) -> None:
    one = saved.save(
        tmp_path, "  Grant to  September ", "?grant=extended&months=6&number=x&site=croydon&state=late", CENTRAL
    )
    assert (one.name, one.author, one.query) == (
        "Grant to September", "central team", "site=croydon&grant=extended&months=6",
    )  # fmt: skip
    assert saved.all_saved(tmp_path, CENTRAL) == (one,)
    assert "ada" not in (tmp_path / saved.FILE).read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / saved.FILE).stat().st_mode) == 0o600
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".scenarios.json")]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb\x00"])
def test_a_name_is_needed_and_is_short(name: str, tmp_path: Path) -> None:
    with pytest.raises(saved.CannotSave, match="name"):
        saved.save(tmp_path, name, "", CENTRAL)


def test_names_are_not_taken_twice_and_there_is_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved.save(tmp_path, "One", "", CENTRAL)
    with pytest.raises(saved.CannotSave, match="already"):
        saved.save(tmp_path, "one", "", CENTRAL)
    monkeypatch.setattr(saved, "MOST", 1)
    with pytest.raises(saved.CannotSave, match="delete one"):
        saved.save(tmp_path, "Two", "", CENTRAL)
    with pytest.raises(saved.CannotSave, match="too many"):
        saved.save(tmp_path, "Three", "?marac=" + "1 " * 1001, CENTRAL)


@pytest.mark.parametrize(("asks", "sees"), [(CENTRAL, 3), (CROYDON, 2), (FORUM, 2)])
def test_readers_see_their_own_and_the_central_teams(asks: Who, sees: int, tmp_path: Path) -> None:
    for who in (CENTRAL, CROYDON, FORUM):
        saved.save(tmp_path, "Mine", "", who)
    assert len(saved.all_saved(tmp_path, asks)) == sees


def test_only_its_own_audience_and_the_central_team_delete(tmp_path: Path) -> None:
    ours, theirs = saved.save(tmp_path, "Ours", "", CENTRAL), saved.save(tmp_path, "Theirs", "", CROYDON)
    for wrong in (ours.id, "nothing"):
        with pytest.raises(saved.CannotSave):
            saved.delete(tmp_path, wrong, CROYDON)
    saved.delete(tmp_path, theirs.id, CROYDON)
    saved.delete(tmp_path, ours.id, CENTRAL)
    assert saved.all_saved(tmp_path, CENTRAL) == ()


def test_a_file_that_is_not_ours_is_said_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / saved.FILE).write_text("{}")
    with pytest.raises(saved.CannotSave, match="cannot be read"):
        saved.save(tmp_path, "One", "", CENTRAL)
    assert (tmp_path / saved.FILE).read_text() == "{}"


# In a browser


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("main h1")
    for _ in range(200):
        if page.evaluate("[...document.querySelectorAll('.chart')].every(c => c.querySelector('.main-svg'))"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the charts were not drawn")


def violations(page: Page) -> list[str]:
    return [f"{v['id']}: {v['help']}" for v in Axe().run(page).response["violations"]]


@pytest.fixture
def wide(page: Page) -> Page:
    page.set_viewport_size({"width": 1280, "height": 720})
    return page


STATES = (
    "",
    "?site=croydon",
    "?grant=extended&months=6&local=croydon:50&also=bids&caseload=20&ratio=22&postcost=38000&gaps=planned&areas=32",
    "?grant=extended&caseload=abc&low=90&high=20&marac=1 x&areas=0",
    "?grant=extended&months=12&also=bids&local=croydon:300",
)


@pytest.mark.browser
@pytest.mark.parametrize("search", STATES)
def test_axe_finds_nothing_in_any_state(search: str, wide: Page, serve: Serve, sample: Path) -> None:
    wide.set_viewport_size({"width": 320, "height": 800})
    visit(wide, f"{serve(sample)}/scenario{search}")
    assert wide.evaluate("document.documentElement.scrollWidth") <= 320
    wide.set_viewport_size({"width": 1280, "height": 720})
    assert violations(wide) == []


@pytest.mark.browser
def test_by_keyboard_a_choice_is_worked_out_and_kept_in_the_address(wide: Page, serve: Serve, sample: Path) -> None:
    visit(wide, f"{serve(sample)}/scenario")
    wide.get_by_label("The grant", exact=True).select_option("extended")
    wide.get_by_label("New cases, against plan").fill("20")
    wide.keyboard.press("Enter")
    problem = wide.get_by_text("Say by how many months, such as 6.")
    expect(problem).to_be_visible()
    expect(wide.get_by_label("If extended, by")).to_be_focused()
    assert violations(wide) == []
    wide.keyboard.type("6")
    wide.get_by_label("Croydon", exact=True).fill("50")
    wide.keyboard.press("Enter")
    expect(problem).to_have_count(0)
    expect(wide.locator("h1")).to_contain_text("Under this scenario")
    expect(wide.get_by_role("button", name="Work it out")).to_be_focused()
    assert all(part in wide.url for part in ("grant=extended", "months=6", "local=croydon:50", "caseload=20"))
    headline = wide.locator("h1").inner_text()
    other = wide.context.new_page()
    visit(other, wide.url)
    assert other.locator("h1").inner_text() == headline
    assert other.get_by_label("If extended, by").input_value() == "6"
    wide.get_by_role("link", name="Reset to what is known").press("Enter")
    expect(wide.locator("h1")).to_contain_text("nothing else changes")
    expect(wide.get_by_label("New cases, against plan")).to_have_value("0")
    wide.go_back()
    expect(wide.get_by_label("New cases, against plan")).to_have_value("20")


@pytest.mark.browser
def test_a_scenario_is_saved_opened_and_deleted(wide: Page, serve: Serve, sample: Path) -> None:
    visit(wide, f"{serve(sample)}/scenario?caseload=20")
    wide.get_by_role("button", name="Save", exact=True).click()
    expect(wide.get_by_text("Give it a name")).to_be_visible()
    assert violations(wide) == []
    wide.get_by_label("Save this scenario as").fill("A fifth more <b>cases</b>")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("status").filter(has_text="Saved as")).to_be_visible()
    assert violations(wide) == []
    visit(wide, f"{serve(sample)}/scenario")
    wide.get_by_role("link", name="A fifth more <b>cases</b>").click()
    expect(wide.get_by_label("New cases, against plan")).to_have_value("20")
    wide.get_by_role("button", name="Delete A fifth more").click()
    expect(wide.get_by_text("No scenario has been saved yet.")).to_be_visible()
    assert json.loads((sample / saved.FILE).read_text()) == {"scenarios": []}


@pytest.mark.browser
def test_on_paper_the_results_stand_without_the_form_and_say_what_they_are(
    wide: Page, serve: Serve, sample: Path
) -> None:
    visit(wide, f"{serve(sample)}/scenario?caseload=20")
    wide.emulate_media(media="print")
    expect(wide.locator(".supposed")).to_be_hidden()
    expect(wide.locator(".scenario-label")).to_be_visible()
    assert wide.locator("[data-card]:visible .subtitle", has_text=LABEL).count() == 6
