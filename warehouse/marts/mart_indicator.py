"""Every indicator in every area and period that it is measured for: numerator, denominator, value and quality."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.indicator import indicators
from warehouse.indicator_sql import all_tables, measured_sql

READS = all_tables()
KEY = ("indicator_code", "region_code", "period")
SENSITIVITY = "internal"
LOWERS = "Counts, sums and rates of whole counties and cities; nobody's row."


def statement(batches: Mapping[str, int] | None) -> list[str]:
    """Return one select an indicator.

    Columns: ``indicator_code, region_code`` (the smallest area of the indicator and all that hold it), ``period``
    (``2026-10``, ``2026-Q4``, ``2026``, ``2026-W44``, ``2026-10-31``, ``2026-10-31T14``), ``numerator, denominator``
    (null for plain sums), ``value`` (in the unit of the indicator; null where nothing was delivered), ``quality``:
    ``missing`` (the month was not delivered), ``provisional`` (the period is not over), ``partial`` (a part of the area
    or the period was not delivered), ``nearly`` (so little of it that the figure stands for the whole), ``few`` (a
    denominator too small to tell) or ``ok``; and ``delivered``: share of the months of the area that came in, weighted
    with residents (null where somebody's are not known; 1 of periods shorter than a month).

    Parameters
    ----------
    batches : mapping or None
        Batches in force by dataset: an indicator whose first dataset has none is left out. None for every indicator.
    """
    measured = [
        measured_sql(indicator)
        for indicator in indicators().values()
        if batches is None or batches.get(indicator.inputs[0])
    ]
    return measured or [_NOTHING]


_NOTHING = (
    "select '' as indicator_code, '' as region_code, '' as period, null::double as numerator,"
    " null::double as denominator, null::double as value, '' as quality, null::double as delivered where false"
)
