"""Unobserved components: a level and slope that wander, and a season where a test finds one.

The model is ``statsmodels`` ``UnobservedComponents(y, "local linear trend", seasonal=season)``, with four harmonics for
weeks. Its likelihood is written again, for thousands of series, and tested against it.
"""

from __future__ import annotations

import numpy as np

from analytics.forecast import uc_kernels
from analytics.forecast.model import History, Model, without_runaways
from analytics.forecast.models.theta import is_seasonal
from analytics.forecast.panel import FloatArray

WEEKLY_HARMONICS = 4
# Where the search for the variances begins: logarithms of level, slope and season over the irregular part.
_START = np.array([-2.0, -8.0, -6.0])
_MOST_STEPS, _TOLERANCE = 120, 1e-3


def predict(history: History, horizon: int) -> FloatArray:
    """Return the forecasts, of logarithms where all values are positive; NaN where the fit failed."""
    point = np.full((len(history.values), horizon), np.nan)
    for rows, values in history.by_length():
        if values.shape[1] < 3 * history.season:
            continue
        for row, series, has_season in zip(rows, values, is_seasonal(values, history.season), strict=True):
            point[row] = _one(series, history.season if has_season else 1, horizon)
        point[rows] = without_runaways(point[rows], values)
    return point


def fitted(series: FloatArray, season: int) -> tuple[FloatArray, float]:
    """Return the variances of level, slope and season over that of the irregular part, and the log likelihood.

    Parameters
    ----------
    series : ndarray, shape (time,)
        Without gaps, of a size near one.
    season : int
        Periods of a year.
    """
    cosine, sine = _harmonics(season)
    best, value, _ = uc_kernels.search(series, season, cosine, sine, _START, 2000, 1e-10)
    count = len(series) - 2 - (2 * len(cosine) if len(cosine) else season - 1)
    return np.exp(best), -0.5 * (value + count * (1 + np.log(2 * np.pi)))


def _one(series: FloatArray, season: int, horizon: int) -> FloatArray:
    is_log = series.min() > 0
    known = np.log(series) if is_log else series
    size = known.std()
    if size <= 1e-12 * max(float(is_log), abs(known).max()):
        return np.full(horizon, series[-1])
    centre = known.mean()
    cosine, sine = _harmonics(season)
    scaled = (known - centre) / size
    best, _, _ = uc_kernels.search(scaled, season, cosine, sine, _START, _MOST_STEPS, _TOLERANCE)
    coming = uc_kernels.ahead(scaled, season, cosine, sine, best, horizon) * size + centre
    with np.errstate(over="ignore"):
        return np.exp(coming) if is_log else coming


def _harmonics(season: int) -> tuple[FloatArray, FloatArray]:
    if season <= 12:
        return np.empty(0), np.empty(0)
    turn = 2 * np.pi * np.arange(1, WEEKLY_HARMONICS + 1) / season
    return np.cos(turn), np.sin(turn)


MODEL = Model(
    code="uc",
    name_zh="不可观测成分模型",
    name_en="Unobserved components",
    purpose_zh="水平、斜率随时间变化并带季节项，正值序列取对数。",
    purpose_en="A level and slope that wander, and a season; logarithms where all values are positive.",
    predict=predict,
    least_years=3.0,
    is_slow=True,
)
