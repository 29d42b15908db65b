"""Shores of water for maps in three levels of detail, pieces that meet joined into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
import shapely

from geodata.crs import local_projection
from geodata.regions import projected, unprojected

READS = ("core.water",)
KEY = ("detail_code", "part_number")
SENSITIVITY = "open"
SCOPE = "none: water belongs to no region and everybody knows where it is"
SCHEMA: dict[str, pl.DataType] = {
    "detail_code": pl.String(),
    "part_number": pl.Int64(),
    "geometry": pl.Binary(),
}


class Detail(NamedTuple):
    """What a level of detail leaves out: shores by a tolerance, narrow and small water altogether."""

    tolerance_m: float
    narrowest_m: float
    smallest_m2: float


# A pixel is about 500 m where the whole province is seen, 60 m at zoom 10, 20 m where `near` takes over.
DETAILS = {
    "overview": Detail(150.0, 90.0, 400_000.0),
    "fine": Detail(25.0, 25.0, 10_000.0),
    "near": Detail(5.0, 0.0, 0.0),
}


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return detail_code (overview, fine, near), part_number (largest first) and geometry (WKB, WGS-84).

    Notes
    -----
    The width of a piece of water is taken as twice its area by the length of its shore, which is exact for a long band
    and the radius for a disc.
    """
    water = inputs["core.water"].sort("water_id")
    if not water.height:
        return pl.DataFrame(schema=SCHEMA)
    shapes = shapely.from_wkb(water["geometry"].to_numpy())
    west, south, east, north = shapely.total_bounds(shapes)
    projection = local_projection(np.array([west, east]), np.array([south, north]))
    metres = projected(shapes, projection)
    # A shape that is valid in degrees may cross itself by a rounding in metres.
    metres = np.where(shapely.is_valid(metres), metres, shapely.make_valid(metres))
    frames = []
    for code, detail in DETAILS.items():
        parts = unprojected(_drawn(metres, detail), projection)
        number = pl.Series(range(1, len(parts) + 1), dtype=pl.Int64)
        geometry = pl.Series(list(shapely.to_wkb(parts)), dtype=pl.Binary)
        frames.append(
            pl.DataFrame({"part_number": number, "geometry": geometry}).with_columns(detail_code=pl.lit(code))
        )
    return pl.concat(frames).select(list(SCHEMA)).sort(KEY)


def _drawn(metres: np.ndarray, detail: Detail) -> np.ndarray:
    """Return the polygons of a level of detail, those with the largest area first."""
    width = 2.0 * shapely.area(metres) / np.maximum(shapely.length(metres), 1.0)
    joined = shapely.union_all(metres[width >= detail.narrowest_m])
    parts = shapely.get_parts(shapely.simplify(joined, detail.tolerance_m))
    area = shapely.area(parts)
    order = np.argsort(-area, kind="stable")
    return parts[order][area[order] > detail.smallest_m2]
