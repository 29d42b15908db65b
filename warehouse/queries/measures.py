"""Accessibility measures by region: reachable area, its inequality, supply and demand, intervals of coverage."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import GROUPS, group_limits, group_residents, limit_units, walking_cost
from analytics.accessibility.floating import DECAYS, DecayKind, Floating, decay_weights, floating_catchment
from analytics.accessibility.inequality import GiniBase, gini, gini_by_region, lorenz
from analytics.accessibility.supply_demand import SupplyDemand, supply_and_demand
from analytics.accessibility.uncertainty import SOURCES, Draws, ErrorModel, draw_coverage
from geodata.crs import local_projection, project
from geodata.network import COORDINATE_SCALE
from geodata.reach import LARGEST_LIMIT
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.arrays.venue_supply import DELIVERED
from warehouse.queries import _run
from warehouse.queries.cells import described
from warehouse.queries.coverage import regions_above
from warehouse.queries.measures_ground import (
    cell_index,
    check_walking,
    members,
    members_of,
    qualifying_doors,
    residents,
    supply_of_venues,
)
from warehouse.queries.reach import network, qualifying, snap_of
from warehouse.queries.regions import leaves
from warehouse.queries.step_free import step_free
from warehouse.queries.venue_filter import DEFAULT_MINUTES, VenueFilter

FloatingKind = Literal["2sfca", "e2sfca"]
# Answers kept: 11 MB each at the size of a province. Populations kept for the Gini index: up to 45 MB, the province.
KEPT_ANSWERS = 6
KEPT_POPULATIONS = 6
# Square metres of venue that each resident asks for, where nothing else is said: what new housing is planned with
# outdoors (0.3 m2 a head; indoors it is 0.1 m2).
DEFAULT_QUOTA_M2 = 0.3
LARGEST_QUOTA_M2 = 100.0
# Reachable area below this is none: what is left of a sum after the same was taken away.
NOTHING_M2 = 1e-9
LORENZ_POINTS = 101
# Draws kept: 5 MB each. Cells whose size is looked at: they are of one size, or nearly.
KEPT_DRAWS = 6
SIDE_SAMPLE = 1_000
# Residents of one square err together: counts of towns and villages, some of them a kilometre wide, are spread evenly.
BLOCK_M = 1_000.0
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class FloatingAnswer:
    """Reachable venue area, shared with everybody else who reaches it.

    Attributes
    ----------
    access_m2 : float64, shape (k,)
        Square metres per resident at every population cell, by cell_index, outside the scope too: read only cells
        whose region the scope includes.
    regions : DataFrame
        region_code, resident_count, mean_m2_per_resident (weighted by residents), residents_without (nothing in
        reach), gini (null where nobody lives).
    typical_count : int
        Qualifying venues whose area was not delivered, so that the typical one of their type stands in.
    """

    access_m2: npt.NDArray[np.float64]
    regions: pl.DataFrame
    typical_count: int


def floating(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    *,
    kind: FloatingKind = "e2sfca",
    decay: DecayKind = "steps",
    minutes: int = DEFAULT_MINUTES,
) -> FloatingAnswer:
    """Return the venue area that residents reach, by cell and by region.

    Parameters
    ----------
    scope : GrantedScope
        Regions are those of the scope. Venues and residents across its border count: walking knows no borders.
    venue_filter : VenueFilter
        Which venues count.
    kind : {"2sfca", "e2sfca"}
        Everything within reach alike, or less the farther it is.
    decay : {"binary", "steps", "gaussian"}
        How it falls with the way; does not matter to ``2sfca``.
    minutes : {5, 10, 15}
        The circle, at the adult pace.

    Raises
    ------
    AccessDenied
        When the scope may not read population cells.
    WordedError
        When there is no such method or circle, or no streets were delivered.
    """
    way = _way(scope, venue_filter, kind, decay, minutes)
    found = _floating(_run.build_id(), way)
    source, chosen = supply_of_venues().source, qualifying(venue_filter)
    return FloatingAnswer(
        found.access, _regions(_run.build_id(), way, scope), int((chosen & (source != DELIVERED)).sum())
    )


def floating_after(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    cell: npt.NDArray[np.integer],
    added_m2: npt.NDArray[np.float64],
    *,
    kind: FloatingKind = "e2sfca",
    decay: DecayKind = "steps",
    minutes: int = DEFAULT_MINUTES,
) -> pl.DataFrame:
    """Return how the measures of regions change when the reachable area of some cells does.

    A venue's part is its own (``analytics.accessibility.floating.venue_share`` of its ``catchment_of``), so an added
    venue adds its part, a closed one takes it away, and a moved one does both.

    Parameters
    ----------
    scope, venue_filter, kind, decay, minutes
        As in `floating`.
    cell : int, shape (m,)
        Cells whose reachable area changes; one may come several times.
    added_m2 : float64, shape (m,)
        Square metres per resident that they gain, below zero for a loss.

    Returns
    -------
    DataFrame
        region_code, measure_code (mean_m2_per_resident, residents_without, gini), before, after; only regions of the
        scope with a changed cell.
    """
    way, build_id = _way(scope, venue_filter, kind, decay, minutes), _run.build_id()
    access, people = _floating(build_id, way).access, residents()
    changed, place = np.unique(np.asarray(cell, np.int64), return_inverse=True)
    added = np.bincount(place, weights=added_m2, minlength=len(changed))
    after = np.maximum(access[changed] + added, 0.0)
    region = _run.array("cell")["region_index"][changed]
    rows = []
    for code, inside in members(scope).items():
        mine = np.flatnonzero(np.isin(region, inside))
        if not len(mine):
            continue
        base = _population(build_id, way, tuple(inside.tolist()))
        at = np.searchsorted(base.cell, changed[mine])
        weight, old, new = people[changed[mine]], access[changed[mine]], after[mine]
        gained = float((weight * (new - old)).sum())
        lost = float((weight * ((new <= NOTHING_M2).astype(float) - (old <= NOTHING_M2))).sum())
        rows += [
            (code, "mean_m2_per_resident", base.mean, base.mean + gained / base.total if base.total else base.mean),
            (code, "residents_without", base.without, base.without + lost),
            (code, "gini", base.gini.gini, base.gini.with_changes(at, new)),
        ]
    return pl.DataFrame(rows, ["region_code", "measure_code", "before", "after"], orient="row")


def lorenz_curve(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    region_code: str,
    *,
    kind: FloatingKind = "e2sfca",
    decay: DecayKind = "steps",
    minutes: int = DEFAULT_MINUTES,
) -> pl.DataFrame:
    """Return the Lorenz curve of a region: population_share and area_share, 0..1 in steps of one per cent.

    Parameters
    ----------
    region_code : str
        A region of the scope.
    scope, venue_filter, kind, decay, minutes
        As in `floating`.

    Raises
    ------
    WordedError
        As `floating`, or when the region is not in the scope.
    """
    way = _way(scope, venue_filter, kind, decay, minutes)
    inside = members_of(scope, region_code)
    access = _floating(_run.build_id(), way).access
    chosen = np.flatnonzero(np.isin(_run.array("cell")["region_index"], inside))
    population, share = lorenz(access[chosen], residents()[chosen])
    at = np.linspace(0.0, 1.0, LORENZ_POINTS)
    return pl.DataFrame({"population_share": at, "area_share": np.interp(at, population, share)})


def supply_demand(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    *,
    quota_m2: float = DEFAULT_QUOTA_M2,
    decay: DecayKind = "steps",
    minutes: int = DEFAULT_MINUTES,
) -> pl.DataFrame:
    """Return supply and demand of venue area by region.

    Parameters
    ----------
    scope, venue_filter, decay, minutes
        As in `floating`.
    quota_m2 : float
        Square metres that each resident asks for.

    Returns
    -------
    DataFrame
        region_code, demand_m2, satisfied_m2, unmet_m2 (of its residents), supply_m2, used_m2, free_m2 (of its venues),
        satisfied_share, used_share, local_share (of the satisfied demand, by venues of the same region); shares null
        where there is nothing to share.

    Raises
    ------
    AccessDenied, WordedError
        As `floating`, or when the quota is out of range.
    """
    way = _way(scope, venue_filter, "e2sfca", decay, minutes)
    if not 0 < quota_m2 <= LARGEST_QUOTA_M2:
        raise WordedError("measures.no_quota", most=f"{LARGEST_QUOTA_M2:g}")
    inside = members(scope)
    # Every partition of the smallest regions that a region of the scope is part of, so that "local" is known of each.
    partitions = _partitions(leaves(scope), regions_above(scope))
    found = _supply_demand(_run.build_id(), way, float(quota_m2), partitions)
    return _balance(found, inside, leaves(scope), partitions)


def coverage_interval(
    scope: GrantedScope, venue_filter: VenueFilter, minutes: int = DEFAULT_MINUTES, *, model: ErrorModel | None = None
) -> pl.DataFrame:
    """Return how sure the residents inside the circle are, by region and group, each group at its own pace.

    Parameters
    ----------
    scope, venue_filter, minutes
        As in `floating`.
    model : ErrorModel, optional
        The errors; the size of cells is that of the delivered ones when left out.

    Returns
    -------
    DataFrame
        region_code, group_code, resident_count, covered_count (as `circles.group_coverage`), low_count, median_count,
        high_count (90 % interval), and speed_share, position_share, population_share of the variance. Groups whose
        residents were not delivered have no rows.

    Raises
    ------
    AccessDenied, WordedError
        As `floating`.
    """
    check_walking(scope, minutes)
    errors = model or ErrorModel(cell_side_m=_cell_side_m(_run.build_id(), scope))
    draws, everybody = _draws(_run.build_id(), venue_filter, minutes, errors, len(leaves(scope)))
    inside = members(scope)
    found = draws.intervals(list(inside.values()))
    total = np.stack([everybody[places].sum(axis=0) for places in inside.values()])
    columns = {"resident_count": total, "covered_count": found.point}
    columns |= {"low_count": found.low, "median_count": found.median, "high_count": found.high}
    columns |= {f"{name}_share": found.share[place] for place, name in enumerate(SOURCES)}
    frame = pl.DataFrame(
        {"region_code": np.repeat(list(inside), len(GROUPS)), "group_code": list(GROUPS) * len(inside)}
        | {name: values.ravel() for name, values in columns.items()}
    )
    return frame.filter(pl.col("covered_count").is_not_nan() & pl.col("resident_count").is_not_nan())


@lru_cache(maxsize=2)
def _cell_side_m(build_id: str, scope: GrantedScope) -> float:  # noqa: ARG001 - part of the key
    count = len(_run.array("cell")["lon"])
    chosen = np.unique(np.linspace(0, max(count - 1, 0), min(count, SIDE_SAMPLE)).astype(np.int64))
    return float(np.median(described(scope, chosen)["size_m"].to_numpy())) if count else 0.0


@lru_cache(maxsize=1)
def _blocks(build_id: str) -> npt.NDArray[np.int32]:  # noqa: ARG001 - part of the key
    """Return the square of 1 km that each cell lies in."""
    cell = _run.array("cell")
    if not len(cell["lon"]):
        return np.empty(0, np.int32)
    lon, lat = cell["lon"] / COORDINATE_SCALE, cell["lat"] / COORDINATE_SCALE
    column, row = (np.floor(axis / BLOCK_M).astype(np.int64) for axis in project(lon, lat, local_projection(lon, lat)))
    return ((column - column.min()) * (np.ptp(row) + 1) + row - row.min()).astype(np.int32)


@lru_cache(maxsize=KEPT_DRAWS)
def _draws(
    build_id: str,
    venue_filter: VenueFilter,
    minutes: int,
    errors: ErrorModel,
    region_count: int,
) -> tuple[Draws, npt.NDArray[np.float64]]:
    cell, venue = _run.array("cell"), _run.array("entrance")["venue_index"]
    chosen = qualifying(venue_filter)[venue]
    free = step_free()
    people = group_residents(cell["residents"])
    with _lock:
        doors, owner = qualifying_doors(venue_filter)
        on_foot = walking_cost(network(), snap_of(cell), doors, owner, limit=LARGEST_LIMIT)
        places = type(doors)(*(column[chosen] for column in free.doors.arrays().values()))
        on_wheels = walking_cost(free.network, free.cells, places, owner, limit=LARGEST_LIMIT)
    found = [on_foot if group.takes_steps else on_wheels for group in GROUPS.values()]
    draws = draw_coverage(
        [cost for cost, _ in found],
        [owner for _, owner in found],
        people,
        cell["region_index"],
        group_limits([minutes])[0],
        region_count=region_count,
        block=_blocks(build_id),
        model=errors,
    )
    known = cell["region_index"] >= 0
    everybody = np.zeros((region_count, len(GROUPS)))
    for group in range(len(GROUPS)):
        everybody[:, group] = np.bincount(
            cell["region_index"][known], weights=people[known, group].astype(np.float64), minlength=region_count
        )
    return draws, everybody


def _way(scope: GrantedScope, venue_filter: VenueFilter, kind: str, decay: DecayKind, minutes: int) -> _Way:
    """Return the way that is asked for, or say why there is none."""
    check_walking(scope, minutes)
    for value, known in ((kind, get_args(FloatingKind)), (decay, DECAYS)):
        if value not in known:
            raise WordedError("measures.no_kind", value=value, known=", ".join(known))
    return _Way(venue_filter, "binary" if kind == "2sfca" else decay, minutes)


def _offered(venue_filter: VenueFilter) -> npt.NDArray[np.float64]:
    return np.where(qualifying(venue_filter), supply_of_venues().area_m2, 0.0)


@lru_cache(maxsize=KEPT_ANSWERS)
def _floating(build_id: str, way: _Way) -> Floating:  # noqa: ARG001 - the build is part of the key
    doors, owner = qualifying_doors(way.venue_filter)
    # One search at a time: it has threads of its own.
    with _lock:
        return floating_catchment(
            network(),
            cell_index(),
            doors,
            owner,
            supply=_offered(way.venue_filter),
            demand=residents(),
            weight=decay_weights(way.decay, limit_units(way.minutes)),
        )


class _Way(NamedTuple):
    """How reachable area is counted: which venues, how their pull falls with the way, and how far."""

    venue_filter: VenueFilter
    decay: DecayKind
    minutes: int


class _Population(NamedTuple):
    cell: npt.NDArray[np.int64]
    total: float
    mean: float
    without: float
    gini: GiniBase


@lru_cache(maxsize=KEPT_POPULATIONS)
def _population(build_id: str, way: _Way, inside: tuple[int, ...]) -> _Population:
    access, people = _floating(build_id, way).access, residents()
    cell = np.flatnonzero(np.isin(_run.array("cell")["region_index"], inside))
    value, weight = access[cell], people[cell]
    total = float(weight.sum())
    mean = float((value * weight).sum() / total) if total else 0.0
    return _Population(cell, total, mean, float(weight[value <= NOTHING_M2].sum()), GiniBase.of(value, weight))


@lru_cache(maxsize=KEPT_ANSWERS)
def _regions(build_id: str, way: _Way, scope: GrantedScope) -> pl.DataFrame:
    access, inside = _floating(build_id, way).access, members(scope)
    region, people = _run.array("cell")["region_index"].astype(np.int64), residents()
    count = max((int(places.max()) for places in inside.values()), default=-1) + 1
    known = (region >= 0) & (region < count)
    sums = partial(np.bincount, region[known], minlength=count)
    total, held = sums(weights=people[known]), sums(weights=(people * access)[known])
    without = sums(weights=(people * (access <= NOTHING_M2))[known])
    alone = gini_by_region(access, people, np.where(known, region, -1), region_count=count)
    rows = []
    for code, places in inside.items():
        lived = float(total[places].sum())
        if len(places) == 1:
            index = float(alone[places[0]])
        else:
            chosen = np.flatnonzero(np.isin(region, places))
            index = gini(access[chosen], people[chosen])
        mean = float(held[places].sum() / lived) if lived else None
        rows.append((code, lived, mean, float(without[places].sum()), None if np.isnan(index) else index))
    names = {
        "region_code": pl.String,
        "resident_count": pl.Float64,
        "mean_m2_per_resident": pl.Float64,
        "residents_without": pl.Float64,
        "gini": pl.Float64,
    }
    return pl.DataFrame(rows, names, orient="row")


def _partitions(codes: tuple[str, ...], above: tuple[tuple[str, str], ...]) -> tuple[tuple[str, ...], ...]:
    """Return for each level of climbing the region above every smallest region; the top stays where it is."""
    parent = dict(above)
    levels = [codes]
    while True:
        higher = tuple(parent.get(code) or code for code in levels[-1])
        if higher in levels:
            return tuple(levels)
        levels.append(higher)


@lru_cache(maxsize=KEPT_ANSWERS)
def _supply_demand(build_id: str, way: _Way, quota_m2: float, partitions: tuple[tuple[str, ...], ...]) -> SupplyDemand:
    found = _floating(build_id, way)
    doors, owner = qualifying_doors(way.venue_filter)
    place_of = [{code: place for place, code in enumerate(sorted(set(level)))} for level in partitions]
    # The last place answers for cells and venues that lie in no region.
    level_of = [[*(place[code] for code in level), -1] for place, level in zip(place_of, partitions, strict=True)]
    places = np.array(level_of, np.int32)
    with _lock:
        return supply_and_demand(
            network(),
            cell_index(),
            doors,
            owner,
            found,
            supply=_offered(way.venue_filter),
            residents=residents(),
            weight=decay_weights(way.decay, limit_units(way.minutes)),
            cell_region=places[:, _run.array("cell")["region_index"]],
            venue_region=places[:, _run.array("venue_supply")["region_index"]],
            quota_m2=quota_m2,
        )


def _balance(
    found: SupplyDemand,
    inside: dict[str, npt.NDArray[np.int64]],
    codes: tuple[str, ...],
    partitions: tuple[tuple[str, ...], ...],
) -> pl.DataFrame:
    cell, venue = _run.array("cell")["region_index"], _run.array("venue_supply")["region_index"]

    def by_leaf(values: npt.NDArray[np.float64], region: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
        known = region >= 0
        return np.bincount(region[known], weights=values[known], minlength=len(codes)).astype(np.float64)

    sums = {
        "demand_m2": by_leaf(found.demand, cell),
        "satisfied_m2": by_leaf(found.satisfied, cell),
        "unmet_m2": by_leaf(found.unmet, cell),
        "supply_m2": by_leaf(found.supply, venue),
        "used_m2": by_leaf(found.used, venue),
        "free_m2": by_leaf(found.free, venue),
    }
    local = [by_leaf(values, venue) for values in found.local]
    level_of = {code: number for number, level in enumerate(partitions) for code in set(level)}
    frame = pl.DataFrame(
        [
            {"region_code": code}
            | {name: float(values[places].sum()) for name, values in sums.items()}
            | {"local_m2": float(local[level_of[code]][places].sum())}
            for code, places in inside.items()
        ]
    )

    def share(part: str, whole: str) -> pl.Expr:
        return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))

    return frame.with_columns(
        satisfied_share=share("satisfied_m2", "demand_m2"),
        used_share=share("used_m2", "supply_m2"),
        local_share=share("local_m2", "satisfied_m2"),
    ).drop("local_m2")
