"""Residents with a venue within 5, 10 and 15 minutes on foot, by county, city and province."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.accessibility import (
    BANDS,
    CIRCLE_MINUTES,
    band_limits,
    coverage,
    filtered_walking_cost,
    straight_cost,
    straight_distance_m,
)
from geodata.network import COORDINATE_SCALE, UNREACHED, StreetNetwork
from kernel.categories import CATEGORIES
from warehouse.arrays._doors import doors
from warehouse.arrays.cell_reach import as_snap
from warehouse.core._filling import smallest_regions

READS = (
    "core.venue",
    "core.region",
    "core.region_above",
    "arrays.street_network",
    "arrays.entrance",
    "arrays.cell",
)
KEY = ("region_code", "category_code", "fee_code", "minute_count", "distance_kind", "age_band_code")
SENSITIVITY = "open"
LOWERS = "sums over whole counties, no single cell can be told from them"

FEES = ("all", "free")
KINDS = ("network", "straight")
SCHEMA: dict[str, pl.DataType] = {
    "region_code": pl.String(),
    "category_code": pl.String(),
    "fee_code": pl.String(),
    "minute_count": pl.Int32(),
    "distance_kind": pl.String(),
    "age_band_code": pl.String(),
    "resident_count": pl.Float64(),
    "covered_count": pl.Float64(),
}

Costs = npt.NDArray[np.uint16]


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return the coverage: columns of ``SCHEMA``, key ``KEY``.

    Notes
    -----
    Every band is measured at the adult pace, so bands sum to ``all``. Bands that were not delivered have no rows;
    neither has the network where no streets were delivered. The nearest venue of all categories is the
    nearest of the nearest, so ``all`` needs no search of its own.
    """
    cell = inputs["arrays.cell"]
    counties = smallest_regions(inputs["core.region"])["region_code"].to_list()
    if not len(cell["lon"]) or not counties:
        return pl.DataFrame(schema=SCHEMA)
    region, residents = cell["region_index"], cell["residents"]
    everybody = np.zeros(len(region), np.uint16)
    total = coverage(everybody, residents, region, np.array([0]), region_count=len(counties))[:, 0, :]
    frames = [
        _frame(counties, coverage(cost, residents, region, band_limits(), region_count=len(counties)), total, labels)
        for labels, cost in _costs(inputs)
    ]
    rows = pl.concat(frames).filter(pl.col("covered_count").is_not_nan())
    return _with_regions_above(rows, inputs["core.region_above"]).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


def _costs(inputs: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], Costs]]:
    """Yield ``((category, fee, kind), cost of each cell)`` for every combination, one at a time in memory."""
    venue = inputs["core.venue"]
    is_open = venue.select(pl.col("status").fill_null("open") == "open").to_series().to_numpy()
    is_free = venue.select((pl.col("fee_policy") == "free").fill_null(value=False)).to_series().to_numpy()
    category = venue["category_code"].to_numpy()
    kinds = KINDS if len(inputs["arrays.street_network"]["node_lon"]) else KINDS[1:]
    for kind, fee in product(kinds, FEES):
        search = _Walking(inputs) if kind == "network" else _Straight(inputs)
        nearest = np.full(len(inputs["arrays.cell"]["lon"]), UNREACHED, np.uint16)
        for code in CATEGORIES:
            is_kept = is_open & (category == code) & (is_free if fee == "free" else True)
            cost = search(is_kept) if is_kept.any() else np.full_like(nearest, UNREACHED)
            nearest = np.minimum(nearest, cost)
            yield (code, fee, kind), cost
        yield ("all", fee, kind), nearest


class _Walking:
    """Walking costs of the cells to the venues that are kept."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self.network = StreetNetwork(**inputs["arrays.street_network"])
        self.cells = as_snap(inputs["arrays.cell"])
        self.entrances = as_snap(inputs["arrays.entrance"])
        self.owner = inputs["arrays.entrance"]["venue_index"]

    def __call__(self, is_kept: npt.NDArray[np.bool_]) -> Costs:
        return filtered_walking_cost(self.network, self.cells, self.entrances, self.owner, is_kept)[0]


class _Straight:
    """Straight distances of the cells to the venues that are kept, as costs."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        cell = inputs["arrays.cell"]
        self.lon, self.lat = cell["lon"] / COORDINATE_SCALE, cell["lat"] / COORDINATE_SCALE
        self.doors = doors(inputs["core.venue"])

    def __call__(self, is_kept: npt.NDArray[np.bool_]) -> Costs:
        kept = self.doors.filter(is_kept[self.doors["venue_index"].to_numpy()])
        distance_m, _ = straight_distance_m(self.lon, self.lat, kept["lon"].to_numpy(), kept["lat"].to_numpy())
        return straight_cost(distance_m)


def _frame(
    counties: list[str],
    covered: npt.NDArray[np.float64],
    total: npt.NDArray[np.float64],
    labels: tuple[str, str, str],
) -> pl.DataFrame:
    minutes, bands = len(CIRCLE_MINUTES), len(BANDS)
    category, fee, kind = labels
    return pl.DataFrame(
        {
            "region_code": np.repeat(counties, minutes * bands),
            "minute_count": np.tile(np.repeat(CIRCLE_MINUTES, bands), len(counties)),
            "age_band_code": np.tile(BANDS, len(counties) * minutes),
            "resident_count": np.repeat(total[:, None, :], minutes, axis=1).ravel(),
            "covered_count": covered.ravel(),
        }
    ).with_columns(category_code=pl.lit(category), fee_code=pl.lit(fee), distance_kind=pl.lit(kind))


def _with_regions_above(rows: pl.DataFrame, region_above: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the counties and their sums in the cities and provinces above."""
    return (
        rows.join(region_above, on="region_code", how="inner", maintain_order="left")
        .with_columns(region_code="above_code")
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("resident_count", "covered_count").sum().round(3))
    )
