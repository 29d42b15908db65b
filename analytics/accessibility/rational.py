"""Rational agents: residents spread over venues until nobody gains by going elsewhere; long ways and crowds both cost.

Saxon, J. and Snow, D. (2020), A Rational Agent Model for the Spatial Accessibility of Primary Health Care, Annals of
the American Association of Geographers 110, 205-222.
"""

# ruff: noqa: PLR0917 - the loops take plain arrays, as their compiled twins do

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt

from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import rational_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twins below give the same
    kernels = None

# Sweeps over all origins before it is given up, and the relative gap that counts as an equilibrium.
MOST_SWEEPS = 2_000
GAP = 1e-9


@dataclass(frozen=True, slots=True)
class RationalAccess:
    """The equilibrium of rational agents.

    Attributes
    ----------
    cost : float64, shape (origins,)
        What going costs the residents of each origin, on average: travel in units of ``tau`` and crowding in units of
        the mean ratio of demand to supply. Less is better. NaN where no venue is within reach or nobody lives.
    load : float64, shape (venues,)
        Demand that goes to each venue.
    gap : float
        Relative gap: what all could save together by going where it is cheapest now, over what they pay. 0 in the
        equilibrium.
    sweeps : int
        Rounds over all origins that were needed.
    """

    cost: npt.NDArray[np.float64]
    load: npt.NDArray[np.float64]
    gap: float
    sweeps: int


def rational_access(
    start: npt.ArrayLike,
    venue: npt.ArrayLike,
    travel_minutes: npt.ArrayLike,
    demand: npt.ArrayLike,
    supply: npt.ArrayLike,
    *,
    tau_minutes: float,
    rho: float | None = None,
    gap: float = GAP,
    most_sweeps: int = MOST_SWEEPS,
) -> RationalAccess:
    """Return the cost of access of each origin in the equilibrium.

    Parameters
    ----------
    start : int64, shape (origins + 1,)
        Pairs of origin ``i`` are ``start[i]:start[i + 1]`` (CSR).
    venue : int32, shape (pairs,)
        Venue of each pair.
    travel_minutes : float64, shape (pairs,)
        Walking time of each pair.
    demand : float64, shape (origins,)
        Residents of each origin, >= 0.
    supply : float64, shape (venues,)
        Supply of each venue, >= 0; nobody goes where there is none.
    tau_minutes : float
        Walking time that people accept to avoid a venue twice as crowded as the mean.
    rho : float, optional
        Demand per supply that counts as crowding of 1; all demand over all supply when left out.
    gap : float
        Relative gap at which to stop.
    most_sweeps : int
        Rounds after which to stop all the same.

    Raises
    ------
    ValueError
        If shapes do not fit, a time scale is not above zero, or demand or supply is negative or not a number.

    Notes
    -----
    With ``c_ij = t_ij / tau + D_j / (rho S_j)``, where ``D_j`` is the load of the venue, the equilibrium minimises
    ``sum_ij x_ij t_ij / tau + sum_j D_j^2 / (2 rho S_j)``: a convex problem whose loads are unique. Each sweep gives
    every origin in turn its best spread over venues while all others stay (filling venues up to a common level), so
    the sum falls until the gap closes. The original iterates with moves of shrinking size instead and stops after a
    number of cycles; both tend to the same costs.
    """
    first, place = frozen(start, np.int64), frozen(venue, np.int32)
    people, offered = frozen(demand, np.float64), frozen(supply, np.float64)
    minutes = np.asarray(travel_minutes, np.float64)
    if not (np.all(people >= 0) and np.all(offered >= 0)):
        raise ValueError("demand or supply is negative or not a number")
    if len(people) != len(first) - 1 or minutes.shape != place.shape or (len(place) and place.max() >= len(offered)):
        raise ValueError(f"{len(first) - 1} origins, demand {people.shape}; pairs {place.shape}, {minutes.shape}")
    if not tau_minutes > 0:
        raise ValueError(f"tau of {tau_minutes} min")
    scale = people.sum() / offered.sum() if rho is None and offered.sum() > 0 else (rho or 1.0)
    room = frozen(offered * scale, np.float64)
    travel = frozen(minutes / tau_minutes, np.float64)
    flow, load = np.zeros(len(place)), np.zeros(len(offered))
    sweep = _sweep_plain if kernels is None else kernels.sweep
    settle = _settle_plain if kernels is None else kernels.settle
    problem = first, place, travel, people, room, flow, load
    cost, reached_gap = np.full(len(people), np.nan), np.inf
    sweeps = 0
    while sweeps < most_sweeps and reached_gap > gap:
        sweep(*problem)
        sweeps += 1
        # The loads anew, so that roundings of many small moves do not add up.
        load[:] = np.bincount(place, weights=flow, minlength=len(load))
        cost, reached_gap = settle(*problem)
    return RationalAccess(cost, load, float(reached_gap), sweeps)


def _sweep_plain(
    start: npt.NDArray[np.int64],
    venue: npt.NDArray[np.int32],
    travel: npt.NDArray[np.float64],
    demand: npt.NDArray[np.float64],
    room: npt.NDArray[np.float64],
    flow: npt.NDArray[np.float64],
    load: npt.NDArray[np.float64],
) -> None:
    """Give each origin in turn its best spread; the twin of the compiled sweep."""
    for i in np.flatnonzero(demand > 0):
        mine = np.arange(start[i], start[i + 1])
        mine = mine[room[venue[mine]] > 0]
        np.subtract.at(load, venue[mine], flow[mine])
        level = travel[mine] + np.maximum(load[venue[mine]], 0.0) / room[venue[mine]]
        order = mine[np.argsort(level, kind="stable")]
        ranked, width = np.sort(level), np.cumsum(room[venue[order]])
        # The water over the first k venues; it stands at the lowest of these levels.
        water = ((demand[i] + np.cumsum(room[venue[order]] * ranked)) / width).min(initial=np.inf)
        flow[order] = room[venue[order]] * np.maximum(water - ranked, 0.0)
        np.add.at(load, venue[order], flow[order])


def _settle_plain(
    start: npt.NDArray[np.int64],
    venue: npt.NDArray[np.int32],
    travel: npt.NDArray[np.float64],
    demand: npt.NDArray[np.float64],
    room: npt.NDArray[np.float64],
    flow: npt.NDArray[np.float64],
    load: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], float]:
    """Return what each origin pays, and the relative gap; the twin of the compiled count."""
    cost = np.full(len(demand), np.nan)
    paid = saved = 0.0
    for i in np.flatnonzero(demand > 0):
        mine = np.arange(start[i], start[i + 1])
        mine = mine[room[venue[mine]] > 0]
        price, moved = travel[mine] + load[venue[mine]] / room[venue[mine]], flow[mine].sum()
        if moved > 0:
            total = (flow[mine] * price).sum()
            cost[i] = total / moved
            paid, saved = paid + total, saved + total - moved * price.min()
    return cost, saved / paid if paid > 0 else 0.0
