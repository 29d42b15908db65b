from __future__ import annotations

import polars as pl
import pytest

from analytics.indicator import QUALITIES, USABLE, Indicator, in_longer_periods, indicators, of_system


def made(**changes) -> Indicator:
    terms = {
        "code": "x", "system": "mass", "name_zh": "甲", "name_en": "A", "unit": "%", "direction": "up", "area": "city",
        "period": "month", "combination": "ratio", "accumulation": "flow", "inputs": ("event",), "formula_zh": "甲",
        "formula_en": "a", "method_zh": "甲", "method_en": "a", "source_zh": "甲",
        "source_en": "s", "least_count": 3.0, "factor": 100.0,
    }  # fmt: skip
    return Indicator(**{**terms, **changes})


def rows(periods, numerators, denominators, values, quality="ok", *, delivered=1.0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "region_code": "320100",
            "period": periods,
            "numerator": numerators,
            "denominator": denominators,
            "value": values,
            "quality": quality,
            "delivered": delivered,
        }
    )


MONTHS = [f"2025-{month:02d}" for month in range(1, 7)]


def test_a_ratio_of_a_quarter_is_the_ratio_of_the_sums() -> None:
    found = in_longer_periods(made(), rows(MONTHS, [1.0, 2, 3, 4, 5, 6], [10.0] * 6, [10.0] * 6), "quarter")
    assert found["period"].to_list() == ["2025-Q1", "2025-Q2"]
    assert found["value"].to_list() == [20.0, 50.0]
    assert found["quality"].to_list() == ["ok", "ok"]


def test_a_stock_of_a_year_is_that_of_its_last_month_and_a_short_year_is_not_over() -> None:
    indicator = made(combination="per_resident", accumulation="stock", factor=1000.0, least_count=0.0)
    found = in_longer_periods(indicator, rows(MONTHS, [1.0, 2, 3, 4, 5, 6], [1000.0] * 6, [1.0, 2, 3, 4, 5, 6]), "year")
    assert found["value"].to_list() == [6.0]
    assert found["quality"].to_list() == ["provisional"]


def test_residents_are_not_added_over_months() -> None:
    indicator = made(combination="per_resident", least_count=0.0, factor=1.0)
    found = in_longer_periods(indicator, rows(MONTHS[:3], [10.0] * 3, [100.0] * 3, [0.1] * 3), "quarter")
    assert found["value"].to_list() == [0.3]


@pytest.mark.parametrize("accumulation", ["flow", "stock"])
def test_totals_of_longer_periods_have_no_denominator_as_those_of_months_have_none(accumulation) -> None:
    indicator = made(combination="sum", least_count=0.0, factor=1.0, accumulation=accumulation)
    measured = rows(MONTHS, [1.0, 2, 3, 4, 5, 6], pl.Series([None] * 6, dtype=pl.Float64), [1.0, 2, 3, 4, 5, 6])
    found = in_longer_periods(indicator, measured, "quarter")
    assert found["denominator"].to_list() == [None, None]
    assert found["value"].to_list() == ([6.0, 15.0] if accumulation == "flow" else [3.0, 6.0])


def test_a_month_that_was_not_delivered_leaves_a_quarter_in_part() -> None:
    measured = rows(MONTHS, [1.0] * 6, [10.0] * 6, [10.0, None, 10.0, 10.0, 10.0, 10.0])
    found = in_longer_periods(made(), measured, "quarter")
    assert found["quality"].to_list() == ["partial", "ok"]
    assert found["denominator"].to_list() == [20.0, 30.0]


@pytest.mark.parametrize(("lost", "quality"), [(0.05, "nearly"), (0.07, "partial")])
def test_a_longer_period_came_in_as_much_as_its_parts(lost, quality) -> None:
    flags = pl.Series(["partial" if at == 1 else "ok" for at in range(6)])
    measured = rows(MONTHS, [1.0] * 6, [10.0] * 6, [10.0] * 6, flags, delivered=[1.0, 1 - lost, *[1.0] * 4])
    found = in_longer_periods(made(), measured, "quarter")
    assert found["quality"].to_list() == [quality, "ok"]
    assert found["delivered"].to_list() == pytest.approx([1 - lost / 3, 1.0])
    # Of a year that goes on it is the share of what was due, of a part without a row nobody knows it.
    whole = in_longer_periods(made(), measured, "year")
    assert (whole["quality"][0], whole["delivered"][0]) == ("provisional", pytest.approx(1 - lost / 6))
    short = rows([*MONTHS[1:3], MONTHS[3]], [1.0] * 3, [10.0] * 3, [10.0] * 3)
    assert in_longer_periods(made(), short, "quarter")["delivered"].to_list() == [None, 1.0]


def test_figures_that_are_used_are_flags_of_the_house() -> None:
    assert set(USABLE) < set(QUALITIES)
    assert not {"missing", "provisional", "partial"} & set(USABLE)


def test_quarters_make_years_and_medians_are_weighted() -> None:
    indicator = made(combination="own", period="quarter", least_count=0.0)
    measured = rows([f"2025-Q{n}" for n in range(1, 5)], [1.0] * 4, [1.0, 1, 1, 5], [4.0, 4, 4, 12])
    found = in_longer_periods(indicator, measured, "year")
    assert found["period"].to_list() == ["2025"]
    assert found["value"].to_list() == [9.0]


def test_years_have_no_quarters() -> None:
    with pytest.raises(ValueError, match="no figures by quarter"):
        in_longer_periods(made(period="year"), rows(["2025"], [1.0], [1.0], [1.0]), "quarter")


def test_an_indicator_says_when_a_ratio_is_small_and_what_it_counts() -> None:
    with pytest.raises(ValueError, match="least_count"):
        made(least_count=0.0)
    with pytest.raises(ValueError, match="datasets"):
        made(inputs=())


def test_indicators_with_a_target_come_first() -> None:
    for system in {indicator.system for indicator in indicators().values()}:
        found = [indicator.target is None for indicator in of_system(system)]
        assert found == sorted(found)
