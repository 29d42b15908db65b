"""Why a score is not 100: the checks that cost most."""

from __future__ import annotations

import polars as pl


def top_reasons(lost: pl.DataFrame, failures: pl.DataFrame, group: list[str], count: int) -> pl.DataFrame:
    """Return the checks that cost a group most points, the dearest first.

    The points that a dimension costs are shared among its checks in proportion to what failed in each.

    Parameters
    ----------
    lost : DataFrame
        ``dataset, dimension, lost_points`` and the columns of ``group``: points of the group's total.
    failures : DataFrame
        ``dataset, dimension, check_code, failed`` (weighted), ``failed_count`` (as people count) and the columns of
        ``group``.
    group : list of str
        What is scored, e.g. ``["region_code"]``.
    count : int
        Reasons a group at most.

    Returns
    -------
    DataFrame
        ``*group, rank`` (from 1)``, dataset, dimension, check_code, failed_count, lost_points``; only what costs
        anything.
    """
    part = [*group, "dataset", "dimension"]
    # The order of rows must not decide the last digits of a sum.
    ordered = failures.sort([*part, "check_code"])
    share = pl.col("failed") / pl.col("failed").sum().over(part)
    dearest = pl.col("lost_points").round(9)
    return (
        ordered.join(lost, on=part, how="inner")
        .with_columns((pl.col("lost_points") * share).alias("lost_points"))
        .filter(pl.col("lost_points") > 0)
        .sort(
            [*group, dearest, "dataset", "dimension", "check_code"],
            descending=[False] * len(group) + [True] + [False] * 3,
        )
        .with_columns((pl.int_range(pl.len()).over(group) + 1).alias("rank"))
        .filter(pl.col("rank") <= count)
        .select(*group, "rank", "dataset", "dimension", "check_code", "failed_count", "lost_points")
    )
