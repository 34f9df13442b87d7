"""The code of a number: back to its address, refused when mistyped, and of its own edition only."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.definitions import MEASURES, unit_of
from etl.provenance import code as codes
from etl.provenance.code import SIGNS, WrongCode, address_in, code_of, editions_of, read_code
from etl.provenance.edition import Row


class Known:
    """An edition of two sites that knows all measures and two agreements."""

    name, audience, data_month = "2019-12-11", "central", date(2019, 11, 1)
    sites = tuple(SimpleNamespace(name=name, label=name.title()) for name in ("croydon", "gwent"))
    measures: Mapping[str, Row] = {name: Row(measure=name, unit=unit_of(name)) for name in MEASURES}

    def rows(self, table: str, where: str = "true", given: tuple[Any, ...] = (), order: str = "") -> Sequence[Row]:
        return [Row(agreement=name) for name in ("croydon-1", "gwent-1")] if table == "agreements" else []

    def result(self, site: str, measure: str, period: str, starts: date) -> Row | None:
        return None


EDITION = Known()
ADDRESS = "croydon|rolling_year|2018-12-01|cost_per_new_case_shared"
results = st.builds(
    lambda site, period, year, month, measure, beside: f"{site}|{period}|{year}-{month:02d}-01|{measure}{beside}",
    st.sampled_from(("all", "croydon", "gwent")),
    st.sampled_from(("month", "quarter", "year", "rolling_year")),
    st.integers(2010, 2042),
    st.integers(1, 12),
    st.sampled_from(sorted(MEASURES)),
    st.sampled_from(["", *(f"|{name}" for name in codes.ASIDE if name)]),
)
others = st.sampled_from(
    (
        "croydon|cover|2020-04-01|months",
        "all|cover|2020-04-01|gap",
        "gwent|agreement|gwent-1|amount",
        "gwent|agreement|gwent-1|drawn",
        "gwent|agreement|gwent-1|left",
        "croydon|readiness|money|level",
        "all|returns|2018-12-01|received",
        "gwent|receipt|2019-10-01|all",
        "all|verdict||words",
        "croydon|cliff|2020-05-01|bid",
        "all|gap|2020-04-01|2",
        "central_team|central|2020-04-01|year.planned.none.central",
        "croydon|quality|accuracy|value",
        "gwent|bridge|2019-04-01|year_to_date.cost_per_new_case_shared.unit1",
    )
)


@given(results | others)
def test_a_code_leads_back_to_its_address(address: str) -> None:
    code = code_of(EDITION, address)
    assert len(code) == 11
    assert read_code(code) == code
    assert editions_of(code, ["2019-11-08", EDITION.name]) == [EDITION.name]
    assert address_in(code, EDITION) == address


@given(st.lists(results | others, min_size=2, unique=True))
def test_no_two_numbers_have_one_code(addresses: list[str]) -> None:
    assert len({code_of(EDITION, address) for address in addresses}) == len(addresses)


@given(results, st.integers(0, 9), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_refused(address: str, place: int, sign: str) -> None:
    text = code_of(EDITION, address).replace("-", "")
    wrong = text[:place] + sign + text[place + 1 :]
    if wrong != text:
        with pytest.raises(WrongCode):
            read_code(wrong)


@given(results, st.integers(0, 9), st.integers(0, 9))
def test_two_signs_that_changed_places_are_refused(address: str, one: int, other: int) -> None:
    signs = list(code_of(EDITION, address).replace("-", ""))
    if signs[one] != signs[other]:
        signs[one], signs[other] = signs[other], signs[one]
        with pytest.raises(WrongCode):
            read_code("".join(signs))


def test_what_is_typed_in_another_way_is_read() -> None:
    code = code_of(EDITION, ADDRESS)
    assert read_code(f" {code.lower().replace('-', ' ')} ") == code
    assert read_code(code.replace("5", "S").replace("2", "z")) == code


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "ten signs, this has 0"),
        ("7KQ3M", "ten signs, this has 5"),
        ("7KQ3M-XR4T0", "has the sign “0” in it"),
        ("7KQ3M-XR4T<", "has the sign “<” in it"),
        ("22222-22223", "a sign in it is wrong"),
    ],
)
def test_what_is_no_code_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(WrongCode, match=says):
        read_code(typed)


def test_a_code_is_of_its_own_edition() -> None:
    names = [f"2019-{month:02d}-11" for month in range(1, 13)]
    assert editions_of(code_of(EDITION, ADDRESS), names) == ["2019-12-11"]
    assert editions_of(code_of(EDITION, ADDRESS), names[:-1]) == []


def test_what_has_no_address_has_no_code() -> None:
    for address in ("", "croydon", "mars|month|2019-04-01|spend", "croydon|month|soon|spend", f"{ADDRESS}|colour"):
        assert code_of(EDITION, address) == ""
    assert code_of(EDITION, "croydon|month|2090-04-01|spend") == ""


def test_there_is_room_for_a_country() -> None:
    assert len(codes.OTHERS) <= codes.ROOM_FOR_OTHERS
    assert codes.ROOM_FOR_OTHERS + 4 * len(codes.ASIDE) <= codes.FORMS
    assert codes.SITES >= 43 + 2
    assert 3 * len(MEASURES) <= codes.NAMES
    assert len(codes.bridge_names(EDITION)) <= codes.NAMES
    assert codes.EDITIONS > 6000
