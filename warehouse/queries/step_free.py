"""The streets as a wheelchair uses them: no arcs along steps, cells and entrances moved off steps."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from geodata.network import COORDINATE_SCALE, Snap, StreetNetwork, without_steps
from geodata.step_free import without_step_places
from warehouse.queries import _run
from warehouse.queries.reach import network, snap_of


class StepFree(NamedTuple):
    """The network without steps, and where ``k`` cells and ``s`` entrances meet it."""

    network: StreetNetwork
    cells: Snap
    doors: Snap


def step_free() -> StepFree:
    """Return the streets of the build without steps; the first time takes some tenths of a second at province size."""
    return _step_free(_run.build_id())


@lru_cache(maxsize=1)
def _step_free(build_id: str) -> StepFree:  # noqa: ARG001 - part of the key
    streets = network()
    cell, table = _run.array("cell"), _run.array("map_tile")
    cells, doors = snap_of(cell), snap_of(_run.array("entrance"))
    # Both at once, because a search for places builds its grid of streets anew. Entrances and the doors of the tiles
    # are the same rows in the same order.
    together = without_step_places(
        streets,
        Snap(*(np.concatenate([getattr(cells, name), getattr(doors, name)]) for name in Snap.__slots__)),
        np.concatenate([cell["lon"], table["door_lon"]]) / COORDINATE_SCALE,
        np.concatenate([cell["lat"], table["door_lat"]]) / COORDINATE_SCALE,
    )
    count = len(cells.edge)
    return StepFree(without_steps(streets), _part(together, slice(count)), _part(together, slice(count, None)))


def _part(snap: Snap, places: slice) -> Snap:
    return Snap(edge=snap.edge[places], offset_cost=snap.offset_cost[places], access_m=snap.access_m[places])
