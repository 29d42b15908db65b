"""Where one more venue would reach the most residents who reach none today: every street node as its place."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from analytics.accessibility import GROUPS, group_limits, group_residents, walking_cost
from analytics.accessibility.marginal import best_per_square, marginal_gain
from geodata.crs import local_projection, project
from geodata.network import COORDINATE_SCALE
from geodata.regions import assign_regions
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.measures_ground import check_walking, members, members_of
from warehouse.queries.reach import costs, network, qualifying, snap_of
from warehouse.queries.regions import leaves, visible_leaves
from warehouse.queries.step_free import step_free
from warehouse.queries.venue_filter import DEFAULT_MINUTES, VenueFilter

# One place a square, so that a list of places is not a list of neighbours.
SQUARE_M = 250.0
# Most squares that a map overlay shows, best first; a county has some hundred with any gain to speak of.
MOST_SQUARES = 2_000
# Answers kept: 12 MB each at the size of a province.
KEPT_ANSWERS = 6
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class MarginalGain:
    """What a venue would gain at every street node.

    Attributes
    ----------
    gained : float64, shape (n,)
        Residents of the group, in the area asked for, who would newly reach a venue, by street node.
    top : DataFrame
        rank (1 is best), node, lon, lat (degrees), region_code, gained_count: the best node of each square of 250 m
        that lies in the area, at most 2,000.
    uncovered_count : float
        Residents of the group in the area who reach no venue today: the most that can be gained at all.
    """

    gained: npt.NDArray[np.float64]
    top: pl.DataFrame
    uncovered_count: float

    def features(self) -> dict[str, Any]:
        """Return the best places as GeoJSON points with ``rank`` and ``gain``, for an overlay of the map."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"rank": row["rank"], "gain": round(row["gained_count"]), "node": row["node"]},
                    "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
                }
                for row in self.top.iter_rows(named=True)
            ],
        }


def gain(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    minutes: int = DEFAULT_MINUTES,
    group: str = "everyone",
    region_code: str | None = None,
) -> MarginalGain:
    """Return what one more venue would gain at every street node.

    Parameters
    ----------
    scope : GrantedScope
        Only residents of its regions are counted, and only places in them are proposed; venues across its border
        cover its residents all the same.
    venue_filter : VenueFilter
        Which venues count today; the new one is taken to be like them.
    minutes : {5, 10, 15}
        The circle, at the pace of the group.
    group : str
        Whose residents (``analytics.accessibility.GROUPS``).
    region_code : str, optional
        A region of the scope to which residents and places are kept; the whole scope when left out.

    Raises
    ------
    AccessDenied
        When the scope may not read population cells.
    WordedError
        When there is no such circle, group or region, or no streets were delivered.
    """
    check_walking(scope, minutes)
    if group not in GROUPS:
        raise WordedError("measures.no_group", group=group, known=", ".join(GROUPS))
    if region_code is None:
        inside, whole = np.flatnonzero(visible_leaves(scope)[:-1]), not scope.region_codes
    else:
        inside, whole = members_of(scope, region_code), False
    area = _Area(tuple(inside.tolist()), whole)
    gained, uncovered = _gained(_run.build_id(), venue_filter, minutes, group, area)
    return MarginalGain(gained, _top(_run.build_id(), venue_filter, minutes, group, area, scope), uncovered)


def areas(scope: GrantedScope) -> tuple[str, ...]:
    """Return the regions that `gain` can be asked for."""
    return tuple(members(scope))


class _Area(NamedTuple):
    """Smallest regions whose residents and places count, and whether that is everything, cells in no region too."""

    inside: tuple[int, ...]
    is_everything: bool


@lru_cache(maxsize=KEPT_ANSWERS)
def _gained(
    build_id: str, venue_filter: VenueFilter, minutes: int, group: str, area: _Area
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the gain of every node and the residents that nobody reaches; the same for all who may see the area."""
    cell, column = _run.array("cell"), list(GROUPS).index(group)
    people = np.nan_to_num(group_residents(cell["residents"])[:, column].astype(np.float64))
    if not area.is_everything:
        people[~np.isin(cell["region_index"], area.inside)] = 0.0
    limit = int(group_limits([minutes])[0, column])
    on_foot = GROUPS[group].takes_steps
    streets, cells = (network(), snap_of(cell)) if on_foot else (step_free().network, step_free().cells)
    cost = costs(venue_filter).cell if on_foot else _step_free_cost(build_id, venue_filter)
    with _lock:
        gained = marginal_gain(streets, cells, cost, people, limit=limit)
    gained.flags.writeable = False
    return gained, float(people[cost > limit].sum())


@lru_cache(maxsize=4)
def _step_free_cost(build_id: str, venue_filter: VenueFilter) -> npt.NDArray[np.uint16]:  # noqa: ARG001 - a key
    streets, venue = step_free(), _run.array("entrance")["venue_index"]
    chosen = qualifying(venue_filter)[venue]
    doors = type(streets.doors)(*(column[chosen] for column in streets.doors.arrays().values()))
    return walking_cost(streets.network, streets.cells, doors, venue[chosen])[0]


@lru_cache(maxsize=KEPT_ANSWERS)
def _top(  # noqa: PLR0917 - the parts of a key
    build_id: str, venue_filter: VenueFilter, minutes: int, group: str, area: _Area, scope: GrantedScope
) -> pl.DataFrame:
    gained, _ = _gained(build_id, venue_filter, minutes, group, area)
    streets, codes = network(), leaves(scope)
    candidate = np.flatnonzero(gained > 0)
    lon, lat = (degrees[candidate] / COORDINATE_SCALE for degrees in (streets.node_lon, streets.node_lat))
    names = {
        "rank": pl.Int64,
        "node": pl.Int64,
        "lon": pl.Float64,
        "lat": pl.Float64,
        "region_code": pl.String,
        "gained_count": pl.Float64,
    }
    if not len(candidate):
        return pl.DataFrame(schema=names)
    x, y = project(lon, lat, local_projection(lon, lat))
    best = best_per_square(x, y, gained[candidate], side_m=SQUARE_M)
    frame = _run.rows("map_outline.sql", scope, detail_code="fine")
    shapes = dict(zip(frame["region_code"].to_list(), shapely.from_wkb(frame["geometry"].to_numpy()), strict=True))
    own = [codes[place] for place in area.inside if codes[place] in shapes]
    # Best first, in portions, until there are enough: gains across the border of the area are few.
    chosen, region = np.empty(0, np.int64), np.empty(0, np.int32)
    for first in range(0, len(best), 2 * MOST_SQUARES):
        portion = best[first : first + 2 * MOST_SQUARES]
        found = assign_regions(lon[portion], lat[portion], [shapes[code] for code in own], limit_m=0.0)
        chosen = np.concatenate([chosen, portion[found >= 0]])
        region = np.concatenate([region, found[found >= 0]])
        if len(chosen) >= MOST_SQUARES:
            break
    chosen, region = chosen[:MOST_SQUARES], region[:MOST_SQUARES]
    columns = {
        "rank": np.arange(1, len(chosen) + 1),
        "node": candidate[chosen],
        "lon": lon[chosen],
        "lat": lat[chosen],
        "region_code": [own[place] for place in region],
        "gained_count": gained[candidate[chosen]],
    }
    return pl.DataFrame(columns, schema=names)
