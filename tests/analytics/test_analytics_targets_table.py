"""The table of targets: stated and working ones, due dates gone by, shares of the top's, and every kind of figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from analytics.indicator import Target
from analytics.targets import probabilities
from analytics.targets.outcomes import QUANTILES
from analytics.targets.series import area_series, by_month, numbered
from analytics.targets.table import SCHEMA
from tests.analytics.test_analytics_flags_find import AMOUNT, SHARE, STOCK

MONTHS = [f"{year}-{month:02d}" for year in range(2022, 2027) for month in range(1, 13)][:58]
PARENTS = {"c1": "p", "c2": "p"}


def rows(code: str, region: str, values: list[float], below: list[float] | None = None) -> pl.DataFrame:
    periods = MONTHS[-len(values) :]
    above = values if below is None else [v * b / 100 for v, b in zip(values, below, strict=True)]
    return pl.DataFrame(
        {"indicator_code": code, "region_code": region, "period": periods, "numerator": above, "value": values},
        schema_overrides={"numerator": pl.Float64, "value": pl.Float64},
    ).with_columns(
        denominator=pl.Series(below, dtype=pl.Float64) if below else pl.lit(None, pl.Float64), quality=pl.lit("ok")
    )


def amounts(size: float, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return (size * np.exp(0.2 * np.sin(np.arange(58) / 6 * np.pi) + rng.normal(0, 0.05, 58))).tolist()


def one(found: pl.DataFrame, region: str) -> dict[str, object]:
    [row] = found.filter(pl.col("region_code") == region).iter_rows(named=True)
    return row


def test_a_stated_sum_is_the_tops_and_a_share_of_it_is_worked_towards_below() -> None:
    own = {"c1": amounts(300.0, 1), "c2": amounts(100.0, 2)}
    own["p"] = [a + b for a, b in zip(own["c1"], own["c2"], strict=True)]
    measured = pl.concat(rows("amount", region, values) for region, values in own.items())
    stated = replace(AMOUNT, target=Target(5_000.0, 2026, "plan", "某", "x"))
    found = probabilities(measured, declared={"amount": stated}, parents=PARENTS, newest="2026-10")
    assert found.columns == list(SCHEMA)
    assert found["target_kind"].to_list() == ["working", "working", "plan"]
    year = {region: sum(values[36:48]) for region, values in own.items()}
    assert one(found, "c1")["target_value"] == pytest.approx(5_000 * year["c1"] / year["p"])
    top = one(found, "p")
    assert top["latest_value"] == pytest.approx(sum(own["p"][48:]))
    assert top["gap"] == pytest.approx(sum(own["p"][48:]) - 5_000)
    assert top["low"] < top["expected_value"] < top["high"]  # type: ignore[operator]
    assert (top["outcome"], top["method"], top["expected_year"]) == ("open", "total", 2026)
    assert 0.7 < top["usual_share"] < 0.95  # type: ignore[operator]
    assert found["reach_probability"].is_between(0, 1).all()


def test_a_due_date_gone_by_is_reached_or_missed_and_the_target_stands_on() -> None:
    grows = np.linspace(3.0, 3.9, 58).tolist()
    stays = [3.0 + 0.01 * (month % 3) for month in range(58)]
    measured = pl.concat([rows("stock", "p", grows), rows("stock", "c1", stays)])
    stated = replace(STOCK, target=Target(3.6, 2025, "plan", "某", "x"))
    found = probabilities(measured, declared={"stock": stated}, parents=PARENTS, newest="2026-10")
    high, low = one(found, "p"), one(found, "c1")
    assert high["due_value"] == pytest.approx(grows[47])
    assert (high["outcome"], low["outcome"]) == ("reached", "missed")
    assert (high["due_year"], high["expected_year"]) == (2025, 2026)
    assert high["reach_probability"] > 0.95  # type: ignore[operator]
    assert low["reach_probability"] < 0.05  # type: ignore[operator]


def test_a_forecast_that_may_be_shown_is_asked_first_and_a_rate_is_that_of_the_whole_year() -> None:
    values = [90.0] * 58
    measured = rows("share", "p", values, [50.0] * 58)
    stated = replace(SHARE, target=Target(91.0, 2026, "norm", "某", "x"))
    told = pl.DataFrame(
        {"indicator_code": ["share"] * 2, "region_code": ["p"] * 2, "period": ["2026-11", "2026-12"]}
        | {name: [93.0 + step, 95.0 + step] for step, name in enumerate(QUANTILES)}
    )
    found = one(probabilities(measured, told, declared={"share": stated}, newest="2026-10"), "p")
    assert found["method"] == "forecast"
    # Ten months of 90 and two of the median 98.
    assert found["expected_value"] == pytest.approx((10 * 90 + 2 * 98) / 12)
    # 91 in the year asks for 96 in the two months that are left: the quantile of 10 %.
    assert found["reach_probability"] == pytest.approx(0.9, abs=0.002)


def test_nearness_is_wanted_where_the_direction_says_so() -> None:
    rng = np.random.default_rng(3)
    measured = rows("stock", "p", (8 + rng.normal(0, 0.1, 58)).tolist())
    for value, likely in ((8.2, True), (12.0, False)):
        stated = replace(STOCK, direction="target", target=Target(value, 2025, "norm", "某", "x"))
        found = one(probabilities(measured, declared={"stock": stated}, newest="2026-10"), "p")
        assert (found["outcome"] == "reached") is likely
        assert (found["reach_probability"] > 0.5) is likely  # type: ignore[operator]


def test_what_nobody_states_is_worked_towards_only_where_better_has_a_side() -> None:
    measured = rows("amount", "p", amounts(10.0, 4))
    found = probabilities(measured, declared={"amount": AMOUNT}, newest="2026-10")
    assert found["target_kind"].to_list() == ["working"]
    neutral = {"amount": replace(AMOUNT, direction="neutral")}
    assert probabilities(measured, declared=neutral, newest="2026-10").is_empty()
    empty = measured.with_columns(quality=pl.lit("missing"))
    assert probabilities(empty, declared={"amount": AMOUNT}, newest="2026-10").is_empty()


def test_years_and_periods_of_series() -> None:
    series = area_series(rows("amount", "p", [float(month) for month in range(58)]), AMOUNT)
    assert (numbered("2026-10"), numbered("2026-Q4"), numbered("2026")) == (2026 * 12 + 9, 2026 * 4 + 3, 2026)
    assert series.worded(series.last) == "2026-10"
    assert series.year(2022).tolist() == [sum(range(12))]
    assert area_series(rows("stock", "p", [1.0, 2.0, 5.0]), STOCK).year(2026).tolist() == [5]
    shares = rows("share", "p", [50.0] * 5 + [100.0] * 5, [10.0] * 5 + [30.0] * 5)
    assert area_series(shares, SHARE).year(2026).tolist() == [pytest.approx(87.5)]


def test_weeks_and_days_are_followed_by_month() -> None:
    measured = pl.DataFrame(
        {
            "region_code": "p",
            "period": ["2026-W40", "2026-W41", "2026-10-03", "2026-10-31T14"],
            "numerator": [1.0, 2, 3, 4],
            "denominator": [1.0, 1, 1, 1],
            "value": [1.0, 3, 5, 7],
        }
    )
    found = by_month(measured)
    assert found.select("period", "numerator", "value").rows() == [("2026-10", 10.0, 4.0)]


def test_a_stated_sum_is_not_asked_of_a_part_of_the_area_it_is_stated_for() -> None:
    own = {"c1": amounts(300.0, 1), "p": amounts(300.0, 1)}
    measured = pl.concat(rows("amount", region, values) for region, values in own.items())
    stated = replace(AMOUNT, target=Target(50_000.0, 2025, "plan", "某", "x"))
    found = probabilities(measured, declared={"amount": stated}, parents=PARENTS, newest="2026-10", is_whole=False)
    top, inside = one(found, "p"), one(found, "c1")
    assert (top["target_value"], top["method"], top["outcome"]) == (50_000.0, "partial", "open")
    assert top["gap"] is None
    assert top["reach_probability"] is None
    assert top["low"] < top["expected_value"] < top["high"]  # type: ignore[operator]
    # An area inside it works towards its own growth, not towards a share of what is asked of others too.
    assert inside["target_value"] == pytest.approx(sum(own["c1"][36:48]), rel=0.25)
    assert (inside["target_kind"], inside["method"]) == ("working", "total")


def test_a_level_that_starts_anew_each_year_is_told_by_its_usual_share() -> None:
    share = np.cumsum(np.r_[np.full(11, 0.075), 0.175])
    rng = np.random.default_rng(5)
    values = np.concatenate([100 * rate * share for rate in 0.93 + 0.02 * rng.random(5)])[:58].tolist()
    spent = replace(STOCK, unit="%", combination="ratio", least_count=1.0, target=Target(97.0, 2025, "norm", "某", "x"))
    measured = rows("stock", "p", values, [1000.0] * 58)
    series = area_series(measured, spent)
    assert series.nature == "year_to_date"
    assert series.increments()[0, 48:].sum() == pytest.approx(values[57])
    found = one(probabilities(measured, declared={"stock": spent}, newest="2026-10"), "p")
    assert (found["method"], found["latest_value"]) == ("total", pytest.approx(values[57]))
    assert found["expected_value"] == pytest.approx(94.0, abs=3.5)
    assert found["high"] <= 100  # type: ignore[operator]
    assert found["reach_probability"] < 0.2  # type: ignore[operator]
    # A gap within the year is bridged, and the year's sum stays what it was.
    gap = [*values[:52], np.nan, *values[53:]]
    holed = area_series(rows("stock", "p", gap, [1000.0] * 58), spent)
    assert holed.increments()[0, 48:].sum() == pytest.approx(values[57])


def test_a_rate_is_compared_by_its_year_and_weighs_what_is_left_by_its_usual_part() -> None:
    below = ([10.0] * 10 + [50.0] * 2) * 5
    values = [80.0] * 48 + [60.0] * 9 + [90.0]
    stated = replace(SHARE, unit="%", target=Target(90.0, 2026, "norm", "某", "x"))
    measured = rows("share", "p", values, below[:58])
    series = area_series(measured, stated)
    assert series.part_gone().tolist() == [0.5]
    told = pl.DataFrame(
        {"indicator_code": ["share"] * 2, "region_code": ["p"] * 2, "period": ["2026-11", "2026-12"]}
        | {name: [89.0 + 2 * step] * 2 for step, name in enumerate(QUANTILES)}
    )
    found = one(probabilities(measured, told, declared={"share": stated}, newest="2026-10"), "p")
    assert (found["latest_value"], found["latest_of"]) == (pytest.approx(63.0), "year")
    assert found["gap"] == pytest.approx(63.0 - 90.0)
    assert found["expected_value"] == pytest.approx(0.5 * 63 + 0.5 * 97)
    # The largest quantile of the forecast, 105, is no share.
    assert found["high"] == pytest.approx(0.5 * 63 + 0.5 * 100)


def test_when_a_level_passes_its_target_and_forecasts_that_are_too_sure() -> None:
    rng = np.random.default_rng(8)
    values = (29.5 + 0.1 * np.arange(58) + rng.normal(0, 0.05, 58)).tolist()
    months = ["2026-11", "2026-12", "2027-01"]
    told = pl.DataFrame(
        {"indicator_code": ["stock"] * 3, "region_code": ["p"] * 3, "period": months}
        | {name: [35.0 + 0.5 * month + 0.1 * step for month in range(3)] for step, name in enumerate(QUANTILES)}
    )
    stated = replace(STOCK, target=Target(35.6, 2026, "plan", "某", "x"))
    measured = rows("stock", "p", values)
    found = one(probabilities(measured, told, declared={"stock": stated}, newest="2026-10"), "p")
    assert [found[f"reach_{name}"] for name in ("early", "period", "late")] == ["2026-11", "2026-12", "2026-12"]
    assert found["expected_value"] == pytest.approx(35.9)
    # What is held already is not passed once more.
    held = replace(stated, target=replace(stated.target, value=35.0))
    now = one(probabilities(measured, told, declared={"stock": held}, newest="2026-10"), "p")
    assert now["gap"] > 0  # type: ignore[operator]
    assert [now[f"reach_{name}"] for name in ("early", "period", "late")] == [None] * 3
    # Without any width below the median it is averaged with the past.
    sure = told.with_columns(pl.col("q50").alias(name) for name in QUANTILES[:4])
    wider = one(probabilities(measured, sure, declared={"stock": stated}, newest="2026-10"), "p")
    assert wider["low"] < wider["expected_value"] < wider["high"]  # type: ignore[operator]
    assert wider["expected_value"] != pytest.approx(35.9, abs=1e-6)
    # Two figures tell nothing.
    nothing = one(probabilities(rows("stock", "p", [1.0, 2.0]), declared={"stock": stated}, newest="2026-10"), "p")
    assert (nothing["method"], nothing["expected_value"], nothing["reach_probability"]) == ("short", None, None)
