"""The same period of the last year plus the average change over a year."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.models.seasonal_naive import predict as seasonal_naive
from analytics.forecast.panel import FloatArray


def predict(history: History, horizon: int) -> FloatArray:
    """Return last year's values moved by the mean change from year to year, once per year ahead."""
    season = history.season
    point = seasonal_naive(history, horizon)
    years = 1 + np.arange(horizon) // season
    for rows, values in history.by_length():
        if values.shape[1] > season:
            drift = (values[:, season:] - values[:, :-season]).mean(axis=1)
            point[rows] += drift[:, None] * years
    return point


MODEL = Model(
    code="seasonal_naive_drift",
    name_zh="上年同期加平均增量",
    name_en="Same period last year with drift",
    purpose_zh="历史满一年不足两年时使用：上年同期值加平均年增量。",
    purpose_en="For one to two years of history: last year's value plus the mean change over a year.",
    predict=predict,
)
