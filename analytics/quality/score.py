"""Scores of quality from counts: six dimensions, and their weighted mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FULL = 100.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How one dimension counts.

    Attributes
    ----------
    weight : float
        Share of the total; the weights of all dimensions sum to 1.
    limit : float
        Share of failed checks at which the score of the dimension is 0; in between it falls evenly.
    """

    weight: float
    limit: float


# GB/T 36344-2018 names the dimensions and leaves the weights to the user: these are a choice, made in one place.
# Limits say what makes a delivery unusable: every tenth row wrong, every twentieth twice, a third of the cells empty.
SCALES: dict[str, Scale] = {
    "completeness": Scale(0.20, 0.30),
    "uniqueness": Scale(0.10, 0.05),
    "validity": Scale(0.25, 0.10),
    "consistency": Scale(0.15, 0.10),
    "timeliness": Scale(0.15, 0.50),
    "accuracy": Scale(0.15, 0.25),
}
DIMENSIONS = tuple(SCALES)


def dimension_scores(checked: Floats, failed: Floats) -> Floats:
    """Return the score of each dimension, 0 to 100.

    Parameters
    ----------
    checked : float64, shape (n, 6)
        What was looked at in the order of :data:`DIMENSIONS`: rows, cells, deliveries; weighted where they count
        unequally.
    failed : float64, shape (n, 6)
        What of it was not as it should be, ``0 <= failed <= checked``.

    Returns
    -------
    float64, shape (n, 6)
        NaN where nothing was looked at: what did not arrive has no score, which is not a score of 0.

    Raises
    ------
    ValueError
        When a count is negative or more failed than was checked.
    """
    checked, failed = np.asarray(checked, dtype=np.float64), np.asarray(failed, dtype=np.float64)
    if np.any(failed < 0) or np.any(failed > checked * (1 + 1e-9)):
        raise ValueError("failed must lie between 0 and checked")
    share = np.divide(failed, checked, out=np.full(checked.shape, np.nan), where=checked > 0)
    limits = np.array([scale.limit for scale in SCALES.values()])
    return FULL * (1.0 - np.minimum(share / limits, 1.0))


def total_scores(scores: Floats) -> Floats:
    """Return the weighted mean of the dimensions that have a score, NaN where none has.

    Parameters
    ----------
    scores : float64, shape (n, 6)
        From :func:`dimension_scores`.

    Returns
    -------
    float64, shape (n,)
    """
    return np.asarray(np.where(_weights(scores).any(axis=1), FULL - lost_points(scores).sum(axis=1), np.nan))


def lost_points(scores: Floats) -> Floats:
    """Return how many points of the total each dimension costs, 0 where it has no score.

    Parameters
    ----------
    scores : float64, shape (n, 6)

    Returns
    -------
    float64, shape (n, 6)
        Rows sum to 100 less :func:`total_scores`.
    """
    weights = _weights(scores)
    total = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return np.asarray(share * (FULL - np.where(np.isnan(scores), FULL, scores)))


def _weights(scores: Floats) -> Floats:
    weights = np.array([scale.weight for scale in SCALES.values()])
    return np.asarray(np.where(np.isnan(scores), 0.0, weights))
