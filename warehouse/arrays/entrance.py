"""Where the entrances of every venue meet the street network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from geodata.network import StreetNetwork
from geodata.snap import snap_to_edges
from warehouse.arrays._doors import doors

READS = ("core.venue", "arrays.street_network")
SENSITIVITY = "open"


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return ``venue_index`` (int32) and the fields of ``geodata.network.Snap``, one place an entrance.

    All venues are there, open or not; whoever searches leaves out those that do not qualify.
    """
    door = doors(inputs["core.venue"])
    network = StreetNetwork(**inputs["arrays.street_network"])
    snap = snap_to_edges(network, door["lon"].to_numpy(), door["lat"].to_numpy())
    return {"venue_index": door["venue_index"].to_numpy().astype(np.int32)} | snap.arrays()
