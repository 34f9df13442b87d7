"""Made-up numbers of a site that agree with each other month after month: a stock of cases, arrivals and closures."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from numpy.random import Generator, default_rng

from etl.definitions import REPORTED, REPORTED_KEYS, is_asked, key, keys, unit_of
from etl.definitions.periods import months_from

Number = int | float
Numbers = dict[tuple[str, str], Number]

# How far a month's money strays from its usual level: salaries hardly change, so never further than this share.
MONEY_SWING = 0.08


@dataclass(frozen=True)
class Profile:
    """What a site is like: its size and its mixes. Money in pounds a month, shares as weights of any sum."""

    new_cases: float
    posts: float
    spend: float
    in_kind: float
    shares: Mapping[str, Mapping[str, float]]
    funding: Mapping[str, float]


def simulate(name: str, first_month: date, last: date, seed: int) -> Iterator[tuple[date, Numbers]]:
    """The site's numbers from its first month to `last`; a month's numbers do not depend on `last`."""
    profile = read_profile(name)
    random = default_rng([seed, crc32(name.encode())])
    open_cases, vacancy = 0, 0.0
    for age, month in enumerate(months_from(first_month, last)):
        vacancy = _next_vacancy(vacancy, random)
        flow = _flow(profile, open_cases, age, random)
        people = _people(profile, int(flow["new_cases", ""]), random)
        staff = _staff(profile, vacancy)
        numbers = {**flow, **people, **staff, **_money(profile, random)}
        yield month, _asked(numbers, name, month, seed)
        open_cases = sum(_parts(numbers, "closing_cases"))


@cache
def read_profile(name: str) -> Profile:
    """The profile of a site in `profiles.toml`, or that of a site like any other."""
    table = tomllib.loads((Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8"))
    own: dict[str, Any] = {**table["any_site"], **table.get(name, {})}
    shares = {**table["any_site"]["shares"], **own["shares"]}
    return Profile(own["new_cases"], own["posts"], own["spend"], own["in_kind"], shares, own["funding"])


def _flow(profile: Profile, open_cases: int, age: int, random: Generator) -> Numbers:
    """Referred, accepted, allocated, closed: hardly anyone in the first months, a tenth of the open cases later."""
    new = int(random.poisson(profile.new_cases))
    accepted = new + int(random.binomial(2, 0.3))
    closed = int(random.binomial(open_cases, min(0.1, 0.01 + 0.006 * age)))
    return {
        **_split("referrals", accepted + int(random.poisson(0.3 * profile.new_cases)), profile, random),
        ("accepted", ""): accepted,
        ("opening_cases", ""): open_cases,
        ("new_cases", ""): new,
        **_split("closed_cases", closed, profile, random),
        **_split("closing_cases", open_cases + new - closed, profile, random),
        **_split("risk_change", closed, profile, random),
        ("marac_repeat_cases", ""): int(random.binomial(open_cases, 0.065)),
    }


def _people(profile: Profile, new: int, random: Generator) -> Numbers:
    """Who the new cases are, and the victims and children linked to them."""
    victims = new + int(random.binomial(new, 0.12))
    mixes = [_split(name, new, profile, random) for name in ("sex", "age", "ethnicity", "disability")]
    return {
        ("repeat_perpetrators", ""): int(random.binomial(new, 0.6)),
        ("serial_perpetrators", ""): int(random.binomial(new, 0.37)),
        ("not_eligible_elsewhere", ""): int(random.binomial(new, 0.45)),
        **{pair: number for mix in mixes for pair, number in mix.items()},
        ("victims", ""): victims,
        ("victims_in_contact", ""): int(random.binomial(victims, 0.78)),
        ("children", ""): int(random.poisson(1.6 * new)),
    }


def _staff(profile: Profile, vacancy: float) -> Numbers:
    return {("case_managers", ""): profile.posts - vacancy, ("case_manager_posts", ""): profile.posts}


def _money(profile: Profile, random: Generator) -> Numbers:
    """A month's money to the penny: spending strays a little from its level, cash funding is paid in equal amounts."""
    weights = profile.shares["spend"]
    lines = {name: profile.spend * weights[name] / sum(weights.values()) for name in weights}
    paid = profile.funding
    level = profile.spend * profile.in_kind
    return {
        **{("spend", name): _about(pounds, random) for name, pounds in lines.items()},
        ("spend_in_kind", ""): _about(level, random),
        **{pair: round(paid.get(pair[1], 0), 2) for pair in keys(REPORTED["funding"])},
        ("funding_in_kind", ""): _about(level, random),
    }


def _asked(numbers: Numbers, name: str, month: date, seed: int) -> Numbers:
    """All numbers that the site is asked for in a month."""
    every = {**_anything_else(numbers, name, month, seed), **numbers}
    return {pair: number for pair, number in every.items() if is_asked(key(*pair), month)}


def _anything_else(numbers: Numbers, name: str, month: date, seed: int) -> Numbers:
    """A small number for what is asked for and not told above, so that a new measure has something to show.

    A new part of what is told above is nil, so that the parts still add up.
    """
    random = default_rng([seed, crc32(f"{name} {month}".encode())])
    told = {measure for measure, _ in numbers}
    rest = [pair for pair in REPORTED_KEYS if pair not in numbers and is_asked(key(*pair), month)]
    return {pair: 0 if pair[0] in told else _small(pair, random) for pair in rest}


def _small(pair: tuple[str, str], random: Generator) -> Number:
    return _about(500, random) if unit_of(key(*pair)) == "gbp" else int(random.poisson(2))


def _about(pounds: float, random: Generator) -> float:
    return round(float(pounds * random.uniform(1 - MONEY_SWING, 1 + MONEY_SWING)), 2)


def _split(name: str, total: int, profile: Profile, random: Generator) -> Numbers:
    """A total divided among the parts of a breakdown by the profile's weights."""
    weights = profile.shares[name]
    pairs = [pair for pair in keys(REPORTED[name]) if pair[1] in weights]
    scale = sum(weights.values())
    counts = random.multinomial(total, [weights[part] / scale for _, part in pairs])
    return {pair: int(count) for pair, count in zip(pairs, counts, strict=True)}


def _next_vacancy(vacancy: float, random: Generator) -> float:
    """Posts empty at the month's end: mostly as last month, now and then someone leaves or starts."""
    return vacancy if random.random() < 0.7 else float(random.choice([0.0, 0.0, 0.0, 0.5, 1.0]))


def _parts(numbers: Numbers, name: str) -> Sequence[int]:
    return [int(number) for (measure, _), number in numbers.items() if measure == name]
