"""Laws of the generator's parts, each against a plain second way."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from geodata.crs import project
from warehouse.demo import reference
from warehouse.demo.boundaries import load_boundaries, region_frame
from warehouse.demo.codes import code_list_frame, holiday_frame
from warehouse.demo.country_roads import urquhart_pairs
from warehouse.demo.grid import Grid
from warehouse.demo.people import largest_remainder, population_frame, rural_bands
from warehouse.demo.province import SIZES
from warehouse.demo.venue_counts import VENUE_TOTAL, county_area_targets, county_counts, type_counts
from warehouse.demo.water import BLOCKED, CROSSES, DRY, Courses, Water, known_courses

FOLDER = Path(__file__).resolve().parents[2] / "warehouse" / "reference"


@given(
    expected=st.lists(st.floats(0.0, 1e6), min_size=1, max_size=40).filter(lambda values: sum(values) > 1e-3),
    total=st.integers(0, 10**7),
)
def test_largest_remainder_keeps_the_total_and_stays_within_one(expected: list[float], total: int) -> None:
    found = largest_remainder(np.array(expected), total)
    assert found.sum() == total
    exact = [value * total / sum(expected) for value in expected]
    assert all(abs(f - e) < 1.0 + 1e-6 * total for f, e in zip(found, exact, strict=True))


@given(bands=st.lists(st.integers(1, 500_000), min_size=6, max_size=6), share=st.floats(0.0, 1.0))
def test_rural_bands_fill_the_villages_with_no_more_people_than_there_are(bands: list[int], share: float) -> None:
    total = np.array(bands)
    rural = int(share * total.sum())
    found = rural_bands(total, rural)
    assert (found >= 0).all()
    assert (found <= total).all()
    assert abs(int(found.sum()) - rural) <= 6


def test_old_people_live_in_villages_more_often() -> None:
    found = rural_bands(np.full(6, 100_000), 200_000)
    assert found.sum() == 200_000
    assert found[5] > found[2]


@settings(max_examples=40)
@given(
    corners=st.lists(st.tuples(st.floats(0.0, 3_000.0), st.floats(0.0, 3_000.0)), min_size=3, max_size=12, unique=True)
)
def test_cells_filled_are_those_with_their_middle_inside(corners: list[tuple[float, float]]) -> None:
    hull = shapely.convex_hull(shapely.multipoints(corners))
    if hull.geom_type != "Polygon":
        return
    grid = Grid.around((0.0, 0.0, 3_000.0, 3_000.0), 100.0)
    x, y = grid.centres(np.arange(grid.rows * grid.columns))
    clear = shapely.distance(shapely.points(x, y), hull.exterior) > 1e-6
    assert (grid.fill(hull).ravel()[clear] == shapely.contains_xy(hull, x, y)[clear]).all()
    assert (grid.index(x, y) == np.arange(len(x))).all()


def test_counties_share_no_cell_and_leave_none_out() -> None:
    counties = reference.census_by_division().filter(pl.col("city_adcode") == "321100")["adcode"].to_list()
    boundaries = load_boundaries(["321100", *counties])
    grid = Grid.around(boundaries.of("321100").bounds, 200.0)
    covered = sum(grid.fill(boundaries.of(code)).astype(int) for code in counties)
    assert (covered == grid.fill(boundaries.of("321100"))).all()


def test_borders_of_neighbours_are_equal_vertex_by_vertex() -> None:
    counties = reference.census_by_division()["adcode"].to_list()
    boundaries = load_boundaries(counties)
    assert shapely.is_valid(boundaries.lonlat).all()
    whole = shapely.union_all(boundaries.metres)
    assert whole.area == pytest.approx(shapely.area(boundaries.metres).sum(), rel=1e-9)
    a, b = boundaries.lonlat[counties.index("321002")], boundaries.lonlat[counties.index("321003")]
    assert shapely.length(shapely.intersection(a, b)) > 0.05


def test_the_province_has_13_cities_95_counties_and_everyone_of_the_census() -> None:
    codes = [reference.PROVINCE_CODE, *SIZES["province"], *reference.census_by_division()["adcode"]]
    frame = region_frame(load_boundaries(codes), SIZES["province"], is_whole=True)
    assert Counter(frame["level"]) == {"province": 1, "city": 13, "county": 95}
    assert frame.filter(pl.col("level") == "province")["area_km2"].item() == pytest.approx(103_600, rel=0.02)
    with (FOLDER / "county_population_2020.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 96
    people = population_frame(reference.census_by_division())
    assert people["resident_count"].sum() == sum(int(row["total"]) for row in rows) == 84_748_016
    host = people.filter(pl.col("region_code") == "320506")["resident_count"].sum()
    assert host == sum(int(row["total"]) for row in rows if row["adcode"] in ("320506", "320571"))


def test_seats_lie_in_their_counties() -> None:
    census = reference.census_by_division()
    boundaries = load_boundaries(census["adcode"].to_list())
    x, y = project(census["seat_lon_wgs84"].to_numpy(), census["seat_lat_wgs84"].to_numpy())
    assert shapely.contains_xy(boundaries.metres, x, y).all()
    assert not Water(known_courses()).holds(x, y).any()


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), count=st.integers(4, 60))
def test_country_roads_hold_the_shortest_tree(seed: int, count: int) -> None:
    x, y = np.random.default_rng(seed).uniform(0.0, 1_000.0, (2, count))
    pairs = set(zip(*(part.tolist() for part in urquhart_pairs(x, y)), strict=True))
    length = [(np.hypot(x[a] - x[b], y[a] - y[b]), a, b) for a, b in combinations(range(count), 2)]
    weights, starts, ends = (np.array(part) for part in zip(*length, strict=True))
    tree = minimum_spanning_tree(coo_array((weights, (starts, ends)), shape=(count, count)).tocsr()).tocoo()
    assert {(min(a, b), max(a, b)) for a, b in zip(*(c.tolist() for c in tree.coords), strict=True)} <= pairs


def one_canal() -> Water:
    lake = np.array([shapely.box(0.0, 2_000.0, 500.0, 2_500.0)], dtype=object)
    canal = np.array([shapely.linestrings([(-5_000.0, 0.0), (5_000.0, 0.0)])], dtype=object)
    return Water(Courses(lake, ("lake",), canal, np.array([10.0])))


@pytest.mark.parametrize(
    ("a", "b", "state"),
    [
        ((0.0, -50.0), (0.0, 50.0), CROSSES),
        ((0.0, 50.0), (90.0, 50.0), DRY),
        ((0.0, 9.0), (90.0, 30.0), BLOCKED),
        ((0.0, 5.0), (90.0, 5.0), BLOCKED),
        ((-100.0, 2_200.0), (700.0, 2_200.0), BLOCKED),
    ],
)
def test_streets_cross_narrow_water_and_stop_at_wide_water(
    a: tuple[float, float], b: tuple[float, float], state: np.uint8
) -> None:
    assert one_canal().meet(np.array([a]), np.array([b]))[0][0] == state


@given(places=st.lists(st.tuples(st.floats(-4_000.0, 4_000.0), st.floats(-40.0, 40.0)), min_size=1, max_size=20))
def test_junctions_are_pushed_ashore_and_no_farther(places: list[tuple[float, float]]) -> None:
    x, y = np.array(places).T
    canal = one_canal()
    new_x, new_y = canal.pushed_ashore(x, y, 12.0)
    assert not canal.holds(new_x, new_y).any()
    assert np.allclose(np.abs(new_y), np.maximum(np.abs(y), 22.0), atol=1e-6)
    assert np.allclose(new_x, x, atol=1e-6)


def test_the_yangtze_runs_east_through_the_whole_province() -> None:
    courses = known_courses()
    river = courses.wide[courses.wide_code.index("yangtze")]
    assert river.geom_type == "Polygon"
    lon = np.linspace(118.7, 121.6, 30)
    x, _ = project(lon, np.full(30, 32.0))
    widths = [shapely.length(shapely.intersection(river, shapely.linestrings([(v, -3e5), (v, 1e5)]))) for v in x]
    assert min(widths) > 900.0
    # The mouth is wider than the river at Nanjing.
    assert widths[-1] > 2.0 * widths[1]


def test_counts_by_type_follow_the_published_ones() -> None:
    with (FOLDER / "venue_types.csv").open(encoding="utf-8", newline="") as stream:
        published = {row["own_code"]: row["jiangsu_count_2021"] for row in csv.DictReader(stream)}
    counts = dict(type_counts().rows())
    assert sum(counts.values()) == VENUE_TOTAL
    growth = VENUE_TOTAL / 281_100
    for code, count in counts.items():
        if published[code] and code != "C30":
            assert count == pytest.approx(float(published[code]) * growth, abs=1.0)
    # Groups of the survey: balls 130,300, fitness 118,500, ice and snow 47.
    for prefix, wanted in (("C", 130_300), ("E", 118_500), ("D", 47)):
        found = sum(count for code, count in counts.items() if code.startswith(prefix))
        assert found == pytest.approx(wanted * growth, abs=5.0)


def test_counties_get_every_venue_and_every_square_metre() -> None:
    types, counts = county_counts(3)
    assert counts.shape == (95, len(types))
    assert counts.sum(axis=0).tolist() == types["venue_count"].to_list()
    areas, residents = county_area_targets(), reference.census_by_division()["total"].to_numpy()
    assert areas.sum() / residents.sum() == pytest.approx(4.32)
    assert counts.sum(axis=1).min() > 100


def test_every_venue_type_has_a_category_of_the_list() -> None:
    codes = code_list_frame()
    assert codes.select("list_name", "code").is_duplicated().sum() == 0
    categories = set(codes.filter(pl.col("list_name") == "venue_category")["code"])
    types = codes.filter(pl.col("list_name") == "venue_type")
    assert len(categories) == 13
    assert set(types["parent_code"]) == categories
    parents = dict(types.select("code", "parent_code").rows())
    assert [parents[code] for code in ("C11", "C23", "C31", "C90", "E30", "F90")] == [
        "football", "basketball", "volleyball", "other_ball", "trail", "other",
    ]  # fmt: skip
    census6 = codes.filter(pl.col("list_name") == "venue_type_census6")
    assert census6["source"].null_count() == 0
    assert not codes["code_name_zh"].str.contains(r"^\s*$").any()


def test_holidays_are_named_in_chinese_and_days_come_once() -> None:
    days = holiday_frame()
    assert days["date"].is_unique().all()
    assert set(days["holiday_name"]) == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}
    assert all((b - a).days > 0 for a, b in pairwise(days["date"].sort()))
    assert set(days["kind"]) == {"holiday", "makeup_workday"}
