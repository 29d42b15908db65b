"""What is left of a year by models of the trend: another opinion than smoothing of where a series is going.

A damped smoothing believes that a slope dies out. The dynamic theta model lets a part of the straight line go on, and
wins forecasting competitions on series with a trend; where the season moves it is worse. Both are asked, and past
years say how much each counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analytics.forecast.model import History

Floats = npt.NDArray[np.float64]


def trend_rest(values: Floats, *, season: int, left: int, spans: Sequence[int]) -> Floats:
    """Return what dynamic theta models expect of the periods that are left, as one sum: shape (series,).

    Parameters
    ----------
    values : float64, shape (series, time)
        Flows up to the newest period, NaN before the first one.
    season, left : int
        Periods a year, and to come.
    spans : sequence of int
        Newest periods that models look back on; their sums are averaged. Who began later is told by the longest.

    Returns
    -------
    float64, shape (series,)
        NaN where no model can tell.
    """
    # Brings compiled code with it, which a server that only answers has no use for.
    from analytics.forecast.models.dynamic_theta import predict  # noqa: PLC0415

    with np.errstate(all="ignore"):
        rests = [predict(History(values[:, -span:], season, 0), left).sum(axis=1) for span in spans]
    return np.asarray(np.mean([np.where(np.isfinite(rest), rest, rests[0]) for rest in rests], axis=0))


def recentred(samples: Floats, so_far: Floats, rest: Floats) -> Floats:
    """Return samples of totals whose part to come is multiplied until its median is ``rest``, shape (series, samples).

    Samples stay as they are where either has nothing to say, or nothing is to come.
    """
    to_come = samples - so_far[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = rest / np.median(to_come, axis=1)
    factor = np.where(np.isfinite(factor) & (factor > 0), factor, 1.0)
    return np.asarray(so_far[:, None] + to_come * factor[:, None])
