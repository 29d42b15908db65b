"""Exponential smoothing with a damped trend and, where a test finds one, a season; of logarithms where possible.

ETS(A,Ad,A) and ETS(A,Ad,N) of Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing. The
weights make the squared one-step errors smallest; level, slope and season begin with the mean first years.
"""

from __future__ import annotations

import numpy as np

from analytics.forecast import smoothing_kernels
from analytics.forecast.model import History, Model, without_runaways
from analytics.forecast.models.theta import is_seasonal
from analytics.forecast.panel import FloatArray


def predict(history: History, horizon: int) -> FloatArray:
    """Return the forecasts; NaN for series of less than two years."""
    point = np.full((len(history.values), horizon), np.nan)
    for rows, values in history.by_length():
        if values.shape[1] < max(2 * history.season, 4):
            continue
        is_log = values.min(axis=1, keepdims=True) > 0
        known = np.where(is_log, np.log(np.where(is_log, values, 1.0)), values)
        centre = known.mean(axis=1, keepdims=True)
        least = np.maximum(1e-12 * np.maximum(is_log, np.abs(centre)), 1e-300)
        size = np.maximum(known.std(axis=1, keepdims=True), least)
        coming = np.empty((len(values), horizon))
        for row, (series, has_season) in enumerate(
            zip((known - centre) / size, is_seasonal(values, history.season), strict=True)
        ):
            coming[row] = smoothing_kernels.damped_ahead(series, history.season if has_season else 1, horizon)
        told = coming * size + centre
        with np.errstate(over="ignore"):
            point[rows] = without_runaways(np.where(is_log, np.exp(told), told), values)
    return point


MODEL = Model(
    code="damped_ets",
    name_zh="阻尼趋势指数平滑",
    name_en="Damped exponential smoothing",
    purpose_zh="水平、逐渐减弱的趋势与季节项（经检验）平滑更新，正值序列取对数。",
    purpose_en="Level, a trend that fades, and a season where there is one; logarithms where all values are positive.",
    predict=predict,
    least_years=2.0,
)
