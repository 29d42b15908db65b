"""Floating catchments: how much venue area each resident can reach, shared with everybody else who can reach it.

2SFCA: Luo, W. and Wang, F. (2003), Environment and Planning B 30, 865-884. E2SFCA with weights by zone: Luo, W. and
Qi, Y. (2009), Health & Place 15, 1100-1107. The Gaussian that falls to nothing at the limit: Dai, D. (2010), Health &
Place 16, 1038-1052.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics.accessibility.catchment import (
    Catchments,
    CellIndex,
    Ground,
    catchments,
    checked_limit,
    search_in_parts,
)
from geodata.network import Snap, StreetNetwork
from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import floating_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None

DecayKind = Literal["binary", "steps", "gaussian"]
DECAYS: tuple[DecayKind, ...] = ("binary", "steps", "gaussian")
# Weights of the three zones of Luo and Qi (2009), table 1, their slower decay; zones are thirds of the limit.
ZONE_WEIGHTS = (1.0, 0.68, 0.22)
# Sums run over ranges of venues, added up in this many parts whatever the number of threads: the same last digit.
PARTS = 4


@dataclass(frozen=True, slots=True)
class Floating:
    """The two steps of a floating catchment.

    Attributes
    ----------
    reached : float64, shape (venues,)
        Demand within reach of each venue, weighted by decay.
    ratio : float64, shape (venues,)
        First step: supply per weighted demand, 0 where nobody is within reach.
    access : float64, shape (cells,)
        Second step: supply per unit of demand at each cell, e.g. square metres per resident.
    """

    reached: npt.NDArray[np.float64]
    ratio: npt.NDArray[np.float64]
    access: npt.NDArray[np.float64]


def decay_weights(kind: DecayKind, limit: int) -> npt.NDArray[np.float64]:
    """Return the weight of every cost 0..limit, shape (limit + 1,); 1 at no cost, never rising.

    Parameters
    ----------
    kind : {"binary", "steps", "gaussian"}
        1 everywhere; 1, 0.68 and 0.22 in thirds of the limit; ``(exp(-x^2 / 2) - exp(-1 / 2)) / (1 - exp(-1 / 2))``
        with ``x = cost / limit``, which is 0 at the limit.
    limit : int
        Largest cost, units.

    Raises
    ------
    ValueError
        If there is no such kind or the limit is out of range.
    """
    cost = np.arange(checked_limit(limit) + 1, dtype=np.float64)
    if kind == "binary":
        return np.ones(limit + 1)
    if kind == "steps":
        zone = np.minimum(np.ceil(cost * len(ZONE_WEIGHTS) / max(limit, 1)).astype(np.int64), len(ZONE_WEIGHTS))
        return np.array(ZONE_WEIGHTS)[np.maximum(zone - 1, 0)]
    if kind == "gaussian":
        bell = np.exp(-0.5 * (cost / max(limit, 1)) ** 2)
        return (bell - np.exp(-0.5)) / (1.0 - np.exp(-0.5))
    raise ValueError(f"decay {kind!r} is none of {DECAYS}")


def floating_catchment(
    network: StreetNetwork,
    index: CellIndex,
    places: Snap,
    owner: npt.ArrayLike,
    *,
    supply: npt.ArrayLike,
    demand: npt.ArrayLike,
    weight: npt.ArrayLike,
    threads: int = 2,
) -> Floating:
    """Return both steps of the floating catchment, searched on the fly: no pair is stored.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    index : CellIndex
        Its ``k`` cells (`index_cells`).
    places : Snap
        Where the entrances of the venues meet it.
    owner : int32, shape (entrances,)
        Venue of each entrance, below the number of venues.
    supply : float64, shape (venues,)
        Supply of each venue, >= 0, e.g. square metres.
    demand : float64, shape (k,)
        Demand at each cell, >= 0, e.g. residents.
    weight : float64, shape (limit + 1,)
        Weight of every cost up to the limit (`decay_weights`).
    threads : int
        Threads to work with; the result does not depend on it.

    Raises
    ------
    ValueError
        If shapes do not fit, or supply or demand is negative or not a number.

    Notes
    -----
    ``R_j = S_j / sum_k w_kj P_k`` and ``A_i = sum_j w_ij R_j``. Law, a test: supply is conserved,
    ``sum_i P_i A_i`` is the supply of all venues with demand in reach.
    """
    offered, wanted = _amounts(supply, "supply"), _amounts(demand, "demand")
    table = frozen(weight, np.float64)
    if wanted.shape != (index.cell_count,) or table.ndim != 1 or not len(table):
        raise ValueError(f"{index.cell_count} cells, demand {wanted.shape}, weight {table.shape}")
    limit, owner_count = checked_limit(len(table) - 1), len(offered)
    if kernels is None or network.node_count == 0:
        pairs = catchments(network, index, places, owner, owner_count=owner_count, limit=limit)
        return floating_from_pairs(pairs, offered, wanted, table[pairs.cost])
    compiled = kernels
    reached = np.zeros(owner_count)

    def work(columns: Ground, part: tuple[int, int], space: tuple[np.ndarray, ...]) -> np.ndarray:
        access = np.zeros(index.cell_count)
        compiled.float_venues(*columns, part, limit, space, table, (offered, wanted), (reached, access))
        return access

    parts = search_in_parts(network, index, places, owner, work, owner_count=owner_count, threads=threads, parts=PARTS)
    access = np.zeros(index.cell_count)
    for part in parts:
        access += part
    return Floating(reached, _ratio(offered, reached), access)


def floating_from_pairs(
    pairs: Catchments, supply: npt.ArrayLike, demand: npt.ArrayLike, weight: npt.ArrayLike
) -> Floating:
    """Return both steps of the floating catchment from explicit pairs, for any costs and weights.

    Parameters
    ----------
    pairs : Catchments
        Pairs (venue, cell).
    supply : float64, shape (venues,)
        Supply of each venue, >= 0.
    demand : float64, shape (cells,)
        Demand at each cell, >= 0.
    weight : float64, shape (pairs,)
        Weight of each pair.

    Raises
    ------
    ValueError
        If shapes do not fit, or supply or demand is negative or not a number.
    """
    offered, wanted = _amounts(supply, "supply"), _amounts(demand, "demand")
    decay, venue = np.asarray(weight, np.float64), pairs.owner
    if decay.shape != pairs.cell.shape or len(offered) != len(pairs.start) - 1:
        raise ValueError(f"{len(pairs.cell)} pairs, {decay.shape} weights; {len(offered)} supplies")
    reached = np.bincount(venue, weights=wanted[pairs.cell] * decay, minlength=len(offered)).astype(np.float64)
    ratio = _ratio(offered, reached)
    access = np.bincount(pairs.cell, weights=ratio[venue] * decay, minlength=len(wanted))
    return Floating(reached, ratio, access.astype(np.float64))


def venue_share(
    cell: npt.NDArray[np.int32],
    cost: npt.NDArray[np.uint16],
    supply: float,
    demand: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return what one venue adds to the access of each cell that it reaches; taking it away subtracts the same.

    A venue's ratio depends on nothing but its own catchment, so adding, closing or enlarging one changes ``access`` by
    exactly this and leaves every other venue's part as it is.

    Parameters
    ----------
    cell, cost : int32 and uint16, shape (reached,)
        Its catchment (`catchment_of`).
    supply : float
        Its supply.
    demand : float64, shape (cells,)
        Demand at every cell.
    weight : float64, shape (limit + 1,)
        Weight of every cost.

    Returns
    -------
    float64, shape (reached,)
        Access added at each cell reached.
    """
    decay = weight[cost]
    reached = float((demand[cell] * decay).sum())
    return decay * (supply / reached) if reached > 0 else np.zeros(len(cell))


def _ratio(supply: npt.NDArray[np.float64], reached: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.divide(supply, reached, out=np.zeros(len(supply)), where=reached > 0)


def _amounts(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    amounts = frozen(values, np.float64)
    if amounts.ndim != 1 or not np.all(amounts >= 0):
        raise ValueError(f"{name} of shape {amounts.shape} is negative or not a number somewhere")
    return amounts
