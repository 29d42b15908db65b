"""The what-if engine: applies steps to the circle by touching only what they change, and takes them back.

Labels are pairs (cost, owner) in lexicographic order. Adding doors or links can only improve labels: what improves
spreads. Taking a venue away can only worsen those that it owned: these are found from its doors, forgotten, offered
what their neighbours and remaining doors know, and corrected. Both end where no arc can improve a label; such labels
are unique, so the result equals a full recomputation, unit by unit and owner by owner (docs/adr/0007-what-if.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.whatif import ground as grounds
from analytics.whatif.ground import Compiled, Ground
from analytics.whatif.recompute import GROUPS_OF_WAY, WAYS, Circle, Standing, recompute
from analytics.whatif.steps import BuildLink, CountVenue, OpenDoors, ShutVenue, Step
from geodata.network import UNIT_M, UNREACHED, Snap
from geodata.reach import Reach, frozen

LARGEST_LINK_COST = 65_534
_ROOM = 64


class _Frame(NamedTuple):
    """What is needed to take one application back."""

    tops: tuple[tuple[int, int], ...]
    covered: npt.NDArray[np.float64]
    counts: tuple[int, int]
    counted_before: tuple[tuple[int, int], ...]


class WhatIfEngine:
    """The circle of one choice of venues, ready to be changed.

    Parameters
    ----------
    ground : Ground
        Streets, cells, entrances, residents.
    is_counted : bool, shape (venues,)
        Which venues count.
    shared : Compiled, optional
        From another engine of the same ground, to share its memory; the two must not work at the same time.

    Notes
    -----
    Memory: 12 bytes a node, 12 a cell, 1 a venue and 2 for marks of nodes and edges (34 MB for a province of
    1.5 M nodes and 1.1 M cells); logs grow with what steps touch.

    Laws, each a test: after any sequence of steps labels equal `recompute`; adding never worsens anyone, shutting
    never improves anyone; undoing restores bit by bit; the order of links does not matter.
    """

    def __init__(self, ground: Ground, is_counted: npt.ArrayLike, *, shared: Compiled | None = None) -> None:
        self.ground = ground
        self.counted = np.array(is_counted, np.uint8)
        if self.counted.shape != (ground.owner_count,):
            raise ValueError(f"{self.counted.shape} flags for {ground.owner_count} venues")
        self._steps: list[tuple[Step, ...]] = []
        loops = grounds.kernels
        self._work = None if loops is None else _Work(ground, self.counted, shared or Compiled(ground, loops))
        self._plain = [recompute(ground, is_counted)] if self._work is None else []
        self._first = None if self._work is None else self._work.covered.copy()

    @property
    def shared(self) -> Compiled | None:
        """Memory that further engines of the same ground may share."""
        return None if self._work is None else self._work.shared

    @property
    def depth(self) -> int:
        """How many applications can be undone."""
        return len(self._steps)

    @property
    def covered(self) -> npt.NDArray[np.float64]:
        """Residents inside by region, time and group, shape (regions, m, 6); a copy."""
        return (self._plain[-1].covered if self._work is None else self._work.covered).copy()

    def cell_cost(self, way: int = 0) -> npt.NDArray[np.uint16]:
        """Return the present costs of the cells by a way of walking (0 with steps, 1 without); do not write to it."""
        if self._work is None:
            return self._plain[-1].circles[way].cell_cost
        return self._work.labels[way][1][0]

    def standing(self) -> Standing:
        """Return the present labels and coverage as `recompute` gives them; copies."""
        return self._plain[-1] if self._work is None else self._work.standing()

    def changed_cells(self, way: int = 0) -> npt.NDArray[np.int64]:
        """Return the cells that any application touched, ascending; some may be back at their first cost."""
        if self._work is None:
            first, now = self._plain[0].circles[way], self._plain[-1].circles[way]
            return np.flatnonzero((first.cell_cost != now.cell_cost) | (first.cell_owner != now.cell_owner))
        return np.unique(self._work.labels[way][1][2][: self._work.tops[way][1]]).astype(np.int64)

    def apply(self, steps: Sequence[Step]) -> None:
        """Apply steps as one application.

        Raises
        ------
        ValueError
            When a step names a node, edge, venue or cost that does not exist; nothing is changed then.
        """
        self._check(steps)
        self._steps.append(tuple(steps))
        if self._work is None:
            before = self.counted.astype(bool)
            done = [step for application in self._steps for step in application]
            self._plain.append(recompute(self.ground, before, done))
        else:
            self._work.apply(steps)

    def undo(self) -> None:
        """Take the last application back, bit by bit.

        Raises
        ------
        IndexError
            When there is none.
        """
        self._steps.pop()
        if self._work is None:
            self._plain.pop()
        else:
            self._work.undo()

    def _check(self, steps: Sequence[Step]) -> None:
        nodes, edges = self.ground.node_count, self.ground.edge_count
        for step in steps:
            match step:
                case OpenDoors(owner, doors):
                    is_right = owner >= 0 and (
                        not len(doors.edge) or -1 <= doors.edge.min() <= doors.edge.max() < edges
                    )
                case ShutVenue(owner):
                    is_right = owner >= 0
                case CountVenue(owner):
                    is_right = 0 <= owner < self.ground.owner_count
                case BuildLink(a, b, cost):
                    is_right = 0 <= min(a, b) <= max(a, b) < nodes and 0 <= cost <= LARGEST_LINK_COST
            if not is_right:
                raise ValueError(f"{step} does not fit {nodes} nodes, {edges} edges, {self.ground.owner_count} venues")


class _Work:
    """Labels, logs and overlays of one engine, in the shape of the compiled loops."""

    def __init__(self, ground: Ground, counted: npt.NDArray[np.uint8], shared: Compiled) -> None:
        self.ground, self.counted, self.shared = ground, counted, shared
        self.loops, self.limit = shared.loops, int(ground.limit)
        start = recompute(ground, counted.astype(bool))
        self.covered = start.covered
        # Labels of nodes and of cells with their logs, by way of walking.
        self.labels: list[tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]] = []
        for circle in start.circles:
            cost = circle.reach.cost.copy()
            cost[circle.reach.owner < 0] = self.limit + 1
            nodes = (cost, circle.reach.owner.copy(), *_log(_ROOM))
            self.labels.append((nodes, (circle.cell_cost, circle.cell_owner, *_log(_ROOM))))
        self.tops = [np.zeros(2, np.int64) for _ in WAYS]
        self.more = [_more(_ROOM, ground.edge_count, ground.node_count) for _ in WAYS]
        self.ways = [self._way(way) for way in range(len(WAYS))]
        self.frames: list[_Frame] = []

    def _way(self, way: int) -> tuple[tuple[np.ndarray, ...], ...]:
        shared, places = self.shared, self.shared.doors[way]
        return (
            shared.streets,
            shared.costs[way],
            (*places[1:3], shared.owner, *places[3:], self.counted),
            self.more[way],
            shared.cells[way],
            shared.space,
            shared.cell_space,
            (*shared.people, np.array(GROUPS_OF_WAY[way]), self.covered),
        )

    def standing(self) -> Standing:
        circles = []
        for (cost, owner, *_), (cell_cost, cell_owner, *_) in self.labels:
            reach = Reach(np.where(owner < 0, UNREACHED, cost), owner.copy())
            circles.append(Circle(reach, cell_cost.copy(), cell_owner.copy()))
        return Standing((circles[0], circles[1]), self.covered.copy())

    def apply(self, steps: Sequence[Step]) -> None:
        tops = tuple((int(top[0]), int(top[1])) for top in self.tops)
        door_count, link_count = self.more[0][10].tolist()
        covered = self.covered.copy()
        counted_before: list[tuple[int, int]] = []
        for step in steps:
            match step:
                case OpenDoors(owner):
                    self._open(owner, step.by_way)
                case ShutVenue(owner):
                    if owner < len(self.counted):
                        counted_before.append((owner, int(self.counted[owner])))
                    self._shut(owner)
                case CountVenue(owner):
                    counted_before.append((owner, int(self.counted[owner])))
                    self._count(owner)
                case BuildLink():
                    self._link(step)
        self.frames.append(_Frame(tops, covered, (door_count, link_count), tuple(counted_before)))

    def undo(self) -> None:
        number = len(self.frames)
        frame = self.frames.pop()
        self.covered[...] = frame.covered
        for owner, was_counted in reversed(frame.counted_before):
            self.counted[owner] = was_counted
        for way, tops in enumerate(frame.tops):
            self.loops.undo(self.labels[way], self.tops[way], self.more[way], *tops, *frame.counts, number)

    def _open(self, owner: int, by_way: Sequence[Snap]) -> None:
        for way, doors in enumerate(by_way):
            self._make_room(way)
            while int(self.more[way][10][0]) + len(doors.edge) > len(self.more[way][0]):
                self._grow(way)
            self._spread_doors(way, owner, doors, is_added=True)

    def _count(self, owner: int) -> None:
        if self.counted[owner]:
            return
        self.counted[owner] = 1
        place = self.ground.doors_of(owner)
        for way, (_, _, doors) in enumerate(self.ground.ways):
            self._make_room(way)
            own = Snap(doors.edge[place], doors.offset_cost[place], doors.access_m[place])
            self._spread_doors(way, owner, own, is_added=False)

    def _spread_doors(self, way: int, owner: int, doors: Snap, *, is_added: bool) -> None:
        new = frozen(doors.edge, np.int32), frozen(doors.offset_cost, np.float64), frozen(doors.access_m, np.float64)
        self.loops.open_doors(
            self.ways[way],
            self.labels[way],
            self.tops[way],
            self.limit,
            UNIT_M,
            new,
            np.int32(owner),
            is_added=is_added,
        )

    def _shut(self, owner: int) -> None:
        is_counted = owner < len(self.counted) and bool(self.counted[owner])
        place = self.ground.doors_of(owner) if is_counted else slice(0)
        if is_counted:
            self.counted[owner] = 0
        number = len(self.frames) + 1
        for way in range(len(WAYS)):
            self._make_room(way)
            own = self.shared.doors[way][0][place]
            self.loops.shut(self.ways[way], self.labels[way], self.tops[way], self.limit, own, np.int32(owner), number)

    def _link(self, link: BuildLink) -> None:
        for way in range(len(WAYS)):
            self._make_room(way)
            if int(self.more[way][10][1]) == len(self.more[way][6]):
                self._grow(way)
            ends = np.int32(link.node_a), np.int32(link.node_b)
            self.loops.build_link(self.ways[way], self.labels[way], self.tops[way], self.limit, *ends, link.cost)

    def _grow(self, way: int) -> None:
        self.more[way] = _grown(self.more[way])
        self.ways[way] = self._way(way)

    def _make_room(self, way: int) -> None:
        """Make room in the logs for one step, which writes each node and cell down once at most."""
        tops = self.tops[way].tolist()
        if any(top + len(log[0]) > len(log[2]) for log, top in zip(self.labels[way], tops, strict=True)):
            nodes, cells = (
                (*log[:2], *_grown_log(log[2:], top, len(log[0])))
                for log, top in zip(self.labels[way], tops, strict=True)
            )
            self.labels[way] = nodes, cells


def _log(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.empty(size, np.int32), np.empty(size, np.uint16), np.empty(size, np.int32)


def _grown_log(log: Sequence[np.ndarray], used: int, step: int) -> tuple[np.ndarray, ...]:
    """Return a log with room for some large steps more; what is not touched takes no memory."""
    grown = _log(2 * used + 4 * step + _ROOM)
    for old, new in zip(log, grown, strict=True):
        new[:used] = old[:used]
    return grown


def _more(size: int, edges: int, nodes: int) -> tuple[np.ndarray, ...]:
    """Return doors (edge, offset, access, owner, closed at), mark by edge, links, mark by node, counts; all empty."""
    return (
        np.empty(size, np.int32),
        np.empty(size, np.float64),
        np.empty(size, np.float64),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.zeros(edges, np.uint8),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int64),
        np.zeros(nodes, np.uint8),
        np.zeros(2, np.int64),
    )


def _grown(more: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Return the same with twice the room."""
    marks_and_counts = {5, 9, 10}
    return tuple(
        column if place in marks_and_counts else np.concatenate([column, np.empty_like(column)])
        for place, column in enumerate(more)
    )
