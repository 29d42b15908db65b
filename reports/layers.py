"""Map layers as files: GeoPackage with styles, headings and provenance inside, and GeoJSON after RFC 7946."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyogrio
import shapely
from sqlalchemy import Column as SqlColumn
from sqlalchemy import MetaData, Table, Text, UniqueConstraint, create_engine, insert
from sqlalchemy.dialects.sqlite import BOOLEAN, NUMERIC
from sqlalchemy.pool import NullPool

from kernel.errors import UsageError
from reports.content import Content, Layer, Shape, Shapes
from reports.layer_styles import STYLE_TABLE, style_rows

# CGCS2000, the system of official maps; stored coordinates are CGCS2000/WGS-84 (geodata.crs).
CRS = "EPSG:4490"
GEOMETRY_COLUMN = "geom"
# The newest version that a GIS of some years ago reads without a warning.
GEOPACKAGE_VERSION = "1.3"
ABOUT_TABLE = "about"
MOST_FEATURES = 400_000
# Decimal places of GeoJSON: 0.1 m.
PLACES = 6
_TYPE: dict[Shape, str] = {"area": "MultiPolygon", "line": "MultiLineString", "point": "Point"}

_SCHEMA = MetaData()
_DATA_COLUMNS = Table(
    "gpkg_data_columns",
    _SCHEMA,
    SqlColumn("table_name", Text, primary_key=True, nullable=False),
    SqlColumn("column_name", Text, primary_key=True, nullable=False),
    SqlColumn("name", Text),
    SqlColumn("title", Text),
    SqlColumn("description", Text),
    SqlColumn("mime_type", Text),
    SqlColumn("constraint_name", Text),
    UniqueConstraint("table_name", "name", name="gdc_tn"),
)
_CONSTRAINTS = Table(
    "gpkg_data_column_constraints",
    _SCHEMA,
    SqlColumn("constraint_name", Text, nullable=False),
    SqlColumn("constraint_type", Text, nullable=False),
    SqlColumn("value", Text),
    SqlColumn("min", NUMERIC),
    SqlColumn("min_is_inclusive", BOOLEAN),
    SqlColumn("max", NUMERIC),
    SqlColumn("max_is_inclusive", BOOLEAN),
    SqlColumn("description", Text),
    UniqueConstraint("constraint_name", "constraint_type", "value", name="gdcc_ntv"),
)
_EXTENSIONS = Table(
    "gpkg_extensions",
    _SCHEMA,
    SqlColumn("table_name", Text),
    SqlColumn("column_name", Text),
    SqlColumn("extension_name", Text, nullable=False),
    SqlColumn("definition", Text, nullable=False),
    SqlColumn("scope", Text, nullable=False),
    UniqueConstraint("table_name", "column_name", "extension_name", name="ge_tce"),
)


def write_geopackage(content: Content, path: Path) -> None:
    """Write the layers of an export, each with its style, and a table that says whence they come.

    Parameters
    ----------
    content : Content
        Its ``layers``, at least one.
    path : Path
        File to write.

    Raises
    ------
    UsageError
        When a layer has too many features.
    """
    _check_size(content)
    source = content.provenance
    for layer in content.layers:
        pyogrio.write_dataframe(
            _frame(layer),
            path,
            layer=layer.code,
            driver="GPKG",
            geometry_type=_TYPE[layer.shape],
            promote_to_multi=layer.shape != "point",
            dataset_options={"VERSION": GEOPACKAGE_VERSION},
            dataset_metadata={key: _text(value) for key, value in source.as_dict().items()},
            layer_metadata={"title": layer.table.title, "source": source.source_line()},
            layer_options={
                "IDENTIFIER": layer.table.title,
                "DESCRIPTION": source.source_line(),
                "GEOMETRY_NAME": GEOMETRY_COLUMN,
                "FID": "fid",
                "SPATIAL_INDEX": "YES",
            },
        )
    about = [(content.title, content.subtitle), *source.lines(), *content.definitions.items()]
    about += [(row[0], " · ".join(str(value) for value in row[1:])) for row in source.dataset_rows()]
    pyogrio.write_dataframe(pd.DataFrame(about, columns=["item", "meaning"]), path, layer=ABOUT_TABLE, driver="GPKG")
    styles = style_rows(content.layers, GEOMETRY_COLUMN, source.created_at, source.mark_meaning)
    pyogrio.write_dataframe(styles, path, layer=STYLE_TABLE, driver="GPKG")
    _write_headings(content.layers, path)


def write_geojson(content: Content, path: Path) -> None:
    """Write the layers of an export as one feature collection; ``layer`` tells them apart.

    Parameters
    ----------
    content : Content
        Its ``layers``.
    path : Path
        File to write.

    Notes
    -----
    RFC 7946: WGS-84 longitude and latitude, outer rings counter-clockwise, six decimal places, no ``crs`` member.
    Provenance and headings stand beside ``features`` as foreign members (section 6.1).
    """
    _check_size(content)
    features: list[dict[str, Any]] = []
    for layer in content.layers:
        shapes = rounded(layer.shapes)
        texts = shapely.to_geojson(shapes)
        keys = [column.key for column in layer.table.columns]
        for row, text in zip(layer.table.rows, texts, strict=True):
            properties = {"layer": layer.code, **{key: _plain(value) for key, value in zip(keys, row, strict=True)}}
            features.append({"type": "Feature", "properties": properties, "geometry": orjson.Fragment(text)})
    collection = {
        "type": "FeatureCollection",
        "title": content.title,
        "subtitle": content.subtitle,
        "provenance": content.provenance.as_dict(),
        "headings": {
            layer.code: {column.key: column.heading for column in layer.table.columns} for layer in content.layers
        },
        "features": features,
    }
    path.write_bytes(orjson.dumps(collection, option=orjson.OPT_SERIALIZE_NUMPY))


def rounded(shapes: Shapes) -> Shapes:
    """Return shapes rounded to six places, valid, with outer rings counter-clockwise (RFC 7946, 3.1.6)."""
    # Rounding point by point keeps common borders common.
    plain = shapely.transform(shapely.force_2d(shapes), lambda places: np.round(places, PLACES))
    broken = ~shapely.is_valid(plain)
    if broken.any():
        plain[broken] = [_areas_of(shape) for shape in shapely.make_valid(plain[broken])]
    return shapely.orient_polygons(plain)


def _areas_of(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the areas of a repaired shape: lines that a repair leaves over are no part of a region."""
    parts = [part for part in shapely.get_parts(shape, return_index=False) if shapely.get_dimensions(part) == 2]
    return shapely.multipolygons([p for part in parts for p in shapely.get_parts(part)]) if parts else shape


def _check_size(content: Content) -> None:
    for layer in content.layers:
        if len(layer.shapes) > MOST_FEATURES:
            raise UsageError(
                f"{layer.table.title} has {len(layer.shapes)} features, more than {MOST_FEATURES}.",
                fix="Choose a smaller area.",
            )


def _frame(layer: Layer) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {}
    for at, column in enumerate(layer.table.columns):
        values = [row[at] for row in layer.table.rows]
        if column.kind == "text":
            columns[column.key] = pd.Series([None if value is None else str(value) for value in values], dtype=object)
        elif all(isinstance(value, (int, np.integer)) for value in values):
            columns[column.key] = pd.Series(values, dtype="int64")
        else:
            columns[column.key] = pd.Series(values, dtype="float64")
    shapes = shapely.force_2d(layer.shapes)
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=CRS, name=GEOMETRY_COLUMN))


def _write_headings(layers: tuple[Layer, ...], path: Path) -> None:
    """Write the headings of fields after the schema extension of GeoPackage, for readers other than QGIS."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    rows = [
        {
            "table_name": layer.code,
            "column_name": column.key,
            "name": column.heading,
            "title": column.heading,
            "description": column.unit or None,
        }
        for layer in layers
        for column in layer.table.columns
    ]
    with engine.begin() as connection:
        _SCHEMA.create_all(connection)
        connection.execute(insert(_DATA_COLUMNS), rows)
        connection.execute(
            insert(_EXTENSIONS),
            [
                {
                    "table_name": table.name,
                    "extension_name": "gpkg_schema",
                    "definition": "GeoPackage Encoding Standard, annex F.9 Schema",
                    "scope": "read-write",
                }
                for table in (_DATA_COLUMNS, _CONSTRAINTS)
            ],
        )
    engine.dispose()


def _plain(value: object) -> object:
    """Return a value that JSON has: no NaN, no numpy scalar."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
