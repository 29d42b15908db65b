"""Street segments to a network: topology, lengths, costs, order, components."""

import math

import networkx as nx
import numpy as np
import polars as pl
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata.network import UNIT_M, StreetNetwork
from geodata.streets import KINDS, WALKING_RULES, build_network, component_report, network_components
from kernel.errors import UsageError


def streets(*rows, **columns):
    """Frame of lines given as lists of (lon, lat); columns by name."""
    frame = pl.DataFrame(
        {"geometry": [None if row is None else shapely.to_wkb(shapely.LineString(row)) for row in rows]},
        schema={"geometry": pl.Binary},
    )
    defaults = {"kind": ["street"] * len(rows)}
    return frame.with_columns([pl.Series(name, values) for name, values in (defaults | columns).items()])


def ids(*pairs):
    return {"from_node_id": [a for a, _ in pairs], "to_node_id": [b for _, b in pairs]}


def as_graph(network: StreetNetwork) -> nx.MultiGraph:
    """Edges between positions, through the arcs."""
    graph = nx.MultiGraph()
    place = list(zip(network.node_lon.tolist(), network.node_lat.tolist(), strict=True))
    for node in range(network.node_count):
        graph.add_node(place[node])
        for arc in range(network.arc_start[node], network.arc_start[node + 1]):
            edge = int(network.arc_edge[arc])
            if not graph.has_edge(place[node], place[network.arc_node[arc]], key=edge):
                graph.add_edge(place[node], place[network.arc_node[arc]], key=edge, cost=int(network.arc_cost[arc]))
    return graph


def check_invariants(network: StreetNetwork):
    edges, nodes = network.edge_count, network.node_count
    assert network.arc_start[0] == 0
    assert network.arc_start[-1] == len(network.arc_node) == 2 * edges
    tail = np.repeat(np.arange(nodes), np.diff(network.arc_start))
    for arc in range(2 * edges):
        edge = network.arc_edge[arc]
        assert {tail[arc], network.arc_node[arc]} == {network.edge_from[edge], network.edge_to[edge]}
    assert np.bincount(network.arc_edge, minlength=edges).tolist() == [2] * edges
    expected = np.clip(np.rint(network.edge_cost_exact), 1, 65_534)
    np.testing.assert_array_equal(network.arc_cost, expected[network.arc_edge])
    first, last = network.shape_start[:-1], network.shape_start[1:] - 1
    assert (last > first).all()
    np.testing.assert_array_equal(network.shape_lon[first], network.node_lon[network.edge_from])
    np.testing.assert_array_equal(network.shape_lat[last], network.node_lat[network.edge_to])
    dtypes = {name: array.dtype for name, array in network.arrays().items()}
    assert dtypes["node_lon"] == dtypes["edge_from"] == dtypes["arc_edge"] == dtypes["shape_lat"] == np.int32
    assert dtypes["arc_cost"] == np.uint16
    assert dtypes["arc_start"] == dtypes["shape_start"] == np.int64
    assert dtypes["edge_kind"] == np.uint8
    assert dtypes["edge_has_steps"] == dtypes["edge_is_bridge"] == np.bool_


CROSS = (
    [(118.0, 32.0), (118.001, 32.0), (118.002, 32.0)],
    [(118.001, 31.999), (118.001, 32.0), (118.001, 32.001)],
)


def test_lines_without_ids_meet_at_shared_vertices():
    network = build_network(streets(*CROSS))
    check_invariants(network)
    assert (network.node_count, network.edge_count) == (5, 4)
    assert as_graph(network).degree[(1_180_010_000, 320_000_000)] == 4


def test_lines_without_ids_that_cross_without_a_shared_vertex_stay_apart():
    over = [(118.001, 31.999), (118.001, 32.001)]
    network = build_network(streets(CROSS[0], over))
    assert (network.node_count, network.edge_count) == (4, 2)
    assert network_components(network).max() == 1


def test_lines_with_ids_run_from_junction_to_junction_only():
    network = build_network(streets(*CROSS, **ids(("a", "b"), ("c", "d"))))
    check_invariants(network)
    assert (network.node_count, network.edge_count) == (4, 2)
    assert np.diff(network.shape_start).tolist() == [3, 3]


def test_ids_at_one_position_are_two_nodes():
    lines = ([(118.0, 32.0), (118.001, 32.0)], [(118.001, 32.0), (118.002, 32.0)])
    assert network_components(build_network(streets(*lines, **ids(("a", "below"), ("above", "c"))))).max() == 1
    assert network_components(build_network(streets(*lines, **ids(("a", "b"), ("b", "c"))))).max() == 0


def test_lines_with_and_without_ids_meet_at_declared_junctions():
    with_ids = [(118.0, 32.0), (118.001, 32.0)]
    through = [(118.001, 31.999), (118.001, 32.0), (118.001, 32.001)]
    network = build_network(streets(with_ids, through, **ids(("a", "b"), (None, None))))
    check_invariants(network)
    assert (network.node_count, network.edge_count) == (4, 3)
    assert network_components(network).max() == 0


def test_one_missing_id_makes_the_line_meet_by_position():
    network = build_network(streets(*CROSS, **ids(("a", None), (None, "d"))))
    assert (network.node_count, network.edge_count) == (5, 4)


def test_a_line_that_meets_itself_is_split_there():
    lollipop = [(118.0, 32.0), (118.001, 32.0), (118.002, 32.001), (118.002, 31.999), (118.001, 32.0)]
    network = build_network(streets(lollipop))
    check_invariants(network)
    assert (network.node_count, network.edge_count) == (2, 2)
    assert (network.edge_from == network.edge_to).sum() == 1


def test_closed_ring_is_one_loop_and_a_point_is_dropped():
    ring = [(118.0, 32.0), (118.001, 32.0), (118.001, 32.001), (118.0, 32.0)]
    point = [(118.5, 32.5), (118.5, 32.5)]
    network = build_network(streets(ring, point))
    check_invariants(network)
    assert (network.node_count, network.edge_count) == (1, 1)
    assert network.edge_length_m[0] > 300


def test_a_segment_without_length_between_two_junctions_still_joins_them():
    spot = [(118.001, 32.0), (118.001, 32.0)]
    lines = ([(118.0, 32.0), spot[0]], spot, [spot[0], (118.002, 32.0)])
    network = build_network(streets(*lines, **ids(("a", "b"), ("b", "c"), ("c", "d"))))
    check_invariants(network)
    assert network_components(network).max() == 0
    assert network.arc_cost.min() == 1


def test_parallel_edges_are_kept_with_their_own_shape_and_cost():
    straight = [(118.0, 32.0), (118.002, 32.0)]
    bent = [(118.0, 32.0), (118.001, 32.001), (118.002, 32.0)]
    network = build_network(streets(straight, bent, straight, **ids(("a", "b"), ("a", "b"), ("b", "a"))))
    assert (network.node_count, network.edge_count) == (2, 3)
    assert len(set(network.edge_length_m.round(3).tolist())) == 2


def test_lengths_are_geodesic_along_the_shape_and_costs_follow_the_speed():
    line = [(118.0, 32.0), (118.001, 32.0005), (118.003, 32.0)]
    network = build_network(streets(line, [(119, 32), (119, 32.001)], speed_factor=[0.8, None], kind=["path", "steps"]))
    geod = pyproj.Geod(ellps="WGS84")
    long = int(np.argmax(network.edge_length_m))
    expected = geod.line_length(*zip(*line, strict=True))
    assert network.edge_length_m[long] == pytest.approx(expected, abs=1e-6)
    seconds = network.edge_cost_exact[long] * 0.02
    assert seconds == pytest.approx(expected / (4.8 / 3.6 * 0.8), abs=1e-6)
    stairs = 1 - long
    assert network.edge_has_steps.tolist()[stairs] is True
    assert KINDS[network.edge_kind[stairs]] == "steps"
    factor = WALKING_RULES["steps"].speed_factor
    assert network.edge_cost_exact[stairs] == pytest.approx(network.edge_length_m[stairs] / (UNIT_M * factor))


def test_long_edges_are_clipped_below_the_mark_for_not_reached():
    network = build_network(streets([(118.0, 32.0), (118.1, 32.0)]))
    assert network.arc_cost.tolist() == [65_534, 65_534]
    assert network.edge_cost_exact[0] > 300_000


def test_what_is_not_walkable_is_left_out_and_rules_fill_silence():
    lines = [[(118.0, 32.0 + i / 1000), (118.001, 32.0 + i / 1000)] for i in range(5)]
    kinds = ["motor_road", "motor_road", "street", "ferry", "footway"]
    network = build_network(streets(*lines, kind=kinds, is_walkable=[None, True, False, None, None]))
    assert sorted(KINDS[kind] for kind in network.edge_kind) == ["footway", "motor_road"]


def test_bridges_and_steps_stay_with_their_edge():
    network = build_network(streets(*CROSS, is_bridge=[True, None], has_steps=[None, True]))
    east_west = network.shape_lat[network.shape_start[:-1]] == network.shape_lat[network.shape_start[1:] - 1]
    np.testing.assert_array_equal(network.edge_is_bridge, east_west)
    np.testing.assert_array_equal(network.edge_has_steps, ~east_west)


def test_multi_lines_are_taken_apart_and_ignore_ids():
    two = shapely.MultiLineString([[(118.0, 32.0), (118.001, 32.0)], [(118.002, 32.0), (118.003, 32.0)]])
    frame = pl.DataFrame({"geometry": [shapely.to_wkb(two)], "kind": ["path"], **ids(("a", "b"))})
    network = build_network(frame)
    assert (network.node_count, network.edge_count) == (4, 2)


def test_faults_are_refused():
    with pytest.raises(UsageError, match="Unknown kind"):
        build_network(streets(CROSS[0], kind=["autobahn"]))
    with pytest.raises(UsageError, match="No walkable street"):
        build_network(streets(CROSS[0], is_walkable=[False]))
    with pytest.raises(UsageError, match="No walkable street"):
        build_network(streets(None))
    area = pl.DataFrame({"geometry": [shapely.to_wkb(shapely.box(118, 32, 119, 33))], "kind": ["path"]})
    with pytest.raises(UsageError, match="not a line"):
        build_network(area)


def test_components_are_numbered_by_size():
    far = [[(118.5 + i / 1000, 32.0), (118.501 + i / 1000, 32.0)] for i in range(7)]
    network = build_network(streets(*CROSS, *far, [(119.0, 33.0), (119.001, 33.0)]))
    component = network_components(network)
    report = component_report(network, component)
    assert report["node_count"].to_list() == [8, 5, 2]
    assert report["edge_count"].to_list() == [7, 4, 1]
    assert report["length_m"].sum() == pytest.approx(network.edge_length_m.sum())
    assert report["lon"].to_list()[2] == pytest.approx(119.0, abs=0.01)


GRID_WALK = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6), min_size=1, max_size=8
)


def plain_graph(walks) -> nx.MultiGraph:
    """The twin: junctions counted and lines cut in a plain loop."""
    lines = [[p for i, p in enumerate(walk) if i == 0 or p != walk[i - 1]] for walk in walks]
    lines = [line for line in lines if len(line) > 1]
    uses: dict = {}
    for line in lines:
        for point in line:
            uses[point] = uses.get(point, 0) + 1
    graph = nx.MultiGraph()
    for line in lines:
        begin, length = line[0], 0.0
        for i in range(1, len(line)):
            length += math.dist(line[i - 1], line[i])
            if i == len(line) - 1 or uses[line[i]] > 1:
                graph.add_edge(begin, line[i], length=length)
                begin, length = line[i], 0.0
    return graph


@settings(max_examples=150, deadline=None)
@given(GRID_WALK)
@example([[(0, 0), (1, 0), (0, 0)], [(1, 0), (1, 0)]])
def test_joining_by_position_equals_a_plain_loop(walks):
    expected = plain_graph(walks)
    frame = streets(*[[(118 + x / 1000, 32 + y / 1000) for x, y in walk] for walk in walks])
    if not expected.number_of_edges():
        with pytest.raises(UsageError):
            build_network(frame)
        return
    network = build_network(frame)
    check_invariants(network)
    found = as_graph(network)

    def ends(graph, place):
        return sorted(tuple(sorted((place(a), place(b)))) for a, b, _ in graph.edges)

    assert ends(found, lambda p: ((p[0] - 1_180_000_000) // 10_000, (p[1] - 320_000_000) // 10_000)) == ends(
        expected, lambda p: p
    )


@settings(max_examples=20, deadline=None)
@given(GRID_WALK, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_network(walks, random):
    lines = [[(118 + x / 1000, 32 + y / 1000) for x, y in walk] for walk in walks]
    shuffled = random.sample(lines, len(lines))
    try:
        one = build_network(streets(*lines))
    except UsageError:
        return
    other = build_network(streets(*shuffled))
    np.testing.assert_array_equal(one.node_lon, other.node_lon)
    np.testing.assert_array_equal(one.node_lat, other.node_lat)
    np.testing.assert_allclose(sorted(one.edge_length_m), sorted(other.edge_length_m))


def test_nodes_lie_along_a_curve():
    rng = np.random.default_rng(8)
    side = 40
    lines = []
    for i in range(side):
        for j in range(side - 1):
            lines.append([(118 + i / 1000, 32 + j / 1000), (118 + i / 1000, 32 + (j + 1) / 1000)])
            lines.append([(118 + j / 1000, 32 + i / 1000), (118 + (j + 1) / 1000, 32 + i / 1000)])
    order = rng.permutation(len(lines))
    network = build_network(streets(*[lines[k] for k in order]))
    gap = np.abs(network.edge_from.astype(int) - network.edge_to)
    assert np.median(gap) <= 3
    assert (np.diff(np.minimum(network.edge_from, network.edge_to)) >= 0).all()
