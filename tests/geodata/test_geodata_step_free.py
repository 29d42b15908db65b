"""Places of a wheelchair: the same as snapping everything to the streets without their steps."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from geodata.snap import snap_to_edges
from geodata.step_free import without_step_places
from geodata.streets import build_network


def streets(count: int, seed: int):
    rng = np.random.default_rng(seed)
    start = rng.uniform((118.7, 31.9), (118.73, 31.93), (count, 2))
    lines = [shapely.LineString([a, a + rng.normal(0, 1e-3, 2), a + rng.normal(0, 2e-3, 2)]) for a in start]
    kinds = np.where(rng.random(count) < 0.3, "steps", "street").tolist()
    return lines, kinds, rng


def network_of(lines, kinds):
    return build_network(pl.DataFrame({"geometry": shapely.to_wkb(lines).tolist(), "kind": kinds}))


def test_only_points_on_steps_move_and_they_go_where_everything_would_go() -> None:
    lines, kinds, rng = streets(200, 3)
    network = network_of(lines, kinds)
    lon, lat = rng.uniform(118.69, 118.74, 500), rng.uniform(31.89, 31.94, 500)
    before = snap_to_edges(network, lon, lat)
    after = without_step_places(network, before, lon, lat)
    on_steps = (before.edge >= 0) & network.edge_has_steps[before.edge]
    assert on_steps.sum() > 50
    assert not network.edge_has_steps[after.edge[after.edge >= 0]].any()
    for name in ("edge", "offset_cost", "access_m"):
        np.testing.assert_array_equal(getattr(after, name)[~on_steps], getattr(before, name)[~on_steps])
    # A second way: the same streets, stairs never delivered.
    flat = network_of(*zip(*[(a, b) for a, b in zip(lines, kinds, strict=True) if b != "steps"], strict=True))
    wanted = snap_to_edges(flat, lon, lat)
    np.testing.assert_allclose(after.access_m, wanted.access_m, rtol=1e-9)
    np.testing.assert_array_equal(after.edge < 0, wanted.edge < 0)


def test_where_every_street_has_steps_nobody_is_on_the_network() -> None:
    network = network_of([shapely.LineString([(118.7, 31.9), (118.701, 31.9)])], ["steps"])
    before = snap_to_edges(network, [118.7005], [31.9])
    after = without_step_places(network, before, [118.7005], [31.9])
    assert (before.edge.tolist(), after.edge.tolist()) == ([0], [-1])


def test_without_steps_nothing_changes() -> None:
    network = network_of([shapely.LineString([(118.7, 31.9), (118.701, 31.9)])], ["street"])
    before = snap_to_edges(network, [118.7005], [31.9])
    assert without_step_places(network, before, [118.7005], [31.9]) is before


def test_a_point_with_nothing_but_steps_around_it_is_off_the_network() -> None:
    lines = [shapely.LineString([(118.7, 31.9), (118.701, 31.9)]), shapely.LineString([(118.8, 31.9), (118.801, 31.9)])]
    network = network_of(lines, ["steps", "street"])
    before = snap_to_edges(network, [118.7005], [31.9])
    assert without_step_places(network, before, [118.7005], [31.9]).edge.tolist() == [-1]
