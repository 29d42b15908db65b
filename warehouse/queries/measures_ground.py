"""What all measures of accessibility stand on: cells by street node, residents, venues' areas, regions and doors."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.accessibility import CellIndex, index_cells
from geodata.network import Snap
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.cells import require_cells
from warehouse.queries.coverage import regions_above
from warehouse.queries.reach import network, qualifying, snap_of
from warehouse.queries.regions import leaves
from warehouse.queries.venue_filter import MINUTES, VenueFilter


class Venues(NamedTuple):
    """What venues offer.

    Attributes
    ----------
    area_m2 : float64, shape (v,)
        By venue_index; where none was delivered the typical one of its type.
    source : uint8, shape (v,)
        Where it comes from (``warehouse.arrays.venue_supply``).
    """

    area_m2: npt.NDArray[np.float64]
    source: npt.NDArray[np.uint8]


def supply_of_venues() -> Venues:
    """Return the area that each venue offers, by venue_index.

    Raises
    ------
    NoSnapshot
        When the build is older than these figures; building anew mends it.
    """
    table = _run.array("venue_supply")
    return Venues(table["area_m2"], table["source"])


def typical_area_m2(venue_type_code: str) -> float:
    """Return the middle area of a type of venue, of all types where it was never delivered; for planned venues."""
    table = _run.array("venue_supply")
    at = np.flatnonzero(table["type_code"] == venue_type_code)
    if len(at):
        return float(table["type_area_m2"][at[0]])
    return float(np.median(table["type_area_m2"])) if len(table["type_area_m2"]) else 0.0


def cell_index() -> CellIndex:
    """Return the population cells filed by street node, made once for a build."""
    return _cell_index(_run.build_id())


def residents() -> npt.NDArray[np.float64]:
    """Return everybody in each cell, by cell_index, 0 where nobody was delivered; outside any scope too."""
    return _residents(_run.build_id())


def members(scope: GrantedScope) -> dict[str, npt.NDArray[np.int64]]:
    """Return the smallest regions inside each region of the scope, as places among the smallest regions."""
    return _members(leaves(scope), regions_above(scope), scope)


def members_of(scope: GrantedScope, region_code: str) -> npt.NDArray[np.int64]:
    """Return the smallest regions inside one region of the scope.

    Raises
    ------
    WordedError
        When there is no such region in the scope.
    """
    inside = members(scope)
    if region_code not in inside:
        raise WordedError("measures.no_region", code=region_code)
    return inside[region_code]


def check_walking(scope: GrantedScope, minutes: int) -> None:
    """Refuse a scope without the right to cells, a circle that does not exist, and a build without streets.

    Raises
    ------
    AccessDenied, WordedError
        Saying so.
    """
    require_cells(scope)
    if minutes not in MINUTES:
        raise WordedError("measures.no_minutes", minutes=minutes)
    if not network().edge_count:
        raise WordedError("measures.no_network")


@lru_cache(maxsize=1)
def _cell_index(build_id: str) -> CellIndex:  # noqa: ARG001 - part of the key
    return index_cells(network(), snap_of(_run.array("cell")))


@lru_cache(maxsize=1)
def _residents(build_id: str) -> npt.NDArray[np.float64]:  # noqa: ARG001 - part of the key
    people = np.nan_to_num(_run.array("cell")["residents"][:, 0].astype(np.float64))
    people.flags.writeable = False
    return people


@lru_cache(maxsize=8)
def _members(
    codes: tuple[str, ...], above: tuple[tuple[str, str], ...], scope: GrantedScope
) -> dict[str, npt.NDArray[np.int64]]:
    parent = dict(above)
    found: dict[str, list[int]] = {}
    for place, leaf in enumerate(codes):
        code, seen = leaf, set[str]()
        while code and code not in seen:
            seen.add(code)
            found.setdefault(code, []).append(place)
            code = parent.get(code, "")
    return {code: np.array(places, np.int64) for code, places in sorted(found.items()) if scope.includes_region(code)}


def qualifying_doors(venue_filter: VenueFilter) -> tuple[Snap, npt.NDArray[np.int32]]:
    """Return where the entrances of qualifying venues meet the streets, and the venue_index of each."""
    entrance = _run.array("entrance")
    chosen = qualifying(venue_filter)[entrance["venue_index"]]
    return snap_of(entrance, chosen), entrance["venue_index"][chosen]
