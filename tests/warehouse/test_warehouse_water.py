"""Water from the core table to the map: levels of detail by hand, and the query on a published town."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from geodata.crs import project, unproject
from kernel.errors import UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from tests.warehouse.demo_frames import small
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.demo.water import Courses
from warehouse.demo.water_areas import water_frame
from warehouse.marts import mart_water_outline
from warehouse.publish import publish
from warehouse.queries import _run
from warehouse.queries.water import DETAILS, shores
from warehouse.receive import receive
from warehouse.snapshot import open_store

SCOPE = GrantedScope("test", "test", frozenset(), "open", frozenset())
X, Y = (float(value[0]) for value in project(np.array([118.8]), np.array([32.0])))


def lake(radius_m: float, x: float) -> shapely.Geometry:
    return shapely.buffer(shapely.Point(X + x, Y), radius_m, quad_segs=64)


def course(width_m: float, y: float, ends: tuple[float, float] = (0.0, 30_000.0)) -> shapely.Geometry:
    return shapely.box(X + ends[0], Y + y, X + ends[1], Y + y + width_m)


def core_water(*metres: shapely.Geometry) -> dict[str, pl.DataFrame]:
    shapes = [shapely.transform(shape, unproject, interleaved=False) for shape in metres]
    frame = pl.DataFrame({"water_id": [f"w{k}" for k in range(len(shapes))], "geometry": list(shapely.to_wkb(shapes))})
    return {"core.water": frame}


def drawn(made: pl.DataFrame, detail: str) -> list[shapely.Geometry]:
    found = shapely.from_wkb(made.filter(pl.col("detail_code") == detail)["geometry"].to_numpy())
    return [shapely.transform(shape, project, interleaved=False) for shape in found]


def test_narrow_and_small_water_is_left_out_where_nobody_would_see_it() -> None:
    made = mart_water_outline.build(
        core_water(
            lake(3_000.0, 0.0), lake(300.0, 20_000.0), lake(20.0, 25_000.0), course(120.0, 9e3), course(20.0, -9e3)
        )
    )
    assert made.columns == ["detail_code", "part_number", "geometry"]
    assert {detail: len(drawn(made, detail)) for detail in DETAILS} == {"overview": 2, "fine": 3, "near": 5}
    areas = [shape.area for shape in drawn(made, "near")]
    assert areas == sorted(areas, reverse=True)


def test_shores_stay_within_their_tolerance_and_lose_vertices() -> None:
    shore = lake(3_000.0, 0.0)
    made = mart_water_outline.build(core_water(shore))
    counts = [257]
    for detail in reversed(DETAILS):
        (shape,) = drawn(made, detail)
        tolerance = mart_water_outline.DETAILS[detail].tolerance_m
        assert shapely.hausdorff_distance(shape.exterior, shore.exterior, densify=0.05) <= tolerance + 0.1
        counts.append(shapely.get_num_coordinates(shape))
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == len(counts)


def test_water_that_meets_becomes_one_piece_and_islands_stay() -> None:
    island = shapely.Point(X, Y).buffer(500.0)
    around = lake(3_000.0, 0.0).difference(island)
    made = mart_water_outline.build(core_water(around, course(200.0, 0.0, (2_000.0, 9_000.0)), lake(900.0, 40_000.0)))
    for detail in DETAILS:
        largest, other = drawn(made, detail)
        assert len(largest.interiors) == 1
        assert not largest.contains(shapely.Point(X, Y))
        assert largest.contains(shapely.Point(X + 6_000.0, Y + 100.0))
        assert other.contains(shapely.Point(X + 40_000.0, Y))


def test_no_water_no_rows() -> None:
    empty = pl.DataFrame(schema={"water_id": pl.String, "geometry": pl.Binary})
    made = mart_water_outline.build({"core.water": empty})
    assert (made.height, made.schema) == (0, pl.Schema(mart_water_outline.SCHEMA))


def test_the_demo_is_light_in_every_level_of_detail() -> None:
    made = mart_water_outline.build({"core.water": small(1)["water"]})
    sizes = {}
    for detail in DETAILS:
        shapes = shapely.from_wkb(made.filter(pl.col("detail_code") == detail)["geometry"].to_numpy())
        assert shapely.is_valid(shapes).all()
        sizes[detail] = len(gzip.compress(b"".join(shapely.to_geojson(shape).encode() for shape in shapes)))
    assert 0 < sizes["overview"] < 5_000 < sizes["fine"] < 40_000 < sizes["near"] < 250_000


def test_the_map_reads_the_delivered_water(published: Settings, tmp_path: Path) -> None:
    lon, lat = 118.802, 32.052
    pond = {"type": "Polygon", "coordinates": [[[lon, lat], [lon + 1e-3, lat], [lon, lat + 1e-3], [lon, lat]]]}
    feature = {"type": "Feature", "properties": {"water_id": "w1", "kind": "lake"}, "geometry": pond}
    path = tmp_path / "water.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    with _run.reading_from(open_store(published)):
        assert json.loads(shores(SCOPE, "near")) == {"type": "FeatureCollection", "features": []}
    receive(path, ["water"], DeliveryOptions(file_name=path.name), published)
    publish(published, build(published).build_id)
    with _run.reading_from(open_store(published)):
        (seen,) = json.loads(shores(SCOPE, "near"))["features"]
        assert seen["properties"] == {}
        assert shapely.equals_exact(*map(shapely.geometry.shape, (seen["geometry"], pond)), tolerance=1e-9)
        assert json.loads(shores(SCOPE, "overview"))["features"] == []
        rows = open_store(published).current().cursor("open", SCOPE).execute("select water_id, kind from core.water")
        assert rows.fetchall() == [("w1", "lake")]
        with pytest.raises(UsageError, match="no detail"):
            shores(SCOPE, "exact")


def test_the_demo_names_known_water_and_numbers_the_canals_of_towns() -> None:
    """One lake, one named river and one town canal; the lake reaches over the border, a second river lies beyond it."""
    land = shapely.box(X, Y, X + 10_000.0, Y + 10_000.0)
    lines = [
        shapely.LineString([(X + 1_000.0, Y - 5_000.0), (X + 1_000.0, Y + 20_000.0)]),
        shapely.LineString([(X + 50_000.0, Y), (X + 60_000.0, Y)]),
        shapely.LineString([(X + 4_000.0, Y + 4_000.0), (X + 5_000.0, Y + 4_000.0)]),
    ]
    courses = Courses(
        np.array([lake(3_000.0, 10_000.0)], dtype=object),
        ("taihu",),
        np.array(lines, dtype=object),
        np.array([50.0, 50.0, 10.0]),
        line_code=("grand_canal_south", "huai_river"),
    )
    frame = water_frame(courses, np.array([land], dtype=object))
    rows = frame.drop("geometry").rows()
    assert rows == [
        ("taihu", "太湖", "lake"),
        ("grand_canal_south", "江南运河", "canal"),
        ("town-canal-1", None, "canal"),
    ]
    metres = [
        shapely.transform(shapely.from_wkb(shape), project, interleaved=False) for shape in frame["geometry"].to_list()
    ]
    # The canal is cut a kilometre beyond the land on both sides: 12 km of 100 m.
    assert metres[1].area == pytest.approx(12_000.0 * 100.0, rel=1e-3)
    assert metres[2].area == pytest.approx(1_000.0 * 20.0, rel=1e-3)
    assert metres[0].bounds[2] == pytest.approx(X + 11_000.0, abs=1.0)
