"""Good answers of a covering problem, fast: greedy choice at once, then simulated annealing over swaps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analytics.siting import cover_kernels as kernels
from analytics.siting.cover_reduce import CoverModel

Sites = npt.NDArray[np.int64]
# Temperatures as shares of what an average chosen site covers alone.
HOT, COLD = 0.06, 0.0015
# An odd number with its bits well mixed spreads small seeds over all 64 bits.
SPREAD, WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1


def greedy(model: CoverModel, *, worth: float = 0.0) -> Sites:
    """Return sites taken one by one for the largest gain; under a budget the best of several ways to weigh the price.

    Parameters
    ----------
    model : CoverModel
    worth : float
        Weight that one unit of money is worth, where it is known from a bound.
    """
    ways = ((0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.0, worth)) if model.has_budget else ((0.0, 0.0),)
    return max((_fill(model, power, price) for power, price in ways), key=lambda sites: weight_of(model, sites))


def weight_of(model: CoverModel, sites: Sites) -> float:
    """Return the weight that the sites cover, what is covered anyway not included."""
    start, demand, _, _ = model.graph
    is_covered = np.zeros(model.demand_count, np.bool_)
    for site in sites:
        is_covered[demand[start[site] : start[site + 1]]] = True
    return float(model.weight[is_covered].sum())


def fits(model: CoverModel, sites: Sites) -> bool:
    """Return whether the sites are not too many and not too dear."""
    return len(sites) <= model.limit and float(model.price[sites].sum()) <= model.budget * (1 + 1e-12)


class Annealing:
    """One run of simulated annealing: ``advance`` makes some of its moves, ``best`` is the best answer so far.

    Parameters
    ----------
    model : CoverModel
    near : tuple
        `kernels.overlaps` of the model.
    sites : int64
        Where to start.
    seed : int
        Random numbers; the same seed makes the same moves on every machine.
    moves : int
        Moves in all; the temperature falls over them.
    heat : float
        Factor on the temperature at the start.
    worth : float
        Weight that one unit of money is worth, from a bound; only under a budget.
    """

    def __init__(
        self,
        model: CoverModel,
        near: tuple,
        sites: Sites,
        *,
        seed: int,
        moves: int,
        heat: float = 1.0,
        worth: float = 0.0,
    ) -> None:
        self.model, self._near, self._moves, self._made = model, near, moves, 0
        count = model.site_count
        self._taken = np.zeros(count, np.uint8)
        self._count = np.zeros(model.demand_count, np.int32)
        self._gain = _first_gains(model)
        covered = 0
        for site in sites:
            covered += int(self._gain[site])
            kernels.add_site(site, model.graph, model.units, self._taken, self._count, self._gain)
        held = len(sites)
        self._order = np.concatenate([np.asarray(sites, np.int64), np.flatnonzero(self._taken == 0)])
        self._place = np.empty(count, np.int64)
        self._place[self._order] = np.arange(count)
        self._best = self._order[: max(model.limit, held)].copy()
        self._state = np.array([held, count - held, covered, covered, held], np.int64)
        spent = float(model.price[sites].sum())
        self._money = np.array([model.budget - spent if model.has_budget else 0.0])
        self._price = model.price if model.has_budget else np.zeros(count)
        self._worth = max(worth * model.scale, 1e-9) if model.has_budget else 0.0
        typical = max(covered / max(held, 1), 1.0)
        self._heat = HOT * heat * typical, COLD * typical
        self._seed = np.array([((seed + 1) * SPREAD & WORD) | 1], np.uint64)

    @property
    def is_done(self) -> bool:
        """Whether all moves have been made."""
        return self._made >= self._moves

    @property
    def best(self) -> Sites:
        """Best sites so far, ascending."""
        return np.sort(self._best[: self._state[kernels.BEST_COUNT]])

    @property
    def best_units(self) -> int:
        """Weight, in units, that they cover."""
        return int(self._state[kernels.BEST])

    def advance(self, moves: int) -> None:
        """Make that many of the moves, or what is left of them."""
        last = min(self._made + moves, self._moves)
        kernels.anneal(
            self.model.graph,
            self._near,
            self.model.units,
            self._price,
            self.model.limit,
            self._money,
            self._worth,
            (self._made, last, self._moves, *self._heat),
            self._seed,
            self._state,
            self._order,
            self._place,
            self._best,
            self._taken,
            self._count,
            self._gain,
        )
        self._made = last


def _first_gains(model: CoverModel) -> npt.NDArray[np.int64]:
    """Return what each site covers on its own, units."""
    start, demand, _, _ = model.graph
    sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(model.units[demand])])
    return sums[start[1:]] - sums[start[:-1]]


def _fill(model: CoverModel, power: float, worth: float) -> Sites:
    taken, count = np.zeros(model.site_count, np.uint8), np.zeros(model.demand_count, np.int32)
    price = model.price if model.has_budget else np.zeros(model.site_count)
    budget = model.budget if model.has_budget else 0.0
    gain = _first_gains(model)
    worth *= model.scale
    kernels.fill(model.graph, model.units, price, model.limit, budget, power, worth, taken, count, gain)
    return np.flatnonzero(taken)
