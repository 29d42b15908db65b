"""The same period of the last year."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray


def predict(history: History, horizon: int) -> FloatArray:
    """Return the value of the same period in the last year that is known."""
    season, time = history.season, history.values.shape[1]
    steps = np.arange(horizon)
    source = time - season + steps % season
    if source.min() < 0:
        return np.full((len(history.values), horizon), np.nan)
    return history.values[:, source]


MODEL = Model(
    code="seasonal_naive",
    name_zh="上年同期",
    name_en="Same period last year",
    purpose_zh="基准模型：取上年同期值；其他模型须优于它才展示。",
    purpose_en="The yardstick: the value of a year before. A forecast that does not beat it is not shown.",
    predict=predict,
)
