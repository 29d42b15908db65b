"""One sports venue with its category and county, numbered along a curve over the map."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.core._filling import fill_region, number_along_curve

READS = ("staging.stg_venue", "core.region", "core.code_list")
KEY = ("venue_index",)
SENSITIVITY = "open"
TYPE_LIST = "venue_type"
# A type that the code list does not know still is a venue.
OTHER_CATEGORY = "other"


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the venues: ``venue_index`` (0..v-1, Hilbert order), the contract's columns and ``category_code``.

    The category is the code above the venue's type in the list ``venue_type``.
    """
    types = (
        inputs["core.code_list"]
        .filter(pl.col("list_name") == TYPE_LIST)
        .select(venue_type_code="code", category_code="parent_code")
    )
    venues = (
        inputs["staging.stg_venue"]
        .drop("batch_id")
        .join(types, on="venue_type_code", how="left", maintain_order="left")
        .with_columns(pl.col("category_code").fill_null(OTHER_CATEGORY))
    )
    return number_along_curve(fill_region(venues, inputs["core.region"]), "venue_index")
