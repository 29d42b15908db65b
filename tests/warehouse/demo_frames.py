"""The ground of the small demo, generated once per seed for all tests of a run."""

from __future__ import annotations

from functools import cache

import polars as pl

from warehouse.demo import generate_ground


@cache
def small(seed: int) -> dict[str, pl.DataFrame]:
    return dict(generate_ground("small", seed))
