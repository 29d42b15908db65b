"""From a request to a model: whom to serve, where one could build, who reaches whom at what walk."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analytics.accessibility import GROUPS
from analytics.accessibility.bands import ADULT_SPEED_KM_PER_H
from analytics.accessibility.catchment import Catchments, catchments
from analytics.siting.problem import Report, SitingProblem, silent
from analytics.siting.request import allowed_sites, costed, must_sites, without
from geodata.network import UNIT_S
from geodata.reach import LARGEST_LIMIT, LIMIT_15_MIN
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries.siting_candidates import PICKED, Candidates, candidates
from warehouse.queries.siting_ground import GROUP_CODES, Ground, limit_of, read_ground, squares
from warehouse.queries.siting_request import SitingRequest

MOST_DEMAND = 200_000
MOST_PAIRS = 20_000_000
# Pairs this many times beyond the circle may come into reach in a perturbed world.
BEYOND = 1.4
# Limits are whole units of cost; as minutes they may end a hair above.
WITHIN = 1 + 1e-9
# Age groups that equity compares: together they are everybody, and nobody is in two of them.
AGE_GROUPS = ("child", "adult", "aged_60_79", "aged_80_plus")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model and what its numbers stand for.

    Attributes
    ----------
    request : SitingRequest
        What was asked.
    ground : Ground
        The area today.
    candidates : Candidates
        The first candidates of the problem. With ``p_median`` and ``equity`` one more follows them: the existing
        venues together, which are always chosen.
    problem : SitingProblem
        For the solver of the model; costs are minutes at the pace of each demand point's group.
    cover : SitingProblem
        The plain covering problem of the same candidates: who is not served today, pairs within the circle.
    wide : SitingProblem
        The same with pairs beyond the circle, for worlds in which ways are shorter than they seem.
    cell, group : int32
        Cell that a demand point lies in (the largest of those gathered there) and place of its group in `GROUPS`.
        With ``equity`` the problem has further demand points behind these, one a group, for those served already.
    penalty_minutes : float
        Walk that somebody beyond every site is counted with (``p_median``).
    """

    request: SitingRequest
    ground: Ground
    candidates: Candidates
    problem: SitingProblem
    cover: SitingProblem
    wide: SitingProblem
    cell: npt.NDArray[np.int32]
    group: npt.NDArray[np.int32]
    penalty_minutes: float

    @property
    def reachable(self) -> npt.NDArray[np.bool_]:
        """Which demand points some candidate reaches within the circle, shape (d,)."""
        found = np.zeros(self.cover.demand_count, bool)
        found[self.cover.demand] = True
        return found


@dataclass(frozen=True, slots=True)
class Demand:
    """Whom to serve: cell, group and residents of each demand point, shape (d,)."""

    cell: npt.NDArray[np.int32]
    group: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float64]


def build_problem(scope: GrantedScope, request: SitingRequest, report: Report = silent) -> Prepared:
    """Return the model of a request.

    Parameters
    ----------
    scope : GrantedScope
        Whose cells and hosts may be seen.
    request : SitingRequest
        What is asked.
    report : Report
        Told which part is being made.

    Raises
    ------
    AccessDenied
        When the scope may not read cells.
    WordedError
        When the request cannot be met: nobody in the area, nobody left to serve, no candidate, too large.
    """
    report("ground", 0.0, None, None)
    ground = read_ground(scope, request)
    demand = demand_of(request, ground)
    report("candidates", 0.0, None, None)
    reps, place = np.unique(demand.cell, return_inverse=True)
    weight = np.bincount(place, demand.weight, minlength=len(reps)).astype(np.float64)
    found = candidates(scope, request, ground, reps, weight)
    if not len(found):
        raise WordedError("siting.no_candidates")
    report("pairs", 0.0, None, None)
    problem, wide = _two_reaches(request, ground, demand, found)
    if len(problem.demand) > MOST_PAIRS:
        raise WordedError("siting.too_many_pairs", count=f"{len(problem.demand):,}", most=f"{MOST_PAIRS:,}")
    cover = without(wide, costed(wide) <= request.minutes * WITHIN)
    if request.model == "p_median":
        problem = _beside_existing(problem, *_existing_walks(ground, demand, request.group))
    if request.model == "equity":
        served = replace(problem, group=_equity_group(request, ground, demand))
        problem = _beside_served(served, _served(request, ground))
    penalty = LIMIT_15_MIN * UNIT_S / 60 * _slowness(request.group)
    return Prepared(request, ground, found, problem, cover, wide, demand.cell, demand.group, penalty)


def _two_reaches(
    request: SitingRequest,
    ground: Ground,
    demand: Demand,
    found: Candidates,
) -> tuple[SitingProblem, SitingProblem]:
    """Return the problem with the pairs that its model weighs, and the covering problem with pairs further out."""
    reps, place = np.unique(demand.cell, return_inverse=True)
    own, beyond = _limits(request), np.minimum(_circles(request) * BEYOND, LARGEST_LIMIT).astype(np.int64)
    pairs = catchments(
        ground.streets_of(request.group),
        ground.part(request.group, reps),
        found.doors,
        found.owner,
        owner_count=len(found),
        limit=int(max(own.max(), beyond.max())),
    )
    must = found.table["is_must"].to_numpy()
    start, point, minutes, cost = _pairs(pairs, demand, place)
    all_pairs = SitingProblem(
        weight=demand.weight,
        start=start,
        demand=point,
        cost=minutes,
        price=_prices(request, found) if request.model == "budget" else None,
        capacity=_capacities(request, found) if request.model == "capacitated" else None,
        must=must,
        must_not=found.table["is_barred"].to_numpy() & ~must,
    )
    group = demand.group[point]
    unserved = np.where(_is_served(request, ground, demand), 0.0, demand.weight)
    return without(all_pairs, cost <= own[group]), replace(without(all_pairs, cost <= beyond[group]), weight=unserved)


def _is_served(request: SitingRequest, ground: Ground, demand: Demand) -> npt.NDArray[np.bool_]:
    served = np.zeros(len(demand.cell), bool)
    for group in np.unique(demand.group):
        mine, code = demand.group == group, GROUP_CODES[group]
        served[mine] = ground.cost_of(code)[demand.cell[mine]] <= limit_of(code, request.minutes)
    return served


def demand_of(request: SitingRequest, ground: Ground) -> Demand:
    """Return whom to serve: residents beyond the existing venues, or with ``p_median`` everybody.

    Raises
    ------
    WordedError
        When there is nobody, or there are more places than a model can take.
    """
    groups = AGE_GROUPS if request.model == "equity" and request.equity == "groups" else (request.group,)
    parts = []
    for group in groups:
        people = ground.people_of(group)[ground.chosen]
        wanted = people > 0
        if request.model != "p_median":
            wanted &= ground.cost_of(group)[ground.chosen] > limit_of(group, request.minutes)
        cell = ground.chosen[wanted]
        gathered, weight = _gathered(cell, people[wanted].astype(np.float64), ground, request.detail_m)
        parts.append((gathered, np.full(len(gathered), GROUP_CODES.index(group)), weight))
    cell, group_index, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    if not len(cell):
        is_known = any(ground.people_of(group)[ground.chosen].any() for group in groups)
        if not is_known:
            raise WordedError("siting.group_unknown")
        raise WordedError("siting.all_served", minutes=request.minutes)
    if len(cell) > MOST_DEMAND:
        raise WordedError("siting.too_many_cells", count=f"{len(cell):,}", most=f"{MOST_DEMAND:,}")
    return Demand(cell.astype(np.int32), group_index.astype(np.int32), weight)


def _existing_walks(
    ground: Ground, demand: Demand, group: str
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Return the demand points with an existing venue within 15 adult minutes, and their walk to it in minutes."""
    cost = ground.cost_of(group)[demand.cell]
    near = np.flatnonzero(cost <= LIMIT_15_MIN)
    return near.astype(np.int32), (cost[near] * (UNIT_S / 60 * _slowness(group))).astype(np.float64)


def _beside_existing(
    problem: SitingProblem, points: npt.NDArray[np.int32], minutes: npt.NDArray[np.float64]
) -> SitingProblem:
    """Return the problem with one more candidate, always chosen: the existing venues together."""
    return replace(
        problem,
        start=np.append(problem.start, problem.start[-1] + len(points)),
        demand=np.concatenate([problem.demand, points]),
        cost=np.append(costed(problem), minutes),
        must=np.isin(np.arange(problem.candidate_count + 1), [*must_sites(problem), problem.candidate_count]),
        must_not=np.append(~allowed_sites(problem), False),
    )


def _served(request: SitingRequest, ground: Ground) -> npt.NDArray[np.float64]:
    """Return the residents of each equity group who are served already, in the order of the groups' numbers."""
    if request.equity == "groups":
        return np.array([_served_of(request, ground, code)[1].sum() for code in AGE_GROUPS])
    cell, weight = _served_of(request, ground, request.group)
    return np.bincount(ground.region_index[cell] + 1, weight, minlength=len(ground.counties) + 1).astype(np.float64)


def _served_of(
    request: SitingRequest, ground: Ground, group: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    is_served = ground.cost_of(group)[ground.chosen] <= limit_of(group, request.minutes)
    cell = ground.chosen[is_served]
    return cell, ground.people_of(group)[cell].astype(np.float64)


def _beside_served(problem: SitingProblem, served: npt.NDArray[np.float64]) -> SitingProblem:
    """Return the problem with one demand point a group for those who are served, and the venues that serve them.

    Shares are then of all residents of a group, and not only of those whom nobody serves today.
    """
    assert problem.group is not None
    count = problem.demand_count
    points = np.arange(count, count + len(served), dtype=np.int32)
    wider = replace(
        problem,
        weight=np.append(problem.weight, served),
        group=np.append(problem.group, np.arange(len(served), dtype=np.int32)),
    )
    return _beside_existing(wider, points, np.zeros(len(points)))


def _slowness(group: str) -> float:
    """Return how much longer a group takes than an adult."""
    return ADULT_SPEED_KM_PER_H / GROUPS[group].speed_km_per_h


def _circles(request: SitingRequest) -> npt.NDArray[np.int64]:
    """Return the circle of each group, units of cost."""
    return np.array([limit_of(code, request.minutes) for code in GROUP_CODES], np.int64)


def _limits(request: SitingRequest) -> npt.NDArray[np.int64]:
    """Return how far pairs count, by group: the circle, or farther where the model weighs walks."""
    if request.model in {"p_median", "p_center"}:
        return np.full(len(GROUP_CODES), LIMIT_15_MIN if request.model == "p_median" else LARGEST_LIMIT, np.int64)
    return _circles(request)


def _gathered(
    cell: npt.NDArray[np.int64], weight: npt.NDArray[np.float64], ground: Ground, side_m: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return one cell for each square, the one with most residents, and the residents of the square."""
    if not side_m or not len(cell):
        return cell, weight
    # A county border is kept: whoever is counted for a county lives in it.
    square = np.stack([squares(ground.lon[cell], ground.lat[cell], side_m), ground.region_index[cell]], axis=1)
    _, number = np.unique(square, axis=0, return_inverse=True)
    number = number.ravel()
    order = np.lexsort((cell, -weight, number))
    is_first = np.ones(len(order), bool)
    is_first[1:] = number[order][1:] != number[order][:-1]
    reps, total = cell[order[is_first]], np.bincount(number, weight).astype(np.float64)
    ascending = np.argsort(reps)
    return reps[ascending], total[ascending]


def _pairs(
    pairs: Catchments, demand: Demand, place: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.uint16]]:
    """Return first pair of each candidate; demand point, minutes at its group's pace and units of cost of each pair."""
    owners, owner = len(pairs.start) - 1, pairs.owner
    found = []
    for group in np.unique(demand.group):
        mine = np.flatnonzero(demand.group == group)
        point = np.full(int(place.max()) + 1, -1, np.int64)
        point[place[mine]] = mine
        kept = np.flatnonzero(point[pairs.cell] >= 0)
        slowness = _slowness(GROUP_CODES[group])
        cost = pairs.cost[kept]
        found.append((owner[kept], point[pairs.cell[kept]], cost * (UNIT_S / 60 * slowness), cost))
    who, point, minutes, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    # With one group they are in order already: cells ascend within a candidate, and demand points with their cells.
    order = np.lexsort((point, who)) if len(found) > 1 else slice(None)
    start = np.concatenate([[0], np.cumsum(np.bincount(who, minlength=owners))]).astype(np.int64)
    return start, point[order].astype(np.int32), minutes[order], cost[order]


def _prices(request: SitingRequest, found: Candidates) -> npt.NDArray[np.float64]:
    usual = dict(request.prices)
    usual.setdefault(PICKED, next(iter(usual.values()), np.nan))
    price = [
        usual.get(kind, np.nan) if own is None else own for kind, own in found.table.select("kind", "price").iter_rows()
    ]
    if np.isnan(price).any():
        raise WordedError("siting.price_missing", count=int(np.isnan(price).sum()))
    return np.array(price, np.float64)


def _capacities(request: SitingRequest, found: Candidates) -> npt.NDArray[np.float64]:
    return found.table["capacity"].fill_null(request.capacity).to_numpy().astype(np.float64)


def _equity_group(request: SitingRequest, ground: Ground, demand: Demand) -> npt.NDArray[np.int32]:
    """Return the equity group of each demand point: age group, or county (0 for places in none)."""
    if request.equity == "groups":
        return np.searchsorted([GROUP_CODES.index(code) for code in AGE_GROUPS], demand.group).astype(np.int32)
    return (ground.region_index[demand.cell].astype(np.int32) + 1).astype(np.int32)
