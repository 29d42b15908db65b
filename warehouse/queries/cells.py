"""Population cells by their number: where they lie, how large they are, who lives there."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from geodata.network import COORDINATE_SCALE
from geodata.tile_index import WORLD_BITS
from kernel.errors import AccessDenied
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.regions import leaves

_EQUATOR_M = 40_075_016.686


def require_cells(scope: GrantedScope) -> None:
    """Refuse a scope that may not read single cells.

    Raises
    ------
    AccessDenied
        Saying so.
    """
    if not scope.covers(_run.array_sensitivity("cell")):
        raise AccessDenied("Population cells are internal data.", fix="Ask the administrator for the right.")


def described(scope: GrantedScope, cell_index: npt.NDArray[np.integer]) -> pl.DataFrame:
    """Return the chosen cells, in the order given; whoever asks has checked `require_cells` and the regions.

    Returns
    -------
    DataFrame
        cell_index, region_code (None where the cell lies in no region), lon, lat (degrees), size_m (side),
        resident_count.
    """
    cell = _run.array("cell")
    codes = np.array([*leaves(scope), None], object)
    lat = cell["lat"][cell_index] / COORDINATE_SCALE
    return pl.DataFrame(
        {
            "cell_index": np.asarray(cell_index, np.int64),
            "region_code": pl.Series(codes[cell["region_index"][cell_index]].tolist(), dtype=pl.String),
            "lon": cell["lon"][cell_index] / COORDINATE_SCALE,
            "lat": lat,
            "size_m": np.round(_side(_run.build_id())[cell_index] * np.cos(np.radians(lat)), 1),
            "resident_count": cell["residents"][cell_index, 0].astype(np.float64),
        }
    )


@lru_cache(maxsize=2)
def _side(build_id: str) -> npt.NDArray[np.float64]:  # noqa: ARG001 - the key
    """Return the side of each cell by cell_index, metres along the equator."""
    table = _run.array("map_tile")
    side = np.zeros(len(table["cell_index"]))
    side[table["cell_index"]] = table["cell_half"] * (2 * _EQUATOR_M / 2.0**WORLD_BITS)
    return side
