"""Rules about whom and when rows are of: the sender's own area, and no period that has not come yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from kernel.scope import region_prefix
from warehouse.contract_terms import CADENCES
from warehouse.delivery import rejection
from warehouse.places import Route, regions_of, route_of
from warehouse.rules.case import Case

# Events and due dates lie months ahead; what lies more than a year ahead is a slip of the keyboard.
DAYS_AHEAD = 366


def check_area(values: pl.DataFrame, case: Case) -> None:
    """Refuse a delivery that holds rows of regions outside the sender's area, and rows of things that nobody knows.

    A row is placed by the region that it names, by its position, or by what it refers to (`warehouse.places`).
    ``SCOPE_UNKNOWN`` is logged for rows that refer to something that is not in the warehouse.

    Raises
    ------
    DataRejected
        ``SCOPE``: a row is of another region; ``SCOPE_PROVINCE``: nothing says of which region rows are.
    """
    terms, file = case.terms, case.options.file_name
    if not case.context.area_codes:
        return
    route = route_of(terms)
    if route is None or route.column not in values.columns:
        message = (
            f"Rows of {terms.dataset} name no region and nothing that lies in one, so only an account of the whole"
            f" province delivers them. {terms.owner} answers for the dataset."
        )
        fix = f"Hand the file to an analyst or a data officer of the province, or to {terms.owner}."
        raise rejection("SCOPE_PROVINCE", message, fix, file=file)
    regions = regions_of(values, terms, case.context.places, case.context.region_shapes)
    # A row that is refused anyway (a misspelt code) says nothing about its region.
    outside = ~is_inside(regions, case.context.area_codes) & ~case.log.has(route.column)
    if outside.fill_null(value=False).any():
        _refuse_outside(values[route.column], regions, outside.fill_null(value=False), route, case)
    if route.hops:
        thing = route.hops[0].dataset.replace("_", " ")
        case.log.add(
            regions.is_null() & ~case.log.has(route.column),
            "SCOPE_UNKNOWN",
            route.column,
            f"The {thing} {{}} is not known, or nobody knows where it lies.",
            f"Deliver the {thing} first; once it counts, send these rows again.",
            values=values[route.column],
        )
    else:
        case.log.add(
            regions.is_null() & ~case.log.has(route.column),
            "SCOPE_UNKNOWN",
            route.column,
            "The row names no region and lies in none that is known here.",
            "Name its region.",
        )


def is_inside(regions: pl.Series, area: Sequence[str]) -> pl.Series:
    """Return whether region codes lie in an area (codes of its roots); null where the region is not known."""
    inside = pl.any_horizontal([pl.col("code").str.starts_with(region_prefix(root)) for root in area])
    return regions.alias("code").to_frame().select(inside.alias("is_inside"))["is_inside"]


def _refuse_outside(cells: pl.Series, regions: pl.Series, outside: pl.Series, route: Route, case: Case) -> None:
    position = int(outside.arg_true()[0])
    # The sender may not learn where exactly things of others are, only that they are not his.
    first = f"of {regions[position]}"
    if route.hops:
        first = f"of the {route.hops[0].dataset.replace('_', ' ')} {cells[position]}"
    message = (
        f"{int(outside.sum())} rows are of regions outside the sender's area {', '.join(case.context.area_codes)};"
        f" the first is {first}."
    )
    fix = "Send only rows of your own area; rows of other areas are delivered by their own bureaus."
    number = int(case.log.row_number[position])
    raise rejection("SCOPE", message, fix, file=case.options.file_name, row=number, column=route.column)


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
