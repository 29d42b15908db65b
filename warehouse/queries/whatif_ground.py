"""The ground of what-if questions: made once for a build, and one engine for each choice of venues asked lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.accessibility import coverage, group_limits, group_residents
from analytics.whatif import BuildLink, CountVenue, OpenDoors, ShutVenue, Step, WhatIfEngine
from analytics.whatif.ground import Ground, Way, in_order
from geodata.network import Snap
from geodata.reach import LIMIT_15_MIN
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.cells import require_cells
from warehouse.queries.reach import network, qualifying, snap_of
from warehouse.queries.step_free import StepFree, step_free
from warehouse.queries.venue_filter import MINUTES, VenueFilter

# Choices of venues whose engines are kept; at the size of a province each takes about 40 MB, the ground below them
# some 250 MB once (docs/whatif.md).
KEPT_ENGINES = 2


@dataclass(frozen=True, slots=True)
class KeptGround:
    """What is made once for a build.

    Attributes
    ----------
    build_id : str
        The build.
    ground : Ground
        Streets, cells, entrances, residents by group.
    residents : float64, shape (regions, 6)
        All residents of each by group; NaN where a group was not delivered.
    """

    build_id: str
    ground: Ground
    residents: npt.NDArray[np.float64]


_kept: list[KeptGround] = []
_engines: OrderedDict[tuple[str, VenueFilter], WhatIfEngine] = OrderedDict()
# One question at a time: an engine is changed and changed back while it answers, and engines share their memory.
_lock = threading.Lock()


def require_planning(scope: GrantedScope) -> None:
    """Refuse what cannot be planned with.

    Raises
    ------
    AccessDenied
        When the scope may not read population cells.
    WordedError
        When no streets were delivered.
    """
    require_cells(scope)
    if not network().edge_count:
        raise WordedError("whatif.no_network")


@contextmanager
def engine_for(venue_filter: VenueFilter, region_count: int) -> Iterator[tuple[KeptGround, WhatIfEngine]]:
    """Lend the engine of a choice of venues, for as long as nobody else works with any.

    Parameters
    ----------
    venue_filter : VenueFilter
        Which venues count.
    region_count : int
        Number of smallest regions.

    Notes
    -----
    Whatever was applied is taken back at the end, also when something went wrong.
    """
    with _lock:
        kept = _ground(region_count)
        key = (kept.build_id, venue_filter)
        if key not in _engines:
            shared = next((engine.shared for (build, _), engine in _engines.items() if build == kept.build_id), None)
            _engines[key] = _woken(WhatIfEngine(kept.ground, qualifying(venue_filter), shared=shared))
            while len(_engines) > KEPT_ENGINES:
                _engines.popitem(last=False)
        _engines.move_to_end(key)
        engine = _engines[key]
        try:
            yield kept, engine
        except BaseException:
            # Half-changed labels, or marks in the memory that engines share, would answer wrongly for ever after.
            _engines.clear()
            raise
        while engine.depth:
            engine.undo()


def _woken(engine: WhatIfEngine) -> WhatIfEngine:
    """Return the engine after one of each step, taken back: their machine code is then loaded."""
    nowhere = Snap(np.empty(0, np.int32), np.empty(0), np.empty(0))
    steps: list[Step] = [OpenDoors(engine.ground.owner_count, nowhere, nowhere), BuildLink(0, 0, 0)]
    if engine.ground.owner_count:
        steps += [ShutVenue(0), CountVenue(0)]
    engine.apply(steps)
    engine.undo()
    return engine


def _ground(region_count: int) -> KeptGround:
    build_id = _run.build_id()
    if not _kept or _kept[0].build_id != build_id:
        _kept.clear()
        _engines.clear()
        _kept.append(_make(build_id, region_count))
    return _kept[0]


def _make(build_id: str, region_count: int) -> KeptGround:
    cell, table = _run.array("cell"), _run.array("map_tile")
    streets, places, venue = network(), snap_of(_run.array("entrance")), _run.array("entrance")["venue_index"]
    free = step_free() if streets.edge_has_steps.any() else StepFree(streets, snap_of(cell), places)
    doors, owner = in_order(places, venue)
    free_doors, _ = in_order(free.doors, venue)
    people = group_residents(cell["residents"])
    nobody_walks = np.zeros(len(people), np.uint16)
    everybody = coverage(nobody_walks, people, cell["region_index"], [0], region_count=region_count)[:, 0, :]
    ground = Ground(
        ways=(Way(streets, snap_of(cell), doors), Way(free.network, free.cells, free_doors)),
        owner=owner,
        owner_count=len(table["venue_index"]),
        residents=people,
        region_index=cell["region_index"],
        region_count=region_count,
        limits=group_limits(MINUTES),
        limit=LIMIT_15_MIN,
    )
    return KeptGround(build_id, ground, everybody)
