"""Forecasts that chances lean on: which of today's, and those of past years by nothing but what was known then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from tests.warehouse.test_warehouse_mart_indicator_forecast import COUNTIES, KNOWN, MONTHS, PARENTS, rows_of, wave
from warehouse.chance_forecasts import tellable, told_again
from warehouse.indicator_outlook import expectations
from warehouse.steps import Work

STOCK = {"share": KNOWN["share"], "visits": KNOWN["visits"]}


def frame(rows: list[tuple]) -> pl.DataFrame:
    names = ("indicator_code", "region_code", "period", "numerator", "denominator", "value", "quality")
    return pl.DataFrame(rows, schema=names, orient="row", strict=False).cast(
        dict.fromkeys(("numerator", "denominator", "value"), pl.Float64)
    )


def test_chances_lean_on_forecasts_that_are_better_than_the_naive_one_and_say_something_of_a_level() -> None:
    code = KNOWN["share"].code
    rows = [
        ("a", "shown", "theta", 0.8, 1.0),
        ("b", "shown", "theta", 1.2, 1.0),
        ("c", "trend", "theta", 1.2, 1.0),
        ("d", "worse", "theta", 0.8, 1.0),
        ("e", "shown", "mean_36", 0.8, 1.0),
        ("f", "shown", "theta", None, None),
    ]
    names = ("region_code", "state", "model_code", "mase", "naive_mase")
    register = pl.DataFrame(rows, schema=names, orient="row").with_columns(indicator_code=pl.lit(code))
    flow = tellable(register, KNOWN)["region_code"].to_list()
    assert flow == ["a", "c", "e", "f"]
    assert tellable(register, {code: replace(KNOWN["share"], accumulation="stock")})["region_code"].to_list() == [
        "a",
        "c",
        "f",
    ]


def test_a_past_year_is_told_by_what_was_known_then() -> None:
    share = rows_of("share", lambda county, step: (0.8 * wave(county, step) - step % 5, wave(county, step), None))
    visits = rows_of("visits", lambda county, step: (wave(county, step), None, None))
    measured = frame([*share, *visits])
    newest = MONTHS[-3]
    found = told_again(measured, PARENTS, STOCK, month=newest, years=2)
    assert set(found) == {1, 2}
    # Sums of the year are told without forecasts.
    assert set(found[1]["region_code"]) == {*COUNTIES, "P", "A", "B"}
    assert set(found[1]["indicator_code"]) == {"share"}
    assert found[1]["period"].min() == "2024-11"
    assert found[2]["period"].min() == "2023-11"
    later = pl.col("period") > "2024-10"
    changed = measured.with_columns(
        value=pl.when(later).then(pl.col("value") / 2).otherwise("value"),
        numerator=pl.when(later).then(pl.col("numerator") / 2).otherwise("numerator"),
    )
    again = told_again(changed, PARENTS, STOCK, month=newest, years=2)
    assert again[1].equals(found[1])
    assert told_again(measured.clear(), PARENTS, STOCK, month=newest, years=1)[1].is_empty()


def test_an_indicator_with_a_single_figure_does_not_cost_the_others_their_forecasts() -> None:
    years = [str(year) for year in range(2016, 2026)]
    rows = rows_of("share", lambda _, step: (50.0 + 3 * step, 100.0, None), years)
    rows += rows_of("visits", lambda *_: (50.0, None, None), years[-1:])
    known = {code: replace(KNOWN[code], period="year") for code in ("share", "visits")}
    made = expectations(frame(rows), PARENTS, known, Work(processes=0))["year"]
    assert "failed" not in " ".join(made.found.notes)
    own = [place for place, series in enumerate(made.series) if series.indicator_code == "share"]
    assert np.isfinite(made.found.quantiles[own]).all()
