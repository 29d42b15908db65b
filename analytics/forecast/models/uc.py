"""Unobserved components: a level and slope that wander, and a season."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from statsmodels.tools.sm_exceptions import ModelWarning  # type: ignore[import-untyped]
from statsmodels.tsa.statespace.structural import UnobservedComponents  # type: ignore[import-untyped]

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray

MOST_STEPS = 60
WEEKLY_HARMONICS = 4


def predict(history: History, horizon: int) -> FloatArray:
    """Return the forecasts, of logarithms where all values are positive; NaN where the fit failed."""
    point = np.full((len(history.values), horizon), np.nan)
    for rows, values in history.by_length():
        if values.shape[1] < 3 * history.season:
            continue
        for row, series in zip(rows, values, strict=True):
            point[row] = _one(series, history.season, horizon)
    return point


def _one(series: FloatArray, season: int, horizon: int) -> FloatArray:
    is_log = series.min() > 0
    known = np.log(series) if is_log else series
    size = known.std()
    if size <= 1e-12 * max(1.0, abs(known).max()):
        return np.full(horizon, series[-1])
    # The search for variances starts from sizes near one.
    centre = known.mean()
    seasonal: dict[str, Any] = {"seasonal": season} if 1 < season <= 12 else {}
    if season > 12:
        seasonal = {"freq_seasonal": [{"period": season, "harmonics": WEEKLY_HARMONICS}]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            model = UnobservedComponents((known - centre) / size, "local linear trend", **seasonal)
            fitted = model.fit(maxiter=MOST_STEPS, disp=0, cov_type="none")
            ahead = np.asarray(fitted.forecast(horizon)) * size + centre
        except (np.linalg.LinAlgError, ValueError):
            return np.full(horizon, np.nan)
        point = np.exp(ahead) if is_log else ahead
    # A slope that ran away is no forecast.
    far = np.abs(point).max() > 20 * np.abs(series).max() if np.isfinite(point).all() else True
    return np.full(horizon, np.nan) if far else point


MODEL = Model(
    code="uc",
    name_zh="不可观测成分模型",
    name_en="Unobserved components",
    purpose_zh="水平、斜率随时间变化并带季节项，正值序列取对数。",
    purpose_en="A level and slope that wander, and a season; logarithms where all values are positive.",
    predict=predict,
    least_years=3.0,
)
