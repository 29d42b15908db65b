"""The profile of the last years around the mean of the last one."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray

# Years whose profiles are averaged; each one back counts half. Part of the last change from year to year that goes on.
MOST_YEARS = 4
FADES = 0.5
GOES_ON = 0.7


def predict(history: History, horizon: int) -> FloatArray:
    """Return last year's mean, moved by 0.7 of its change from the year before, in the profile of the last years.

    Years are counted back from the origin, each counting half of the one after it: odd years fade. The profile
    multiplies where no year had a mean of zero or less.
    """
    point = np.full((len(history.values), horizon), np.nan)
    season = history.season
    for rows, values in history.by_length():
        years = min(values.shape[1] // season, MOST_YEARS)
        if years < 2:
            continue
        blocks = values[:, -years * season :].reshape(len(values), years, season)
        means = blocks.mean(axis=2)
        weight = FADES ** np.arange(years - 1.0, -1.0, -1.0)[:, None]
        weight /= weight.sum()
        is_ratio = means.min(axis=1) > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (blocks / means[:, :, None] * weight).sum(axis=1)
        change = ((blocks - means[:, :, None]) * weight).sum(axis=1)
        drift = GOES_ON * (means[:, -1] - means[:, -2])
        ahead = np.arange(horizon)
        # The middle of last year lies half a year back.
        level = means[:, -1:] + drift[:, None] * ((ahead + 1) / season + 0.5)
        place = ahead % season
        times = np.maximum(level, 0.0) * ratio[:, place]
        point[rows] = np.where(is_ratio[:, None], times, level + change[:, place])
    return point


MODEL = Model(
    code="seasonal_profile",
    name_zh="季节轮廓",
    name_en="Seasonal profile",
    purpose_zh="近年季节轮廓（越近权重越大）乘上年均值，并延续七成的上年变化；稳定而噪声大的序列适用。",
    purpose_en="The profile of the last years around last year's mean, most of whose change goes on.",
    predict=predict,
    least_years=2.0,
)
