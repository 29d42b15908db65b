"""Walking costs of nodes and cells to the venues that a filter keeps: searched once, kept for the build."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import fields
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.accessibility import cell_costs, entrance_seeds, limit_units
from geodata.network import UNREACHED, Snap, StreetNetwork
from geodata.reach import LIMIT_15_MIN, Reach, nearest_source
from warehouse.arrays.venue_hours import NO, YES
from warehouse.queries import _run
from warehouse.queries.daylight import is_dark
from warehouse.queries.venue_filter import MINUTES, VenueFilter, WeekTime

# Limits of 5, 10 and 15 minutes in walking units.
BAND_LIMITS: npt.NDArray[np.uint16] = np.array([limit_units(minutes) for minutes in MINUTES], np.uint16)
# Filters whose costs are kept: about 9 MB each at the size of a province.
KEPT_FILTERS = 8
# Choices of venues that are kept: one byte a venue each.
KEPT_CHOICES = 64


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
    """Return which venues count, by venue_index; read-only, kept for the build.

    Raises
    ------
    NoSnapshot
        When the filter asks for hours or owners and the build is older than these; building anew mends it.
    """
    return _qualifying(_run.build_id(), venue_filter)


@lru_cache(maxsize=KEPT_CHOICES)
def _qualifying(build_id: str, venue_filter: VenueFilter) -> npt.NDArray[np.bool_]:  # noqa: ARG001 - part of the key
    table = _run.array("map_tile")
    keep = np.zeros(len(table["venue_index"]), bool)
    keep[table["venue_index"]] = venue_filter.accepts(table["venue_category"], table["venue_fee"], table["venue_open"])
    if venue_filter.needs_hours:
        hours = _run.array("venue_hours")
        if not venue_filter.schools:
            keep &= ~hours["is_school"]
        if venue_filter.at is not None:
            keep &= open_at(hours, venue_filter.at)
    keep.flags.writeable = False
    return keep


def open_at(hours: dict[str, np.ndarray], at: WeekTime) -> npt.NDArray[np.bool_]:
    """Return which venues can be used at a time: open or of unknown hours, and in the dark not known to be unlit.

    Parameters
    ----------
    hours : dict of arrays
        The step ``venue_hours``.
    at : WeekTime
        The time.
    """
    bits = hours["pattern_open"][:, at.month - 1, at.slot // 8]
    is_open = (bits >> (7 - at.slot % 8)) & 1
    usable: npt.NDArray[np.bool_] = np.append(is_open, 1)[hours["pattern"]].astype(bool)  # -1 is the last: unknown
    if is_dark(at.month, at.minute):
        usable &= (hours["is_lit"] != NO) | (hours["is_indoor"] == YES)
    return usable


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
