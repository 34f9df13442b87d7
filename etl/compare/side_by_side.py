"""Sites side by side: each headline number with its limits and plan, and which costs per case can be told apart.

No ranks: a pair of sites can be told apart or it cannot, and a site stands out when it can be told from all others.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd

from etl.compare.bridges import ALL, first_months, rests_on
from etl.compare.components import count_behind, shown
from etl.compare.intervals import LIMITS, in_columns
from etl.definitions import MEASURES, label_of, unit_of
from etl.definitions.measure import Ratio
from etl.definitions.messages import Plain, Small, _, joined
from etl.definitions.periods import last_month, month_after, months_between
from etl.definitions.settings import DELIVERED, LEAST_COUNT, TOO_FEW
from etl.definitions.tables import columns_of
from etl.definitions.writing import round_half_up, write_range
from etl.methods.intervals import probability_at_least, rate_ratio

COSTS = tuple(m.name for m in MEASURES.values() if isinstance(m, Ratio) and m.unit == "gbp_each")
# What is compared besides every ratio that there is.
_WHOLES = (
    "new_cases",
    "referrals",
    "accepted",
    "worked_with",
    "closed_cases",
    "closed_cases.completed",
    "closing_cases",
    "spend",
    "funding",
)
HEADLINES = (*_WHOLES, *COSTS, *(m.name for m in MEASURES.values() if isinstance(m, Ratio) and m.name not in COSTS))
# What the plan says of a measure: a number of its own, or one divided by another.
PLANS = {
    "new_cases": ("planned_new_cases", ""),
    "spend": ("planned_cost", ""),
    "closing_cases": ("planned_open_cases", ""),
    "cost_per_new_case": ("planned_cost", "planned_new_cases"),
}
PERIODS = ("rolling_year", "year")
# The ends of what is printed where a range protects small numbers.
RANGE = ("range_low", "range_high")
VERDICT_WORDS = {
    "above": _("above plan"),
    "below": _("below plan"),
    "close": _("close to plan"),
    "near": _("close to plan; too few cases to be sure"),
    "unsure": _("too few cases to be sure"),
    "as_planned": _("as planned"),
    "cannot_be_told": _("within the range expected by chance"),
    "no_plan": _("no plan"),
    "not_known": _("not known"),
}
# Money that differs from its plan by less than this is spent as planned: 100% as printed.
ON_PLAN = 0.005
# New cases are close to plan where it is SURE that their rate is DELIVERED of it or more, or where what was delivered
# is no further from it than CLOSE: never because a difference could not be shown.
CLOSE = 0.15
SURE, DOUBTFUL = 0.9, 0.1
# Pairs are told apart for so many months back, and for every financial year.
MONTHS_BACK = 12

# A ratio below this is printed as one time as much: then a site spends more, and no number is said.
LEAST_TIMES = 1.05

Pairwise = Mapping[tuple[str, str, str], bool]  # (measure, site, site): whether both count the same


def comparisons(
    results: pd.DataFrame,
    data_month: date,
    plausible: Mapping[str, tuple[float, float]] | None = None,
    same_basis: Pairwise | None = None,
    measures: Sequence[str] = HEADLINES,
    queried: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A row for each site, measure and year asked for: `asked` is the first day of that year.

    The row has that year's number, or that of the last complete year before it (`hollow`, and `why` the year
    asked for is not known; nothing where the number is hidden). The year that the data month is in is `to_date`,
    against the plan of its months. No rate on a count under 10 is given. `queried` has the site, month and measure of
    each number that is under query with a likely cause.
    """
    rows = _numbers(results, data_month, measures)
    rows = _found(rows)
    rows["why"] = np.where((rows.hollow & rows.value.notna()) | rows.unknown, rows.why_asked, "")
    few = rows["count"].lt(LEAST_COUNT) & rows.measure.map(_is_rate)
    rows["why"] = rows.why.mask(few & (rows.why == ""), [_too_few(m) for m in rows.measure])
    rows.loc[few, ["value", *LIMITS]] = np.nan
    rows["shown"] = [shown(v, m) for v, m in zip(rows.value, rows.measure, strict=True)]
    wide = rows.range_low.notna()
    ends = zip(rows.range_low[wide], rows.range_high[wide], rows.measure[wide], strict=True)
    rows.loc[wide, "shown"] = [str(write_range(low, high, unit_of(measure))) for low, high, measure in ends]
    rows["plan_shown"] = [shown(v, m) for v, m in zip(rows.plan, rows.measure, strict=True)]
    for name, number in (("against", "value"), ("against_low", "low"), ("against_high", "high")):
        rows[name] = rows[number] / rows.plan
    rows["sure"] = _how_sure(rows)
    rows["verdict"] = verdicts(rows)
    rows["words"] = rows.verdict.map(VERDICT_WORDS)
    rows["latest"] = _latest(rows, data_month)
    rows["same_basis"] = rows.measure.map(_basis_of_all(same_basis or {}))
    rows["queried"] = rests_on(rows, rows.starts, rows.ends, queried)
    return _with_plausible(rows, plausible or {})[columns_of("comparisons")].reset_index(drop=True)


def verdicts(rows: pd.DataFrame) -> np.ndarray:
    """Above or below plan where the 95% limits do not reach it; money, which is no chance, from half a percent on.

    New cases: above where the limits say so, below where it is doubtful that nine tenths of the plan were reached.
    `rows` has measure, value, low, high, plan and `sure`.
    """
    money = rows.measure.map(unit_of).eq("gbp")
    over = (rows.value - rows.plan) / rows.plan
    judged = rows.sure.notna()
    return np.select(
        [
            rows.value.isna(),
            rows.plan.isna(),
            (money & over.ge(ON_PLAN)) | rows.low.gt(rows.plan),
            (money & over.le(-ON_PLAN)) | (rows.high.lt(rows.plan) & ~judged) | rows.sure.lt(DOUBTFUL),
            rows.sure.gt(SURE),
            judged & over.abs().le(CLOSE),
            judged,
            money,
            rows.low.isna(),
        ],
        ["not_known", "no_plan", "above", "below", "close", "near", "unsure", "as_planned", "not_known"],
        "cannot_be_told",
    )


def _how_sure(rows: pd.DataFrame) -> np.ndarray:
    """How sure it is that the rate behind new cases is at least nine tenths of its plan; nothing of other measures."""
    known = rows.measure.eq("new_cases") & rows.value.ge(0) & rows.plan.notna()
    pairs = zip(rows.value, rows.plan, known, strict=True)
    return np.array([probability_at_least(v, DELIVERED * p) if k else np.nan for v, p, k in pairs])


def apart(rows: pd.DataFrame, data_month: date, same_basis: Pairwise | None = None) -> pd.DataFrame:
    """Whether two sites' costs per case can be told apart: their 95% intervals do not overlap.

    `rows` are `comparisons`; a year that does not overlap the one asked for is not compared, nor a number under query.
    The rule is strict (about 1 pair in 200 by chance), as it should be where many pairs are looked at. `ratio` is the
    higher over the lower, with the exact interval that chance in the counts gives it.
    """
    known = rows[rows.measure.isin(COSTS) & (rows.site != ALL) & rows.low.notna() & ~rows.queried]
    overlaps = [months_between(s, asked) < 12 for s, asked in zip(known.starts, known.asked, strict=True)]
    known = known[np.array(overlaps, dtype=bool)]
    since = month_after(data_month, -11 - MONTHS_BACK)
    known = known[(known.period == "year") | (known.asked >= since)]
    parts = [known[name].to_numpy() for name in ("site", "value", "low", "high", "count")]
    groups = known.groupby(_QUESTION, sort=False).indices
    rows_of = [(key, *_pairs(*(part[at] for part in parts))) for key, at in groups.items()]
    columns: list[np.ndarray] = [
        np.concatenate([own[i] for own in rows_of]) if rows_of else np.array([]) for i in range(1, 1 + len(_PAIR))
    ]
    frame = pd.DataFrame(dict(zip(_PAIR, columns, strict=True)))
    lengths = [len(own[1]) for own in rows_of]
    for place, name in enumerate(_QUESTION):
        frame[name] = [key[place] for (key, *_), length in zip(rows_of, lengths, strict=True) for _ in range(length)]
    frame["words"] = [times_words(*ends) for ends in zip(frame.ratio_low, frame.ratio_high, strict=True)]
    same = same_basis or {}
    named = zip(frame.measure, frame.site_a, frame.site_b, strict=True)
    frame["same_basis"] = [same.get(pair, True) for pair in named]
    return frame[columns_of("apart")]


def findings(rows: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """What a headline may say of a cost per case: which site stands out, by how much, and which cannot be told apart.

    `kind` is `higher` or `lower` (the site can be told from every other with an interval), with the lowest and highest
    end of the intervals of its ratios to the `others` (for `lower`: of theirs to it), or `alike` (no two of the others
    can be told apart).
    """
    values = {(r.measure, r.period, r.asked, r.site): r.value for r in rows[rows.measure.isin(COSTS)].itertuples()}
    told = [
        (*question, *finding)
        for question, group in pairs.groupby(_QUESTION, sort=False)
        for finding in _findings(group, {site: values[(*question[:3], site)] for site in _sites_of(group)})
    ]
    return pd.DataFrame(told, columns=columns_of("findings"))


def times_words(low: float, high: float) -> str:
    """So many times as much, by an interval of the ratio; nothing where its lower end rounds to one time as much."""
    if not low >= LEAST_TIMES:
        return ""
    ends = [Plain(f"{round_half_up(end, 1):g}") for end in (low, high)]
    if ends[0] == ends[1]:
        return _("{number} times as much", number=ends[0])
    return _("{low} to {high} times as much", low=ends[0], high=ends[1])


_QUESTION = ["measure", "period", "asked", "latest"]
_PAIR = ("site_a", "site_b", "apart", "higher", "ratio", "ratio_low", "ratio_high")


def _numbers(results: pd.DataFrame, data_month: date, measures: Sequence[str]) -> pd.DataFrame:
    """The headline numbers of every year, with the count behind each and what the plan says."""
    results = results if "range_low" in results else results.assign(range_low=np.nan, range_high=np.nan)
    wide = in_columns(results[results.period.isin(PERIODS)])
    chosen = results[results.period.isin(PERIODS) & results.measure.isin(measures)]
    at = wide.index.get_indexer(pd.MultiIndex.from_frame(chosen[["site", "period", "starts"]]))

    def beside(names: Sequence[str]) -> np.ndarray:
        columns = wide.columns.get_indexer(pd.Index(names))
        values = wide.to_numpy(dtype=float)[at, columns]
        return np.where(columns >= 0, values, np.nan)

    over, under = zip(*(PLANS.get(m, ("", "")) for m in chosen.measure), strict=True) if len(chosen) else ((), ())
    divided = np.array([bool(name) for name in under], dtype=bool)
    plan = beside(over) / np.where(divided, beside(under), 1.0)
    first = chosen.site.map(first_months(results))
    own = pd.Series([max(*pair) for pair in zip(chosen.starts, first, strict=True)], index=chosen.index)
    ends = pd.Series([min(last_month(p, s), data_month) for p, s in zip(chosen.period, chosen.starts, strict=True)])
    ends.index = chosen.index
    months = [months_between(a, b) + 1 for a, b in zip(own, ends, strict=True)]
    frame = chosen.assign(asked=chosen.starts, ends=ends, months=months, plan=plan, why_asked=chosen.why)
    frame["count"] = beside([count_behind(m) for m in chosen.measure])
    frame["whole"] = (chosen.site != ALL) | (chosen.starts >= first) | (chosen.period == "year")
    return frame.sort_values(["site", "measure", "period", "asked"], kind="stable").reset_index(drop=True)


def _found(rows: pd.DataFrame) -> pd.DataFrame:
    """For each year asked for the row that answers: its own, or the last complete one of the same sites before it."""
    known = (rows.value.notna() | rows.complete.astype(bool)) & rows.whole
    places = pd.Series(np.where(known, np.arange(len(rows)), np.nan), index=rows.index)
    last = places.groupby([rows.site, rows.measure, rows.period]).ffill()
    unknown = last.isna()
    answer = last.fillna(pd.Series(np.arange(len(rows)), index=rows.index)).astype(int).to_numpy()
    taken = ["starts", "ends", "months", "value", *RANGE, *LIMITS, "count", "plan", "complete"]
    found = rows.assign(**{name: rows[name].to_numpy()[answer] for name in taken})
    found["hollow"] = answer != np.arange(len(rows))
    found["unknown"] = unknown
    found["to_date"] = ~found.complete.astype(bool) & (found.value.notna() | found.range_low.notna())
    return found


def _is_rate(measure: str) -> bool:
    return isinstance(MEASURES.get(measure), Ratio) and bool(count_behind(measure))


def _too_few(measure: str) -> str:
    behind = count_behind(measure)
    return joined(": ", [TOO_FEW, Small(label_of(behind))]) if behind else ""


def _latest(rows: pd.DataFrame, data_month: date) -> pd.Series:
    """The year to the data month, and the financial year that the data month is in."""
    newest = rows.groupby("period").asked.transform("max")
    return (rows.asked == newest) & ((rows.period == "year") | (newest == month_after(data_month, -11)))


def _basis_of_all(same: Pairwise) -> dict[str, bool]:
    differing = {measure for (measure, *_), agrees in same.items() if not agrees}
    return {measure: measure not in differing for measure in MEASURES}


def _with_plausible(rows: pd.DataFrame, plausible: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """With the published range of a measure that has one, and whether the value lies in it as printed."""
    nothing = (float("nan"), float("nan"))
    ranges = [plausible.get(measure, nothing) for measure in rows.measure]
    rows["plausible_low"], rows["plausible_high"] = ([pair[end] for pair in ranges] for end in (0, 1))
    told = [
        "" if v != v or low != low else "within" if low <= round_half_up(v, 2) <= high else "outside"
        for v, (low, high) in zip(rows.value, ranges, strict=True)
    ]
    return rows.assign(plausible=told)


def _pairs(
    site: np.ndarray, value: np.ndarray, low: np.ndarray, high: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, ...]:
    """All pairs of the sites of one question, as `_PAIR` names what is known of each."""
    a, b = np.triu_indices(len(site), 1)
    is_apart = (low[a] > high[b]) | (low[b] > high[a])
    higher = np.where(value[a] > value[b], site[a], np.where(value[b] > value[a], site[b], ""))
    top, below = np.where(value[a] >= value[b], a, b), np.where(value[a] >= value[b], b, a)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = value[top] / value[below]
    ends = [_ratio_ends(*pair) for pair in zip(count[top], count[below], strict=True)]
    times = np.array(ends, dtype=float).reshape(-1, 2) * ratio[:, None]
    return site[a], site[b], is_apart, higher, ratio, times[:, 0], times[:, 1]


@lru_cache(maxsize=100_000)
def _ratio_ends(count: float, other: float) -> tuple[float, float]:
    """How far chance in two counts moves the ratio of their costs per case: its ends, the ratio itself being 1."""
    low, high = rate_ratio(other, count)
    return low * count / other, high * count / other


def _sites_of(pairs: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*pairs.site_a, *pairs.site_b]))


def _findings(pairs: pd.DataFrame, values: Mapping[str, float]) -> list[tuple[object, ...]]:
    pair_of = {frozenset((row.site_a, row.site_b)): row for row in pairs.itertuples()}
    found: list[tuple[object, ...]] = []
    for site, value in values.items():
        own = {other: pair_of[frozenset((site, other))] for other in values if other != site}
        side = {values[other] < value for other in own}
        if len(side) == 1 and all(pair.apart for pair in own.values()) and min(values.values()) > 0:
            ends = min(pair.ratio_low for pair in own.values()), max(pair.ratio_high for pair in own.values())
            agrees = all(pair.same_basis for pair in own.values())
            kind = "higher" if side.pop() else "lower"
            found.append((kind, site, ", ".join(own), *ends, times_words(*ends), agrees))
    rest = [site for site in values if site not in {row[1] for row in found}]
    left = [pair_of[frozenset(pair)] for pair in combinations(rest, 2)]
    if left and not any(pair.apart for pair in left):
        agrees = all(pair.same_basis for pair in left)
        found.append(("alike", ", ".join(rest), "", None, None, _("no clear difference"), agrees))
    return found
