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
from geodata.network import UNIT_M, UNREACHED
from geodata.reach import Reach

LARGEST_LINK_COST = 65_534
_ROOM = 64


class _Frame(NamedTuple):
    """What is needed to take one application back."""

    tops: tuple[tuple[int, int], ...]
    covered: npt.NDArray[np.float64]
    counts: tuple[int, int]
    counted_before: tuple[tuple[int, int], ...]
    closed_doors: tuple[int, ...]


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
        return self._work.cell_labels[way][0]

    def standing(self) -> Standing:
        """Return the present labels and coverage as `recompute` gives them; copies."""
        return self._plain[-1] if self._work is None else self._work.standing()

    def changed_cells(self, way: int = 0) -> npt.NDArray[np.int64]:
        """Return the cells that any application touched, ascending; some may be back at their first cost."""
        if self._work is None:
            first, now = self._plain[0].circles[way], self._plain[-1].circles[way]
            return np.flatnonzero((first.cell_cost != now.cell_cost) | (first.cell_owner != now.cell_owner))
        return np.unique(self._work.cell_labels[way][2][: self._work.tops[way][1]]).astype(np.int64)

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
        self.labels: list[tuple[np.ndarray, ...]] = []
        self.cell_labels: list[tuple[np.ndarray, ...]] = []
        for circle in start.circles:
            cost = circle.reach.cost.copy()
            cost[circle.reach.owner < 0] = self.limit + 1
            self.labels.append((cost, circle.reach.owner.copy(), *_log(_ROOM)))
            self.cell_labels.append((circle.cell_cost, circle.cell_owner, *_log(_ROOM)))
        self.tops = [np.zeros(2, np.int64) for _ in WAYS]
        self.doors = [(*doors[1:3], shared.owner, *doors[3:], counted) for doors in shared.doors]
        self.more = [_more(_ROOM, ground.edge_count, ground.node_count) for _ in WAYS]
        self.people = [(*shared.people, np.array(groups), self.covered) for groups in GROUPS_OF_WAY]
        self.frames: list[_Frame] = []

    def standing(self) -> Standing:
        circles = []
        for (cost, owner, *_), (cell_cost, cell_owner, *_) in zip(self.labels, self.cell_labels, strict=True):
            reach = Reach(np.where(owner < 0, UNREACHED, cost), owner.copy())
            circles.append(Circle(reach, cell_cost.copy(), cell_owner.copy()))
        return Standing((circles[0], circles[1]), self.covered.copy())

    def apply(self, steps: Sequence[Step]) -> None:
        tops = tuple((int(top[0]), int(top[1])) for top in self.tops)
        covered, before = self.covered.copy(), (self._door_count, self._link_count)
        counted_before: list[tuple[int, int]] = []
        closed_doors: list[int] = []
        for step in steps:
            match step:
                case OpenDoors():
                    self._open(step)
                case ShutVenue(owner):
                    if owner < len(self.counted):
                        counted_before.append((owner, int(self.counted[owner])))
                    closed_doors += self._shut(owner)
                case CountVenue(owner):
                    counted_before.append((owner, int(self.counted[owner])))
                    self._count(owner)
                case BuildLink():
                    self._link(step)
        self.frames.append(_Frame(tops, covered, before, tuple(counted_before), tuple(closed_doors)))

    def undo(self) -> None:
        frame = self.frames.pop()
        self.covered[...] = frame.covered
        for owner, was_counted in reversed(frame.counted_before):
            self.counted[owner] = was_counted
        for way, (node_top, cell_top) in enumerate(frame.tops):
            self.loops.undo(self.labels[way], self.cell_labels[way], self.tops[way], node_top, cell_top)
            self._forget_more(way, frame)

    def _forget_more(self, way: int, frame: _Frame) -> None:
        """Take doors and links out of the overlay; marks that others still need are set again."""
        edge, is_open, edge_mark, a, b, node_mark = (self.more[way][place] for place in (0, 4, 5, 6, 7, 9))
        is_open[list(frame.closed_doors)] = 1
        doors, links = frame.counts
        for ends, mark, first, last in (
            (edge, edge_mark, doors, self._door_count),
            (a, node_mark, links, self._link_count),
            (b, node_mark, links, self._link_count),
        ):
            left, kept = ends[first:last], ends[:first]
            mark[left[left >= 0]] = 0
            mark[kept[kept >= 0]] = 1
        node_mark[a[:links]] = 1
        self.more[way][10][:] = frame.counts

    @property
    def _door_count(self) -> int:
        return int(self.more[0][10][0])

    @property
    def _link_count(self) -> int:
        return int(self.more[0][10][1])

    def _open(self, step: OpenDoors) -> None:
        for way, doors in enumerate(step.by_way):
            edge, offset = doors.edge.astype(np.int32), doors.offset_cost.astype(np.float64)
            access = doors.access_m / UNIT_M
            first = int(self.more[way][10][0])
            last = first + len(edge)
            while last > len(self.more[way][0]):
                self.more[way] = _grown(self.more[way])
            more = self.more[way]
            for column, values in zip(more[:5], (edge, offset, access, step.owner, 1), strict=True):
                column[first:last] = values
            more[5][edge[edge >= 0]] = 1
            more[10][0] = last
            self._spread_doors(way, step.owner, (edge, offset, access))

    def _count(self, owner: int) -> None:
        if self.counted[owner]:
            return
        self.counted[owner] = 1
        place = self.ground.doors_of(owner)
        for way, doors in enumerate(self.shared.doors):
            edge, offset, access = (column[place].copy() for column in doors[:3])
            self._spread_doors(way, owner, (edge, offset, access))

    def _spread_doors(self, way: int, owner: int, new: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        begin = self._make_room(way)
        streets, costs, labels, space, tops = self._of(way)
        self.loops.open_doors(streets, costs, self.more[way], labels, space, tops, self.limit, new, np.int32(owner))
        self._settle(way, begin, new[0])

    def _shut(self, owner: int) -> list[int]:
        used = self._door_count
        added = np.flatnonzero((self.more[0][3][:used] == owner) & (self.more[0][4][:used] == 1))
        was_counted = owner < self.ground.owner_count and bool(self.counted[owner])
        if was_counted:
            self.counted[owner] = 0
        for way, more in enumerate(self.more):
            more[4][added] = 0
            gone = more[0][added]
            if was_counted:
                gone = np.concatenate([self.shared.doors[way][0][self.ground.doors_of(owner)], gone])
            if len(gone):
                begin = self._make_room(way)
                streets, costs, labels, space, tops = self._of(way)
                self.loops.shut(
                    streets, costs, self.doors[way], more, labels, space, tops, self.limit, gone, np.int32(owner)
                )
                self._settle(way, begin, gone)
        return [int(place) for place in added]

    def _link(self, link: BuildLink) -> None:
        for way in range(len(WAYS)):
            place = int(self.more[way][10][1])
            if place == len(self.more[way][6]):
                self.more[way] = _grown(self.more[way])
            more = self.more[way]
            more[6][place], more[7][place], more[8][place] = link.node_a, link.node_b, link.cost
            more[9][[link.node_a, link.node_b]] = 1
            more[10][1] = place + 1
            begin = self._make_room(way)
            streets, costs, labels, space, tops = self._of(way)
            self.loops.build_link(streets, costs, more, labels, space, tops)
            self._settle(way, begin, np.empty(0, np.int32))

    def _of(self, way: int) -> tuple:
        return self.shared.streets, self.shared.costs[way], self.labels[way], self.shared.space, self.tops[way]

    def _settle(self, way: int, begin: int, edges: npt.NDArray[np.int32]) -> None:
        streets, costs, labels, space, tops = self._of(way)
        self.loops.settle_cells(
            streets,
            costs,
            self.doors[way],
            self.more[way],
            labels,
            space,
            tops,
            self.shared.cells[way],
            self.cell_labels[way],
            self.shared.cell_space,
            self.people[way],
            self.limit,
            begin,
            edges,
        )

    def _make_room(self, way: int) -> int:
        """Make room for one step, which logs each node and cell once at most; return where in the log it begins."""
        nodes, cells = self.labels[way], self.cell_labels[way]
        top, cell_top = (int(value) for value in self.tops[way])
        if top + len(nodes[0]) > len(nodes[2]):
            self.labels[way] = (*nodes[:2], *_grown_log(nodes[2:], top, len(nodes[0])))
        if cell_top + len(cells[0]) > len(cells[2]):
            self.cell_labels[way] = (*cells[:2], *_grown_log(cells[2:], cell_top, len(cells[0])))
        return top


def _log(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.empty(size, np.int32), np.empty(size, np.uint16), np.empty(size, np.int32)


def _grown_log(log: Sequence[np.ndarray], used: int, step: int) -> tuple[np.ndarray, ...]:
    """Return a log with room for some large steps more; what is not touched takes no memory."""
    grown = _log(2 * used + 4 * step + _ROOM)
    for old, new in zip(log, grown, strict=True):
        new[:used] = old[:used]
    return grown


def _more(size: int, edges: int, nodes: int) -> tuple[np.ndarray, ...]:
    """Return doors (edge, offset, access, owner, is open), mark by edge, links, mark by node, counts; all empty."""
    return (
        np.empty(size, np.int32),
        np.empty(size, np.float64),
        np.empty(size, np.float64),
        np.empty(size, np.int32),
        np.empty(size, np.uint8),
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
