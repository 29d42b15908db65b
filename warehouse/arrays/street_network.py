"""The walkable network of the streets that were delivered: the fields of ``geodata.network.StreetNetwork``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from geodata.network import StreetNetwork
from geodata.streets import build_network

READS = ("staging.stg_street",)
SENSITIVITY = "open"

_EMPTY_TYPES: dict[str, np.dtype] = {
    "node_lon": np.dtype(np.int32),
    "node_lat": np.dtype(np.int32),
    "arc_node": np.dtype(np.int32),
    "arc_cost": np.dtype(np.uint16),
    "arc_edge": np.dtype(np.int32),
    "edge_from": np.dtype(np.int32),
    "edge_to": np.dtype(np.int32),
    "edge_length_m": np.dtype(np.float64),
    "edge_cost_exact": np.dtype(np.float64),
    "edge_kind": np.dtype(np.uint8),
    "edge_has_steps": np.dtype(np.bool_),
    "edge_is_bridge": np.dtype(np.bool_),
    "shape_lon": np.dtype(np.int32),
    "shape_lat": np.dtype(np.int32),
}


def build(inputs: Mapping[str, pl.DataFrame]) -> dict[str, np.ndarray]:
    """Return the arrays of the network; a network of no nodes where no streets were delivered."""
    streets = inputs["staging.stg_street"]
    return (build_network(streets) if streets.height else empty_network()).arrays()


def empty_network() -> StreetNetwork:
    """Return the network of no nodes and no edges."""
    fields = {name: np.empty(0, kind) for name, kind in _EMPTY_TYPES.items()}
    return StreetNetwork(**fields, arc_start=np.zeros(1, np.int64), shape_start=np.zeros(1, np.int64))
