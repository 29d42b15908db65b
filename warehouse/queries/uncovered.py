"""Population cells outside the circle, one row each: who is to be reached next."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import limit_units
from geodata.network import COORDINATE_SCALE, UNREACHED
from geodata.tile_index import WORLD_BITS
from kernel.errors import AccessDenied
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.reach import costs
from warehouse.queries.regions import leaves
from warehouse.queries.venue_filter import VenueFilter

_EQUATOR_M = 40_075_016.686
_UNITS_PER_MINUTE = 3000


def uncovered_cells(
    scope: GrantedScope, venue_filter: VenueFilter, minutes: int, region_codes: Collection[str]
) -> pl.DataFrame:
    """Return the inhabited cells beyond the circle at the adult pace, most residents first.

    Parameters
    ----------
    scope : GrantedScope
        Must cover the sensitivity of cells; only its regions are answered.
    venue_filter : VenueFilter
        Which venues count.
    minutes : {5, 10, 15}
        The circle.
    region_codes : collection of str
        Smallest regions whose cells are wanted.

    Returns
    -------
    DataFrame
        cell_index, region_code, lon, lat (degrees), size_m (side), resident_count, walk_minutes (null beyond 15).

    Raises
    ------
    AccessDenied
        Without the right to read cells.
    """
    if not scope.covers(_run.array_sensitivity("cell")):
        raise AccessDenied("Population cells are internal data.", fix="Ask the administrator for the right.")
    cell, cost = _run.array("cell"), costs(venue_filter).cell
    codes = leaves(scope)
    wanted = np.array([code in region_codes and scope.includes_region(code) for code in codes] + [False])
    residents = cell["residents"][:, 0]
    chosen = np.flatnonzero(wanted[cell["region_index"]] & (cost > limit_units(minutes)) & (residents > 0))
    lat = cell["lat"][chosen] / COORDINATE_SCALE
    walk = cost[chosen].astype(np.float64) / _UNITS_PER_MINUTE
    frame = pl.DataFrame(
        {
            "cell_index": chosen,
            "region_code": [codes[place] for place in cell["region_index"][chosen]],
            "lon": cell["lon"][chosen] / COORDINATE_SCALE,
            "lat": lat,
            "size_m": np.round(_half_side()[chosen] * 2.0 * np.cos(np.radians(lat)), 1),
            "resident_count": residents[chosen].astype(np.float64),
            "walk_minutes": np.where(cost[chosen] == UNREACHED, np.nan, walk),
        }
    )
    return frame.with_columns(pl.col("walk_minutes").fill_nan(None)).sort(
        "resident_count", "cell_index", descending=[True, False]
    )


def _half_side() -> npt.NDArray[np.float64]:
    """Return half the side of each cell by cell_index, metres along the equator."""
    table = _run.array("map_tile")
    half = np.zeros(len(table["cell_index"]))
    half[table["cell_index"]] = table["cell_half"] * (_EQUATOR_M / 2.0**WORLD_BITS)
    return half
