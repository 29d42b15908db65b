"""Who is inside the circle: by group at its own pace, by category, and through the hours of a week."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import (
    GROUPS,
    coverage,
    coverage_by_lane,
    group_limits,
    group_residents,
    limit_units,
    walking_cost,
    walking_cost_by_lane,
)
from geodata.network import Snap
from geodata.reach import LIMIT_15_MIN
from geodata.reach_lanes import MOST_LANES
from kernel.categories import CATEGORIES
from kernel.errors import AccessDenied
from kernel.scope import GrantedScope
from warehouse.arrays.venue_hours import AFTER_CLASS_RULE, MISSING, UNKNOWN, UNREADABLE, YES
from warehouse.queries import _run
from warehouse.queries.coverage import regions_above, with_regions_above
from warehouse.queries.reach import costs, network, open_at, qualifying, snap_of
from warehouse.queries.regions import leaves, visible_leaves
from warehouse.queries.step_free import step_free
from warehouse.queries.venue_filter import MINUTES, VenueFilter, WeekTime

# Groups whose residents add up to everybody: those whose one-speed figures can be overstated.
AGE_GROUPS = ("child", "adult", "aged_60_79", "aged_80_plus")
HOURS = tuple(range(24))
SATURDAY = 5
KEPT_ANSWERS = 32
# Groups that take steps share one network; the others have that without.
_ON_FOOT = tuple(place for place, group in enumerate(GROUPS.values()) if group.takes_steps)
_ON_WHEELS = tuple(place for place, group in enumerate(GROUPS.values()) if not group.takes_steps)
# One search at a time: each of them has threads of its own, and pages ask for several at once.
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class HoursKnown:
    """How much is known of the hours and lamps of the venues that count.

    Attributes
    ----------
    venue_count : int
        Open venues of the region that pass by category, fee and owner, whatever the hour.
    counted_count : int
        Those among them that count at the chosen hour.
    no_hours_count, unreadable_count : int
        Venues without delivered hours, and with hours that nobody can read; both count as open.
    after_class_count : int
        School venues without delivered hours, taken to open after class.
    unknown_lamps_count : int
        Outdoor venues of which nobody knows whether they are lit; they count as lit.
    """

    venue_count: int
    counted_count: int
    no_hours_count: int
    unreadable_count: int
    after_class_count: int
    unknown_lamps_count: int


def group_coverage(scope: GrantedScope, venue_filter: VenueFilter, minutes: int) -> pl.DataFrame:
    """Return residents inside the circle by region and group, each group at its own pace and all at the adult pace.

    Parameters
    ----------
    scope : GrantedScope
        Rows are those of its regions; venues across its border count for its residents.
    venue_filter : VenueFilter
        Which venues count.
    minutes : {5, 10, 15}
        The circle.

    Returns
    -------
    DataFrame
        region_code, group_code (``analytics.accessibility.GROUPS``), resident_count, covered_count,
        covered_at_adult_pace_count (everybody at 4.8 km/h, steps allowed: the one-speed figure). Groups whose
        residents were not delivered have no rows.

    Raises
    ------
    AccessDenied
        When the scope does not cover population cells.
    """
    _check(scope)
    frame = _group_coverage(_run.build_id(), venue_filter, minutes, leaves(scope), regions_above(scope))
    return _visible(frame, scope)


def overstated_people(groups: pl.DataFrame) -> float | None:
    """Return how many residents of one region the one-speed figure counts too many.

    The sum over the age groups of those inside at the adult pace less those inside at their own; None where a group is
    missing.

    Parameters
    ----------
    groups : DataFrame
        Rows of one region, as from `group_coverage`.
    """
    ages = groups.filter(pl.col("group_code").is_in(AGE_GROUPS))
    if ages.height < len(AGE_GROUPS):
        return None
    return float((ages["covered_at_adult_pace_count"] - ages["covered_count"]).sum())


def category_coverage(scope: GrantedScope, venue_filter: VenueFilter, minutes: int) -> pl.DataFrame:
    """Return residents inside the circle of each category by region and group, each group at its own pace.

    Parameters
    ----------
    scope, minutes
        As in `group_coverage`.
    venue_filter : VenueFilter
        Fee, hour and schools; its categories do not matter, because every category is answered for.

    Returns
    -------
    DataFrame
        region_code, category_code, group_code, resident_count, covered_count.
    """
    _check(scope)
    everything = replace(venue_filter, categories=frozenset())
    frame = _category_coverage(_run.build_id(), everything, leaves(scope), regions_above(scope))
    return _visible(frame.filter(pl.col("minute_count") == minutes).drop("minute_count"), scope)


def through_the_week(scope: GrantedScope, venue_filter: VenueFilter, month: int, weekday: int) -> pl.DataFrame:
    """Return residents inside the circle at every full hour of a weekday and of Saturday.

    Parameters
    ----------
    scope : GrantedScope
        As in `group_coverage`.
    venue_filter : VenueFilter
        Category, fee and schools; its hour does not matter.
    month : int
        Decides daylight and hours that change with the season.
    weekday : int
        Day beside Saturday, 0 (Monday) to 6.

    Returns
    -------
    DataFrame
        region_code, weekday, hour, minute_count, group_code (those that take steps), resident_count, covered_count.

    Notes
    -----
    Hours at which the same venues count are searched once, up to 16 of such sets in one search.
    """
    _check(scope)
    at_any_hour = replace(venue_filter, at=None)
    day = WeekTime(weekday, 0, month)
    frame = _week(_run.build_id(), at_any_hour, day, leaves(scope), regions_above(scope))
    return _visible(frame, scope)


def hours_known(scope: GrantedScope, venue_filter: VenueFilter, region_code: str) -> HoursKnown:
    """Return how much is known of the hours and lamps of the venues of a region."""
    table, hours = _run.array("map_tile"), _run.array("venue_hours")
    inside = np.append(_leaves_of(scope, region_code), False) & visible_leaves(scope)
    venue = table["venue_index"][inside[table["venue_region"]]]
    venue = venue[qualifying(replace(venue_filter, at=None))[venue]]
    source = hours["hours_source"][venue]
    outdoor = hours["is_indoor"][venue] != YES
    return HoursKnown(
        venue_count=len(venue),
        counted_count=int(qualifying(venue_filter)[venue].sum()),
        no_hours_count=int((source == MISSING).sum()),
        unreadable_count=int((source == UNREADABLE).sum()),
        after_class_count=int((source == AFTER_CLASS_RULE).sum()),
        unknown_lamps_count=int((outdoor & (hours["is_lit"][venue] == UNKNOWN)).sum()),
    )


def has_hours() -> bool:
    """Return whether the build knows the hours of venues; older builds do not."""
    return "venue_hours" in _run.manifest()["arrays"]


def _check(scope: GrantedScope) -> None:
    if not scope.covers(_run.array_sensitivity("cell")):
        raise AccessDenied("Circles by group are counted on internal data.", fix="Ask the administrator for the right.")


def _visible(frame: pl.DataFrame, scope: GrantedScope) -> pl.DataFrame:
    codes = [code for code in frame["region_code"].unique().to_list() if scope.includes_region(code)]
    return frame.filter(pl.col("region_code").is_in(codes))


def _leaves_of(scope: GrantedScope, region_code: str) -> npt.NDArray[np.bool_]:
    above = dict(regions_above(scope))
    found = []
    for leaf in leaves(scope):
        code = leaf
        while code not in {region_code, ""}:
            code = above.get(code, "")
        found.append(code == region_code)
    return np.array(found, bool)


@lru_cache(maxsize=2)
def _residents(build_id: str) -> npt.NDArray[np.float32]:  # noqa: ARG001 - part of the key
    """Return residents of the cells by group, shape (k, 6)."""
    return group_residents(_run.array("cell")["residents"])


@lru_cache(maxsize=2)
def _everybody(build_id: str, region_count: int) -> npt.NDArray[np.float64]:
    """Return residents by region and group, inside the circle or not."""
    people, region = _residents(build_id), _run.array("cell")["region_index"]
    return coverage(np.zeros(len(people), np.uint16), people, region, [0], region_count=region_count)[:, 0]


@lru_cache(maxsize=KEPT_ANSWERS)
def _group_coverage(
    build_id: str, venue_filter: VenueFilter, minutes: int, codes: tuple[str, ...], above: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    people, region = _residents(build_id), _run.array("cell")["region_index"]
    own = group_limits((minutes,))[0]
    adult = np.full_like(own, limit_units(minutes))
    on_foot = costs(venue_filter).cell
    counts = coverage(on_foot, people, region, np.stack([own, adult]), region_count=len(codes))
    wheels = list(_ON_WHEELS)
    cost = _step_free_cost(build_id, venue_filter)
    counts[:, :1, wheels] = coverage(cost, people[:, wheels], region, own[None, wheels], region_count=len(codes))
    table = np.concatenate([_everybody(build_id, len(codes))[:, None], counts], axis=1)
    return _long(
        table.transpose(0, 2, 1),
        codes,
        above,
        {"group_code": tuple(GROUPS)},
        ("resident_count", "covered_count", "covered_at_adult_pace_count"),
    )


@lru_cache(maxsize=8)
def _step_free_cost(build_id: str, venue_filter: VenueFilter) -> npt.NDArray[np.uint16]:  # noqa: ARG001 - a key
    streets = step_free()
    venue = _run.array("entrance")["venue_index"]
    chosen = qualifying(venue_filter)[venue]
    with _lock:
        return walking_cost(streets.network, streets.cells, _some(streets.doors, chosen), venue[chosen])[0]


@lru_cache(maxsize=8)
def _category_coverage(
    build_id: str, venue_filter: VenueFilter, codes: tuple[str, ...], above: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    people, region, limits = _residents(build_id), _run.array("cell")["region_index"], group_limits(MINUTES)
    table, venue = _run.array("map_tile"), _run.array("entrance")["venue_index"]
    lane = np.empty(len(table["venue_index"]), np.uint16)
    lane[table["venue_index"]] = table["venue_category"]
    chosen = qualifying(venue_filter)[venue]
    member = (np.uint16(1) << lane[venue[chosen]]).astype(np.uint16)
    free = step_free()
    doors = snap_of(_run.array("entrance"))
    counts = np.empty((len(CATEGORIES), len(codes), len(MINUTES), len(GROUPS)))
    ways = (
        (_ON_FOOT, network(), snap_of(_run.array("cell")), doors),
        (_ON_WHEELS, free.network, free.cells, free.doors),
    )
    for groups, streets, cells, entrances in ways:
        own = list(groups)
        with _lock:
            cost = walking_cost_by_lane(
                streets, cells, _some(entrances, chosen), member, lanes=len(CATEGORIES), limit=LIMIT_15_MIN
            )
        counts[..., own] = coverage_by_lane(cost, people[:, own], region, limits[:, own], region_count=len(codes))
    everybody = np.broadcast_to(_everybody(build_id, len(codes))[None, :, None], counts.shape)
    return _long(
        np.stack([everybody, counts], axis=-1).transpose(1, 0, 2, 3, 4),
        codes,
        above,
        {"category_code": CATEGORIES, "minute_count": MINUTES, "group_code": tuple(GROUPS)},
        ("resident_count", "covered_count"),
    )


@lru_cache(maxsize=8)
def _week(
    build_id: str,
    venue_filter: VenueFilter,
    day: WeekTime,
    codes: tuple[str, ...],
    above: tuple[tuple[str, str], ...],
) -> pl.DataFrame:
    venue, hours = _run.array("entrance")["venue_index"], _run.array("venue_hours")
    passing = qualifying(venue_filter)
    days = tuple(dict.fromkeys((day.weekday, SATURDAY)))
    sets: list[npt.NDArray[np.bool_]] = []
    set_of: dict[bytes, int] = {}
    place = []
    for weekday in days:
        for hour in HOURS:
            chosen = passing & open_at(hours, WeekTime(weekday, hour * 60, day.month))
            place.append(set_of.setdefault(np.packbits(chosen).tobytes(), len(sets)))
            if len(set_of) > len(sets):
                sets.append(chosen)
    parts = [
        _sets_coverage(build_id, sets[first : first + MOST_LANES], venue, len(codes))
        for first in range(0, len(sets), MOST_LANES)
    ]
    counts = np.concatenate(parts)[place]  # (days * hours, regions, minutes, groups)
    groups = [list(GROUPS)[at] for at in _ON_FOOT]
    everybody = np.broadcast_to(_everybody(build_id, len(codes))[None, :, None, list(_ON_FOOT)], counts.shape)
    shape = (len(days), len(HOURS), *counts.shape[1:], 2)
    return _long(
        np.stack([everybody, counts], axis=-1).reshape(shape).transpose(2, 0, 1, 3, 4, 5),
        codes,
        above,
        {"weekday": days, "hour": HOURS, "minute_count": MINUTES, "group_code": groups},
        ("resident_count", "covered_count"),
    )


def _sets_coverage(
    build_id: str, sets: Sequence[npt.NDArray[np.bool_]], venue: npt.NDArray[np.int32], region_count: int
) -> npt.NDArray[np.float64]:
    """Return coverage of several sets of venues at once, shape (sets, regions, minutes, groups on foot)."""
    member = np.zeros(len(sets[0]), np.uint16)
    for lane, chosen in enumerate(sets):
        member |= chosen.astype(np.uint16) << np.uint16(lane)
    cell, on_foot = _run.array("cell"), list(_ON_FOOT)
    doors = np.flatnonzero(member[venue])
    with _lock:
        cost = walking_cost_by_lane(
            network(),
            snap_of(cell),
            _some(snap_of(_run.array("entrance")), doors),
            member[venue[doors]],
            lanes=len(sets),
        )
    people, limits = _residents(build_id)[:, on_foot], group_limits(MINUTES)[:, on_foot]
    return coverage_by_lane(cost, people, cell["region_index"], limits, region_count=region_count)


def _some(snap: Snap, chosen: npt.NDArray[Any]) -> Snap:
    return Snap(edge=snap.edge[chosen], offset_cost=snap.offset_cost[chosen], access_m=snap.access_m[chosen])


def _long(
    table: npt.NDArray[np.float64],
    codes: Sequence[str],
    above: Sequence[tuple[str, str]],
    keys: Mapping[str, Sequence[Any]],
    columns: Sequence[str],
) -> pl.DataFrame:
    """Return an array by leaf, keys and column as rows of all regions; rows that nobody knows are left out."""
    counts = with_regions_above(dict(zip(codes, table, strict=True)), dict(above))
    regions = sorted(counts)
    numbers = np.stack([counts[code] for code in regions]).reshape(-1, len(columns))
    places = np.indices((len(regions), *map(len, keys.values()))).reshape(1 + len(keys), -1)
    frame = pl.DataFrame({"region_code": np.array(regions)[places[0]]})
    for (name, values), place in zip(keys.items(), places[1:], strict=True):
        frame = frame.with_columns(pl.Series(name, np.array(values)[place]))
    frame = frame.with_columns(pl.Series(name, numbers[:, at]) for at, name in enumerate(columns))
    return frame.filter(pl.all_horizontal(pl.col(*columns).is_not_nan()))
