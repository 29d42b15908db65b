"""What the vector tiles are cut from: venues and cells along the Morton curve, streets filed by tile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from geodata.crs import local_projection, project
from geodata.network import COORDINATE_SCALE
from geodata.tile_index import index_lines, index_points, world_xy
from kernel.categories import CATEGORIES, FEES, NO_FEE
from warehouse.arrays._doors import doors
from warehouse.core._filling import smallest_regions

READS = ("core.venue", "core.population_cell", "core.region", "arrays.street_network")
SENSITIVITY = "internal"

# Metres along the equator: turns the side of a cell into world units at its latitude. For drawing only.
_EQUATOR_M = 40_075_016.686
_DEFAULT_CELL_M = 100.0
# Cells whose spacing is measured where no size was delivered.
_SAMPLE = 20_000


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the columns of the tile layers.

    Returns
    -------
    dict
        ``venue_*`` in Morton order: index, x, y, code, category, fee, open, region, name_start and name_text (UTF-8,
        venue ``i`` owns ``name_text[name_start[i]:name_start[i + 1]]``). ``cell_*`` in Morton order: index, x, y,
        code, half (world units from the centre to the border), region. ``street_*``: x, y of every shape vertex, and
        the index cell, start, line. Regions are places in ``smallest_regions``, -1 for none.
        ``door_*``: venue_index, lon, lat (degrees times 1e7) of every entrance.
    """
    leaves = smallest_regions(inputs["core.region"])["region_code"].to_list()
    return (
        _venues(inputs["core.venue"], leaves)
        | _cells(inputs["core.population_cell"], leaves)
        | _streets(inputs["arrays.street_network"])
        | _doors(inputs["core.venue"])
    )


def _venues(venue: pl.DataFrame, leaves: list[str]) -> dict[str, np.ndarray]:
    index = index_points(venue["lon"].to_numpy(), venue["lat"].to_numpy())
    names = [name.encode() for name in venue["venue_name"].fill_null("").gather(index.row)]
    return {
        "venue_name_start": np.cumsum([0, *map(len, names)], dtype=np.int64),
        "venue_name_text": np.frombuffer(b"".join(names), np.uint8),
        "venue_index": venue["venue_index"].to_numpy()[index.row].astype(np.int32),
        "venue_x": index.x,
        "venue_y": index.y,
        "venue_code": index.code,
        "venue_category": _places(venue["category_code"], CATEGORIES, len(CATEGORIES) - 1)[index.row].astype(np.uint8),
        "venue_fee": _places(venue["fee_policy"], FEES, NO_FEE)[index.row].astype(np.uint8),
        "venue_open": (venue["status"].fill_null("open") == "open").to_numpy()[index.row],
        "venue_region": _places(venue["region_code"], leaves, -1)[index.row].astype(np.int16),
    }


def _cells(cell: pl.DataFrame, leaves: list[str]) -> dict[str, np.ndarray]:
    lat = cell["lat"].to_numpy()
    index = index_points(cell["lon"].to_numpy(), lat)
    world_per_m = 2.0**32 / (_EQUATOR_M * np.cos(np.radians(lat)))
    delivered = cell["size_m"].cast(pl.Float64)
    spacing_m = _spacing_m(cell, delivered)
    half = delivered.fill_null(spacing_m).to_numpy() / 2 * world_per_m
    return {
        "cell_index": cell["cell_index"].to_numpy()[index.row].astype(np.int32),
        "cell_x": index.x,
        "cell_y": index.y,
        "cell_code": index.code,
        "cell_half": half[index.row].astype(np.uint32),
        "cell_region": _places(cell["region_code"], leaves, -1)[index.row].astype(np.int16),
    }


def _spacing_m(cell: pl.DataFrame, delivered: pl.Series) -> float:
    """Return the middle distance between neighbouring cells, for cells that came without a size."""
    if not delivered.is_null().any() or cell.height < 2:
        return _DEFAULT_CELL_M
    lon, lat = cell["lon"].to_numpy(), cell["lat"].to_numpy()
    chosen = np.linspace(0, cell.height - 1, min(cell.height, _SAMPLE)).astype(int)
    x, y = project(lon, lat, local_projection(lon, lat))
    places = np.column_stack([x, y])
    distance, _ = cKDTree(places).query(places[chosen], k=2)
    return float(np.median(distance[:, 1])) or _DEFAULT_CELL_M


def _streets(network: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    x, y = world_xy(network["shape_lon"] / COORDINATE_SCALE, network["shape_lat"] / COORDINATE_SCALE)
    index = index_lines(x, y, network["shape_start"])
    return {
        "street_x": x,
        "street_y": y,
        "street_cell": index.cell,
        "street_start": index.start,
        "street_line": index.line,
    }


def _doors(venue: pl.DataFrame) -> dict[str, np.ndarray]:
    door = doors(venue)
    return {
        "door_venue_index": door["venue_index"].to_numpy().astype(np.int32),
        "door_lon": np.rint(door["lon"].to_numpy() * COORDINATE_SCALE).astype(np.int32),
        "door_lat": np.rint(door["lat"].to_numpy() * COORDINATE_SCALE).astype(np.int32),
    }


def _places(column: pl.Series, values: list[str] | tuple[str, ...], missing: int) -> np.ndarray:
    """Return each value's place in ``values``, ``missing`` where it is absent."""
    table = {value: place for place, value in enumerate(values)}
    return column.cast(pl.String).replace_strict(table, default=missing, return_dtype=pl.Int64).to_numpy()
