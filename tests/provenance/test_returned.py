"""What the receipt of a return says: which version's file came when."""

from datetime import date, datetime

from etl.provenance.address import NumberAddress
from etl.provenance.edition import Row
from etl.provenance.returned import receipt
from etl.provenance.story import Facts

MONTH = date(2019, 8, 1)


class Edition:
    """A return that was sent twice, as the central team sees it."""

    audience, sites, measures = "central", (), {}

    def rows(self, table, where="true", given=(), order=""):
        sent = {"site": "croydon", "month": MONTH, "verdict": "accepted"}
        versions = [
            Row(sent | {"return_id": "a", "file": "v1.xlsx", "sha256": "aa", "received": datetime(2019, 9, 10, 9, 0)}),
            Row(
                sent | {"return_id": "b", "file": "v2.xlsx", "sha256": "bb", "received": datetime(2019, 10, 2, 15, 30)}
            ),
        ]
        if table == "returns":
            return [one for one in versions if "return_id" not in where or one.return_id in given]
        told = {"state": "on_time", "due": date(2019, 9, 13), "received": versions[0].received, "days_late": 0}
        here = {"site": "croydon", "month": MONTH, "versions": 2, "return_id": "b", "file": "b"}
        return [Row(told | here)] if table == "calendar" else []


def test_the_file_of_the_second_version_has_its_own_time():
    story = receipt(Edition(), NumberAddress("croydon", "receipt", str(MONTH), "return"))
    facts = next(dict(block.rows) for block in story.body if isinstance(block, Facts))
    assert facts["File"] == "b" and facts["SHA-256"] == "bb"
    assert facts["First received"] == "09:00 on 10 Sep 2019"
    assert facts["This version received"] == "15:30 on 2 Oct 2019"
