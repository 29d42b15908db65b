"""Water of OpenStreetMap extracts: a pond, a river with an island and what must not become water, written as PBF."""

from __future__ import annotations

from pathlib import Path

import osmium
import pytest
import shapely
from osmium.osm.mutable import Node, Relation, Way
from tests_delivery import check, refused

from warehouse.formats.osm_pbf import read_water

# Node ids on a grid: 11 is column 1, row 1; one step is 0.001 degree.
POSITIONS = {10 * x + y: (round(8.6 + 0.001 * x, 7), round(49.4 + 0.001 * y, 7)) for x in range(10) for y in range(10)}

POND = [11, 21, 22, 12, 11]
# The river's outer shore in two open ways, and the shore of its island.
NORTH, SOUTH, ISLAND = [31, 34, 84, 81], [81, 51, 31], [52, 53, 63, 62, 52]
WATER = {"natural": "water"}
WAYS = {
    1: (POND, WATER | {"water": "pond"}),
    2: (NORTH, {}),
    3: (SOUTH, {}),
    4: (ISLAND, {}),
    5: ([15, 25, 26, 16, 15], {"landuse": "basin", "intermittent": "yes"}),
    6: ([15, 25, 26, 16, 15], {"natural": "water", "covered": "yes"}),
    7: ([17, 27, 28, 18, 17], {"waterway": "canal", "water": "canal"}),
    8: ([17, 27, 28], {"waterway": "riverbank"}),
    9: ([18, 28, 29, 19, 18], {"landuse": "forest"}),
    10: ([91, 92, 93, 91], {"natural": "water", "area": "no"}),
}
RIVER = ([("w", 2, "outer"), ("w", 3, "outer"), ("w", 4, "inner")], {"natural": "water", "water": "river"})
RELATIONS = {
    1: (RIVER[0], {"type": "multipolygon", "name": "Fluss"} | RIVER[1]),
    2: ([("w", 9, "outer"), ("w", 99, "outer")], {"type": "multipolygon"} | WATER),
    3: ([("w", 1, "main_stream")], {"type": "waterway", "water": "river"}),
}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "water.osm.pbf"
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for ref, position in POSITIONS.items():
            writer.add_node(Node(id=ref, version=1, location=position, tags=WATER if ref == 99 else {}))
        for ref, (refs, tags) in WAYS.items():
            writer.add_way(Way(id=ref, version=1, nodes=refs, tags=tags))
        for ref, (members, tags) in RELATIONS.items():
            writer.add_relation(Relation(id=ref, version=1, members=members, tags=tags))
    return path


def ring(*refs: int) -> list[tuple[float, float]]:
    return [POSITIONS[ref] for ref in refs]


def test_water_comes_from_closed_ways_and_multipolygons(extract: Path) -> None:
    frame = read_water(extract).frame
    rows = {row["water_id"]: row for row in frame.iter_rows(named=True)}
    assert set(rows) == {"osm-w1", "osm-r1"}
    assert frame["row_number"].to_list() == [1, 2]
    assert (rows["osm-w1"]["kind"], rows["osm-w1"]["water_name"]) == ("lake", None)
    assert (rows["osm-r1"]["kind"], rows["osm-r1"]["water_name"]) == ("river", "Fluss")
    pond, river = (shapely.from_wkb(rows[name]["geometry"]) for name in ("osm-w1", "osm-r1"))
    assert pond.equals(shapely.Polygon(ring(*POND)))
    assert river.equals(shapely.Polygon(ring(31, 34, 84, 81, 51), [ring(*ISLAND)]))


def test_what_is_left_out_is_counted_by_reason(extract: Path) -> None:
    """Way 8 is open and relation 2 lacks a member; way 7 is the line of a canal and way 10 says that it is one."""
    assert read_water(extract).left_out == {"incomplete outline": 2, "intermittent": 1, "underground": 1}


def test_water_of_an_extract_passes_the_contract_check(tmp_path: Path, extract: Path) -> None:
    checked = check(tmp_path, extract.read_bytes(), "a.osm.pbf", dataset="water")
    assert (checked.accepted_count, checked.refused_count) == (2, 0)
    assert {finding.rule for finding in checked.notes} == {"OSM_LEFT_OUT"}


def test_an_extract_without_water_says_so(tmp_path: Path) -> None:
    path = tmp_path / "dry.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(Node(id=11, version=1, location=POSITIONS[11]))
        writer.add_way(Way(id=8, version=1, nodes=[11, 12], tags={"waterway": "riverbank"}))
    (finding,) = refused(tmp_path, path.read_bytes(), "a.osm.pbf", dataset="water")
    assert finding.rule == "EMPTY_FILE"
    assert "incomplete outline 1" in finding.message
