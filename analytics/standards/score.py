"""Points for amounts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analytics.standards.rules import Clause, Standard

# Amounts are kept as float32, so 150 of area may be a hair below itself.
_HAIR = 1 + 1e-6


def points_of(clause: Clause, amount: float) -> float:
    """Return the points for one amount: those of the highest step that it reaches, 0 below all."""
    return max((worth for threshold, worth in clause.steps if amount * _HAIR >= threshold), default=0.0)


def reached_points(clause: Clause, amount: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return the points for amounts of one clause, as `points_of` one by one.

    Notes
    -----
    Law, a test: more never gives fewer points.
    """
    thresholds = np.array([step for step, _ in clause.steps])
    worth = np.array([0.0, *(score for _, score in clause.steps)], np.float32)
    return worth[np.searchsorted(thresholds, np.asarray(amount, np.float64) * _HAIR, side="right")]


def points(standard: Standard, amount: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return the points of each cell and clause, shape (k, clauses), for amounts of that shape."""
    table = np.asarray(amount)
    return np.stack(
        [reached_points(clause, table[:, column]) for column, clause in enumerate(standard.clauses)], axis=1
    )
