"""Residents inside the circle by group: each at its own pace, and what one pace for all would say."""

from __future__ import annotations

import polars as pl

from analytics.accessibility import GROUPS
from components.numbers import show_exact
from kernel.errors import AccessDenied
from reports.catalogue._areas import Area
from reports.content import Column, Table
from reports.export import Asked
from warehouse.queries.circles import group_coverage, overstated_people


def group_table(asked: Asked, area: Area) -> Table | None:
    """Return the table of the groups; None for the straight line, or where the visitor may not read cells."""
    frame = _coverage(asked, area)
    if frame is None:
        return None
    people = asked.words("unit_people")
    columns = (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("group_name", asked.words("group")),
        Column("speed", asked.words("speed"), "decimal", asked.words("unit_speed")),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("covered_count", asked.words("inside_own_pace"), "count", people),
        Column("share", asked.words("share"), "share"),
        Column("covered_at_adult_pace_count", asked.words("inside_adult_pace"), "count", people),
        Column("overstated_count", asked.words("overstated"), "count", people),
    )
    return Table.of(asked.words("coverage_by_group"), columns, frame, note=asked.words("group_note"))


def overstated_finding(asked: Asked, area: Area, region_code: str, region_name: str) -> tuple[str, ...]:
    """Return the sentence that says how many residents the one-speed figure counts too many, where it is known."""
    frame = _coverage(asked, area)
    people = None if frame is None else overstated_people(frame.filter(pl.col("region_code") == region_code))
    if people is None:
        return ()
    words = asked.words("overstated_finding", region=region_name, people=show_exact(people, asked.lang))
    return (words,)


def _coverage(asked: Asked, area: Area) -> pl.DataFrame | None:
    if asked.distance != "network":
        return None
    try:
        frame = group_coverage(asked.scope, asked.venue_filter, asked.minutes)
    except AccessDenied:
        return None
    order = {code: place for place, code in enumerate(GROUPS)}
    return (
        area.regions.join(frame, on="region_code", how="inner")
        .with_columns(
            group_name=pl.col("group_code").replace_strict(
                {code: asked.words(f"group_{code}") for code in GROUPS}, return_dtype=pl.String
            ),
            speed=pl.col("group_code").replace_strict(
                {code: group.speed_km_per_h for code, group in GROUPS.items()}, return_dtype=pl.Float64
            ),
            share=pl.when(pl.col("resident_count") > 0).then(pl.col("covered_count") / pl.col("resident_count")),
            overstated_count=pl.col("covered_at_adult_pace_count") - pl.col("covered_count"),
        )
        .sort("region_code", pl.col("group_code").replace_strict(order, return_dtype=pl.Int64))
    )


def change_columns(asked: Asked) -> tuple[Column, ...]:
    """Return the columns of residents inside the circle before, after, and what changed."""
    people = asked.words("unit_people")
    return (
        Column("resident_count", asked.words("residents"), "count", people),
        Column("covered_before_count", asked.words("inside_before"), "count", people),
        Column("covered_after_count", asked.words("inside_after"), "count", people),
        Column("change_count", asked.words("change"), "count_change", people),
        Column("share_before", asked.words("share_before"), "share"),
        Column("share_after", asked.words("share_after"), "share"),
        Column("share_change", asked.words("share_change"), "share_change"),
    )
