"""Supply and demand of venue area by region: what is wanted, offered, satisfied, unmet, used, free, and served locally.

Demand is a quota of square metres for every resident. Each venue shares its area out among the cells that reach it, in
the proportions of the floating catchment; a cell takes of that what its quota asks for and leaves the rest. So
``satisfied + unmet = demand``, ``used + free = supply`` and ``satisfied = used``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt

from analytics.accessibility.catchment import CellIndex, Ground, catchments, search_in_parts
from analytics.accessibility.floating import PARTS, Floating
from geodata.network import Snap, StreetNetwork
from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import floating_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None


@dataclass(frozen=True, slots=True)
class SupplyDemand:
    """Supply and demand of cells and venues, square metres.

    Attributes
    ----------
    demand, satisfied : float64, shape (cells,)
        What the quota asks for, and how much of it is met: ``P_i min(q, A_i)``.
    supply, used : float64, shape (venues,)
        What each venue offers, and how much of it is taken.
    local : float64, shape (levels, venues)
        How much of it is taken by cells of the venue's own region, at each level of regions.
    """

    demand: npt.NDArray[np.float64]
    satisfied: npt.NDArray[np.float64]
    supply: npt.NDArray[np.float64]
    used: npt.NDArray[np.float64]
    local: npt.NDArray[np.float64]

    @property
    def unmet(self) -> npt.NDArray[np.float64]:
        """Demand that is not met, by cell."""
        return self.demand - self.satisfied

    @property
    def free(self) -> npt.NDArray[np.float64]:
        """Supply that is not used, by venue."""
        return np.maximum(self.supply - self.used, 0.0)


def supply_and_demand(
    network: StreetNetwork,
    index: CellIndex,
    places: Snap,
    owner: npt.ArrayLike,
    floating: Floating,
    *,
    supply: npt.ArrayLike,
    residents: npt.ArrayLike,
    weight: npt.ArrayLike,
    cell_region: npt.ArrayLike,
    venue_region: npt.ArrayLike,
    quota_m2: float,
    threads: int = 2,
) -> SupplyDemand:
    """Return how far supply meets demand, cell by cell and venue by venue.

    Parameters
    ----------
    network, index, places, owner, supply, weight
        As in `floating_catchment`; supply in square metres.
    floating : Floating
        Its answer with ``residents`` as demand.
    residents : float64, shape (cells,)
        Residents of each cell.
    cell_region, venue_region : int, shape (levels, cells) and (levels, venues)
        Place of the region of each cell and venue at each level (county, city, ...), -1 for none.
    quota_m2 : float
        Square metres that each resident asks for, > 0.
    threads : int
        Threads to work with; the result does not depend on it.

    Raises
    ------
    ValueError
        If the quota is not above zero or regions do not fit.

    Notes
    -----
    The flow from venue ``j`` to cell ``i`` is ``R_j w_ij P_i min(1, q / A_i)``, with ``R`` and ``A`` of the floating
    catchment. Summed over venues it is what the cell has met, summed over cells what the venue has used.
    """
    if not quota_m2 > 0:
        raise ValueError(f"a quota of {quota_m2} m2 asks for nothing")
    people, offered = frozen(residents, np.float64), frozen(supply, np.float64)
    here, there = frozen(cell_region, np.int32), frozen(venue_region, np.int32)
    if here.shape[1:] != people.shape or there.shape[1:] != offered.shape or len(here) != len(there):
        raise ValueError(f"regions of cells {here.shape} and of venues {there.shape} do not fit")
    access = floating.access
    share = np.divide(quota_m2, access, out=np.ones(len(access)), where=access > quota_m2)
    taken = frozen(people * share, np.float64)
    used, local = _use(
        network,
        index,
        places,
        owner,
        (frozen(floating.ratio, np.float64), taken, here, there),
        weight=frozen(weight, np.float64),
        threads=threads,
    )
    return SupplyDemand(people * quota_m2, people * np.minimum(access, quota_m2), offered, used, local)


def _use(
    network: StreetNetwork,
    index: CellIndex,
    places: Snap,
    owner: npt.ArrayLike,
    given: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    *,
    weight: npt.NDArray[np.float64],
    threads: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    ratio, taken, cell_region, venue_region = given
    owner_count, limit = len(ratio), len(weight) - 1
    used, local = np.zeros(owner_count), np.zeros((len(cell_region), owner_count))
    if kernels is None or network.node_count == 0:
        pairs = catchments(network, index, places, owner, owner_count=owner_count, limit=limit)
        venue = pairs.owner
        flow = ratio[venue] * weight[pairs.cost] * taken[pairs.cell]
        used += np.bincount(venue, weights=flow, minlength=owner_count)
        for level in range(len(local)):
            mine = (venue_region[level][venue] >= 0) & (venue_region[level][venue] == cell_region[level][pairs.cell])
            local[level] = np.bincount(venue[mine], weights=flow[mine], minlength=owner_count)
        return used, local
    compiled = kernels

    def work(columns: Ground, part: tuple[int, int], space: tuple[np.ndarray, ...]) -> None:
        compiled.use_venues(*columns, part, limit, space, weight, given, (used, local))

    search_in_parts(network, index, places, owner, work, owner_count=owner_count, threads=threads, parts=PARTS)
    return used, local
