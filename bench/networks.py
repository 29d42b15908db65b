"""Street networks that look like towns: dense cores, blocks of unequal size, rivers with bridges, country roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.hilbert import hilbert_order
from geodata.network import COORDINATE_SCALE, UNIT_M, StreetNetwork

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

VENUE_SHARE = 0.06  # venues per node: 300,000 venues on 5 M nodes
KEPT_STREETS = 0.78  # of the lattice's streets; the rest are the inside of large blocks
BENT_STREETS = 0.10  # of the kept streets get a node in the middle, as mapped streets have
BLOCK_M = 85.0
BRIDGE_EVERY = 12  # one street in so many crosses the river
COUNTRY_STEP_M = 220.0
ORIGIN_LON, ORIGIN_LAT = 118.8, 32.0
METRES_PER_DEGREE_LAT = 110_900.0
METRES_PER_DEGREE_LON = 94_500.0


@dataclass(frozen=True, slots=True)
class Venues:
    """Sources of the searches: a node, an initial cost (the access leg) and an owner for each."""

    node: npt.NDArray[np.int32]
    cost: npt.NDArray[np.uint16]
    owner: npt.NDArray[np.int32]


def _town(side: int, east: float, north: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return node x, node y and edges (m, 2) of one town: a bent lattice cut by a river."""
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    core = 0.6 + 0.8 * np.hypot(column / side - 0.5, row / side - 0.5)  # blocks grow away from the centre
    x = (column - side / 2) * BLOCK_M * core + rng.normal(0, 11, column.shape)
    y = (row - side / 2) * BLOCK_M * core + rng.normal(0, 11, column.shape)
    number = np.arange(side * side).reshape(side, side)
    along = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    across = np.stack([number[:-1, :].ravel(), number[1:, :].ravel()], axis=1)
    river_row = (side * (0.45 + 0.1 * np.sin(np.arange(side) / side * 6))).astype(np.int64)
    upper = across[:, 0] // side
    place = across[:, 0] % side
    wet = (upper == river_row[place]) & (place % BRIDGE_EVERY != 0)
    dry = np.concatenate(
        [along[rng.random(len(along)) < KEPT_STREETS], across[~wet & (rng.random(len(across)) < KEPT_STREETS)]]
    )
    return x.ravel() + east, y.ravel() + north, dry


def _country_roads(town_x: FloatArray, town_y: FloatArray, centre: IntArray) -> list[tuple[int, int]]:
    """Return pairs of town centres to be joined: each to the nearest one before it."""
    roads = []
    for i in range(1, len(town_x)):
        near = int(np.argmin(np.hypot(town_x[:i] - town_x[i], town_y[:i] - town_y[i])))
        roads.append((int(centre[near]), int(centre[i])))
    return roads


def _with_middles(
    x: FloatArray, y: FloatArray, edges: IntArray, pieces: IntArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return nodes and edges after each edge was cut into so many pieces."""
    whole = edges[pieces == 1]
    cut, count = edges[pieces > 1], pieces[pieces > 1]
    first = len(x) + np.concatenate([[0], np.cumsum(count - 1)])[:-1]
    which = np.repeat(np.arange(len(cut)), count - 1)
    step = np.arange(len(which)) - np.repeat(first - len(x), count - 1) + 1
    share = step / count[which]
    a, b = cut[which, 0], cut[which, 1]
    new_x = x[a] + (x[b] - x[a]) * share + rng.normal(0, 3, len(which))
    new_y = y[a] + (y[b] - y[a]) * share + rng.normal(0, 3, len(which))
    middle = len(x) + np.arange(len(which))
    inner = np.flatnonzero(step < count[which] - 1)
    chains = np.concatenate(
        [
            np.stack([cut[:, 0], first], axis=1),
            np.stack([middle[inner], middle[inner] + 1], axis=1),
            np.stack([first + count - 2, cut[:, 1]], axis=1),
        ]
    )
    return np.concatenate([x, new_x]), np.concatenate([y, new_y]), np.concatenate([whole, chains])


def _country(node_count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return towns and villages with about ``node_count`` nodes, and the roads between them."""
    grown = int(node_count / (1 + BENT_STREETS * 2 * KEPT_STREETS))
    extent = np.sqrt(node_count) * BLOCK_M * 2.2
    xs, ys, edges, centres, town_x, town_y = [], [], [], [], [], []
    made = 0
    while made < grown:
        side = int(np.clip(24 * rng.pareto(1.1) + 12, 12, min(700, np.sqrt(grown) / 1.5)))
        east, north = rng.uniform(0, extent, 2)
        x, y, dry = _town(side, east, north, rng)
        xs.append(x)
        ys.append(y)
        edges.append(dry + made)
        centres.append(made + side * (side // 2) + side // 2)
        town_x.append(east)
        town_y.append(north)
        made += side * side
    x, y, edge = np.concatenate(xs), np.concatenate(ys), np.concatenate(edges)
    pieces = np.where(rng.random(len(edge)) < BENT_STREETS, 2, 1)
    roads = np.array(_country_roads(np.array(town_x), np.array(town_y), np.array(centres))).reshape(-1, 2)
    length = np.hypot(x[roads[:, 0]] - x[roads[:, 1]], y[roads[:, 0]] - y[roads[:, 1]])
    edge = np.concatenate([edge, roads])
    pieces = np.concatenate([pieces, np.maximum(length // COUNTRY_STEP_M, 1).astype(np.int64)])
    return _with_middles(x, y, edge, pieces, rng)


def network_of(x: FloatArray, y: FloatArray, edges: IntArray, cost_exact: FloatArray) -> StreetNetwork:
    """Return a network of straight edges in Hilbert order.

    Parameters
    ----------
    x, y : float64, shape (n,)
        Node positions, metres east and north of an origin in Jiangsu.
    edges : int64, shape (e, 2)
        End nodes; parallel edges and loops are kept.
    cost_exact : float64, shape (e,)
        Walking cost in units before rounding.
    """
    order = hilbert_order(x, y)
    rank = np.empty(len(x), np.int32)
    rank[order] = np.arange(len(x), dtype=np.int32)
    start, end = rank[edges[:, 0]], rank[edges[:, 1]]
    by_start = np.lexsort((end, start))
    start, end, cost_exact = start[by_start], end[by_start], cost_exact[by_start]
    number = np.arange(len(start), dtype=np.int32)
    tail = np.concatenate([start, end])
    arc_order = np.argsort(tail, kind="stable")
    cost = np.minimum(np.floor(cost_exact + 0.5), 65_534).astype(np.uint16)
    lon = np.round((ORIGIN_LON + x[order] / METRES_PER_DEGREE_LON) * COORDINATE_SCALE).astype(np.int32)
    lat = np.round((ORIGIN_LAT + y[order] / METRES_PER_DEGREE_LAT) * COORDINATE_SCALE).astype(np.int32)
    ends = np.stack([start, end], axis=1).ravel()
    return StreetNetwork(
        node_lon=lon,
        node_lat=lat,
        arc_start=np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=len(x)))]).astype(np.int64),
        arc_node=np.concatenate([end, start])[arc_order],
        arc_cost=np.concatenate([cost, cost])[arc_order],
        arc_edge=np.concatenate([number, number])[arc_order],
        edge_from=start,
        edge_to=end,
        edge_length_m=cost_exact * UNIT_M,
        edge_cost_exact=cost_exact,
        edge_kind=np.ones(len(start), np.uint8),
        edge_has_steps=np.zeros(len(start), np.bool_),
        edge_is_bridge=np.zeros(len(start), np.bool_),
        shape_start=np.arange(len(start) + 1, dtype=np.int64) * 2,
        shape_lon=lon[ends],
        shape_lat=lat[ends],
    )


def generate(node_count: int, seed: int = 1) -> tuple[StreetNetwork, Venues]:
    """Return a town-like network of about ``node_count`` nodes and venues at 6 % of its nodes.

    Parameters
    ----------
    node_count : int
        Wanted number of nodes; the result is within a town or two of it.
    seed : int
        The same seed gives the same network.
    """
    rng = np.random.default_rng(seed)
    x, y, edges = _country(node_count, rng)
    straight = np.hypot(x[edges[:, 0]] - x[edges[:, 1]], y[edges[:, 0]] - y[edges[:, 1]])
    cost = np.maximum(straight, 1.0) * rng.uniform(1.0, 1.08, len(edges)) / UNIT_M
    network = network_of(x, y, edges, cost)
    count = int(network.node_count * VENUE_SHARE)
    node = rng.choice(network.node_count, count, replace=False).astype(np.int32)
    access = rng.integers(0, 1_500, count).astype(np.uint16)
    return network, Venues(node=node, cost=access, owner=np.arange(count, dtype=np.int32))
