"""The mean of three years, for rare events."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray


def predict(history: History, horizon: int) -> FloatArray:
    """Return the mean of the last three years (of what there is)."""
    point = np.full((len(history.values), horizon), np.nan)
    for rows, values in history.by_length():
        point[rows] = values[:, -3 * history.season :].mean(axis=1)[:, None]
    return point


MODEL = Model(
    code="mean_36",
    name_zh="三年均值",
    name_en="Mean of three years",
    purpose_zh="低频计数（每期不足一次）使用：近三年均值，区间取负二项分布。",
    purpose_en="For events rarer than one a period: the mean of three years with negative binomial quantiles.",
    predict=predict,
)
