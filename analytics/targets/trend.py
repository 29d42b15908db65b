"""What is left of a year by other models than the smoothing that draws its paths: opinions of where a series is going.

A damped smoothing of the newest years believes that a slope dies out. The dynamic theta model lets a part of the
straight line go on, and wins forecasting competitions on series with a trend; where the season moves it is worse, and
the profile of the last years around last year's mean is better. All are asked, and past years say how much each counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analytics.forecast.model import History

Floats = npt.NDArray[np.float64]


def rests(values: Floats, *, season: int, left: int, spans: Sequence[int]) -> Floats:
    """Return what models expect of the periods that are left, as one sum: shape (2, series).

    The first is the mean of a damped smoothing of the whole past and of dynamic theta models, which are a mean
    themselves; the second is the seasonal profile of the last years. NaN where neither can tell.

    Parameters
    ----------
    values : float64, shape (series, time)
        Flows up to the newest period, NaN before the first one.
    season, left : int
        Periods a year, and to come.
    spans : sequence of int
        Newest periods that dynamic theta models look back on. Who began later is told by the longest.
    """
    # Bring compiled code with them, which a server that only answers has no use for.
    from analytics.forecast.models import damped_ets, dynamic_theta, seasonal_profile  # noqa: PLC0415

    with np.errstate(all="ignore"):
        whole = History(values, season, 0)
        thetas = [dynamic_theta.predict(History(values[:, -span:], season, 0), left).sum(axis=1) for span in spans]
        damped = damped_ets.predict(whole, left).sum(axis=1)
        profile = seasonal_profile.predict(whole, left).sum(axis=1)
    theta = np.mean([_or(one, thetas[0]) for one in thetas], axis=0)
    trend = (theta + _or(damped, theta)) / 2
    return np.stack([trend, _or(profile, trend)])


def _or(told: Floats, instead: Floats) -> Floats:
    return np.where(np.isfinite(told), told, instead)


def recentred(samples: Floats, so_far: Floats, rest: Floats) -> Floats:
    """Return samples of totals whose part to come is multiplied until its median is ``rest``, shape (series, samples).

    Samples stay as they are where either has nothing to say, or nothing is to come.
    """
    to_come = samples - so_far[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = rest / np.median(to_come, axis=1)
    factor = np.where(np.isfinite(factor) & (factor > 0), factor, 1.0)
    return np.asarray(so_far[:, None] + to_come * factor[:, None])
