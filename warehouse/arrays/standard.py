"""What every population cell has in reach under each standard of fitness circles, and the points it gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.accessibility.catchment import Catchments, catchments
from analytics.standards import Sites, Tally, points
from geodata.network import UNIT_M, Snap, StreetNetwork
from warehouse.arrays.cell_reach import as_snap
from warehouse.standards import standards

READS = ("core.venue", "arrays.street_network", "arrays.entrance", "arrays.cell")
SENSITIVITY = "internal"
# Sites whose catchments are held at once: some 4 million pairs.
PART = 20_000


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return, for each standard: ``<code>_amount`` (float32, (k, clauses)), ``<code>_kinds`` (uint32, (k,)) and
    ``<code>_points`` (float32, (k, clauses)).

    Open venues count, whoever owns them and whatever they charge; an amount is in the measure of its clause.
    """  # noqa: D205 - two lines of one sentence
    venue = inputs["core.venue"].sort("venue_index")
    is_open = venue.select(pl.col("status").fill_null("open") == "open").to_series()
    sites = Sites(
        venue.filter(is_open)["venue_type_code"].to_list(),
        venue.filter(is_open)["area_m2"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
    )
    cells = as_snap(inputs["arrays.cell"])
    totals = {code: Tally(standard, sites, cell_count=len(cells.edge)) for code, standard in standards().items()}
    limit = int(max(standard.radius_m for standard in standards().values()) / UNIT_M)
    for first, part in _parts(inputs, cells, is_open.to_numpy(), limit):
        for tally in totals.values():
            tally.add(first, part)
    result: dict[str, np.ndarray] = {}
    for code, tally in totals.items():
        found = tally.amounts()
        result[f"{code}_amount"], result[f"{code}_kinds"] = found
        result[f"{code}_points"] = points(tally.standard, found.amount)
    return result


def _parts(inputs: Mapping[str, Any], cells: Snap, is_open: np.ndarray, limit: int) -> Iterator[tuple[int, Catchments]]:
    """Yield the number of the first open venue of each part, and the catchments of the part."""
    entrance = inputs["arrays.entrance"]
    network = StreetNetwork(**inputs["arrays.street_network"])
    place = np.cumsum(is_open) - 1
    chosen = is_open[entrance["venue_index"]]
    doors, owner = as_snap(entrance), place[entrance["venue_index"]]
    for first in range(0, int(is_open.sum()), PART):
        inside = chosen & (owner >= first) & (owner < first + PART)
        some = Snap(doors.edge[inside], doors.offset_cost[inside], doors.access_m[inside])
        count = min(PART, int(is_open.sum()) - first)
        yield first, catchments(network, cells, some, owner[inside] - first, owner_count=count, limit=limit)
