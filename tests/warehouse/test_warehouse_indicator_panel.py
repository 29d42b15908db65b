"""Which figures forecasts, chances of targets and flags are told by: those of the whole, or nearly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from analytics.flags.find import series_of as flag_series
from analytics.indicator import QUALITIES, USABLE
from analytics.targets import probabilities
from tests.analytics.test_analytics_flags_find import SHARE
from warehouse.indicator_panel import periods_of, series_of, table_of

YEARS = [str(year) for year in range(2016, 2026)]


def yearly(quality: str) -> pl.DataFrame:
    """Return ten years of a share in one area; of the fourth and the newest not all may have come in."""
    values = [60.0 + place for place in range(10)]
    return pl.DataFrame(
        {
            "indicator_code": "share",
            "region_code": "p",
            "period": YEARS,
            "numerator": values,
            "denominator": [100.0] * 10,
            "value": values,
            "quality": [quality if place in {3, 9} else "ok" for place in range(10)],
        }
    )


@pytest.mark.parametrize("quality", QUALITIES)
def test_what_is_nearly_whole_is_a_figure_to_all_of_them_and_what_is_partial_to_none(quality: str) -> None:
    measured, known = yearly(quality), quality in USABLE
    share = replace(SHARE, period="year")
    periods = periods_of("year", measured)
    assert periods is not None
    table = table_of(series_of(share, measured), periods, measured)
    column = periods.names.index(YEARS[3])
    assert np.isfinite(table[:, column]).all() == known
    assert np.isfinite(flag_series(measured, {"share": share}, "year").values[0, 3]) == known
    found = probabilities(measured, declared={"share": share}, newest="2025-12")
    # Chances also know the part of a year that is not over, where nothing of that part is missing.
    assert found["latest_period"].to_list() == [YEARS[9] if known or quality == "provisional" else YEARS[8]]
