"""Residents inside the circle by region, age band and minutes, for any choice of categories and fee."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import BANDS, band_limits, coverage, straight_cost, straight_distance_m
from geodata.network import COORDINATE_SCALE
from kernel.errors import AccessDenied
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.reach import costs, qualifying
from warehouse.queries.regions import leaves, regions
from warehouse.queries.venue_filter import MINUTES, DistanceKind, VenueFilter

KEPT_ANSWERS = 64
# Classes of a coverage map: limits between the seven steps, coarse to fine. The list that spreads the regions most
# evenly is taken, so that rare kinds of venue are as readable as common ones.
STEP_LIMITS: tuple[tuple[float, ...], ...] = (
    (0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    (0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    (0.9, 0.92, 0.94, 0.96, 0.98, 0.99),
    (0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    (0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
    (0.01, 0.02, 0.04, 0.06, 0.08, 0.1),
    (0.001, 0.0025, 0.005, 0.0075, 0.01, 0.02),
)


def covered(scope: GrantedScope, venue_filter: VenueFilter, distance: DistanceKind) -> pl.DataFrame:
    """Return the residents and those inside the circle.

    Parameters
    ----------
    scope : GrantedScope
        Rows are those of its regions. Venues across its border count for its residents: walking knows no borders.
    venue_filter : VenueFilter
        Answered from the marts where these hold it (``VenueFilter.is_in_marts``), by a search otherwise.
    distance : {"network", "straight"}
        Walking along streets, or the straight-line comparison.

    Returns
    -------
    DataFrame
        region_code, age_band_code (``all`` and six bands), minute_count (5, 10, 15), resident_count, covered_count;
        bands that were not delivered have no rows. Empty where no population was.
    """
    if venue_filter.is_in_marts:
        return _run.rows(
            "map_coverage.sql",
            scope,
            category_code=venue_filter.category_code,
            fee_code=venue_filter.fee_code,
            distance_kind=distance,
        )
    if not scope.covers(_run.array_sensitivity("cell")):
        raise AccessDenied("This choice of venues is counted on internal data.", fix="Choose all categories or one.")
    frame = _searched(_run.build_id(), venue_filter, distance, leaves(scope), regions_above(scope))
    return frame.filter(pl.col("region_code").map_elements(scope.includes_region, pl.Boolean))


def step_limits(rates: Sequence[float]) -> tuple[float, ...]:
    """Return the limits between the seven colours that spread the given rates (0..1) most evenly."""
    known = np.array([rate for rate in rates if rate is not None])
    if not len(known):
        return STEP_LIMITS[0]

    def evenness(limits: tuple[float, ...]) -> float:
        share = np.bincount(np.searchsorted(limits, known, side="right"), minlength=len(limits) + 1) / len(known)
        return float(-(share[share > 0] * np.log(share[share > 0])).sum())

    return max(STEP_LIMITS, key=evenness)


def regions_above(scope: GrantedScope) -> tuple[tuple[str, str], ...]:
    """Return pairs of a region and the region right above it, empty for none."""
    frame = regions(scope)
    return tuple(zip(frame["region_code"].to_list(), frame["parent_code"].fill_null("").to_list(), strict=True))


@lru_cache(maxsize=KEPT_ANSWERS)
def _searched(
    build_id: str,  # noqa: ARG001 - part of the key
    venue_filter: VenueFilter,
    distance: DistanceKind,
    codes: tuple[str, ...],
    above: tuple[tuple[str, str], ...],
) -> pl.DataFrame:
    cell = _run.array("cell")
    cost = costs(venue_filter).cell if distance == "network" else _straight(venue_filter)
    residents, region = cell["residents"], cell["region_index"]
    counts = coverage(cost, residents, region, band_limits(MINUTES), region_count=len(codes))
    everybody = coverage(np.zeros(len(cost), np.uint16), residents, region, [0], region_count=len(codes))
    both = np.concatenate([everybody, counts], axis=1)
    return _long(with_regions_above(dict(zip(codes, both, strict=True)), dict(above)))


def _straight(venue_filter: VenueFilter) -> npt.NDArray[np.uint16]:
    cell, table = _run.array("cell"), _run.array("map_tile")
    chosen = qualifying(venue_filter)[table["door_venue_index"]]
    distance_m, _ = straight_distance_m(
        cell["lon"] / COORDINATE_SCALE,
        cell["lat"] / COORDINATE_SCALE,
        table["door_lon"][chosen] / COORDINATE_SCALE,
        table["door_lat"][chosen] / COORDINATE_SCALE,
    )
    return straight_cost(distance_m)


def with_regions_above(
    counts: dict[str, npt.NDArray[np.float64]], above: dict[str, str]
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the counts with those of the regions above added: each is the sum of the leaves inside it."""
    total = {code: value.copy() for code, value in counts.items()}
    for code, value in counts.items():
        parent = above.get(code, "")
        while parent in above and parent != code:
            total[parent] = total.get(parent, 0.0) + value
            code, parent = parent, above[parent]  # noqa: PLW2901 - climbing
    return total


def _long(counts: dict[str, npt.NDArray[np.float64]]) -> pl.DataFrame:
    codes = sorted(counts)
    shape = (len(codes), len(BANDS), len(MINUTES))
    table = np.stack([counts[code] for code in codes]).transpose(0, 2, 1)  # regions, bands, (everybody, minutes)
    residents = np.broadcast_to(table[:, :, :1], shape)
    frame = pl.DataFrame(
        {
            "region_code": np.repeat(codes, len(BANDS) * len(MINUTES)),
            "age_band_code": np.tile(np.repeat(BANDS, len(MINUTES)), len(codes)),
            "minute_count": np.tile(MINUTES, len(codes) * len(BANDS)),
            "resident_count": residents.ravel(),
            "covered_count": table[:, :, 1:].ravel(),
        }
    )
    return frame.filter(pl.col("covered_count").is_not_nan())
