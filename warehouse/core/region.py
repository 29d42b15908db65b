"""One province, city or county with its outline; one study area where no region was delivered."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import shapely

from geodata.crs import local_projection
from geodata.regions import areas_km2, label_points, projected, unprojected

READS = ("staging.stg_region", "staging.stg_population_cell", "staging.stg_venue", "staging.stg_street")
KEY = ("region_code",)
SENSITIVITY = "open"
SCOPE = "none: outlines and names of the province are known to everybody"
LOWERS = "of the cells only the hull around all of them is shown, and only where no region was delivered"

STUDY_AREA_CODE = "000000"
STUDY_AREA_MARGIN_M = 500.0
LEVELS = ("province", "city", "county")
SCHEMA: dict[str, pl.DataType] = {
    "region_code": pl.String(),
    "region_name": pl.String(),
    "region_name_en": pl.String(),
    "parent_code": pl.String(),
    "level": pl.String(),
    "area_km2": pl.Float64(),
    "center_lon": pl.Float64(),
    "center_lat": pl.Float64(),
    "min_lon": pl.Float64(),
    "min_lat": pl.Float64(),
    "max_lon": pl.Float64(),
    "max_lat": pl.Float64(),
    "geometry": pl.Binary(),
}


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the regions: columns of ``SCHEMA``, key ``region_code``.

    Parameters
    ----------
    inputs : mapping
        The staging frames named in ``READS``.

    Notes
    -----
    A missing area is measured, a missing parent follows from the code (GB/T 2260: two digits a level), and
    the centre is a place well inside the outline, fit for a label.
    """
    region = inputs["staging.stg_region"]
    if not region.height:
        region = _study_area(inputs)
    if not region.height:
        return pl.DataFrame(schema=SCHEMA)
    outlines = shapely.from_wkb(region["geometry"].to_numpy())
    west, south, east, north = shapely.bounds(outlines).T
    projection = local_projection(np.array([west.min(), east.max()]), np.array([south.min(), north.max()]))
    lon, lat = label_points(outlines, projection)
    return region.with_columns(
        area_km2=pl.coalesce("area_km2", pl.Series(areas_km2(outlines, projection))),
        parent_code=pl.coalesce("parent_code", _parents(region["region_code"])),
        center_lon=pl.Series(lon),
        center_lat=pl.Series(lat),
        min_lon=pl.Series(west),
        min_lat=pl.Series(south),
        max_lon=pl.Series(east),
        max_lat=pl.Series(north),
    ).select([pl.col(name).cast(kind) for name, kind in SCHEMA.items()])


def _parents(codes: pl.Series) -> pl.Series:
    known = set(codes.to_list())
    parents = []
    for code in codes:
        above = [candidate for candidate in (f"{code[:4]}00", f"{code[:2]}0000") if candidate != code]
        parents.append(next((candidate for candidate in above if candidate in known), None))
    return pl.Series(parents, dtype=pl.String)


def _study_area(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    lon, lat = _positions(inputs)
    if not len(lon):
        return inputs["staging.stg_region"]
    projection = local_projection(lon, lat)
    hull = shapely.convex_hull(shapely.multipoints(np.column_stack([lon, lat])))
    metres = shapely.buffer(projected([hull], projection), STUDY_AREA_MARGIN_M)
    outline = unprojected(metres, projection)[0]
    row = {
        "region_code": STUDY_AREA_CODE,
        "region_name": "研究范围",
        "region_name_en": "Study area",
        "parent_code": None,
        "level": LEVELS[0],
        "area_km2": None,
        "geometry": shapely.to_wkb(outline),
    }
    return pl.DataFrame([row], schema={name: SCHEMA[name] for name in row})


def _positions(inputs: Mapping[str, pl.DataFrame]) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions that the study area goes around: cells, else streets, else venues."""
    cells, streets, venues = (inputs[f"staging.stg_{name}"] for name in ("population_cell", "street", "venue"))
    if cells.height:
        return cells["lon"].to_numpy(), cells["lat"].to_numpy()
    if streets.height:
        vertices = shapely.get_coordinates(shapely.from_wkb(streets["geometry"].to_numpy()))
        return vertices[:, 0], vertices[:, 1]
    return venues["lon"].to_numpy(), venues["lat"].to_numpy()
