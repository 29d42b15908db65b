"""Months that do not fit the history of the unit that delivered them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Months that are looked back on; how many of them must be known before a unit has a level, and before it is judged.
WINDOW, LEVEL_NEEDED, NEEDED = 24, 4, 8
# Robust standard deviations, and how far off a month must be at least to be worth a question.
LIMIT, LEAST_FACTOR = 5.0, 1.3
# Scatter of a series that never moves: two percent, so that a first small step is no surprise.
LEAST_SCATTER = 0.02
# A median of absolute deviations times this is the standard deviation of a normal scatter.
_NORMAL = 1.4826


def odd_months(values: Floats) -> tuple[Bools, Bools]:
    """Return which months of each unit were judged, and which of them do not fit the unit's own history.

    A month is compared with the unit's own level, the median of its last 24 months. What all units share (seasons,
    holidays, a closure) is the median of these distances over the units of the month, and is taken out. What is left
    is compared with the median and the scatter (median absolute deviation) of the same in the unit's last 24 months.

    Parameters
    ----------
    values : float64, shape (units, months)
        One series a unit, above 0; NaN where nothing was delivered. Values of 0 and below are not judged.

    Returns
    -------
    judged, odd : bool, shape (units, months)

    Notes
    -----
    Only the past counts, so a verdict never changes when later months arrive. Of a lasting shift the first months
    are odd, until the new level makes up half of the window.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.size == 0:
        return np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    level = _past(logs)
    distance = np.where(np.isfinite(level).sum(axis=2) >= LEVEL_NEEDED, logs - _median(level, axis=2), np.nan)
    # Two units do not tell which of them moved.
    rest = distance - _median(distance, axis=0)[None, :] if values.shape[0] > 2 else distance
    past = _past(rest)
    centre = _median(past, axis=2)
    scatter = np.fmax(_NORMAL * _median(np.abs(past - centre[..., None]), axis=2), LEAST_SCATTER)
    judged = (np.isfinite(past).sum(axis=2) >= NEEDED) & np.isfinite(rest)
    off = np.where(judged, np.abs(rest - centre), 0.0)
    return judged, judged & (off > LIMIT * scatter) & (off > np.log(LEAST_FACTOR))


def _past(values: Floats) -> Floats:
    """Return the 24 months before each month, NaN before the first: shape (units, months, 24)."""
    padded = np.concatenate((np.full((values.shape[0], WINDOW), np.nan), values), axis=1)
    return np.asarray(sliding_window_view(padded, WINDOW, axis=1)[:, : values.shape[1]])


def _median(values: Floats, axis: int) -> Floats:
    """Return the median of what is known; NaN where nothing is (numpy's own warns then)."""
    ordered = np.sort(values, axis=axis)  # NaN come last
    known = np.isfinite(values).sum(axis=axis)
    low = np.take_along_axis(ordered, np.expand_dims(np.maximum((known - 1) // 2, 0), axis), axis=axis)
    high = np.take_along_axis(ordered, np.expand_dims(np.minimum(known // 2, values.shape[axis] - 1), axis), axis=axis)
    middle = (np.squeeze(low, axis) + np.squeeze(high, axis)) / 2
    return np.asarray(np.where(known > 0, middle, np.nan))
