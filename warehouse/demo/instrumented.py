"""Public halls, pools, gyms and stadiums whose doors count, and which sensors, meters and bookings share."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.world import World

# Halls with counters at the doors in the province (assumption: no count is published; 121 large public
# venues are open free or for a low fee, "省 免费低收费公共体育场馆", and about as many again charge).
VENUE_COUNT = 220
# Kind of venue -> how its day runs (seasonality_profiles.csv); tracks of stadiums live like parks.
PROFILES = {"B12": "pool", "C23": "indoor_hall", "E20": "gym", "A11": "trail_park", "C31": "indoor_hall"}
# The least that is worth a counter.
_LEAST_CAPACITY = 20


def instrumented(world: World) -> pl.DataFrame:
    """Return the instrumented public venues.

    Parameters
    ----------
    world : World
        With the frame ``venue``.

    Returns
    -------
    polars.DataFrame
        ``venue_id, region_code, profile`` (pool, indoor_hall, gym or trail_park), ``capacity_count`` (persons),
        ``lon, lat`` (WGS-84). One row a venue, sorted by ``venue_id``; every county has at least one if it holds any.

    Notes
    -----
    Counties get venues by residents and vigour. Within a county the largest pool, hall, gym and stadium come first,
    then the second largest of each, and so on: no chance is involved.
    """
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["vigour"].to_numpy()
    total = max(world.scaled(VENUE_COUNT), counties.height)
    quota = np.ones(counties.height, dtype=np.int64) + world.spread(total - counties.height, weights)
    places = pl.DataFrame({"region_code": counties["region_code"], "quota": quota})
    kinds = pl.DataFrame({"venue_type_code": list(PROFILES), "profile": list(PROFILES.values())}).with_row_index("turn")
    able = world.frames["venue"].filter(
        (pl.col("owner_kind") == "public_institution")
        & (pl.col("status") == "open")
        & (pl.col("capacity_count") >= _LEAST_CAPACITY)
    )
    ranked = (
        able.join(kinds, on="venue_type_code")
        .sort(["capacity_count", "venue_id"], descending=[True, False])
        .with_columns(rank=pl.int_range(pl.len()).over("region_code", "venue_type_code"))
        .sort("region_code", "rank", "turn")
        .with_columns(place=pl.int_range(pl.len()).over("region_code"))
    )
    return (
        ranked.join(places, on="region_code")
        .filter(pl.col("place") < pl.col("quota"))
        .select("venue_id", "region_code", "profile", "capacity_count", "lon", "lat")
        .sort("venue_id")
    )
