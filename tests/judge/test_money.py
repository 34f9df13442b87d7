"""Money ahead: small programmes in, pounds and months out; and Croydon's published figures."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.definitions.periods import month_after, months_from
from etl.judge.money import (
    ALL,
    Lasting,
    _pence,
    _spread,
    agreement_rows,
    assessed_year,
    cliff,
    cover,
    funding_mix,
    gap_steps,
    grant_ends,
    lasting,
    plan_over,
    planned_months,
    standing,
)
from etl.reference import MADE_UP, Agreement, Plan, Reference, as_known_at, read_reference
from etl.reference.rows import STATUSES

SITES = ("croydon", "west_midlands", "west_mercia", "south_wales")
NOVEMBER = date(2019, 11, 1)
YEAR = date(2020, 4, 1)
MARCH = date(2021, 3, 1)


def agreed(name: str = "a", amount: float = 12000, **changes: object) -> Agreement:
    """Approved cash of a site for 2020/21, with some columns changed."""
    row = Agreement(
        agreement=name,
        site="croydon",
        funder=("commissioner",),
        form="cash",
        amount=amount,
        starts=YEAR,
        ends=date(2021, 3, 31),
        status="approved",
        recurring=False,
        conditions="",
        matched_to="",
        up_to=False,
        drawn=None,
        known_from=date(2019, 1, 1),
        source="a letter",
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def planned(cost: float = 12000, site: str = "croydon", **changes: object) -> Plan:
    row = Plan(site, date(2018, 4, 1), date(2021, 3, 31), 100, cost, 50, date(2018, 4, 1), "a plan", "a plan", "")
    return replace(row, **changes)  # type: ignore[arg-type]


def covered(*agreements: Agreement, cost: float = 12000) -> dict:
    reference = Reference(plans=(planned(cost),), agreements=agreements)
    return cover(reference, ["croydon"], YEAR, NOVEMBER).iloc[0].to_dict()


@pytest.fixture(scope="module")
def sample() -> Reference:
    return as_known_at(read_reference(), date(2019, 12, 11))


@pytest.fixture(scope="module")
def rows(sample: Reference) -> dict[str, dict]:
    year = assessed_year(sample.agreements, NOVEMBER)
    return {row["site"]: row for row in cover(sample, SITES, year, NOVEMBER).to_dict("records")}


def test_croydon_says_what_was_published(rows: dict[str, dict]) -> None:
    croydon = rows["croydon"]
    assert (croydon["year"], croydon["secured"], croydon["planned"]) == (YEAR, 275000, 312000)
    assert f"{croydon['share']:.1%}" == "88.1%"
    assert f"{croydon['months']:.1f}" == "10.6"
    assert croydon["first_short_month"] == date(2021, 2, 1)
    assert croydon["secured_until"] == date(2021, 1, 31)
    assert (croydon["at_most"], croydon["depends"]) == (275000, 0)
    assert croydon["notice_months"] == 5
    assert (croydon["gap"], croydon["no_funder"], croydon["made_up"]) == (37000, 37000, False)
    assert croydon["first_short_if_even"] == YEAR


def test_the_programme_leaves_the_central_team_apart(rows: dict[str, dict]) -> None:
    programme = rows[ALL]
    assert (programme["planned"], programme["secured"], programme["gap"]) == (1584533, 644709, 939824)
    assert f"{programme['months']:.1f}" == "4.9"
    assert programme["first_short_if_even"] == YEAR
    assert (programme["at_most"], programme["depends"]) == (275000, 148000)


def test_what_money_hangs_on_is_said(rows: dict[str, dict]) -> None:
    west_midlands = rows["west_midlands"]
    assert (west_midlands["depends"], west_midlands["at_most"]) == (148000, 0)
    assert west_midlands["depends_on"] == "the July 2020 review"
    row = covered(
        agreed("a", 4000, up_to=True), agreed("b", 3000, depends_on="a vote"), agreed("c", 1000, status="bid")
    )
    assert (row["secured"], row["at_most"], row["depends"], row["depends_on"]) == (7000, 4000, 3000, "a vote")


def test_what_a_month_has_left_over_is_not_carried_to_another() -> None:
    # £2,000 a month from April to September where £1,000 is needed, then nothing.
    row = covered(agreed(ends=date(2020, 9, 30)))
    assert (row["secured"], row["gap"], row["not_carried"], row["no_funder"]) == (12000, 6000, 6000, 6000)
    assert (row["first_short_if_even"], row["notice_months"], row["share"]) == (date(2020, 10, 1), 11, 0.5)
    assert row["months"] == 6
    reference = Reference(plans=(planned(),), agreements=(agreed(ends=date(2020, 9, 30)),))
    steps = gap_steps(reference, ["croydon"], YEAR, MARCH)
    assert steps[steps.site == "croydon"][["step", "amount"]].to_numpy().tolist() == [
        ["planned", 12000],
        ["approved", 12000],
        ["not_carried", -6000],
        ["no_funder", 6000],
    ]


@pytest.mark.parametrize(
    ("site", "months", "gap"),
    [("west_midlands", "2.2", 652000), ("west_mercia", "3.4", 145824), ("south_wales", "7.3", 105000)],
)
def test_the_other_sites_say_what_the_pictures_show(rows: dict[str, dict], site: str, months: str, gap: float) -> None:
    assert f"{rows[site]['months']:.1f}" == months
    assert rows[site]["gap"] == gap


def test_what_the_grant_paid_stands_beside_what_is_secured(rows: dict[str, dict]) -> None:
    assert (rows["croydon"]["grant_before"], rows["croydon"]["local_before"]) == (196560, 115440)
    assert rows["west_mercia"]["grant_before"] == pytest.approx(121519.80)
    assert rows[ALL]["grant_before"] + rows[ALL]["local_before"] == pytest.approx(rows[ALL]["planned"], abs=1)


def test_the_cliff_is_the_picture(sample: Reference) -> None:
    frame = cliff(sample, SITES, date(2019, 10, 1), MARCH)
    at = frame[frame["site"] == ALL].set_index(["month", "status"])["amount"]
    steps = {
        month: [round(at[month, status] / 1000) for status in ("approved", "agreed_in_principle", "bid", "no_funder")]
        for month in (YEAR, date(2020, 9, 1), date(2020, 10, 1), MARCH)
    }
    assert list(steps.values()) == [[66, 2, 28, 36], [66, 2, 28, 36], [41, 27, 28, 36], [41, 27, 28, 36]]
    assert (
        round(at[date(2020, 3, 1), "ending"] + at[date(2020, 3, 1), "approved"], 2) == at[date(2020, 3, 1), "planned"]
    )
    assert at[YEAR, "ending"] == 0


def test_before_the_decision_was_known_nothing_was_secured() -> None:
    before = as_known_at(read_reference(), date(2019, 11, 6))
    row = cover(before, ["croydon"], YEAR, date(2019, 10, 1)).iloc[0]
    assert (row["secured"], row["months"], row["first_short_month"]) == (0, 0, YEAR)
    assert row["secured_until"] is None


def test_eight_agreements_run_in_the_assessed_year(sample: Reference) -> None:
    frame = agreement_rows(sample)
    ahead = frame[(frame["starts"] >= YEAR) & (frame["site"] != "central_team")]
    assert ahead["status"].value_counts().to_dict() == {"approved": 4, "agreed_in_principle": 2, "bid": 2}
    labels = dict(zip(ahead["agreement"], ahead["funder_label"], strict=True))
    assert labels["croydon-mopac-2020"] == "MOPAC"
    assert labels["south-wales-commissioner-police-2020"] == "Commissioner, police"


def test_a_limit_says_what_is_left_of_it(sample: Reference) -> None:
    left = agreement_rows(sample).set_index("agreement")["left"]
    assert left["croydon-home-office-2018"] == 343980 - 278460
    assert pd.isna(left["croydon-mopac-2020"])


def test_a_part_of_a_month_gets_its_share_of_days() -> None:
    assert _spread(15000, date(2019, 4, 16), date(2019, 5, 31)) == {date(2019, 4, 1): 5000, date(2019, 5, 1): 10000}
    assert _spread(5, date(2019, 4, 1), date(2019, 6, 30)) == {
        date(2019, 4, 1): 2,
        date(2019, 5, 1): 1,
        date(2019, 6, 1): 2,
    }


@given(st.integers(0, 10**9), st.dates(date(2018, 1, 1), date(2024, 1, 1)), st.integers(0, 1500))
def test_the_months_add_up_to_the_amount(pence: int, starts: date, days: int) -> None:
    months = _spread(_pence(pence / 100), starts, starts + timedelta(days=days))
    assert sum(months.values()) == pence
    assert min(months.values()) >= 0


def test_matched_money_falls_with_its_condition() -> None:
    match = agreed("match", matched_to="grant")
    whole = covered(agreed("grant"), match, cost=24000)
    half = covered(agreed("grant", 6000, ends=date(2020, 9, 30)), match, cost=24000)
    unsure = covered(agreed("grant", status="bid"), match, cost=24000)
    gone = covered(agreed("grant", 0), match, cost=24000)
    unknown = covered(match, cost=24000)
    assert [row["secured"] for row in (whole, half, unsure, gone, unknown)] == [24000, 12000, 0, 0, 0]
    assert unsure["bid"] == 24000


def test_a_chain_of_matches_falls_together() -> None:
    chain = (agreed("c", matched_to="b"), agreed("b", matched_to="a"), agreed("a", status="agreed_in_principle"))
    assert {entry.status for entry in standing(chain)} == {"agreed_in_principle"}
    assert covered(*chain)["secured"] == 0


def test_ending_the_grant_early_takes_its_match(sample: Reference) -> None:
    early = [
        replace(row, ends=date(2019, 9, 30)) if row.agreement == "west-mercia-home-office-2018" else row
        for row in sample.agreements
    ]
    frame = cliff(replace(sample, agreements=tuple(early)), ["west_mercia"], date(2019, 9, 1), date(2019, 10, 1))
    at = frame[frame["site"] == ALL].set_index(["month", "status"])["amount"]
    assert at[date(2019, 9, 1), "approved"] > 0
    assert at[date(2019, 10, 1), "approved"] == at[date(2019, 10, 1), "ending"] == 0
    assert at[date(2019, 10, 1), "no_funder"] == at[date(2019, 10, 1), "planned"]


def test_the_newest_word_of_an_agreement_counts() -> None:
    refused = (agreed(status="bid"), agreed(amount=0, status="bid", known_from=date(2019, 6, 1)))
    assert covered(*refused)["bid"] == 0


def test_in_kind_never_pays_cash() -> None:
    row = covered(agreed(form="in_kind"))
    assert (row["secured"], row["gap"], row["no_funder"]) == (0, 12000, 12000)


def test_hopes_are_not_secured_but_have_a_funder() -> None:
    row = covered(agreed("a", 3000), agreed("b", 4000, status="bid"), agreed("c", 1000, status="expected"))
    assert (row["secured"], row["bid"], row["expected"], row["gap"], row["no_funder"]) == (3000, 4000, 1000, 9000, 4000)


def test_one_site_does_not_pay_for_another() -> None:
    reference = Reference(
        plans=(planned(), planned(site="south_wales")),
        agreements=(agreed(amount=20000), agreed("b", 6000, site="south_wales")),
    )
    programme = cover(reference, ["croydon", "south_wales"], YEAR, NOVEMBER).iloc[-1]
    assert (programme["secured"], programme["gap"], programme["months"]) == (26000, 6000, 9)
    frame = cliff(reference, ["croydon", "south_wales"], YEAR, YEAR)
    assert frame[(frame["site"] == ALL) & (frame["status"] == "no_funder")]["amount"].tolist() == [500]


def test_a_site_without_a_plan_has_no_cover_and_no_sum() -> None:
    reference = Reference(plans=(planned(),), agreements=(agreed(site="south_wales"),))
    frame = cover(reference, ["croydon", "south_wales"], YEAR, NOVEMBER).set_index("site")
    assert frame.loc["south_wales", "secured"] == 12000
    assert frame.loc[["south_wales", ALL], ["planned", "months", "gap"]].isna().all(axis=None)
    assert gap_steps(reference, ["croydon", "south_wales"], YEAR, MARCH)["site"].unique().tolist() == ["croydon"]
    steps = cliff(reference, ["croydon", "south_wales"], YEAR, YEAR).set_index(["site", "status"])["amount"]
    assert pd.isna(steps[ALL, "planned"])
    assert steps[ALL, "approved"] == 1000


def test_money_waits_for_its_start_and_lapses_at_its_end() -> None:
    late = covered(agreed(starts=date(2020, 10, 1)))
    assert (late["secured"], late["first_short_month"], late["secured_until"]) == (12000, YEAR, None)
    early = covered(agreed(ends=date(2020, 9, 30)))
    assert (early["months"], early["first_short_month"]) == (6, date(2020, 10, 1))


def test_the_pot_that_ends_first_is_drawn_first() -> None:
    months = months_from(YEAR, MARCH)
    needs = dict.fromkeys(months, 1000_00)
    short_pot = dict.fromkeys(months[:2], 1000_00)
    long_pot = dict.fromkeys(months, 500_00)
    assert lasting(needs, [long_pot, short_pot]) == Lasting(8, months[8])


def test_the_assessed_year_begins_without_the_grant() -> None:
    def with_grant(ends: date) -> date:
        return assessed_year([agreed(funder=("home_office",), starts=date(2018, 4, 1), ends=ends)], NOVEMBER)

    assert with_grant(date(2020, 3, 31)) == YEAR
    assert with_grant(date(2020, 9, 30)) == date(2021, 4, 1)
    assert assessed_year([], NOVEMBER) == YEAR
    assert grant_ends([agreed(funder=("home_office",), status="bid")]) is None


def test_a_year_of_a_plan_adds_up() -> None:
    months = planned_months([planned(100)], "croydon", months_from(YEAR, MARCH))
    assert sum(pence or 0 for pence in months.values()) == 10000
    assert planned_months([planned()], "croydon", [date(2018, 3, 1), date(2021, 4, 1)]) == {
        date(2018, 3, 1): 0,
        date(2021, 4, 1): None,
    }
    assert plan_over([planned()], "croydon", months_from(date(2019, 1, 1), date(2019, 3, 1)), "new_cases") == 25
    assert plan_over([planned()], "croydon", [date(2018, 3, 1)], "cost") is None


def test_the_waterfall_of_croydon(sample: Reference) -> None:
    steps = gap_steps(sample, ["croydon"], YEAR, MARCH)
    croydon = steps[steps["site"] == "croydon"]
    assert croydon[["step", "label", "amount"]].to_numpy().tolist() == [
        ["planned", "Planned cost", 312000],
        ["approved", "MOPAC", 275000],
        ["no_funder", "No funder stated", 37000],
    ]


def test_the_waterfall_of_the_programme_comes_out(sample: Reference) -> None:
    steps = gap_steps(sample, SITES, date(2019, 12, 1), date(2020, 11, 1))
    amounts = steps[steps["site"] == ALL].set_index("step")["amount"]
    assert amounts["planned"] == round(amounts.drop("planned").sum(), 2)


def test_made_up_money_says_so() -> None:
    assert covered(agreed())["made_up"] is False
    assert covered(agreed(source=MADE_UP))["made_up"] is True
    assert covered(agreed(source=MADE_UP, status="bid"))["made_up"] is False


def test_the_mix_keeps_cash_and_in_kind_apart_and_leaves_out_what_is_not_complete(sample: Reference) -> None:
    results = pd.DataFrame(
        [
            ("croydon", "year", date(2018, 4, 1), "funding.local_authority", 60.0, True),
            ("croydon", "year", date(2018, 4, 1), "funding_share.local_authority", 0.06, True),
            ("croydon", "year", date(2018, 4, 1), "funding_in_kind", 100.0, True),
            ("croydon", "year", date(2018, 4, 1), "in_kind_share", 0.1, True),
            ("croydon", "year", date(2019, 4, 1), "funding.local_authority", 40.0, False),
            ("croydon", "year", date(2018, 4, 1), "new_cases", 90.0, True),
        ],
        columns=["site", "period", "starts", "measure", "value", "complete"],
    )
    mix = funding_mix(results, sample.funders)
    assert mix[["funder", "label", "form", "amount", "share"]].to_numpy().tolist() == [
        ["local_authority", "Council", "cash", 60, 0.06],
        ["in_kind", "In kind", "in_kind", 100, 0.1],
    ]


@st.composite
def programmes(draw: st.DrawFn) -> Reference:
    """Agreements of one site round the year, some of them matched to an earlier one."""
    found: list[Agreement] = []
    for at in range(draw(st.integers(0, 6))):
        starts = month_after(date(2019, 4, 1), draw(st.integers(0, 24)))
        ends = month_after(starts, draw(st.integers(1, 24))) - timedelta(days=draw(st.integers(1, 20)))
        found.append(
            agreed(
                f"a{at}",
                draw(st.integers(0, 3_000_000)) / 100,
                starts=starts,
                ends=ends,
                status=draw(st.sampled_from(STATUSES)),
                form=draw(st.sampled_from(("cash", "cash", "in_kind"))),
                matched_to=draw(st.sampled_from(["", *(row.agreement for row in found)])),
                funder=draw(st.sampled_from((("commissioner",), ("home_office",), ("police", "health")))),
            )
        )
    return Reference(plans=(planned(draw(st.integers(1, 3_000_000)) / 100),), agreements=tuple(found))


@given(programmes())
def test_cover_and_cliff_agree_on_every_programme(reference: Reference) -> None:
    row = cover(reference, ["croydon"], YEAR, NOVEMBER).iloc[0]
    frame = cliff(reference, ["croydon"], YEAR, MARCH)
    sums = frame[frame["site"] == "croydon"].groupby("status")["amount"].sum()
    assert row["secured"] == pytest.approx(sums["approved"] + sums["ending"], abs=0.001)
    assert row["planned"] == pytest.approx(sums["planned"], abs=0.001)
    counted = row["planned"] - row["gap"] if row["gap"] else row["secured"]
    assert row["months"] == pytest.approx(12 * counted / row["planned"])
    paid = frame[frame.site == "croydon"].pivot(index="month", columns="status", values="amount")
    short = (paid.planned - paid.approved - paid.ending).clip(lower=0)
    # A penny or so of rounding in each month is neither missing nor left over.
    assert row["gap"] == pytest.approx(short.sum(), abs=1)
    assert row["no_funder"] == pytest.approx(sums["no_funder"], abs=12)
    assert row["no_funder"] <= row["gap"]
    assert row["gap"] == pytest.approx(max(0, row["planned"] - row["secured"] + row["not_carried"]), abs=0.001)
    assert row["gap"] < 1 or row["first_short_if_even"] is not None


@given(programmes(), st.integers(0, 1_000_000))
def test_more_approved_cash_never_covers_less(reference: Reference, more: int) -> None:
    richer = replace(reference, agreements=(*reference.agreements, agreed("more", more / 100)))
    before, after = (cover(which, ["croydon"], YEAR, NOVEMBER).iloc[0] for which in (reference, richer))
    assert after["months"] >= before["months"]
    assert after["gap"] <= before["gap"]
    assert (after["first_short_month"] or date.max) >= (before["first_short_month"] or date.max)


@given(programmes())
def test_matched_money_never_stands_without_its_condition(reference: Reference) -> None:
    stands = {entry.agreement.agreement: entry for entry in standing(reference.agreements)}
    for entry in stands.values():
        assert set(entry.months) <= set(
            months_from(entry.agreement.starts.replace(day=1), entry.agreement.ends.replace(day=1))
        )
        if entry.agreement.matched_to:
            held = stands[entry.agreement.matched_to]
            paid = [month for month, pence in held.months.items() if pence]
            assert STATUSES.index(entry.status) >= STATUSES.index(held.status)
            assert not entry.months or max(entry.months) <= max(paid)
