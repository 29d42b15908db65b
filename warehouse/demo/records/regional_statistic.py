"""Regional statistics of the cities, from the reference table: real, each line with its source as noted there."""

from __future__ import annotations

import polars as pl

from warehouse import reference_tables
from warehouse.contract import contract
from warehouse.demo.world import World

NEEDS = ()
# Column of the table -> measure, year, unit, factor, column that names the source.
_COLUMNS = {
    **{f"gdp_{year}": ("gdp", year, "100m_cny", 1.0, "gdp_source") for year in range(2019, 2024)},
    "pop_2020_census": ("resident", 2020, "10k_persons", 1e-4, "pop_2020_source"),
    "pop_2018_wan": ("resident", 2018, "10k_persons", 1.0, "note"),
    "urban_pct_2018": ("urban_share", 2018, "percent", 1.0, "note"),
    "urban_pct_2020": ("urban_share", 2020, "percent", 1.0, "note"),
}
_LONGEST = 200


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``regional_statistic`` of the cities of this demo."""
    cities = reference_tables.table("cities").filter(pl.col("adcode").is_in(list(world.cities)))
    parts = [
        cities.select(
            region_code="adcode",
            year=pl.lit(year),
            measure_code=pl.lit(measure),
            value=(pl.col(column).cast(pl.Float64) * factor).round(4),
            unit=pl.lit(unit),
            source=pl.col(source).str.slice(0, _LONGEST),
        )
        for column, (measure, year, unit, factor, source) in _COLUMNS.items()
    ]
    columns = contract("regional_statistic").columns
    listed = pl.concat(parts).drop_nulls("value").sort("region_code", "measure_code", "year")
    return listed.select(pl.col(column.name).cast(column.dtype) for column in columns)
