"""Filling the region of points from the outlines, and numbering points along a curve."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from geodata.crs import local_projection
from geodata.hilbert import hilbert_order
from geodata.regions import assign_regions
from warehouse.core.region import LEVELS


def smallest_regions(region: pl.DataFrame) -> pl.DataFrame:
    """Return the regions of the lowest level there is (counties, as a rule), by code."""
    for level in reversed(LEVELS):
        chosen = region.filter(pl.col("level") == level)
        if chosen.height:
            return chosen.sort("region_code")
    return region


def fill_region(points: pl.DataFrame, region: pl.DataFrame) -> pl.DataFrame:
    """Return the points with ``region_code`` of the smallest region that holds each, null for none.

    Parameters
    ----------
    points : polars.DataFrame
        With ``lon``, ``lat`` (WGS-84 degrees) and ``region_code``.
    region : polars.DataFrame
        ``core.region``.

    Notes
    -----
    A delivered code of a known smallest region stays; another, or none, is found from the outlines: inside,
    else the nearest within 2 km.
    """
    smallest = smallest_regions(region)
    if not smallest.height or not points.height:
        return points
    codes = smallest["region_code"].to_list()
    missing = np.flatnonzero(~points["region_code"].is_in(codes).fill_null(value=False).to_numpy())
    if not len(missing):
        return points
    projection = local_projection(
        smallest.select(pl.concat_list("min_lon", "max_lon").explode()).to_series().to_numpy(),
        smallest.select(pl.concat_list("min_lat", "max_lat").explode()).to_series().to_numpy(),
    )
    place = assign_regions(
        points["lon"].to_numpy()[missing],
        points["lat"].to_numpy()[missing],
        shapely.from_wkb(smallest["geometry"].to_numpy()),
        projection=projection,
    )
    filled = points["region_code"].to_numpy().copy()
    filled[missing] = np.array([*codes, None], dtype=object)[place]
    return points.with_columns(region_code=pl.Series(filled.tolist(), dtype=pl.String))


def number_along_curve(points: pl.DataFrame, index: str) -> pl.DataFrame:
    """Return the points along a Hilbert curve with their place in it as the first column.

    Neighbours in the table are neighbours on the ground, so a small area touches few pages of any file.
    """
    order = hilbert_order(points["lon"].to_numpy(), points["lat"].to_numpy())
    ordered = points[order] if points.height else points
    return ordered.with_row_index(index).with_columns(pl.col(index).cast(pl.Int32))
