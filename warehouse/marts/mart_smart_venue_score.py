"""How smart venues fare on the checklist of nine subsystems, quarter by quarter, and what they lack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from analytics.standards import Checked, Checklist, check, size_of
from warehouse.checklists import checklists

READS = ("core.smart_venue_system", "core.venue")
KEY = ("venue_id", "quarter_end")
SENSITIVITY = "open"
CODE = "smart_venue"
# Between the codes of items in one cell.
JOINED = ";"
SCHEMA: dict[str, pl.DataType] = {
    "venue_id": pl.String(),
    "quarter_end": pl.Date(),
    "region_code": pl.String(),
    "size_code": pl.String(),
    "points": pl.Float64(),
    "is_passing": pl.Boolean(),
    "live_count": pl.Int64(),
    "subsidy_cny": pl.Float64(),
    "is_latest": pl.Boolean(),
    "missing_items": pl.String(),
    "partial_items": pl.String(),
}


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row a venue and quarter, from the first day that any subsystem went live.

    Notes
    -----
    The newest quarter takes subsystems as they are, those on trial with their share. Earlier quarters take those that
    were live by their end with today's inspected points: how they scored at the time was not delivered.
    """
    checklist = checklists()[CODE]
    states = inputs["core.smart_venue_system"]
    if states.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    venues = (
        states.group_by("venue_id")
        .agg(pl.col("region_code").first(), pl.col("subsidy_cny").sum())
        .join(inputs["core.venue"].select("venue_id", "area_m2"), on="venue_id", how="left")
        .sort("venue_id")
    )
    size = size_of(checklist, venues["area_m2"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    quarters = _quarters(states)
    frames = []
    for end in quarters:
        amount, live = _amounts(checklist, states, venues, None if end == quarters[-1] else end)
        found = check(checklist, size, amount)
        frames.append(
            venues.select("venue_id", "region_code", "subsidy_cny").with_columns(
                quarter_end=pl.lit(end),
                size_code=pl.Series([checklist.sizes[place].code for place in size], dtype=pl.String),
                points=pl.Series(found.points).round(2),
                is_passing=pl.Series(found.is_passing),
                live_count=pl.Series(live),
                is_latest=pl.lit(end == quarters[-1]),
                **lacking(checklist, found),
            )
        )
    return pl.concat(frames).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def lacking(checklist: Checklist, found: Checked) -> dict[str, pl.Series]:
    """Return ``missing_items`` and ``partial_items``: codes of what each thing lacks, joined, empty for nothing."""
    codes = np.array([item.code for item in checklist.items])
    return {
        name: pl.Series([JOINED.join(codes[row]) for row in flags], dtype=pl.String)
        for name, flags in (("missing_items", found.is_missing), ("partial_items", found.is_partial))
    }


def _quarters(states: pl.DataFrame) -> list[date]:
    """Return the last day of every quarter from the first subsystem that is live to the newest inspection."""
    days = pl.concat([states["went_live_on"], states["checked_on"]]).drop_nulls().sort()
    if days.is_empty():
        return [date(1970, 3, 31)]
    first, last = days[0], days[-1]
    starts = pl.date_range(first.replace(month=(first.month - 1) // 3 * 3 + 1, day=1), last, "3mo", eager=True)
    return [day - timedelta(days=1) for day in starts.dt.offset_by("3mo")]


def _amounts(
    checklist: Checklist, states: pl.DataFrame, venues: pl.DataFrame, until: date | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return points of every venue and subsystem (venues, items), and how many are live; ``until`` None is today."""
    factor = pl.col("state").replace_strict(dict(checklist.factors), default=0.0, return_dtype=pl.Float64)
    is_live = (pl.col("state") == "live").fill_null(value=False)
    if until is not None:
        is_live &= (pl.col("went_live_on") <= until).fill_null(value=False)
        factor = factor * is_live.cast(pl.Float64)
    rows = states.select(
        "venue_id", "subsystem_code", amount=pl.col("score").cast(pl.Float64).fill_null(0.0) * factor, live=is_live
    )
    place = {venue: row for row, venue in enumerate(venues["venue_id"])}
    column = {item.column: at for at, item in enumerate(checklist.items)}
    amount = np.zeros((venues.height, len(column)))
    live = np.zeros(venues.height, dtype=np.int64)
    for venue, code, value, on in rows.iter_rows():
        if code in column:
            amount[place[venue], column[code]] = value
            live[place[venue]] += on
    return amount, live
