"""Units of the sport bureaus: who keeps systems and runs projects."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.reference import PROVINCE_CODE
from warehouse.demo.world import Ints, World
from warehouse.reference_tables import table

# Suffix and name of the units of a province, a city and a county (assumption).
_PROVINCE = ("体育局", "体育科学研究所", "训练中心", "体育彩票管理中心", "体育宣传信息中心", "青少年训练与反兴奋剂中心")
_CITY = ("体育局", "体育运动学校", "体育场馆管理中心")
_COUNTY = ("体育局", "全民健身中心")


def units(world: World) -> pl.DataFrame:
    """Return the units that keep systems.

    Parameters
    ----------
    world : World
        With the frame ``region``.

    Returns
    -------
    polars.DataFrame
        ``unit_code`` (region code and two digits), ``unit_name``, ``region_code``, ``rank`` (0 province, 1 city,
        2 county), ``order`` (how well it keeps its books, mean about 1). Key: ``unit_code``.
    """
    counties = world.counties
    kept = dict(zip(counties["region_code"], counties["order"], strict=True))
    of_city = dict(counties.group_by("city_code").agg(pl.col("order").mean()).iter_rows())
    names = dict(world.frames["region"].select("region_code", "region_name").iter_rows())
    # A demo of a few cities says so behind the name of the province.
    names[PROVINCE_CODE] = names[PROVINCE_CODE].split("（")[0]
    ranked: list[tuple[str, int, float, tuple[str, ...]]] = [(PROVINCE_CODE, 0, 1.25, _PROVINCE)]
    ranked += [(code, 1, of_city[code] * 1.1, _CITY) for code in sorted(world.cities)]
    ranked += [(code, 2, kept[code], _COUNTY) for code in counties["region_code"]]
    rows = [
        (f"{region}-{number:02d}", f"{names[region]}{name}", region, rank, order)
        for region, rank, order, kinds in ranked
        for number, name in enumerate(kinds, start=1)
    ]
    return pl.DataFrame(rows, schema=["unit_code", "unit_name", "region_code", "rank", "order"], orient="row")


def standards() -> pl.DataFrame:
    """Return the standards of ``warehouse/reference/standards.csv``; days and ``is_planned`` are read as such."""
    text = table("standards")
    return text.with_columns(
        pl.col("issued_on", "in_force_on").str.to_date(strict=False), is_planned=pl.col("is_planned") == "true"
    )


def cite(
    random: np.random.Generator, fields: tuple[str, ...], days: pl.Series, chance: Floats, *, alone: bool = True
) -> pl.Series:
    """Return the standard that each thing of a given day cites, null where it cites none.

    Parameters
    ----------
    random : numpy.random.Generator
        Chance.
    fields : tuple of str
        Fields of the standards that may be cited.
    days : polars.Series of Date, length n
        A standard is cited from its day of issue.
    chance : float64, shape (n,)
        Chance of citing one where there is any.
    alone : bool
        Whether standards that the plan does not ask for may be cited too.
    """
    known = standards().filter(pl.col("field_code").is_in(fields) & pl.col("issued_on").is_not_null())
    if not alone:
        known = known.filter("is_planned")
    issued = known["issued_on"].cast(pl.Int32).to_numpy()
    codes = known["standard_id"].to_numpy()
    able = issued[None, :] <= days.cast(pl.Int32).to_numpy()[:, None]
    # Newer standards are cited more: they are what is asked for.
    weight = np.where(able, 1.0 + np.arange(len(codes)) / max(len(codes), 1), 0.0)
    drawn = random.random(len(days)) * weight.sum(axis=1)
    place = np.minimum((np.cumsum(weight, axis=1) <= drawn[:, None]).sum(axis=1), len(codes) - 1)
    cites = able.any(axis=1) & (random.random(len(days)) < chance)
    return pl.Series("standard_cited", np.where(cites, codes[place], None), dtype=pl.String)


def day_series(numbers: Ints) -> pl.Series:
    """Return days since 1970-01-01 as dates."""
    return pl.Series(numbers.astype(np.int32)).cast(pl.Date)
