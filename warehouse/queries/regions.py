"""Regions: their names, levels and boxes, and which of them a visitor may see figures of."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from kernel.scope import GrantedScope
from warehouse.core._filling import smallest_regions
from warehouse.queries import _run


def regions(scope: GrantedScope) -> pl.DataFrame:
    """Return every region in the order of the codes.

    Returns
    -------
    DataFrame
        region_code, region_name, region_name_en, parent_code, level, area_km2, center_lon, center_lat, min_lon,
        min_lat, max_lon, max_lat. Names and outlines are known to everybody; figures are not.
    """
    return _run.rows("map_region.sql", scope)


def visible_regions(scope: GrantedScope) -> pl.DataFrame:
    """Return the regions whose figures the scope includes, as from `regions`."""
    frame = regions(scope)
    return frame.filter(pl.col("region_code").map_elements(scope.includes_region, pl.Boolean))


def root_code(scope: GrantedScope, frame: pl.DataFrame) -> str | None:
    """Return the region that a visitor's map starts with: the top of what the scope includes.

    Parameters
    ----------
    scope : GrantedScope
        With several areas, the region above all of them.
    frame : DataFrame
        As from `regions`.
    """
    codes = set(frame["region_code"].to_list())
    roots = sorted(scope.region_codes & codes)
    if len(roots) == 1:
        return roots[0]
    tops = frame.filter(~pl.col("parent_code").fill_null("").is_in(list(codes)))["region_code"].to_list()
    return tops[0] if tops else None


def leaves(scope: GrantedScope) -> tuple[str, ...]:
    """Return the codes of the regions that hold no other, in the order that arrays count them."""
    return _leaves(_run.build_id(), scope)


def visible_leaves(scope: GrantedScope) -> npt.NDArray[np.bool_]:
    """Return which leaves the scope includes; the last place answers for things that lie in none (index -1)."""
    seen = [scope.includes_region(code) for code in leaves(scope)]
    return np.array([*seen, not scope.region_codes], bool)


@lru_cache(maxsize=8)
def _leaves(build_id: str, scope: GrantedScope) -> tuple[str, ...]:  # noqa: ARG001 - the build is part of the key
    return tuple(smallest_regions(regions(scope))["region_code"].to_list())
