from __future__ import annotations

import itertools
from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
import pyproj
import pytest
import shapely
from small_town import LAT, LON, SIDE, STEP

from geodata.network import UNIT_M
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse.arrays._doors import doors
from warehouse.core import region as core_region
from warehouse.core._filling import fill_region, number_along_curve, smallest_regions
from warehouse.snapshot import Snapshot, open_store
from warehouse.steps import discover


def box(west: float, east: float) -> bytes:
    return bytes(shapely.to_wkb(shapely.box(west, 32.0, east, 32.1)))


STAGED_REGIONS = pl.DataFrame(
    {
        "region_code": ["320102", "320104", "320100", "320000"],
        "region_name": ["西区", "东区", "市", "省"],
        "region_name_en": [None, None, None, "Province"],
        "parent_code": [None, "320100", None, None],
        "level": ["county", "county", "city", "province"],
        "area_km2": [None, 50.0, None, None],
        "geometry": [box(118.0, 118.1), box(118.1, 118.2), box(118.0, 118.2), box(118.0, 118.2)],
    },
    schema_overrides={"region_name_en": pl.String, "parent_code": pl.String, "area_km2": pl.Float64},
)
NOTHING = {
    "staging.stg_region": STAGED_REGIONS.clear(),
    "staging.stg_population_cell": pl.DataFrame(schema={"lon": pl.Float64, "lat": pl.Float64}),
    "staging.stg_venue": pl.DataFrame(schema={"lon": pl.Float64, "lat": pl.Float64}),
    "staging.stg_street": pl.DataFrame(schema={"geometry": pl.Binary}),
}


def test_parents_follow_from_codes_and_areas_are_measured() -> None:
    region = core_region.build(NOTHING | {"staging.stg_region": STAGED_REGIONS})
    assert region.select("region_code", "parent_code").rows() == [
        ("320102", "320100"),
        ("320104", "320100"),
        ("320100", "320000"),
        ("320000", None),
    ]
    area, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shapely.box(118.0, 32.0, 118.1, 32.1))
    assert region["area_km2"][0] == pytest.approx(abs(area) / 1e6, rel=2e-4)
    assert region["area_km2"][1] == 50.0
    assert region.select("min_lon", "min_lat", "max_lon", "max_lat").row(0) == (118.0, 32.0, 118.1, 32.1)
    assert region.schema == pl.Schema(core_region.SCHEMA)


@pytest.mark.parametrize("source", ["staging.stg_population_cell", "staging.stg_venue", "staging.stg_street"])
def test_a_study_area_holds_everything_with_500_m_around(source: str) -> None:
    corners = [(8.60, 49.40), (8.70, 49.40), (8.65, 49.45)]
    if source == "staging.stg_street":
        lines = [shapely.to_wkb(shapely.LineString(pair)) for pair in itertools.pairwise(corners)]
        frame = pl.DataFrame({"geometry": lines})
    else:
        frame = pl.DataFrame(corners, schema=["lon", "lat"], orient="row")
    region = core_region.build(NOTHING | {source: frame})
    assert region.select("region_code", "level", "region_name").row(0) == ("000000", "province", "研究范围")
    outline = shapely.from_wkb(region["geometry"][0])
    geod = pyproj.Geod(ellps="WGS84")
    for lon, lat in corners:
        for azimuth in range(0, 360, 30):
            assert outline.contains(shapely.Point(geod.fwd(lon, lat, azimuth, 490)[:2]))
    south_lon, south_lat, _ = geod.fwd(8.65, 49.40, 180, 520)
    assert not outline.contains(shapely.Point(south_lon, south_lat))


def test_no_data_no_region() -> None:
    assert core_region.build(NOTHING).height == 0


def test_regions_of_points_are_filled_or_kept() -> None:
    region = core_region.build(NOTHING | {"staging.stg_region": STAGED_REGIONS})
    assert smallest_regions(region)["region_code"].to_list() == ["320102", "320104"]
    points = pl.DataFrame(
        [
            (118.05, 32.05, None, "320102"),
            (118.15, 32.05, None, "320104"),
            (118.15, 32.05, "320102", "320102"),
            (118.15, 32.05, "320100", "320104"),
            (118.15, 32.05, "999999", "320104"),
            (118.21, 32.05, None, "320104"),
            (118.30, 32.05, None, None),
        ],
        schema={"lon": pl.Float64, "lat": pl.Float64, "region_code": pl.String, "expected": pl.String},
        orient="row",
    )
    filled = fill_region(points, region)
    assert filled["region_code"].to_list() == points["expected"].to_list()


def test_points_are_numbered_along_a_curve() -> None:
    draw = np.random.default_rng(4)
    points = pl.DataFrame({"lon": draw.uniform(118, 119, 400), "lat": draw.uniform(32, 33, 400)})
    ordered = number_along_curve(points, "cell_index")
    assert ordered["cell_index"].to_list() == list(range(400))
    assert sorted(ordered["lon"].to_list()) == sorted(points["lon"].to_list())

    def walk(frame: pl.DataFrame) -> float:
        return float(np.hypot(np.diff(frame["lon"].to_numpy()), np.diff(frame["lat"].to_numpy())).sum())

    assert walk(ordered) < walk(points) / 5
    assert number_along_curve(points.clear(), "cell_index").columns == ["cell_index", "lon", "lat"]


def test_entrances_are_doors_and_venues_without_any_are_their_own() -> None:
    venue = pl.DataFrame(
        {
            "venue_index": [0, 1, 2],
            "lon": [1.0, 2.0, 3.0],
            "lat": [4.0, 5.0, 6.0],
            "entrances": ["1.1 4.1; 1.2 4.2", None, " 3.5 6.5 "],
        },
        schema_overrides={"venue_index": pl.Int32},
    )
    assert doors(venue).rows() == [(0, 1.1, 4.1), (0, 1.2, 4.2), (1, 2.0, 5.0), (2, 3.5, 6.5)]


@pytest.fixture
def ladder() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema marts; create schema staging")
        connection.execute(
            "create table core.region as select * from (values ('320102', '320100'), ('320104', '320100'),"
            " ('320100', '320000'), ('320000', null), ('110101', '110100')) as t(region_code, parent_code)"
        )
        yield connection


def make(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    connection.execute(f"create table {name} as {discover()[name].sql}")
    return connection.execute(f"select * from {name} order by all").fetchall()


def test_regions_above_are_all_that_exist(ladder: duckdb.DuckDBPyConnection) -> None:
    assert make(ladder, "core.region_above") == [
        ("110101", "110101"),
        ("320000", "320000"),
        ("320100", "320000"),
        ("320100", "320100"),
        ("320102", "320000"),
        ("320102", "320100"),
        ("320102", "320102"),
        ("320104", "320000"),
        ("320104", "320100"),
        ("320104", "320104"),
    ]


def test_venues_are_counted_at_every_level_when_open(ladder: duckdb.DuckDBPyConnection) -> None:
    make(ladder, "core.region_above")
    ladder.execute(
        "create table core.venue as select * from (values ('320102', 'C10', 'free', 'open', 10.5),"
        " ('320104', 'C10', 'free', null, 4.25), ('320104', 'C10', null, 'open', null),"
        " ('320104', 'C10', 'free', 'closed', 99)) as t(region_code, venue_type_code, fee_policy, status, area_m2)"
    )
    assert make(ladder, "marts.mart_venue_region") == [
        ("320000", "C10", "free", 2, 14.75),
        ("320000", "C10", "unknown", 1, None),
        ("320100", "C10", "free", 2, 14.75),
        ("320100", "C10", "unknown", 1, None),
        ("320102", "C10", "free", 1, 10.5),
        ("320104", "C10", "free", 1, 4.25),
        ("320104", "C10", "unknown", 1, None),
    ]


def test_coverage_of_the_town_by_hand(published: Settings) -> None:
    """A grid needs no search: a way runs straight to the street, along rows and columns, and straight to the venue."""
    snapshot: Snapshot = open_store(published).current()
    scope = GrantedScope("test", "test", frozenset(), "internal", frozenset())
    cursor = snapshot.cursor("internal", scope)
    cells = cursor.execute(
        "select cell_index, lon, lat, resident_count from core.population_cell order by 1"
    ).fetchall()
    venues = cursor.execute("select venue_index, lon, lat, category_code, fee_policy from core.venue").fetchall()
    walk_m = {
        (cell, venue): _grid_walk_m((lon, lat), (v_lon, v_lat))
        for (cell, lon, lat, _), (venue, v_lon, v_lat, _, _) in itertools.product(cells, venues)
    }
    rows = cursor.execute(
        "select category_code, fee_code, minute_count, covered_count, resident_count from marts.mart_coverage_region"
        " where distance_kind = 'network' and age_band_code = 'all' and region_code = '000000'"
    ).fetchall()
    assert len(rows) == 14 * 2 * 3
    for category, fee, minutes, covered, residents in rows:
        wanted = [
            venue
            for venue, _, _, own, policy in venues
            if category in {"all", own} and (fee == "all" or policy == "free")
        ]
        limit_m = minutes * 60 / 0.02 * UNIT_M
        reach = [min((walk_m[cell, venue] for venue in wanted), default=np.inf) for cell, *_ in cells]
        # Lengths of 0.1 m from the limit would be decided by rounding; the town has none such.
        assert all(abs(metres - limit_m) > 0.1 for metres in reach)
        expected = sum(cell[3] for cell, metres in zip(cells, reach, strict=True) if metres <= limit_m)
        assert covered == pytest.approx(expected), (category, fee, minutes)
        assert residents == sum(cell[3] for cell in cells)


def _grid_walk_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the shortest walk between two points beside the grid, in metres, by trying every corner."""
    first, second = _foot(start), _foot(end)
    legs = first[2] + second[2]
    ways = [
        a_m + _corner_walk_m(a, b) + b_m for (a, a_m), (b, b_m) in itertools.product(_corners(first), _corners(second))
    ]
    if _edge(first) == _edge(second):
        ways.append(_metres(first[0], first[1], second[0], second[1]))
    return legs + min(ways)


def _metres(i1: float, j1: float, i2: float, j2: float) -> float:
    geod = pyproj.Geod(ellps="WGS84")
    return float(geod.inv(LON + i1 * STEP, LAT + j1 * STEP, LON + i2 * STEP, LAT + j2 * STEP)[2])


def _foot(point: tuple[float, float]) -> tuple[float, float, float]:
    """Return grid coordinates of the nearest place on a street, and the distance to it in metres."""
    x, y = (point[0] - LON) / STEP, (point[1] - LAT) / STEP
    column, row = min(max(round(x), 0), SIDE - 1), min(max(round(y), 0), SIDE - 1)
    edge_x, edge_y = min(max(x, 0), SIDE - 1), min(max(y, 0), SIDE - 1)
    feet = [(edge_x, float(row)), (float(column), edge_y)]
    return min(((i, j, _metres(x, y, i, j)) for i, j in feet), key=lambda foot: foot[2])


def _edge(foot: tuple[float, float, float]) -> tuple[float, float, float, float]:
    i, j, _ = foot
    return (np.floor(i), np.ceil(i), np.floor(j), np.ceil(j))


def _corners(foot: tuple[float, float, float]) -> list[tuple[tuple[int, int], float]]:
    i, j, _ = foot
    found = {(int(a), int(b)) for a in (np.floor(i), np.ceil(i)) for b in (np.floor(j), np.ceil(j))}
    return [((a, b), _metres(i, j, a, b)) for a, b in sorted(found)]


def _corner_walk_m(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return the shortest way between two junctions: columns are equally long, rows grow shorter to the north."""
    north = max(a[1], b[1])
    up = sum(_metres(0, j, 0, j + 1) for j in range(a[1], north)) + sum(
        _metres(0, j, 0, j + 1) for j in range(b[1], north)
    )
    return up + abs(a[0] - b[0]) * _metres(0, north, 1, north)
