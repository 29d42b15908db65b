"""GeoPackage and GeoJSON, read back by sqlite3, GDAL and the JSON and shape libraries."""

from __future__ import annotations

import json
import math
import sqlite3
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import shape

from kernel.errors import UsageError
from reports import layers
from reports.content import Classes, shapes_of
from reports.layer_styles import qml
from reports.layers import rounded, write_geojson, write_geopackage
from tests.reports.sample import HALF, content


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "a.gpkg"
    write_geopackage(content(), path)
    return path


def ask(path, sql: str) -> list[tuple]:
    with sqlite3.connect(path) as connection:
        return connection.execute(sql).fetchall()


def test_gdal_reads_every_layer_with_its_system_and_values(package) -> None:
    names = dict(pyogrio.list_layers(package))
    assert names == {
        "county": "MultiPolygon",
        "link": "MultiLineString",
        "site": "Point",
        "about": None,
        "layer_styles": None,
    }
    frame = pyogrio.read_dataframe(package, layer="county")
    assert frame.crs.to_epsg() == 4490
    assert frame["resident_count"].tolist() == [1234.5678901234567, 10.0, 0.0]
    assert frame["share"][0] == HALF
    assert math.isnan(frame["share"][2])
    assert frame["region_name"].tolist()[:2] == ["甲县", "=乙县"]
    expected = content().layers[0].shapes
    assert all(shapely.equals(a, b) for a, b in zip(frame.geometry, expected, strict=True))


def test_the_mandatory_tables_are_as_the_standard_wants_them(package) -> None:
    assert ask(package, "pragma application_id") == [(0x47504B47,)]
    assert ask(package, "pragma integrity_check") == [("ok",)]
    assert ask(package, "pragma foreign_key_check") == []
    contents = {
        name: rest
        for name, *rest in ask(
            package, "select table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id from gpkg_contents"
        )
    }
    assert contents["county"] == ["features", "分地区/覆盖", 118.0, 32.0, 121.0, 33.0, 4490]
    assert contents["layer_styles"][0] == "attributes"
    geometry = ask(package, "select table_name, column_name, geometry_type_name, srs_id from gpkg_geometry_columns")
    assert sorted(geometry) == [
        ("county", "geom", "MULTIPOLYGON", 4490),
        ("link", "geom", "MULTILINESTRING", 4490),
        ("site", "geom", "POINT", 4490),
    ]
    systems = dict(ask(package, "select srs_id, organization_coordsys_id from gpkg_spatial_ref_sys"))
    assert {-1, 0, 4326, 4490} <= set(systems)
    assert "China Geodetic" in ask(package, "select definition from gpkg_spatial_ref_sys where srs_id=4490")[0][0]
    trees = ask(package, "select table_name from gpkg_extensions where extension_name='gpkg_rtree_index'")
    assert sorted(trees) == [("county",), ("link",), ("site",)]


def test_styles_are_defaults_that_name_their_layer_and_its_fields(package) -> None:
    rows = ask(
        package,
        "select f_table_catalog, f_table_schema, f_table_name, f_geometry_column, useAsDefault, styleQML "
        "from layer_styles",
    )
    assert [row[:5] for row in rows] == [("", "", name, "geom", 1) for name in ("county", "link", "site")]
    for _, _, name, _, _, text in rows:
        style = ElementTree.fromstring(text)
        fields = {row[0] for row in ask(package, f"select name from pragma_table_info('{name}')")}
        assert {alias.get("field") for alias in style.iter("alias")} <= fields
        attribute = style.find("renderer-v2").get("attr")
        assert attribute is None or attribute in fields
        symbols = {symbol.get("name") for symbol in style.iter("symbol")}
        assert {part.get("symbol") for part in [*style.iter("range"), *style.iter("category")]} <= symbols


def test_a_limit_belongs_to_the_class_above_it_in_qgis_too() -> None:
    classes = Classes("share", ("#ff0000", "#00ff00", "#0000ff"), ("a", "b", "c"), limits=(0.25, 0.5))
    layer = replace(content().layers[0], classes=classes)
    ranges = [
        (float(part.get("lower")), float(part.get("upper")), part.get("label"))
        for part in ElementTree.fromstring(qml(layer)).iter("range")
    ]
    for value in (-1.0, 0.0, 0.2, 0.25, 0.3, 0.5, 0.9, 7.0):
        # QGIS: the first range, in the order of the file, with lower <= value <= upper.
        seen = next(label for low, high, label in ranges if low <= value <= high)
        assert seen == classes.labels[classes.class_of(value)]


def test_headings_of_fields_stand_in_the_schema_extension(package) -> None:
    titles = dict(ask(package, "select column_name, title from gpkg_data_columns where table_name='county'"))
    assert titles["resident_count"] == "常住人口 (人)"
    extensions = ask(package, "select table_name from gpkg_extensions where extension_name='gpkg_schema'")
    assert sorted(extensions) == [("gpkg_data_column_constraints",), ("gpkg_data_columns",)]


def test_the_package_says_whence_it_comes(package) -> None:
    about = dict(ask(package, "select item, meaning from about"))
    assert about["数据版本"] == "000007-abc"
    assert about["内容校验值"] == "f" * 64
    assert "演示数据" in about["标记"]
    assert "MIT" in about["行政区划 2020"]
    descriptions = ask(package, "select description from gpkg_contents where data_type='features'")
    assert all("演示数据" in text and "000007-abc" in text for (text,) in descriptions)
    assert any("000007-abc" in text for (text,) in ask(package, "select metadata from gpkg_metadata"))


def test_a_layer_without_rows_can_be_opened(tmp_path) -> None:
    made = content()
    empty = [replace(layer, table=replace(layer.table, rows=[]), shapes=shapes_of([])) for layer in made.layers]
    path = tmp_path / "empty.gpkg"
    write_geopackage(replace(made, layers=tuple(empty)), path)
    assert [len(pyogrio.read_dataframe(path, layer=layer.code)) for layer in empty] == [0, 0, 0]
    write_geojson(replace(made, layers=tuple(empty)), tmp_path / "empty.geojson")
    assert json.loads((tmp_path / "empty.geojson").read_text("utf-8"))["features"] == []


def test_geojson_is_what_the_standard_says(tmp_path) -> None:
    path = tmp_path / "a.geojson"
    write_geojson(content(), path)
    found = json.loads(path.read_text("utf-8"))
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    assert found["provenance"]["build_id"] == "000007-abc"
    assert found["provenance"]["mark"] == "演示数据"
    assert found["headings"]["county"]["resident_count"] == "常住人口 (人)"
    features = found["features"]
    assert [feature["properties"]["layer"] for feature in features] == ["county"] * 3 + ["link"] + ["site"] * 2
    assert features[0]["properties"]["resident_count"] == 1234.5678901234567
    assert features[2]["properties"]["share"] is None
    for feature in features:
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        for part in shapely.get_parts(geometry) if geometry.geom_type.endswith("Polygon") else []:
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
    assert features[4]["geometry"]["coordinates"] == [118.123457, 32.5]
    assert "118.12345678" not in path.read_text("utf-8")


def test_gdal_reads_the_geojson_too(tmp_path) -> None:
    write_geojson(content(), tmp_path / "a.geojson")
    frame = pyogrio.read_dataframe(tmp_path / "a.geojson")
    assert len(frame) == 6
    assert frame.crs.to_epsg() == 4326


def test_rounding_mends_what_it_breaks_and_moves_nothing_far() -> None:
    sliver = shapely.Polygon([(118, 32), (118.0000004, 32.00001), (118.0000004, 32.5), (118.3, 32.5), (118.3, 32)])
    bow = shapely.Polygon([(118, 32), (119, 33), (119, 32), (118, 33)])
    shapes = rounded(shapes_of([sliver, bow]))
    assert shapely.is_valid(shapes).all()
    assert shapely.hausdorff_distance(shapes[0], sliver) < 1e-6
    assert shapely.area(shapes[1]) == pytest.approx(0.5)
    places = shapely.get_coordinates(shapes)
    assert np.array_equal(places, np.round(places, 6))


def test_too_many_features_are_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(layers, "MOST_FEATURES", 2)
    for write in (write_geopackage, write_geojson):
        with pytest.raises(UsageError, match="3 features"):
            write(content(), tmp_path / "a")
    assert not (tmp_path / "a").exists()
