"""One order out of several: Borda's count and Condorcet's (Kemeny's), to set beside the index.

Both need no points at all, only orders: each method of the index is one voter.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

# Kemeny's order is found by trying all; beyond this many candidates that takes too long.
MOST_CANDIDATES = 8


def _pairs(votes: Mapping[str, int], candidates: str) -> NDArray[np.int64]:
    """Return how many voters put the row's candidate above the column's."""
    above = np.zeros((len(candidates), len(candidates)), dtype=np.int64)
    for order, count in votes.items():
        for place, name in enumerate(order):
            for other in order[place + 1 :]:
                above[candidates.index(name), candidates.index(other)] += count
    return above


def borda(votes: Mapping[str, int]) -> dict[str, int]:
    """Return Borda's points of each candidate: one for every candidate below it, for every voter.

    Parameters
    ----------
    votes : mapping of str to int
        Orders (one letter a candidate, best first) and how many voters have them.
    """
    candidates = "".join(sorted(next(iter(votes))))
    points = _pairs(votes, candidates).sum(axis=1)
    return {name: int(points[k]) for k, name in enumerate(candidates)}


def kemeny(votes: Mapping[str, int]) -> dict[str, int]:
    """Return how many pairwise preferences of the voters each order agrees with, best order first.

    Raises
    ------
    ValueError
        When there are more than 8 candidates.
    """
    candidates = "".join(sorted(next(iter(votes))))
    if len(candidates) > MOST_CANDIDATES:
        raise ValueError(f"at most {MOST_CANDIDATES} candidates")
    above = _pairs(votes, candidates)
    support = {
        "".join(candidates[k] for k in order): sum(
            int(above[a, b]) for place, a in enumerate(order) for b in order[place + 1 :]
        )
        for order in permutations(range(len(candidates)))
    }
    return dict(sorted(support.items(), key=lambda item: (-item[1], item[0])))
