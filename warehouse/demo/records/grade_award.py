"""Technical grades that are awarded: to athletes of the teams by their results, to young people by league ranks."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grades import GRADES, earned_grades
from warehouse.demo.squads import roster
from warehouse.demo.world import World

NEEDS = ("athlete", "competition_result", "youth_competition")
# Grade (place in the list) that ranks of youth events earn, and how many apply (assumptions, set so that the province
# awards 3,000 to 5,000 grades of grade 2 or better a year).
_YOUTH: tuple[tuple[int, str, tuple[str, ...], int, float], ...] = (
    (2, "provincial", ("U16", "U18"), 5, 0.9),
    (1, "provincial", ("U14", "U16", "U18"), 32, 0.98),
    (1, "city", ("U14", "U16", "U18"), 5, 0.95),
    (0, "city", ("U12", "U14"), 1, 0.12),
)
_GROUPS, _SUDDEN = ("U14", "U16", "U18"), 45
# Disciplines of the leagues that have no technical grade (assumption).
_UNGRADED = ("rope_skipping",)
# Whom an event must have had, and older pupils who held grade 2 before the demo begins (assumptions).
_LEAST_FIELD, _OLDER_BORN, _HELD_BEFORE = 4, 2007, 0.4
# Awards whose event is not named, in a county of average order, and that come too late (assumptions).
_UNNAMED, _LATE = 0.012, 0.012


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``grade_award``, by day: every grade once a person, each better than the one before."""
    random = world.random("grade_award")
    frame = pl.concat([_of_teams(world), _of_leagues(world, random)], how="vertical")
    days = np.where(random.random(frame.height) < _LATE, random.integers(190, 260, frame.height), 0)
    days = np.where(days > 0, days, random.integers(18, 95, frame.height))
    awarded = pl.Series(frame["evidence_held_on"].to_numpy() + days).cast(pl.Date)
    # Offices do not award at weekends.
    weekend = (pl.col("awarded_on").dt.weekday() - 5).clip(0, 2)
    frame = frame.with_columns(awarded_on=awarded)
    frame = frame.with_columns(pl.col("awarded_on") - pl.duration(days=weekend)).filter(
        pl.col("awarded_on") <= LAST_DAY
    )
    frame = pl.concat([frame, _sudden(world, frame)], how="vertical")
    frame = frame.sort("awarded_on", "person_key", "grade")
    order = frame.select("region_code").join(
        world.counties.select("region_code", "order"), on="region_code", how="left", maintain_order="left"
    )["order"]
    unnamed = pl.Series(random.random(frame.height)) < _UNNAMED / order**2
    frame = frame.with_columns(evidence_event_id=pl.when(~unnamed).then("evidence_event_id"))
    return frame.select(
        pl.concat_str(pl.lit("G"), pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)).alias("award_id"),
        "person_key",
        "athlete_id",
        pl.Series(GRADES).gather(frame["grade"]).alias("grade_code"),
        "discipline_code",
        "awarded_on",
        "region_code",
        "evidence_event_id",
        "evidence_held_on",
        "evidence_level_code",
    )


def _of_teams(world: World) -> pl.DataFrame:
    """Return the grades that athletes of the provincial teams earn."""
    earned = earned_grades(world, roster(world), world.frames["competition_result"])
    known = world.frames["athlete"].select("athlete_id", "person_key", "region_code")
    return earned.join(known, on="athlete_id").select(
        "person_key",
        "athlete_id",
        pl.col("grade").cast(pl.Int64),
        "discipline_code",
        "region_code",
        evidence_event_id="event_id",
        evidence_held_on="held_on",
        evidence_level_code="level_code",
    )


def _of_leagues(world: World, random: np.random.Generator) -> pl.DataFrame:
    """Return the grades that young people earn in youth events."""
    entries = world.frames["youth_competition"].filter(
        pl.col("person_key").is_not_null()
        & pl.col("age_group_code").is_in([*_GROUPS, "U12"])
        & ~pl.col("discipline_code").is_in(_UNGRADED)
        & (pl.col("field_size") >= _LEAST_FIELD)
    )
    entries = entries.with_columns(applies=pl.Series(random.random(entries.height)))
    grade = pl.lit(-1)
    for place, level, groups, rank, share in reversed(_YOUTH):
        # A part of the province fills a part of the provincial fields.
        last = max(1, round(rank * world.share)) if level == "provincial" else rank
        earns = (pl.col("level_code") == level) & pl.col("age_group_code").is_in(groups) & (pl.col("rank") <= last)
        grade = pl.when(earns & (pl.col("applies") < share)).then(place).otherwise(grade)
    entries = entries.with_columns(grade=grade).filter(pl.col("grade") >= 0)
    people = entries.group_by("person_key").agg((pl.col("held_on").dt.year() - pl.col("age")).min().alias("born"))
    people = people.sort("person_key")
    held = pl.Series(random.random(people.height)) < _HELD_BEFORE
    people = people.select("person_key", before=pl.when(held & (pl.col("born") <= _OLDER_BORN)).then(1).otherwise(-1))
    better = pl.max_horizontal("before", pl.col("grade").cum_max().shift(1).over("person_key"))
    return (
        entries.join(people, on="person_key")
        .sort("held_on", "entry_id")
        .filter(pl.col("grade") > better)
        .select(
            "person_key",
            pl.lit(None, dtype=pl.String).alias("athlete_id"),
            pl.col("grade").cast(pl.Int64),
            "discipline_code",
            "region_code",
            evidence_event_id="event_id",
            evidence_held_on="held_on",
            evidence_level_code="level_code",
        )
    )


def _sudden(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Return grades that one county awards on one day for one event to people without a rank in it (planted)."""
    random = world.random("faults", "grade_award")
    entries = world.frames["youth_competition"]
    day = date(2025, 4, 18)
    known = entries.filter(
        pl.col("person_key").is_not_null()
        & (pl.col("level_code") == "city")
        & pl.col("held_on").is_between(date(2025, 1, 1), date(2025, 3, 31))
        & ~pl.col("person_key").is_in(frame["person_key"].unique().to_list())
    ).unique("person_key", keep="first", maintain_order=True)
    busy = known.group_by("region_code").agg(pl.len()).sort("len", "region_code", descending=[True, False])
    if not busy.height:
        return frame.clear()
    region = busy["region_code"][0]
    own = known.filter(pl.col("region_code") == region)
    own = own[np.sort(random.choice(own.height, min(own.height, max(8, _SUDDEN)), replace=False))]
    world.plant(
        "grade_award",
        "spike",
        region_code=region,
        started_on=day,
        ended_on=day,
        note="many grades awarded on one day for one event",
    )
    return own.select(
        "person_key",
        pl.lit(None, dtype=pl.String).alias("athlete_id"),
        pl.lit(1, dtype=pl.Int64).alias("grade"),
        pl.lit(own["discipline_code"][0]).alias("discipline_code"),
        "region_code",
        pl.lit(own["event_id"][0]).alias("evidence_event_id"),
        pl.lit(own["held_on"][0]).alias("evidence_held_on"),
        pl.lit("city").alias("evidence_level_code"),
        pl.lit(day).alias("awarded_on"),
    )
