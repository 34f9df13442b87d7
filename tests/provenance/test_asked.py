"""What the story of a number says of queries about the numbers that it rests on."""

from datetime import date

from etl.provenance.cells import Behind, asked
from etl.provenance.edition import Row
from etl.provenance.story import Points, Words

MONTH = date(2019, 9, 1)


class Edition:
    """An edition in which the West Midlands are asked about September's case management."""

    sites = (Row(name="west_midlands", label="West Midlands"),)

    def __init__(self, audience: str = "central") -> None:
        self.audience = audience

    def rows(self, table, *_):
        query = Row(site="west_midlands", month=MONTH, code="unlikely_amount", measure="spend.case_management")
        if table == "under_query":
            return [query]
        return [Row(query, message="Is this the year to date?")] if self.audience == "central" else []


def told(row: Row, audience: str = "central", measure: str = "spend"):
    return asked(Edition(audience), row, Behind(row.site, (measure,), date(2019, 4, 1), date(2020, 3, 1), "year"))


def test_the_programmes_number_says_whose_is_under_query_and_what_is_asked():
    (points,) = told(Row(site="all", queried=True))
    assert isinstance(points, Points) and points.head == "Under query"
    assert [str(text) for _, text in points.lines] == ["West Midlands: Sep 2019: Is this the year to date?"]


def test_whoever_may_not_see_the_query_learns_that_there_is_one():
    for audience, site in (("forum", "all"), ("central", "west_midlands")):  # a site's own stands beside its cells
        (words,) = told(Row(site=site, queried=True), audience)
        assert isinstance(words, Words) and words.text == "It rests on a number that is under query."


def test_nothing_is_said_of_a_number_that_rests_on_none():
    assert told(Row(site="all", queried=False)) == []
    (words,) = told(Row(site="all", queried=True), measure="new_cases")
    assert isinstance(words, Words)
