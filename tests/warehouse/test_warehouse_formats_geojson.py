from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import shapely
from tests_delivery import check, refused, rules

from geodata.crs import wgs84_to_gcj02

SQUARE = [[[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.1], [118.0, 32.0]]]
REGION = {"region_code": "320102", "region_name": "玄武区", "level": "county"}


def collection(*features: dict[str, object], **extra: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **extra}, ensure_ascii=False)


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(rings: object = SQUARE, **properties: object) -> dict[str, object]:
    return feature({"type": "Polygon", "coordinates": rings}, **(REGION | properties))


def point(lon: object, lat: object, **properties: object) -> dict[str, object]:
    given = {"venue_id": "V1", "venue_name": "球场", "venue_type_code": "C21"} | properties
    return feature({"type": "Point", "coordinates": [lon, lat]}, **given)


def test_polygons_come_with_their_properties_as_text(tmp_path: Path) -> None:
    checked = check(tmp_path, collection(polygon(area_km2=75.46, region_code=320102)), "a.geojson", dataset="region")
    row = checked.frame.row(0, named=True)
    assert (row["region_code"], row["area_km2"], row["row_number"]) == ("320102", 75.46, 1)
    assert shapely.from_wkb(row["geometry"]).equals(shapely.Polygon(SQUARE[0]))


def test_points_fill_longitude_and_latitude(tmp_path: Path) -> None:
    checked = check(tmp_path, collection(point(118.5, 32.5)), "a.geojson")
    assert checked.frame.select("lon", "lat").row(0) == (118.5, 32.5)


def test_large_whole_numbers_and_ids_of_features_keep_every_digit(tmp_path: Path) -> None:
    one = point(118.5, 32.5, venue_id=320102199001011234)
    two = point(118.5, 32.5) | {"id": "0007"}
    del two["properties"]["venue_id"]  # type: ignore[attr-defined]
    assert check(tmp_path, collection(one), "a.geojson").frame["venue_id"].to_list() == ["320102199001011234"]
    assert check(tmp_path, collection(two), "a.geojson").frame["venue_id"].to_list() == ["0007"]


def test_the_crs_member_is_followed_and_the_delivery_has_the_last_word(tmp_path: Path) -> None:
    lon, lat = wgs84_to_gcj02(118.5, 32.5)
    named = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}
    text = collection(point(float(lon), float(lat)), **named)
    as_said = check(tmp_path, text, "a.geojson")
    assert as_said.frame["lon"][0] == pytest.approx(float(lon))
    declared = check(tmp_path, text, "a.geojson", crs="GCJ-02")
    assert declared.frame.select("lon", "lat").row(0) == pytest.approx((118.5, 32.5), abs=1e-9)
    assert "CRS_DECLARED" in rules(declared.notes)


def test_projected_coordinates_are_converted_by_their_epsg_code(tmp_path: Path) -> None:
    named = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}}
    radius = 6_378_137.0
    x, y = radius * math.radians(118.5), radius * math.log(math.tan(math.radians(45 + 32.5 / 2)))
    checked = check(tmp_path, collection(point(x, y), **named), "a.geojson")
    assert checked.frame.select("lon", "lat").row(0) == pytest.approx((118.5, 32.5), abs=1e-9)
    unknown = {"crs": {"type": "name", "properties": {"name": "MARS"}}}
    assert rules(refused(tmp_path, collection(point(1, 2), **unknown), "a.geojson")) == ["CRS_MISMATCH"]


def test_nan_and_huge_coordinates_refuse_their_row_only(tmp_path: Path) -> None:
    text = collection(
        point(118.5, 32.5),
        point(float("nan"), 32.5, venue_id="V2"),
        point(1e308, 32.5, venue_id="V3"),
        point(118.5, 200, venue_id="V4"),
        feature(None, venue_id="V5", venue_name="x", venue_type_code="C21"),
    )
    checked = check(tmp_path, text, "a.geojson")
    assert checked.accepted_count == 1
    assert checked.refused.select("row_number", "rule").rows() == [
        (2, "COORD"),
        (3, "COORD"),
        (4, "COORD"),
        (5, "REQUIRED"),
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [SQUARE[0][:-1]]},
        {"type": "Polygon", "coordinates": [[[118, 32], [118, 32]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Point", "coordinates": [118, 32]},
        {"type": "LineString", "coordinates": [[118, 32], [119, 33]]},
        {"type": "Blob"},
        {"type": "GeometryCollection", "geometries": []},
        "POLYGON",
        7,
    ],
)
def test_a_shape_that_is_no_polygon_refuses_its_row_only(tmp_path: Path, geometry: object) -> None:
    text = collection(polygon(), feature(geometry, **REGION | {"region_code": "320104"}))
    checked = check(tmp_path, text, "a.geojson", dataset="region")
    assert checked.refused.select("row_number", "rule").rows() == [(2, "GEOMETRY_TYPE")]


def test_rings_are_repaired_only_where_the_area_stays(tmp_path: Path) -> None:
    spike = [*SQUARE[0][:2], [118.1, 32.05], [118.1000001, 32.05], [118.1, 32.0500001], *SQUARE[0][2:]]
    knot = [SQUARE[0][0], [118.05, 32.0], [118.06, 32.0001], [118.05, 32.0001], [118.06, 32.0], *SQUARE[0][1:]]
    bow = [[[118.0, 32.0], [118.1, 32.1], [118.1, 32.0], [118.0, 32.1], [118.0, 32.0]]]
    assert not shapely.Polygon(knot).is_valid
    text = collection(
        polygon([spike]),
        polygon([knot], region_code="320104"),
        polygon(bow, region_code="320105"),
    )
    checked = check(tmp_path, text, "a.geojson", dataset="region")
    assert checked.refused.select("row_number", "rule").rows() == [(3, "RING")]
    assert shapely.is_valid(shapely.from_wkb(checked.frame["geometry"].to_numpy())).all()
    note = next(note for note in checked.notes if note.rule == "RING")
    assert note.row in (1, 2)


def test_nesting_and_vertices_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = '{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert rules(refused(tmp_path, deep, "a.geojson")) == ["DEPTH"]
    quoted = collection(point(118, 32, venue_name="[" * 60 + '\\"{{'))
    assert check(tmp_path, quoted, "a.geojson").accepted_count == 1
    monkeypatch.setattr("warehouse.formats.geojson.MAX_VERTICES", 4)
    assert rules(refused(tmp_path, collection(polygon()), "a.geojson", dataset="region")) == ["VERTEX_CAP"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[1, 2]", "TYPE_MISMATCH"),
        ('{"type": "Topology"}', "TYPE_MISMATCH"),
        ('{"type": "FeatureCollection", "features": [1]}', "TYPE_MISMATCH"),
        ('{"type": "FeatureCollection", "features": []}', "EMPTY_FILE"),
        ('{"type": "FeatureCollection" "features": []}', "TYPE_MISMATCH"),
        ("a,b\n1,2\n", "TYPE_MISMATCH"),
        ("", "EMPTY_FILE"),
    ],
)
def test_what_is_no_collection_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    assert rules(refused(tmp_path, text, "a.geojson")) == [rule]


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    text = collection(point(118.5, 32.5), point(118.6, 32.6, venue_id="V2"))
    found = {rules(refused(tmp_path, text.encode()[:cut], "a.geojson"))[0] for cut in range(1, len(text), 7)}
    assert found <= {"TRUNCATED", "TYPE_MISMATCH", "ENCODING"}
    assert "TRUNCATED" in found


def test_lone_surrogates_are_refused_and_do_not_stop_the_reader(tmp_path: Path) -> None:
    text = collection(point(118.5, 32.5), point(118.5, 32.5, venue_id="V2")).replace('"球场"', '"\\ud800x"', 1)
    checked = check(tmp_path, text, "a.geojson")
    assert checked.refused.select("row_number", "rule").rows() == [(1, "ENCODING")]
