"""The small demo against its contracts, the census file, its own water, and the published figures."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.crs import project
from kernel.errors import UsageError
from tests.warehouse.demo_frames import small
from warehouse.contract import contract
from warehouse.delivery import CheckContext
from warehouse.demo import generate_ground, water
from warehouse.demo.calibration import calibration_fits
from warehouse.ingest import check_frame

# That of the small demo.
SEED = 1
FACTS = ("region", "population", "code_list", "holiday")
GENERATED = ("water", "population_cell", "street", "venue")
YANGTZE_NORTH, YANGTZE_SOUTH = "321000", "321100"


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    return small(SEED)


@pytest.fixture(scope="module")
def shapes(frames: dict[str, pl.DataFrame]) -> dict[str, shapely.Geometry]:
    region = frames["region"]
    return dict(zip(region["region_code"], shapely.from_wkb(region["geometry"].to_numpy()), strict=True))


@pytest.fixture(scope="module")
def wet() -> np.ndarray:
    polygons = shapely.from_wkb(water("small", SEED)["geometry"].to_numpy())
    assert shapely.is_valid(polygons).all()
    return polygons


def in_water(wet: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return which shapes touch water. The few polygons are asked of the many shapes, which is fast."""
    found = np.zeros(len(shapes), dtype=bool)
    found[shapely.STRtree(shapes).query(wet, predicate="intersects")[1]] = True
    return found


@pytest.fixture(scope="module")
def lines(frames: dict[str, pl.DataFrame]) -> np.ndarray:
    return shapely.from_wkb(frames["street"]["geometry"].to_numpy())


def census() -> list[dict[str, str]]:
    path = Path(__file__).resolve().parents[2] / "warehouse" / "reference" / "county_population_2020.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["city_adcode"] in (YANGTZE_NORTH, YANGTZE_SOUTH)]


def test_same_seed_gave_another_process_equal_frames(frames: dict[str, pl.DataFrame], small_demo: Path) -> None:
    for dataset, frame in frames.items():
        taken_in = (small_demo / "curated" / dataset).rglob("*.parquet")
        assert any(frame.equals(pl.read_parquet(path, columns=frame.columns)) for path in taken_in), dataset


def test_another_seed_gives_other_cells_but_the_same_facts_and_tells_its_progress(
    frames: dict[str, pl.DataFrame],
) -> None:
    heard: list[tuple[str, int, int]] = []
    for dataset, frame in generate_ground(
        "small", SEED + 1, lambda step, done, total: heard.append((step, done, total))
    ):
        assert frame.equals(frames[dataset]) == (dataset in FACTS), dataset
        if dataset == "population_cell":
            break
    assert ("demo_cities", 2, 2) in heard


def test_datasets_come_in_order_and_regions_and_codes_before_what_refers_to_them(
    frames: dict[str, pl.DataFrame],
) -> None:
    assert tuple(frames) == (*FACTS, *GENERATED)


def test_every_row_passes_its_contract(frames: dict[str, pl.DataFrame], shapes: dict[str, shapely.Geometry]) -> None:
    codes: dict[str, set[str]] = {}
    for name, code in frames["code_list"].select("list_name", "code").rows():
        codes.setdefault(name, set()).add(code)
    context = CheckContext(shapes["320000"], codes, shapes)
    for dataset, frame in frames.items():
        checked = check_frame(dataset, frame, context)
        assert checked.accepted_count == len(frame), [str(finding) for finding in checked.findings]
        wanted = {column.name for column in contract(dataset).columns}
        assert set(frame.columns) - {"geometry"} <= wanted


def test_cells_hold_the_census_of_every_county_and_band_exactly(frames: dict[str, pl.DataFrame]) -> None:
    bands = {
        "age_0_4_count": ("0_0", "1_4"),
        "age_5_14_count": ("5_9", "10_14"),
        "age_15_34_count": ("15_19", "20_24", "25_29", "30_34"),
        "age_35_59_count": ("35_39", "40_44", "45_49", "50_54", "55_59"),
        "age_60_79_count": ("60_64", "65_69", "70_74", "75_79"),
        "age_80_plus_count": ("80_84", "85_plus"),
    }
    cells = frames["population_cell"]
    for row in census():
        own = cells.filter(pl.col("region_code") == row["adcode"])
        assert own["resident_count"].sum() == int(row["total"])
        for column, parts in bands.items():
            assert own[column].sum() == sum(int(row[f"{sex}_{part}"]) for sex in ("male", "female") for part in parts)
    assert (cells["resident_count"] == cells.select(pl.sum_horizontal(*bands)).to_series()).all()
    assert (cells["resident_count"] > 0).all()


def test_population_is_the_census(frames: dict[str, pl.DataFrame]) -> None:
    counts = {tuple(row[:3]): row[3] for row in frames["population"].rows()}
    expected = {
        (row["adcode"], name.split("_", 1)[0], name.split("_", 1)[1]): int(value)
        for row in census()
        for name, value in row.items()
        if name.startswith(("male_", "female_"))
    }
    assert counts == expected


@pytest.mark.parametrize("dataset", ["population_cell", "venue"])
def test_points_lie_in_their_county_and_not_in_water(
    frames: dict[str, pl.DataFrame], shapes: dict[str, shapely.Geometry], wet: np.ndarray, dataset: str
) -> None:
    frame = frames[dataset]
    lon, lat, region = frame["lon"].to_numpy(), frame["lat"].to_numpy(), frame["region_code"].to_numpy()
    for code in np.unique(region):
        shapely.prepare(shapes[code])
        own = region == code
        assert shapely.contains_xy(shapes[code], lon[own], lat[own]).all(), code
    assert not in_water(wet, shapely.points(lon, lat)).any()


def test_gates_are_few_near_and_dry(frames: dict[str, pl.DataFrame], wet: np.ndarray) -> None:
    venues = frames["venue"].filter(pl.col("entrances").is_not_null())
    assert venues["area_m2"].min() > 1_000
    gates = [[tuple(map(float, gate.split(" "))) for gate in text.split("; ")] for text in venues["entrances"]]
    count = np.array([len(part) for part in gates])
    assert count.min() >= 1
    assert count.max() == 4
    place = np.array([gate for part in gates for gate in part])
    # They are told to the millionth of a degree: one may stand so far beyond the shore.
    gates = shapely.points(place)
    touching = gates[in_water(wet, gates)]
    assert (shapely.distance(shapely.boundary(wet)[:, None], touching).min(axis=0) < 1e-6).all()
    x, y = project(place[:, 0], place[:, 1])
    vx, vy = project(np.repeat(venues["lon"].to_numpy(), count), np.repeat(venues["lat"].to_numpy(), count))
    assert np.hypot(x - vx, y - vy).max() < 121.0


def test_streets_meet_at_their_junctions(frames: dict[str, pl.DataFrame], lines: np.ndarray) -> None:
    street = frames["street"]
    first, last = (
        shapely.get_coordinates(shapely.get_point(lines, 0)),
        shapely.get_coordinates(shapely.get_point(lines, -1)),
    )
    ends = pl.DataFrame(
        {
            "node": pl.concat([street["from_node_id"], street["to_node_id"]]),
            "lon": np.concatenate((first[:, 0], last[:, 0])),
            "lat": np.concatenate((first[:, 1], last[:, 1])),
        }
    )
    assert ends.unique().height == ends["node"].n_unique()
    assert (street["from_node_id"] != street["to_node_id"]).all()
    assert street["street_id"].is_unique().all()


def test_only_bridges_and_ferries_cross_water(
    frames: dict[str, pl.DataFrame], lines: np.ndarray, wet: np.ndarray
) -> None:
    street = frames["street"]
    over = in_water(wet, lines)
    may = (street["is_bridge"] | (street["kind"] == "ferry")).to_numpy()
    assert not (over & ~may).any()
    assert over[may].mean() > 0.97


def test_the_dataset_of_water_is_the_barriers_made_lighter(
    frames: dict[str, pl.DataFrame], shapes: dict[str, shapely.Geometry], wet: np.ndarray
) -> None:
    water_rows = frames["water"]
    drawn = shapely.from_wkb(water_rows["geometry"].to_numpy())
    assert shapely.is_valid(drawn).all()
    land = shapely.transform(shapes["320000"], project, interleaved=False)
    exact, light = (
        shapely.intersection(shapely.union_all(shapely.transform(polygons, project, interleaved=False)), land)
        for polygons in (wet, drawn)
    )
    assert shapely.area(shapely.symmetric_difference(exact, light)) < 0.01 * shapely.area(exact)
    # Shores move by 10 m at most; the rest of the distance is the corners of mitred bends.
    assert shapely.difference(light, shapely.buffer(exact, 12.0)).is_empty
    assert shapely.difference(exact, shapely.buffer(light, 12.0)).is_empty
    assert shapely.get_num_coordinates(drawn).sum() < 0.4 * shapely.get_num_coordinates(wet).sum()
    outside = shapely.difference(shapely.transform(drawn, project, interleaved=False), shapely.buffer(land, 1_060.0))
    assert shapely.is_empty(outside).all()
    rows = dict(water_rows.select("water_name", "kind").drop_nulls().rows())
    assert rows | {"长江": "river", "大运河（江北段）": "canal", "高邮湖": "lake"} == rows
    assert set(water_rows.filter(pl.col("water_name").is_null())["kind"]) == {"canal"}


def test_walkers_cross_the_yangtze_nowhere_and_both_banks_hang_together(frames: dict[str, pl.DataFrame]) -> None:
    street = frames["street"].filter(pl.col("is_walkable"))
    node, place = np.unique(
        np.concatenate((street["from_node_id"].to_numpy(), street["to_node_id"].to_numpy())), return_inverse=True
    )
    start, end = np.split(place, 2)
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(len(node),) * 2)
    _, part = connected_components(graph, directed=False)
    sizes = np.sort(np.bincount(part))[::-1]
    assert sizes[:2].sum() > 0.995 * len(node)
    assert sizes[1] > 0.25 * len(node)
    long_ones = frames["street"].filter(~pl.col("is_walkable"))
    assert set(long_ones["kind"]) == {"motor_road", "ferry"}


def test_town_bridges_stand_apart(frames: dict[str, pl.DataFrame]) -> None:
    """Few streets cross: a barrier with a bridge at every street would be none."""
    street = frames["street"]
    assert 300 < street["is_bridge"].sum() < 0.015 * len(street)


def test_network_is_of_many_kinds_and_of_the_stated_size(frames: dict[str, pl.DataFrame]) -> None:
    kinds = Counter(frames["street"]["kind"])
    assert {"street", "living_street", "service", "footway", "path", "steps", "track"} <= set(kinds)
    assert frames["street"].filter(pl.col("has_steps"))["speed_factor"].unique().to_list() == [0.5]
    assert 80_000 < frames["street"]["from_node_id"].n_unique() < 200_000
    assert 60_000 < len(frames["population_cell"]) < 120_000


def test_venues_stand_beside_streets(frames: dict[str, pl.DataFrame], lines: np.ndarray) -> None:
    walkable = lines[frames["street"]["is_walkable"].to_numpy()]
    metres = shapely.transform(walkable, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1])))
    venues = frames["venue"]
    points = shapely.points(*project(venues["lon"].to_numpy(), venues["lat"].to_numpy()))
    _, away = shapely.STRtree(metres).query_nearest(points, return_distance=True, all_matches=False)
    assert (away <= 60.0).mean() > 0.995
    assert np.median(away) > 4.0


def test_figures_meet_the_published_ones(frames: dict[str, pl.DataFrame]) -> None:
    missed = [fit for fit in calibration_fits(frames, SEED) if not fit.is_met]
    assert not missed


def test_a_lost_venue_type_is_noticed(frames: dict[str, pl.DataFrame]) -> None:
    poorer = frames | {"venue": frames["venue"].filter(pl.col("venue_type_code") != "E10")}
    missed = {fit.figure for fit in calibration_fits(poorer, SEED) if not fit.is_met}
    assert "venues E10" in missed


def test_states_fees_and_hours_are_mixed(frames: dict[str, pl.DataFrame]) -> None:
    venues = frames["venue"]
    assert (venues["status"] == "open").mean() == pytest.approx(0.97, abs=0.01)
    assert set(venues["status"]) == {"open", "closed", "planned"}
    assert set(venues["fee_policy"]) == {"free", "low", "paid"}
    schools = venues.filter((pl.col("owner_kind") == "school") & ~pl.col("is_indoor"))
    assert schools["opening_hours"].str.contains("17:30").mean() > 0.5
    assert venues["opening_hours"].null_count() == 0
    assert not venues["venue_name"].str.contains("号 号|null").any()


def test_the_province_row_of_a_part_says_so(
    frames: dict[str, pl.DataFrame], shapes: dict[str, shapely.Geometry]
) -> None:
    region = frames["region"]
    top = region.filter(pl.col("level") == "province").row(0, named=True)
    assert "仅" in top["region_name"]
    assert "only" in top["region_name_en"]
    cities = [shapes[YANGTZE_NORTH], shapes[YANGTZE_SOUTH]]
    assert shapely.equals(shapes["320000"], shapely.union_all(cities))
    counties = region.filter(pl.col("level") == "county")
    assert region.filter(pl.col("level") == "city")["area_km2"].sum() == pytest.approx(
        counties["area_km2"].sum(), abs=0.1
    )


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(UsageError, match="tiny"):
        next(generate_ground("tiny", 1))
