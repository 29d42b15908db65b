"""Athletes of the provincial teams of five years: about 1,500 at a time, with the grade that they earned."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grades import GRADES, earned_grades, first_grades
from warehouse.demo.squads import TEAMS, roster
from warehouse.demo.world import World

NEEDS = ("competition_result",)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``athlete``; the grade is the best one held on the last day."""
    random = world.random("athlete")
    athletes = roster(world)
    earned = earned_grades(world, athletes, world.frames["competition_result"])
    best = athletes.select("athlete_id").join(
        earned.group_by("athlete_id").agg(pl.col("grade").max()), on="athlete_id", how="left", maintain_order="left"
    )
    held = np.maximum(best["grade"].fill_null(-1).to_numpy(), first_grades(world, athletes).to_numpy())
    has_left = athletes["left_on"].is_not_null().to_numpy()
    is_new = athletes["first_day"].to_numpy() > 1_780
    moved = random.random(athletes.height) < 0.12
    status = np.select([has_left & moved, has_left, is_new], ["transferred", "retired", "trial"], "active")
    team = athletes["team"].to_numpy()
    coach = athletes["coach_id"].set(pl.Series(random.random(athletes.height) < 0.004), None)
    return athletes.select(
        "athlete_id",
        person_key=world.person_keys("athlete", athletes["number"].to_numpy()),
        sex_code="sex_code",
        birth_on="birth_on",
        discipline_code=pl.Series([item.discipline for item in TEAMS]).gather(team),
        team_code=pl.Series([item.code for item in TEAMS]).gather(team),
        region_code="region_code",
        coach_id=coach,
        grade_code=pl.Series([*GRADES, None]).gather(np.where(held < 0, len(GRADES), held)),
        registered_on="registered_on",
        left_on="left_on",
        status=pl.Series(status),
    )
