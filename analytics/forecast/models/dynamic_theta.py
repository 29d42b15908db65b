"""The dynamic optimised theta model: how much of a straight line goes on is estimated with the smoothing.

Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), International Journal of Forecasting 32, 1151-1161. Season
and its test are those of `analytics.forecast.models.theta`.
"""

from __future__ import annotations

import numpy as np

from analytics.forecast import smoothing_kernels
from analytics.forecast.model import History, Model
from analytics.forecast.models.theta import deseasonalised
from analytics.forecast.panel import FloatArray

# Constants of smoothing that are tried; the largest weight of the line, 1 - 1 / theta.
CONSTANTS = np.linspace(0.05, 0.99, 24)
MOST_LINE = 0.95


def predict(history: History, horizon: int) -> FloatArray:
    """Return the forecasts; NaN for series of less than two years."""
    point = np.full((len(history.values), horizon), np.nan)
    season = history.season
    for rows, values in history.by_length():
        if values.shape[1] < max(2 * season, 4):
            continue
        adjusted, seasonal, is_ratio = deseasonalised(values, season)
        first = adjusted[:, :1]
        size = np.maximum(np.abs(adjusted - first).max(axis=1, keepdims=True), 1e-300)
        coming = np.empty((len(values), horizon))
        for row, series in enumerate((adjusted - first) / size):
            alpha, weight, last = smoothing_kernels.theta_fit(series, CONSTANTS, MOST_LINE)
            coming[row] = smoothing_kernels.theta_ahead(series, alpha, weight, last, horizon)
        level = coming * size + first
        place = seasonal[:, (values.shape[1] + np.arange(horizon)) % season]
        point[rows] = np.where(is_ratio[:, None], level * place, level + place)
    return point


MODEL = Model(
    code="dynamic_theta",
    name_zh="动态优化 Theta 法",
    name_en="Dynamic optimised theta",
    purpose_zh="去季节后，直线趋势的份额与平滑常数一并估计。",
    purpose_en="Without the season: a straight line, whose share is estimated together with the smoothing.",
    predict=predict,
    least_years=2.0,
)
