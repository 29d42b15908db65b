"""One fitness trail and its line, with the length of the line beside the length that was reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import shapely

from geodata.crs import lengths_m

READS = ("staging.stg_trail",)
KEY = ("trail_id",)
SENSITIVITY = "open"


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the trails: the contract's columns, ``geometry`` and ``drawn_km``, the length of the line on the earth.

    Reported and drawn length are two sources of one figure; where they differ, both are shown.
    """
    trails = inputs["staging.stg_trail"].drop("batch_id").sort("trail_id")
    shapes = shapely.from_wkb(trails["geometry"].to_numpy())
    return trails.with_columns(drawn_km=pl.Series(_lengths_m(shapes) / 1000, dtype=pl.Float64).round(3))


def _lengths_m(shapes: np.ndarray) -> np.ndarray:
    """Return the length of each line in metres; parts of a line of many parts are not joined."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    places, part = shapely.get_coordinates(parts, return_index=True)
    inside = part[1:] == part[:-1]
    step = lengths_m(places[:-1, 0], places[:-1, 1], places[1:, 0], places[1:, 1])
    return np.bincount(owner[part[1:]], np.where(inside, step, 0.0), minlength=len(shapes))
