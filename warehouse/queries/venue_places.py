"""Where venues stand, by their numbers."""

from __future__ import annotations

import numpy as np

from geodata.tile_index import lon_lat
from warehouse.queries import _run


def venue_place(venue_index: int) -> tuple[float, float]:
    """Return longitude and latitude of a venue, degrees, WGS-84.

    Raises
    ------
    KeyError
        When the build has no such venue. Whether a visitor may know it is asked by whoever names it.
    """
    table = _run.array("map_tile")
    row = np.flatnonzero(table["venue_index"] == venue_index)
    if not len(row):
        raise KeyError(venue_index)
    lon, lat = lon_lat(table["venue_x"][row], table["venue_y"][row])
    return round(float(lon[0]), 6), round(float(lat[0]), 6)
