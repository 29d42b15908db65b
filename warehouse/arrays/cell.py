"""Population cells as arrays: where they meet the streets, their county and their residents by age band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.accessibility import BANDS
from geodata.network import COORDINATE_SCALE, StreetNetwork
from geodata.snap import snap_to_edges
from warehouse.core._filling import smallest_regions

READS = ("core.population_cell", "core.region", "arrays.street_network")
SENSITIVITY = "internal"


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays, in the order of ``cell_index``.

    Returns
    -------
    dict
        ``edge``, ``offset_cost``, ``access_m``: see ``geodata.network.Snap``. ``lon``, ``lat``: int32, degrees times
        1e7. ``region_index``: int16, place in the counties sorted by code, -1 for none. ``residents``: float32,
        shape (k, 7), columns as ``analytics.accessibility.BANDS``; NaN where a band was not delivered.
    """
    cells = inputs["core.population_cell"]
    lon, lat = cells["lon"].to_numpy(), cells["lat"].to_numpy()
    snap = snap_to_edges(StreetNetwork(**inputs["arrays.street_network"]), lon, lat)
    codes = smallest_regions(inputs["core.region"])["region_code"].to_list()
    place = {code: index for index, code in enumerate(codes)}
    return snap.arrays() | {
        "lon": np.rint(lon * COORDINATE_SCALE).astype(np.int32),
        "lat": np.rint(lat * COORDINATE_SCALE).astype(np.int32),
        "region_index": cells["region_code"]
        .replace_strict(place, default=-1, return_dtype=pl.Int16)
        .to_numpy()
        .astype(np.int16),
        "residents": cells.select(
            pl.col("resident_count" if band == "all" else f"{band}_count")
            .cast(pl.Float32)
            .fill_null(np.nan)
            .alias(band)
            for band in BANDS
        ).to_numpy(order="c"),
    }
