"""Half of the average change, for short yearly series."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray


def predict(history: History, horizon: int) -> FloatArray:
    """Return the last value moved by half the mean change per period."""
    point = np.full((len(history.values), horizon), np.nan)
    for rows, values in history.by_length():
        steps = max(values.shape[1] - 1, 1)
        half = (values[:, -1] - values[:, 0]) / steps / 2
        point[rows] = values[:, -1:] + half[:, None] * np.arange(1, horizon + 1)
    return point


MODEL = Model(
    code="half_drift",
    name_zh="半幅趋势外推",
    name_en="Half drift",
    purpose_zh="年度短序列使用：末值加平均年增量的一半；不足八年只作趋势，不作预测。",
    purpose_en="For short yearly series: half of the average change. Below eight years it is a trend, not a forecast.",
    predict=predict,
    least_years=3.0,
)
