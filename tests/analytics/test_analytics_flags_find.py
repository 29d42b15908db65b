"""Flags of series that are made: each entry error under its own name, shifts, changes, and what is shown of many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from analytics.flags import KINDS, find
from analytics.flags.find import ranked, series_of, slot_of
from analytics.indicator import Indicator

PERIODS = [f"{year}-{month:02d}" for year in range(2021, 2026) for month in range(1, 13)]
AMOUNT = Indicator(
    code="amount",
    system="market",
    name_zh="额",
    name_en="Amount",
    unit="",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("x",),
    formula_zh="",
    formula_en="",
    method_zh="",
    method_en="",
    source_zh="",
    source_en="",
)
SHARE = replace(AMOUNT, code="share", combination="ratio", factor=100.0, least_count=1.0)
STOCK = replace(AMOUNT, code="stock", accumulation="stock")
DECLARED = {indicator.code: indicator for indicator in (AMOUNT, SHARE, STOCK)}


def amounts(seed: int = 0, scatter: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(seed)
    month = np.arange(60)
    return np.round(np.exp(9 + 0.3 * np.sin(month / 6 * np.pi) + rng.normal(0, scatter, 60)))


def frame(
    values: np.ndarray, region: str = "c1", code: str = "amount", denominators: np.ndarray | None = None
) -> pl.DataFrame:
    below = np.full(len(values), np.nan) if denominators is None else denominators
    value = values if denominators is None else values / below * 100
    return pl.DataFrame(
        {
            "indicator_code": code,
            "region_code": region,
            "period": PERIODS[: len(values)],
            "numerator": values,
            "denominator": below,
            "value": value,
            "quality": "ok",
        }
    ).with_columns(pl.col("denominator").fill_nan(None))


def flagged(values: np.ndarray, **given: object) -> list[tuple[str, str]]:
    found = find(frame(values), declared=DECLARED, **given)  # type: ignore[arg-type]
    return found.select("period", "kind").rows()


def struck(at: int, figure: float, seed: int = 0) -> np.ndarray:
    values = amounts(seed)
    values[at] = figure
    return values


def test_nothing_is_found_where_nothing_is_odd() -> None:
    assert sum(len(flagged(amounts(seed))) for seed in range(12)) <= 2


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("zero", lambda _: 0.0),
        ("unit", lambda v: v[52] * 10),
        ("unit", lambda v: v[52] / 10_000),
        ("year_to_date", lambda v: v[48:53].sum()),
        ("repeated", lambda v: v[51]),
        ("point", lambda v: v[52] * 1.7),
        ("point", lambda v: v[52] * 0.5),
    ],
)
def test_each_entry_error_has_its_own_name(kind: str, change: object) -> None:
    found = find(frame(struck(52, change(amounts()))), declared=DECLARED)  # type: ignore[operator]
    # An odd month is shown under one name only, and no other month becomes odd by it.
    assert found.filter("is_shown").select("period", "kind").rows() == [("2025-05", kind)]
    assert set(found["period"]) == {"2025-05"}


def test_a_figure_below_the_one_before_is_an_error_where_figures_can_only_grow() -> None:
    values = np.cumsum(amounts())
    values[50] = values[47]
    found = find(frame(values), declared=DECLARED, cumulative=frozenset({"amount"}))
    assert "cumulative" in found.filter(pl.col("period") == PERIODS[50])["kind"].to_list()
    assert set(found["kind"]) <= set(KINDS)


def test_three_low_months_are_a_shift_and_many_a_change_with_its_date() -> None:
    values = amounts(2)
    values[57:] *= 0.75
    # The shortest stretch is four months, so the change may be dated a month early.
    assert {("2025-12", "shift"), ("2025-10", "change"), ("2025-09", "change")} & set(flagged(values))
    values = amounts(2)
    values[48:] *= 0.75
    found = find(frame(values), declared=DECLARED).filter(pl.col("kind") == "change").row(0, named=True)
    assert found["period"] == "2025-01"
    assert found["actual"] / found["expected"] == pytest.approx(0.75, rel=0.1)
    assert found["score"] < -3


def test_a_stock_has_no_change_of_level_and_small_counts_no_entry_error() -> None:
    values = amounts(2)
    values[48:] *= 0.75
    found = find(frame(values, code="stock"), declared=DECLARED)
    assert not {"change", "unit", "repeated", "year_to_date"} & set(found["kind"])
    few = np.random.default_rng(4).poisson(5.0, 60).astype(float)
    few[50] = few[49] = 6
    assert "repeated" not in {kind for _, kind in flagged(few)}


def test_a_repeat_of_coarse_figures_is_noted_last_and_shown_to_nobody() -> None:
    coarse = np.round(amounts() / 100) * 100
    values = coarse.copy()
    values[52] = values[51]
    found = find(frame(values), declared=DECLARED).filter(pl.col("period") == PERIODS[52])
    assert found.select("kind", "is_shown").rows() == [("repeated", False)]
    # Where it is usual there is nothing to note.
    steady = np.repeat(coarse[:15], 4)
    assert "repeated" not in set(find(frame(steady), declared=DECLARED)["kind"])
    fine = amounts()
    fine[52] = fine[51]
    both = find(pl.concat([frame(values), frame(fine, "c2")]), declared=DECLARED)
    rows = both.filter(pl.col("period") == PERIODS[52]).sort("rank_in_period")
    assert rows.select("region_code", "is_shown").rows() == [("c2", True), ("c1", False)]


def test_shares_are_judged_by_how_many_were_counted() -> None:
    rng = np.random.default_rng(5)
    wide, narrow = np.full(60, 2_000.0), np.full(60, 12.0)
    rows = []
    for region, below in (("wide", wide), ("narrow", narrow)):
        above = rng.binomial(below.astype(int), 0.9).astype(float)
        above[55] = np.floor(below[55] * 0.75)
        rows.append(frame(above, region, "share", below))
    found = find(pl.concat(rows), declared=DECLARED).filter(pl.col("period") == PERIODS[55])
    assert found["region_code"].to_list() == ["wide"]
    assert found["expected"][0] == pytest.approx(90, abs=2)


def test_gaps_are_not_odd_and_do_not_hide_what_is() -> None:
    values = struck(52, amounts()[52] * 1.7)
    rows = frame(values).with_columns(
        quality=pl.when(pl.col("period") == PERIODS[53]).then(pl.lit("missing")).otherwise(pl.col("quality")),
        value=pl.when(pl.col("period") == PERIODS[53]).then(0.0).otherwise(pl.col("value")),
    )
    assert find(rows, declared=DECLARED).select("period", "kind").rows() == [(PERIODS[52], "point")]
    assert np.isnan(series_of(rows, DECLARED, "month").values[0, 53])


def test_of_a_city_and_its_counties_the_city_speaks_and_three_are_shown() -> None:
    codes = [f"i{number}" for number in range(5)]
    declared = {code: replace(AMOUNT, code=code) for code in codes}
    rows = [("p", "i0", 9.0), ("a", "i0", 8.0), ("a1", "i0", 7.0), ("a1", "i1", -6.0), ("a1", "i2", 5.0)]
    rows += [("a2", "i3", 4.0), ("a1", "i4", 3.5), ("b", "i1", 3.2)]
    flags = pl.DataFrame(
        [(code, region, "2025-01", "point", 1.0, 2.0, score, True) for region, code, score in rows],
        schema=["indicator_code", "region_code", "period", "kind", "expected", "actual", "score", "is_certain"],
        orient="row",
    )
    parents = {"a1": "a", "a2": "a", "b1": "b", "a": "p", "b": "p"}
    found = ranked(flags, declared, parents, {"b": 10.0})
    by = {(row["region_code"], row["indicator_code"]): row for row in found.iter_rows(named=True)}
    assert by["b", "i1"]["rank_in_period"] == 1
    assert by["a1", "i0"]["collapsed_into"] == "a"
    assert by["a", "i0"]["collapsed_into"] == "p"
    assert not by["a", "i0"]["is_shown"]
    shown = {key for key, row in by.items() if row["is_shown"]}
    # Of city a three are shown: the fourth, and what the province or the city already says, are not.
    assert shown == {("p", "i0"), ("a1", "i1"), ("a1", "i2"), ("a2", "i3"), ("b", "i1")}


def test_places_in_the_year() -> None:
    assert [slot_of(period) for period in ("2025-01", "2025-12", "2025-Q3", "2025-W07", "2025")] == [0, 11, 2, 6, 0]


def test_a_unit_change_and_the_order_of_rows_change_nothing() -> None:
    rows = pl.concat([frame(struck(52, amounts()[52] * 1.7)), frame(amounts(3), "c2")])
    plain = find(rows, declared=DECLARED)
    shuffled = find(rows.sample(fraction=1.0, shuffle=True, seed=1), declared=DECLARED)
    assert plain.equals(shuffled)
    scaled = find(rows.with_columns(pl.col("value") * 1e-4), declared=DECLARED)
    assert scaled.select("period", "kind").equals(plain.select("period", "kind"))
    assert np.allclose(scaled["score"], plain["score"])
