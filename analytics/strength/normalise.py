"""How positions become points that may be averaged."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from analytics.strength.table import Floats

Normalisation = Literal["goalposts", "minmax", "z", "rank"]
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
# Points of a z-score: 50 and ten for each standard deviation (a T-score).
Z_CENTRE = 0.5
Z_STEP = 0.1


def minmax(position: Floats) -> Floats:
    """Return 0 for the worst and 1 for the best unit of each row, 0.5 where all are equal."""
    low, high = np.nanmin(position, axis=-1, keepdims=True), np.nanmax(position, axis=-1, keepdims=True)
    spread = high - low
    return np.where(spread > 0, (position - low) / np.where(spread > 0, spread, 1), 0.5)


def z_scores(position: Floats) -> Floats:
    """Return deviations from the mean of each row in sample standard deviations (ddof 1); 0 where all are equal."""
    mean = np.nanmean(position, axis=-1, keepdims=True)
    spread = np.nanstd(position, axis=-1, ddof=1, keepdims=True)
    return np.where(spread > 0, (position - mean) / np.where(spread > 0, spread, 1), 0.0)


def rank_points(position: Floats) -> Floats:
    """Return the share of the other units that each unit is above, ties half; float64 as ``position``."""
    below = (position[..., None, :] < position[..., :, None]).sum(axis=-1)
    ties = (position[..., None, :] == position[..., :, None]).sum(axis=-1) - 1
    return (below + ties / 2) / max(1, position.shape[-1] - 1)


def points(position: Floats, how: Normalisation) -> Floats:
    """Return points from 0 to 100.

    Parameters
    ----------
    position : float64 (..., U)
        Without gaps, units last.
    how : {"goalposts", "minmax", "z", "rank"}
        ``goalposts``: clipped to 0 and 1, nobody's points depend on other units. ``minmax``, ``z``, ``rank``: relative
        to the units of the sample, which moves everybody when one unit changes.
    """
    if how == "goalposts":
        shares = np.clip(position, 0, 1)
    elif how == "minmax":
        shares = minmax(position)
    elif how == "z":
        shares = np.clip(Z_CENTRE + Z_STEP * z_scores(position), 0, 1)
    else:
        shares = rank_points(position)
    return 100 * shares
