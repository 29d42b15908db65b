"""Indicators by day and by hour, where they are measured so: what `warehouse.marts.mart_indicator` has by month."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.indicator import indicators
from warehouse.indicator_sql import FRAME_READS, fine, measured_sql, tables_of

_FINE = tuple(indicator for indicator in indicators().values() if indicator.fine_period)
READS = tuple(sorted({*FRAME_READS, *(table for indicator in _FINE for table in tables_of(indicator.code))}))
KEY = ("indicator_code", "region_code", "period")
SENSITIVITY = "internal"
LOWERS = "Counts and rates of whole counties and cities; nobody's row."


def statement(batches: Mapping[str, int] | None) -> list[str]:
    """Return one select an indicator that has shorter periods.

    Columns: as those of `warehouse.marts.mart_indicator`; ``period`` is a day (``2026-10-31``) or an hour of China's
    clocks (``2026-10-31T14``).

    Parameters
    ----------
    batches : mapping or None
        Batches in force by dataset, as for `warehouse.marts.mart_indicator`.
    """
    measured = [measured_sql(fine(one)) for one in _FINE if batches is None or batches.get(one.inputs[0])]
    return measured or [_NOTHING]


_NOTHING = (
    "select '' as indicator_code, '' as region_code, '' as period, null::double as numerator,"
    " null::double as denominator, null::double as value, '' as quality, null::double as delivered where false"
)
