"""The dataset of water: the courses that the generated streets respect as light polygons with names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from geodata.crs import unproject
from warehouse import reference_tables
from warehouse.demo.water import Courses

# Water beyond the border shows how a river goes on; the contract check allows 2 km.
_MARGIN_M = 1_000.0
_OUTLINE_DETAIL_M = 50.0
# Detail left out: of shores, and of the middle of narrow water, where more would eat its width.
_SHORE_DETAIL_M, _COURSE_DETAIL_M = 10.0, 2.0
_DECIMALS = 7
_KINDS = {"main_river": "river", "river": "river", "canal": "canal", "lake": "lake"}


def water_frame(courses: Courses, outlines: npt.NDArray[np.object_]) -> pl.DataFrame:
    """Return the water dataset: courses clipped to the land of the demo and a kilometre around it.

    Parameters
    ----------
    courses : Courses
        All water, the canals of towns after the known courses.
    outlines : object array of shapely polygons
        Cities of the demo, metres.

    Returns
    -------
    polars.DataFrame
        ``water_id, water_name`` (null for canals of towns), ``kind, geometry`` (WKB, WGS-84). Key: ``water_id``.
    """
    window = shapely.buffer(shapely.union_all(shapely.simplify(outlines, _OUTLINE_DETAIL_M)), _MARGIN_M, quad_segs=4)
    shapely.prepare(window)
    shores = shapely.simplify(courses.wide, _SHORE_DETAIL_M)
    middles = shapely.simplify(courses.line, _COURSE_DETAIL_M)
    bands = shapely.buffer(middles, courses.half_width_m, cap_style="flat", join_style="mitre")
    polygons = np.concatenate((shores, bands))
    near = np.flatnonzero(shapely.intersects(window, polygons))
    shapes = polygons[near]
    over = ~shapely.contains_properly(window, shapes)
    shapes[over] = [_areas(shape) for shape in shapely.intersection(shapes[over], window)]
    shapes = shapely.transform(shapes, lambda xy: np.column_stack(unproject(xy[:, 0], xy[:, 1])).round(_DECIMALS))
    codes = [courses.codes[place] for place in near]
    first_town_canal = len(courses.wide_code) + len(courses.line_code)
    frame = pl.DataFrame(
        {
            "water_code": codes,
            "number": near - first_town_canal + 1,
            "geometry": pl.Series(list(shapely.to_wkb(shapes)), dtype=pl.Binary),
        }
    )
    known = reference_tables.table("water_courses").unique("water_code").select("water_code", "name_zh", "kind")
    is_known = pl.col("name_zh").is_not_null()
    return (
        frame.filter(pl.Series(~shapely.is_empty(shapes)))
        .join(known, on="water_code", how="left", maintain_order="left")
        .select(
            water_id=pl.when(is_known).then("water_code").otherwise(pl.format("town-canal-{}", "number")),
            water_name="name_zh",
            kind=pl.col("kind").replace_strict(_KINDS, default="canal", return_dtype=pl.String),
            geometry="geometry",
        )
    )


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of an intersection, without the points and lines where it only touches."""
    parts = shapely.get_parts(shape)
    parts = parts[shapely.area(parts) > 0]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
