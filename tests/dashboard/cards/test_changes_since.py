"""An empty table of changes says why it is empty: nothing earlier, nothing shown, or nothing happened."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.cards.changes_since import why_none
from dashboard.data.edition import Row, Site
from dashboard.wording.returns import no_revision

SITES = tuple(Site(n, label, n, at, None, "", "") for at, (n, label) in enumerate((("a", "Anglesey"), ("b", "Barnet"))))
SEEN = Row(edition_id="2019-09-11", known_at=datetime(2019, 9, 11, 12), withheld=0)


def looked_at(audience: str = "forum", *earlier: Row, sites: tuple[Site, ...] = SITES) -> Any:
    """What the card asks of a view."""
    edition = SimpleNamespace(
        about={"audience": audience}, rows=lambda *_more, **_order: earlier, has=lambda _name: True, sites=SITES
    )
    label = {site.name: site.label for site in SITES}.__getitem__
    return SimpleNamespace(edition=edition, sites=sites, all_sites=len(sites) == len(SITES), label=label)


@pytest.mark.parametrize(
    ("view", "since", "words"),
    [
        (
            looked_at("forum"),
            "",
            "Nothing to compare with yet. This is the first edition published for the strategic forum.",
        ),
        (looked_at("a"), "", "Nothing to compare with yet. This is the first edition published for Anglesey."),
        (looked_at("forum", SEEN), "2019-09-11", "Nothing changed since 11 Sep 2019."),
        (looked_at("forum", SEEN, sites=SITES[:1]), "2019-09-11", "Nothing changed in Anglesey since 11 Sep 2019."),
        (
            looked_at("forum", Row(SEEN, withheld=3)),
            "2019-09-11",
            "Three changed numbers are not shown to this audience.",
        ),
    ],
)
def test_why_no_change_is_shown(view: Any, since: str, words: str) -> None:
    assert why_none(view, since) == words


def test_a_number_that_others_may_not_see_was_still_changed() -> None:
    assert no_revision(0) == "No number was changed by a later return"
    assert no_revision(2) == "Two returns were sent again; what they changed is not shown to this audience"
