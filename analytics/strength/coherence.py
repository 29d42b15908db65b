"""Whether the indicators of a part measure one thing: correlations, Cronbach's alpha, principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.strength.index import Prepared, Strength
from analytics.strength.table import Floats
from analytics.strength.weights import correlation, pca


@dataclass(frozen=True, slots=True, eq=False)
class Coherence:
    """Statistical coherence of an index.

    Attributes
    ----------
    correlation : float64 (J, J)
        Pearson correlations of the points of the indicators.
    part_correlation : float64 (P, P)
        Of the points of the parts.
    alpha : float64 (P,)
        Cronbach's alpha of each part; NaN for parts of one indicator.
    component : float64 (J,)
        Shares of the principal components, falling.
    """

    correlation: Floats
    part_correlation: Floats
    alpha: Floats
    component: Floats


def cronbach(points: Floats) -> float:
    """Return Cronbach's alpha of k rows of points (k, U), each standardised; NaN for one row.

    ``k * r / (1 + (k - 1) * r)`` with r the mean correlation of the pairs.
    """
    k = len(points)
    if k < 2:
        return float("nan")
    together = correlation(points.T)
    mean = (together.sum() - k) / (k * (k - 1))
    below = 1 + (k - 1) * mean
    return float(k * mean / below) if below > 1e-12 else float("nan")


def coherence(prepared: Prepared, result: Strength) -> Coherence:
    """Return correlations, alphas and components of an index."""
    table = prepared.table
    return Coherence(
        correlation=correlation(result.points.T),
        part_correlation=correlation(result.part_points.T),
        alpha=np.array([cronbach(result.points[table.part == p]) for p in range(len(table.parts))]),
        component=pca(result.points.T)[1],
    )
