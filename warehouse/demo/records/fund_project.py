"""Projects of the industry fund: four stages with a day due and a day done, money paid by stage, jobs, a score."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.firms import county_indices
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

NEEDS = ("population_cell", "enterprise")
# Projects granted a year 2018-2026 in the whole province, and the median grant in yuan (assumptions).
_YEARS = tuple(range(2018, 2027))
_COUNT, _GRANT = 1_500, 900_000.0
STAGES = ("review", "progress", "acceptance", "evaluation")
# Days after the grant on which a stage is due; chance that it is done late (assumptions).
_DUE_DAYS = np.array([0, 270, 540, 660])
_LATE = 0.05
_KINDS = {"grant": 0.55, "interest": 0.15, "reward": 0.30}
_WORDS = {
    "02": "赛事品牌培育",
    "03": "健身休闲项目",
    "04": "场馆智慧化改造",
    "06": "体育培训提升",
    "08": "体育旅游精品",
    "09": "体育装备研发",
    "10": "体育用品新零售",
}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``fund_project``: the state of every project on the last day of the demo."""
    random = world.random("fund_project")
    count = world.scaled(_COUNT)
    year = np.repeat(_YEARS, world.spread(count, np.linspace(1.0, 1.6, len(_YEARS))))
    # Grants are decided from May to August.
    granted_on = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + random.integers(120, 240, count)
    firm = _carriers(world, random, granted_on)
    enterprise = world.frames["enterprise"].select("enterprise_id", "industry_code", "region_code")[firm]
    order = world.counties["order"].to_numpy()[county_indices(world, enterprise["region_code"])]
    due = granted_on[:, None] + _DUE_DAYS
    done = _done(random, due, order)
    finished = ~np.isnat(done)
    current = np.minimum(finished.sum(axis=1), len(STAGES) - 1)
    each = np.arange(count)
    kind = random.choice(len(_KINDS), count, p=list(_KINDS.values()))
    granted = np.round(_GRANT * random.lognormal(0, 0.7, count), -4)
    # 50 % after the review, 30 % after the progress check, the rest after acceptance.
    paid = np.round(granted * (finished[:, 0] * 0.5 + finished[:, 1] * 0.3 + finished[:, 2] * 0.2))
    # A project of a million yuan brings about twelve jobs once it is accepted, a part of them before.
    jobs = random.poisson(granted / 1e6 * 12 * order * random.lognormal(0, 0.5, count))
    jobs = np.round(jobs * np.array([0.1, 0.35, 0.8, 1.0, 1.0])[finished.sum(axis=1)]).astype(np.int64)
    score = np.where(finished[:, 3], np.clip(random.normal(82, 7, count) + 4 * (order - 1), 40, 99), np.nan)
    number = pl.int_range(1, count + 1, eager=True).cast(pl.String)
    main = enterprise["industry_code"].str.slice(0, 2)
    words = main.replace_strict(_WORDS, default="体育产业融合", return_dtype=pl.String)
    columns = {
        "project_id": "CYZJ" + pl.Series(year).cast(pl.String) + number.str.zfill(5),
        "project_name": words + "项目第" + number + "号",
        "kind_code": pl.Series(list(_KINDS)).gather(kind),
        "region_code": enterprise["region_code"],
        "enterprise_id": enterprise["enterprise_id"],
        "granted_on": granted_on,
        "granted_cny": granted,
        "paid_cny": paid,
        "own_funds_cny": np.round(granted * random.lognormal(1.1, 0.5, count), -4),
        "stage": pl.Series(STAGES).gather(current),
        "stage_due_on": due[each, current],
        "stage_done_on": done[each, current],
        "jobs_count": jobs,
        "score": np.round(score, 1),
    }
    for place, stage in enumerate(STAGES):
        columns[f"{stage}_due_on"] = due[:, place]
        columns[f"{stage}_done_on"] = done[:, place]
    return pl.DataFrame(columns, nan_to_null=True)


def _carriers(world: World, random: np.random.Generator, granted_on: np.ndarray) -> Ints:
    """Return the unit of each project: in business for a year, still open today, larger ones more often."""
    frame = world.frames["enterprise"]
    able = np.flatnonzero((frame["closed_on"].is_null() & frame["revenue_cny"].is_not_null()).to_numpy())
    able = able[np.argsort(frame["founded_on"].to_numpy()[able], kind="stable")]
    weight = np.cumsum(np.sqrt(frame["revenue_cny"].to_numpy()[able]))
    founded = frame["founded_on"].to_numpy()[able]
    known = np.maximum(np.searchsorted(founded, granted_on - 365), 1)
    drawn = random.random(len(granted_on)) * weight[known - 1]
    return able[np.searchsorted(weight, drawn, side="right")]


def _done(random: np.random.Generator, due: np.ndarray, order: Floats) -> np.ndarray:
    """Return the day on which each stage was done, NaT if not yet; a stage never comes before the one before it."""
    shape = due.shape
    early = -np.abs(random.normal(0, 25, shape))
    is_late = random.random(shape) < (_LATE / order)[:, None]
    delay = np.where(is_late, random.gamma(2.0, 45, shape), early)
    # The review is done on or before the day of the grant.
    delay[:, 0] = np.minimum(early[:, 0], -5)
    done = due + delay.astype(np.int64)
    done = np.maximum.accumulate(done, axis=1)
    return np.where(done <= np.datetime64(LAST_DAY), done, np.datetime64("NaT"))
