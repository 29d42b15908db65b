"""Forecasts from earlier dates, with what was known then, against what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.forecast.conformal import error_scale
from analytics.forecast.model import History, models
from analytics.forecast.panel import FloatArray, IntArray, row_mean

Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
ORIGINS = 6
# Series that one task of a slow model takes.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One model at one origin, for a worker.

    The rows are picked when it is run or sent away: together the histories of all tasks would be many times the panel.
    """

    code: str
    history: History
    horizon: int
    rows: IntArray | None = None

    def known(self) -> History:
        """Return what the model is given."""
        return self.history if self.rows is None else self.history.of(self.rows)

    def __reduce__(self) -> tuple[type[Task], tuple[str, History, int]]:
        return Task, (self.code, self.known(), self.horizon)


def run(task: Task) -> FloatArray:
    """Return the forecasts of a task."""
    predict = models()[task.code].predict
    if predict is None:
        raise ValueError(f"{task.code} is a mean: its parts are run")
    return predict(task.known(), task.horizon)


def origins(time: int, season: int, horizon: int) -> list[int]:
    """Return the columns that the backtest forecasts from, the newest last: six if there are as many.

    They lie a period or two apart, so that different months are tested, and the last one has a whole horizon of
    outcomes. Yearly series are too short for it: they are tested from every year after the third.
    """
    if season == 1:
        return list(range(3, time))
    last = time - horizon
    step = 2 if season >= 12 and last - 2 * (ORIGINS - 1) >= 2 * season else 1
    found = [last - step * back for back in range(ORIGINS)]
    return [origin for origin in reversed(found) if origin > season]


def forecasts(
    history: History, wanted: list[tuple[str, int, IntArray]], horizon: int, spread: Spread
) -> dict[str, FloatArray]:
    """Return what models forecast for rows of the panel at origins, by code.

    Parameters
    ----------
    history : History
        Everything.
    wanted : list of (code, origin, rows)
        Rows are positions of series. A model that learns from all series is given all, whatever rows are wanted.
    horizon : int
        Periods ahead.
    spread : callable
        ``spread(function, tasks)`` is how the work is shared out, e.g. a process pool's ``map``.

    Returns
    -------
    dict of ndarray, shape (origins, series, horizon)
        Origins in the order that they were wanted in. NaN in the rows that were not wanted, and where a model failed.
    """
    known = models()
    planned: list[tuple[int, str, int, IntArray]] = []
    number: Counter[str] = Counter()
    for code, origin, rows in wanted:
        chunks = max(1, -(-len(rows) // CHUNK)) if known[code].is_slow else 1
        planned += [(number[code], code, origin, part) for part in np.array_split(rows, chunks) if len(part)]
        number[code] += 1
    tasks = [
        # Slow ones are small, and known again by what is in them.
        Task(code, history.until(origin).of(part), horizon)
        if known[code].is_slow
        else Task(code, history.until(origin), horizon, None if known[code].learns_from_all else part)
        for _, code, origin, part in planned
    ]
    found = {code: np.full((dates, len(history.values), horizon), np.nan) for code, dates in number.items()}
    for (at, code, _, part), answer in zip(planned, spread(run, tasks), strict=True):
        found[code][at, part] = answer[part] if known[code].learns_from_all else answer
    return found


def mean_of(parts: list[FloatArray]) -> FloatArray:
    """Return the mean of the forecasts that did not fail. A part counts whole or not at all."""
    usable = np.stack([np.isfinite(part).all(axis=1) for part in parts])
    total = np.zeros_like(parts[0])
    for ok, part in zip(usable, parts, strict=True):
        total += np.where(ok[:, None], part, 0.0)
    count = usable.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count[:, None] > 0, total / count[:, None], np.nan)


def naive_scale(values: FloatArray, season: int) -> FloatArray:
    """Return the in-sample mean absolute error of the seasonal naive forecast (the scale of MASE)."""
    return row_mean(np.abs(values[:, season:] - values[:, :-season]))


def scales(history: History, dates: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return MASE's scale and the scale of intervals at each origin, shapes (origins, series)."""
    pasts = [history.values[:, :date] for date in dates]
    none = np.empty((0, len(history.values)))
    if not pasts:
        return none, none
    return (
        np.stack([naive_scale(past, history.season) for past in pasts]),
        np.stack([error_scale(past, history.season) for past in pasts]),
    )


def outcomes(values: FloatArray, dates: list[int], horizon: int) -> FloatArray:
    """Return what came after each origin, shape (origins, series, horizon); NaN where nothing has come yet."""
    ahead = np.full((len(values), horizon), np.nan)
    padded = np.concatenate([values, ahead], axis=1)
    return np.stack([padded[:, date : date + horizon] for date in dates]) if dates else np.empty((0, *ahead.shape))
