"""Outlines of regions for maps, simplified together: neighbours keep their common borders."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import shapely

from geodata.crs import local_projection
from geodata.regions import dissolve, simplify_coverage

READS = ("core.region",)
KEY = ("detail_code", "region_code")
SENSITIVITY = "open"
SCOPE = "none: outlines of the province are known to everybody"

# Detail left out, metres: at province size a pixel is 300 m, at the zoom where the fine outlines take over 60 m.
TOLERANCE_M = {"overview": 400.0, "fine": 90.0}
# Islets below this many square metres are specks of a pixel in the overview; their region keeps its largest part.
SMALLEST_PART_M2 = {"overview": 400_000.0, "fine": 0.0}
# At 32 degrees north; it only decides which specks are drawn.
_SQUARE_METRES_PER_SQUARE_DEGREE = 1.05e10


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return region_code, detail_code (overview, fine) and geometry (WKB, WGS-84).

    Notes
    -----
    Regions that hold no other are simplified as one coverage; those above are the union of theirs, so that a city's
    border runs exactly along its counties'. A region whose children do not cover it is simplified by itself.
    """
    region = inputs["core.region"].sort("region_code")
    if not region.height:
        return pl.DataFrame(schema={"region_code": pl.String, "detail_code": pl.String, "geometry": pl.Binary})
    bounds = region.select("min_lon", "max_lon", "min_lat", "max_lat")
    projection = local_projection(
        np.array([bounds["min_lon"].min(), bounds["max_lon"].max()]),
        np.array([bounds["min_lat"].min(), bounds["max_lat"].max()]),
    )
    frames = [_level_of_detail(region, detail, projection) for detail in TOLERANCE_M]
    return pl.concat(frames).sort(KEY)


def _level_of_detail(region: pl.DataFrame, detail: str, projection: str) -> pl.DataFrame:
    parents = set(region["parent_code"].drop_nulls().to_list())
    leaves = region.filter(~pl.col("region_code").is_in(parents))
    simple = simplify_coverage(shapely.from_wkb(leaves["geometry"].to_numpy()), TOLERANCE_M[detail], projection)
    shapes = [_without_specks(shape, SMALLEST_PART_M2[detail]) for shape in simple]
    found = dict(zip(leaves["region_code"].to_list(), shapes, strict=True))
    above = dict(zip(region["region_code"].to_list(), region["parent_code"].to_list(), strict=True))
    for level in ("city", "province"):
        codes = region.filter((pl.col("level") == level) & pl.col("region_code").is_in(parents))[
            "region_code"
        ].to_list()
        below = [(code, above[code]) for code in found if above[code] in codes]
        if below:
            names, unions = dissolve([found[code] for code, _ in below], [parent for _, parent in below])
            found.update(zip(names, unions, strict=True))
    codes = sorted(found)
    return pl.DataFrame(
        {
            "region_code": codes,
            "detail_code": [detail] * len(codes),
            "geometry": [shapely.to_wkb(found[code]) for code in codes],
        }
    )


def _without_specks(shape: shapely.Geometry, smallest_m2: float) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts) * _SQUARE_METRES_PER_SQUARE_DEGREE
    kept = parts[(areas >= smallest_m2) | (areas == areas.max(initial=0))]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)
