"""One venue: everything delivered about it, who lives near it, and the streets within its reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import shapely

from geodata.isochrone import isochrone_polygon
from geodata.network import UNIT_M
from kernel.errors import AccessDenied, UsageError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.reach import BAND_LIMITS, network, reach_of_venue
from warehouse.queries.regions import visible_leaves
from warehouse.queries.venue_filter import MINUTES


def card(scope: GrantedScope, venue_index: int) -> dict[str, Any] | None:
    """Return the delivered columns of a venue with the names of its type and county; None outside the scope."""
    frame = _run.rows("venue_card.sql", scope, venue_index=venue_index)
    return frame.row(0, named=True) if frame.height else None


def residents_near(scope: GrantedScope, venue_index: int) -> dict[int, float] | None:
    """Return the residents within 5, 10 and 15 minutes on foot of one venue.

    Returns
    -------
    dict or None
        Minutes -> residents in the regions of the scope; None where no population was delivered or the scope does
        not cover it.
    """
    cell = _run.array("cell")
    if not len(cell["edge"]) or not scope.covers(_run.array_sensitivity("cell")):
        return None
    _, _, cost = reach_of_venue(venue_index)
    residents = np.where(visible_leaves(scope)[cell["region_index"]], cell["residents"][:, 0], 0).astype(np.float64)
    return {minutes: float(residents[cost <= limit].sum()) for minutes, limit in zip(MINUTES, BAND_LIMITS, strict=True)}


def isochrone(scope: GrantedScope, venue_index: int, minutes: int) -> bytes:
    """Return the streets within reach of a venue as a GeoJSON feature; a picture, with holes and rivers kept.

    Raises
    ------
    UsageError
        When there is no such time.
    AccessDenied
        When the venue lies outside the scope or does not exist.
    """
    if minutes not in MINUTES:
        raise UsageError(f"There is no circle of {minutes} minutes.", fix=f"minutes: {', '.join(map(str, MINUTES))}.")
    if card(scope, venue_index) is None:
        raise AccessDenied("This venue is not in your area.", fix="Ask the administrator for the right.")
    reach, doors, _ = reach_of_venue(venue_index)
    met = doors.edge >= 0
    origins = type(doors)(doors.edge[met], doors.offset_cost[met], doors.access_m[met])
    shape = isochrone_polygon(
        network(),
        reach.cost,
        float(BAND_LIMITS[MINUTES.index(minutes)]),
        origins=origins if met.any() else None,
        origin_cost=origins.access_m / UNIT_M if met.any() else 0.0,
    )
    feature = {
        "type": "Feature",
        "properties": {"venue": venue_index, "minutes": minutes},
        "geometry": orjson.Fragment(shapely.to_geojson(shapely.set_precision(shape, 1e-6, mode="pointwise"))),
    }
    return orjson.dumps(feature)
