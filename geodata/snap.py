"""Points to the nearest place on a street."""

from __future__ import annotations

import numpy.typing as npt

from geodata.network import Snap, StreetNetwork

SNAP_LIMIT_M = 500.0


def snap_to_edges(
    network: StreetNetwork, lon: npt.ArrayLike, lat: npt.ArrayLike, *, limit_m: float = SNAP_LIMIT_M
) -> Snap:
    """Return the nearest place on an edge for each point (signature; the body follows)."""
    raise NotImplementedError((network, lon, lat, limit_m))
