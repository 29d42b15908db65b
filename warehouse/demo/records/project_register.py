"""Informatization projects through their four stages: what was due, what was done, which papers there are."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.records._units import cite, day_series, units
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
STAGES = ("initiation", "implementation", "acceptance", "operation")
# Papers that each stage asks for, as columns of the contract.
PAPERS = {
    "initiation": ("has_feasibility_study", "has_approval"),
    "implementation": ("has_contract", "has_design", "has_supervision"),
    "acceptance": ("has_test_report", "has_security_assessment", "has_acceptance_report"),
    "operation": ("has_handover", "has_operation_plan", "has_evaluation"),
}
# Projects of a province's, a city's and a county's unit over the five years, and days planned for each stage
# (assumptions); operation is reviewed a year after acceptance.
_PROJECTS = (6, 3, 1)
_PLANNED_DAYS = (75, 240, 60, 365)
_WHAT = ("平台建设", "系统升级改造", "数据治理", "智慧场馆改造", "网络与安全加固", "物联感知接入", "应用上云")
_STUCK_DAYS = 540
_LAST = int(np.datetime64(LAST_DAY, "D").astype(np.int64))


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``project_register``."""
    random = world.random("project_register")
    unit = units(world)
    owned = np.array(_PROJECTS)[unit["rank"].to_numpy()]
    place = np.repeat(np.arange(unit.height), owned + (random.random(unit.height) < 0.25))
    count = len(place)
    order = unit["order"].to_numpy()[place]
    start = _LAST - random.integers(20, 1_780, count)
    due, done = _dates(random, start, order)
    stage = np.minimum((done >= 0).sum(axis=1), len(STAGES) - 1)
    rows = np.arange(count)
    found = unit[place]
    titles = [f"{name}{what}项目" for name, what in zip(found["unit_name"], random.choice(_WHAT, count), strict=True)]
    dates = {
        f"{name}_{kind}_on": _or_null(numbers[:, at])
        for at, name in enumerate(STAGES)
        for kind, numbers in (("due", due), ("done", done))
    }
    return pl.DataFrame(
        {
            "project_id": [f"PRJ{n:05d}" for n in range(1, count + 1)],
            "project_name": titles,
            "unit_code": found["unit_code"],
            "unit_name": found["unit_name"],
            "region_code": found["region_code"],
            "budget_cny": np.round(random.lognormal(13.6, 0.8, count), -3),
            "stage": [STAGES[at] for at in stage],
            "stage_due_on": day_series(due[rows, stage]),
            "stage_done_on": _or_null(done[rows, stage]),
            **dates,
            **_papers(random, done, order),
            "standard_cited": cite(
                random,
                ("technical", "project", "smart_venue", "data", "security"),
                day_series(start),
                0.30 + 0.12 * (start - start.min()) / 365.25 * np.minimum(order, 1.2),
            ),
            "reported_on": pl.Series([LAST_DAY] * count, dtype=pl.Date),
        }
    )


def _dates(random: np.random.Generator, start: Ints, order: Floats) -> tuple[Ints, Ints]:
    """Return days due and days done of the four stages, shape (projects, 4); done is -1 for what is not."""
    planned = np.array(_PLANNED_DAYS) * random.uniform(0.7, 1.4, (len(start), len(STAGES)))
    due = start[:, None] + np.cumsum(planned, axis=1).astype(np.int64)
    # Later stages wait for earlier ones; the better kept a bureau, the less it slips.
    slip = random.lognormal(-0.05, 0.22 / order[:, None], planned.shape)
    done = start[:, None] + np.cumsum(planned * slip, axis=1).astype(np.int64)
    # Some stages of the last year and a half are stuck, and so is everything after them.
    halts = (random.random(planned.shape) < 0.13 / order[:, None]) & (due > _LAST - _STUCK_DAYS)
    stuck = np.cumsum(halts, axis=1) > 0
    return due, np.where((done > _LAST) | stuck, -1, done)


def _papers(random: np.random.Generator, done: Ints, order: Floats) -> dict[str, np.ndarray]:
    """Return whether each paper is there: nearly always for finished stages, sometimes before."""
    found = {}
    for at, papers in enumerate(PAPERS.values()):
        for paper in papers:
            chance = np.where(done[:, at] >= 0, 1 - 0.09 / order, 0.12)
            previous = done[:, at - 1] >= 0 if at else np.ones(len(done), dtype=bool)
            found[paper] = (random.random(len(done)) < chance) & previous
    return found


def _or_null(numbers: Ints) -> pl.Series:
    return day_series(numbers).set(pl.Series(numbers < 0), None)
