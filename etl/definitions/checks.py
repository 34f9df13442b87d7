"""Checks: what must hold in a return, between months and between sites, in which words, and since when."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from etl.definitions.writing import first_upper

Severity = Literal["reject", "query", "info"]

FIRST = date(2018, 4, 1)

# Counts agree exactly; money to the penny.
MONEY_TOLERANCE = 0.01

# Month on month, a count is asked about when chance alone would do this less often than once in a hundred.
UNLIKELY_COUNT = 0.01
# With fewer months before it nobody knows what is usual, and a service grows at first: it is not asked about.
ENOUGH_MONTHS_BEFORE = 6
# An amount is asked about when its modified z is beyond this, over at least so many other months of the site.
UNLIKELY_AMOUNT = 3.5
ENOUGH_MONTHS = 8
# The floor under the spread of a site's amounts. It is no finding but a choice: steady amounts have so small a spread
# that any rounding looks unlikely. With a median deviation of at least 7.5% of the median no amount within about 39% of
# the usual is asked about, and none that differs by less than £100.
SMALLEST_SPREAD = 0.075
SMALLEST_DIFFERENCE = 100.0
# A return that equals another in so large a share of its cells was copied; cells that are nil in both do not count.
COPIED_SHARE = 0.75
COPIED_AT_LEAST = 20
# These are never not applicable: a service has cases and case managers, or is none.
ALWAYS_APPLY = frozenset({"opening_cases", "new_cases", "closed_cases", "closing_cases", "spend.case_management"})
COPIES = frozenset({"copied_month", "copied_site"})
# Two numbers are the wrong way round when the months before say so by this much (natural logarithm of the odds).
SWAPPED_ODDS = 8.0


@dataclass(frozen=True)
class Check:
    """One thing that must hold: its code, its name on a page, the rule in a sentence, and what to do when it does not.

    `since` is the first month it is applied to. A check in `shadow` is counted and listed for the central team's own
    use (`python -m etl query shadow`) and shown to nobody else.
    """

    code: str
    label: str
    holds: str
    fix: str
    severity: Severity = "query"
    since: date = FIRST
    shadow: bool = False


@dataclass(frozen=True)
class Equal(Check):
    """The numbers of `plus` make as much as those of `minus`; a breakdown stands for the sum of its parts.

    `words` is the message: {made} and {said} are the two sums, {month} the month.
    """

    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class NoMore(Check):
    """The sum of `part` is no more than that of `whole`; over the months of the financial year so far if `to_date`."""

    part: str = ""
    whole: str = ""
    words: str = ""
    to_date: bool = False


_ASK = "Correct it, or tell us that it is right."

EQUAL: tuple[Equal, ...] = (
    Equal(
        "cases_do_not_add_up",
        "Cases do not add up",
        "Open cases at start + new cases − closed cases = open cases at end",
        "Check the four and correct the one that is wrong: cases at the start, and new ones, less those closed.",
        plus=("opening_cases", "new_cases"),
        minus=("closed_cases", "closing_cases"),
        words="{opening_cases} open at the start and {new_cases} new less {closed_cases} closed make {expected}, but "
        "the cases open at the end of {month} add up to {closing_cases}.",
    ),
    *(
        Equal(
            f"{name}_differs",
            f"New cases by {words} differ",
            f"New cases by {words} add up to new cases",
            f"Check new cases and each line by {words}; everyone new is counted once, also as not stated.",
            plus=(name,),
            minus=("new_cases",),
            words=f"The lines by {words} add up to {{{name}}} for {{month}}, but there are {{new_cases}} new cases.",
        )
        for name, words in (("sex", "sex"), ("age", "age"), ("ethnicity", "ethnic group"), ("disability", "disability"))
    ),
    Equal(
        "risk_differs",
        "Changes in risk differ from closures",
        "Changes in risk to the victim add up to closed cases",
        "Check the closures and each line by risk; every closed case is counted once, also as not known.",
        plus=("risk_change",),
        minus=("closed_cases",),
        words="The changes in risk add up to {risk_change} for {month}, but {closed_cases} cases were closed.",
    ),
)

NO_MORE: tuple[NoMore, ...] = (
    *(
        NoMore(
            f"{name}_above_new",
            f"More {words} than new cases",
            f"{first_upper(words)} are no more than new cases",
            "They are counted among the new cases of the month only; correct the number that is wrong.",
            part=name,
            whole="new_cases",
            words=f"There are {{{name}}} {words} for {{month}}, but only {{new_cases}} new cases.",
        )
        for name, words in (
            ("repeat_perpetrators", "repeat perpetrators"),
            ("serial_perpetrators", "serial perpetrators"),
            ("not_eligible_elsewhere", "not eligible for other programmes"),
        )
    ),
    NoMore(
        "in_contact_above_victims",
        "More victims in contact than linked",
        "Victims in contact with an IDVA are no more than victims linked",
        "They are counted among the victims linked to new cases only; correct the number that is wrong.",
        part="victims_in_contact",
        whole="victims",
        words="There are {victims_in_contact} victims in contact with an IDVA for {month}, but only {victims} linked.",
    ),
    NoMore(
        "accepted_above_referred",
        "More accepted than referred",
        "Referrals accepted are no more than referrals over the year to date",
        "Check this month's referrals and those accepted; a referral of an earlier month counts in the month it came.",
        part="accepted",
        whole="referrals",
        to_date=True,
        words="{accepted} referrals were accepted from April to {month}, but only {referrals} were made.",
    ),
    NoMore(
        "repeat_marac_above_open",
        "More repeat MARAC cases than cases",
        "Repeat MARAC cases are no more than perpetrators worked with",
        "They are counted among the open cases only; correct the number that is wrong.",
        part="marac_repeat_cases",
        whole="worked_with",
        words="There are {marac_repeat_cases} repeat MARAC cases for {month}, but only {worked_with} cases.",
        shadow=True,
    ),
)

# Checks that are no sums; how each is worked out stands in `etl/check`.
OTHERS: tuple[Check, ...] = (
    Check("missing", "Empty", "Each number is filled in, with 0 where there is none", "Type the number."),
    Check("suppressed", "Hidden by the site", "Numbers are exact, small ones too", "Type the exact number."),
    Check("unreadable", "Not a number", "What is typed is a number", "Type the number alone."),
    Check(
        "not_applicable",
        "Said not to apply",
        "A number that a site gave before applies to it still",
        "Type the number, or 0 if there was none; tell us if it no longer applies.",
    ),
    Check(
        "unknown_label",
        "Not in the layout",
        "Every number stands beside a label of the layout",
        "Add the number to the line that it belongs to, or ask for a line of its own.",
    ),
    Check(
        "total_differs",
        "A total differs",
        "A total that the site typed equals the lines above it",
        "Correct the total or the line that is wrong.",
    ),
    Check(
        "to_date_differs",
        "A year to date differs",
        "A year to date that the site typed equals its months",
        "Correct the year to date or the month that is wrong.",
    ),
    Check(
        "opening_differs",
        "Cases at start differ",
        "Open cases at the start equal those at the end of the month before",
        "Type last month's closing number, or send last month's return again if that was wrong.",
    ),
    Check(
        "unlikely_count",
        "An unlikely number",
        f"Chance alone would change a count so much from one month to the next at least {UNLIKELY_COUNT:.0%} of the "
        f"time (exact binomial; from the {ENOUGH_MONTHS_BEFORE + 1}th month of a site on: before, not enough history)",
        _ASK,
    ),
    Check(
        "unlikely_amount",
        "An unlikely amount",
        f"The modified z of an amount among all other months of the site is at most {UNLIKELY_AMOUNT} (with "
        f"{ENOUGH_MONTHS} other months or more: else not enough history)",
        _ASK,
    ),
    Check(
        "wrong_way_round",
        "Two numbers swapped",
        "Two numbers of a month are not far likelier the other way round",
        "Change the two numbers round, or tell us that they are right.",
    ),
    Check(
        "copied_month",
        "Last month again",
        "A return is not the last one with another date",
        "Send the numbers of the month.",
    ),
    Check("copied_site", "Another site's numbers", "A return is not another site's", "Send the site's own numbers."),
)

CHECKS: dict[str, Check] = {check.code: check for check in (*EQUAL, *NO_MORE, *OTHERS)}

# When new cases double, so do those accepted and referred: what goes with a count in question is not asked again.
GOES_WITH: dict[str, tuple[str, ...]] = {"accepted": ("new_cases",), "referrals": ("accepted", "new_cases")}
# These are counted among others, or linked to them: each is asked about only if it changed more than they did.
COUNTED_AMONG: dict[str, tuple[str, ...]] = {
    "repeat_perpetrators": ("new_cases",),
    "serial_perpetrators": ("new_cases",),
    "not_eligible_elsewhere": ("new_cases",),
    "victims": ("new_cases",),
    "victims_in_contact": ("victims", "new_cases"),
    "children": ("new_cases",),
}

# Likely causes, in words that may stand in a sentence; the keys are the names by which tests and lists know them.
CAUSES: dict[str, str] = {
    "year_to_date": "the year to date was typed as the month",
    "several_months": "several months were typed as one",
    "times_12": "the year's amount was typed as the month's",
    "times_10": "a digit too many",
    "times_100": "pence typed as pounds",
    "times_1000": "pounds typed as thousands",
    "a_tenth": "a digit too few",
    "a_hundredth": "pounds typed as pence",
    "a_thousandth": "thousands of pounds typed as pounds",
    "sign": "the sign",
    "digits_swapped": "two digits swapped",
    "cells_swapped": "two cells swapped",
    "last_month": "last month's number again",
    "copied_month": "last month's return again",
    "copied_site": "another site's return",
    "one_number": "one number that the others disagree with",
}
