"""``python -m geodata.warm`` compiles what is compiled at set-up, so that no reader of the map waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import polars as pl
import shapely

from geodata.network import Snap, StreetNetwork

# A block of four streets in Nanjing, each about 90 m long.
_CORNERS = ((118.780, 32.040), (118.781, 32.040), (118.781, 32.041), (118.780, 32.041))


@dataclass(frozen=True, slots=True)
class SmallPlace:
    """A block of streets with some points on it: the smallest thing that all compiled code runs on."""

    network: StreetNetwork
    points: Snap
    owner: np.ndarray


def is_compiled() -> bool:
    """Return whether there is a compiler; without it the engine runs its plain twins and nothing is to be done."""
    return find_spec("numba") is not None


def small_places() -> list[SmallPlace]:
    """Return the block twice: with fresh arrays and with read-only ones, as from mapped files.

    Compiled code has a version for each.
    """
    from geodata.snap import snap_to_edges  # noqa: PLC0415 - these need the compiler
    from geodata.streets import build_network  # noqa: PLC0415

    sides = [shapely.LineString([a, b]) for a, b in zip(_CORNERS, (*_CORNERS[1:], _CORNERS[0]), strict=True)]
    network = build_network(pl.DataFrame({"geometry": shapely.to_wkb(sides).tolist(), "kind": ["footway"] * 4}))
    lon, lat = np.array([118.7803, 118.7808]), np.array([32.0401, 32.0409])
    places = []
    for is_fresh in (True, False):
        arrays = network.arrays()
        for array in arrays.values():
            array.flags.writeable = is_fresh
        same = StreetNetwork(**{name: array.view() for name, array in arrays.items()})
        places.append(SmallPlace(same, snap_to_edges(same, lon, lat), np.arange(2, dtype=np.int32)))
    return places


def warm() -> None:
    """Run every compiled function of the package once, so that its machine code is in the cache."""
    if not is_compiled():
        return
    for place in small_places():
        _warm_walking(place)
        _warm_tiles(place.network)


def _warm_walking(place: SmallPlace) -> None:
    from geodata.isochrone import isochrone_polygon  # noqa: PLC0415
    from geodata.reach import frozen, nearest_source, reach_from  # noqa: PLC0415
    from geodata.reach_kernels import most_arcs  # noqa: PLC0415
    from geodata.reach_lanes import nearest_by_lane  # noqa: PLC0415

    reach = nearest_source(place.network, [0], [0], [0])
    reach_from(place.network, [0], [0])
    nearest_by_lane(place.network, [0], [0], [0], lanes=1)
    most_arcs(frozen(place.network.arc_start, np.int64))  # asked only of networks of several blocks
    isochrone_polygon(place.network, reach.cost, 3_000.0, origins=place.points)


def _warm_tiles(network: StreetNetwork) -> None:
    from geodata import tile_index, vector_tile  # noqa: PLC0415
    from geodata.hilbert import morton_keys  # noqa: PLC0415
    from geodata.network import COORDINATE_SCALE  # noqa: PLC0415
    from geodata.street_bands import split_by_cost  # noqa: PLC0415

    lon, lat = network.shape_lon / COORDINATE_SCALE, network.shape_lat / COORDINATE_SCALE
    points = tile_index.index_points(lon, lat)
    count = len(points.code)
    tile_index.first_of_each_spot(points.code, np.ones(count, np.bool_), 12, 9)
    tile_index.sum_by_spot(points.code, np.ones(count, np.float32), np.zeros(count, np.uint8), 1, 20)
    tile_index.morton_x(points.code)
    morton_keys(lon, lat)
    tile_index.index_lines(*tile_index.world_xy(lon, lat), network.shape_start)
    x, y = ((along - along.min()) / np.ptp(along) * vector_tile.EXTENT for along in (lon, lat))
    shape, _ = vector_tile.line_geometry(x, y, network.shape_start, margin=64)
    ids = np.arange(len(shape.start) - 1, dtype=np.uint64)
    vector_tile.encode_layer("street", shape, [vector_tile.integer_column("kind", ids.astype(np.int64))], ids)
    cost = network.edge_cost_exact
    split_by_cost(
        x,
        y,
        network.shape_start,
        cost_from=np.zeros_like(cost),
        cost_to=cost.copy(),
        cost_along=cost.copy(),
        limits=np.array([15_000.0, 30_000.0]),
    )


if __name__ == "__main__":
    warm()
