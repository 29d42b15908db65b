"""The ground of a search for sites: streets, cells of the area, who lives there, and how far they walk today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from analytics.accessibility import GROUPS, filtered_walking_cost, group_limits, group_residents
from geodata.network import COORDINATE_SCALE, Snap, StreetNetwork
from geodata.snap import snap_to_edges
from geodata.step_free import without_step_places
from kernel.errors import WordedError
from kernel.scope import GrantedScope, region_prefix
from warehouse.queries import _run
from warehouse.queries.cells import require_cells
from warehouse.queries.reach import costs, network, qualifying, snap_of
from warehouse.queries.regions import leaves, regions, visible_leaves
from warehouse.queries.siting_request import SitingRequest
from warehouse.queries.step_free import StepFree, step_free
from warehouse.queries.venue_filter import VenueFilter

GROUP_CODES = tuple(GROUPS)
# Along a meridian of a sphere.
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Ground:
    """What is known of the area before anything is built; what only wheelchairs need is found when first asked for.

    Attributes
    ----------
    build_id : str
        Snapshot that everything was read from.
    network : StreetNetwork
        All streets.
    cells : Snap
        Where all ``k`` cells of the snapshot meet them.
    venue_filter : VenueFilter
        What counts as existing.
    entrance : dict of arrays
        Where the entrances of all venues meet the streets.
    lon, lat : float64, shape (k,)
        Degrees.
    region_index : int16, shape (k,)
        Place of each cell's county in ``counties``, -1 for none.
    counties : tuple of str
        Codes of the smallest regions.
    people : float32, shape (k, 6)
        Residents by group; NaN where a group was not delivered.
    cost : uint16, shape (k,)
        Walking cost to the nearest existing venue.
    chosen : int64
        Cells of the area, ascending.
    """

    build_id: str
    network: StreetNetwork
    cells: Snap
    venue_filter: VenueFilter
    entrance: dict[str, np.ndarray]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    region_index: npt.NDArray[np.int16]
    counties: tuple[str, ...]
    people: npt.NDArray[np.float32]
    cost: npt.NDArray[np.uint16]
    chosen: npt.NDArray[np.int64]

    @cached_property
    def free(self) -> StepFree:
        """The streets without steps, and where cells and entrances meet them."""
        return step_free()

    @cached_property
    def cost_without_steps(self) -> npt.NDArray[np.uint16]:
        """Walking cost to the nearest existing venue without steps, shape (k,)."""
        return _cost_without_steps(self.build_id, self.venue_filter)

    def streets_of(self, group: str) -> StreetNetwork:
        """Return the streets that a group walks."""
        return self.network if GROUPS[group].takes_steps else self.free.network

    def part(self, group: str, cells: npt.NDArray[np.integer]) -> Snap:
        """Return where some of the cells meet the streets that a group walks."""
        snap = self.cells if GROUPS[group].takes_steps else self.free.cells
        return Snap(snap.edge[cells], snap.offset_cost[cells], snap.access_m[cells])

    def doors(self, group: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Snap:
        """Return where new entrances meet the streets that a group walks; edge -1 where none is within 500 m."""
        snap = snap_to_edges(self.network, lon, lat)
        return snap if GROUPS[group].takes_steps else without_step_places(self.network, snap, lon, lat)

    def host_doors(self, group: str) -> Snap:
        """Return where the entrances of all existing venues meet the streets that a group walks."""
        return snap_of(self.entrance) if GROUPS[group].takes_steps else self.free.doors

    def cost_of(self, group: str) -> npt.NDArray[np.uint16]:
        """Return the walking cost of every cell by the streets that a group walks."""
        return self.cost if GROUPS[group].takes_steps else self.cost_without_steps

    def people_of(self, group: str) -> npt.NDArray[np.float32]:
        """Return the residents of a group in every cell, 0 where they are not known."""
        return np.nan_to_num(self.people[:, GROUP_CODES.index(group)])


def limit_of(group: str, minutes: int) -> int:
    """Return how far a group walks in so many minutes, in units of cost."""
    return int(group_limits([minutes])[0, GROUP_CODES.index(group)])


def read_ground(scope: GrantedScope, request: SitingRequest) -> Ground:
    """Return the ground of a request.

    Raises
    ------
    AccessDenied
        When the scope may not read cells.
    WordedError
        When the area does not exist, lies outside the scope, or nobody lives in it; when streets were not delivered.
    """
    require_cells(scope)
    build_id = _run.build_id()
    cell, streets = _run.array("cell"), network()
    if not streets.edge_count:
        raise WordedError("siting.no_streets")
    lon, lat = cell["lon"] / COORDINATE_SCALE, cell["lat"] / COORDINATE_SCALE
    is_chosen = is_inside(scope, request, cell["region_index"], lon, lat)
    is_chosen &= np.nan_to_num(cell["residents"][:, 0]) > 0
    if not is_chosen.any():
        raise WordedError("siting.area_empty")
    return Ground(
        build_id=build_id,
        network=streets,
        cells=snap_of(cell),
        venue_filter=request.venue_filter,
        entrance=_run.array("entrance"),
        lon=lon,
        lat=lat,
        region_index=cell["region_index"],
        counties=leaves(scope),
        people=_people(build_id),
        cost=costs(request.venue_filter).cell,
        chosen=np.flatnonzero(is_chosen),
    )


def plane(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> tuple[np.ndarray, np.ndarray]:
    """Return places in a plane of metres that is good enough for squares; nothing is measured in it."""
    middle = float(np.cos(np.radians(np.mean(lat)))) if len(lat) else 1.0
    return lon * (METRES_PER_DEGREE * middle), lat * METRES_PER_DEGREE


def squares(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], side_m: float) -> npt.NDArray[np.int64]:
    """Return the number of the square that each place lies in."""
    x, y = plane(lon, lat)
    return (np.floor(x / side_m).astype(np.int64) << 32) + np.floor(y / side_m).astype(np.int64)


def polygon_of(request: SitingRequest) -> shapely.Polygon:
    """Return the drawn area.

    Raises
    ------
    WordedError
        When its border crosses itself.
    """
    polygon = shapely.Polygon(request.ring)
    if not polygon.is_valid:
        raise WordedError("siting.ring_crossed")
    return polygon


def is_inside(
    scope: GrantedScope,
    request: SitingRequest,
    region_index: npt.NDArray[np.integer],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """Return which places lie in the area and in the scope.

    Parameters
    ----------
    scope, request
        Whose area, and which.
    region_index : int, shape (n,)
        Place of each one's county among the counties, -1 for none.
    lon, lat : float64, shape (n,)
        Degrees.

    Raises
    ------
    WordedError
        When the area does not exist, lies outside the scope, or its border crosses itself.
    """
    seen = visible_leaves(scope)
    if request.region_code is None:
        polygon = polygon_of(request)
        inside: npt.NDArray[np.bool_] = seen[region_index].copy()
        west, south, east, north = polygon.bounds
        inside &= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        near = np.flatnonzero(inside)
        inside[near] = shapely.contains_xy(polygon, lon[near], lat[near])
        return inside
    known = set(regions(scope)["region_code"].to_list())
    if request.region_code not in known or not scope.includes_region(request.region_code):
        raise WordedError("siting.area_unknown", code=request.region_code)
    below = [code.startswith(region_prefix(request.region_code)) for code in leaves(scope)]
    found: npt.NDArray[np.bool_] = (np.array([*below, False]) & seen)[region_index]
    return found


@lru_cache(maxsize=2)
def _people(build_id: str) -> npt.NDArray[np.float32]:  # noqa: ARG001 - the key
    return group_residents(_run.array("cell")["residents"])


@lru_cache(maxsize=4)
def _cost_without_steps(build_id: str, venue_filter: VenueFilter) -> npt.NDArray[np.uint16]:  # noqa: ARG001 - the key
    if not network().edge_has_steps.any():
        return costs(venue_filter).cell
    free, owner = step_free(), _run.array("entrance")["venue_index"]
    return filtered_walking_cost(free.network, free.cells, free.doors, owner, qualifying(venue_filter))[0]
