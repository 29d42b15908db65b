"""Classes of colours that several exports share."""

from __future__ import annotations

from itertools import pairwise

from components.theme import COVERAGE
from reports.content import Classes


def coverage_classes(limits: tuple[float, ...]) -> Classes:
    """Return the seven colours of the map between six limits of the share, with their words."""
    ends = [f"{limit * 100:g}" for limit in limits]
    words = [f"< {ends[0]}%", *(f"{low}–{high}%" for low, high in pairwise(ends)), f"≥ {ends[-1]}%"]
    return Classes("share", COVERAGE["light"], tuple(words), limits=limits)
