"""The generated networks look like towns, and the bench compares what it says it compares."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from bench import coverage, worker
from bench.networks import VENUE_SHARE, generate
from bench.peers import PEERS
from geodata.network import UNREACHED
from geodata.reach import nearest_source


def test_a_generated_network_is_like_towns() -> None:
    network, venues = generate(40_000)
    n = network.node_count
    assert 40_000 <= n < 80_000
    assert 1.2 < network.edge_count / n < 1.6, "mapped street networks have 1.1 to 1.5 edges a node"
    assert 50 < np.median(network.edge_length_m) < 150
    arcs = csr_array((np.ones(len(network.arc_node)), network.arc_node, network.arc_start), shape=(n, n))
    _, part = connected_components(arcs, directed=False)
    assert np.bincount(part).max() > 0.9 * n, "roads and bridges hold the country together"
    assert len(venues.node) == int(n * VENUE_SHARE)
    assert len(np.unique(venues.node)) == len(venues.node)


def test_nodes_near_in_number_are_near_in_space() -> None:
    network, _ = generate(40_000)
    gap = np.abs(network.arc_node - np.repeat(np.arange(network.node_count), np.diff(network.arc_start)))
    assert np.mean(gap < 2**14) > 0.95


def test_the_same_seed_gives_the_same_network() -> None:
    (one, doors), (two, other_doors) = generate(5_000, seed=3), generate(5_000, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(one.arrays().values(), two.arrays().values(), strict=True))
    np.testing.assert_array_equal(doors.node, other_doors.node)
    assert generate(5_000, seed=4)[0].node_count != one.node_count


@pytest.fixture
def folder(tmp_path):
    coverage.save_question(tmp_path, 3_000)
    return tmp_path


@pytest.mark.parametrize("name", ["ours, 1 thread", "ours, 2 threads", "scipy", "networkx"])
def test_engines_answer_the_same_question(folder, name) -> None:
    report, cost = worker.measure(name, folder, runs=2)
    network, venues = generate(3_000)
    wanted = nearest_source(network, venues.node, venues.cost, venues.owner).cost
    np.testing.assert_array_equal(cost, wanted)
    assert (wanted != UNREACHED).any()
    assert len(report["wall_s"]) == len(report["cpu_s"]) == 2
    assert report["peak_mib"] >= report["loaded_mib"] > 1


def test_a_wrong_answer_is_counted_and_a_failure_is_named(folder) -> None:
    right = np.arange(10, dtype=np.uint16)
    np.save(folder / "answer scipy.npy", right)
    np.save(folder / "answer ours, 1 thread.npy", np.where(right == 3, 4, right))
    lines = [
        coverage.Line(nodes=10, engine="ours, 1 thread", wall_s=0.5, cpu_s=0.5),
        coverage.Line(nodes=10, engine="scipy", wall_s=5.0, cpu_s=4.0),
        coverage.Line(nodes=10, engine="igraph", outcome="too slow"),
    ]
    coverage.compare(lines, folder)
    assert [(line.is_equal, line.different_count) for line in lines] == [(False, 1), (True, 0), (None, None)]
    assert [line.ratio for line in lines] == [1.0, 10.0, None]
    assert lines[1].cpu_ratio == 8.0


def test_a_peer_that_breaks_or_is_slow_keeps_its_line(folder, monkeypatch) -> None:
    monkeypatch.setattr(coverage, "PYTHON", "/bin/false")
    line = coverage.run_engine("scipy", folder, 10, runs=1, timeout_s=10)
    assert line.wall_s is None
    assert line.outcome == "exit 1"
    slow = coverage.run_engine("ours, 1 thread", folder, 10, runs=1, timeout_s=0.01)
    assert slow.outcome.startswith("too slow")
    assert set(PEERS) >= {"scipy", "networkit", "igraph", "networkx", "pandana"}
