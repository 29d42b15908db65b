"""Classes of colours that several exports share."""

from __future__ import annotations

from itertools import pairwise

from components.theme import COVERAGE, DIFFERENCE
from reports.content import Classes

# Changes of a share between the seven colours of the map of differences; the middle one is no change.
_CHANGES = (-0.05, -0.01, -1e-9, 1e-9, 0.01, 0.05)


def coverage_classes(limits: tuple[float, ...]) -> Classes:
    """Return the seven colours of the map between six limits of the share, with their words."""
    ends = [f"{limit * 100:g}" for limit in limits]
    words = [f"< {ends[0]}%", *(f"{low}–{high}%" for low, high in pairwise(ends)), f"≥ {ends[-1]}%"]
    return Classes("share", COVERAGE["light"], tuple(words), limits=limits)


def difference_classes(column: str) -> Classes:
    """Return the seven colours of changes of a share, losses to gains."""
    words = ("< −5%", "−5% ~ −1%", "−1% ~ 0", "0", "0 ~ +1%", "+1% ~ +5%", "≥ +5%")
    return Classes(column, DIFFERENCE, words, limits=_CHANGES)
