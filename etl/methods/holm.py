"""Several tests at once: what each p is worth when the smallest of many would be noticed anyway.

Source: S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
"""

from collections.abc import Sequence


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Each p, adjusted for all of them: at or under 5%, chance alone brings one such among them in 1 of 20 families."""
    found, highest = [0.0] * len(p_values), 0.0
    for place, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[at]))
        found[at] = highest
    return found
