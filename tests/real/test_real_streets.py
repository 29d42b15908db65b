"""Networks of real cities against plain Python: osmium's own node ids, a loop over ways, networkx."""

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import polars as pl
import pyproj
import pytest
import shapely

from geodata.crs import local_projection, project
from geodata.network import COORDINATE_SCALE, UNIT_S
from geodata.osm_tags import street_of
from geodata.snap import snap_to_edges
from geodata.streets import build_network, component_report, network_components
from warehouse.formats.osm_pbf import read_streets

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
EXTRACTS = {
    "portoalegre": REAL / "network_portoalegre" / "poa_osm.pbf",
    "heidelberg": REAL / "network_heidelberg" / "heidelberg.test.pbf",
}
HEXAGONS = REAL / "network_portoalegre" / "poa_hexgrid.csv"
# A fixed choice of ways; the rules of what is walkable have their own tests.
HIGHWAYS = {"primary", "secondary", "tertiary", "residential", "service", "footway", "path", "steps", "pedestrian"}

pytestmark = pytest.mark.real


def walk_ways(path, is_walked):
    """Ways as lists of (node id, lon, lat), in whole 1e-7 degrees; nodes outside the extract cut a way."""
    ways = []
    for way in osmium.FileProcessor(str(path)).with_locations():
        if not way.is_way() or not is_walked(way.tags):
            continue
        run = []
        for node in way.nodes:
            if node.location.valid():
                run.append((node.ref, node.location.x, node.location.y))
            else:
                ways.append(run)
                run = []
        ways.append(run)
    return [way for way in ways if len(way) > 1]


def plain_graph(ways):
    """The twin: a node of the extract is a junction when it is used twice or ends a way."""
    uses: dict = {}
    for way in ways:
        for place in way:
            uses[place[1:]] = uses.get(place[1:], 0) + 1
    geod = pyproj.Geod(ellps="WGS84")
    graph = nx.MultiGraph()
    for way in ways:
        begin, length = way[0][1:], 0.0
        for a, b in itertools.pairwise(way):
            length += geod.inv(a[1] / 1e7, a[2] / 1e7, b[1] / 1e7, b[2] / 1e7)[2]
            if uses[b[1:]] > 1 or b is way[-1]:
                if length > 0 or begin != b[1:]:
                    graph.add_edge(begin, b[1:], length=length)
                begin, length = b[1:], 0.0
    return graph


@pytest.fixture(scope="module", params=EXTRACTS)
def city(request):
    """Ways and the network built from their shapes alone."""
    path = EXTRACTS[request.param]
    if not path.exists():
        pytest.skip(f"the real data of others are not beside the checkout: {path} is missing")
    ways = walk_ways(path, lambda tags: tags.get("highway") in HIGHWAYS)
    lines = [shapely.LineString([(x / 1e7, y / 1e7) for _, x, y in way]) for way in ways]
    frame = pl.DataFrame({"geometry": shapely.to_wkb(lines).tolist(), "kind": ["footway"] * len(lines)})
    return request.param, ways, build_network(frame)


def test_nodes_edges_and_length_equal_the_plain_loop(city):
    _, ways, network = city
    graph = plain_graph(ways)
    places = set(zip(network.node_lon.tolist(), network.node_lat.tolist(), strict=True))
    assert places == set(graph.nodes)
    assert network.edge_count == graph.number_of_edges()
    lengths = sorted(length for _, _, length in graph.edges(data="length"))
    np.testing.assert_allclose(sorted(network.edge_length_m), lengths, atol=1e-6)


def test_joining_by_position_equals_joining_by_osm_ids(city):
    """Segments cut in a loop at shared node ids and given with those ids make the same network."""
    _, ways, network = city
    uses: dict = {}
    for way in ways:
        for node, _, _ in way:
            uses[node] = uses.get(node, 0) + 1
    rows = []
    for way in ways:
        first = 0
        for i in range(1, len(way)):
            if uses[way[i][0]] > 1 or i == len(way) - 1:
                line = shapely.LineString([(x / 1e7, y / 1e7) for _, x, y in way[first : i + 1]])
                rows.append((shapely.to_wkb(line), str(way[first][0]), str(way[i][0]), "footway"))
                first = i
    columns = ["geometry", "from_node_id", "to_node_id", "kind"]
    by_id = build_network(pl.DataFrame(rows, schema=columns, orient="row"))
    # A few OSM nodes share a position: joined by position, apart by id.
    assert 0 <= by_id.node_count - network.node_count <= 5
    assert abs(by_id.edge_count - network.edge_count) <= 10
    assert by_id.edge_length_m.sum() == pytest.approx(network.edge_length_m.sum(), rel=1e-9)


def test_components_equal_networkx(city):
    _, ways, network = city
    expected = sorted((len(part) for part in nx.connected_components(plain_graph(ways))), reverse=True)
    component = network_components(network)
    report = component_report(network, component)
    assert report["node_count"].to_list() == expected
    # One large town and many scraps at the rim of the extract.
    assert expected[0] > 0.8 * network.node_count


def test_places_on_streets_equal_shapely_in_the_plane(city):
    """2,000 places around the middle: nearest street by shapely's index in an equal-area plane."""
    _, _, network = city
    lon, lat = network.shape_lon / COORDINATE_SCALE, network.shape_lat / COORDINATE_SCALE
    rng = np.random.default_rng(6)
    at = rng.integers(0, len(lon), 2_000)
    point_lon, point_lat = lon[at] + rng.normal(0, 1e-3, 2_000), lat[at] + rng.normal(0, 1e-3, 2_000)
    projection = local_projection(lon, lat)
    lines = shapely.linestrings(
        np.column_stack(project(lon, lat, projection)),
        indices=np.repeat(np.arange(network.edge_count), np.diff(network.shape_start)),
    )
    points = shapely.points(*project(point_lon, point_lat, projection))
    nearest, distance = shapely.STRtree(lines).query_nearest(points, all_matches=False, return_distance=True)
    snap = snap_to_edges(network, point_lon, point_lat)
    found = snap.edge >= 0
    np.testing.assert_array_equal(found, distance <= 500.0)
    np.testing.assert_allclose(snap.access_m[found], distance[found], rtol=2e-4, atol=0.01)
    own = shapely.distance(lines[snap.edge[found]], points[found])
    np.testing.assert_allclose(own, distance[found], rtol=2e-4, atol=0.01)
    assert nearest.shape == (2, 2_000)


def test_nearly_all_people_of_porto_alegre_live_near_a_street(city):
    name, _, network = city
    if name != "portoalegre":
        pytest.skip("the hexagons are those of Porto Alegre")
    hexagons = pl.read_csv(HEXAGONS)
    snap = snap_to_edges(network, hexagons["lon"].to_numpy(), hexagons["lat"].to_numpy())
    people = hexagons["population"].to_numpy()
    assert people[snap.edge >= 0].sum() / people.sum() > 0.99


def plain_street_graph(path):
    """Streets by the tag rules, cut in a loop at OSM nodes that two walkable ways share."""
    return plain_graph(walk_ways(path, lambda tags: street_of(tags)[0] is not None))


@pytest.fixture(scope="module", params=EXTRACTS)
def delivered(request):
    """Path, streets as the reader of extracts delivers them, and their network."""
    path = EXTRACTS[request.param]
    if not path.exists():
        pytest.skip(f"the real data of others are not beside the checkout: {path} is missing")
    streets = read_streets(path).frame
    return path, streets, build_network(streets)


def test_delivered_streets_make_the_network_of_the_plain_loop(delivered):
    """Seen: Porto Alegre 19,096 nodes, 26,281 edges, 1,846 km; Heidelberg 30,740 nodes, 39,984 edges, 3,551 km."""
    path, streets, network = delivered
    graph = plain_street_graph(path)
    places = set(zip(network.node_lon.tolist(), network.node_lat.tolist(), strict=True))
    assert set(graph.nodes) <= places
    # The reader halves loops, which adds a node in the middle of each and no length.
    loops = nx.number_of_selfloops(graph)
    assert 0 <= network.node_count - graph.number_of_nodes() <= loops + 5
    assert 0 <= network.edge_count - graph.number_of_edges() <= loops + 10
    total = sum(length for _, _, length in graph.edges(data="length"))
    assert network.edge_length_m.sum() == pytest.approx(total, rel=1e-9)
    assert network.edge_count == len(streets)


def test_delivered_streets_join_alike_by_id_and_by_position(delivered):
    _, streets, network = delivered
    by_position = build_network(streets.drop("from_node_id", "to_node_id"))
    assert 0 <= network.node_count - by_position.node_count <= 5
    sizes = [component_report(n, network_components(n))["node_count"].to_list() for n in (network, by_position)]
    assert sizes[0][0] == pytest.approx(sizes[1][0], abs=5)
    assert sizes[0][0] > 0.9 * network.node_count


def test_bridges_steps_and_costs_of_delivered_streets(delivered):
    _, streets, network = delivered
    assert network.edge_is_bridge.sum() == streets["is_bridge"].sum() > 50
    assert network.edge_has_steps.sum() == streets["has_steps"].sum() > 300
    seconds = network.edge_cost_exact * UNIT_S
    speed_m_s = network.edge_length_m / seconds
    assert speed_m_s.max() == pytest.approx(4.8 / 3.6)
    assert speed_m_s[network.edge_has_steps].max() == pytest.approx(2.4 / 3.6)
