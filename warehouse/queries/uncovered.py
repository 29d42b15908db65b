"""Population cells outside the circle, one row each: who is to be reached next."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from analytics.accessibility import limit_units
from geodata.network import UNREACHED
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.cells import described, require_cells
from warehouse.queries.reach import costs
from warehouse.queries.regions import leaves
from warehouse.queries.venue_filter import VenueFilter

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
    require_cells(scope)
    cell, cost = _run.array("cell"), costs(venue_filter).cell
    wanted = np.array([code in region_codes and scope.includes_region(code) for code in leaves(scope)] + [False])
    is_outside = (cost > limit_units(minutes)) & (cell["residents"][:, 0] > 0)
    chosen = np.flatnonzero(wanted[cell["region_index"]] & is_outside)
    walk = pl.Series(cost[chosen].astype(np.float64) / _UNITS_PER_MINUTE)
    return (
        described(scope, chosen)
        .with_columns(walk_minutes=pl.when(pl.Series(cost[chosen]) != UNREACHED).then(walk))
        .sort("resident_count", "cell_index", descending=[True, False])
    )
