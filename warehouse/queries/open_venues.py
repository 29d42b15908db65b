"""Venues that count at an hour, by region: counted one by one, for tables made at build time know no hours."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernel.scope import GrantedScope
from warehouse.core.region import LEVELS
from warehouse.queries import _run
from warehouse.queries.reach import qualifying
from warehouse.queries.regions import leaves, regions, visible_leaves
from warehouse.queries.venue_filter import VenueFilter


def open_venue_sums(scope: GrantedScope, venue_filter: VenueFilter) -> pl.DataFrame:
    """Return region_code, venue_count and area_m2 (null where none was delivered) of the qualifying venues.

    Parameters
    ----------
    scope : GrantedScope
        Rows are those of its regions, and so are the venues behind them.
    venue_filter : VenueFilter
        Which venues count.
    """
    table, codes = _run.array("map_tile"), leaves(scope)
    region, venue = table["venue_region"], table["venue_index"]
    chosen = np.flatnonzero(qualifying(venue_filter)[venue] & visible_leaves(scope)[region] & (region >= 0))
    area_m2 = _run.array("venue_hours")["area_m2"][venue[chosen]].astype(np.float64)
    frame = pl.DataFrame({"region_code": np.array(codes)[region[chosen]], "area_m2": area_m2}).fill_nan(None)
    above = regions(scope).select("region_code", "parent_code")
    parts = [frame]
    for _ in LEVELS[1:]:
        climbed = parts[-1].join(above, on="region_code", how="inner").drop("region_code")
        parts.append(climbed.rename({"parent_code": "region_code"}).drop_nulls("region_code").select(frame.columns))
    area = pl.when(pl.col("area_m2").is_not_null().any()).then(pl.col("area_m2").sum())
    return (
        pl.concat(parts)
        .filter(pl.col("region_code").map_elements(scope.includes_region, pl.Boolean))
        .group_by("region_code")
        .agg(pl.len().cast(pl.Int64).alias("venue_count"), area.alias("area_m2"))
        .sort("region_code")
    )
