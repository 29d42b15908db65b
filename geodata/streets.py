"""Street segments to a walkable network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse
from scipy.sparse.csgraph import connected_components

from geodata.hilbert import hilbert_order
from geodata.network import COORDINATE_SCALE, UNIT_M, StreetNetwork
from geodata.street_lines import Ints, Lines, line_lengths_m, read_lines, split_lines
from kernel.errors import UsageError

# Order is the code of ``StreetNetwork.edge_kind``; it is the list of the street contract.
KINDS = (
    "motor_road",
    "street",
    "living_street",
    "service",
    "track",
    "pedestrian",
    "footway",
    "cycleway",
    "path",
    "steps",
    "ferry",
)


@dataclass(frozen=True, slots=True)
class WalkingRule:
    """What holds for a kind of street where a delivery is silent."""

    is_walkable: bool
    speed_factor: float = 1.0
    has_steps: bool = False


# Stairs: about half the pace on the flat, counted along the ground (Fruin 1971, Pedestrian Planning and Design).
WALKING_RULES: dict[str, WalkingRule] = {
    kind: WalkingRule(is_walkable=kind not in ("motor_road", "ferry")) for kind in KINDS
} | {"steps": WalkingRule(is_walkable=True, speed_factor=0.5, has_steps=True)}

# Unit costs fit uint16 below the mark "not reached"; an edge of no length still costs one unit (2.7 cm),
# so that no engine meets a free step.
MIN_ARC_COST, MAX_ARC_COST = 1, 65_534

_COLUMNS: dict[str, pl.DataType] = {
    "from_node_id": pl.String(),
    "to_node_id": pl.String(),
    "is_walkable": pl.Boolean(),
    "speed_factor": pl.Float64(),
    "has_steps": pl.Boolean(),
    "is_bridge": pl.Boolean(),
}


def build_network(streets: pl.DataFrame) -> StreetNetwork:
    """Return the walkable network of street segments.

    Parameters
    ----------
    streets : polars.DataFrame
        One row per segment with ``geometry`` (WKB of a line, WGS-84) and ``kind`` (one of ``KINDS``); optional,
        each may be null: ``from_node_id``, ``to_node_id`` (text), ``is_walkable``, ``speed_factor`` (share of
        the walking speed on the flat), ``has_steps``, ``is_bridge``. Where null, ``WALKING_RULES`` hold.

    Returns
    -------
    StreetNetwork
        Nodes along a Hilbert curve; edges by their lower, then higher end node, then input order.

    Raises
    ------
    UsageError
        When a geometry is not a line, a kind is not known, or nothing walkable is left.

    Notes
    -----
    A segment with both node ids runs from junction to junction as delivered. A segment without them meets
    others at every position (1e-7 degree) that it shares as a vertex with another such segment, with itself, or
    with the end of a segment that has ids, and is split there. Edges between the same two nodes are all
    kept; only segments of no length from a node to itself are dropped. Lengths are geodesic on the
    ellipsoid along the rounded shape.
    """
    rows = _with_rules(streets)
    lines = read_lines(rows["geometry"])
    from_id, to_id = _node_ids(rows, lines)
    lines, from_key, to_key = _join(lines, from_id, to_id)
    length = line_lengths_m(lines)
    kept = np.flatnonzero((from_key != to_key) | (length > 0))
    if not len(kept):
        raise UsageError("No walkable street is left.", fix="Deliver streets with is_walkable true and a line.")
    return _number(rows, lines.take(kept), from_key[kept], to_key[kept], length[kept])


def _with_rules(streets: pl.DataFrame) -> pl.DataFrame:
    """Return the walkable rows with every optional column present and filled, and ``kind`` as a code."""
    unknown = set(streets["kind"].drop_nulls().unique().to_list()) - set(KINDS)
    if unknown:
        raise UsageError(
            f"Unknown kind of street: {', '.join(sorted(unknown))}.", fix=f"Use one of {', '.join(KINDS)}."
        )
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in _COLUMNS.items() if name not in streets.columns]
    kind = pl.col("kind").cast(pl.String)

    def rule(field: str, dtype: pl.DataType) -> pl.Expr:
        values = [getattr(WALKING_RULES[name], field) for name in KINDS]
        return kind.replace_strict(list(KINDS), values, default=None, return_dtype=dtype)

    return (
        streets.with_columns(absent)
        .filter(pl.col("geometry").is_not_null() & kind.is_not_null())
        .filter(pl.coalesce("is_walkable", rule("is_walkable", pl.Boolean())))
        .select(
            "geometry",
            pl.col("from_node_id").cast(pl.String),
            pl.col("to_node_id").cast(pl.String),
            kind.replace_strict(list(KINDS), list(range(len(KINDS))), return_dtype=pl.UInt8).alias("kind"),
            pl.coalesce("speed_factor", rule("speed_factor", pl.Float64())).alias("speed_factor"),
            pl.coalesce("has_steps", rule("has_steps", pl.Boolean())).alias("has_steps"),
            pl.col("is_bridge").fill_null(value=False),
        )
    )


def _node_ids(rows: pl.DataFrame, lines: Lines) -> tuple[Ints, Ints]:
    """Return a number per node id at both ends of each line, -1 where the line has not got two ids."""
    text = pl.concat([rows["from_node_id"], rows["to_node_id"]]).to_arrow()
    codes = pc.dictionary_encode(text)
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.combine_chunks()
    number = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    from_id, to_id = number[: len(rows)][lines.row], number[len(rows) :][lines.row]
    # The ids of a multi-line say nothing about the ends of its parts.
    is_whole = np.bincount(lines.row, minlength=len(rows))[lines.row] == 1
    has_ids = (from_id >= 0) & (to_id >= 0) & is_whole
    return np.where(has_ids, from_id, -1), np.where(has_ids, to_id, -1)


def _join(lines: Lines, from_id: Ints, to_id: Ints) -> tuple[Lines, Ints, Ints]:
    """Return lines from junction to junction and a number for the node at either end.

    Nodes with ids are numbered by their ids; nodes found by position follow after them.
    """
    has_ids = from_id >= 0
    if has_ids.all():
        return lines, from_id, to_id
    first, last = lines.start[:-1], lines.start[1:] - 1
    key = lines.keys()
    declared = np.concatenate([key[first[has_ids]], key[last[has_ids]]])
    declared_id = np.concatenate([from_id[has_ids], to_id[has_ids]])

    # A line that is but a point and has no ids joins nothing.
    is_point = (last - first == 1) & (key[first] == key[last])
    with_ids = np.flatnonzero(has_ids)
    free = lines.take(np.flatnonzero(~has_ids & ~is_point))
    free_key = free.keys()
    place, position, uses = np.unique(free_key, return_inverse=True, return_counts=True)
    is_junction = ((uses > 1) | np.isin(place, declared))[position]
    is_junction[free.start[:-1]] = True
    is_junction[free.start[1:] - 1] = True
    pieces = split_lines(free, is_junction)

    # A position that carries an id is that node (the lowest id where several lie on one spot).
    node_of_place = np.arange(len(place)) + (int(declared_id.max()) + 1 if len(declared_id) else 0)
    if len(declared):
        order = np.lexsort((declared_id, declared))
        spot, at = np.unique(declared[order], return_index=True)
        found = np.searchsorted(spot, place)
        matched = (found < len(spot)) & (spot[np.minimum(found, len(spot) - 1)] == place)
        node_of_place[matched] = declared_id[order][at][found[matched]]
    piece_key = pieces.keys()
    from_node = node_of_place[np.searchsorted(place, piece_key[pieces.start[:-1]])]
    to_node = node_of_place[np.searchsorted(place, piece_key[pieces.start[1:] - 1])]

    whole = lines.take(with_ids)
    together = Lines(
        np.concatenate([whole.row, pieces.row]),
        np.concatenate([whole.start, pieces.start[1:] + whole.start[-1]]),
        np.concatenate([whole.lon, pieces.lon]),
        np.concatenate([whole.lat, pieces.lat]),
    )
    return (
        together,
        np.concatenate([from_id[with_ids], from_node]),
        np.concatenate([to_id[with_ids], to_node]),
    )


def _number(
    rows: pl.DataFrame, lines: Lines, from_key: Ints, to_key: Ints, length: npt.NDArray[np.float64]
) -> StreetNetwork:
    """Return the network with nodes along the Hilbert curve and edges by their end nodes."""
    ends = np.concatenate([from_key, to_key])
    vertex = np.concatenate([lines.start[:-1], lines.start[1:] - 1])
    _, first, node = np.unique(ends, return_index=True, return_inverse=True)
    node_lon, node_lat = lines.lon[vertex[first]], lines.lat[vertex[first]]
    # One degree of longitude counts less than one of latitude: squares on the ground keep blocks compact.
    curve = hilbert_order(node_lon * np.cos(np.radians(node_lat.mean() / COORDINATE_SCALE)), node_lat)
    rank = np.empty(len(curve), dtype=np.int32)
    rank[curve] = np.arange(len(curve), dtype=np.int32)
    edge_from, edge_to = rank[node[: len(length)]], rank[node[len(length) :]]

    order = np.lexsort((np.arange(len(length)), np.maximum(edge_from, edge_to), np.minimum(edge_from, edge_to)))
    edge_from, edge_to, length, lines = edge_from[order], edge_to[order], length[order], lines.take(order)
    factor = rows["speed_factor"].to_numpy()[lines.row]
    exact = length / (UNIT_M * factor)
    cost = np.clip(np.rint(exact), MIN_ARC_COST, MAX_ARC_COST).astype(np.uint16)
    tail = np.concatenate([edge_from, edge_to])
    arc = np.argsort(tail, kind="stable")
    edge = np.arange(len(length), dtype=np.int32)
    return StreetNetwork(
        node_lon=node_lon[curve],
        node_lat=node_lat[curve],
        arc_start=np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=len(curve))))).astype(np.int64),
        arc_node=np.concatenate([edge_to, edge_from])[arc],
        arc_cost=np.concatenate([cost, cost])[arc],
        arc_edge=np.concatenate([edge, edge])[arc],
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_m=length,
        edge_cost_exact=exact,
        edge_kind=rows["kind"].to_numpy()[lines.row],
        edge_has_steps=rows["has_steps"].to_numpy()[lines.row],
        edge_is_bridge=rows["is_bridge"].to_numpy()[lines.row],
        shape_start=lines.start,
        shape_lon=lines.lon,
        shape_lat=lines.lat,
    )


def network_components(network: StreetNetwork) -> npt.NDArray[np.int32]:
    """Return the connected part that each node belongs to, shape (n,): 0 is the largest by nodes.

    Parts of equal size are numbered by their lowest node.
    """
    n = network.node_count
    graph = scipy.sparse.csr_array(
        (np.ones(len(network.arc_node), dtype=np.int8), network.arc_node, network.arc_start), shape=(n, n)
    )
    count, label = connected_components(graph, directed=False)
    _, lowest = np.unique(label, return_index=True)
    rank = np.empty(count, dtype=np.int32)
    rank[np.lexsort((lowest, -np.bincount(label)))] = np.arange(count, dtype=np.int32)
    return rank[label]


def component_report(network: StreetNetwork, component: npt.NDArray[np.int32]) -> pl.DataFrame:
    """Return one row per connected part: its size and where it lies.

    Parameters
    ----------
    network : StreetNetwork
    component : int32, shape (n,)
        From `network_components`.

    Returns
    -------
    polars.DataFrame
        component, node_count, edge_count, length_m, lon, lat (degrees, of its lowest node), by component.
    """
    count = int(component.max()) + 1
    _, lowest = np.unique(component, return_index=True)
    of_edge = component[network.edge_from]
    return pl.DataFrame(
        {
            "component": np.arange(count, dtype=np.int32),
            "node_count": np.bincount(component, minlength=count),
            "edge_count": np.bincount(of_edge, minlength=count),
            "length_m": np.bincount(of_edge, weights=network.edge_length_m, minlength=count),
            "lon": network.node_lon[lowest] / COORDINATE_SCALE,
            "lat": network.node_lat[lowest] / COORDINATE_SCALE,
        }
    )
