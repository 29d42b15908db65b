"""What-if questions: a list of edits in, the circle before and after out. Nothing is kept between two questions.

Every question brings its whole list of edits, so any process can answer it, and an address is all that has to be
shared (docs/whatif.md).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import GROUPS
from analytics.whatif import Edit
from kernel.errors import UsageError, WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.cells import described
from warehouse.queries.regions import leaves, visible_leaves
from warehouse.queries.venue_filter import MINUTES, VenueFilter
from warehouse.queries.whatif_edits import decode_edits, encode_edits, read_edits
from warehouse.queries.whatif_ground import engine_for, require_planning
from warehouse.queries.whatif_measures import MEASURES, NO_MEASURES, measures_after, regions_inside
from warehouse.queries.whatif_places import ResolvedEdit, ResolvedPlace, prepare, resolve

__all__ = [
    "MEASURES",
    "ResolvedEdit",
    "ResolvedPlace",
    "WhatIfAnswer",
    "answer",
    "compare",
    "decode_edits",
    "encode_edits",
    "read_edits",
]

# Cells that are drawn; those with most residents.
MOST_CELLS = 20_000
COMPARED = (2, 3)
MOST_TRIES = 3
GROUP_CODES = tuple(GROUPS)


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """The circle before and after some edits, in the regions of the scope.

    Attributes
    ----------
    build_id : str
        Build that the figures come from.
    groups : DataFrame
        region_code, group_code (`analytics.accessibility.GROUPS`), minute_count (5, 10, 15), resident_count,
        covered_before_count, covered_after_count; counties, cities and the province as far as the scope includes them.
        Groups that were not delivered have no rows.
    changed : DataFrame
        Cells whose walking cost changed, most residents first, at most 20,000: cell_index, lon, lat (degrees), size_m,
        resident_count, cost_before, cost_after (units of 0.02 s at 4.8 km/h, 65,535 beyond 15 min).
    changed_count : int
        How many there are.
    gained_count, lost_count : float
        Residents who come inside the circle of the asked minutes, and who fall out of it (everyone, adult pace).
    measures : DataFrame
        region_code, measure_code (`MEASURES`), before, after.
    edits : tuple of ResolvedEdit
        What became of each edit.
    engine_us : float
        Time of the engine for all edits together, microseconds.
    """

    build_id: str
    groups: pl.DataFrame
    changed: pl.DataFrame
    changed_count: int
    gained_count: float
    lost_count: float
    measures: pl.DataFrame
    edits: tuple[ResolvedEdit, ...]
    engine_us: float


def answer(
    scope: GrantedScope,
    venue_filter: VenueFilter,
    edits: Sequence[Edit],
    minutes: int,
    *,
    with_measures: bool = True,
) -> WhatIfAnswer:
    """Return the circle before and after some edits.

    Parameters
    ----------
    scope : GrantedScope
        Places of edits must lie in its regions, and rows are those of its regions. Venues across its border count.
    venue_filter : VenueFilter
        Which venues count, before and after.
    edits : sequence of Edit
        Checked edits (`read_edits`), in their order.
    minutes : int
        5, 10 or 15: circle of the measures and of ``gained_count``.
    with_measures : bool
        False leaves the measures out, which need some seconds when a filter is asked for the first time.

    Notes
    -----
    Asking without edits also makes whatever the first edit will need (seconds at the size of a province, once).

    Raises
    ------
    UsageError
        When there is no such circle.
    AccessDenied
        When the scope may not read population cells.
    WordedError
        Naming the edit that cannot be: see `whatif_places.resolve`. Nothing is changed then.
    """
    if minutes not in MINUTES:
        raise UsageError(f"There is no circle of {minutes} minutes.", fix=f"minutes: {', '.join(map(str, MINUTES))}.")
    require_planning(scope)
    for _ in range(MOST_TRIES):
        build_id = _run.build_id()
        found = _answer(scope, venue_filter, edits, minutes, with_measures=with_measures)
        # A build that is published in between would mix two of them.
        if build_id == found.build_id == _run.build_id():
            break
    return found


def _answer(
    scope: GrantedScope, venue_filter: VenueFilter, edits: Sequence[Edit], minutes: int, *, with_measures: bool
) -> WhatIfAnswer:
    if not edits:
        prepare(scope)
    resolution, codes = resolve(scope, venue_filter, edits), leaves(scope)
    with engine_for(venue_filter, len(codes)) as (kept, engine):
        before = engine.covered
        began = time.perf_counter()
        for steps in resolution.steps:
            engine.apply(steps)
        engine_us = (time.perf_counter() - began) * 1e6
        after, cells = engine.covered, engine.changed_cells()
        cost_after = engine.cell_cost()[cells]
        while engine.depth:
            engine.undo()
        cost_before = engine.cell_cost()[cells]
    moved = _Moved(cells, cost_before, cost_after).in_scope(scope, kept.ground.region_index)
    limit = int(kept.ground.limits[MINUTES.index(minutes), GROUP_CODES.index("everyone")])
    gained, lost = moved.residents(kept.ground.residents[:, 0], limit)
    measures = measures_after(scope, venue_filter, resolution, minutes, kept.ground) if with_measures else NO_MEASURES
    return WhatIfAnswer(
        build_id=kept.build_id,
        groups=_groups(scope, kept.residents, before, after),
        changed=moved.frame(scope, kept.ground.residents[:, 0]),
        changed_count=len(moved.cells),
        gained_count=gained,
        lost_count=lost,
        measures=measures,
        edits=resolution.edits,
        engine_us=engine_us,
    )


def compare(
    scope: GrantedScope, venue_filter: VenueFilter, minutes: int, scenarios: Sequence[Sequence[Edit]]
) -> pl.DataFrame:
    """Return two or three scenarios side by side.

    Parameters
    ----------
    scope, venue_filter, minutes
        As in `answer`; the same for all, or they could not be compared.
    scenarios : sequence of sequences of Edit
        Two or three.

    Returns
    -------
    DataFrame
        region_code, figure_kind (``group`` or ``measure``), figure_code (group or measure), resident_count (of groups),
        before, after_1, after_2, after_3 (as many as there are scenarios).

    Raises
    ------
    WordedError
        When there are fewer than two or more than three, and as `answer`.
    """
    if not COMPARED[0] <= len(scenarios) <= COMPARED[1]:
        raise WordedError("whatif.compare_count", least=COMPARED[0], most=COMPARED[1])
    found = [answer(scope, venue_filter, edits, minutes) for edits in scenarios]
    table: pl.DataFrame | None = None
    for number, one in enumerate(found, start=1):
        name = f"after_{number}"
        groups = one.groups.filter(pl.col("minute_count") == minutes).select(
            "region_code",
            figure_kind=pl.lit("group"),
            figure_code="group_code",
            resident_count="resident_count",
            before="covered_before_count",
            **{name: pl.col("covered_after_count")},
        )
        measures = one.measures.select(
            "region_code",
            figure_kind=pl.lit("measure"),
            figure_code="measure_code",
            resident_count=pl.lit(None, pl.Float64),
            before="before",
            **{name: pl.col("after")},
        )
        both = pl.concat([groups, measures])
        table = both if table is None else table.with_columns(both[name])
    return pl.DataFrame() if table is None else table


_NO_GROUPS = pl.DataFrame(
    schema={
        "region_code": pl.String,
        "group_code": pl.String,
        "minute_count": pl.Int64,
        "resident_count": pl.Float64,
        "covered_before_count": pl.Float64,
        "covered_after_count": pl.Float64,
    }
)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Cells whose cost changed."""

    cells: npt.NDArray[np.int64]
    before: npt.NDArray[np.uint16]
    after: npt.NDArray[np.uint16]

    def in_scope(self, scope: GrantedScope, region_index: npt.NDArray[np.int16]) -> _Moved:
        chosen = (self.before != self.after) & visible_leaves(scope)[region_index[self.cells]]
        return _Moved(self.cells[chosen], self.before[chosen], self.after[chosen])

    def residents(self, residents: npt.NDArray[np.float32], limit: int) -> tuple[float, float]:
        people = np.nan_to_num(residents[self.cells]).astype(np.float64)
        was_in, is_in = self.before <= limit, self.after <= limit
        return float(people[is_in & ~was_in].sum()), float(people[was_in & ~is_in].sum())

    def frame(self, scope: GrantedScope, residents: npt.NDArray[np.float32]) -> pl.DataFrame:
        people = np.nan_to_num(residents[self.cells])
        order = np.lexsort((self.cells, -people))[:MOST_CELLS]
        return described(scope, self.cells[order]).with_columns(
            cost_before=pl.Series(self.before[order]), cost_after=pl.Series(self.after[order])
        )


def _groups(
    scope: GrantedScope,
    residents: npt.NDArray[np.float64],
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
) -> pl.DataFrame:
    inside = regions_inside(_run.build_id(), scope)
    if not inside:
        return _NO_GROUPS
    shape = (len(inside), len(GROUP_CODES), len(MINUTES))
    places = np.concatenate(list(inside.values()))
    starts = np.cumsum([0, *(len(part) for part in inside.values())])[:-1]
    all_of = np.add.reduceat(residents[places], starts)[:, :, None]
    was, now = (np.add.reduceat(covered[places], starts).transpose(0, 2, 1) for covered in (before, after))
    frame = pl.DataFrame(
        {
            "region_code": np.repeat(list(inside), len(GROUP_CODES) * len(MINUTES)),
            "group_code": np.tile(np.repeat(GROUP_CODES, len(MINUTES)), len(inside)),
            "minute_count": np.tile(MINUTES, len(inside) * len(GROUP_CODES)),
            "resident_count": np.broadcast_to(all_of, shape).ravel(),
            "covered_before_count": was.ravel(),
            "covered_after_count": now.ravel(),
        }
    )
    return frame.filter(pl.col("covered_before_count").is_not_nan())
