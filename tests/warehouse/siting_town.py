"""The small town as ground for searches for sites: who asks, what is asked, and costs searched a second way."""

from __future__ import annotations

import numpy as np

from access.accounts import Account
from access.policy import grant
from analytics.accessibility import walking_cost
from geodata.snap import snap_to_edges
from tests.small_town import LAT, LON
from warehouse.queries import _run
from warehouse.queries.reach import network, snap_of

PLANNER = grant(Account("p", "p", "planner", frozenset(), is_demo=True, is_disabled=False, must_change_password=False))
WHOLE = [[LON - 0.01, LAT - 0.01], [LON + 0.02, LAT - 0.01], [LON + 0.02, LAT + 0.02], [LON - 0.01, LAT + 0.02]]
ASKED = {
    "model": "mclp",
    "area": {"ring": WHOLE},
    "filter": {"categories": "swimming"},
    "venue_type_code": "B10",
    "minutes": 5,
    "group": "everyone",
    "kinds": ["free_cells"],
    "spacing_m": 200,
    "count": 2,
}


def costs_from(lon: float, lat: float) -> np.ndarray:
    """Return the walking cost from one place to every cell, searched over the whole network."""
    streets = network()
    door = snap_to_edges(streets, [lon], [lat])
    return walking_cost(streets, snap_of(_run.array("cell")), door, [0], limit=65_533)[0]


def swimmers_cost() -> np.ndarray:
    """Return the walking cost of every cell to the one pool of the town."""
    table = _run.array("map_tile")
    pool = int(table["venue_index"][table["venue_category"] == 1][0])
    entrance = _run.array("entrance")
    chosen = entrance["venue_index"] == pool
    return walking_cost(network(), snap_of(_run.array("cell")), snap_of(entrance, chosen), [0], limit=45_000)[0]
