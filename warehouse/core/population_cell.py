"""One cell of the population grid with its county, numbered along a curve over the map."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.core._filling import fill_region, number_along_curve

READS = ("staging.stg_population_cell", "core.region")
KEY = ("cell_index",)
SENSITIVITY = "internal"


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the cells: ``cell_index`` (0..k-1, Hilbert order), ``cell_id``, position, county, residents, age bands."""
    cells = inputs["staging.stg_population_cell"].drop("batch_id")
    return number_along_curve(fill_region(cells, inputs["core.region"]), "cell_index")
