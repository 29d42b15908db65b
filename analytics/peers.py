"""Groups of similar areas: by size, density and income, so that like is compared with like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

FEATURES = ("size", "density", "income")
# Groups of about this many areas; fewer than twice as many stay one group.
AREAS_A_GROUP = 8
FEWEST_A_GROUP = 4
MOST_GROUPS = 8
# A group stands out in a feature when its mean is this many standard deviations from that of all.
STANDS_OUT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PeerGroups:
    """Groups of n areas.

    Attributes
    ----------
    group : int64 (n,)
        Number of the group, 0 for the one with the largest areas.
    features : tuple of str, one a group
        What stands out: ``large`` or ``small``, ``dense`` or ``sparse``, ``rich`` or ``modest``, joined by ``_``;
        ``middle`` where nothing does.
    """

    group: NDArray[np.int64]
    features: tuple[str, ...]


_WORDS = (("large", "small"), ("dense", "sparse"), ("rich", "modest"))


def peer_groups(size: NDArray[np.float64], density: NDArray[np.float64], income: NDArray[np.float64]) -> PeerGroups:
    """Return groups of similar areas by Ward's method on standardised logarithms; there is no chance in it.

    Parameters
    ----------
    size : float64 (n,)
        Residents.
    density : float64 (n,)
        Residents per square kilometre.
    income : float64 (n,)
        Product per resident; NaN where nobody printed it, which counts as the mean of the others.

    Raises
    ------
    ValueError
        When sizes or densities are not positive.
    """
    if not ((size > 0).all() and (density > 0).all()):
        raise ValueError("size and density of areas must be positive")
    features = np.stack([_standardised(row) for row in (size, density, income)], axis=1)
    # In an order of their own, so that the order of the areas decides no tie.
    order = np.lexsort((features[:, 2], features[:, 1], features[:, 0]))
    count = len(size) // AREAS_A_GROUP if len(size) >= 2 * AREAS_A_GROUP else 1 + (len(size) >= 2 * FEWEST_A_GROUP)
    found = np.ones(len(size), dtype=np.int64)
    if count > 1:
        found[order] = fcluster(linkage(features[order], "ward"), min(count, MOST_GROUPS), "maxclust")
    numbers = sorted(set(found.tolist()), key=lambda k: -float(features[found == k, 0].mean()))
    group = np.array([numbers.index(k) for k in found.tolist()], dtype=np.int64)
    return PeerGroups(group, tuple(_named(features[group == k].mean(axis=0)) for k in range(len(numbers))))


def _standardised(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return logarithms with mean 0 and spread 1; 0 where missing or all alike."""
    logs = np.log(np.where(row > 0, row, np.nan))
    if not np.isfinite(logs).any():
        return np.zeros_like(row)
    spread = np.nanstd(logs)
    return np.nan_to_num((logs - np.nanmean(logs)) / (spread if spread > 1e-12 else 1.0))


def _named(mean: NDArray[np.float64]) -> str:
    words = [
        pair[0] if value > 0 else pair[1] for pair, value in zip(_WORDS, mean, strict=True) if abs(value) > STANDS_OUT
    ]
    return "_".join(words) or "middle"
