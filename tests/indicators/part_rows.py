"""Counts by area, period and part, for the second path of indicators that are divided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from analytics.indicator import indicators
from tests.indicators.core_rows import first_part, holders, measured_parts, month_ends, regions

# (region_code, period, part_code) -> (numerator, denominator)
Parts = Mapping[tuple[str, str, str | None], tuple[float, float]]


@cache
def city_of(small_demo: Path) -> dict[str, str]:
    """Return the city of every county and city."""
    cities = set(regions(small_demo, "city"))
    return {code: above for code, chain in holders(small_demo).items() for above in chain if above in cities}


def whole_years(small_demo: Path) -> set[str]:
    """Return the years of the build whose January is among its months."""
    return {month[:4] for month in month_ends(small_demo) if month.endswith("-01")}


def whole_quarters(small_demo: Path) -> set[str]:
    """Return the quarters of the build whose first month is among its months."""
    return {f"{month[:4]}-Q{int(month[5:]) // 3 + 1}" for month in month_ends(small_demo) if int(month[5:]) % 3 == 1}


def summed(parts: Parts) -> dict[tuple[str, str], tuple[float, float]]:
    """Return counts by area and period, whatever the part."""
    total: dict[tuple[str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for (area, period, _), (top, below) in parts.items():
        before = total[area, period]
        total[area, period] = (before[0] + top, before[1] + below)
    return dict(total)


def assert_parts(small_demo: Path, code: str, parts: Parts) -> None:
    """Fail unless the parts that are kept are the expected ones in every area; a part without a code is in none."""
    first = first_part(small_demo, indicators()[code].period)
    expected: dict[tuple[str, str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for (area, period, part), (top, below) in parts.items():
        for above in holders(small_demo).get(area, []) if part and period >= first else []:
            before = expected[above, period, str(part)]
            expected[above, period, str(part)] = (before[0] + top, before[1] + below)
    columns = ("region_code", "period", "part_code", "numerator", "denominator")
    found = {
        (area, period, part): (top, below or 0.0)
        for area, period, part, top, below in measured_parts(small_demo, code).select(columns).iter_rows()
    }
    assert {key for key, counts in expected.items() if any(counts)} <= found.keys()
    for key, counts in found.items():
        assert counts == pytest.approx(expected.get(key, (0.0, 0.0)), abs=1e-9), key
