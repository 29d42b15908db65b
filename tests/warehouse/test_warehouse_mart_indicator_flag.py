"""Flags, reasons and targets of the demo: keys that fit, sums that hold, and what is said of targets."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from analytics.flags import KINDS
from analytics.indicator import indicators
from analytics.targets.skill import LEAST_TRIALS
from tests.indicators.core_rows import core, mart
from warehouse.marts import mart_indicator_flag, mart_indicator_reason, mart_indicator_target

SERIES = ["indicator_code", "region_code"]
MEASURES = ("event_count", "inspection_on_time_pct")


@pytest.fixture(scope="module")
def inputs(small_demo) -> dict[str, pl.DataFrame]:
    own = pl.col("indicator_code").is_in(MEASURES)
    names = ("", "_part", "_forecast", "_model")
    found = {f"marts.mart_indicator{name}": mart(small_demo, f"mart_indicator{name}").filter(own) for name in names}
    for name in ("region", "region_above", "population", "holiday"):
        found[f"core.{name}"] = core(
            small_demo, name, ("region_code", "level", "parent_code") if name == "region" else ()
        )
    return {**found, "marts.mart_month": mart(small_demo, "mart_month")}


def test_flags_and_reasons_fit_each_other_and_the_figures(inputs) -> None:
    flags = mart_indicator_flag.build(inputs)
    assert flags.height
    assert flags.select(mart_indicator_flag.KEY).is_unique().all()
    assert set(flags["kind"]) <= set(KINDS)
    measured = inputs["marts.mart_indicator"].select(*SERIES, "period", "value")
    points = flags.filter(pl.col("kind") == "point").join(measured, on=[*SERIES, "period"])
    np.testing.assert_allclose(points["actual"], points["value"], rtol=1e-9)
    reasons = mart_indicator_reason.build({**inputs, "marts.mart_indicator_flag": flags})
    assert reasons.select(mart_indicator_reason.KEY).is_unique().all()
    assert reasons.join(flags, on=[*SERIES, "period"], how="anti").is_empty()
    sums = reasons.group_by(*SERIES, "period", "by").agg(pl.col("share", "contribution").sum())
    whole = sums.filter(pl.col("by").is_in(["area", "part"]) & (pl.col("share").abs() > 1e-9))
    assert whole.height
    np.testing.assert_allclose(whole["share"], 1.0, atol=1e-6)


def test_targets_say_where_they_stand_and_how_likely_they_are_reached(inputs) -> None:
    targets = mart_indicator_target.build(inputs)
    assert targets.select(mart_indicator_target.KEY).is_unique().all()
    stated = indicators()["inspection_on_time_pct"].target
    province = targets.filter(pl.col("region_code") == "320000", pl.col("indicator_code") == "inspection_on_time_pct")
    line = province.row(0, named=True)
    assert (line["target_kind"], line["target_value"], line["due_year"]) == (stated.kind, stated.value, stated.year)
    assert line["gap"] == pytest.approx(line["latest_value"] - line["target_value"])
    assert line["outcome"] == ("reached" if line["due_value"] >= stated.value else "missed")
    known = targets.drop_nulls("reach_probability")
    assert known["reach_probability"].is_between(0, 1).all()
    # What past chances were worth is the same for all areas of an indicator, where it is told.
    tested = targets.drop_nulls("skill")
    assert tested.height
    assert (tested.group_by("indicator_code").agg(pl.col("skill").n_unique())["skill"] == 1).all()
    assert ((tested["skill"] <= 1) & (tested["trial_count"] >= LEAST_TRIALS)).all()
    assert ((known["low"] <= known["expected_value"]) & (known["expected_value"] <= known["high"])).all()


def test_a_build_without_months_aims_at_nothing(inputs) -> None:
    nothing = {**inputs, "marts.mart_month": inputs["marts.mart_month"].clear()}
    assert mart_indicator_target.build(nothing).is_empty()


def test_what_the_demo_serves_is_what_the_steps_make(small_demo, inputs) -> None:
    served = mart(small_demo, "mart_indicator_flag").filter(pl.col("indicator_code").is_in(MEASURES))
    made = mart_indicator_flag.build(inputs)
    # Ranks are among all indicators, so they may differ from those of two.
    columns = [*mart_indicator_flag.KEY, "expected", "actual", "score"]
    assert served.sort(mart_indicator_flag.KEY).select(columns).equals(made.select(columns))
