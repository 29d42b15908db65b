"""Anti-doping work of each team and month: education that is due and done, tests that are planned and done."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, MONTH_COUNT
from warehouse.demo.squads import GAMES, TEAMS, coaches, roster
from warehouse.demo.world import World

NEEDS = ("region",)
# Everybody is educated once a quarter; tests of an athlete in a year (assumptions).
_A_MONTH, _TESTS_A_YEAR = 1 / 3, 1.1
_LAZY_MONTHS = (38, 39, 40)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``anti_doping``: education improves over the years, tests gather before the Games."""
    random = world.random("anti_doping")
    people = _people(world)
    years = np.arange(MONTH_COUNT) / 12
    before_games = np.zeros(MONTH_COUNT)
    for day, _, _ in GAMES:
        month = (day.year - FIRST_DAY.year) * 12 + day.month - FIRST_DAY.month
        before_games[max(0, month - 2) : month + 1] = 1
    due = np.round(people * _A_MONTH * (1 + 0.6 * before_games) * random.uniform(0.85, 1.15, people.shape)).astype(int)
    keen = np.clip(0.885 + 0.022 * years + random.normal(0, 0.02, (len(TEAMS), 1)), 0.7, 0.997)
    chance = np.clip(np.broadcast_to(keen, people.shape) + 0.03 * before_games, 0, 0.999).copy()
    lazy = int(world.random("faults", "anti_doping").integers(0, len(TEAMS)))
    chance[lazy, list(_LAZY_MONTHS)] *= 0.45
    planned = random.poisson(people * _TESTS_A_YEAR / 12 * (1 + 1.2 * before_games))
    done = random.binomial(planned, 0.955) + (random.random(people.shape) < 0.02)
    officers = np.where(done > 0, np.maximum(2, np.ceil(done / 5)), 0).astype(int)
    months = world.months
    repeated = (lazy + 7) % len(TEAMS)
    done_education = random.binomial(due, chance)
    for grid in (due, done_education, planned, done, officers):
        grid[repeated, 47] = grid[repeated, 46]
    _record(world, TEAMS[lazy].code, "drop", _LAZY_MONTHS, "a team that hardly educates for three months")
    _record(world, TEAMS[repeated].code, "repeated", (47,), "a month that repeats the one before")
    return pl.DataFrame(
        {
            "team_code": np.repeat([team.code for team in TEAMS], MONTH_COUNT),
            "month": months * len(TEAMS),
            "education_due_count": due.ravel(),
            "education_done_count": done_education.ravel(),
            "test_planned_count": planned.ravel(),
            "test_done_count": done.ravel(),
            "officer_count": officers.ravel(),
        }
    )


def _people(world: World) -> np.ndarray:
    """Return athletes and coaches of each team in the middle of each month, shape (teams, months)."""
    athletes = roster(world)
    staff = np.bincount(coaches(world).filter("is_in_office")["team"].to_numpy(), minlength=len(TEAMS))
    people = np.empty((len(TEAMS), MONTH_COUNT))
    for month in range(MONTH_COUNT):
        middle = month * 30.4375 + 15
        here = (athletes["first_day"] <= middle) & (athletes["last_day"] >= middle)
        people[:, month] = np.bincount(athletes.filter(here)["team"].to_numpy(), minlength=len(TEAMS)) + staff
    return people


def _record(world: World, team: str, kind: str, months: tuple[int, ...], note: str) -> None:
    names = [world.months[place] for place in months]
    first = date.fromisoformat(f"{names[0]}-01")
    last = world.days.filter(pl.col("month") == names[-1])["date"].to_list()[-1]
    world.plant("anti_doping", kind, entity=team, started_on=first, ended_on=last, note=note)
