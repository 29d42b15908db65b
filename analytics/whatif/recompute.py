"""The circle after some steps, computed from the beginning: what the engine must equal, and its plain twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.accessibility import GROUPS, cell_costs, coverage, entrance_seeds
from analytics.whatif.ground import Ground, with_links
from analytics.whatif.steps import BuildLink, CountVenue, OpenDoors, ShutVenue, Step
from geodata.network import Snap
from geodata.reach import Reach, nearest_source

WAYS = ("walking", "step_free")
# Columns of residents and limits by way of walking: those who take steps come first.
GROUPS_OF_WAY = ((0, sum(group.takes_steps for group in GROUPS.values())), (len(GROUPS) - 1, len(GROUPS)))


class Circle(NamedTuple):
    """Labels of street nodes and of cells by one way of walking.

    Attributes
    ----------
    reach : Reach
        Of the nodes.
    cell_cost : uint16, shape (k,)
        Of the cells, 65,535 beyond the limit.
    cell_owner : int32, shape (k,)
        Nearest venue of each cell, -1 for none.
    """

    reach: Reach
    cell_cost: npt.NDArray[np.uint16]
    cell_owner: npt.NDArray[np.int32]


class Standing(NamedTuple):
    """Both circles, and residents inside by region, time and group, shape (regions, m, 6)."""

    circles: tuple[Circle, Circle]
    covered: npt.NDArray[np.float64]


class Doors(NamedTuple):
    """All entrances that count, by way of walking, and the links, after some steps."""

    doors: tuple[Snap, ...]
    owner: npt.NDArray[np.int32]
    links: npt.NDArray[np.int64]


def recompute(ground: Ground, is_counted: npt.ArrayLike, steps: Sequence[Step] = (), *, threads: int = 2) -> Standing:
    """Return labels and coverage after some steps, searched from the beginning.

    Parameters
    ----------
    ground : Ground
        Streets, cells, entrances, residents.
    is_counted : bool, shape (venues,)
        Which venues count before the first step.
    steps : sequence of Step
        In order.
    threads : int
        Threads to work with; the result does not depend on it.
    """
    now = after_steps(ground, is_counted, steps)
    circles = tuple(_circle(ground, now, way, threads) for way in range(len(WAYS)))
    return Standing((circles[0], circles[1]), covered_by(ground, (circles[0].cell_cost, circles[1].cell_cost)))


def covered_by(ground: Ground, cell_cost: Sequence[npt.NDArray[np.uint16]]) -> npt.NDArray[np.float64]:
    """Return residents inside by region, time and group from the cells' costs of both ways of walking."""
    parts = [
        coverage(
            cost,
            ground.residents[:, first:last],
            ground.region_index,
            ground.limits[:, first:last],
            region_count=ground.region_count,
        )
        for cost, (first, last) in zip(cell_cost, GROUPS_OF_WAY, strict=True)
    ]
    return np.concatenate(parts, axis=2)


def after_steps(ground: Ground, is_counted: npt.ArrayLike, steps: Sequence[Step]) -> Doors:
    """Return the entrances that count and the links after some steps."""
    counted = np.array(is_counted, np.bool_)
    opened: list[OpenDoors] = []
    links: list[tuple[int, int, int]] = []
    for step in steps:
        match step:
            case OpenDoors():
                opened.append(step)
            case ShutVenue(owner):
                if owner < len(counted):
                    counted[owner] = False
                opened = [doors for doors in opened if doors.owner != owner]
            case CountVenue(owner):
                counted[owner] = True
            case BuildLink(a, b, cost):
                links.append((a, b, cost))
    kept = np.flatnonzero(counted[ground.owner])
    owners = [ground.owner[kept], *(np.full(len(step.doors.edge), step.owner, np.int32) for step in opened)]
    doors = tuple(
        _joined([_taken(way.doors, kept), *(step.by_way[place] for step in opened)])
        for place, way in enumerate(ground.ways)
    )
    return Doors(doors, np.concatenate(owners), np.array(links, np.int64).reshape(-1, 3))


def _taken(snap: Snap, chosen: npt.NDArray[np.int64]) -> Snap:
    return Snap(snap.edge[chosen], snap.offset_cost[chosen], snap.access_m[chosen])


def _joined(parts: Sequence[Snap]) -> Snap:
    return Snap(
        np.concatenate([part.edge for part in parts]),
        np.concatenate([part.offset_cost for part in parts]),
        np.concatenate([part.access_m for part in parts]),
    )


def _circle(ground: Ground, now: Doors, place: int, threads: int) -> Circle:
    way, doors = ground.ways[place], now.doors[place]
    linked = with_links(way.network, now.links)
    seeds = entrance_seeds(linked, doors, now.owner, limit=ground.limit)
    reach = nearest_source(linked, *seeds, limit=ground.limit, threads=threads)
    cells = cell_costs(linked, way.cells, doors, now.owner, reach, limit=ground.limit, threads=threads)
    return Circle(reach, *cells)
