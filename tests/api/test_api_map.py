"""The map's resources over HTTP: tiles decoded by another library, figures counted by hand, grants, caching."""

from __future__ import annotations

import gzip
import math
from dataclasses import replace

import mapbox_vector_tile
import networkx
import numpy as np
import orjson
import polars as pl
import pytest
from shapely.geometry import shape

from access.roles import READING
from api import map_coverage, map_in_view, map_isochrone, map_regions, tiles
from kernel.scope import GrantedScope
from tests.small_town import LAT, LON, SIDE, STEP
from warehouse.queries import _run, area, map_tiles, search, venue
from warehouse.queries import map as map_queries
from warehouse.queries.coverage import covered, step_limits
from warehouse.queries.reach import costs
from warehouse.queries.regions import regions, root_code, visible_leaves
from warehouse.queries.venue_filter import MINUTES, VenueFilter

pytestmark = pytest.mark.usefixtures("served_town")
SCOPE = GrantedScope("t", "planner", frozenset(), "internal", READING)
ALL = VenueFilter()


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    n = 2**zoom
    return int((lon + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)


def body(answer) -> bytes:
    return gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data


def fetch_tile(client, layer: str, zoom: int, query: str = "") -> dict:
    x, y = tile_at(LON, LAT, zoom)
    answer = client.get(f"/api/tiles/{layer}/{zoom}/{x}/{y}.mvt?{query}")
    assert answer.status_code == 200, answer.text
    return mapbox_vector_tile.decode(body(answer), default_options={"y_coord_down": True}) if answer.data else {}


def town_tiles(make, zoom: int, venue_filter: VenueFilter = ALL) -> list[dict]:
    """Decode every tile of a zoom that the town touches."""
    west, north = tile_at(LON - STEP, LAT + SIDE * STEP, zoom)
    east, south = tile_at(LON + SIDE * STEP, LAT - STEP, zoom)
    tiles = [make(SCOPE, zoom, x, y, venue_filter) for x in range(west, east + 1) for y in range(north, south + 1)]
    return [mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}) for tile in tiles if tile]


@pytest.mark.parametrize("zoom", [9, 11, 13, 14])
def test_every_open_venue_is_in_one_tile(zoom):
    features = [f for tile in town_tiles(map_tiles.venue_tile, zoom) for f in tile["venues"]["features"]]
    if zoom >= map_tiles.ALL_VENUES_ZOOM:
        assert sorted(f["id"] for f in features) == [0, 1, 2, 3, 4]
    else:
        assert 1 <= len(features) <= 5
        assert len({f["id"] for f in features}) == len(features)


def test_the_filter_of_a_tile_is_the_filter_of_the_table():
    table = _run.rows("venue_card.sql", SCOPE, venue_index=0)
    assert table.height == 1
    for chosen in (VenueFilter(frozenset({"football"})), VenueFilter(fee_code="free")):
        features = [f for tile in town_tiles(map_tiles.venue_tile, 14, chosen) for f in tile["venues"]["features"]]
        facts = [venue.card(SCOPE, index) for index in range(5)]
        expected = {
            row["venue_name"]
            for row in facts
            if (not chosen.categories or row["category_code"] in chosen.categories)
            and (chosen.fee_code == "all" or row["fee_policy"] == "free")
        }
        assert {f["properties"]["name"] for f in features} == expected


def test_cells_carry_their_residents_and_the_band_of_their_walk():
    features = {f["id"]: f for tile in town_tiles(map_tiles.cell_tile, 14) for f in tile["cells"]["features"]}
    cell = _run.array("cell")
    assert set(features) == set(range(SIDE * SIDE))
    for index, feature in features.items():
        cost = int(_run.array("cell_reach")["cost"][index])
        band = sum(cost > limit for limit in (15_000, 30_000, 45_000))
        assert feature["properties"]["t"] == band
        assert feature["properties"]["r"] == cell["residents"][index, 0]
        for place, minutes in enumerate(MINUTES):
            outside = cell["residents"][index, 0] if band > place else 0
            assert feature["properties"].get(f"u{minutes}", 0) == outside


@pytest.mark.parametrize("zoom", [8, 9, 11])
def test_squares_add_up_to_all_residents(zoom):
    features = [f for tile in town_tiles(map_tiles.cell_tile, zoom) for f in tile["cells"]["features"]]
    assert sum(f["properties"]["r"] for f in features) == _run.array("cell")["residents"][:, 0].sum()


def test_node_costs_equal_networkx():
    network = _run.array("street_network")
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(network["node_lon"])))
    start = network["arc_start"]
    for node in range(len(start) - 1):
        for arc in range(start[node], start[node + 1]):
            graph.add_edge(node, int(network["arc_node"][arc]), weight=int(network["arc_cost"][arc]))
    from analytics.accessibility import entrance_seeds
    from warehouse.queries.reach import network as street_network
    from warehouse.queries.reach import snap_of

    entrance = _run.array("entrance")
    seeds = entrance_seeds(street_network(), snap_of(entrance), entrance["venue_index"])
    for node, cost in zip(seeds.node.tolist(), seeds.cost.tolist(), strict=True):
        known = graph.get_edge_data("door", node, {"weight": 65_535})["weight"] if "door" in graph else 65_535
        graph.add_edge("door", node, weight=min(cost, known))
    expected = networkx.single_source_dijkstra_path_length(graph, "door", cutoff=45_000)
    found = costs(ALL).node
    assert [int(c) for c in found] == [expected.get(node, 65_535) for node in range(len(found))]


def test_streets_are_cut_into_bands_and_none_is_lost():
    features = [f for tile in town_tiles(map_tiles.street_tile, 14) for f in tile["streets"]["features"]]
    assert {f["id"] for f in features} == set(range(len(_run.array("street_network")["edge_from"])))
    assert {f["properties"]["t"] for f in features} <= {0, 1, 2, 3}
    assert all(f["geometry"]["type"] in {"LineString", "MultiLineString"} for f in features)


def test_a_live_answer_equals_the_mart():
    """The marts answer one category; the same question forced through the search must agree."""
    from warehouse.queries import coverage

    for distance in ("network", "straight"):
        chosen = VenueFilter(frozenset({"football"}))
        mart = covered(SCOPE, chosen, distance).sort("region_code", "age_band_code", "minute_count")
        live = coverage._searched(
            _run.build_id(), chosen, distance, coverage.leaves(SCOPE), coverage.regions_above(SCOPE)
        ).sort("region_code", "age_band_code", "minute_count")
        assert live.select("region_code", "age_band_code").equals(mart.select("region_code", "age_band_code"))
        assert np.allclose(live["covered_count"], mart["covered_count"])
        assert np.allclose(live["resident_count"], mart["resident_count"])


def test_more_venues_never_cover_fewer_and_longer_walks_cover_more():
    few = covered(SCOPE, VenueFilter(frozenset({"football", "trail"})), "network")
    everything = covered(SCOPE, ALL, "network")
    join = few.join(everything, on=["region_code", "age_band_code", "minute_count"], suffix="_all")
    assert join.height == few.height > 0
    assert (join["covered_count"] <= join["covered_count_all"]).all()
    by_minutes = everything.sort("minute_count").group_by("region_code", "age_band_code").agg("covered_count")
    assert all(list(row) == sorted(row) for row in by_minutes["covered_count"])


def test_figures_over_http_are_those_of_the_query(sign_in, served_town):
    answer = sign_in("planner").get(f"/api/map/coverage?build={served_town}&categories=football,gym&fee=free")
    figures = orjson.loads(body(answer))
    residents = sum(10 + i for i in range(SIDE) for _ in range(SIDE))
    assert figures["regions"]["000000"]["residents"] == residents
    assert figures["regions"]["000000"]["venues"] == 1
    assert list(figures["breaks"]) == ["5", "10", "15"]


def test_what_is_in_view_is_what_lies_in_the_box(sign_in):
    box = f"{LON - 1},{LAT - 1},{LON + 1},{LAT + 1}"
    found = orjson.loads(body(sign_in("planner").get(f"/api/map/in_view?box={box}&minutes=10")))
    assert found["venues"] == 5
    assert found["residents"] == sum(10 + i for i in range(SIDE) for _ in range(SIDE))
    nothing = orjson.loads(body(sign_in("planner").get("/api/map/in_view?box=0,0,1,1&minutes=10")))
    assert nothing == {"venues": 0, "residents": 0, "uncovered": 0}


def test_the_isochrone_holds_the_venue_and_grows_with_time(sign_in):
    area = 0.0
    for minutes in MINUTES:
        answer = sign_in("planner").get(f"/api/map/isochrone?venue=0&minutes={minutes}")
        polygon = shape(orjson.loads(body(answer))["geometry"])
        assert polygon.is_valid
        assert polygon.area >= area
        area = polygon.area
    facts = venue.card(SCOPE, 0)
    from shapely.geometry import Point

    assert polygon.distance(Point(facts["lon"], facts["lat"])) < 0.001


def test_outlines_know_who_holds_whom(sign_in):
    for detail in map_queries.DETAILS:
        collection = orjson.loads(body(sign_in("planner").get(f"/api/map/regions?detail={detail}")))
        (feature,) = collection["features"]
        assert feature["properties"] == {"code": "000000", "parent": "", "level": "province", "leaf": True}


@pytest.mark.parametrize(
    "path",
    [
        "/api/tiles/venues/15/1/1.mvt",
        "/api/tiles/venues/3/8/1.mvt",
        "/api/tiles/nothing/3/1/1.mvt",
        "/api/tiles/boundaries/3/1/1.mvt",
    ],
)
def test_tiles_that_do_not_exist_are_404(sign_in, path):
    assert sign_in("planner").get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/tiles/venues/9/1/1.mvt?categories=chess",
        "/api/map/coverage?fee=cheap",
        "/api/map/coverage?distance=crow",
        "/api/map/in_view?minutes=10",
        "/api/map/in_view?box=1,2,3&minutes=10",
        "/api/map/in_view?box=nan,0,1,1&minutes=10",
        "/api/map/in_view?box=0,0,1,1&minutes=7",
        "/api/map/isochrone?venue=-1&minutes=10",
        "/api/map/isochrone?venue=0&minutes=11",
        "/api/map/isochrone?venue=99999999999999&minutes=10",
        "/api/map/regions?detail=everything",
    ],
)
def test_nonsense_is_refused_with_a_reason(sign_in, path):
    answer = sign_in("planner").get(path)
    assert answer.status_code == 400
    assert answer.json["message"]
    assert answer.json["fix"]


@pytest.mark.parametrize("module", [map_coverage, map_in_view, map_isochrone, map_regions, tiles])
def test_every_resource_of_the_map_asks_for_its_action(module):
    assert module.RESOURCE.action == "map.view"
    assert module.RESOURCE.methods == ("GET",)
    assert module.RESOURCE.rule.startswith("/api/")


def test_strangers_get_nothing(server):
    x, y = tile_at(LON, LAT, 14)
    for path in (f"/api/tiles/venues/14/{x}/{y}.mvt", "/api/map/coverage", "/api/map/regions"):
        assert server.test_client().get(path).status_code == 401


def test_who_may_read_open_data_only_sees_no_cells(sign_in):
    x, y = tile_at(LON, LAT, 14)
    assert sign_in("administrator").get(f"/api/tiles/walking_time/14/{x}/{y}.mvt").status_code == 403
    assert sign_in("administrator").get(f"/api/tiles/venues/14/{x}/{y}.mvt").status_code == 200
    view = orjson.loads(body(sign_in("administrator").get("/api/map/in_view?box=118,32,119,33&minutes=10")))
    assert view["venues"] == 5
    assert view["residents"] is None


def test_another_area_sees_no_venue_and_no_cell():
    elsewhere = replace(SCOPE, region_codes=frozenset({"320500"}))
    x, y = tile_at(LON, LAT, 14)
    assert map_tiles.venue_tile(elsewhere, 14, x, y, ALL) == b""
    assert map_tiles.cell_tile(elsewhere, 14, x, y, ALL) == b""
    assert map_tiles.cell_tile(elsewhere, 9, *tile_at(LON, LAT, 9), ALL) == b""
    assert search.find_venues(elsewhere, "足球", "zh", 12) == []
    assert venue.card(elsewhere, 0) is None


def test_an_address_that_names_build_and_scope_may_be_kept_for_ever(sign_in, served_town):
    from components.map_config import scope_key

    x, y = tile_at(LON, LAT, 14)
    path = f"/api/tiles/venues/14/{x}/{y}.mvt?build={served_town}"
    client = sign_in("planner")
    lasting = client.get(f"{path}&scope={scope_key(SCOPE)}")
    assert "immutable" in lasting.headers["Cache-Control"]
    again = client.get(f"{path}&scope={scope_key(SCOPE)}", headers={"If-None-Match": lasting.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    for other in (f"{path}&scope=0000000000", f"/api/tiles/venues/14/{x}/{y}.mvt?build=old"):
        assert "immutable" not in client.get(other).headers["Cache-Control"]


def test_search_finds_names_that_begin_with_the_text_first():
    def names(text: str, limit: int = 12) -> list[str]:
        return [hit.name for hit in search.find_venues(SCOPE, text, "zh", limit)]

    assert set(names("球")) == {"足球场", "篮球场"}
    assert names("足") == ["足球场"]
    assert [hit.kind for hit in search.find_regions(SCOPE, "Study", "en", 12)] == ["region"]
    assert names("v3") == ["游泳馆"]
    assert names("  ") == names("场篮") == search.find_regions(SCOPE, " ", "zh", 12) == []
    assert len(names("球", 1)) == 1


def test_colours_split_the_regions_evenly():
    assert step_limits([0.82, 0.86, 0.88, 0.91, 0.93, 0.97]) == (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
    assert step_limits([0.012, 0.03, 0.05, 0.09]) == (0.01, 0.02, 0.04, 0.06, 0.08, 0.1)
    assert step_limits([]) == step_limits([0.35])


def test_bodies_are_dropped_oldest_first():
    from api._answer import BodyCache

    cache = BodyCache(capacity_bytes=250)
    for name in ("a", "b"):
        cache.put(name, name.encode() * 100)
    assert cache.get("a") is not None
    cache.put("c", b"c" * 100)
    assert cache.get("b") is None
    assert cache.get("a") is not None


def test_residents_near_a_venue_are_counted_on_cells():
    near = venue.residents_near(SCOPE, 0)
    frame = pl.DataFrame({"minutes": list(near), "residents": list(near.values())})
    assert frame["residents"].is_sorted()
    assert near[15] <= sum(10 + i for i in range(SIDE) for _ in range(SIDE))


def test_the_profile_of_the_study_area_is_the_sum_of_its_cells():
    found = area.profile(SCOPE, "000000", ALL, "network", "zh")
    assert found.region.name == "研究范围"
    assert found.bands[0].band_code == "all"
    assert found.bands[0].resident_count == _run.array("cell")["residents"][:, 0].sum()
    assert [band.band_code for band in found.bands] == ["all"], "ages were not delivered"
    assert found.venue_count == 5
    assert area.profile(SCOPE, "999999", ALL, "network", "zh") is None


def test_the_map_starts_with_the_top_of_the_scope():
    frame = pl.DataFrame({"region_code": ["320000", "320500", "320505"], "parent_code": [None, "320000", "320500"]})
    assert root_code(SCOPE, frame) == "320000"
    assert root_code(replace(SCOPE, region_codes=frozenset({"320500"})), frame) == "320500"
    assert root_code(replace(SCOPE, region_codes=frozenset({"320500", "320505"})), frame) == "320000"
    assert root_code(SCOPE, regions(SCOPE)) == "000000"
    assert visible_leaves(SCOPE).tolist() == [True, True]
    assert visible_leaves(replace(SCOPE, region_codes=frozenset({"320500"}))).tolist() == [False, False]
