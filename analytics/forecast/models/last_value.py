"""The last value, for series of less than a year."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray


def predict(history: History, horizon: int) -> FloatArray:
    """Return the last value of each series."""
    return np.repeat(history.values[:, -1:], horizon, axis=1)


MODEL = Model(
    code="last_value",
    name_zh="末值",
    name_en="Last value",
    purpose_zh="历史不足一年时使用：只给区间，标注“历史过短”。",
    purpose_en="For less than a year of history: an interval only, marked as too short.",
    predict=predict,
    least_years=0.0,
)
