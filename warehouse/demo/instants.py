"""Moments of generated records: days of the demo and times of the day in Shanghai, as UTC instants."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

_SHANGHAI_HOURS_AHEAD = 8
_US_PER_SECOND = 1_000_000


def instants(day: pl.Series, hours: npt.ArrayLike) -> pl.Series:
    """Return UTC instants to the minute.

    Parameters
    ----------
    day : polars.Series of Date
        Day in Shanghai.
    hours : float, shape (n,)
        Hours since its midnight, may exceed 24; not a number gives an empty instant.

    Returns
    -------
    polars.Series
        Type ``Datetime("us", "UTC")``, as contracts store instants.
    """
    since = np.asarray(hours, dtype=np.float64)
    known = np.isfinite(since)
    minutes = np.where(known, np.round((since - _SHANGHAI_HOURS_AHEAD) * 60), 0).astype(np.int64)
    total = day.cast(pl.Int32).cast(pl.Int64).to_numpy() * 86_400 + minutes * 60
    moment = pl.Series(total * _US_PER_SECOND, dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))
    return moment.zip_with(pl.Series(known), pl.Series([None] * 1, dtype=moment.dtype).new_from_index(0, len(moment)))
