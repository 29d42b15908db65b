"""Forecasts of every indicator and area with what they were tested by: the marts of forecasts are read out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from analytics.indicator import indicators
from warehouse.indicator_outlook import Expected, expectations
from warehouse.indicator_panel import HORIZONS, direct_parents, holidays_of
from warehouse.steps import Work

READS = ("marts.mart_indicator", "core.region", "core.holiday")
SENSITIVITY = "internal"
LONGEST_HORIZON = max(HORIZONS.values())
# Significant digits that are kept: more than any figure has, fewer than other machines round differently.
DIGITS = 12
LARGEST_PLACES = 300


def build(inputs: Mapping[str, Any], work: Work | None = None) -> dict[str, np.ndarray]:
    """Return the arrays, series by kind of period, indicator and area.

    Returns
    -------
    dict
        ``indicator_code, region_code, kind`` (of period), ``first_period, last_period, model_code, state, note`` and
        ``effort`` (text), ``horizon`` (int16: forecast periods), ``mase, naive_mase, coverage_80, coverage_95``
        (float64), ``observed_count, origin_count`` (int64), ``point, numerator, denominator`` (float64, series x
        longest horizon) and ``quantile`` (float64, series x longest horizon x 9); NaN where there is none.
    """
    asked = work or Work()
    parents = direct_parents(inputs["core.region"])
    holidays = holidays_of(inputs["core.holiday"])
    found = list(expectations(inputs["marts.mart_indicator"], parents, indicators(), asked, holidays).values())
    texts: dict[str, Callable[[Expected], list[str]]] = {
        "indicator_code": lambda one: [series.indicator_code for series in one.series],
        "region_code": lambda one: [series.region_code for series in one.series],
        "kind": lambda one: [one.periods.kind] * len(one.series),
        "first_period": _first_periods,
        "last_period": lambda one: [one.periods.names[-1]] * len(one.series),
        "model_code": lambda one: list(one.found.model),
        "state": lambda one: list(one.found.state),
        "note": lambda one: list(one.found.notes),
        "effort": lambda one: [asked.effort] * len(one.series),
    }
    made: dict[str, np.ndarray] = {
        name: np.array([text for one in found for text in take(one)], dtype=np.str_) for name, take in texts.items()
    }
    horizons = [one.periods.horizon for one in found for _ in one.series]
    made["horizon"] = np.array(horizons, dtype=np.int16)
    for name in ("mase", "naive_mase", "coverage_80", "coverage_95"):
        made[name] = rounded(np.concatenate([getattr(one.found, name) for one in found] or [np.empty(0)]))
    for name in ("observed_count", "origin_count"):
        made[name] = np.concatenate([getattr(one.found, name) for one in found] or [np.empty(0, np.int64)])
    made["point"] = _padded([one.found.point for one in found])
    made["numerator"] = _padded([one.numerators for one in found])
    made["denominator"] = _padded([one.denominators for one in found])
    made["quantile"] = _padded([one.found.quantiles for one in found], 9)
    return made


def _first_periods(one: Expected) -> list[str]:
    """Return the first period with a value, empty where there is none."""
    known = np.isfinite(one.table)
    places = known.argmax(axis=1)
    return [one.periods.names[place] if row.any() else "" for place, row in zip(places, known, strict=True)]


def _padded(parts: list[np.ndarray], *last: int) -> np.ndarray:
    """Return parts below each other, filled up to the longest horizon."""
    padded = [
        np.pad(
            part,
            [(0, 0), (0, LONGEST_HORIZON - part.shape[1]), *([(0, 0)] * len(last))],
            constant_values=np.nan,
        )
        for part in parts
    ]
    return rounded(np.concatenate(padded)) if padded else np.empty((0, LONGEST_HORIZON, *last))


def rounded(numbers: np.ndarray) -> np.ndarray:
    """Return numbers with :data:`DIGITS` significant digits; what is not finite stays as it is."""
    size = np.abs(numbers)
    is_some = np.isfinite(size) & (size > 0)
    places = DIGITS - np.ceil(np.log10(np.where(is_some, size, 1.0)))
    # Numbers this small are none of an indicator; their scale would not be finite.
    is_some &= places < LARGEST_PLACES
    scale = 10.0 ** np.where(is_some, places, 0.0)
    return np.where(is_some, np.round(numbers * scale) / scale, numbers)
