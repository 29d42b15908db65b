"""From the result of a search to what its card and its map need: names, cells, whether the data are still the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from components.callbacks import is_granted
from components.map_config import region_name
from components.request import RequestContext
from components.siting_result import SitingView
from kernel.scope import GrantedScope
from warehouse.queries import cells
from warehouse.queries import map as map_queries
from warehouse.queries.regions import regions, root_code
from warehouse.queries.venue_types import venue_types


def siting_view(context: RequestContext, job_id: str, result: Mapping[str, Any]) -> SitingView:
    """Return what the card of a result shows.

    Parameters
    ----------
    context : RequestContext
        Who reads it, in which language and colours.
    job_id : str
        The search.
    result : mapping
        As from ``siting_answer.result_of``.
    """
    lang, code = context.lang, result["request"]["venue_type_code"]
    types = venue_types(context.scope).filter(pl.col("venue_type_code") == code)
    name = types["code_name_en" if lang == "en" else "code_name_zh"].to_list()
    return SitingView(
        job_id=job_id,
        result=result,
        names={row["region_code"]: region_name(row, lang) for row in regions(context.scope).iter_rows(named=True)},
        type_name=(name[0] if name else None) or code,
        scheme=context.theme,
        is_demo=map_queries.is_demo(),
        is_stale=result["build_id"] != map_queries.build_id(),
        may_export=is_granted(context.scope.actions, "export.make"),
    )


def drawn_cells(context: RequestContext, view: SitingView) -> pl.DataFrame | None:
    """Return the cells that come into the circle; None where the data have been renewed and cells are others now."""
    if view.is_stale:
        return None
    cells.require_cells(context.scope)
    return cells.described(context.scope, np.array(view.result["cells"]["index"], np.int64))


def first_area(scope: GrantedScope, frame: pl.DataFrame) -> str | None:
    """Return the region to begin with: the first city of a province, since a whole province takes long."""
    root = root_code(scope, frame)
    if root is None:
        return None
    below = frame.filter((pl.col("parent_code") == root) & (pl.col("level") == "city"))["region_code"].to_list()
    return below[0] if below else root
