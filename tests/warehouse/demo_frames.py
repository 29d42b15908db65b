"""The small demo, generated once per seed for all tests of a run."""

from __future__ import annotations

from functools import cache

import polars as pl

from warehouse.demo import generate


@cache
def small(seed: int) -> dict[str, pl.DataFrame]:
    return dict(generate("small", seed))
