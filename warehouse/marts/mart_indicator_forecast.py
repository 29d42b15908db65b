"""What is expected of every indicator in every area: a mean and nine quantiles for each period ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.period import shifted
from analytics.targets.outcomes import QUANTILES

READS = ("arrays.indicator_outlook",)
KEY = ("indicator_code", "region_code", "period")
SENSITIVITY = "internal"


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row an indicator, area and period ahead of which something is expected.

    Returns
    -------
    DataFrame
        ``indicator_code, region_code, period``, ``horizon`` (periods ahead, from 1), ``mean``
        and ``q025, q05, q10, q25, q50, q75, q90, q95, q975`` in the unit of the indicator, ``numerator, denominator``
        of ratios. Means of what is added add up over areas; so do numerators and denominators. Whether a forecast may
        be shown is said in ``marts.mart_indicator_model``.
    """
    found = inputs["arrays.indicator_outlook"]
    is_there = np.isfinite(found["point"])
    row, ahead = np.nonzero(is_there)
    last = found["last_period"][row].tolist()
    coming: dict[tuple[str, int], str] = {}
    for key in set(zip(last, ahead.tolist(), strict=True)):
        coming[key] = shifted(key[0], key[1] + 1)
    columns: dict[str, Any] = {
        "indicator_code": found["indicator_code"][row].tolist(),
        "region_code": found["region_code"][row].tolist(),
        "period": [coming[key] for key in zip(last, ahead.tolist(), strict=True)],
        "horizon": pl.Series((ahead + 1).astype(np.int32)),
        "mean": found["point"][is_there],
    }
    for place, name in enumerate(QUANTILES):
        columns[name] = found["quantile"][:, :, place][is_there]
    for name in ("numerator", "denominator"):
        columns[name] = found[name][is_there]
    schema = {"indicator_code": pl.String, "region_code": pl.String, "period": pl.String}
    return pl.DataFrame(columns, schema_overrides=schema).with_columns(pl.col(pl.Float64).fill_nan(None)).sort(KEY)
