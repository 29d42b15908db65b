"""Regions of an export: names, shapes, and which of them the visitor asked for and may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import orjson
import polars as pl
import shapely

from geodata.cells import cell_corners
from geodata.crs import local_projection
from kernel.errors import WordedError
from kernel.scope import GrantedScope, region_prefix
from reports.content import Column, Layer, Shapes, shapes_of
from reports.export import Asked
from warehouse.queries.map import build_id, outlines
from warehouse.queries.regions import regions

_LAND = "#F7F7F7"
_LEVELS = ("province", "city", "county")
# Room around what is shown, share of its size, and degrees at least (about 500 m).
_MARGIN, _LEAST_MARGIN = 0.03, 0.005


class Area(NamedTuple):
    """Regions that an export is about.

    Attributes
    ----------
    name : str
        Of the region asked for, or of everything that the visitor sees.
    regions : DataFrame
        region_code, region_name and level_name (in the file's language), parent_code, level, is_leaf; by code.
    tops : list of str
        Codes of the regions that no other of them holds.
    """

    name: str
    regions: pl.DataFrame
    tops: list[str]

    @property
    def codes(self) -> list[str]:
        """Codes of the regions."""
        return self.regions["region_code"].to_list()

    @property
    def leaves(self) -> list[str]:
        """Codes of the regions that hold no other."""
        return self.regions.filter("is_leaf")["region_code"].to_list()

    @property
    def cities(self) -> list[str]:
        """Codes of the cities that hold counties."""
        return self.regions.filter((pl.col("level") == "city") & ~pl.col("is_leaf"))["region_code"].to_list()


def asked_area(asked: Asked) -> Area:
    """Return the regions of ``region=`` that the scope includes, all of the scope's without one.

    Raises
    ------
    WordedError
        When there is no such region in the scope.
    """
    frame = regions(asked.scope)
    parents = set(frame["parent_code"].drop_nulls().to_list())
    name = pl.coalesce("region_name_en", "region_name") if asked.lang == "en" else pl.col("region_name")
    frame = frame.select(
        "region_code",
        name.alias("region_name"),
        "parent_code",
        "level",
        is_leaf=~pl.col("region_code").is_in(parents),
        level_name=pl.col("level").replace_strict(
            {level: asked.words(f"level_{level}") for level in _LEVELS}, default=""
        ),
    )
    seen = frame.filter([asked.scope.includes_region(code) for code in frame["region_code"]])
    wanted = asked.query.get("region", "")
    if wanted:
        if wanted not in seen["region_code"]:
            raise WordedError("export.no_region", region=wanted[:20])
        seen = seen.filter(pl.col("region_code").str.starts_with(region_prefix(wanted)))
    if not seen.height:
        raise WordedError("export.no_area")
    tops = seen.filter(~pl.col("parent_code").fill_null("").is_in(seen["region_code"].to_list()))
    names = asked.words("list_join").join(tops["region_name"].to_list()[:4])
    return Area(names, seen.sort("region_code"), tops["region_code"].to_list())


def region_columns(asked: Asked) -> tuple[Column, ...]:
    """Return the columns that name a region."""
    return (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("level_name", asked.words("level")),
    )


def region_shapes(scope: GrantedScope, codes: Sequence[str]) -> Shapes:
    """Return the outlines of regions, in the order of the codes."""
    known = _shapes(build_id(), scope)
    return shapes_of([known.get(code, shapely.MultiPolygon()) for code in codes])


@lru_cache(maxsize=4)
def _shapes(build: str, scope: GrantedScope) -> Mapping[str, shapely.Geometry]:  # noqa: ARG001 - part of the key
    features = orjson.loads(outlines(scope, "fine"))["features"]
    shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]) for feature in features])
    return {feature["properties"]["code"]: shape for feature, shape in zip(features, shapes, strict=True)}


def squares(frame: pl.DataFrame) -> Shapes:
    """Return the squares of cells from their ``lon``, ``lat`` and ``size_m``."""
    if not frame.height:
        return shapes_of([])
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    corners = cell_corners(lon, lat, size_m=frame["size_m"].to_numpy(), projection=local_projection(lon, lat))
    return shapely.polygons(corners)


def plain_ground(asked: Asked, county: Layer) -> Layer:
    """Return counties without the colours of their figures, under what is drawn near."""
    return replace(county, table=replace(county.table, title=asked.words("counties")), classes=None, colour=_LAND)


def box_around(*groups: Shapes) -> tuple[float, float, float, float]:
    """Return the box of all shapes with a margin; shapes that are empty do not count."""
    bounds = np.concatenate([shapely.bounds(group).reshape(-1, 4) for group in groups])
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    side = max((east - west) * _MARGIN, (north - south) * _MARGIN, _LEAST_MARGIN)
    return west - side, south - side, east + side, north + side
