"""Faults of the regional statistics."""

from __future__ import annotations

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("regional_statistic", {"unit": "cny", "measure_code": "gdp"}, "UNIT_DOES_NOT_FIT_MEASURE"),
    ("regional_statistic", {"measure_code": "urban_share", "unit": "percent", "value": 120}, "SHARE_ABOVE_WHOLE"),
    ("regional_statistic", {"measure_code": "happiness"}, "CODE"),
    ("regional_statistic", {"value": -1}, "RANGE"),
)
