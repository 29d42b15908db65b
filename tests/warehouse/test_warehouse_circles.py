"""Circles by group, hour and price on a small town: sets of venues read off by hand, figures counted in plain loops."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_town import SIDE, deliver_town, write_town

from analytics.accessibility import BANDS, GROUPS, limit_units
from geodata.network import UNIT_M, Snap
from kernel.categories import CATEGORIES
from kernel.errors import AccessDenied
from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from warehouse.build.run import build
from warehouse.publish import publish
from warehouse.queries import _run, circles
from warehouse.queries import map as map_queries
from warehouse.queries.coverage import covered
from warehouse.queries.daylight import is_dark, twilight
from warehouse.queries.reach import qualifying
from warehouse.queries.step_free import step_free
from warehouse.queries.venue_filter import MINUTES, VenueFilter, WeekTime, read_filter
from warehouse.snapshot import open_store

SCOPE = GrantedScope("t", "planner", frozenset(), "internal", frozenset({"planning.view"}))
# id: type, fee, hours, is_lit, is_indoor, owner
VENUES = {
    "v0": ("C10", "free", "24/7", "false", "false", "neighbourhood"),
    "v1": ("C20", "paid", "Mo-Fr 09:00-21:00; Sa-Su 08:00-22:00", "true", "true", "enterprise"),
    "v2": ("E10", "free", "", "", "false", "village"),
    "v3": ("B10", "low", "Mo-Su 06:00-20:00", "", "true", "public_institution"),
    "v4": ("C20", "free", "", "true", "false", "school"),
    "v5": ("C20", "free", "as the janitor likes", "", "", "other"),
}
EVERYBODY_OPEN = {"v2", "v5"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The town with hours, ages and a flight of steps across its middle."""
    folder = write_town(tmp_path_factory.mktemp("circles_town_files"))
    with (folder / "venue.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["venue_id", "venue_name", "venue_type_code", "fee_policy", "opening_hours", "is_lit", "is_indoor",
             "owner_kind", "lon", "lat", "area_m2"]
        )  # fmt: skip
        for place, (key, values) in enumerate(VENUES.items()):
            rows.writerow([key, f"名{place}", *values, 118.80 + place * 0.001 + 0.0001, 32.05, 100 * (place + 1)])
    with (folder / "population_cell.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["cell_id", "lon", "lat", "resident_count", *(f"{band}_count" for band in BANDS[1:])])
        for i in range(SIDE):
            for j in range(SIDE):
                ages = [1 + i, 2 + j, 3, 4 + i, 5, 1 + j]
                rows.writerow([f"c{i}_{j}", 118.80 + i * 0.001 + 0.0003, 32.05 + j * 0.001 + 0.0002, sum(ages), *ages])
    streets = json.loads((folder / "street.geojson").read_text("utf-8"))
    for feature in streets["features"]:
        _, row, right = feature["properties"]["street_id"].split("_")
        # Everything that leads from the third row of junctions to the fourth.
        if (row, right) == ("2", "0"):
            feature["properties"]["kind"] = "steps"
    (folder / "street.geojson").write_text(json.dumps(streets), "utf-8")
    settings = replace(load_settings({}), data_dir=tmp_path_factory.mktemp("circles_town") / "var")
    deliver_town(folder, settings)
    publish(settings, build(settings).build_id)
    return settings


@pytest.fixture(scope="module", autouse=True)
def _served(town: Settings) -> Iterator[None]:
    with _run.reading_from(open_store(town)):
        yield


def names() -> dict[int, str]:
    """Return the id of each venue by its number; venue 名3 is v3."""
    table = _run.array("map_tile")
    start, text = table["venue_name_start"], table["venue_name_text"]
    return {
        int(index): "v" + text[start[place] : start[place + 1]].tobytes().decode()[1:]
        for place, index in enumerate(table["venue_index"])
    }


def ids(chosen: np.ndarray) -> set[str]:
    return {names()[index] for index in np.flatnonzero(chosen)}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, {"v0", "v1", "v2", "v3", "v4", "v5"}),
        ({"fee": "low"}, {"v0", "v2", "v3", "v4", "v5"}),
        ({"fee": "free", "schools": "0"}, {"v0", "v2", "v5"}),
        # Tuesday noon in June: the hall, the pool; the school has class.
        ({"at": "1-1200", "month": "6"}, {"v0", "v1", "v3"} | EVERYBODY_OPEN),
        # Tuesday seven in the evening: light in June, dark in November, when the unlit court is of no use.
        ({"at": "1-1900", "month": "6"}, {"v0", "v1", "v3", "v4"} | EVERYBODY_OPEN),
        ({"at": "1-1900", "month": "11"}, {"v1", "v3", "v4"} | EVERYBODY_OPEN),
        ({"at": "5-2130", "month": "6"}, {"v1"} | EVERYBODY_OPEN),
        ({"at": "1-2130", "month": "6"}, EVERYBODY_OPEN),
        ({"at": "1-1900", "month": "11", "categories": "basketball", "fee": "free"}, {"v4", "v5"}),
    ],
)
def test_who_counts_when(query, wanted) -> None:
    assert ids(qualifying(read_filter(query))) == wanted


def plain_costs(venues: set[str], *, takes_steps: bool) -> np.ndarray:
    """Return the way of each cell to the nearest of some venues in metres, by networkx from the arrays of the build."""
    network = _run.array("street_network")
    free = step_free()
    entrance, cell = _run.array("entrance"), _run.array("cell")
    doors = {name: entrance[name] if takes_steps else getattr(free.doors, name) for name in Snap.__slots__}
    cells = {name: cell[name] if takes_steps else getattr(free.cells, name) for name in Snap.__slots__}
    graph = nx.Graph()
    for edge in range(len(network["edge_from"])):
        if takes_steps or not network["edge_has_steps"][edge]:
            ends = int(network["edge_from"][edge]), int(network["edge_to"][edge])
            graph.add_edge(*ends, weight=float(network["edge_cost_exact"][edge]))
    for place, index in enumerate(entrance["venue_index"]):
        if names()[int(index)] in venues and doors["edge"][place] >= 0:
            _join(graph, network, ("door", place), doors, place)
            graph.add_edge("all", ("door", place), weight=0.0)
    found = []
    for place in range(len(cells["edge"])):
        own = graph.copy()
        _join(own, network, "cell", cells, place)
        for door in range(len(entrance["venue_index"])):
            if ("door", door) in own and doors["edge"][door] == cells["edge"][place]:
                along = abs(doors["offset_cost"][door] - cells["offset_cost"][place])
                legs = (doors["access_m"][door] + cells["access_m"][place]) / UNIT_M
                own.add_edge("cell", ("door", door), weight=along + legs)
        is_reached = "all" in own and nx.has_path(own, "cell", "all")
        found.append(nx.dijkstra_path_length(own, "cell", "all") if is_reached else np.inf)
    return np.array(found)


def _join(graph: nx.Graph, network: dict, name: object, places: dict, place: int) -> None:
    edge, access = int(places["edge"][place]), places["access_m"][place] / UNIT_M
    offset = places["offset_cost"][place]
    graph.add_edge(name, int(network["edge_from"][edge]), weight=offset + access)
    graph.add_edge(name, int(network["edge_to"][edge]), weight=network["edge_cost_exact"][edge] - offset + access)


def figure(frame: pl.DataFrame, group: str, column: str) -> float:
    row = frame.filter((pl.col("region_code") == root()) & (pl.col("group_code") == group))
    assert row.height == 1
    return row[column][0]


def root() -> str:
    return circles.leaves(SCOPE)[0]


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize(
    "query", [{"categories": "basketball", "fee": "free"}, {"at": "1-1900", "month": "11", "schools": "0"}]
)
def test_groups_equal_a_count_in_plain_loops(query, minutes) -> None:
    venue_filter = read_filter(query)
    frame = circles.group_coverage(SCOPE, venue_filter, minutes)
    venues = ids(qualifying(venue_filter))
    residents = _run.array("cell")["residents"].astype(float)
    for code, group in GROUPS.items():
        cost = plain_costs(venues, takes_steps=group.takes_steps)
        fast = plain_costs(venues, takes_steps=True)
        people = sum(residents[:, BANDS.index(band)] for band in group.bands)
        own, adult = limit_units(minutes, group.speed_km_per_h), limit_units(minutes)
        # Nobody stands within a hair of a limit, so rounding cannot decide.
        assert np.abs(cost - own).min() > 2
        assert figure(frame, code, "resident_count") == people.sum()
        assert figure(frame, code, "covered_count") == people[cost <= own].sum()
        assert figure(frame, code, "covered_at_adult_pace_count") == people[fast <= adult].sum()


def test_steps_bar_wheelchairs_and_nobody_else() -> None:
    """The pool alone, south of the steps: with steps half the town is near, without it is not."""
    frame = circles.group_coverage(SCOPE, read_filter({"categories": "swimming"}), 10)
    everyone, wheels = (figure(frame, code, "covered_count") for code in ("everyone", "wheelchair"))
    assert 0 < wheels < everyone
    cell = _run.array("cell")
    north = cell["lat"] > 32.0525 * 1e7
    cost = plain_costs({"v3"}, takes_steps=False)
    assert np.isinf(cost[north]).all()
    assert np.isfinite(cost[~north]).all()


def test_the_one_speed_figure_is_that_of_the_map() -> None:
    venue_filter = read_filter({"categories": "basketball", "fee": "free"})
    frame = circles.group_coverage(SCOPE, venue_filter, 5)
    mart = covered(SCOPE, venue_filter, "network")
    row = mart.filter((pl.col("age_band_code") == "all") & (pl.col("minute_count") == 5))
    assert figure(frame, "everyone", "covered_count") == row["covered_count"][0]
    assert figure(frame, "everyone", "covered_at_adult_pace_count") == row["covered_count"][0]


def test_overstated_people_are_those_between_the_paces() -> None:
    frame = circles.group_coverage(SCOPE, read_filter({"categories": "swimming"}), 5)
    own = sum(figure(frame, code, "covered_count") for code in circles.AGE_GROUPS)
    fast = sum(figure(frame, code, "covered_at_adult_pace_count") for code in circles.AGE_GROUPS)
    of_town = frame.filter(pl.col("region_code") == root())
    assert circles.overstated_people(of_town) == fast - own > 0
    assert circles.overstated_people(of_town.filter(pl.col("group_code") != "child")) is None
    # Age groups add up to everybody.
    assert fast == figure(frame, "everyone", "covered_count")


@pytest.mark.parametrize("query", [{}, {"at": "1-1900", "month": "11"}, {"fee": "low", "schools": "0"}])
def test_each_category_is_the_circle_of_its_own_filter(query) -> None:
    venue_filter = read_filter(query)
    table = circles.category_coverage(SCOPE, venue_filter, 10)
    assert set(table["category_code"]) == set(CATEGORIES)
    for category in CATEGORIES:
        alone = circles.group_coverage(SCOPE, replace(venue_filter, categories=frozenset({category})), 10)
        own = table.filter(pl.col("category_code") == category)
        for code in GROUPS:
            assert figure(own, code, "covered_count") == figure(alone, code, "covered_count"), (category, code)
            assert figure(own, code, "resident_count") == figure(alone, code, "resident_count")


def test_every_hour_of_the_week_is_the_circle_at_that_hour() -> None:
    week = circles.through_the_week(SCOPE, read_filter({"fee": "free"}), 11, 1)
    assert week.filter(pl.col("region_code") == root()).height == 2 * 24 * 3 * 5
    for weekday, hour in ((1, 3), (1, 12), (1, 19), (5, 9), (5, 23)):
        at = WeekTime(weekday, hour * 60, 11)
        alone = circles.group_coverage(SCOPE, VenueFilter(fee_code="free", at=at), 10)
        own = week.filter((pl.col("weekday") == weekday) & (pl.col("hour") == hour) & (pl.col("minute_count") == 10))
        for code in ("everyone", "aged_80_plus"):
            assert figure(own, code, "covered_count") == figure(alone, code, "covered_count")


def test_a_week_of_saturdays_is_one_day() -> None:
    week = circles.through_the_week(SCOPE, VenueFilter(), 6, circles.SATURDAY)
    assert week["weekday"].unique().to_list() == [circles.SATURDAY]


QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.sampled_from(["basketball", "swimming", "basketball,gym", "football"]),
        "fee": st.sampled_from(["free", "low"]),
        "at": st.sampled_from(["1-1200", "1-1900", "5-2130", "6-0300"]),
        "schools": st.just("0"),
    },
)


@given(QUERIES, st.sampled_from(MINUTES))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_narrower_filter_covers_no_more(query, minutes) -> None:
    narrow = circles.group_coverage(SCOPE, read_filter(query), minutes)
    for part in query:
        wide = circles.group_coverage(SCOPE, read_filter({k: v for k, v in query.items() if k != part}), minutes)
        for code in GROUPS:
            assert figure(narrow, code, "covered_count") <= figure(wide, code, "covered_count")


def test_what_is_known_of_hours_is_counted() -> None:
    known = circles.hours_known(SCOPE, read_filter({"at": "1-0300", "month": "6"}), root())
    assert known == circles.HoursKnown(
        venue_count=6,
        counted_count=2,
        no_hours_count=1,
        unreadable_count=1,
        after_class_count=1,
        unknown_lamps_count=2,
    )
    assert circles.has_hours()


def test_the_map_counts_the_same_venues() -> None:
    venue_filter = read_filter({"at": "1-1900", "month": "11"})
    sums = map_queries.venue_sums(SCOPE, venue_filter)
    assert sums.rows() == [(root(), 5, 200.0 + 300 + 400 + 500 + 600)]
    box = (118.0, 31.0, 119.0, 33.0)
    assert map_queries.in_view(SCOPE, box, venue_filter, 10)["venues"] == 5
    assert map_queries.venue_sums(SCOPE, read_filter({"fee": "low"}))["venue_count"].sum() == 5


def test_it_is_dark_at_seven_in_november_only() -> None:
    assert is_dark(11, 19 * 60)
    assert not is_dark(6, 19 * 60)
    dawn, dusk = twilight(11)
    assert 6 * 60 < dawn < 7 * 60
    assert 17 * 60 < dusk < 18 * 60


def test_circles_are_internal_data() -> None:
    for ask in (
        lambda scope: circles.group_coverage(scope, VenueFilter(), 10),
        lambda scope: circles.category_coverage(scope, VenueFilter(), 10),
        lambda scope: circles.through_the_week(scope, VenueFilter(), 6, 1),
    ):
        with pytest.raises(AccessDenied):
            ask(replace(SCOPE, sensitivity="open"))


def test_other_areas_see_nothing() -> None:
    elsewhere = replace(SCOPE, region_codes=frozenset({"110000"}))
    assert circles.group_coverage(elsewhere, VenueFilter(), 10).height == 0
