"""Location set covering: the fewest, or cheapest, sites that reach everybody who can be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from analytics.siting import set_cover_kernels as kernels
from analytics.siting.cover_kernels import dominated
from analytics.siting.problem import Certificate, Report, SitingProblem, silent
from analytics.siting.request import allowed_sites, check, must_sites, priced, times_covered
from analytics.siting.solver import NO_NODE_LIMIT, Model, reduced_cost, solve
from analytics.siting.watch import SAME, TIME_LIMIT_S, Watch

# Pairs of sets that one round of reductions looks at.
REDUCTION_WORK = 20_000_000
ROUNDS = 20
# A bound this far above a whole number is above it, not rounding.
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class SetCover:
    """Answer of the set covering model.

    Attributes
    ----------
    certificate : Certificate
        ``objective`` is the number of sites, or their price; ``bound`` lies below.
    out_of_reach : int64
        Demand points with weight that no allowed candidate reaches, ascending.
    """

    certificate: Certificate
    out_of_reach: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Covered:
    """Sites (rows of the matrix) that cover all its columns, their price, and what no cover can be cheaper than."""

    sites: npt.NDArray[np.int64]
    price: float
    bound: float


def set_cover(
    problem: SitingProblem,
    *,
    clock: Callable[[], float],
    by_price: bool = False,
    report: Report = silent,
    time_limit_s: float = TIME_LIMIT_S,
    gap: float = 0.0,
    node_limit: int = NO_NODE_LIMIT,
) -> SetCover:
    """Choose the fewest (or cheapest) sites such that every demand point that can be covered is covered.

    Demand points of weight 0 ask for nothing. Dominated demand points and sites are removed first, what is left is
    covered greedily, bounded by duals and solved by HiGHS.

    Parameters
    ----------
    problem : SitingProblem
    clock : callable
    by_price : bool
        Count prices instead of sites.
    report : Report
    time_limit_s : float
        Last stop.
    gap : float
        Relative gap at which to stop.
    node_limit : int
        Nodes of the search tree at most.

    Returns
    -------
    SetCover

    Raises
    ------
    WordedError
        Impossible request: see ``analytics.siting.request.check``; by price, without prices.
    """
    check(problem)
    price = priced(problem) if by_price else np.ones(problem.candidate_count)
    watch = Watch(clock, time_limit_s, report)
    must = must_sites(problem)
    wanted, out_of_reach = coverable(problem)
    rest = wanted[times_covered(problem, must)[wanted] == 0]
    matrix = incidence(problem, rest)
    paid = float(price[must].sum())
    found = cover(matrix, price, watch, gap=gap, node_limit=node_limit, to_objective=lambda value: value + paid)
    chosen = np.union1d(must, found.sites)
    objective = float(price[chosen].sum())
    return SetCover(watch.certificate(chosen, objective, found.bound + paid, gap=gap), out_of_reach)


def coverable(problem: SitingProblem) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the demand points with weight that an allowed candidate reaches, and those that none reaches."""
    reached = times_covered(problem, np.flatnonzero(allowed_sites(problem))) > 0
    asks = problem.weight > 0
    return np.flatnonzero(asks & reached), np.flatnonzero(asks & ~reached)


def incidence(
    problem: SitingProblem, points: npt.NDArray[np.int64], is_pair_kept: npt.NDArray[np.bool_] | None = None
) -> csr_array:
    """Return which allowed candidate (row) reaches which of the points (column), optionally by some pairs only."""
    place = np.full(problem.demand_count, -1, np.int64)
    place[points] = np.arange(len(points))
    is_kept = (place[problem.demand] >= 0) & np.repeat(allowed_sites(problem), np.diff(problem.start))
    if is_pair_kept is not None:
        is_kept &= is_pair_kept
    start = np.concatenate([[0], np.cumsum(is_kept, dtype=np.int64)])[problem.start]
    column = place[problem.demand[is_kept]]
    matrix = csr_array((np.ones(len(column), np.int8), column, start), shape=(problem.candidate_count, len(points)))
    matrix.sort_indices()
    return matrix


def cover(
    matrix: csr_array,
    price: npt.NDArray[np.float64],
    watch: Watch,
    *,
    enough: float | None = None,
    gap: float = 0.0,
    node_limit: int = NO_NODE_LIMIT,
    to_objective: Callable[[float], float] | None = None,
) -> Covered:
    """Cover all columns of a matrix by the cheapest rows.

    Parameters
    ----------
    matrix : csr_array, shape (sites, points)
        Every column has an entry.
    price : float64, shape (sites,)
    watch : Watch
    enough : float, optional
        Only the question whether a cover of at most this price exists: stop as soon as it is answered.
    gap, node_limit
        As for ``set_cover``.
    to_objective : callable, optional
        From the price of a cover to the objective that is reported.

    Returns
    -------
    Covered
    """
    kept, taken, points = reduce_rows_and_columns(matrix, price)
    fixed = float(price[taken].sum())
    if not len(points):
        return Covered(taken, fixed, fixed)
    small = matrix[kept][:, points].tocsr()
    small.sort_indices()
    cost = price[kept]
    arrays = _both_ways(small)
    is_whole = bool(np.all(cost == np.round(cost)))
    sites = kernels.cover_greedily(*arrays, cost, np.ones(len(points)))
    bound = _rounded(float(kernels.raise_duals(*arrays[2:], cost).sum()), is_whole=is_whole)

    def is_done() -> bool:
        best, least = fixed + float(cost[sites].sum()), fixed + bound
        if to_objective is not None:
            watch.tell("cover", to_objective(best), to_objective(least))
        if enough is not None and (best <= enough + WHOLE or least > enough + WHOLE):
            return True
        return best - least <= max(gap, SAME) * best or watch.is_over

    def answer() -> Covered:
        return Covered(np.union1d(taken, kept[sites]), fixed + float(cost[sites].sum()), fixed + bound)

    if is_done():
        return answer()
    model = _model(small, cost)
    relaxed = solve(model, watch, stage="bound", is_relaxed=True)
    bound = max(bound, _rounded(relaxed.bound, is_whole=is_whole))
    if relaxed.row_dual is not None:
        guided = kernels.cover_greedily(*arrays, cost, np.maximum(relaxed.row_dual, 0.0) + 1e-6)
        sites = min(sites, guided, key=lambda some: float(cost[some].sum()))
    if is_done():
        return answer()
    if relaxed.row_dual is not None:
        model = _without_hopeless(model, relaxed.row_dual, relaxed.bound, float(cost[sites].sum()))
    start = np.zeros(len(cost))
    start[sites] = 1.0
    solved = solve(
        model,
        watch,
        stage="exact",
        start=start if np.all(start <= model.upper) else None,
        gap=gap,
        node_limit=node_limit,
        enough=None if enough is None else enough - fixed,
        to_objective=None if to_objective is None else lambda value: to_objective(value + fixed),
    )
    best_known = float(cost[sites].sum())
    if solved.value is not None and solved.objective < best_known - WHOLE * best_known:
        sites = np.flatnonzero(solved.value > 0.5)
    # What was left out as hopeless costs at least as much as the best known cover.
    bound = max(bound, _rounded(min(solved.bound, best_known), is_whole=is_whole))
    return answer()


def reduce_rows_and_columns(
    matrix: csr_array, price: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the sites that are left, the sites that every best cover may take, and the points that are left.

    Repeats until nothing changes: a point that is covered whenever another is, a site that does no more than another
    one that is no dearer, and the only site of a point.
    """
    sites, points = np.arange(matrix.shape[0]), np.arange(matrix.shape[1])
    taken: list[npt.NDArray[np.int64]] = []
    for _ in range(ROUNDS):
        before = len(sites), len(points)
        start, item, back_start, back_set = _both_ways(matrix)
        keep = ~kernels.implied(back_start, back_set, start, item, REDUCTION_WORK)
        matrix, points = _sorted(matrix[:, np.flatnonzero(keep)]), points[keep]
        keep = dominated(_both_ways(matrix), price[sites]) == 0
        matrix, sites = _sorted(matrix[np.flatnonzero(keep)]), sites[keep]
        start, item, back_start, back_set = _both_ways(matrix)
        only = np.unique(back_set[back_start[:-1][np.diff(back_start) == 1]])
        if len(only):
            taken.append(sites[only])
            is_left = np.ones(len(points), np.bool_)
            is_left[matrix[only].indices] = False
            others = np.delete(np.arange(len(sites)), only)
            matrix = _sorted(matrix[others][:, np.flatnonzero(is_left)])
            sites, points = sites[others], points[is_left]
        if not len(points) or (len(sites), len(points)) == before:
            break
    return sites, np.sort(np.concatenate([np.zeros(0, np.int64), *taken])), points


def _sorted(matrix: csr_array) -> csr_array:
    matrix = csr_array(matrix)
    matrix.sort_indices()
    return matrix


def _both_ways(matrix: csr_array) -> tuple[npt.NDArray, npt.NDArray, npt.NDArray, npt.NDArray]:
    """Return the matrix by rows and by columns: start and item, back start and back set."""
    back = matrix.tocsc()
    back.sort_indices()
    return (
        matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32),
        back.indptr.astype(np.int64), back.indices.astype(np.int32),
    )  # fmt: skip


def _model(matrix: csr_array, price: npt.NDArray[np.float64]) -> Model:
    _, _, start, site = _both_ways(matrix)
    points, sites = len(start) - 1, len(price)
    return Model(
        cost=price,
        lower=np.zeros(sites),
        upper=np.ones(sites),
        is_whole=np.ones(sites, np.bool_),
        row_start=start,
        column=site,
        value=np.ones(len(site)),
        row_lower=np.ones(points),
        row_upper=np.full(points, np.inf),
    )


def _without_hopeless(model: Model, dual: npt.NDArray[np.float64], bound: float, known: float) -> Model:
    """Close the sites whose reduced cost lifts the bound past the known cover: none with them is cheaper."""
    is_hopeless = bound + np.maximum(reduced_cost(model, np.maximum(dual, 0.0)), 0.0) > known + WHOLE
    return replace(model, upper=np.where(is_hopeless, 0.0, 1.0))


def _rounded(bound: float, *, is_whole: bool) -> float:
    """Return the bound, up to the next whole number where prices are whole."""
    return float(np.ceil(bound - WHOLE)) if is_whole and np.isfinite(bound) else bound
