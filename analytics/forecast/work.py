"""A panel while it is forecast: what was asked, what every model said at every origin, what came."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.forecast.model import History
from analytics.forecast.panel import BoolArray, Effort, FloatArray, IntArray, Panel


@dataclass(slots=True)
class Work:
    """State of a refresh, in the canonical order of the series.

    Attributes
    ----------
    panel : Panel
        As delivered.
    history : History
        Without gaps.
    effort : {"fast", "full"}
        See `analytics.forecast.outlook`.
    observed, length : ndarray of int, shape (series,)
        Values delivered; periods since the first.
    is_small_count : ndarray of bool, shape (series,)
        Errors of these are measured by squares: the best guess by absolute error would be zero.
    dates : list of int
        Origins of the backtest.
    truth : ndarray, shape (origins, series, horizon)
        What was delivered after each origin.
    mase_scale, error_scale : ndarray, shape (origins, series)
        Scales at each origin.
    codes : list of str
        Model of each series.
    notes : list of set of str
        See `Outlook.notes`.
    points : dict of ndarray, shape (origins + 1, series, horizon)
        What each model said; the last origin is now.
    """

    panel: Panel
    history: History
    effort: Effort
    observed: IntArray
    length: IntArray
    is_small_count: BoolArray
    dates: list[int]
    truth: FloatArray
    mase_scale: FloatArray
    error_scale: FloatArray
    codes: list[str]
    notes: list[set[str]]
    points: dict[str, FloatArray] = field(default_factory=dict)

    @property
    def groups(self) -> IntArray:
        """Return a number per series, the same for those of one family that are measured alike."""
        keys = [f"{family} {small}" for family, small in zip(self.panel.families, self.is_small_count, strict=True)]
        return np.asarray(np.unique(np.array(keys, dtype=np.str_), return_inverse=True)[1], dtype=np.int64)

    def chosen(self, horizon: int) -> FloatArray:
        """Return what each series' own model said, shape (origins + 1, series, horizon); NaN without one."""
        found = np.full((len(self.dates) + 1, len(self.codes), horizon), np.nan)
        for code in set(self.codes) - {""}:
            rows = np.array([own == code for own in self.codes])
            found[:, rows] = self.points[code][:, rows]
        return found

    def losses(self, point: FloatArray, *, by_squares: BoolArray | None = None) -> FloatArray:
        """Return mean absolute scaled errors (origins, series); NaN where nothing was tested or the scale is zero.

        Parameters
        ----------
        point : ndarray, shape (origins or more, series, horizon)
            Forecasts.
        by_squares : ndarray of bool, shape (series,), optional
            Series whose root mean squared error is taken instead.
        """
        missed = np.abs(self.truth - point[: len(self.dates)])
        known = np.isfinite(missed)
        count = known.sum(axis=2)
        missed = np.where(known, missed, 0.0)
        mean = missed.sum(axis=2) / np.maximum(count, 1)
        if by_squares is not None:
            mean = np.where(by_squares, np.sqrt((missed * missed).sum(axis=2) / np.maximum(count, 1)), mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = mean / self.mase_scale
        return np.where((count > 0) & np.isfinite(scaled), scaled, np.nan)


def mean_over_origins(losses: FloatArray) -> FloatArray:
    """Return the mean over the origins that were tested, NaN where there was none."""
    known = np.isfinite(losses)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, losses, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
