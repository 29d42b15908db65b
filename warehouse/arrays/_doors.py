"""Entrances of venues as points: the delivered ones, the venue's own position where none was delivered."""

from __future__ import annotations

import polars as pl


def doors(venue: pl.DataFrame) -> pl.DataFrame:
    """Return one row per entrance: ``venue_index`` (int32), ``lon``, ``lat`` (WGS-84 degrees), by venue and order.

    Parameters
    ----------
    venue : polars.DataFrame
        ``core.venue``; ``entrances`` is written as ``lon lat; lon lat``.
    """
    delivered = (
        venue.select("venue_index", place=pl.col("entrances").str.split(";"))
        .explode("place")
        .with_columns(pl.col("place").str.strip_chars().str.split_exact(" ", 1).struct.rename_fields(["x", "y"]))
        .unnest("place")
        .select("venue_index", lon=pl.col("x").cast(pl.Float64), lat=pl.col("y").cast(pl.Float64))
        .drop_nulls()
    )
    alone = venue.select("venue_index", "lon", "lat").join(delivered, on="venue_index", how="anti")
    together = pl.concat([delivered, alone]) if delivered.height else alone
    return together.with_columns(pl.col("venue_index").cast(pl.Int32)).sort("venue_index", maintain_order=True)
