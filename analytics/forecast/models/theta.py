"""The theta method over all series at once.

The same as ``statsmodels.tsa.forecasting.theta.ThetaModel`` with its default estimation: a test of seasonality,
classical decomposition (multiplicative where everything is positive), the slope of a straight line, simple exponential
smoothing from the first value, whose constant makes the one-step errors smallest. Assimakopoulos & Nikolopoulos (2000),
in the closed form of Hyndman & Billah (2003).
"""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import BoolArray, FloatArray

# Square of the 95 % point of the normal distribution: the one-sided test at 5 % that the method was published with.
SEASONALITY_TEST = 2.705543454095404
_GRID = np.array([1e-4, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.9999])
_GOLDEN = (np.sqrt(5.0) - 1) / 2
_ROUNDS = 24


def predict(history: History, horizon: int) -> FloatArray:
    """Return the theta forecasts; NaN for series of less than two years."""
    point = np.full((len(history.values), horizon), np.nan)
    for rows, values in history.by_length():
        if values.shape[1] >= max(2 * history.season, 4):
            point[rows] = theta_forecast(values, history.season, horizon)
    return point


def theta_forecast(values: FloatArray, season: int, horizon: int) -> FloatArray:
    """Return the forecasts of series of the same length.

    Parameters
    ----------
    values : ndarray, shape (series, time)
        Without gaps.
    season : int
        Periods of a year.
    horizon : int
        Periods ahead.
    """
    adjusted, seasonal, is_ratio = deseasonalised(values, season)
    time = values.shape[1]
    clock = np.arange(time) - (time - 1) / 2
    slope = (adjusted * clock).sum(axis=1) / (clock * clock).sum()
    alpha, level = smoothed(adjusted)
    ahead = np.arange(horizon)
    reach = ahead + (1 / alpha - (1 - alpha) ** time / alpha)[:, None]
    point = level[:, None] + slope[:, None] / 2 * reach
    coming = seasonal[:, (time + ahead) % season]
    return np.where(is_ratio[:, None], point * coming, point + coming)


def deseasonalised(values: FloatArray, season: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return series without their season, the season (series, season), and whether it multiplies."""
    seasonal_series = is_seasonal(values, season)
    is_ratio = (values.min(axis=1) > 0) & seasonal_series
    seasonal = np.where(is_ratio[:, None], 1.0, 0.0) * np.ones(season)
    if season > 1 and seasonal_series.any():
        trend, lead = _moving_mean(values, season)
        middle = values[:, lead : lead + trend.shape[1]]
        place = (np.arange(middle.shape[1]) + lead) % season
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = _season_means(middle / trend, place, season)
        ratio /= ratio.mean(axis=1, keepdims=True)
        change = _season_means(middle - trend, place, season)
        change -= change.mean(axis=1, keepdims=True)
        is_ratio &= ratio.min(axis=1) > 0
        seasonal = np.where(is_ratio[:, None], ratio, np.where(seasonal_series[:, None], change, 0.0))
    spread = seasonal[:, np.arange(values.shape[1]) % season]
    with np.errstate(divide="ignore", invalid="ignore"):
        adjusted = np.where(is_ratio[:, None], values / spread, values - spread)
    return adjusted, seasonal, is_ratio


def is_seasonal(values: FloatArray, season: int) -> BoolArray:
    """Return whether the autocorrelation one year back is surely not zero (Bartlett's variance, as in statsmodels)."""
    if season == 1:
        return np.zeros(len(values), bool)
    centred = values - values.mean(axis=1, keepdims=True)
    power = (centred * centred).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = [
            (centred[:, lag:] * centred[:, : centred.shape[1] - lag]).sum(axis=1) / power for lag in range(season + 1)
        ]
        statistic = values.shape[1] * rho[season] ** 2 / sum(part**2 for part in rho[:season])
    # A constant series has no season; what rounding leaves of it is none either.
    flat = power <= 1e-20 * np.maximum((values * values).sum(axis=1), 1e-300)
    return (statistic > SEASONALITY_TEST) & ~flat


def smoothed(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the constant of simple exponential smoothing with the smallest squared one-step errors, and the level."""
    errors = np.array([_run(values, np.full(len(values), alpha))[0] for alpha in _GRID])
    best = errors.argmin(axis=0)
    low, high = _GRID[np.maximum(best - 1, 0)], _GRID[np.minimum(best + 1, len(_GRID) - 1)]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    error_left, error_right = _run(values, left)[0], _run(values, right)[0]
    for _ in range(_ROUNDS):
        go_left = error_left <= error_right
        low, high = np.where(go_left, low, left), np.where(go_left, right, high)
        fresh = np.where(go_left, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        error = _run(values, fresh)[0]
        left, right = np.where(go_left, fresh, right), np.where(go_left, left, fresh)
        error_left, error_right = np.where(go_left, error, error_right), np.where(go_left, error_left, error)
    alpha = (low + high) / 2
    return alpha, _run(values, alpha)[1]


def _run(values: FloatArray, alpha: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return squared one-step errors and last level of smoothing from the first value."""
    level = values[:, 0].copy()
    total = np.zeros(len(values))
    for column in values.T[1:]:
        miss = column - level
        total += miss * miss
        level += alpha * miss
    return total, level


def _moving_mean(values: FloatArray, season: int) -> tuple[FloatArray, int]:
    """Return the centred mean of a year and the column that it begins at."""
    weights = np.ones(season) if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5]
    width = len(weights)
    count = values.shape[1] - width + 1
    trend = sum(weight * values[:, at : at + count] for at, weight in enumerate(weights)) / season
    return trend, width // 2


def _season_means(values: FloatArray, place: np.ndarray, season: int) -> FloatArray:
    return np.stack([values[:, place == wanted].mean(axis=1) for wanted in range(season)], axis=1)


MODEL = Model(
    code="theta",
    name_zh="Theta 法",
    name_en="Theta",
    purpose_zh="去季节后，直线趋势与指数平滑各半。",
    purpose_en="Without the season: half a straight line, half exponential smoothing.",
    predict=predict,
    least_years=2.0,
)
