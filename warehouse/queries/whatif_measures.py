"""How edits change reachable area per resident: exact, because a venue's part depends on its own catchment alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import CatchmentWorkspace, catchment_of, limit_units
from analytics.accessibility.floating import DecayKind, decay_weights, venue_share
from analytics.whatif import with_links
from analytics.whatif.ground import Ground
from geodata.network import Snap, StreetNetwork
from geodata.reach import reach_from
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.measures import floating, floating_after
from warehouse.queries.measures_ground import cell_index, residents, supply_of_venues, typical_area_m2
from warehouse.queries.reach import qualifying
from warehouse.queries.venue_filter import VenueFilter
from warehouse.queries.whatif_places import Resolution, VenueState, joined

MEASURES = ("mean_m2_per_resident", "residents_without", "gini")
# Zones of a third of the limit each, as the page of measures shows first.
DECAY: DecayKind = "steps"
NO_MEASURES = pl.DataFrame(
    schema={"region_code": pl.String, "measure_code": pl.String, "before": pl.Float64, "after": pl.Float64}
)
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
    before = _before(_run.build_id(), scope, venue_filter, minutes)
    cells, added = _differences(resolution, minutes, ground, venue_filter)
    if not len(cells):
        return before.with_columns(after="before")
    changed = floating_after(scope, venue_filter, cells, added, decay=DECAY, minutes=minutes)
    kept = before.with_columns(after="before").join(changed, on=["region_code", "measure_code"], how="anti")
    return pl.concat([kept, changed.select(NO_MEASURES.columns)]).sort("region_code", "measure_code")


@lru_cache(maxsize=8)
def _before(build_id: str, scope: GrantedScope, venue_filter: VenueFilter, minutes: int) -> pl.DataFrame:  # noqa: ARG001
    frame = floating(scope, venue_filter, decay=DECAY, minutes=minutes).regions
    return frame.select("region_code", *MEASURES).unpivot(
        index="region_code", variable_name="measure_code", value_name="before"
    )


def _differences(
    resolution: Resolution, minutes: int, ground: Ground, venue_filter: VenueFilter
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return cells and what each gains in square metres per resident; a cell may come several times."""
    streets = ground.ways[0].network
    linked = with_links(streets, resolution.links)
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
        for owner in _near_links(linked, ground, resolution.links, limit_units(minutes), venue_filter):
            if owner not in touched:
                area_m2 = float(supply_of_venues().area_m2[owner])
                parts.append(_part(streets, _own(ground, owner), -area_m2, weight))
                parts.append(_part(linked, _own(ground, owner), area_m2, weight))
    cells = np.concatenate([cell for cell, _ in parts] or [np.empty(0, np.int32)])
    return cells.astype(np.int64), np.concatenate([added for _, added in parts] or [np.empty(0)])


def _part(network: StreetNetwork, doors: Snap, area_m2: float, weight: npt.NDArray[np.float64]) -> Part:
    """Return what a venue of a signed area adds to each cell in its reach."""
    space = _workspace(network.node_count, len(residents()))
    cell, cost = catchment_of(network, cell_index(), doors, limit=len(weight) - 1, workspace=space)
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


def _near_links(
    linked: StreetNetwork,
    ground: Ground,
    links: Sequence[tuple[int, int, int]],
    limit: int,
    venue_filter: VenueFilter,
) -> list[int]:
    """Return the counted venues of the build from which an end of a link is within the limit: others do not feel it."""
    if not links:
        return []
    ends = np.unique(np.array(links, np.int64)[:, :2]).astype(np.int32)
    near, _ = reach_from(linked, ends, np.zeros(len(ends), np.uint16), limit=limit)
    reached = np.zeros(linked.node_count, bool)
    reached[near] = True
    edge = ground.ways[0].doors.edge
    feels = (edge >= 0) & (reached[linked.edge_from[edge]] | reached[linked.edge_to[edge]])
    owners = np.unique(ground.owner[feels])
    return [int(owner) for owner in owners[qualifying(venue_filter)[owners]]]
