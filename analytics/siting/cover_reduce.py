"""What is left of a covering problem when everything that cannot matter is taken out, without changing its optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from analytics.siting import cover_kernels as kernels
from analytics.siting.problem import SitingProblem
from analytics.siting.request import allowed_sites, covered_weight, must_sites, times_covered

# Weights as whole numbers: their sum stays far below 2^53, so that it is exact in float64 as well.
LARGEST_SUM = 2.0**48
HASH_SEED = 20_240_229
DOMINANCE_ROUNDS = 3

Graph = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class CoverModel:
    """A covering problem in its smallest form.

    Attributes
    ----------
    weight, units : float64 and int64, shape (n,)
        Weight of each merged demand point, and the same as whole numbers (``units / scale``) for the search.
    scale : float
        Units per weight; 1 where all weights are whole.
    is_whole : bool
        Whether all weights are whole numbers, so that the optimum is one too.
    graph : start (m + 1,), demand, back_start (n + 1,), back_site
        Demand points of each site and sites of each demand point, both ascending.
    price : float64, shape (m,)
        Price of each site, zeros where sites are merely counted.
    limit : int
        Most sites that may still be chosen.
    budget : float
        Money that may still be spent, infinite where sites are merely counted.
    site : int64, shape (m,)
        Candidate of the problem that each site is.
    must : int64
        Candidates that are chosen already.
    covered : float
        Weight that those cover.
    """

    weight: npt.NDArray[np.float64]
    units: npt.NDArray[np.int64]
    scale: float
    is_whole: bool
    graph: Graph
    price: npt.NDArray[np.float64]
    limit: int
    budget: float
    site: npt.NDArray[np.int64]
    must: npt.NDArray[np.int64]
    covered: float

    @property
    def demand_count(self) -> int:
        """Number of merged demand points."""
        return len(self.weight)

    @property
    def site_count(self) -> int:
        """Number of sites that may be chosen."""
        return len(self.site)

    @property
    def has_budget(self) -> bool:
        """Whether money can run out."""
        return bool(self.price.sum() > self.budget)


def reduced(problem: SitingProblem, limit: int, budget: float) -> CoverModel:
    """Return the problem without what cannot matter.

    Taken out are demand that sites which must be chosen cover, demand that nobody reaches, sites that must not be
    chosen or cost more than there is, and sites that reach nothing which one other site, no dearer, does not reach;
    demand points that the same sites reach become one. The optimum stays what it was.

    Parameters
    ----------
    problem : SitingProblem
    limit : int
        Most sites, those that must be chosen included.
    budget : float
        Money, theirs included; infinite where sites are merely counted.

    Returns
    -------
    CoverModel
    """
    must = must_sites(problem)
    is_free = allowed_sites(problem).copy()
    is_free[must] = False
    price = problem.price if problem.price is not None and np.isfinite(budget) else np.zeros(problem.candidate_count)
    budget -= float(price[must].sum())
    is_free &= price <= budget
    is_open = problem.weight > 0
    is_open[times_covered(problem, must) > 0] = False
    covered = covered_weight(problem, must)
    sites = np.flatnonzero(is_free).astype(np.int64)
    graph, label = merged(_kept(problem, is_free, is_open))
    weight = total_of(label, problem.weight[is_open])
    scale, is_whole = _scale(weight)
    for _ in range(DOMINANCE_ROUNDS):
        stays = kernels.dominated(graph, price[sites]) == 0
        if stays.all():
            break
        sites = sites[stays]
        graph, label = merged(_rows(graph, stays))
        weight = total_of(label, weight)
    return CoverModel(
        weight=weight,
        units=_units(weight, scale),
        scale=scale,
        is_whole=is_whole,
        graph=graph,
        price=np.ascontiguousarray(price[sites]),
        limit=min(limit - len(must), len(sites)),
        budget=budget,
        site=sites,
        must=must,
        covered=covered,
    )


def total_of(label: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sum values of demand points over the points that they were merged into, -1 left out."""
    stays = label >= 0
    count = int(label.max(initial=-1)) + 1
    return np.asarray(np.bincount(label[stays], values[stays], minlength=count), np.float64)


def merged(rows: csr_array) -> tuple[Graph, npt.NDArray[np.int64]]:
    """Return the graph of site rows with demand points of equal site sets made one.

    Returns
    -------
    Graph
    label : int64, shape (points,)
        Merged point of each demand point, -1 where no site reaches it. Merged points stand where the first of theirs
        stood, so that neighbours in space stay neighbours in memory.
    """
    sites, points = rows.shape
    rng = np.random.default_rng(HASH_SEED)
    code = rng.integers(1, 1 << 62, max(sites, 1), dtype=np.uint64)
    back = rows.tocsc()
    back.sort_indices()
    back_start, back_site = back.indptr.astype(np.int64), back.indices.astype(np.int32)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(code[back_site], dtype=np.uint64)])
    key = sums[back_start[1:]] - sums[back_start[:-1]]  # wraps around, as a hash may
    order = np.argsort(key, kind="stable")
    order = order[np.diff(back_start)[order] > 0]
    group, count = kernels.same_sets(order, key, back_start, back_site)
    first = np.full(count, points, np.int64)
    np.minimum.at(first, group, order)
    label = np.full(points, -1, np.int64)
    label[order] = np.argsort(np.argsort(first))[group]
    kept = np.sort(first)
    back = csr_array((back.data, back_site, back_start), shape=(points, sites))[kept]
    forth = back.tocsc()
    forth.sort_indices()
    graph = (
        forth.indptr.astype(np.int64),
        forth.indices.astype(np.int32),
        back.indptr.astype(np.int64),
        back.indices.astype(np.int32),
    )
    return graph, label


def _kept(problem: SitingProblem, is_free: npt.NDArray[np.bool_], is_open: npt.NDArray[np.bool_]) -> csr_array:
    """Return the rows of the sites, and in them the demand points, that are left."""
    shape = problem.candidate_count, problem.demand_count
    rows = csr_array((np.ones(len(problem.demand), np.int8), problem.demand, problem.start), shape=shape)
    return rows[is_free][:, is_open]


def _rows(graph: Graph, stays: npt.NDArray[np.bool_]) -> csr_array:
    start, demand, back_start, _ = graph
    rows = csr_array((np.ones(len(demand), np.int8), demand, start), shape=(len(start) - 1, len(back_start) - 1))
    return rows[stays]


def _scale(weight: npt.NDArray[np.float64]) -> tuple[float, bool]:
    """Return how many units one of weight is, and whether all weights are whole numbers."""
    total = float(weight.sum())
    if total < LARGEST_SUM and bool(np.all(weight == np.rint(weight))):
        return 1.0, True
    return float(2.0 ** np.floor(np.log2(LARGEST_SUM / max(total, 1e-300)))), False


def restricted(
    model: CoverModel, is_out: npt.NDArray[np.bool_], is_in: npt.NDArray[np.bool_]
) -> tuple[CoverModel, npt.NDArray[np.int64]]:
    """Return what is left of a model when some of its sites are not chosen and others are.

    Parameters
    ----------
    model : CoverModel
    is_out, is_in : bool, shape (m,)
        Sites that are not chosen, and that are.

    Returns
    -------
    CoverModel
    label : int64, shape (n,)
        Demand point there of each demand point here, -1 where it is covered or out of reach.
    """
    start, demand, _, _ = model.graph
    is_open = np.ones(model.demand_count, np.bool_)
    for site in np.flatnonzero(is_in):
        is_open[demand[start[site] : start[site + 1]]] = False
    is_free = ~(is_out | is_in)
    graph, kept = merged(_rows(model.graph, is_free)[:, is_open])
    label = np.full(model.demand_count, -1, np.int64)
    label[is_open] = kept
    weight = total_of(label, model.weight)
    rest = replace(
        model,
        weight=weight,
        units=_units(weight, model.scale),
        graph=graph,
        price=np.ascontiguousarray(model.price[is_free]),
        limit=max(min(model.limit - int(is_in.sum()), int(is_free.sum())), 0),
        budget=model.budget - float(model.price[is_in].sum()),
        site=model.site[is_free],
        must=np.concatenate([model.must, model.site[is_in]]),
        covered=model.covered + float(model.weight[~is_open].sum()),
    )
    return rest, label


def _units(weight: npt.NDArray[np.float64], scale: float) -> npt.NDArray[np.int64]:
    return np.maximum(np.rint(weight * scale), 1.0).astype(np.int64)
