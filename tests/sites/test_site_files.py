"""A site's TOML: what is misspelt, missing or of the wrong kind is named, with the file and what is meant."""

from pathlib import Path

import pytest

from etl import sites
from etl.sites import WrongSite, load_sites, read_site

CROYDON = (Path(sites.__file__).parent / "croydon.toml").read_text(encoding="utf-8")
PLAIN = 'name = "leeds"\nlabel = "Leeds"\nfirst_month = 2019-04-01\n'


def refusal(folder: Path, text: str) -> str:
    """What is said of a file with this text in DIR/sites/."""
    (folder / "leeds.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongSite) as problem:
        load_sites(folder)
    return str(problem.value)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("short_label =", "short_lable =", ": there is no “short_lable”; did you mean “short_label”?"),
        ("words = [", "wrods = [", ": there is no “wrods”; did you mean “words”?"),
        ("[[commissioner]]", "[[comissioner]]", ": there is no “comissioner”; did you mean “commissioner”?"),
        ("[[provider]]", "[[providers]]", ": there is no “providers”; did you mean “provider”?"),
        ("position =", "zzz =", ": there is no “zzz”."),
        ("source =", "sorce =", ", commissioner 1: there is no “sorce”; did you mean “source”?"),
        ("short_name =", "shortname =", ", commissioner 1: there is no “shortname”; did you mean “short_name”?"),
        (
            "ignored_labels =",
            "ignore_labels =",
            ", layout 1: there is no “ignore_labels”; did you mean “ignored_labels”?",
        ),
        ("month_label =", "month_lable =", ", layout 1: there is no “month_lable”; did you mean “month_label”?"),
        ("heading =", "headding =", ", layout 1, block 1: there is no “headding”; did you mean “heading”?"),
        (
            "[layout.block.words]",
            "[layout.block.wrods]",
            ", layout 1, block 1: there is no “wrods”; did you mean “words”?",
        ),
    ],
)
def test_a_misspelt_key_is_named_with_the_one_that_is_meant(tmp_path: Path, right: str, wrong: str, words: str) -> None:
    assert right in CROYDON
    assert refusal(tmp_path, CROYDON.replace(right, wrong, 1)) == f"leeds.toml{words}"


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ('label = "Croydon"\n', "", ": label is missing."),
        ('name = "Rise Mutual"\n', "", ", provider 1: name is missing."),
        ('kind = "blocks"\n', "", ", layout 1: kind is missing."),
        ('sheet = "Clients"\n', "", ", layout 1, block 6: sheet is missing."),
        (
            "[[provider]]",
            "[provider]",
            ", provider is a list of tables: each begins with two brackets, as [[provider]].",
        ),
        ('label = "Croydon"', "label = 5", ", label: expected a text in quotes, got a whole number."),
        (
            "first_month = 2018-07-01",
            "first_month = 2018",
            ", first_month: expected a day, such as 2018-04-01, got a whole number.",
        ),
        (
            "first_month = 2018-07-01",
            'first_month = "July"',
            ", first_month: expected a day, such as 2018-04-01, got another text.",
        ),
        (
            "first_month = 2018-07-01",
            "first_month = 2018-07-02",
            ": first_month must be the first day of a month, such as 2018-04-01, not 2018-07-02",
        ),
        ('words = ["croydon"]', 'words = "croydon"', ", words: expected a list in brackets, got a text in quotes."),
        ('kind = "blocks"', 'kind = "block"', ", layout 1, kind: there is no 'block'."),
        (
            'accepted = "Accepted at DAPP"',
            "accepted = 1",
            ", layout 1, block 2, words: expected a text in quotes, got a whole number.",
        ),
        (
            'version_label = "Return version"',
            'multiply = { "Mony" = 1000 }',
            ": multiply names “Mony”; the layout's sheets are Caseload, Clients, Money, Victims and outcomes.",
        ),
    ],
)
def test_what_is_missing_or_of_the_wrong_kind_is_named(tmp_path: Path, right: str, wrong: str, words: str) -> None:
    assert right in CROYDON
    assert refusal(tmp_path, CROYDON.replace(right, wrong, 1)) == f"leeds.toml{words}"


def test_a_misspelt_key_in_a_layout_that_is_as_before_is_named(tmp_path: Path) -> None:
    later = "\n[[layout]]\nfrom = 2020-04-01\nas_befor = true\n"
    assert refusal(tmp_path, CROYDON + later).startswith("leeds.toml, layout 2: there is no “as_befor”; did you mean")
    block = later.replace("befor", "before") + '[[layout.block]]\nsheet = "Money"\nheding = "In kind"\nwords = {}\n'
    assert refusal(tmp_path, CROYDON + block).startswith("leeds.toml, layout 2, block 1: there is no “heding”; did")


def test_what_a_file_leaves_out_is_taken_from_the_rest(tmp_path: Path) -> None:
    (tmp_path / "leeds.toml").write_text(PLAIN + '[[provider]]\nfrom = 2019-04-01\nname = "A"\n', encoding="utf-8")
    site = read_site(tmp_path / "leeds.toml")
    assert (site.short_label, site.words, site.position) == ("Leeds", ("leeds",), 1000)
    assert site.providers[0].short_name == "A" and site.layouts == sites.standard_layouts()


def test_the_organisation_in_force_is_the_newest_whatever_their_order(tmp_path: Path) -> None:
    two = "".join(f'[[commissioner]]\nfrom = {year}-04-01\nname = "{year}"\n' for year in (2021, 2019))
    (tmp_path / "leeds.toml").write_text(PLAIN + two, encoding="utf-8")
    site = read_site(tmp_path / "leeds.toml")
    found = [site.commissioner_on(sites.date(year, 5, 1)) for year in (2018, 2020, 2022)]
    assert [one and one.name for one in found] == [None, "2019", "2021"]
