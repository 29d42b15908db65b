"""Residents within ten minutes on foot of an open venue at the end of earlier years, by county and age band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.accessibility import BANDS, CIRCLE_MINUTES, band_limits, coverage, filtered_walking_cost
from geodata.network import StreetNetwork
from warehouse.arrays.cell_reach import as_snap
from warehouse.core._filling import smallest_regions

READS = (
    "core.venue",
    "core.region",
    "marts.mart_month",
    "arrays.street_network",
    "arrays.entrance",
    "arrays.cell",
)
KEY = ("region_code", "month", "age_band_code")
SENSITIVITY = "open"
LOWERS = "sums over whole counties, no single cell can be told from them"
SCHEMA: dict[str, pl.DataType] = {
    "region_code": pl.String(),
    "month": pl.String(),
    "age_band_code": pl.String(),
    "resident_count": pl.Float64(),
    "covered_count": pl.Float64(),
}
MINUTES = 10


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return the coverage at the end of each December before the newest month: columns of ``SCHEMA``.

    Notes
    -----
    Venues that were opened by the end of the year and are open today, with the streets and the residents of today: no
    other history is on record. One search a year for all categories together, where `mart_coverage_region` takes one
    for each category and fee. Empty where no streets or no cells were delivered.
    """
    cell = inputs["arrays.cell"]
    counties = smallest_regions(inputs["core.region"])["region_code"].to_list()
    months = inputs["marts.mart_month"].filter(pl.col("month").str.ends_with("-12") & ~pl.col("is_newest"))
    if not len(cell["lon"]) or not counties or not len(inputs["arrays.street_network"]["node_lon"]):
        return pl.DataFrame(schema=SCHEMA)
    network = StreetNetwork(**inputs["arrays.street_network"])
    cells, entrances = as_snap(cell), as_snap(inputs["arrays.entrance"])
    region, residents = cell["region_index"], cell["residents"]
    everybody = np.zeros(len(region), np.uint16)
    total = coverage(everybody, residents, region, np.array([0]), region_count=len(counties))[:, 0, :]
    frames = [pl.DataFrame(schema=SCHEMA)]
    for month in months["month"].sort():
        is_kept = _opened_by(inputs["core.venue"], int(month[:4]))
        cost, _ = filtered_walking_cost(network, cells, entrances, inputs["arrays.entrance"]["venue_index"], is_kept)
        covered = coverage(cost, residents, region, band_limits(), region_count=len(counties))
        covered = covered[:, CIRCLE_MINUTES.index(MINUTES), :]
        frames.append(
            pl.DataFrame(
                {
                    "region_code": np.repeat(counties, len(BANDS)),
                    "month": [month] * (len(counties) * len(BANDS)),
                    "age_band_code": np.tile(BANDS, len(counties)),
                    "resident_count": total.ravel().round(3),
                    "covered_count": covered.ravel().round(3),
                }
            )
        )
    return pl.concat(frames).filter(pl.col("covered_count").is_not_nan()).sort(KEY)


def _opened_by(venue: pl.DataFrame, year: int) -> np.ndarray:
    """Return which venues are open and were opened by the end of a year, in the order of the venues."""
    kept = (pl.col("status").fill_null("open") == "open") & (pl.col("opened_year") <= year).fill_null(value=False)
    return venue.select(kept).to_series().to_numpy()
