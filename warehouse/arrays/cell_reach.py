"""Walking cost from every population cell to the nearest open venue of any kind, and which venue that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.accessibility import filtered_walking_cost
from geodata.network import Snap, StreetNetwork

READS = ("core.venue", "arrays.street_network", "arrays.entrance", "arrays.cell")
SENSITIVITY = "internal"
SNAP_FIELDS = ("edge", "offset_cost", "access_m")


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return ``cost`` (uint16, units of 0.02 s, access legs counted; 65,535 beyond 15 min) and ``owner`` (int32)."""
    entrance = inputs["arrays.entrance"]
    is_open = inputs["core.venue"].select(pl.col("status").fill_null("open") == "open").to_series().to_numpy()
    cost, owner = filtered_walking_cost(
        StreetNetwork(**inputs["arrays.street_network"]),
        as_snap(inputs["arrays.cell"]),
        as_snap(entrance),
        entrance["venue_index"],
        is_open,
    )
    return {"cost": cost, "owner": owner}


def as_snap(arrays: Mapping[str, np.ndarray]) -> Snap:
    """Return the snap among the arrays of a step."""
    return Snap(**{name: arrays[name] for name in SNAP_FIELDS})
