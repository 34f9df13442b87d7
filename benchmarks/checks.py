"""How well the checks find planted faults, how seldom they ask in vain: `python -m benchmarks.checks`."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from etl.definitions.checks import CAUSES
from etl.sample.plan import choose_sites
from tests.check.planting import KINDS, clean, corpus, problems_of

UNNAMED = {"", "one_number"}


@dataclass
class Score:
    """Of the faults of one kind or of all: found, and their cause named rightly or wrongly."""

    planted: int = 0
    found: int = 0
    right: int = 0
    wrong: int = 0
    besides: int = 0
    said: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return self.found / self.planted

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)


def score_corpus(each: int = 10, seed: int = 1) -> dict[str, Score]:
    """Each kind of fault, with what the checks said in its month and cells."""
    scores = {kind: Score() for kind in KINDS}
    for kind, site, planted in corpus(each, seed):
        score = scores[kind]
        here = [p for p in problems_of(site, planted.months, planted.others) if p.month == planted.month]
        there = [p for p in here if p.measure in planted.cells or _whole(p.measure) in planted.cells]
        score.planted += 1
        score.found += bool(there)
        score.besides += len(here) - len(there) + max(0, len(there) - 1)
        for problem in there[:1]:
            score.said[problem.cause or problem.code] += 1
            named = problem.cause not in UNNAMED
            score.right += named and problem.cause in planted.causes
            score.wrong += named and problem.cause not in planted.causes
    return scores


def _whole(number: str) -> str:
    return number.partition(".")[0]


def false_queries(returns: int = 500, seed: int = 7) -> Counter[str]:
    """What is asked about so many clean returns, by check."""
    asked: Counter[str] = Counter()
    left = returns
    for number, site in enumerate(choose_sites(200)):
        months = clean(site, seed + number)
        taken = set(islice(months, left))
        asked.update(p.code for p in problems_of(site, months) if p.month in taken)
        left -= len(taken)
        if left <= 0:
            break
    return asked


def main() -> None:
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    scores = score_corpus(each)
    for kind, score in scores.items():
        print(
            f"{kind:<45} found {score.found:>3} of {score.planted}  named {score.right:>3} right, {score.wrong} wrong"
            f"  besides {score.besides}  {dict(score.said)}"
        )
    total = Score(
        *(sum(getattr(s, n) for s in scores.values()) for n in ("planted", "found", "right", "wrong", "besides"))
    )
    print(
        f"{len(scores)} kinds, {total.planted} faults: recall {total.recall:.3f}, "
        f"precision of causes {total.precision:.3f}"
    )
    asked = false_queries()
    beyond = sum(count for code, count in asked.items() if code != "unlikely_count")
    print(
        f"500 clean returns: {beyond / 500:.3f} false queries each beyond the binomial rule's own "
        f"{asked['unlikely_count'] / 500:.3f}  {dict(asked)}"
    )
    print(f"{len(CAUSES)} causes are known")


if __name__ == "__main__":
    main()
