"""Data quality: six dimensions counted apart, over the last twelve months."""

from datetime import date

import pandas as pd
import pytest

from etl.definitions import REPORTED_KEYS, key
from etl.definitions.periods import months_from
from etl.editions.quality import DIMENSIONS, data_quality

LAST = date(2019, 11, 1)
MONTHS = months_from(date(2018, 11, 1), LAST)  # one more than is looked at
NUMBERS = [key(*pair) for pair in REPORTED_KEYS]


def tables(**changes):
    calendar = pd.DataFrame({"site": "croydon", "month": MONTHS, "state": "on_time"})
    cells = pd.DataFrame([("croydon", m, n, 1.0, "reported") for m in MONTHS for n in NUMBERS])
    cells.columns = ["site", "month", "measure", "value", "state"]
    nothing = pd.DataFrame({"site": [], "month": pd.to_datetime([]), "measure": [], "code": []}).astype({"site": "str"})
    returns = pd.DataFrame({"site": "croydon", "month": MONTHS, "verdict": "accepted"})
    made = {"calendar": calendar, "cells": cells, "revisions": nothing, "queries": nothing, "returns": returns}
    return made | changes


def quality(**changes):
    frame = data_quality(tables(**changes), ["croydon"], LAST)
    return {row.dimension: (row.value, row.of) for row in frame.itertuples()}


def query(code, measure="spend.other", month=LAST):
    return pd.DataFrame({"site": ["croydon"], "month": [pd.Timestamp(month)], "measure": [measure], "code": [code]})


def test_whole_data_is_whole_in_every_dimension():
    assert all(value == of > 0 for value, of in quality().values())
    assert list(quality()) == list(DIMENSIONS)
    assert quality()["completeness"] == (12 * 69, 12 * 69)


@pytest.mark.parametrize(
    ("code", "dimension"),
    [
        ("sex_differs", "consistency"),
        ("opening_differs", "consistency"),
        ("copied_site", "uniqueness"),
        ("unlikely_amount", "accuracy"),
    ],
)
def test_a_query_counts_in_its_own_dimension_only(code, dimension):
    found = quality(queries=query(code))
    worse = {name for name, (value, of) in found.items() if value < of}
    assert worse == {dimension} and found[dimension][0] == found[dimension][1] - 1


def test_a_hole_is_incomplete_and_only_what_was_typed_can_be_invalid():
    frame = tables()["cells"]
    at = frame.index[(frame.month == LAST) & frame.measure.isin(["victims", "children", "accepted"])]
    frame.loc[at, "state"] = ["missing", "suppressed", "not_applicable"]
    found = quality(cells=frame)
    assert found["completeness"] == (12 * 69 - 2, 12 * 69)
    assert found["validity"] == (12 * 69 - 2, 12 * 69 - 1)


def test_a_return_that_never_came_is_incomplete_and_not_in_time():
    made = tables()
    made["calendar"].loc[made["calendar"].month == LAST, "state"] = "missing"
    found = quality(calendar=made["calendar"], cells=made["cells"][made["cells"].month != LAST])
    assert found["completeness"] == (11 * 69, 12 * 69)
    assert found["timeliness"] == (11, 12)
    assert found["consistency"] == (11, 11)


def test_a_number_changed_twice_is_one_number_less_accurate():
    changed = pd.concat([query("")] * 2)
    assert quality(revisions=changed)["accuracy"] == (12 * 69 - 1, 12 * 69)


def test_what_is_older_than_a_year_does_not_count():
    assert all(value == of for value, of in quality(queries=query("sex_differs", month=MONTHS[0])).values())
