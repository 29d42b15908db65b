"""How points of parts become one score."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from analytics.strength.table import Floats

Aggregation = Literal["arithmetic", "geometric", "topsis"]
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)
# Points below it count as it in a geometric mean: one empty part must not erase all others.
LEAST_POINTS = 1.0


def arithmetic(points: Floats, weight: Floats) -> Floats:
    """Return weighted means of points (..., P, U) with weights (..., P): float64 (..., U)."""
    return np.einsum("...pu,...p->...u", points, weight)


def geometric(points: Floats, weight: Floats) -> Floats:
    """Return weighted geometric means of points (..., P, U), which a strong part cannot make up for a weak one."""
    return np.exp(np.einsum("...pu,...p->...u", np.log(np.maximum(points, LEAST_POINTS)), weight))


def topsis(points: Floats, weight: Floats) -> Floats:
    """Return 100 times the relative closeness to the ideal (Hwang and Yoon 1981), points scaled by min-max.

    Closeness is to the best and worst of the sample: scores change when a unit joins or leaves.

    Parameters
    ----------
    points : float64 (..., P, U)
    weight : float64 (..., P)
    """
    low, high = points.min(axis=-1, keepdims=True), points.max(axis=-1, keepdims=True)
    spread = high - low
    scaled = weight[..., None] * np.where(spread > 0, (points - low) / np.where(spread > 0, spread, 1), 0.0)
    best, worst = scaled.max(axis=-1, keepdims=True), scaled.min(axis=-1, keepdims=True)
    to_best = np.sqrt(((scaled - best) ** 2).sum(axis=-2))
    to_worst = np.sqrt(((scaled - worst) ** 2).sum(axis=-2))
    total = to_best + to_worst
    return 100 * np.where(total > 0, to_worst / np.where(total > 0, total, 1), 0.5)


def aggregate(points: Floats, weight: Floats, how: Aggregation) -> Floats:
    """Return scores 0 to 100 of points of parts; see the functions of the three ways."""
    return {"arithmetic": arithmetic, "geometric": geometric, "topsis": topsis}[how](points, weight)
