"""The profile of the last years around the mean of the last one."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray

# Years whose profiles are averaged.
MOST_YEARS = 4


def predict(history: History, horizon: int) -> FloatArray:
    """Return last year's mean, moved by half the mean change from year to year, in the mean profile of a year.

    Years are counted back from the origin. The profile multiplies where no year had a mean of zero or less.
    """
    point = np.full((len(history.values), horizon), np.nan)
    season = history.season
    for rows, values in history.by_length():
        years = min(values.shape[1] // season, MOST_YEARS)
        if years < 2:
            continue
        blocks = values[:, -years * season :].reshape(len(values), years, season)
        means = blocks.mean(axis=2)
        is_ratio = means.min(axis=1) > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (blocks / means[:, :, None]).mean(axis=1)
        change = (blocks - means[:, :, None]).mean(axis=1)
        drift = (means[:, -1] - means[:, 0]) / (years - 1) / 2
        ahead = np.arange(horizon)
        # The middle of last year lies half a year back.
        level = means[:, -1:] + drift[:, None] * ((ahead + 1) / season + 0.5)
        place = ahead % season
        point[rows] = np.where(is_ratio[:, None], level * ratio[:, place], level + change[:, place])
    return point


MODEL = Model(
    code="seasonal_profile",
    name_zh="季节轮廓",
    name_en="Seasonal profile",
    purpose_zh="近年平均季节轮廓乘上年均值，并加半幅趋势；稳定而噪声大的序列适用。",
    purpose_en="The mean profile of some years around last year's mean with half its drift: for steady, noisy series.",
    predict=predict,
    least_years=2.0,
)
