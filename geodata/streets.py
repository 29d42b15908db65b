"""Street segments to a walkable network."""

from __future__ import annotations

import polars as pl

from geodata.network import StreetNetwork

# Order is the code of ``StreetNetwork.edge_kind``; it is the list of the street contract.
KINDS = (
    "motor_road",
    "street",
    "living_street",
    "service",
    "track",
    "pedestrian",
    "footway",
    "cycleway",
    "path",
    "steps",
    "ferry",
)


def build_network(streets: pl.DataFrame) -> StreetNetwork:
    """Return the walkable network of street segments (signature; the body follows)."""
    raise NotImplementedError(streets.columns)
