"""Forecasts that chances of targets lean on: which of today's, and those of past years, told again."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.forecast.calendar_features import Holidays
from analytics.indicator import Indicator, PeriodKind
from analytics.period import is_running, newest_of, shifted
from analytics.targets.outcomes import QUANTILES
from analytics.targets.skill import judged_areas
from warehouse.indicator_outlook import Expected, expectations
from warehouse.steps import Work

KEY = ("indicator_code", "region_code")
# Forecasts of these states say more of the due date than the series' own past does.
TOLD = ("shown", "trend")
# A mean of years says nothing of where a level stands at the end of this one.
LEVELLESS = "mean_36"
# Weeks are followed by the means of their months, which nobody forecasts.
KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "year")
MONTHS_OF_YEAR = 12


def tellable(register: pl.DataFrame, declared: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return the indicators and areas whose forecasts chances lean on.

    Parameters
    ----------
    register : DataFrame
        ``indicator_code, region_code, state, model_code, mase, naive_mase``, as ``marts.mart_indicator_model``.
    declared : mapping
        Indicators by code.
    """
    stocks = [code for code, indicator in declared.items() if indicator.accumulation == "stock"]
    is_levelless = (pl.col("model_code") == LEVELLESS) & pl.col("indicator_code").is_in(stocks)
    # A forecast of few origins may be shown though it did worse than the naive one; the past is then the better judge.
    is_beaten = (pl.col("state") == "shown") & (pl.col("mase") > pl.col("naive_mase")).fill_null(value=False)
    told = pl.col("state").is_in(TOLD) & ~is_beaten & ~is_levelless.fill_null(value=False)
    return register.filter(told).select(KEY)


def told_again(
    measured: pl.DataFrame,
    parents: Mapping[str, str],
    declared: Mapping[str, Indicator],
    *,
    month: str,
    years: int,
    holidays: Holidays | None = None,
) -> dict[int, pl.DataFrame]:
    """Return the forecasts that chances would have leaned on in past years, by how many years ago.

    Models are fitted and chosen anew by what was known at the end of the same month, for the areas that past chances
    are judged by; forecasts by week and of sums within the year, which chances do not lean on, are left out.

    Parameters
    ----------
    measured : DataFrame
        ``marts.mart_indicator``.
    parents : mapping
        Direct parent of every area but the top.
    declared : mapping
        Indicators by code.
    month : str
        As-of month of today, ``2026-10``.
    years : int
        How far to go back.
    holidays : Holidays, optional
        As announced.

    Returns
    -------
    dict of int to DataFrame
        ``indicator_code, region_code, period, q025 ... q975``.
    """
    known = {code: one for code, one in declared.items() if one.period in KINDS and not _adds_within_year(one)}
    areas = judged_areas(measured["region_code"].unique(), parents)
    own = measured.filter(pl.col("region_code").is_in(list(areas)) & pl.col("indicator_code").is_in(list(known)))
    found = {}
    for back in range(1, years + 1):
        then = shifted(month, -back * MONTHS_OF_YEAR)
        frames = [own.clear()]
        for kind in KINDS:
            last = newest_of(kind, then)
            last = shifted(last, -1) if is_running(last, then) else last
            codes = [code for code, one in known.items() if one.period == kind]
            frames.append(own.filter(pl.col("indicator_code").is_in(codes) & (pl.col("period") <= last)))
        made = expectations(pl.concat(frames), parents, known, Work(processes=0), holidays)
        found[back] = pl.concat([_told(one, declared) for one in made.values()]) if made else _EMPTY
    return found


_EMPTY = pl.DataFrame(schema={**dict.fromkeys((*KEY, "period"), pl.String), **dict.fromkeys(QUANTILES, pl.Float64)})


def _adds_within_year(indicator: Indicator) -> bool:
    is_sum = indicator.accumulation == "flow" and indicator.combination in ("sum", "per_resident")
    return is_sum and indicator.period != "year"


def _told(one: Expected, declared: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return the quantiles of what may be told, a row a period ahead."""
    key = {
        "indicator_code": [series.indicator_code for series in one.series],
        "region_code": [series.region_code for series in one.series],
    }
    columns = {"state": one.found.state, "model_code": one.found.model, "mase": one.found.mase}
    register = pl.DataFrame({**key, **columns, "naive_mase": one.found.naive_mase}).with_columns(
        pl.col("mase", "naive_mase").fill_nan(None)
    )
    rows = []
    for ahead, period in enumerate(one.periods.coming):
        quantiles = one.found.quantiles[:, ahead]
        figures = {name: quantiles[:, place] for place, name in enumerate(QUANTILES)}
        rows.append(pl.DataFrame({**key, "period": [period] * len(quantiles), **figures}))
    table = pl.concat([_EMPTY, *rows]).filter(pl.col(QUANTILES[0]).is_finite())
    return table.join(tellable(register, declared), on=list(KEY), how="semi")
