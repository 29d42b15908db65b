"""The days of the demo: 60 months of working days, holidays, school breaks, closures and seasons."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from warehouse import reference_tables
from warehouse.demo.grid import Floats

FIRST_DAY, LAST_DAY = date(2021, 11, 1), date(2026, 10, 31)
MONTH_COUNT = 60
SEASONS = ("indoor_hall", "gym", "pool", "school_open", "trail_park")

# The tail of the epidemic closures (assumption): cities or all, first and last day, factor on what people do.
_EAST = ("320500", "320200", "320400", "320600")
CLOSURES: tuple[tuple[tuple[str, ...], date, date, float], ...] = (
    (("320100", "321000"), date(2021, 11, 1), date(2021, 11, 30), 0.80),
    (_EAST, date(2022, 2, 14), date(2022, 3, 12), 0.70),
    ((), date(2022, 3, 13), date(2022, 5, 31), 0.50),
    (("320300", "320200", "320700"), date(2022, 6, 27), date(2022, 7, 20), 0.60),
    ((), date(2022, 11, 10), date(2023, 1, 31), 0.45),
)
# Spring Festival's first day of holiday moves between January and February.
_SPRING_FESTIVAL = (date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))


def months() -> list[str]:
    """Return the 60 months as ``YYYY-MM``."""
    return days()["month"].unique(maintain_order=True).to_list()


@lru_cache(maxsize=1)
def days() -> pl.DataFrame:
    """Return one row a day.

    Returns
    -------
    polars.DataFrame
        ``date, month (YYYY-MM), month_index (0..59), weekday (0 is Monday), kind (workday, weekend, holiday,
        makeup_workday), is_off (whether offices rest), is_school_break, is_exam, activity (factor of what people do
        on such a day, mean about 1)``. Key: ``date``.

    Notes
    -----
    Factors of days are those of ``warehouse/reference/seasonality_profiles.csv`` (assumptions).
    """
    frame = pl.DataFrame({"date": pl.date_range(FIRST_DAY, LAST_DAY, "1d", eager=True)})
    official = reference_tables.table("holidays_cn").select(pl.col("date").str.to_date(), official="kind")
    month, day = pl.col("date").dt.month(), pl.col("date").dt.day()
    frame = frame.join(official, on="date", how="left", maintain_order="left").with_columns(
        month=pl.col("date").dt.strftime("%Y-%m"),
        month_index=((pl.col("date").dt.year() - FIRST_DAY.year) * 12 + month - FIRST_DAY.month).cast(pl.Int32),
        weekday=(pl.col("date").dt.weekday() - 1).cast(pl.Int32),
        is_school_break=month.is_in([7, 8]) | ((month == 1) & (day >= 22)) | ((month == 2) & (day <= 15)),
        is_exam=(month == 6) & (day.is_between(7, 9) | day.is_between(14, 17)),
    )
    kind = (
        pl.when(pl.col("official") == "makeup_workday")
        .then(pl.lit("makeup_workday"))
        .when(pl.col("official") == "holiday")
        .then(pl.lit("holiday"))
        .when(pl.col("weekday") >= 5)
        .then(pl.lit("weekend"))
        .otherwise(pl.lit("workday"))
    )
    factor = _day_factors()
    frame = frame.with_columns(kind=kind).with_columns(is_off=pl.col("kind").is_in(["holiday", "weekend"]))
    activity = pl.col("kind").replace_strict(
        {
            "workday": 1.0,
            "weekend": factor["weekend"],
            "holiday": factor["public_holiday"],
            "makeup_workday": factor["makeup_workday"],
        },
        return_dtype=pl.Float64,
    )
    activity *= pl.when(pl.col("is_exam")).then(factor["gaokao_7_9_jun"]).otherwise(1.0)
    activity *= pl.when((month == 8) & (day == 8)).then(factor["national_fitness_day_0808"]).otherwise(1.0)
    frame = frame.with_columns(activity=activity)
    return _with_spring_festival(frame, factor).drop("official")


def _with_spring_festival(frame: pl.DataFrame, factor: dict[str, float]) -> pl.DataFrame:
    since = pl.min_horizontal(
        pl.when((pl.col("date") - first).dt.total_days().is_between(-1, 7)).then(
            (pl.col("date") - first).dt.total_days()
        )
        for first in _SPRING_FESTIVAL
    )
    at_home = pl.when(since <= 3).then(factor["spring_festival_days_0_3"])
    back = at_home.when(since <= 7).then(factor["spring_festival_days_4_7"])
    return frame.with_columns(activity=back.otherwise(pl.col("activity")))


@lru_cache(maxsize=1)
def _day_factors() -> dict[str, float]:
    rows = reference_tables.table("seasonality_profiles").filter(pl.col("kind") == "day_factor")
    return dict(zip(rows["day_type_or_event"], rows["value"].cast(pl.Float64), strict=True))


def season(profile: str) -> Floats:
    """Return the factor of each of the 60 months for a kind of place, mean 1 over a year; ``flat`` is all ones."""
    if profile == "flat":
        return np.ones(MONTH_COUNT)
    rows = reference_tables.table("seasonality_profiles").filter(
        (pl.col("kind") == "monthly_factor") & (pl.col("venue_class") == profile)
    )
    factor = dict(zip(rows["hour_or_month"].cast(pl.Int64), rows["value"].cast(pl.Float64), strict=True))
    year = np.array([factor[month] for month in range(1, 13)])
    number = np.array([int(month[-2:]) for month in months()])
    return (year / year.mean())[number - 1]


def hour_shares(profile: str, *, is_off: bool) -> Floats:
    """Return the share of a day's visits in each of its 24 hours for a kind of place (sums to 1)."""
    rows = reference_tables.table("seasonality_profiles").filter(
        (pl.col("kind") == "hourly_share")
        & (pl.col("venue_class") == profile)
        & (pl.col("day_type_or_event") == ("weekend" if is_off else "weekday"))
    )
    shares = np.zeros(24)
    shares[rows["hour_or_month"].cast(pl.Int64).to_numpy()] = rows["value"].cast(pl.Float64).to_numpy()
    return shares / shares.sum()


def closure(city_code: str) -> Floats:
    """Return the factor of the epidemic closures on every day in a city; 1 where there was none."""
    date_of = days()["date"].to_numpy()
    factor = np.ones(len(date_of))
    for cities, first, last, share in CLOSURES:
        if not cities or city_code in cities:
            within = (date_of >= np.datetime64(first)) & (date_of <= np.datetime64(last))
            factor[within] = np.minimum(factor[within], share)
    return factor
