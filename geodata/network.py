"""The street network as plain arrays: nodes, edges, arcs and shapes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

# Coordinates are kept as whole numbers of 1e-7 degree (about 1 cm), as OpenStreetMap does.
COORDINATE_SCALE = 10_000_000

# Walking costs are whole units of 0.02 s at the adult pace of 4.8 km/h (GB/T and the plan's 800 m in
# 10 min): 4.8 km/h = 4/3 m/s, so one unit is 8/3 cm and 15 min are 45,000 units, inside uint16.
UNIT_S = 0.02
ADULT_SPEED_M_PER_S = 4.8 / 3.6
UNIT_M = ADULT_SPEED_M_PER_S * UNIT_S
UNREACHED = np.uint16(65_535)
# Above every limit of a search (65,533), so that nobody walks along.
IMPASSABLE = np.uint16(65_534)


@dataclass(frozen=True, slots=True)
class StreetNetwork:
    """A walkable street network of ``n`` nodes, ``e`` edges and ``2 e`` arcs, nodes in Hilbert order.

    Attributes
    ----------
    node_lon, node_lat : int32, shape (n,)
        Node positions, WGS-84 degrees times 1e7.
    arc_start : int64, shape (n + 1,)
        Arcs of node ``i`` are ``arc_start[i]:arc_start[i + 1]`` (CSR).
    arc_node : int32, shape (2 e,)
        Node at the far end of the arc.
    arc_cost : uint16, shape (2 e,)
        Walking cost of the arc in units of 0.02 s at 4.8 km/h, clipped to 65,534.
    arc_edge : int32, shape (2 e,)
        Edge that the arc runs along.
    edge_from, edge_to : int32, shape (e,)
        End nodes.
    edge_length_m : float64, shape (e,)
        Length along the shape, metres, geodesic on the ellipsoid.
    edge_cost_exact : float64, shape (e,)
        Walking cost in units before rounding: length / (UNIT_M * speed factor).
    edge_kind : uint8, shape (e,)
        Index into ``warehouse`` code list ``street_kind`` order (see ``geodata.streets.KINDS``).
    edge_has_steps, edge_is_bridge : bool, shape (e,)
        Steps bar wheelchairs; bridges cross barriers.
    shape_start : int64, shape (e + 1,)
        Vertices of edge ``k`` are ``shape_start[k]:shape_start[k + 1]``, both ends included.
    shape_lon, shape_lat : int32, shape (v,)
        Vertices, degrees times 1e7, from ``edge_from`` to ``edge_to``.
    """

    node_lon: npt.NDArray[np.int32]
    node_lat: npt.NDArray[np.int32]
    arc_start: npt.NDArray[np.int64]
    arc_node: npt.NDArray[np.int32]
    arc_cost: npt.NDArray[np.uint16]
    arc_edge: npt.NDArray[np.int32]
    edge_from: npt.NDArray[np.int32]
    edge_to: npt.NDArray[np.int32]
    edge_length_m: npt.NDArray[np.float64]
    edge_cost_exact: npt.NDArray[np.float64]
    edge_kind: npt.NDArray[np.uint8]
    edge_has_steps: npt.NDArray[np.bool_]
    edge_is_bridge: npt.NDArray[np.bool_]
    shape_start: npt.NDArray[np.int64]
    shape_lon: npt.NDArray[np.int32]
    shape_lat: npt.NDArray[np.int32]

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.node_lon)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.edge_from)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``{name: array}`` for storage; ``StreetNetwork(**arrays)`` is the way back."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def without_steps(network: StreetNetwork) -> StreetNetwork:
    """Return the network as a wheelchair uses it: nodes and edges are the same, arcs along steps lead nowhere.

    The shapes keep their steps, so places must not be snapped to these (`geodata.step_free`).
    """
    arc_cost = np.where(network.edge_has_steps[network.arc_edge], IMPASSABLE, network.arc_cost)
    return replace(network, arc_cost=arc_cost)


@dataclass(frozen=True, slots=True)
class Snap:
    """Where ``k`` points meet the network: the nearest place on an edge for each.

    Attributes
    ----------
    edge : int32, shape (k,)
        Nearest edge, -1 where none lies within the snapping limit.
    offset_cost : float64, shape (k,)
        Cost in (exact) units from ``edge_from`` to the place; 0 at ``edge_from``,
        ``edge_cost_exact[edge]`` at ``edge_to``.
    access_m : float64, shape (k,)
        Straight distance from the point to the place, metres; NaN where ``edge`` is -1.
    """

    edge: npt.NDArray[np.int32]
    offset_cost: npt.NDArray[np.float64]
    access_m: npt.NDArray[np.float64]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return ``{name: array}`` for storage."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
