"""Weights that are computed from the data. They reward dispersion, not importance, and are never the default."""

from __future__ import annotations

import numpy as np

from analytics.strength.normalise import minmax, z_scores
from analytics.strength.table import Floats

_TINY = 1e-300


def equal(matrix: Floats) -> Floats:
    """Return equal weights, float64 (columns,)."""
    return np.full(matrix.shape[1], 1 / matrix.shape[1])


def entropy(matrix: Floats) -> Floats:
    """Return entropy weights (Shannon) of a table of units by criteria, float64 (columns,); the sum is 1.

    Parameters
    ----------
    matrix : float64 (units, columns)
        More is better; no negative values. The result depends on the origin: adding a constant lowers a weight.

    Raises
    ------
    ValueError
        When a value is negative.
    """
    if (matrix < 0).any():
        raise ValueError("entropy weights need values that are not negative")
    total = matrix.sum(axis=0)
    share = matrix / np.where(total > 0, total, 1)
    disorder = -(share * np.log(np.maximum(share, _TINY))).sum(axis=0) / np.log(len(matrix))
    order = np.where(total > 0, 1 - disorder, 0.0)
    return _to_one(order)


def critic(matrix: Floats) -> Floats:
    """Return CRITIC weights (Diakoulaki et al. 1995), float64 (columns,); the sum is 1.

    Contrast (standard deviation after min-max, ddof 1) times conflict (sum of 1 - correlation with the others).
    """
    scaled = minmax(matrix.T)
    spread = scaled.std(axis=1, ddof=1)
    together = correlation(matrix)
    return _to_one(spread * (1 - together).sum(axis=0))


def pca(matrix: Floats) -> tuple[Floats, Floats]:
    """Return the loadings of the first principal component as weights, and the shares of all components.

    Returns
    -------
    weight : float64 (columns,)
        Loadings divided by their sum; some may be negative, which an index must not use.
    share : float64 (columns,)
        Eigenvalues of the correlation matrix divided by their sum, falling.
    """
    value, vector = np.linalg.eigh(correlation(matrix))
    first = vector[:, -1] * (1 if vector[:, -1].sum() >= 0 else -1)
    return first / first.sum(), value[::-1] / value.sum()


def correlation(matrix: Floats) -> Floats:
    """Return Pearson correlations of the columns of a table, float64 (columns, columns).

    A column without spread correlates with none but itself.
    """
    scaled = z_scores(matrix.T)
    together = scaled @ scaled.T / (len(matrix) - 1)
    np.fill_diagonal(together, 1.0)
    return together


def _to_one(raw: Floats) -> Floats:
    """Return weights that sum to 1; equal ones where all are zero."""
    total = raw.sum()
    return raw / total if total > 0 else np.full(raw.size, 1 / raw.size)
