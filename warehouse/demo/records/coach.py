"""Coaches of the provincial teams: in office about one for eight athletes, and those who left since 2010."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.squads import TEAMS, coaches
from warehouse.demo.world import World

NEEDS = ("region",)
# Share of each grade (assumption).
_GRADES = {"national": 0.08, "senior": 0.27, "intermediate": 0.38, "junior": 0.27}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``coach``; higher grades go to those who serve longer."""
    random = world.random("coach")
    frame = coaches(world)
    count = frame.height
    serves = frame["is_in_office"].to_numpy()
    last = np.datetime64(LAST_DAY)
    # Who is in office coached the same athletes through all five years.
    years = np.minimum(random.gamma(2.2, 5.0, count), 33) + np.where(serves, 5.1, 0.2)
    left = last - random.integers(30, 5_500, count)
    hired = np.where(serves, last, left) - (years * 365.25).astype(np.int64)
    order = np.argsort(np.argsort(-(years + random.normal(0, 5, count)))) / count
    grade = np.array(list(_GRADES))[np.searchsorted(np.cumsum(list(_GRADES.values())) - 1e-9, order)]
    weights = world.counties["residents"].to_numpy() * world.counties["vigour"].to_numpy()
    county = random.choice(world.counties.height, count, p=weights / weights.sum())
    team = frame["team"].to_numpy()
    return pl.DataFrame(
        {
            "coach_id": frame["coach_id"],
            "person_key": world.person_keys("coach", frame["number"].to_numpy()),
            "sex_code": np.where(random.random(count) < 0.68, "male", "female"),
            "grade_code": grade,
            "discipline_code": [TEAMS[place].discipline for place in team],
            # A few entries are not finished.
            "team_code": [
                None if missing else TEAMS[place].code
                for place, missing in zip(team, random.random(count) < 0.015, strict=True)
            ],
            "region_code": world.counties["region_code"].gather(county),
            "hired_on": hired,
            "left_on": np.where(serves, np.datetime64("NaT"), left),
            "training_hours": np.where(serves, random.gamma(6, 9, count).round(), 0).astype(np.int64),
        }
    ).cast({"hired_on": pl.Date, "left_on": pl.Date})
