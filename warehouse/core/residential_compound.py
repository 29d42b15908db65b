"""One residential compound with the county that it lies in."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.core._filling import fill_region

READS = ("staging.stg_residential_compound", "core.region")
KEY = ("compound_name",)
SENSITIVITY = "internal"
SCOPE = "region_code"


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the contract's columns, ``region_code`` filled from the outlines where none was delivered."""
    compounds = inputs["staging.stg_residential_compound"].drop("batch_id")
    return fill_region(compounds, inputs["core.region"])
