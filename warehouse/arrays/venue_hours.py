"""When each venue is open, and what else decides whether it counts at an hour: lamps, roof, owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.opening_hours import AFTER_CLASS, MONTHS, SLOTS_A_WEEK, week_mask
from warehouse.core._filling import smallest_regions

READS = ("core.venue", "core.region")
SENSITIVITY = "open"
SCHOOL = "school"
# Values of yes-or-no columns that may be missing.
NO, YES, UNKNOWN = 0, 1, 2
UNKNOWN_HOURS = -1
# What the hours of a venue were taken from.
DELIVERED, AFTER_CLASS_RULE, MISSING, UNREADABLE = 0, 1, 2, 3


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays, venues in the order of ``venue_index``.

    Returns
    -------
    dict
        ``pattern``: int32, place among the patterns, -1 for unknown hours. ``pattern_open``: uint8, shape
        (u, 12, 84), bits of ``analytics.opening_hours.week_mask`` by month, high bit first. ``hours_source``: uint8,
        what the hours come from. ``is_lit``, ``is_indoor``: uint8, 0 no, 1 yes, 2 unknown. ``is_school``: bool.
        ``area_m2``: float32, NaN where not delivered. ``center``: float64 (lon, lat), middle of the smallest regions,
        where darkness is reckoned.
    """
    venue = inputs["core.venue"].sort("venue_index")
    is_school = (venue["owner_kind"] == SCHOOL).fill_null(value=False).to_numpy()
    delivered = venue["opening_hours"].str.strip_chars().replace("", None)
    text = pl.select(pl.when(pl.Series(is_school)).then(delivered.fill_null(AFTER_CLASS)).otherwise(delivered))
    hours = text.to_series()
    pattern_of, masks = _patterns(sorted(hours.drop_nulls().unique().to_list()))
    pattern = hours.replace_strict(pattern_of, default=UNKNOWN_HOURS, return_dtype=pl.Int32).to_numpy()
    source = np.where(delivered.is_not_null().to_numpy(), DELIVERED, np.where(is_school, AFTER_CLASS_RULE, MISSING))
    source[(pattern == UNKNOWN_HOURS) & (source == DELIVERED)] = UNREADABLE
    return {
        "pattern": pattern,
        "pattern_open": masks,
        "hours_source": source.astype(np.uint8),
        "is_lit": _flag(venue["is_lit"]),
        "is_indoor": _flag(venue["is_indoor"]),
        "is_school": is_school,
        "area_m2": venue["area_m2"].cast(pl.Float32).fill_null(np.nan).to_numpy(),
        "center": _center(inputs["core.region"]),
    }


def _patterns(texts: list[str]) -> tuple[dict[str, int], np.ndarray]:
    """Return the place of each text's pattern and the patterns themselves; equal weeks share one."""
    place_of: dict[bytes, int] = {}
    masks: list[np.ndarray] = []
    found: dict[str, int] = {}
    for text in texts:
        mask = week_mask(text)
        if mask is None:
            found[text] = UNKNOWN_HOURS
            continue
        bits = np.packbits(mask, axis=1)
        if bits.tobytes() not in place_of:
            place_of[bits.tobytes()] = len(masks)
            masks.append(bits)
        found[text] = place_of[bits.tobytes()]
    empty = np.zeros((0, MONTHS, SLOTS_A_WEEK // 8), np.uint8)
    return found, np.stack(masks) if masks else empty


def _flag(column: pl.Series) -> np.ndarray:
    return column.cast(pl.UInt8).fill_null(UNKNOWN).to_numpy()


def _center(region: pl.DataFrame) -> np.ndarray:
    leaves = smallest_regions(region)
    return np.array([leaves["center_lon"].mean() or 0.0, leaves["center_lat"].mean() or 0.0], np.float64)
