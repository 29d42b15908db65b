"""How edits change reachable area per resident: exact, because a venue's part depends on its own catchment alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import CatchmentWorkspace, catchment_of, limit_units
from analytics.accessibility.floating import DecayKind, decay_weights, venue_share
from analytics.accessibility.inequality import GiniBase
from analytics.whatif import with_links
from analytics.whatif.ground import Ground, in_order
from geodata.network import UNIT_M, Snap, StreetNetwork
from geodata.reach import ReachWorkspace, reach_from
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.measures import NOTHING_M2, floating
from warehouse.queries.measures_ground import cell_index, members, residents, supply_of_venues, typical_area_m2
from warehouse.queries.reach import network, qualifying, snap_of
from warehouse.queries.venue_filter import VenueFilter
from warehouse.queries.whatif_places import Resolution, VenueState, joined

MEASURES = ("mean_m2_per_resident", "residents_without", "gini")
# Zones of a third of the limit each, as the page of measures shows first.
DECAY: DecayKind = "steps"
KEY_COLUMNS = {"region_code": pl.String, "measure_code": pl.String}
NO_MEASURES = pl.DataFrame(schema={**KEY_COLUMNS, "before": pl.Float64, "after": pl.Float64})
# Cells of the populations that are kept for the Gini index, 48 bytes each: a province, its cities and counties, once.
KEPT_CELLS = 3_500_000
# One workspace: whoever measures holds it alone.
_lock = threading.Lock()

Part = tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]


def measures_after(
    scope: GrantedScope, venue_filter: VenueFilter, resolution: Resolution, minutes: int, ground: Ground
) -> pl.DataFrame:
    """Return the measures of the regions of a scope before and after.

    Parameters
    ----------
    scope : GrantedScope
        Rows are those of its regions.
    venue_filter : VenueFilter
        Which venues count.
    resolution : Resolution
        What the edits mean.
    minutes : {5, 10, 15}
        The circle, at the adult pace.
    ground : Ground
        Streets and entrances.

    Returns
    -------
    DataFrame
        region_code, measure_code (`MEASURES`: enhanced two-step floating catchment, zones of thirds), before, after.
        Empty where the build does not know what venues offer.
    """
    if "venue_supply" not in _run.manifest()["arrays"]:
        return NO_MEASURES
    base = _base(_run.build_id(), scope, venue_filter, minutes)
    cells, added = _differences(resolution, minutes, ground, venue_filter)
    if not len(cells):
        _prepare(base, scope, ground)
        return base.before.with_columns(after="before")
    changed, place = np.unique(cells, return_inverse=True)
    old = base.access_m2[changed]
    new = np.maximum(old + np.bincount(place, weights=added, minlength=len(changed)), 0.0)
    region, weight = ground.region_index[changed], residents()[changed]
    gained = weight * (new - old)
    lost = weight * ((new <= NOTHING_M2).astype(float) - (old <= NOTHING_M2))
    rows = []
    is_touched = np.zeros(ground.region_count + 1, bool)  # the last place stands for -1, no region
    is_touched[region] = True
    for code, inside in regions_inside(_run.build_id(), scope).items():
        if is_touched[inside].any():
            mine = np.flatnonzero(np.isin(region, inside))
            population = _population(base, code, inside, ground)
            at = np.searchsorted(population.cell, changed[mine])
            rows += [
                (code, "mean_m2_per_resident", float(gained[mine].sum()) / max(population.total, 1e-9), None),
                (code, "residents_without", float(lost[mine].sum()), None),
                (code, "gini", None, population.gini.with_changes(at, new[mine])),
            ]
    difference = pl.DataFrame(rows, {**KEY_COLUMNS, "by": pl.Float64, "to": pl.Float64}, orient="row")
    return (
        base.before.join(difference, on=list(KEY_COLUMNS), how="left", maintain_order="left")
        .with_columns(after=pl.coalesce("to", pl.col("before") + pl.col("by").fill_null(0.0)))
        .drop("by", "to")
    )


class _Base(NamedTuple):
    """Reachable area before any edit: by cell, and the measures of the regions."""

    key: tuple[str, VenueFilter, int]
    access_m2: npt.NDArray[np.float64]
    before: pl.DataFrame


class _Population(NamedTuple):
    """Cells of a region, ascending, and how their values are spread over residents."""

    cell: npt.NDArray[np.int64]
    total: float
    gini: GiniBase


_populations: OrderedDict[tuple[tuple[str, VenueFilter, int], str], _Population] = OrderedDict()


@lru_cache(maxsize=8)
def regions_inside(build_id: str, scope: GrantedScope) -> dict[str, npt.NDArray[np.int64]]:  # noqa: ARG001 - a key
    """Return the smallest regions inside each region of the scope; kept, for every question asks."""
    return members(scope)


@lru_cache(maxsize=4)
def _base(build_id: str, scope: GrantedScope, venue_filter: VenueFilter, minutes: int) -> _Base:
    found = floating(scope, venue_filter, decay=DECAY, minutes=minutes)
    before = found.regions.select("region_code", *MEASURES).unpivot(
        index="region_code", variable_name="measure_code", value_name="before"
    )
    before = before.sort("region_code", "measure_code")
    return _Base((build_id, venue_filter, minutes), found.access_m2, before)


def _prepare(base: _Base, scope: GrantedScope, ground: Ground) -> None:
    """Make what the first edit will need, while a question without edits is answered and nobody is clicking yet."""
    for code, inside in regions_inside(_run.build_id(), scope).items():
        if len(inside) > 1:
            _population(base, code, inside, ground)
    _doors_by_node(_run.build_id())


def _population(base: _Base, code: str, inside: npt.NDArray[np.int64], ground: Ground) -> _Population:
    """Return the population of a region; those asked lately are kept, up to some number of cells."""
    with _lock:
        key = (base.key, code)
        if key not in _populations:
            cell = np.flatnonzero(np.isin(ground.region_index, inside))
            weight = residents()[cell]
            gini = GiniBase.of(base.access_m2[cell], weight)
            _populations[key] = _Population(cell, float(weight.sum()), gini)
            while len(_populations) > 1 and sum(len(kept.cell) for kept in _populations.values()) > KEPT_CELLS:
                _populations.popitem(last=False)
        _populations.move_to_end(key)
        return _populations[key]


def _differences(
    resolution: Resolution, minutes: int, ground: Ground, venue_filter: VenueFilter
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return cells and what each gains in square metres per resident; a cell may come several times."""
    streets = ground.ways[0].network
    linked = _linked(_run.build_id(), resolution.links) if resolution.links else streets
    weight = decay_weights(DECAY, limit_units(minutes))
    touched = {venue.owner for venue in resolution.venues}
    parts: list[Part] = []
    with _lock:
        for venue in resolution.venues:
            area_m2 = _area_m2(venue)
            if venue.was_counted:
                parts.append(_part(streets, _own(ground, venue.owner), -area_m2, weight))
            if venue.is_counted:
                parts.append(_part(linked, _doors_after(ground, venue), area_m2, weight))
        for owner in _feeling_links(linked, ground, resolution.links, limit_units(minutes), venue_filter):
            if owner not in touched:
                area_m2 = float(supply_of_venues().area_m2[owner])
                parts.append(_part(streets, _own(ground, owner), -area_m2, weight))
                parts.append(_part(linked, _own(ground, owner), area_m2, weight))
    cells = np.concatenate([cell for cell, _ in parts] or [np.empty(0, np.int32)])
    return cells.astype(np.int64), np.concatenate([added for _, added in parts] or [np.empty(0)])


def _part(streets: StreetNetwork, doors: Snap, area_m2: float, weight: npt.NDArray[np.float64]) -> Part:
    """Return what a venue of a signed area adds to each cell in its reach."""
    space = _workspace(streets.node_count, len(residents()))
    cell, cost = catchment_of(streets, cell_index(), doors, limit=len(weight) - 1, workspace=space)
    return cell, np.sign(area_m2) * venue_share(cell, cost, abs(area_m2), residents(), weight)


@lru_cache(maxsize=1)
def _workspace(node_count: int, cell_count: int) -> CatchmentWorkspace:
    return CatchmentWorkspace(node_count, cell_count)


def _area_m2(venue: VenueState) -> float:
    supply = supply_of_venues().area_m2
    if venue.owner < len(supply):
        return float(supply[venue.owner])
    given = venue.facts["area_m2"]
    return float(given) if given else typical_area_m2(venue.facts["venue_type_code"])


def _own(ground: Ground, owner: int) -> Snap:
    doors, place = ground.ways[0].doors, ground.doors_of(owner)
    return Snap(doors.edge[place], doors.offset_cost[place], doors.access_m[place])


def _doors_after(ground: Ground, venue: VenueState) -> Snap:
    added = joined(venue.added, 0)
    if not venue.keeps_own_doors:
        return added
    own = _own(ground, venue.owner)
    return Snap(
        np.concatenate([own.edge, added.edge]),
        np.concatenate([own.offset_cost, added.offset_cost]),
        np.concatenate([own.access_m, added.access_m]),
    )


def _feeling_links(
    linked: StreetNetwork,
    ground: Ground,
    links: Sequence[tuple[int, int, int]],
    limit: int,
    venue_filter: VenueFilter,
) -> list[int]:
    """Return the counted venues of the build whose shortest ways run over a link.

    A way over a link from ``a`` to ``b`` is a shortest one only where ``b`` is exactly the link farther than ``a``.
    """
    found: set[int] = set()
    for a, b, cost in links:
        from_a, from_b = (_venue_cost(linked, ground, end, limit) for end in (a, b))
        found |= {owner for owner in from_a.keys() & from_b.keys() if abs(from_a[owner] - from_b[owner]) == cost}
    counted = qualifying(venue_filter)
    return sorted(owner for owner in found if counted[owner])


def _venue_cost(linked: StreetNetwork, ground: Ground, node: int, limit: int) -> dict[int, int]:
    """Return the cost from a node to each venue within the limit, by its best entrance."""
    near, near_cost = reach_from(linked, [node], [0], limit=limit, workspace=_reach_workspace(linked.node_count))
    doors, best = ground.ways[0].doors, dict[int, int]()
    for end, (nodes, order) in enumerate(_doors_by_node(_run.build_id())):
        first, last = np.searchsorted(nodes, near), np.searchsorted(nodes, near, side="right")
        count = last - first
        place = np.repeat(last - np.cumsum(count), count) + np.arange(count.sum())
        door, cost = order[place], np.repeat(near_cost.astype(np.int64), count)
        along = doors.offset_cost[door]
        if end == 1:
            along = linked.edge_cost_exact[doors.edge[door]] - along
        cost += np.floor(along + doors.access_m[door] / UNIT_M + 0.5).astype(np.int64)
        for owner, way in zip(ground.owner[door].tolist(), cost.tolist(), strict=True):
            if way <= limit and way < best.get(owner, limit + 1):
                best[owner] = way
    return best


@lru_cache(maxsize=1)
def _reach_workspace(node_count: int) -> ReachWorkspace:
    return ReachWorkspace(node_count)


@lru_cache(maxsize=1)
def _linked(build_id: str, links: tuple[tuple[int, int, int], ...]) -> StreetNetwork:  # noqa: ARG001 - a key
    return with_links(network(), links)


@lru_cache(maxsize=1)
def _doors_by_node(build_id: str) -> list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:  # noqa: ARG001
    """Return for both ends of edges the end nodes of the entrances, ascending, and which entrance each is."""
    streets, entrance = network(), _run.array("entrance")
    doors, _ = in_order(snap_of(entrance), entrance["venue_index"])
    met = np.flatnonzero(doors.edge >= 0)
    found = []
    for ends in (streets.edge_from, streets.edge_to):
        nodes = ends[doors.edge[met]]
        order = np.argsort(nodes, kind="stable")
        found.append((nodes[order], met[order]))
    return found
