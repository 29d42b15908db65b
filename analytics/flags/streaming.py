"""Odd readings of a stream, one after the other: how far each is off its running mean, and when to raise an alarm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Days in which the weight of a reading halves, and for how many days a higher score is not repeated.
HALF_LIFE, QUIET = 2.0, 0.5
# Readings before the first score.
NEEDED = 10
# Scatter of what never moves, relative to its level.
LEAST = 1e-3


def ewma_z(values: Floats, per_day: float, *, half_life: float = HALF_LIFE) -> Floats:
    """Return how many scatters each reading is off the exponentially weighted mean of those before it.

    Parameters
    ----------
    values : float64, shape (time,)
        NaN for gaps, which have the score 0.
    per_day : float
        Readings a day.
    half_life : float
        Days.

    Returns
    -------
    float64, shape (time,)
        Not negative. Only the past counts.
    """
    keep = 0.5 ** (1 / max(per_day * half_life, 1.0))
    mean = variance = weight = 0.0
    seen = 0
    scores = np.zeros(len(values))
    for at, value in enumerate(values):
        if not np.isfinite(value):
            continue
        error = value - mean
        if seen >= NEEDED:
            scores[at] = abs(error) / max(np.sqrt(variance), LEAST * max(abs(mean), 1e-9))
        seen += 1
        weight = keep * weight + (1 - keep)
        step = (1 - keep) / weight
        # West's update of a weighted mean and variance; the first step is 1, so nothing is left of the zeros.
        variance = (1 - step) * (variance + step * error * error)
        mean += step * error
    return scores


def alarms(values: Floats, per_day: float) -> Floats:
    """Return the scores of a stream with the settings that are used: z off the running mean, on new maxima only."""
    return refractory(ewma_z(values, per_day), round(QUIET * per_day))


def refractory(scores: Floats, quiet: int) -> Floats:
    """Return scores that are kept only where they top all of the ``quiet`` readings before them; 0 elsewhere.

    An alarm is then raised once for what goes on, and again only for what is worse.
    """
    scores = np.asarray(scores, dtype=np.float64)
    kept = np.zeros(len(scores))
    window: list[int] = []
    for at, score in enumerate(scores):
        while window and window[0] < at - quiet:
            window.pop(0)
        if not window or score > scores[window[0]]:
            kept[at] = score
        while window and scores[window[-1]] <= score:
            window.pop()
        window.append(at)
    return kept
