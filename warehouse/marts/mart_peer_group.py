"""Groups of similar counties, and of similar cities, by residents, density and product per resident."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from analytics.peers import peer_groups

READS = ("core.region", "core.region_above", "core.population", "core.regional_statistic")
KEY = ("region_code",)
SENSITIVITY = "open"
LOWERS = "Groups by printed totals of whole counties and cities."
SCOPE = "none: which areas are alike is known to everybody, as their size is"
SCHEMA: dict[str, pl.DataType] = {
    "region_code": pl.String(),
    "level": pl.String(),
    "group_code": pl.String(),
    "feature_code": pl.String(),
    "resident_count": pl.Int64(),
    "density": pl.Float64(),
    "gdp_per_resident": pl.Float64(),
}
_CNY_OF_UNIT = 1e8


def build(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the groups: columns of :data:`SCHEMA`, key ``region_code``.

    ``group_code`` is ``<level>_<number>``, ``feature_code`` what stands out in the group (`analytics.peers`),
    ``density`` residents per square kilometre, ``gdp_per_resident`` yuan. Areas without a printed product of their own
    have that of the area above, by resident.
    """
    residents = (
        inputs["core.population"]
        .join(inputs["core.region_above"], on="region_code")
        .group_by(region_code="above_code")
        .agg(resident_count=pl.col("resident_count").sum().cast(pl.Int64))
    )
    frame = (
        inputs["core.region"]
        .select("region_code", "parent_code", "level", "area_km2")
        .join(residents, on="region_code")
        .filter((pl.col("resident_count") > 0) & (pl.col("area_km2") > 0))
        .with_columns(density=pl.col("resident_count") / pl.col("area_km2"))
        .join(_product(inputs["core.regional_statistic"], residents), on="region_code", how="left")
        .sort("region_code")
    )
    above = frame.select(parent_code="region_code", above_gdp="gdp_per_resident")
    frame = frame.join(above, on="parent_code", how="left").with_columns(
        gdp_per_resident=pl.coalesce("gdp_per_resident", "above_gdp")
    )
    parts = [_grouped(part) for part in frame.partition_by("level", maintain_order=True) if part.height]
    return pl.concat(parts).sort(KEY) if parts else pl.DataFrame(schema=SCHEMA)


def _product(printed: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Return the newest printed product of a region per resident of the census; of several sources the mean."""
    gdp = printed.filter(pl.col("measure_code") == "gdp")
    newest = gdp.group_by("region_code").agg(pl.col("year").max())
    return (
        gdp.join(newest, on=["region_code", "year"])
        .group_by("region_code")
        .agg(gdp=pl.col("value").cast(pl.Float64).mean())
        .join(residents, on="region_code")
        .select("region_code", gdp_per_resident=pl.col("gdp") * _CNY_OF_UNIT / pl.col("resident_count"))
    )


def _grouped(part: pl.DataFrame) -> pl.DataFrame:
    """Return one level with its groups."""
    columns = [part[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in _FEATURES]
    found = peer_groups(*columns)
    level = part["level"][0]
    return part.with_columns(
        group_code=pl.Series([f"{level}_{k + 1}" for k in found.group.tolist()], dtype=pl.String()),
        feature_code=pl.Series([found.features[k] for k in found.group.tolist()], dtype=pl.String()),
    ).select(*SCHEMA)


_FEATURES = ("resident_count", "density", "gdp_per_resident")
