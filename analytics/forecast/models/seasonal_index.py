"""A seasonal index drawn towards one, times the mean of two years, for small counts."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray

# Events that the flat season is worth: a month with few events says little about its season.
PRIOR_EVENTS = 8.0


def predict(history: History, horizon: int) -> FloatArray:
    """Return index of the period * mean of the last two years.

    The index of a period in the year is ``(events + a) / (years * mean + a)``: the mean of a gamma posterior whose
    prior has mean 1 and is worth ``a`` events.
    """
    point = np.full((len(history.values), horizon), np.nan)
    season = history.season
    for rows, values in history.by_length():
        time = values.shape[1]
        mean = values.mean(axis=1)
        place = np.arange(time) % season
        ahead = np.arange(time, time + horizon) % season
        level = values[:, -2 * season :].mean(axis=1)
        for step, wanted in enumerate(ahead):
            own = values[:, place == wanted]
            index = (own.sum(axis=1) + PRIOR_EVENTS) / (own.shape[1] * mean + PRIOR_EVENTS)
            point[rows, step] = index * level
    return point


MODEL = Model(
    code="seasonal_index",
    name_zh="收缩季节指数",
    name_en="Shrunk seasonal index",
    purpose_zh="含零计数（每期一次以上）使用：向1收缩的季节指数乘近两年均值，区间取负二项分布。",
    purpose_en="For small counts: a seasonal index drawn towards one, times the mean of two years.",
    predict=predict,
    least_years=2.0,
)
