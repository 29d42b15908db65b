"""The census of 2020 among the reference tables, and what the demo province takes from it."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from warehouse.reference_tables import table

# Suzhou Industrial Park is counted apart by the census and is no division of GB/T 2260: most of it lies in
# the boundary of Wuzhong, see docs/demo-province.md.
PARK_CODE, PARK_HOST_CODE = "320571", "320506"
PROVINCE_CODE = "320000"


@lru_cache(maxsize=1)
def census_rows() -> pl.DataFrame:
    """Return the census of 2020 as printed: 95 divisions and the Suzhou Industrial Park.

    Returns
    -------
    polars.DataFrame
        ``adcode, city_adcode, name_zh, name_en, type`` as text, ``seat_lon_wgs84, seat_lat_wgs84`` in degrees,
        every count (``total, urban, rural, male_0_0`` ...) as integer persons. Key: ``adcode``.
    """
    text = {"adcode", "city_adcode", "name_zh", "name_en", "type", "folded_in"}
    raw = table("county_population_2020")
    degrees = {name for name in raw.columns if name.endswith("_wgs84") or name.startswith("area_")}
    return raw.with_columns(
        pl.col(name).cast(pl.Float64 if name in degrees else pl.Int64) for name in raw.columns if name not in text
    )


@lru_cache(maxsize=1)
def census_by_division() -> pl.DataFrame:
    """Return the census of 2020 by division, the Suzhou Industrial Park counted with its host.

    Returns
    -------
    polars.DataFrame
        As `census_rows`, 95 rows in the order of ``adcode``; counts of the park are added to ``320506``.
    """
    rows = census_rows()
    counts = [name for name, kind in rows.schema.items() if kind == pl.Int64 and name != "residual_added"]
    host = pl.col("adcode").replace({PARK_CODE: PARK_HOST_CODE})
    summed = rows.group_by(host).agg(pl.col(counts).sum())
    own = rows.filter(pl.col("adcode") != PARK_CODE).drop(counts)
    return own.join(summed, on="adcode").sort("adcode")


def age_bands() -> list[str]:
    """Return the codes of the census' 19 age bands, youngest first."""
    return [name.removeprefix("male_") for name in census_rows().columns if name.startswith("male_")]


# The six bands of population cells, each the sum of census bands.
CELL_BANDS: dict[str, tuple[str, ...]] = {
    "age_0_4_count": ("0_0", "1_4"),
    "age_5_14_count": ("5_9", "10_14"),
    "age_15_34_count": ("15_19", "20_24", "25_29", "30_34"),
    "age_35_59_count": ("35_39", "40_44", "45_49", "50_54", "55_59"),
    "age_60_79_count": ("60_64", "65_69", "70_74", "75_79"),
    "age_80_plus_count": ("80_84", "85_plus"),
}


def calibration(figure: str, year: str) -> pl.DataFrame:
    """Return the rows of the calibration table with this figure and year.

    Returns
    -------
    polars.DataFrame
        ``figure, value, unit, year, source, confidence`` as text.
    """
    return table("calibration").filter((pl.col("figure") == figure) & (pl.col("year") == year))
