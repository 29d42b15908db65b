"""Technical grades of athletes: what they held before, and what their results earn."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.world import World

GRADES = ("grade_3", "grade_2", "grade_1", "master", "international_master")
# Grade -> level of the event and the last rank that earns it (simplified; the real rules differ by sport).
_EARNED: tuple[tuple[int, tuple[str, ...], int], ...] = (
    (4, ("olympic", "world"), 8),
    (4, ("asian",), 3),
    (3, ("national",), 8),
    (3, ("asian", "world", "olympic"), 16),
    (2, ("national",), 20),
    (2, ("provincial",), 3),
    (1, ("provincial",), 10),
)


def first_grades(world: World, athletes: pl.DataFrame) -> pl.Series:
    """Return the place in :data:`GRADES` that each athlete held on joining or on the demo's first day; -1 for none.

    Parameters
    ----------
    athletes : polars.DataFrame
        From `warehouse.demo.squads.roster`.
    """
    random = world.random("first_grades")
    able = athletes["ability"].to_numpy() + random.normal(0, 0.4, athletes.height)
    held = np.select([able > 2.7, able > 1.7, able > 0.3, able > -1.3], [4, 3, 2, 1], 0)
    new = athletes["first_day"].to_numpy() > 0
    young = np.select([able > 2.0, able > -0.2], [2, 1], -1)
    return pl.Series(np.where(new, young, held))


def earned_grades(world: World, athletes: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """Return the grades that athletes earn by their results, each better than all they had.

    Parameters
    ----------
    athletes, results : polars.DataFrame
        From `warehouse.demo.squads.roster` and the dataset ``competition_result``.

    Returns
    -------
    polars.DataFrame
        ``athlete_id, grade`` (place in :data:`GRADES`), ``held_on, event_id, level_code, discipline_code``, by day.
    """
    grade = pl.lit(-1)
    # Fewer teams than athletes compete, so a team must be twice as good.
    counts = pl.col("rank") * (1 + pl.col("is_team_event").cast(pl.Int64))
    for place, levels, rank in reversed(_EARNED):
        grade = pl.when(pl.col("level_code").is_in(levels) & (counts <= rank)).then(place).otherwise(grade)
    start = pl.DataFrame({"athlete_id": athletes["athlete_id"], "before": first_grades(world, athletes)})
    better = pl.max_horizontal("before", pl.col("grade").cum_max().shift(1).over("athlete_id"))
    return (
        results.with_columns(grade=grade)
        .join(start, on="athlete_id")
        .sort("held_on", "result_id")
        .filter(pl.col("grade") > pl.col("before"))
        .filter(pl.col("grade") > better)
        .select("athlete_id", "grade", "held_on", "event_id", "level_code", "discipline_code")
    )
