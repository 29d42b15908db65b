"""What the map shows of regions: outlines, figures for colours and discs, counts inside a box, sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
import polars as pl
import shapely

from geodata.tile_index import lon_lat, world_xy
from kernel.clock import from_stored
from kernel.errors import UsageError
from kernel.scope import GrantedScope
from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries import _run
from warehouse.queries.coverage import covered, step_limits
from warehouse.queries.open_venues import open_venue_sums
from warehouse.queries.reach import BAND_LIMITS, costs, qualifying
from warehouse.queries.regions import visible_leaves
from warehouse.queries.venue_filter import FEES_OF, MINUTES, DistanceKind, VenueFilter

# Shares of the things that lie below and above the settled box, and degrees around it at least.
_SETTLED = (0.1, 0.9)
_SMALLEST_MARGIN = 0.005
DETAILS = ("overview", "fine")
# Datasets behind the figures of circles.
WALKING_DATASETS = frozenset({"population_cell", "street", "venue"})
# Decimal places of outlines: 1e-5 degree is about a metre, 1e-4 about ten.
_PRECISION = {"overview": 1e-4, "fine": 1e-5}


class DatasetStanding(NamedTuple):
    """Where a layer's data come from and how old they are."""

    publisher: str
    period: str | None
    delivered_at: datetime
    is_demo: bool
    row_count: int


def build_id() -> str:
    """Return the id of the snapshot that the map shows; part of every address of tiles and figures."""
    return _run.build_id()


def datasets() -> Mapping[str, DatasetStanding]:
    """Return the datasets of the snapshot by name."""
    return {
        name: DatasetStanding(
            entry["publisher"],
            entry["period"],
            from_stored(entry["delivered_at"]),
            entry["origin"] == DEMO_ORIGIN,
            entry["row_count"],
        )
        for name, entry in _run.manifest()["datasets"].items()
    }


def is_demo(names: frozenset[str] = WALKING_DATASETS) -> bool:
    """Return whether one of some datasets, those behind every circle unless told otherwise, is generated."""
    return any(standing.is_demo for name, standing in datasets().items() if name in names)


def outlines(scope: GrantedScope, detail: str) -> bytes:
    """Return the outlines of all regions as GeoJSON; the same for every visitor.

    Parameters
    ----------
    scope : GrantedScope
        Any.
    detail : {"overview", "fine"}
        Level of detail.

    Returns
    -------
    bytes
        FeatureCollection with ``code``, ``parent``, ``level`` and ``leaf`` (holds no other region).

    Raises
    ------
    UsageError
        When there is no such detail.
    """
    if detail not in DETAILS:
        raise UsageError(f"There is no detail {detail!r}.", fix=f"detail: {', '.join(DETAILS)}.")
    return _outlines(_run.build_id(), detail, scope)


@lru_cache(maxsize=8)
def _outlines(build: str, detail: str, scope: GrantedScope) -> bytes:  # noqa: ARG001 - part of the key
    frame = _run.rows("map_outline.sql", scope, detail_code=detail)
    parents = set(frame["parent_code"].drop_nulls().to_list())
    shapes = shapely.from_wkb(frame["geometry"].to_numpy())
    # Rounding point by point keeps common borders common, which rounding shapes one by one would not.
    shapes = shapely.set_precision(shapes, _PRECISION[detail], mode="pointwise")
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": row["region_code"],
                "parent": row["parent_code"] or "",
                "level": row["level"],
                "leaf": row["region_code"] not in parents,
            },
            "geometry": orjson.Fragment(text),
        }
        for row, text in zip(frame.drop("geometry").iter_rows(named=True), shapely.to_geojson(shapes), strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def venue_sums(scope: GrantedScope, venue_filter: VenueFilter) -> pl.DataFrame:
    """Return region_code, venue_count and area_m2 (null where no area was delivered) of the qualifying venues."""
    if venue_filter.needs_hours:
        return open_venue_sums(scope, venue_filter)
    frame = _run.rows("map_venue_region.sql", scope)
    if venue_filter.categories:
        frame = frame.filter(pl.col("category_code").is_in(list(venue_filter.categories)))
    if venue_filter.fee_code != "all":
        frame = frame.filter(pl.col("fee_policy").is_in(FEES_OF[venue_filter.fee_code]))
    area = pl.when(pl.col("area_m2").is_not_null().any()).then(pl.col("area_m2").sum())
    return frame.group_by("region_code").agg(pl.col("venue_count").sum(), area.alias("area_m2")).sort("region_code")


def figures(scope: GrantedScope, venue_filter: VenueFilter, distance: DistanceKind) -> dict[str, Any]:
    """Return what colours the regions: residents, residents covered by minutes, venues, and limits of the colours.

    Returns
    -------
    dict
        ``regions``: code -> residents (None where no population was delivered), covered {minutes: count}, venues.
        ``breaks``: minutes -> six limits between the seven colours.
    """
    frame = covered(scope, venue_filter, distance).filter(pl.col("age_band_code") == "all")
    regions: dict[str, dict[str, Any]] = {
        row["region_code"]: {"residents": None, "covered": {}, "venues": row["venue_count"]}
        for row in venue_sums(scope, venue_filter).iter_rows(named=True)
    }
    for code, minutes, residents, inside in frame.select(
        "region_code", "minute_count", "resident_count", "covered_count"
    ).iter_rows():
        row = regions.setdefault(code, {"residents": None, "covered": {}, "venues": 0})
        row["residents"] = round(residents)
        row["covered"][str(minutes)] = round(inside)
    share = frame.filter(pl.col("resident_count") > 0).with_columns(
        share=pl.col("covered_count") / pl.col("resident_count")
    )
    breaks = {
        str(minutes): step_limits(share.filter(pl.col("minute_count") == minutes)["share"].to_list())
        for minutes in MINUTES
    }
    return {"regions": regions, "breaks": breaks}


def in_view(
    scope: GrantedScope, box: tuple[float, float, float, float], venue_filter: VenueFilter, minutes: int
) -> dict[str, int | None]:
    """Return how many qualifying venues, residents and residents outside the circle lie in a box.

    Parameters
    ----------
    scope : GrantedScope
        Only its regions count; without the right to internal data there are no residents (None).
    box : (west, south, east, north)
        Degrees, WGS-84.
    venue_filter : VenueFilter
        Which venues count.
    minutes : {5, 10, 15}
        The circle.
    """
    table = _run.array("map_tile")
    venue = _inside("venue", box) & visible_leaves(scope)[table["venue_region"]]
    venue &= qualifying(venue_filter)[table["venue_index"]]
    counts: dict[str, int | None] = {"venues": int(venue.sum()), "residents": None, "uncovered": None}
    if len(table["cell_index"]) and scope.covers(_run.array_sensitivity("cell")):
        place = np.flatnonzero(_inside("cell", box) & visible_leaves(scope)[table["cell_region"]])
        cell = table["cell_index"][place]
        residents = _run.array("cell")["residents"][cell, 0].astype(np.float64)
        is_outside = costs(venue_filter).cell[cell] > BAND_LIMITS[MINUTES.index(minutes)]
        counts |= {"residents": round(residents.sum()), "uncovered": round(residents[is_outside].sum())}
    return counts


def settled_box() -> tuple[float, float, float, float] | None:
    """Return the box (west, south, east, north) that holds four fifths of venues and cells each way, if there are any.

    A study area drawn around everything that was delivered may reach far beyond the town that it is about.
    """
    table = _run.array("map_tile")
    x, y = (np.concatenate([table[f"venue_{axis}"], table[f"cell_{axis}"]]).astype(np.float64) for axis in "xy")
    if not len(x):
        return None
    west_east, north_south = np.quantile(x, _SETTLED), np.quantile(y, _SETTLED)
    lon, lat = lon_lat(west_east, north_south)
    margin = max(_SMALLEST_MARGIN, 0.08 * float(lon[1] - lon[0]))
    return float(lon[0]) - margin, float(lat[1]) - margin, float(lon[1]) + margin, float(lat[0]) + margin


def _inside(kind: str, box: tuple[float, float, float, float]) -> np.ndarray:
    table = _run.array("map_tile")
    west, south, east, north = box
    x, y = world_xy(np.array([west, east]), np.array([north, south]))
    return (
        (table[f"{kind}_x"] >= x[0])
        & (table[f"{kind}_x"] <= x[1])
        & (table[f"{kind}_y"] >= y[0])
        & (table[f"{kind}_y"] <= y[1])
    )
