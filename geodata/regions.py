"""Administrative regions: who lies where, outlines for maps, areas, places for labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import PROVINCE_ALBERS, Floats, local_projection, project, unproject
from kernel.errors import UsageError

Shapes = npt.NDArray[np.object_]

# Points just off the coast or in the slits between outlines of two sources belong to the nearest region.
STRAGGLER_LIMIT_M = 2_000.0

# Slits and overlaps narrower than this are mended before borders are simplified.
_GAP_M = 50.0


def projected(geometry: npt.ArrayLike, projection: str = PROVINCE_ALBERS) -> Shapes:
    """Return WGS-84 shapely geometries in metres of a projection; ``None`` stays ``None``."""
    return _moved(geometry, lambda lon, lat: project(lon, lat, projection))


def unprojected(geometry: npt.ArrayLike, projection: str = PROVINCE_ALBERS) -> Shapes:
    """Return shapely geometries in metres of a projection as WGS-84; the way back from `projected`."""
    return _moved(geometry, lambda x, y: unproject(x, y, projection))


def _moved(geometry: npt.ArrayLike, convert: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> Shapes:
    shapes = np.array(geometry, dtype=object)
    xy = shapely.get_coordinates(shapes)
    moved: Shapes = shapely.set_coordinates(shapes, np.column_stack(convert(xy[:, 0], xy[:, 1])))
    return moved


def projection_of(outlines: npt.ArrayLike) -> str:
    """Return the projection in which WGS-84 outlines are measured: see ``geodata.crs.local_projection``."""
    west, south, east, north = shapely.total_bounds(np.asarray(outlines, dtype=object))
    return local_projection([west, east], [south, north])


def assign_regions(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    outlines: npt.ArrayLike,
    *,
    limit_m: float = STRAGGLER_LIMIT_M,
    projection: str | None = None,
) -> npt.NDArray[np.int32]:
    """Return the region that each point lies in.

    Parameters
    ----------
    lon, lat : array_like of float, shape (k,)
        Degrees, WGS-84.
    outlines : array_like of shapely polygons, shape (r,)
        WGS-84. Where outlines touch or overlap, the first one gets the point.
    limit_m : float
        A point inside no outline goes to the nearest one within this distance, metres; 0 turns that off.
    projection : str, optional
        Plane in which that distance is measured; `projection_of` the outlines by default.

    Returns
    -------
    int32, shape (k,)
        Index into ``outlines``, -1 where none holds the point or lies near it.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    shapes = np.asarray(outlines, dtype=object)
    region = np.full(len(lon), -1, dtype=np.int32)
    # Points by longitude: the box of a region is then one slice and a test of latitudes.
    order = np.argsort(lon, kind="stable")
    sorted_lon, sorted_lat = lon[order], lat[order]
    shapely.prepare(shapes)
    for index in range(len(shapes) - 1, -1, -1):
        west, south, east, north = shapely.bounds(shapes[index])
        first, last = np.searchsorted(sorted_lon, west, side="left"), np.searchsorted(sorted_lon, east, side="right")
        near = first + np.flatnonzero((sorted_lat[first:last] >= south) & (sorted_lat[first:last] <= north))
        inside = shapely.intersects_xy(shapes[index], sorted_lon[near], sorted_lat[near])
        region[order[near[inside]]] = index
    stray = np.flatnonzero((region < 0) & np.isfinite(lon) & np.isfinite(lat))
    if limit_m > 0 and len(stray) and len(shapes):
        plane = projection or projection_of(shapes)
        region[stray] = _nearest_region(lon[stray], lat[stray], shapes, limit_m, plane)
    return region


def _nearest_region(lon: Floats, lat: Floats, shapes: Shapes, limit_m: float, projection: str) -> npt.NDArray[np.int32]:
    """Return the nearest outline within the limit (lowest index on ties), -1 where there is none."""
    region = np.full(len(lon), -1, dtype=np.int32)
    x, y = project(lon, lat, projection)
    metres = projected(shapes, projection)
    # Coarse outlines, grown by more than the limit and the detail left out, find the few points worth measuring.
    grown = shapely.union_all(shapely.buffer(shapely.simplify(metres, 0.05 * limit_m), 1.1 * limit_m))
    shapely.prepare(grown)
    near = np.flatnonzero(shapely.intersects_xy(grown, x, y))
    points = shapely.points(x[near], y[near])
    point, found = shapely.STRtree(metres).query_nearest(points, max_distance=limit_m, all_matches=True)
    order = np.lexsort((found, point))
    point, found = point[order], found[order]
    lowest, at = np.unique(point, return_index=True)
    region[near[lowest]] = found[at]
    return region


def areas_km2(outlines: npt.ArrayLike, projection: str | None = None) -> Floats:
    """Return areas in km2 of WGS-84 outlines in an equal-area projection (their own by default), shape (r,)."""
    return np.asarray(shapely.area(projected(outlines, projection or projection_of(outlines))) / 1e6, dtype=np.float64)


def label_points(outlines: npt.ArrayLike, projection: str | None = None) -> tuple[Floats, Floats]:
    """Return a place well inside each outline: the middle of the largest circle in its largest part.

    Parameters
    ----------
    outlines : array_like of shapely polygons, shape (r,)
        WGS-84.
    projection : str, optional
        Plane in which circles are circles; `projection_of` the outlines by default.

    Returns
    -------
    lon, lat : float64, shape (r,)
        Degrees, WGS-84.
    """
    projection = projection or projection_of(outlines)
    metres = projected(outlines, projection)
    largest = [max(shapely.get_parts(shape), key=shapely.area) for shape in metres]
    # The circle is found to one hundredth of the width of the part: a label needs no more.
    tolerance = [max(1.0, float(np.sqrt(shapely.area(part))) / 100.0) for part in largest]
    circle = [shapely.maximum_inscribed_circle(part, tolerance=t) for part, t in zip(largest, tolerance, strict=True)]
    middle = shapely.get_coordinates(shapely.get_point(circle, 0))
    return unproject(middle[:, 0], middle[:, 1], projection)


def simplify_coverage(outlines: npt.ArrayLike, tolerance_m: float, projection: str | None = None) -> Shapes:
    """Return outlines with fewer vertices, common borders simplified once and kept common.

    Parameters
    ----------
    outlines : array_like of shapely polygons, shape (r,)
        WGS-84, side by side; slits and overlaps narrower than 50 m are closed first.
    tolerance_m : float
        Detail to leave out, metres: triangles of a smaller area than its square vanish (Visvalingam-Whyatt).
    projection : str, optional
        Plane in which the detail is measured; `projection_of` the outlines by default.

    Returns
    -------
    object array of shapely polygons, shape (r,)
        WGS-84. No region vanishes, neighbours share their border vertex by vertex.

    Raises
    ------
    UsageError
        When the tolerance is not positive.
    """
    if not tolerance_m > 0:
        raise UsageError(f"A tolerance of {tolerance_m} m leaves nothing out.", fix="Give a positive number of metres.")
    projection = projection or projection_of(outlines)
    simple = shapely.coverage_simplify(clean_coverage(projected(outlines, projection)), tolerance_m)
    return unprojected(simple, projection)


def clean_coverage(metres: npt.ArrayLike) -> Shapes:
    """Return polygons in metres with slits and overlaps at their common borders mended, if there are any."""
    shapes = np.asarray(metres, dtype=object)
    if shapely.coverage_is_valid(shapes):
        return shapes
    return np.asarray(shapely.coverage_clean(shapes, gap_width=_GAP_M), dtype=object)


def dissolve(outlines: npt.ArrayLike, group: Sequence[str] | npt.ArrayLike) -> tuple[list[str], Shapes]:
    """Return the union of the outlines of each group: counties to cities, cities to the province.

    Parameters
    ----------
    outlines : array_like of shapely polygons, shape (r,)
        WGS-84. Neighbours that share their border vertex by vertex (as after `simplify_coverage`) dissolve cleanly.
    group : sequence of str, shape (r,)
        Code of the region above.

    Returns
    -------
    codes : list of str
        Codes in order.
    outlines : object array of shapely polygons
        One per code.
    """
    shapes, codes = np.asarray(outlines, dtype=object), np.asarray(group, dtype=str)
    names = sorted(set(codes.tolist()))
    unions = np.empty(len(names), dtype=object)
    for index, name in enumerate(names):
        members = shapes[codes == name]
        is_clean = bool(shapely.coverage_is_valid(members))
        unions[index] = shapely.coverage_union_all(members) if is_clean else shapely.union_all(members)
    return names, unions
