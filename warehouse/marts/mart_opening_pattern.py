"""How long the opening hours of venues are: hours of a normal week and days of a year, by the text of the hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.opening_hours import SLOTS_A_WEEK, week_mask

READS = ("core.venue",)
KEY = ("opening_hours",)
SENSITIVITY = "open"
SCHEMA: dict[str, pl.DataType] = {
    "opening_hours": pl.String(),
    "week_hours": pl.Float64(),
    "year_days": pl.Float64(),
}
# Days of the months of a common year.
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_SLOTS_AN_HOUR = SLOTS_A_WEEK // 168


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row a text that can be read.

    Returns
    -------
    DataFrame
        ``opening_hours``, ``week_hours`` (h open in a normal week, the mean of the months weighted with their days)
        and ``year_days`` (days of a common year on which it is open for any time; public holidays change nothing).
    """
    texts = inputs["core.venue"]["opening_hours"].drop_nulls().unique().sort().to_list()
    rows = [(text, *_length(mask)) for text in texts if (mask := week_mask(text)) is not None]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _length(mask: np.ndarray) -> tuple[float, float]:
    """Return the hours of a week and the days of a year of a mask, shape (12, 672)."""
    week_hours = mask.sum(axis=1) / _SLOTS_AN_HOUR
    open_weekdays = mask.reshape(len(_DAYS), 7, -1).any(axis=2).sum(axis=1)
    return float(week_hours @ _DAYS / _DAYS.sum()), float((open_weekdays / 7) @ _DAYS)
