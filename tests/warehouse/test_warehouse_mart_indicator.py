"""Laws that all indicators keep over the demo: sums, parts, periods, shares, goalposts, and what they are read from."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from analytics.indicator import QUALITIES, Indicator, indicators
from tests.indicators.core_rows import (
    core,
    first_part,
    holders,
    made_from,
    mart,
    month_ends,
    quarter_of,
    regions,
    regions_named,
    residents,
)
from warehouse.contract import contracts
from warehouse.indicator_sql import FRAME_READS, tables_of

ADDED = [one for one in indicators().values() if one.combination != "own"]
SHAPES = {
    "hour": r"\d{4}-(0[1-9]|1[0-2])-\d{2}T([01]\d|2[0-3])",
    "day": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    "week": r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])",
    "month": r"\d{4}-(0[1-9]|1[0-2])",
    "quarter": r"\d{4}-Q[1-4]",
    "year": r"\d{4}",
}
# Shares whose numerator is not a part of their denominator: plans that may be outdone, spending beyond a budget.
OVER_ALL = {"budget_execution_pct", "doping_test_completion_pct"}
# Code lists of columns that a contract does not require.
SOMETIMES_UNKNOWN = {"discipline"}
SUM = (pl.col("numerator", "denominator").sum(),)


@cache
def _split(small_demo: Path, name: str) -> dict[str, pl.DataFrame]:
    rows = _rows(small_demo, name)
    return {str(code): own for (code,), own in rows.partition_by("indicator_code", as_dict=True).items()}


@cache
def _rows(small_demo: Path, name: str = "mart_indicator") -> pl.DataFrame:
    levels = core(small_demo, "region", ("region_code", "level", "parent_code"))
    return mart(small_demo, name).join(levels, on="region_code", how="left")


def _of(small_demo: Path, indicator: Indicator, name: str = "mart_indicator") -> pl.DataFrame:
    return _split(small_demo, name)[indicator.code]


@cache
def _datasets_behind(small_demo: Path, table: str) -> frozenset[str]:
    """Return the datasets that a table of the warehouse is made from, through all the steps between."""
    if table.startswith("curated."):
        return frozenset({table.removeprefix("curated.")})
    if table.startswith("staging.stg_"):
        return frozenset({table.removeprefix("staging.stg_")})
    read = made_from(small_demo).get(table, frozenset())
    return frozenset().union(*(_datasets_behind(small_demo, one) for one in read))


def test_every_indicator_is_measured_and_nothing_else(small_demo) -> None:
    assert set(mart(small_demo, "mart_indicator")["indicator_code"]) == set(indicators())
    divided = {one.code for one in indicators().values() if one.part}
    assert set(mart(small_demo, "mart_indicator_part")["indicator_code"]) == divided
    fine = {one.code for one in indicators().values() if one.fine_period}
    assert set(mart(small_demo, "mart_indicator_fine")["indicator_code"]) == fine


@pytest.mark.parametrize("code", sorted(indicators()))
def test_inputs_are_datasets_that_it_is_counted_from(small_demo, code) -> None:
    indicator = indicators()[code]
    assert set(indicator.inputs) <= set(contracts()), "inputs are datasets of a contract"
    behind = frozenset().union(*(_datasets_behind(small_demo, table) for table in tables_of(code)))
    wanted = set(indicator.inputs) - ({"population"} if indicator.combination == "per_resident" else set())
    assert wanted <= behind, "what it says it is counted from, it reads"
    read = {table.removeprefix("core.") for table in tables_of(code) if table not in FRAME_READS}
    direct = read & set(contracts())
    # Reference tables decide where something lies or what it is called; they are not what is counted.
    assert direct - {"venue", "code_list", "holiday"} <= set(indicator.inputs), "what it reads, it says"


@pytest.mark.parametrize("name", ["mart_indicator", "mart_indicator_fine"])
def test_periods_values_and_qualities_are_well_formed(small_demo, name) -> None:
    rows = _rows(small_demo, name)
    assert rows["level"].null_count() == 0
    assert set(rows["quality"]) <= set(QUALITIES)
    assert not rows.filter(pl.col("value").is_infinite() | pl.col("value").is_nan()).height
    # Few persons are told of by nobody.
    private = [one.code for one in indicators().values() if one.is_private]
    is_untold = pl.col("indicator_code").is_in(private) & (pl.col("quality") == "few") & pl.col("value").is_null()
    told = rows.filter(~is_untold)
    assert told.filter((pl.col("quality") == "missing") != pl.col("value").is_null()).is_empty()
    kept = {"county": ("county", "city", "province"), "city": ("city", "province"), "province": ("province",)}
    for (code,), own in rows.partition_by("indicator_code", as_dict=True).items():
        indicator = indicators()[str(code)]
        kind = indicator.fine_period if name.endswith("fine") else indicator.period
        shape = re.compile(SHAPES[kind])
        assert all(shape.fullmatch(period) for period in own["period"].unique()), code
        assert set(own["level"]) <= set(kept[indicator.area]), code


def _months_of(period: str) -> list[str]:
    """Return the months of a month, quarter or year; of a week itself."""
    if "Q" in period:
        return [f"{period[:4]}-{3 * int(period[-1]) - at:02d}" for at in (2, 1, 0)]
    return [f"{period}-{month:02d}" for month in range(1, 13)] if len(period) == 4 else [period]


def _absent(indicator: Indicator, months: list[str], above: list[str], lost: set[tuple[str, str, str]]) -> set[str]:
    """Return the months of a period that a county lacks: whoever holds it did not send one side of what is counted."""
    absent: set[str] = set()
    for name in indicator.inputs:
        own = {month for month in months if any((name, holder, month) in lost for holder in above)}
        # Counted at the end alone: the last month is all of the period, the others are nothing.
        if name in indicator.at_end:
            own = set(months) if months[-1] in own else set()
        absent |= own
    return absent


def test_what_came_in_is_counted_again_by_county_and_month(small_demo) -> None:
    log = mart(small_demo, "mart_quality_count").filter(pl.col("check_code") == "missing:delivery")
    lost = set(log.filter(pl.col("failed_count") > 0).select("dataset", "region_code", "month").rows())
    held, living, newest = holders(small_demo), residents(small_demo), max(month_ends(small_demo))
    inside = {area: [code for code in regions(small_demo, "county") if area in held[code]] for area in held}
    lacking = 0
    for code, own in _split(small_demo, "mart_indicator").items():
        indicator = indicators()[code]
        due = {month for name, _, month in lost if name in indicator.inputs and indicator.period != "week"}
        for area, period, quality, delivered in own.select("region_code", "period", "quality", "delivered").rows():
            months = _months_of(period)
            gone = 0 if due.isdisjoint(months) else sum(
                len(_absent(indicator, months, held[county], lost)) * living.get(county, 0) for county in inside[area]
            )  # fmt: skip
            share = 1 - gone / (len(months) * living[area])
            assert delivered == pytest.approx(share, abs=1e-8), (code, area, period)
            if share == 0 and len(months) == 1:
                told = "missing"
            elif indicator.period != "week" and months[-1] > newest:
                told = "provisional"
            else:
                told = "ok" if share == 1 else "nearly" if share >= 0.98 else "partial"
            is_few = quality == "few" and (told == "ok" or indicator.is_private)
            assert is_few or quality == told or indicator.period == "week", (code, area, period)
            lacking += share < 1
    assert lacking > 100


def _added_up(rows: pl.DataFrame, parent: str) -> pl.DataFrame:
    """Return the sums of the areas below, by the areas that hold them."""
    below = rows.filter(pl.col("numerator").is_not_null())
    return below.group_by(pl.col("parent_code").alias("region_code"), "period").agg(*SUM, level=pl.lit(parent).first())


@pytest.mark.parametrize("indicator", ADDED, ids=lambda one: one.code)
def test_areas_add_up(small_demo, indicator) -> None:
    """Counties make their city and cities their province; what the province does itself comes on top of its cities."""
    rows = _of(small_demo, indicator)
    own = core(small_demo, "region", ("region_code", "level"))
    for below, level in (("county", "city"), ("city", "province")):
        parts = _added_up(rows.filter(pl.col("level") == below), level)
        if parts.is_empty() or indicator.area == level:
            continue
        whole = rows.filter(pl.col("level") == level)
        pairs = whole.join(parts, on=["region_code", "period"], how="inner", suffix="_below")
        assert pairs.height == parts.height, "what is measured below is measured above"
        for field in ("numerator", "denominator"):
            gap = (pairs[field] - pairs[f"{field}_below"]).drop_nulls()
            scale = pairs[field].drop_nulls().abs() + 1
            has_own = _has_own(small_demo, indicator, own)
            assert (gap >= -1e-9 * scale).all(), (field, level)
            # Of persons' own matters some areas below are untold, and the whole is more than what is told.
            has_own = has_own or indicator.is_private
            assert has_own or (gap <= 1e-9 * scale).all(), (field, level)


def _has_own(small_demo: Path, indicator: Indicator, own: pl.DataFrame) -> bool:
    """Whether a dataset has rows of the province or of a city itself, that belong to none of its counties."""
    above = set(own.filter(pl.col("level") != "county")["region_code"])
    counted = set(indicator.inputs) - {"regional_statistic"}
    return any(above & regions_named(small_demo, name) for name in counted)


@pytest.mark.parametrize("indicator", [one for one in ADDED if one.part], ids=lambda one: one.code)
def test_parts_add_up_to_the_whole(small_demo, indicator) -> None:
    """All but what carries no code: few rows, and none of the datasets that must carry one."""
    parts = _of(small_demo, indicator, "mart_indicator_part")
    whole = _of(small_demo, indicator).filter(pl.col("numerator").is_not_null())
    first = first_part(small_demo, indicator.period)
    assert min(parts["period"]) >= first
    whole = whole.filter(pl.col("period") >= first)
    assert whole.height
    added = parts.group_by("region_code", "period").agg(*SUM)
    pairs = whole.join(added, on=["region_code", "period"], how="left", suffix="_parts")
    fields = ("numerator", "denominator") if indicator.combination == "ratio" else ("numerator",)
    for field in fields:
        gap = pairs[field] - pairs[f"{field}_parts"].fill_null(0)
        assert (gap >= -1e-9 * pairs[field].abs() - 1e-9).all(), field
        uncoded = gap.sum() / (pairs[field].sum() or 1)
        assert uncoded <= (0.03 if indicator.part in SOMETIMES_UNKNOWN else 1e-9), field
    listed = core(small_demo, "code_list", ("list_name", "code"))
    codes = set(listed.filter(pl.col("list_name") == indicator.part)["code"])
    assert codes, f"no code list {indicator.part}"
    assert set(parts["part_code"]) <= codes


@pytest.mark.parametrize("indicator", [one for one in ADDED if one.combination == "ratio"], ids=lambda one: one.code)
def test_a_share_is_no_more_than_all(small_demo, indicator) -> None:
    rows = _of(small_demo, indicator).filter(pl.col("value").is_not_null())
    assert (rows["denominator"] > 0).all()
    wanted = rows["numerator"] / rows["denominator"] * indicator.factor
    assert ((rows["value"] - wanted).abs() <= 1e-9 * wanted.abs() + 1e-9).all()
    if indicator.unit == "%" and indicator.code not in OVER_ALL:
        assert (rows["numerator"] >= 0).all()
        assert (rows["numerator"] <= rows["denominator"]).all()


def test_goalposts_follow_the_direction_and_targets_can_be_reached() -> None:
    for indicator in indicators().values():
        if indicator.place and indicator.direction == "up":
            assert indicator.place.low < indicator.place.high, indicator.code
        if indicator.place and indicator.direction == "down":
            assert indicator.place.low > indicator.place.high, indicator.code
        if indicator.place and indicator.combination == "sum":
            assert indicator.place.per, f"{indicator.code}: a total is compared per resident, or size is strength"
        if indicator.target:
            assert indicator.target.source_zh, indicator.code
            assert indicator.unit != "%" or 0 <= indicator.target.value <= 100, indicator.code


def test_plans_and_indicators_measure_the_same(small_demo) -> None:
    """Where a plan's target and an indicator are of one name, they have the same figures for the whole area."""
    plan = mart(small_demo, "mart_plan_target")
    shared = sorted(set(plan["measure_code"]) & set(indicators()))
    assert {"cloud_rate_pct", "sensor_coverage_pct", "smart_venue_count", "instructor_per_1000"} <= set(shared)
    # Nothing stands in a month to come, not even the quarter that goes on.
    assert plan["month"].max() <= max(month_ends(small_demo))
    for code in shared:
        indicator = indicators()[code]
        rows = _of(small_demo, indicator).filter(pl.col("level") == "province")
        found = dict(zip(rows["period"], rows["value"], strict=True))
        compared = 0
        for month, value in plan.filter(pl.col("measure_code") == code).select("month", "value").rows():
            is_last = int(month[5:]) % 3 == 0 or month == max(month_ends(small_demo))
            period = {"month": month, "quarter": quarter_of(month) if is_last else "", "year": month[:4]}
            if period[indicator.period] in found:
                assert found[period[indicator.period]] == pytest.approx(value, abs=1e-5), (code, month)
                compared += 1
        assert compared >= 5, code


def test_eight_indicators_of_the_infrastructure_have_a_series(small_demo) -> None:
    counts = _rows(small_demo).filter(pl.col("level") == "province").group_by("indicator_code").agg(pl.len())
    length = dict(counts.rows())
    own = [one for one in indicators().values() if one.system == "infrastructure"]
    assert sum(one.period in ("month", "quarter") and length[one.code] >= 12 for one in own) >= 8
