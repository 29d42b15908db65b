"""Standards of fitness circles: how regions fare, which cells fail what, and the cheapest mend."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl

from analytics.standards import Mend, Standard, cheapest_mend
from kernel.errors import UsageError
from kernel.scope import GrantedScope, region_prefix
from warehouse.queries import _run
from warehouse.queries.cells import described, require_cells
from warehouse.queries.regions import leaves, visible_leaves
from warehouse.standards import standards

WHOLE = "all"
KEPT_MENDS = 20_000
DRAWN_CELLS = 4_000


class CellScores(NamedTuple):
    """Cells of an area under one standard, those with most failing residents first.

    Attributes
    ----------
    frame : DataFrame
        As ``cells.described``, and points, failed (clause codes in the order of the standard,
        empty where it is met), price_10k_cny (of the cheapest mend, null where none of its facilities is enough),
        built (how many of each facility of the standard).
    drawn : DataFrame
        As ``cells.described``: more of the failing cells, for a map.
    cell_count, failing_cell_count : int
        Cells with residents in the area, and those that fail; the frames may hold fewer.
    """

    frame: pl.DataFrame
    drawn: pl.DataFrame
    cell_count: int
    failing_cell_count: int


def known() -> Mapping[str, Standard]:
    """Return the standards by code."""
    return standards()


def standard_of(code: str) -> Standard:
    """Return a standard.

    Raises
    ------
    UsageError
        When there is none of that code.
    """
    found = standards().get(code)
    if found is None:
        raise UsageError(f"There is no standard {code[:60]!r}.", fix=f"standard: {', '.join(standards())}.")
    return found


def is_scored() -> bool:
    """Return whether the published build holds scores: builds made before there were standards do not."""
    return "standard" in _run.manifest()["arrays"]


def by_region(scope: GrantedScope, code: str) -> pl.DataFrame:
    """Return region_code, clause_code (``all``: the standard), resident_count, passing_resident_count, mean_points."""
    standard_of(code)
    return _run.rows("standard_regions.sql", scope, standard_code=code)


def cells(scope: GrantedScope, code: str, region_code: str, *, cap: int) -> CellScores:
    """Return the cells of a region that fail the standard, with what they fail and the cheapest mend.

    Parameters
    ----------
    scope : GrantedScope
        Must cover the sensitivity of cells; only its regions are answered.
    code : str
        The standard.
    region_code : str
        County, city or province.
    cap : int
        Most cells that are described.

    Raises
    ------
    AccessDenied
        When cells are above the scope's sensitivity.
    """
    standard = standard_of(code)
    require_cells(scope)
    cell, scored = _run.array("cell"), _run.array("standard")
    codes = leaves(scope)
    inside = np.array([*(leaf.startswith(region_prefix(region_code)) for leaf in codes), False]) & visible_leaves(scope)
    chosen = np.flatnonzero(inside[cell["region_index"]] & (cell["residents"][:, 0] > 0))
    points = scored[f"{code}_points"][chosen]
    residents = cell["residents"][chosen, 0]
    fails = points.sum(axis=1) < standard.pass_points
    order = np.flatnonzero(fails)
    order = order[np.argsort(-residents[order], kind="stable")]
    worst = chosen[order[:cap]]
    mends = [
        _mend(_run.build_id(), code, tuple(amount), int(kinds))
        for amount, kinds in zip(
            scored[f"{code}_amount"][worst].tolist(), scored[f"{code}_kinds"][worst].tolist(), strict=True
        )
    ]
    scores = points[order[:cap]]
    failed = [
        [clause.code for clause, worth in zip(standard.clauses, row, strict=True) if worth < clause.most_points]
        for row in scores.tolist()
    ]
    drawn = described(scope, chosen[order[:DRAWN_CELLS]])
    frame = drawn.head(cap).with_columns(
        points=pl.Series(scores.sum(axis=1).astype(np.float64)),
        failed=pl.Series(failed, dtype=pl.List(pl.String)),
        price_10k_cny=pl.Series([None if mend is None else mend.price_10k_cny for mend in mends], dtype=pl.Float64),
        built=pl.Series([[] if mend is None else list(mend.built) for mend in mends], dtype=pl.List(pl.Int64)),
    )
    return CellScores(frame, drawn, len(chosen), int(fails.sum()))


@lru_cache(maxsize=KEPT_MENDS)
def _mend(build_id: str, code: str, amount: tuple[float, ...], kinds: int) -> Mend | None:  # noqa: ARG001 - the key
    return cheapest_mend(standard_of(code), amount, kinds)
