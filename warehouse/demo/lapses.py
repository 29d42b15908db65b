"""Small lapses of bookkeeping in generated records, so that quality has something to measure."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.demo.world import World


def lapses(world: World, region_code: pl.Series, rate: float, *names: str) -> pl.Series:
    """Return which rows carry a lapse: seldom in counties whose bureaus keep order, more often in the others.

    Parameters
    ----------
    region_code : polars.Series
        County of every row.
    rate : float
        Share of rows in a county of average order.
    *names : str
        Name the chance: dataset and what lapses.
    """
    order = dict(zip(world.counties["region_code"], world.counties["order"], strict=True))
    kept = region_code.replace_strict(order, default=1.0, return_dtype=pl.Float64).to_numpy()
    return pl.Series(world.random("lapses", *names).random(len(kept)) < rate / kept**2)


def with_gaps(world: World, dataset: str, frame: pl.DataFrame, rates: Mapping[str, float]) -> pl.DataFrame:
    """Return a dataset with some cells of optional columns left empty.

    Parameters
    ----------
    frame : polars.DataFrame
        With ``region_code``.
    rates : mapping
        Column -> share of its cells in a county of average order.
    """
    gaps = {name: lapses(world, frame["region_code"], rate, dataset, name) for name, rate in rates.items()}
    return frame.with_columns(pl.when(~is_gap).then(pl.col(name)).alias(name) for name, is_gap in gaps.items())
