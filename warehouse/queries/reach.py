"""Walking costs of nodes and cells to the venues that a filter keeps: searched once, kept for the build."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.accessibility import cell_costs, entrance_seeds, limit_units
from geodata.network import UNREACHED, Snap, StreetNetwork
from geodata.reach import LIMIT_15_MIN, Reach, nearest_source
from warehouse.queries import _run
from warehouse.queries.venue_filter import MINUTES, VenueFilter

# Limits of 5, 10 and 15 minutes in walking units.
BAND_LIMITS: npt.NDArray[np.uint16] = np.array([limit_units(minutes) for minutes in MINUTES], np.uint16)
# Filters whose costs are kept: about 9 MB each at the size of a province.
KEPT_FILTERS = 8


class Costs(NamedTuple):
    """Walking costs under one filter, units of 0.02 s, 65,535 beyond 15 minutes.

    Attributes
    ----------
    node : uint16, shape (n,)
        Of every street node.
    cell : uint16, shape (k,)
        Of every population cell, by cell_index.
    """

    node: npt.NDArray[np.uint16]
    cell: npt.NDArray[np.uint16]


_kept: OrderedDict[tuple[str, str], Costs] = OrderedDict()
# One search at a time: tiles of one view all ask for the same costs, and the search has its own threads.
_lock = threading.Lock()


def costs(venue_filter: VenueFilter) -> Costs:
    """Return the walking costs to the qualifying venues, whichever county they lie in."""
    key = (_run.build_id(), venue_filter.fingerprint)
    found = _kept.get(key)
    if found is not None:
        return found
    with _lock:
        if key not in _kept:
            _kept[key] = _search(venue_filter)
            while len(_kept) > KEPT_FILTERS:
                _kept.popitem(last=False)
        return _kept[key]


def network() -> StreetNetwork:
    """Return the street network of the build, mapped from its files."""
    arrays = _run.array("street_network")
    return StreetNetwork(**{field.name: arrays[field.name] for field in fields(StreetNetwork)})


def snap_of(arrays: dict[str, np.ndarray], chosen: npt.NDArray[np.bool_] | slice = slice(None)) -> Snap:
    """Return the chosen places of an array step that holds ``edge``, ``offset_cost`` and ``access_m``."""
    return Snap(**{field.name: arrays[field.name][chosen] for field in fields(Snap)})


def qualifying(venue_filter: VenueFilter) -> npt.NDArray[np.bool_]:
    """Return which venues count, by venue_index."""
    table = _run.array("map_tile")
    keep = np.zeros(len(table["venue_index"]), bool)
    keep[table["venue_index"]] = venue_filter.accepts(table["venue_category"], table["venue_fee"], table["venue_open"])
    return keep


def _search(venue_filter: VenueFilter) -> Costs:
    streets = network()
    entrance, cell = _run.array("entrance"), _run.array("cell")
    chosen = qualifying(venue_filter)[entrance["venue_index"]]
    owner = entrance["venue_index"][chosen]
    doors = snap_of(entrance, chosen)
    if not len(owner):
        return Costs(
            np.full(streets.node_count, UNREACHED, np.uint16), np.full(len(cell["edge"]), UNREACHED, np.uint16)
        )
    reach = nearest_source(streets, *entrance_seeds(streets, doors, owner), limit=LIMIT_15_MIN)
    return Costs(reach.cost, cell_costs(streets, snap_of(cell), doors, owner, reach)[0])


def reach_of_venue(venue_index: int) -> tuple[Reach, Snap, npt.NDArray[np.uint16]]:
    """Return how far nodes are from one venue, its entrances, and how far the cells are.

    Parameters
    ----------
    venue_index : int
        The venue; without entrances on the network nothing is reached.
    """
    streets = network()
    entrance, cell = _run.array("entrance"), _run.array("cell")
    doors = snap_of(entrance, entrance["venue_index"] == venue_index)
    owner = np.full(len(doors.edge), venue_index, np.int32)
    reach = nearest_source(streets, *entrance_seeds(streets, doors, owner), limit=LIMIT_15_MIN, threads=1)
    return reach, doors, cell_costs(streets, snap_of(cell), doors, owner, reach)[0]
