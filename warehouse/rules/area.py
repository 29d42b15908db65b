"""Rules about whom and when rows are of: the sender's own area, and no period that has not come yet."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from kernel.scope import region_prefix
from warehouse.contract_terms import CADENCES
from warehouse.delivery import rejection
from warehouse.rules.case import Case

# Events and due dates lie months ahead; what lies more than a year ahead is a slip of the keyboard.
DAYS_AHEAD = 366


def check_area(values: pl.DataFrame, case: Case) -> None:
    """Refuse a delivery that holds rows of regions outside the sender's area.

    Raises
    ------
    DataRejected
        ``SCOPE``: a row is of another region, or the dataset cannot say of which region a row is.
    """
    area, terms, file = case.context.area_codes, case.terms, case.options.file_name
    if not area:
        return
    if terms.unit_column is None or terms.unit_column not in values.columns:
        message = f"Rows of {terms.dataset} belong to no region, so only accounts of the whole province deliver them."
        raise rejection("SCOPE", message, "Hand the file to the data officer of the province.", file=file)
    column = terms.unit_column
    inside = pl.any_horizontal([pl.col(column).str.starts_with(region_prefix(code)) for code in area])
    outside = values.select((~inside).fill_null(value=False).alias("outside"))["outside"]
    # A row that is refused anyway (a misspelt code) says nothing about its region.
    outside &= ~case.log.has(column)
    if outside.any():
        position = int(outside.arg_true()[0])
        message = (
            f"{int(outside.sum())} rows are of regions outside the sender's area {', '.join(area)};"
            f" the first is of {values[column][position]}."
        )
        fix = "Send only rows of your own area; rows of other areas are delivered by their own bureaus."
        raise rejection("SCOPE", message, fix, file=file, row=int(case.log.row_number[position]), column=column)


def check_not_ahead(values: pl.DataFrame, case: Case) -> None:
    """Refuse a delivery of a regular dataset whose rows are of periods that have not come yet.

    Raises
    ------
    DataRejected
        ``PERIOD``.
    """
    terms, today = case.terms, case.context.today
    days = CADENCES.get(terms.cadence)
    if today is None or terms.period_column is None or days is None or terms.period_column not in values.columns:
        return
    cells = values[terms.period_column]
    limit = today + timedelta(days=DAYS_AHEAD)
    is_text = cells.dtype == pl.String
    ahead = cells > limit.strftime("%Y-%m") if is_text else cells.cast(pl.Date, strict=False) > limit
    ahead = ahead.fill_null(value=False)
    if ahead.any():
        position = int(ahead.arg_true()[0])
        message = f"{int(ahead.sum())} rows are of the future; the first is of {cells[position]}."
        raise rejection(
            "PERIOD",
            message,
            "Correct the dates and send the file again.",
            file=case.options.file_name,
            row=int(case.log.row_number[position]),
            column=terms.period_column,
        )


def refuse_future_period(period: str | None, case_file: str, month: str) -> None:
    """Refuse a declared period (``YYYY`` or ``YYYY-MM``) that begins after a month (``YYYY-MM``).

    Raises
    ------
    DataRejected
        ``PERIOD``.
    """
    if period and period > month[: len(period)]:
        message = f"The delivery says that it is of {period}, which has not come yet."
        raise rejection("PERIOD", message, "Correct the period and send the file again.", file=case_file)
