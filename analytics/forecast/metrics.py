"""How good forecasts were; the scales are those of a seasonal naive forecast inside the history.

There is no percentage error that divides by the value itself: it is infinite at zero and favours forecasts that are too
low. ``smape`` is there to compare with published competitions.
"""

from __future__ import annotations

import numpy as np

from analytics.forecast.panel import LEVELS, FloatArray


def scale(history: FloatArray, season: int, *, squared: bool = False) -> float:
    """Return the mean absolute change over a year, or the root of the mean squared one; NaN without two years."""
    changes = history[season:] - history[:-season]
    changes = changes[np.isfinite(changes)]
    if not len(changes):
        return float("nan")
    return float(np.sqrt(np.mean(changes**2)) if squared else np.mean(np.abs(changes)))


def mase(actual: FloatArray, point: FloatArray, history: FloatArray, season: int) -> float:
    """Return the mean absolute scaled error (Hyndman & Koehler 2006)."""
    return _ratio(float(np.mean(np.abs(actual - point))), scale(history, season))


def rmsse(actual: FloatArray, point: FloatArray, history: FloatArray, season: int) -> float:
    """Return the root mean squared scaled error."""
    return _ratio(float(np.sqrt(np.mean((actual - point) ** 2))), scale(history, season, squared=True))


def smape(actual: FloatArray, point: FloatArray, history: FloatArray, season: int) -> float:  # noqa: ARG001
    """Return the symmetric percentage error of the M competitions, 0 to 200; both zero is no error."""
    total = np.abs(actual) + np.abs(point)
    missed = np.abs(actual - point)
    return float(np.mean(np.where(total > 0, 200 * missed / np.where(total > 0, total, 1.0), 0.0)))


def pinball(actual: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Return the pinball loss of every level, shape (9,).

    Parameters
    ----------
    actual : ndarray, shape (horizon,)
    quantiles : ndarray, shape (horizon, 9)
        At :data:`~analytics.forecast.panel.LEVELS`.
    """
    levels = np.array(LEVELS)
    missed = actual[:, None] - quantiles
    return np.asarray(np.maximum(levels * missed, (levels - 1) * missed).mean(axis=0))


def wql(actual: FloatArray, quantiles: FloatArray) -> float:
    """Return the weighted quantile loss: twice the pinball loss over the mean size of the values."""
    return _ratio(2 * float(pinball(actual, quantiles).mean()), float(np.mean(np.abs(actual))))


def coverage(actual: FloatArray, quantiles: FloatArray, share: float) -> float:
    """Return how many of the values lay inside the central interval, a share.

    Raises
    ------
    ValueError
        When there is no pair of levels with that share between them.
    """
    low = [at for at, level in enumerate(LEVELS) if abs(level - (1 - share) / 2) < 1e-9]
    if not low:
        raise ValueError(f"no interval holds {share}: the levels are {LEVELS}")
    inside = (actual >= quantiles[:, low[0]]) & (actual <= quantiles[:, len(LEVELS) - 1 - low[0]])
    return float(inside.mean())


def _ratio(error: float, size: float) -> float:
    """Return error / size; a constant history or values that are all zero have no scale."""
    return error / size if size > 0 else float("nan")
