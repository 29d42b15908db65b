"""OpenStreetMap extracts: a town small enough to count by hand, written as PBF."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import networkx as nx
import osmium
import polars as pl
import pytest
import shapely
from osmium.osm.mutable import Node, Relation, Way
from tests_delivery import check, refused, rules

from geodata.streets import build_network
from kernel.errors import UsageError
from warehouse.formats.osm_pbf import read_streets, read_venues

Tags = dict[str, str]

# Node ids on a grid: 11 is column 1, row 1; one step is 0.001 degree.
POSITIONS = {
    10 * x + y: (round(8.6 + 0.001 * x, 7), round(49.4 + 0.001 * y, 7)) for x in range(1, 10) for y in range(10)
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_pbf(
        ways: dict[int, tuple[list[int], Tags]],
        *,
        nodes: dict[int, Tags] | None = None,
        relations: dict[int, tuple[list[tuple[str, int, str]], Tags]] | None = None,
        without: tuple[int, ...] = (),
    ) -> Path:
        path = tmp_path / "town.osm.pbf"
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for ref, position in POSITIONS.items():
                if ref not in without:
                    writer.add_node(Node(id=ref, version=1, location=position, tags=(nodes or {}).get(ref, {})))
            for ref, (refs, tags) in ways.items():
                writer.add_way(Way(id=ref, version=1, nodes=refs, tags=tags))
            for ref, (members, tags) in (relations or {}).items():
                writer.add_relation(Relation(id=ref, version=1, members=members, tags=tags))
        return path

    return write_pbf


def pieces(frame: pl.DataFrame) -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in frame.select("street_id", "from_node_id", "to_node_id").iter_rows()}


STREET = {"highway": "residential", "name": "Marktstraße"}


def test_streets_are_split_where_walkable_ways_meet_and_nowhere_else(write: Callable[..., Path]) -> None:
    path = write(
        {
            1: ([11, 21, 31, 41], STREET),
            2: ([30, 31, 32], {"highway": "footway"}),
            3: ([20, 21, 22], {"highway": "motorway"}),
            4: ([41, 42], {"highway": "steps", "bridge": "yes"}),
        }
    )
    delivered = read_streets(path)
    assert pieces(delivered.frame) == {
        "1/1": ("11", "31"),
        "1/2": ("31", "41"),
        "2/1": ("30", "31"),
        "2/2": ("31", "32"),
        "4/1": ("41", "42"),
    }
    assert delivered.left_out == {"motorway": 1}
    first = delivered.frame.row(0, named=True)
    assert shapely.from_wkb(first["geometry"]).coords[:] == [POSITIONS[ref] for ref in (11, 21, 31)]
    assert (first["kind"], first["street_name"], first["speed_factor"]) == ("street", "Marktstraße", 1.0)
    steps = delivered.frame.row(4, named=True)
    assert (steps["kind"], steps["has_steps"], steps["is_bridge"], steps["speed_factor"]) == ("steps", True, True, 0.5)


def test_loops_and_ways_that_cross_themselves_are_split(write: Callable[..., Path]) -> None:
    path = write({1: ([11, 21, 22, 12, 11], STREET), 2: ([31, 41, 42, 32, 31, 30], STREET), 3: ([10, 11], STREET)})
    found = pieces(read_streets(path).frame)
    assert found == {
        "1/1": ("11", "22"),
        "1/2": ("22", "11"),
        "2/1": ("31", "42"),
        "2/2": ("42", "31"),
        "2/3": ("31", "30"),
        "3/1": ("10", "11"),
    }
    assert all(begin != end for begin, end in found.values())


def test_repeated_and_missing_vertices_break_nothing(write: Callable[..., Path]) -> None:
    path = write(
        {1: ([11, 21, 21, 31], STREET), 2: ([41, 51, 61, 71, 81], STREET), 3: ([61, 62], STREET)}, without=(61, 62)
    )
    delivered = read_streets(path)
    assert pieces(delivered.frame) == {"1/1": ("11", "31"), "2/1": ("41", "51"), "2/2": ("71", "81")}
    assert delivered.left_out == {"outside the extract": 1}


def test_the_network_of_the_pieces_has_the_distances_of_the_ways(write: Callable[..., Path]) -> None:
    ways = {
        1: ([11, 21, 31, 41, 51], STREET),
        2: ([31, 32, 33, 34], {"highway": "path"}),
        3: ([11, 12, 13, 14, 24, 34], {"highway": "cycleway"}),
        4: ([51, 52, 53, 43, 33], {"highway": "service"}),
    }
    plain = nx.Graph()
    for refs, _ in ways.values():
        for a, b in pairwise(refs):
            plain.add_edge(a, b, steps=1)
    network = build_network(read_streets(write(ways)).frame)
    junctions = {11, 31, 33, 34, 51}
    assert network.node_count == len(junctions)
    frame = read_streets(write(ways)).frame
    contracted = nx.Graph()
    for row in frame.iter_rows(named=True):
        steps = len(shapely.from_wkb(row["geometry"]).coords) - 1
        contracted.add_edge(int(row["from_node_id"]), int(row["to_node_id"]), steps=steps)
    assert set(contracted) == junctions
    for a in junctions:
        for b in junctions:
            length = nx.shortest_path_length(plain, a, b, weight="steps")
            assert nx.shortest_path_length(contracted, a, b, weight="steps") == length


PITCH = {"leisure": "pitch", "sport": "soccer", "lit": "yes", "fee": "yes", "opening_hours": "Mo-Su 08:00-20:00"}


def test_venues_come_from_nodes_ways_and_multipolygons(write: Callable[..., Path]) -> None:
    path = write(
        {
            1: ([11, 21, 22, 12, 11], PITCH | {"name": "Platz"}),
            2: ([41, 51, 61, 62, 52, 42, 41], {}),
            3: ([71, 81, 82], {"leisure": "track", "sport": "running"}),
            4: ([11, 10], STREET),
            5: ([13, 23, 24, 14, 13], PITCH | {"access": "private"}),
        },
        nodes={34: {"leisure": "fitness_station"}, 51: {"barrier": "gate"}, 61: {"barrier": "gate", "access": "no"}},
        relations={9: ([("w", 2, "outer")], {"type": "multipolygon", "leisure": "sports_centre", "sport": "swimming"})},
    )
    delivered = read_venues(path)
    rows = {row["venue_id"]: row for row in delivered.frame.iter_rows(named=True)}
    assert set(rows) == {"osm-n34", "osm-w1", "osm-w3", "osm-r9"}
    assert delivered.left_out == {"access=private": 1}
    pitch = rows["osm-w1"]
    assert (pitch["venue_name"], pitch["venue_type_code"], pitch["fee_policy"]) == ("Platz", "C11", "paid")
    assert (pitch["is_lit"], pitch["is_indoor"], pitch["opening_hours"]) == (True, False, "Mo-Su 08:00-20:00")
    assert pitch["entrances"] == "8.601 49.401"
    assert (pitch["lon"], pitch["lat"]) == pytest.approx((8.6015, 49.4015))
    # 0.001 degree of longitude at 49.4 N is 72.5 m, of latitude 111.2 m.
    assert pitch["area_m2"] == pytest.approx(72.5 * 111.2, rel=0.005)
    centre = rows["osm-r9"]
    assert (centre["venue_type_code"], centre["entrances"]) == ("B11", "8.605 49.401")
    assert rows["osm-w3"]["area_m2"] is None
    assert (rows["osm-n34"]["venue_type_code"], rows["osm-n34"]["entrances"]) == ("E10", None)


def test_outlines_that_the_extract_cuts_are_counted(write: Callable[..., Path]) -> None:
    path = write(
        {1: ([11, 21, 22, 12, 11], PITCH)},
        relations={9: ([("w", 77, "outer")], {"type": "multipolygon", "leisure": "stadium"})},
    )
    assert read_venues(path).left_out == {"incomplete outline": 1}


def test_an_extract_passes_the_contract_check(tmp_path: Path, write: Callable[..., Path]) -> None:
    data = write({1: ([11, 21, 31], STREET), 2: ([31, 32, 42, 41, 31], PITCH)}).read_bytes()
    streets = check(tmp_path, data, "a.osm.pbf", dataset="street")
    assert (streets.accepted_count, streets.refused_count) == (1, 0)
    assert streets.left_out == {}
    venues = check(tmp_path, data, "a.osm.pbf", dataset="venue")
    assert venues.frame["entrances"].to_list() == ["8.603 49.401"]
    assert rules(refused(tmp_path, data, "a.osm.pbf", dataset="region")) == ["TYPE_MISMATCH"]


def test_an_extract_cut_off_anywhere_is_refused_or_whole(tmp_path: Path, write: Callable[..., Path]) -> None:
    data = write({index: ([11, 21, 31], STREET) for index in range(1, 400)}).read_bytes()
    whole = check(tmp_path, data, "a.osm.pbf", dataset="street").accepted_count
    for cut in range(5, len(data), max(1, len(data) // 40)):
        findings = refused(tmp_path, data[:cut], "a.osm.pbf", dataset="street")
        # Cut between two blocks, the file is well-formed but has no ways.
        assert rules(findings)[0] in ("TRUNCATED", "EMPTY_FILE", "TYPE_MISMATCH")
    # The ways lie on each other, so the node in their middle is a junction.
    assert whole == 2 * 399


def test_an_extract_without_streets_is_empty(tmp_path: Path, write: Callable[..., Path]) -> None:
    data = write({1: ([11, 21], {"highway": "motorway"})}).read_bytes()
    (finding,) = refused(tmp_path, data, "a.osm.pbf", dataset="street")
    assert finding.rule == "EMPTY_FILE"
    assert "motorway 1" in finding.message
    with pytest.raises(UsageError):
        check(tmp_path, data, "a.osm.pbf", dataset="street", rename={"nothing": "x"})
