"""Indicators that can be divided, by the kind of what was counted: what a change comes from."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.indicator import indicators
from warehouse.indicator_sql import FRAME_READS, parts_sql, tables_of

_DIVIDED = tuple(indicator for indicator in indicators().values() if indicator.part)
READS = tuple(sorted({*FRAME_READS, *(table for indicator in _DIVIDED for table in tables_of(indicator.code))}))
KEY = ("indicator_code", "region_code", "period", "part_code")
SENSITIVITY = "internal"
LOWERS = "Counts of whole counties and cities by kind; nobody's row."


def statement(batches: Mapping[str, int] | None) -> list[str]:
    """Return one select an indicator that is divided.

    Columns: ``indicator_code, region_code, period, part_code`` (a code of the indicator's code list), ``numerator``,
    ``denominator`` (null for sums). Parts of which nothing was counted have no row.

    Parameters
    ----------
    batches : mapping or None
        Batches in force by dataset, as for `warehouse.marts.mart_indicator`.
    """
    divided = [parts_sql(one) for one in _DIVIDED if batches is None or batches.get(one.inputs[0])]
    return divided or [_NOTHING]


_NOTHING = (
    "select '' as indicator_code, '' as region_code, '' as period, '' as part_code, null::double as numerator,"
    " null::double as denominator where false"
)
