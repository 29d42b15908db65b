from __future__ import annotations

import polars as pl

from components.circles_sureness import sureness

FRAME = pl.DataFrame(
    {
        "group_code": ["everyone", "aged_80_plus"],
        "resident_count": [200.0, 50.0],
        "low_count": [80.0, 10.0],
        "high_count": [120.0, 20.0],
    }
)


def test_intervals_are_shares_of_each_group() -> None:
    assert "40.0%–60.0%" in str(sureness(FRAME, "zh"))
    assert "20.0%–40.0%" in str(sureness(FRAME, "en"))


def test_nobody_lives_there() -> None:
    assert sureness(FRAME.with_columns(resident_count=pl.lit(0.0)), "zh") is None
