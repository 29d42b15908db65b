"""What a forecasting model is, and the register of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from analytics.forecast.panel import FloatArray, IntArray, first_seen
from kernel.registry import members

# Series that a model takes at once: it makes many arrays as large as what it is given.
ROWS = 2_000


@dataclass(frozen=True, slots=True)
class History:
    """What is known at an origin: series without gaps.

    Attributes
    ----------
    values : ndarray, shape (series, time)
        NaN before the first value only.
    season : int
        Periods of a year.
    position : int
        Place of the first column in its year, from 0.
    calendar : ndarray, shape (time + horizon or more, k), or None
        Known beforehand.
    """

    values: FloatArray
    season: int
    position: int
    calendar: FloatArray | None = None

    def until(self, origin: int) -> History:
        """Return what was known before column ``origin``."""
        return History(self.values[:, :origin], self.season, self.position, self.calendar)

    def of(self, rows: IntArray | slice) -> History:
        """Return the history of some of the series."""
        return History(self.values[rows], self.season, self.position, self.calendar)

    def by_length(self) -> Iterator[tuple[IntArray, FloatArray]]:
        """Yield rows that begin together, some thousand at a time, with their values from there on."""
        first = first_seen(self.values)
        for start in np.unique(first[first < self.values.shape[1]]):
            together = np.flatnonzero(first == start)
            for at in range(0, len(together), ROWS):
                rows = together[at : at + ROWS]
                yield rows, self.values[rows, start:]


# Times the largest known size; a forecast beyond is that of a slope that ran away.
MOST_TIMES = 20.0

Predict = Callable[[History, int], FloatArray]


@dataclass(frozen=True, slots=True)
class Model:
    """Declaration of a module of `analytics.forecast.models`, its ``MODEL``.

    Attributes
    ----------
    code : str
        The module's name.
    name_zh, name_en : str
        Names.
    purpose_zh, purpose_en : str
        When it is used and how it works, one sentence.
    predict : callable or None
        ``predict(history, horizon)`` returns an array of shape (series, horizon), NaN where the model fails. It must
        not depend on the order of the series. None for a mean of ``parts``.
    parts : tuple of str
        Codes of the models whose forecasts are averaged.
    least_years : float
        Years of history below which it is not tried.
    learns_from_all : bool
        Whether it learns from all series, whatever series are wanted.
    is_slow : bool
        Whether a series takes it so long that its work is cut into small pieces.
    """

    code: str
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str
    predict: Predict | None = None
    parts: tuple[str, ...] = ()
    least_years: float = 1.0
    learns_from_all: bool = False
    is_slow: bool = False

    def __post_init__(self) -> None:
        if (self.predict is None) == (not self.parts):
            raise ValueError(f"{self.code}: a model predicts, or is the mean of its parts")


@cache
def models() -> dict[str, Model]:
    """Return every model by code.

    Raises
    ------
    ValueError
        When a module declares another code than its name, or a part that there is not.
    """
    found: dict[str, Model] = {}
    for name, declared in members("analytics.forecast.models", "MODEL").items():
        if not isinstance(declared, Model) or declared.code != name:
            raise ValueError(f"analytics/forecast/models/{name}.py must declare a Model with the code {name!r}")
        found[name] = declared
    for model in found.values():
        if not set(model.parts) <= set(found):
            raise ValueError(f"{model.code} is the mean of models that there are not: {model.parts}")
    return found


def without_runaways(point: FloatArray, values: FloatArray) -> FloatArray:
    """Return forecasts, NaN in the rows of which any is beyond what could come: one odd newest month tilts logarithms.

    Parameters
    ----------
    point : ndarray, shape (series, horizon)
        Forecasts.
    values : ndarray, shape (series, time)
        What was known.
    """
    most = MOST_TIMES * np.abs(values).max(axis=1, keepdims=True)
    return np.where((np.abs(point) <= most).all(axis=1, keepdims=True), point, np.nan)
