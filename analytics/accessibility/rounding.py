"""What rounding costs to whole units does to walking times, measured against exact lengths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from analytics.accessibility.walking import entrance_seeds
from geodata.network import UNIT_M, UNIT_S, UNREACHED, Snap, StreetNetwork
from geodata.reach import LIMIT_15_MIN, nearest_source


@dataclass(frozen=True, slots=True)
class RoundingError:
    """Rounded minus exact walking time over the nodes that both reach, in seconds.

    Attributes
    ----------
    node_count : int
        Nodes compared.
    largest_s, mean_s : float
        Largest absolute difference and mean absolute difference.
    largest_near_limit_s : float
        Largest absolute difference among nodes in the last tenth before the limit; 0 if there are none.
    changed_count : int
        Nodes that rounding carries across the limit, in or out.
    """

    node_count: int
    largest_s: float
    mean_s: float
    largest_near_limit_s: float
    changed_count: int


def rounding_error(
    network: StreetNetwork, entrances: Snap, owner: npt.ArrayLike, *, limit: int = LIMIT_15_MIN
) -> RoundingError:
    """Return how far rounded walking times are from those over exact lengths, at every node.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    entrances : Snap
        Where the entrances meet it.
    owner : int32, shape (s,)
        Venue of each entrance.
    limit : int
        Largest cost, units.

    Notes
    -----
    The exact times come from scipy's Dijkstra in float64 on ``edge_cost_exact``, with exact legs.
    """
    rounded = nearest_source(network, *entrance_seeds(network, entrances, owner, limit=limit), limit=limit).cost
    margin = 500  # 10 s past the limit, so that nodes carried across it are seen from both sides
    exact = _exact_node_cost(network, entrances, limit + margin)
    both = (rounded != UNREACHED) & (exact <= limit)
    difference_s = np.abs(rounded[both] - exact[both]) * UNIT_S
    near_limit = difference_s[exact[both] > 0.9 * limit]
    return RoundingError(
        node_count=int(both.sum()),
        largest_s=float(difference_s.max(initial=0.0)),
        mean_s=float(difference_s.mean()) if both.any() else 0.0,
        largest_near_limit_s=float(near_limit.max(initial=0.0)),
        changed_count=int(((rounded != UNREACHED) != (exact <= limit)).sum()),
    )


def _exact_node_cost(network: StreetNetwork, entrances: Snap, limit: int) -> npt.NDArray[np.float64]:
    met = np.flatnonzero(entrances.edge >= 0)
    edge, offset = entrances.edge[met], entrances.offset_cost[met]
    access = entrances.access_m[met] / UNIT_M
    seed_node = np.concatenate([network.edge_from[edge], network.edge_to[edge]])
    seed_cost = np.concatenate([offset + access, network.edge_cost_exact[edge] - offset + access])
    n, arcs = network.node_count, len(network.arc_node)
    graph = csr_array(
        (
            np.concatenate([network.edge_cost_exact[network.arc_edge], seed_cost]),
            np.concatenate([network.arc_node, seed_node]),
            np.concatenate([network.arc_start, [arcs + len(seed_node)]]),
        ),
        shape=(n + 1, n + 1),
    )
    return dijkstra(graph, indices=[n], min_only=True, limit=limit)[:n]
