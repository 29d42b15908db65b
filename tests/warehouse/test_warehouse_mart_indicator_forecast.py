"""Forecasts of the indicators: hand-made series in, agreement of areas, gaps, failures, the memo, the demo's marts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import cos, pi

import numpy as np
import polars as pl
import pytest

from analytics.forecast.panel import LEVELS
from analytics.indicator import Indicator, indicators
from analytics.period import shifted
from kernel.errors import WordedError
from tests.indicators.core_rows import core, mart
from warehouse import indicator_outlook
from warehouse.arrays import indicator_outlook as arrays
from warehouse.indicator_coherence import Own, agree
from warehouse.indicator_outlook import asked_by_kind, expectations
from warehouse.indicator_panel import (
    DENOMINATOR,
    VALUE,
    Series,
    calendar_of,
    direct_parents,
    holidays_of,
    panel_of,
    parents_of,
    periods_of,
    series_of,
    table_of,
)
from warehouse.marts import mart_indicator_forecast, mart_indicator_model
from warehouse.memo import Memo
from warehouse.steps import Work

PARENTS = {"A1": "A", "A2": "A", "B1": "B", "A": "P", "B": "P"}
COUNTIES = {"A1": 3.0, "A2": 5.0, "B1": 2.0}
ABOVE = {"A": ("A1", "A2"), "B": ("B1",), "P": ("A1", "A2", "B1")}
MONTHS = [shifted("2021-01", step) for step in range(60)]
QUALITY = ("indicator_code", "region_code", "period", "numerator", "denominator", "value", "quality")
PLAIN = Work(processes=0)
HOLIDAYS = pl.DataFrame(
    {
        "date": [date(2025, 1, 28), date(2025, 1, 26), date(2025, 10, 1)],
        "kind": ["holiday", "makeup_workday", "holiday"],
        "holiday_name": ["春节", "春节", "国庆节、中秋节"],
    }
)


def declared(code: str, like: str, **changed: object) -> Indicator:
    return replace(indicators()[like], code=code, **changed)


KNOWN = {
    "visits": declared("visits", "event_count"),
    "share": declared("share", "inspection_on_time_pct"),
    "median": declared("median", "approval_days_median"),
}


def rows_of(
    code: str,
    figure: Callable[[str, int], tuple[float | None, float | None, float | None]],
    periods: list[str] = MONTHS,
) -> list[tuple]:
    """Return rows of a made-up indicator: counties by a rule, areas above as their sums."""
    rows = []
    for step, period in enumerate(periods):
        own = {county: figure(county, step) for county in COUNTIES}
        for region, members in {**{county: (county,) for county in COUNTIES}, **ABOVE}.items():
            above = sum(own[member][0] or 0.0 for member in members)
            below = sum(own[member][1] or 0.0 for member in members)
            value = above / below * 100 if below else above
            rows.append((code, region, period, above, below or None, value, "ok"))
    return rows


def wave(county: str, step: int) -> float:
    size = COUNTIES[county]
    return round(40 * size * (1 + 0.4 * cos(step * pi / 6) + 0.01 * step) + (step * 7919 % 11) * size)


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    rows = rows_of("visits", lambda county, step: (wave(county, step), None, None))
    rows += rows_of("share", lambda county, step: (0.8 * wave(county, step) - step % 5, wave(county, step), None))
    rows += [
        ("median", region, month, 1, 1, 4 + n % 3, "ok") for region in ("A", "P") for n, month in enumerate(MONTHS)
    ]
    rows += [("gone", "P", month, 1, None, 1, "ok") for month in MONTHS]
    rows += [("visits", region, "2026-01", 1.0, None, 1.0, "provisional") for region in (*COUNTIES, *ABOVE)]
    frame = pl.DataFrame(
        rows,
        schema=dict.fromkeys(QUALITY[:3], pl.String) | dict.fromkeys(QUALITY[3:6], pl.Float64) | {"quality": pl.String},
        orient="row",
        strict=False,
    )
    lost = (pl.col("indicator_code") == "visits") & (pl.col("region_code") == "A1") & (pl.col("period") == "2023-05")
    frame = frame.with_columns(quality=pl.when(lost).then(pl.lit("missing")).otherwise("quality"))
    return frame.sort(QUALITY[:3])


def test_a_table_holds_what_was_delivered_whole_and_is_over(measured) -> None:
    monthly = measured.filter(pl.col("indicator_code") != "gone")
    periods = periods_of("month", monthly)
    assert periods.names == tuple(MONTHS)
    assert periods.coming == [shifted("2025-12", ahead) for ahead in range(1, 13)]
    series = [
        one
        for code in ("visits", "share")
        for one in series_of(KNOWN[code], monthly.filter(pl.col("indicator_code") == code))
    ]
    table = table_of(series, periods, monthly)
    usable = {
        (code, region, period): (value, below)
        for code, region, period, _, below, value, quality in monthly.iter_rows()
        if quality in ("ok", "few")
    }
    for row, one in enumerate(series):
        for column, period in enumerate(periods.names):
            value, below = usable.get((one.indicator_code, one.region_code, period), (None, None))
            wanted = below if one.part == DENOMINATOR else value
            np.testing.assert_equal(table[row, column], np.nan if wanted is None else wanted)
    assert np.isnan(table).sum() == 1
    panel = panel_of(series, periods, table, KNOWN)
    assert {one.part for one in series if one.indicator_code == "visits"} == {VALUE}
    counts = {one.indicator_code + one.part for one, count in zip(series, panel.is_count, strict=True) if count}
    assert counts == {"visitsvalue", "sharedenominator"}
    limits = {one.part: limit for one, limit in zip(series, panel.upper, strict=True) if one.indicator_code == "share"}
    assert limits == {VALUE: 100.0, DENOMINATOR: np.inf}
    assert len(set(panel.families)) == 3


def test_a_series_reaches_back_so_far_and_ends_with_the_last_period_that_is_over() -> None:
    years = [f"{year}" for year in range(1990, 2027)]
    frame = pl.DataFrame({"period": years, "quality": ["ok"] * 36 + ["provisional"]})
    assert periods_of("year", frame).names == tuple(years[16:36])
    assert periods_of("year", frame.filter(pl.col("quality") == "provisional")) is None
    weeks = pl.DataFrame({"period": ["2026-W01", "2026-W03"], "quality": ["ok", "few"]})
    assert periods_of("week", weeks).names == ("2026-W01", "2026-W02", "2026-W03")
    assert periods_of("week", weeks).coming[-1] == "2026-W16"


def test_parents_are_the_nearest_that_are_measured() -> None:
    region = pl.DataFrame({"region_code": ["P", *PARENTS], "parent_code": ["0", *PARENTS.values()]})
    assert direct_parents(region) == PARENTS
    assert parents_of(["P", "A1", "B", "B1"], PARENTS) == [-1, 0, 0, 2]
    assert parents_of(["A1", "B1"], PARENTS) == [-1, -1]


@pytest.fixture(scope="module")
def found(measured):
    return expectations(measured, PARENTS, KNOWN, PLAIN)["month"]


def test_what_is_added_adds_up_and_ratios_agree_in_both_their_parts(found) -> None:
    place = {(one.indicator_code, one.region_code): row for row, one in enumerate(found.series)}
    assert set(place) == {(code, region) for code in ("visits", "share") for region in (*COUNTIES, *ABOVE)} | {
        ("median", "A"),
        ("median", "P"),
    }
    point = found.found.point
    for whole, members in ABOVE.items():
        parts = sum(point[place["visits", member]] for member in members)
        np.testing.assert_allclose(point[place["visits", whole]], parts, rtol=1e-9)
        above, below = (
            sum(figures[place["share", member]] for member in members)
            for figures in (found.numerators, found.denominators)
        )
        np.testing.assert_allclose(point[place["share", whole]], above / below * 100, rtol=1e-9)
    assert np.isnan(found.numerators[place["visits", "P"]]).all()
    # A wave that goes on is forecast as one.
    truth = np.array([sum(wave(county, step) for county in COUNTIES) for step in range(60, 72)])
    assert np.abs(point[place["visits", "P"]] / truth - 1).mean() < 0.1
    inner = found.found.quantiles[place["visits", "P"]]
    assert (np.diff(inner, axis=1) >= 0).all()
    assert set(found.found.state) <= {"shown", "worse"}


def test_ratios_keep_their_own_intervals_moved_with_the_point_and_within_limits() -> None:
    parents, levels = (1, -1), len(LEVELS)
    point = np.array([[90.0], [50.0]])
    quantiles = point[:, :, None] + np.linspace(-20, 20, levels)
    own = Own(
        parents, point, quantiles, np.array([[10.0], [40.0]]), 100.0, np.array([100.0, 100.0]), may_be_negative=False
    )
    made = agree(own)
    # The only member of an area has its numerator and its denominator: they meet between both forecasts.
    np.testing.assert_allclose(made.numerators[0], made.numerators[1])
    np.testing.assert_allclose(made.denominators[0], made.denominators[1])
    np.testing.assert_allclose(made.point[0], made.numerators[0] / made.denominators[0] * 100)
    assert 50 <= made.point[0, 0] < 90
    moved = quantiles + (made.point - point)[:, :, None]
    np.testing.assert_allclose(made.quantiles, np.clip(moved, 0, 100))
    falling = replace(own, denominators=None, point=np.array([[-3.0], [1.0]]), may_be_negative=True)
    again = agree(falling)
    np.testing.assert_allclose(again.point, [[-1.0], [-1.0]])
    np.testing.assert_allclose(again.quantiles - again.point[:, :, None], quantiles - falling.point[:, :, None])


def test_other_processes_and_kept_answers_change_nothing(measured, monkeypatch, tmp_path, caplog) -> None:
    yearly = pl.DataFrame(
        rows_of(
            "visits",
            lambda county, step: (wave(county, 3 * step), None, None),
            [f"{year}" for year in range(2012, 2026)],
        ),
        schema=measured.schema,
        orient="row",
        strict=False,
    )
    known = {"visits": replace(KNOWN["visits"], period="year")}
    monkeypatch.setattr(indicator_outlook, "WORTH_SPREADING", 1)
    told: list[tuple[str, int, int]] = []
    work = Work(lambda *heard: told.append(heard), "full", tmp_path / "memo", 0)
    first = expectations(yearly, PARENTS, known, work)["year"]
    files = set((tmp_path / "memo").glob("*/*.npz"))
    assert files
    again = expectations(yearly, PARENTS, known, work)["year"]
    assert set((tmp_path / "memo").glob("*/*.npz")) == files
    assert "cannot be read" not in caplog.text
    apart = expectations(yearly, PARENTS, known, Work(effort="full", processes=1))["year"]
    for other in (again, apart):
        np.testing.assert_array_equal(other.found.point, first.found.point)
        np.testing.assert_array_equal(other.found.quantiles, first.found.quantiles)
    assert told[-1] == ("series", 6, 6)
    assert all(before[1] <= after[1] for before, after in pairwise(told[: len(told) // 2]))
    # The fast effort neither reads nor writes what is kept.
    memo = Memo(tmp_path / "none", "1")
    expectations(yearly, PARENTS, known, Work(memo_dir=memo.folder, processes=0))
    assert not memo.folder.exists()


def test_a_failure_is_logged_and_written_down_and_loses_nothing_else(measured, monkeypatch, caplog) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise FloatingPointError("out of numbers")

    monkeypatch.setattr(indicator_outlook, "outlook", broken)
    made = expectations(measured, PARENTS, KNOWN, PLAIN)["month"]
    assert set(made.found.notes) == {"failed"}
    assert set(made.found.state) == {"none"}
    assert np.isnan(made.found.point).all()
    assert "out of numbers" in caplog.text
    assert "forecasts by month failed" in caplog.text


def test_whoever_asks_for_the_end_is_heard(measured) -> None:
    def stop(*_heard: object) -> None:
        raise WordedError("jobs.forecast_stopped")

    with pytest.raises(WordedError):
        expectations(measured, PARENTS, KNOWN, Work(stop, processes=0))


def test_the_arrays_become_the_marts(measured, monkeypatch) -> None:
    still = pl.DataFrame(
        [("median", "B", month, 1.0, 1.0, 7.0, "ok") for month in MONTHS]
        + [("median", "A1", "2025-12", 1.0, 1.0, 7.0, "ok"), ("median", "A2", "2025-12", 1.0, 1.0, None, "missing")],
        schema=measured.schema,
        orient="row",
    )
    together = pl.concat([measured, still]).sort(QUALITY[:3])
    monkeypatch.setattr(arrays, "indicators", lambda: KNOWN)
    region = pl.DataFrame({"region_code": ["P", *PARENTS], "parent_code": [None, *PARENTS.values()]})
    inputs = {"marts.mart_indicator": together, "core.region": region, "core.holiday": HOLIDAYS}
    made = arrays.build(inputs, work=PLAIN)
    inputs["arrays.indicator_outlook"] = made
    model = mart_indicator_model.build(inputs)
    note = {
        (code, area): text
        for code, area, text in model.select("indicator_code", "region_code", "note_code").iter_rows()
    }
    assert (note["median", "B"], note["median", "A1"], note["median", "A2"]) == ("constant", "short", "no_value")
    assert note["visits", "A1"] in ("bridged", "chosen", "untested")
    state = {
        (code, area): text for code, area, text in model.select("indicator_code", "region_code", "state").iter_rows()
    }
    assert (state["median", "A1"], state["median", "A2"]) == ("short", "none")
    assert model.select("effort", "period_kind", "last_period").unique().rows() == [("fast", "month", "2025-12")]
    assert model.height == len(made["state"]) == 17
    forecast = mart_indicator_forecast.build(inputs)
    assert forecast.filter(pl.col("region_code") == "A2", pl.col("indicator_code") == "median").is_empty()
    one = forecast.filter(pl.col("region_code") == "P", pl.col("indicator_code") == "visits")
    assert one["period"].to_list() == [shifted("2025-12", ahead) for ahead in range(1, 13)]
    assert one["horizon"].to_list() == list(range(1, 13))
    row = [at for at in range(17) if (made["indicator_code"][at], made["region_code"][at]) == ("visits", "P")]
    np.testing.assert_array_equal(one["mean"], made["point"][row[0], :12])
    np.testing.assert_array_equal(one["q975"], made["quantile"][row[0], :12, 8])
    assert forecast.select(mart_indicator_forecast.KEY).is_unique().all()
    empty = {"marts.mart_indicator": measured.clear(), "core.region": region, "core.holiday": HOLIDAYS}
    empty["arrays.indicator_outlook"] = arrays.build(empty)
    assert mart_indicator_forecast.build(empty).schema == forecast.schema
    assert mart_indicator_model.build(empty).height == 0


def test_rounding_keeps_twelve_digits_and_what_is_not_finite() -> None:
    numbers = np.array([1 / 3, -123456.789012345678, 0.0, np.nan, np.inf, 1e-30 / 7])
    kept = arrays.rounded(numbers)
    np.testing.assert_allclose(kept, numbers, rtol=1e-11)
    assert [f"{one:.12g}" for one in kept] == [f"{one:.12g}" for one in numbers]
    np.testing.assert_array_equal(arrays.rounded(np.nextafter(numbers[:2], np.inf)), kept[:2])


def test_forecasts_of_the_demo_agree_among_areas(small_demo) -> None:
    forecast, measured = mart(small_demo, "mart_indicator_forecast"), mart(small_demo, "mart_indicator")
    above = core(small_demo, "region", ("region_code", "parent_code"))
    checked = skipped = 0
    for code in forecast["indicator_code"].unique().sort():
        indicator = indicators()[code]
        if indicator.combination == "own":
            continue
        past = "denominator" if indicator.combination == "ratio" else "numerator"
        known = measured.filter(pl.col("indicator_code") == code, pl.col("quality").is_in(["ok", "few"]))
        whole = _beside(known, above, past)
        # A province has figures of its own, its channels or its budget, that are in no city's: nothing to split.
        off = (pl.col(past) - pl.col("inside")).abs() > 1e-3 * pl.col(past).abs().max().over("region_code")
        apart = set(whole.filter(off)["region_code"])
        own = forecast.filter(pl.col("indicator_code") == code)
        for name in ("mean",) if indicator.combination == "sum" else ("numerator", "denominator"):
            both = _beside(own, above, name).filter(~pl.col("region_code").is_in(list(apart)))
            np.testing.assert_allclose(both[name], both["inside"], rtol=1e-9, atol=1e-9, err_msg=f"{code} {name}")
            checked += both.height
        skipped += len(apart)
    assert checked > 1_000
    assert skipped < 20


def _beside(figures: pl.DataFrame, above: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return figures of areas with the sum of those right inside."""
    sums = figures.join(above, on="region_code").group_by("parent_code", "period").agg(inside=pl.col(name).sum())
    return figures.join(sums, left_on=["region_code", "period"], right_on=["parent_code", "period"])


def test_every_series_of_the_demo_is_registered_with_its_reason(small_demo) -> None:
    measured = mart(small_demo, "mart_indicator")
    model, forecast = mart(small_demo, "mart_indicator_model"), mart(small_demo, "mart_indicator_forecast")
    key = ["indicator_code", "region_code"]
    assert model.select(key).is_unique().all()
    assert measured.join(model, on=key, how="anti").is_empty()
    assert set(model["effort"]) == {"fast"}
    assert "failed" not in set(model["note_code"])
    # Small counts are judged by squared errors, whichever model they get; what never moves is judged by nothing.
    counts = model.filter(pl.col("model_code").is_in(["mean_36", "seasonal_index"]))["indicator_code"].unique()
    is_judged = ~pl.col("indicator_code").is_in(counts.implode()) & (pl.col("note_code") != "constant")
    tested = model.filter(pl.col("state") == "shown", is_judged)
    assert (tested["mase"] < tested["naive_mase"]).all()
    worse = model.filter(pl.col("state") == "worse", is_judged)
    assert (worse["mase"] >= worse["naive_mase"]).all()
    quantiles = forecast.select(pl.selectors.starts_with("q")).to_numpy()
    known = quantiles[np.isfinite(quantiles).all(axis=1)]
    assert (np.diff(known, axis=1) >= -1e-9 * np.abs(known[:, 1:])).all()


def test_the_same_figures_give_the_same_forecasts(small_demo) -> None:
    measured = mart(small_demo, "mart_indicator").filter(pl.col("indicator_code").is_in(["event_count"]))
    region = core(small_demo, "region", ("region_code", "parent_code"))
    inputs = {"marts.mart_indicator": measured.sort(QUALITY[:3]), "core.region": region, "core.holiday": HOLIDAYS}
    first, second = arrays.build(inputs, work=PLAIN), arrays.build(inputs, work=replace(PLAIN, processes=2))
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)


def test_the_calendar_reaches_to_the_end_of_the_forecasts(measured) -> None:
    periods = periods_of("month", measured)
    calendar = calendar_of(periods, holidays_of(HOLIDAYS))
    assert calendar.shape == (72, 4)
    january, october = calendar[MONTHS.index("2025-01")], calendar[MONTHS.index("2025-10")]
    # 23 days from Monday to Friday, one of them off, and a Sunday that is worked; the one festival day is all of it.
    np.testing.assert_array_equal(january, [23, 1, 1, 1])
    np.testing.assert_array_equal(october, [22, 1, 0, 0])
    assert calendar_of(periods, holidays_of(HOLIDAYS.clear())) is None
    years = pl.DataFrame({"period": ["2025"], "quality": ["ok"]})
    assert calendar_of(periods_of("year", years), holidays_of(HOLIDAYS)) is None


def test_series_say_what_they_are_of(measured) -> None:
    asked = asked_by_kind(measured, PARENTS, KNOWN)
    assert set(asked) == {"month"}
    assert Series("share", "A1", DENOMINATOR) in asked["month"].series
    assert not any(one.indicator_code == "gone" for one in asked["month"].series)
