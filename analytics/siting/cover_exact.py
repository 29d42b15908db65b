"""Closing the gap of a covering problem: branch and bound on what the bounds leave undecided.

Where the problem falls apart into parts that share no demand (towns), only the number of sites joins them. Let
``F_k(q)`` be the most that ``q`` sites cover in part ``k``; the optimum is the best way to hand out ``p`` sites.
Instead of computing all of ``F_k``, upper and lower values of it are kept, the sites are handed out by the upper ones
(dynamic programming), and only the values that this way uses are computed, until upper and lower agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.siting import solver
from analytics.siting.cover_bound import Bound, bound_of, relaxation, tidy
from analytics.siting.cover_reduce import CoverModel, restricted, total_of
from analytics.siting.cover_search import Sites, fits, weight_of
from analytics.siting.side_by_side import side_by_side
from analytics.siting.watch import Watch

Floats = npt.NDArray[np.float64]
THREADS = 2
# Work that one search tree may take. A look of HiGHS costs about 4 microseconds for each entry of the model.
NODES, WORK, LEAST_LOOKS = 5_000, 4_000_000, 20
ROUNDS = 60
# HiGHS works to 1e-7 in numbers around 1; what its bound is widened by.
TREE_ROUNDING = 1e-9


@dataclass(slots=True)
class Part:
    """Sites and demand that share nothing with the rest, and what is known about choosing ``q`` of the sites.

    Attributes
    ----------
    model : CoverModel
        The part alone; ``limit`` is the number of its sites.
    inside : int64
        Its sites in the whole model.
    upper : float64, shape (sites + 1,)
        No ``q`` sites cover more.
    lower : float64, shape (sites + 1,)
        What the best known ``q`` sites cover, minus infinity where none are known.
    best : dict
        Those sites, in the part's numbers, by ``q``.
    tried : set
        Numbers ``q`` on which a search tree has been spent.
    """

    model: CoverModel
    inside: Sites
    upper: Floats
    lower: Floats
    best: dict[int, Sites] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)

    def learn(self, sites: Sites) -> None:
        """Keep an answer if it is the best of its size."""
        covered = weight_of(self.model, sites)
        if covered > self.lower[len(sites)]:
            self.lower[len(sites)], self.best[len(sites)] = covered, sites

    def cap(self, most: Floats) -> None:
        """Note that 0, 1, 2, ... sites cover at most this; a bound that rounding put below an answer is the answer."""
        self.upper = np.maximum(np.minimum(self.upper, most), self.lower)


def solve_tree(model: CoverModel, incumbent: Sites, watch: Watch, *, work: int = WORK) -> tuple[Sites, float]:
    """Return the best sites and the bound that branch and bound on the whole model finds.

    Parameters
    ----------
    model : CoverModel
    incumbent : int64
        Sites to start from.
    watch : Watch
    work : int
        Most looks of HiGHS times entries of the model.
    """
    unit = float(model.weight.max())
    return _tree(model, relaxation(model, unit), unit, incumbent, watch, work=work)


def part_of_site(model: CoverModel) -> npt.NDArray[np.int64]:
    """Return the number of the part that each site lies in, from 0."""
    start, demand, _, _ = model.graph
    nodes = np.repeat(np.arange(model.site_count), np.diff(start)), model.site_count + demand.astype(np.int64)
    count = model.site_count + model.demand_count
    _, label = connected_components(
        csr_array((np.ones(len(demand), np.int8), nodes), shape=(count, count)), directed=False
    )
    return np.unique(label[: model.site_count], return_inverse=True)[1]


def split(model: CoverModel, bound: Bound) -> list[Part]:
    """Return the parts of a model, the largest first, with the upper values that the duals of a bound give."""
    label = part_of_site(model)
    parts = []
    for number in range(int(label.max()) + 1):
        is_inside = label == number
        alone, place = restricted(model, ~is_inside, np.zeros(model.site_count, np.bool_))
        alone = replace(alone, limit=alone.site_count, covered=0.0)
        upper = _values_of(alone, total_of(place, bound.dual))
        lower = np.full(len(upper), -np.inf)
        lower[0] = upper[0] = 0.0
        parts.append(Part(alone, np.flatnonzero(is_inside), upper, lower, {0: np.empty(0, np.int64)}))
    return sorted(parts, key=lambda part: (-len(part.inside), int(part.inside[0])))


def solve_parts(
    model: CoverModel, bound: Bound, answers: Sequence[Sites], watch: Watch, *, gap: float
) -> tuple[Sites, float]:
    """Return the best sites and the bound from handing out the sites to parts.

    Parameters
    ----------
    model : CoverModel
        Without budget.
    bound : Bound
        Of this model.
    answers : sequence of int64
        Good answers; their pieces are put together anew.
    watch : Watch
    gap : float
        Relative gap at which to stop.
    """
    parts = split(model, bound)
    for part in parts:
        for answer in answers:
            part.learn(np.flatnonzero(np.isin(part.inside, answer)))
    price: float | None = bound.threshold
    best, value, most = _handed_out(model, parts)
    for _ in range(ROUNDS):
        if not watch.tell("proof", model.covered + value, min(most, bound.value)) or most - value <= gap * most:
            break
        wanted = _loose(parts, price) if price is not None else _wanted(parts, model.limit)
        if wanted:
            side_by_side(watch, "proof", [_task(wanted[lane::THREADS], price) for lane in range(THREADS)])
            best, value, most = _handed_out(model, parts)
        elif price is None:
            break
        price = None
    return best, min(most, bound.value)


def _values_of(part: CoverModel, dual: Floats) -> Floats:
    """Return the most that 0, 1, 2, ... sites cover by the duals."""
    worth = np.sort(bound_of(part, dual).worth)[::-1].clip(0.0)
    kept = float((part.weight - dual).clip(0.0).sum())
    most = np.minimum(kept + np.concatenate([[0.0], np.cumsum(worth)]), part.weight.sum())
    return np.array([tidy(part, value) for value in most])


def _loose(parts: list[Part], price: float) -> list[tuple[Part, int]]:
    """Return the parts where the best known answer at a price for each site is below what the duals allow."""
    found = []
    for part in parts:
        paid = price * np.arange(len(part.upper))
        if (part.upper - paid).max() - (part.lower - paid).max() > _spare(part.model):
            found.append((part, -1))
    return found


def _wanted(parts: list[Part], limit: int) -> list[tuple[Part, int]]:
    """Return the values that handing out by upper values uses and that are not known exactly, the widest first."""
    counts, _ = _hand_out([part.upper for part in parts], limit)
    loose = [
        (part, count)
        for part, count in zip(parts, counts, strict=True)
        if part.upper[count] - part.lower[count] > _spare(part.model) and count not in part.tried
    ]
    return sorted(loose, key=lambda one: one[0].lower[one[1]] - one[0].upper[one[1]])


def _task(wanted: list[tuple[Part, int]], price: float | None) -> Callable[[Watch], None]:
    def run(watch: Watch) -> None:
        for part, count in wanted:
            if not watch.tell("proof"):
                return
            if price is None:
                _solve_count(part, count, watch)
            else:
                _solve_price(part, price, watch)

    return run


def _solve_price(part: Part, price: float, watch: Watch) -> None:
    """Find what a part covers at most, net of a price for each site: this caps every number of sites at once."""
    unit = float(part.model.weight.max())
    counts = np.arange(len(part.upper))
    start = part.best[int(np.argmax(part.lower - price * counts))]
    model = relaxation(part.model, unit, site_price=price)
    sites, bound = _tree(part.model, model, unit, start, watch)
    part.learn(sites)
    part.cap(np.array([tidy(part.model, bound + price * count) for count in counts]))


def _solve_count(part: Part, count: int, watch: Watch) -> None:
    """Find the most that so many sites of a part cover."""
    unit = float(part.model.weight.max())
    known = max((size for size in part.best if size <= count), key=lambda size: part.lower[size])
    model = replace(part.model, limit=count)
    sites, bound = _tree(model, relaxation(model, unit), unit, part.best[known], watch)
    part.tried.add(count)
    part.learn(sites)
    caps = np.full(len(part.upper), np.inf)
    caps[: count + 1] = tidy(model, bound)
    part.cap(caps)


def _tree(
    model: CoverModel,
    tree: solver.Model,
    unit: float,
    incumbent: Sites,
    watch: Watch,
    *,
    work: int = WORK,
) -> tuple[Sites, float]:
    """Return the sites and the bound, in weight, of a search tree, its rounding allowed for."""
    start = _point(model, incumbent)
    looks = max(work // len(tree.column), LEAST_LOOKS)
    solved = solver.solve(tree, watch, stage="proof", start=start, node_limit=NODES, look_limit=looks)
    best = incumbent
    if solved.value is not None:
        found = np.flatnonzero(solved.value[: model.site_count] > 0.5)
        if fits(model, found) and float(tree.cost @ _point(model, found)) < float(tree.cost @ start):
            best = found
    return best, -solved.bound * unit + TREE_ROUNDING * float(model.weight.sum())


def _point(model: CoverModel, sites: Sites) -> Floats:
    """Return the columns of an answer."""
    point = np.zeros(model.site_count + model.demand_count)
    point[sites] = 1.0
    start, demand, _, _ = model.graph
    for site in sites:
        point[model.site_count + demand[start[site] : start[site + 1]]] = 1.0
    return point


def _handed_out(model: CoverModel, parts: list[Part]) -> tuple[Sites, float, float]:
    """Return the best sites that the known pieces make, what they cover, and the most that any can, all in all."""
    counts, value = _hand_out([part.lower for part in parts], model.limit)
    pieces = [part.inside[part.best[count]] for part, count in zip(parts, counts, strict=True)]
    _, most = _hand_out([part.upper for part in parts], model.limit)
    return np.sort(np.concatenate(pieces)), model.covered + value, model.covered + most


def _hand_out(values: list[Floats], limit: int) -> tuple[list[int], float]:
    """Return how many of at most ``limit`` sites each part gets so that the sum of values is largest, and that sum."""
    best = np.zeros(limit + 1)
    taken = []
    for value in values:
        most = min(len(value) - 1, limit)
        sums = np.full((most + 1, limit + 1), -np.inf)
        for count in range(most + 1):
            sums[count, count:] = best[: limit + 1 - count] + value[count]
        # The first of equals is the fewest sites.
        taken.append(sums.argmax(axis=0))
        best = sums.max(axis=0)
    left = int(best.argmax())
    total, counts = float(best[left]), []
    for choice in reversed(taken):
        counts.append(int(choice[left]))
        left -= counts[-1]
    return counts[::-1], total


def _spare(model: CoverModel) -> float:
    """Return the difference below which two values of a part are the same."""
    return 0.5 if model.is_whole else 1e-10 * float(model.weight.sum())
