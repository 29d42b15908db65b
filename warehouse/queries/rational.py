"""What access costs residents who weigh long ways against crowded venues: the rational agent model for one area."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import catchments, limit_units
from analytics.accessibility.rational import rational_access
from geodata.network import UNIT_S, Snap
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.measures_ground import (
    cell_index,
    check_walking,
    members_of,
    qualifying_doors,
    residents,
    supply_of_venues,
)
from warehouse.queries.reach import network, qualifying
from warehouse.queries.regions import leaves
from warehouse.queries.venue_filter import DEFAULT_MINUTES, VenueFilter

# Cells of an area: the model keeps all pairs of cells and venues, some fifty a cell.
MOST_CELLS = 40_000
# Walking time that people accept to avoid a venue twice as crowded as the mean.
DEFAULT_TAU_MINUTES = 10.0
# What the sweeps stop at: costs are then right to a ten-thousandth, far below what anybody can tell.
GAP = 1e-5
MOST_SWEEPS = 200
KEPT_ANSWERS = 8
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class RationalAnswer:
    """Costs of access in an area.

    Attributes
    ----------
    cells : DataFrame
        cell_index, resident_count, cost (null where nothing is in reach): walking time in units of tau and crowding
        in units of the mean of the area; less is better.
    mean_cost : float or None
        Mean over the residents who reach a venue.
    residents_without : float
        Residents who reach none.
    gap : float
        Relative gap to the equilibrium.
    """

    cells: pl.DataFrame
    mean_cost: float | None
    residents_without: float
    gap: float


def rational(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    region_code: str,
    *,
    minutes: int = DEFAULT_MINUTES,
    tau_minutes: float = DEFAULT_TAU_MINUTES,
) -> RationalAnswer:
    """Return what access costs the residents of an area.

    Parameters
    ----------
    scope : GrantedScope
        Must include the area. Residents across its border crowd its venues, and its residents go to venues there.
    venue_filter : VenueFilter
        Which venues count.
    region_code : str
        The area, at most 40,000 cells: a county.
    minutes : {5, 10, 15}
        The farthest that anybody walks, at the adult pace.
    tau_minutes : float
        Walking time that people accept to avoid a venue twice as crowded as the mean.

    Raises
    ------
    AccessDenied
        When the scope may not read population cells.
    WordedError
        When there is no such circle or region, the area is too large, or no streets were delivered.
    ValueError
        When tau is not above zero.
    """
    check_walking(scope, minutes)
    inside = members_of(scope, region_code)
    count = int(np.isin(_run.array("cell")["region_index"], inside).sum())
    if count > MOST_CELLS:
        raise WordedError("measures.too_large", count=count, most=MOST_CELLS)
    key = tuple(inside.tolist()), len(leaves(scope))
    return _rational(_run.build_id(), venue_filter, key, minutes, tau_minutes)


@lru_cache(maxsize=KEPT_ANSWERS)
def _rational(
    build_id: str,  # noqa: ARG001 - part of the key
    venue_filter: VenueFilter,
    area: tuple[tuple[int, ...], int],
    minutes: int,
    tau_minutes: float,
) -> RationalAnswer:
    is_own = np.isin(_run.array("cell")["region_index"], area[0])
    limit, people = limit_units(minutes), residents()
    with _lock:
        venues = _venues_reaching(venue_filter, is_own, limit)
        doors, owner = qualifying_doors(venue_filter)
        place = np.full(len(qualifying(venue_filter)), -1, np.int64)
        place[venues] = np.arange(len(venues))
        chosen = place[owner] >= 0
        pairs = catchments(
            network(), cell_index(), _some(doors, chosen), place[owner[chosen]], owner_count=len(venues), limit=limit
        )
    # Origins are the cells of the area and those across the border that crowd the same venues.
    origin, cell = np.unique(pairs.cell, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(len(origin) + 1))
    found = rational_access(
        start,
        pairs.owner[order],
        pairs.cost[order] * (UNIT_S / 60),
        people[origin],
        supply_of_venues().area_m2[venues],
        tau_minutes=tau_minutes,
        gap=GAP,
        most_sweeps=MOST_SWEEPS,
    )
    cost = np.full(len(people), np.nan)
    cost[origin] = found.cost
    own = np.flatnonzero(is_own)
    reached = own[~np.isnan(cost[own])]
    weight = people[reached]
    cells = pl.DataFrame({"cell_index": own, "resident_count": people[own], "cost": cost[own]}).fill_nan(None)
    return RationalAnswer(
        cells,
        float((cost[reached] * weight).sum() / weight.sum()) if weight.sum() > 0 else None,
        float(people[own].sum() - weight.sum()),
        found.gap,
    )


def _venues_reaching(venue_filter: VenueFilter, is_own: npt.NDArray[np.bool_], limit: int) -> npt.NDArray[np.int64]:
    """Return the qualifying venues that reach a cell of the area: those that some of its cells reach, turned round."""
    index = cell_index()
    own = np.flatnonzero(is_own & (index.cells.edge >= 0))
    doors, owner = qualifying_doors(venue_filter)
    # Doors as the places to be found, cells of the area as the one venue to search from.
    near = catchments(
        network(), doors, _some(index.cells, own), np.zeros(len(own), np.int32), owner_count=1, limit=limit
    )
    return np.unique(owner[near.cell]).astype(np.int64)


def _some(snap: Snap, chosen: npt.NDArray) -> Snap:
    return Snap(snap.edge[chosen], snap.offset_cost[chosen], snap.access_m[chosen])
