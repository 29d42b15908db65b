"""Information systems: where they run, how they are protected, and how they move to the cloud."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.records._units import cite, day_series, units
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Systems of a province's, a city's and a county's unit (assumption).
_SYSTEMS = (6, 4, 1)
_THEMES = ("public_sport", "elite", "youth", "industry", "government", "infrastructure")
_NAMES = {
    "public_sport": ("公共体育服务平台", "场馆预订系统", "社会体育指导员管理系统", "国民体质监测系统"),
    "elite": ("运动员管理系统", "训练监控系统", "反兴奋剂教育系统"),
    "youth": ("青少年体育俱乐部系统", "青少年赛事报名系统", "后备人才管理系统"),
    "industry": ("体育产业名录库", "体育消费调查系统", "专项资金申报系统"),
    "government": ("行政审批系统", "协同办公系统", "信息公开网站", "统计申报系统"),
    "infrastructure": ("视频汇聚平台", "数据交换节点", "统一身份认证系统"),
}
_REASONS = ("涉密或专网系统", "与现场设备直连", "即将停用")
# Level 3 is assessed every year, level 2 every second year, level 1 is not assessed.
_VALID_DAYS = {"1": 0, "2": 730, "3": 365}
_DAY = {name: np.datetime64(day, "D").astype(np.int64) for name, day in (("first", "2021-11-01"), ("last", LAST_DAY))}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``system_register``.

    Half of the systems that may move run in the cloud by the end of 2025, the plan's target.
    """
    random = world.random("system_register")
    unit = units(world)
    owned = np.array(_SYSTEMS)[unit["rank"].to_numpy()]
    owned = np.maximum(1, owned + random.integers(-1, 2, unit.height))
    place = np.repeat(np.arange(unit.height), owned)
    count = len(place)
    order = unit["order"].to_numpy()[place]
    theme = random.choice(_THEMES, count, p=(0.28, 0.12, 0.14, 0.12, 0.24, 0.10))
    live = _DAY["last"] - np.minimum(random.gamma(2.0, 700, count), 4_500).astype(np.int64) - 20
    exempt = random.random(count) < 0.11
    moved, hosting = _clouds(random, live, exempt, order)
    level = random.choice(("1", "2", "3"), count, p=(0.22, 0.58, 0.20))
    assessed, valid = _assessments(random, level, live, order)
    name = [f"{random.choice(_NAMES[code])}" for code in theme]
    found = unit[place]
    number = [f"SYS{n:05d}" for n in range(1, count + 1)]
    crypto = np.select(
        [random.random(count) < share * order for share in (0.10, 0.22, 0.20, 0.30)],
        ["assessed", "applied", "building", "planned"],
        "none",
    )
    return pl.DataFrame(
        {
            "system_id": number,
            "system_name": [f"{owner}{title}" for owner, title in zip(found["unit_name"], name, strict=True)],
            "unit_code": found["unit_code"],
            "unit_name": found["unit_name"],
            "region_code": found["region_code"],
            "theme": theme.tolist(),
            "hosting": hosting.tolist(),
            "is_exempt": exempt,
            "exempt_reason": pl.Series(random.choice(_REASONS, count).tolist()).set(pl.Series(~exempt), None),
            "went_live_on": day_series(live),
            "moved_to_cloud_on": _days_or_null(moved),
            "mlps_level": level.tolist(),
            "mlps_assessed_on": _days_or_null(assessed),
            "mlps_valid_until": _days_or_null(valid),
            "crypto_state": crypto.tolist(),
            "open_finding_count": random.poisson(np.where(level == "1", 1.0, 3.2) / order),
            "availability_pct": np.round(100 - random.gamma(1.2, 0.25 / order), 2).clip(90, 100),
            "monthly_cost_cny": np.round(random.lognormal(8.6, 0.6, count), -1),
            "standard_cited": cite(
                random, ("technical", "security", "data"), day_series(live + 200), 0.25 + 0.30 * np.minimum(order, 1.3)
            ),
        }
    )


def _clouds(random: np.random.Generator, live: Ints, exempt: np.ndarray, order: Floats) -> tuple[Ints, np.ndarray]:
    """Return the day of moving to the cloud (-1 for none) and where each system runs."""
    count = len(live)
    # A tenth had moved before the five years; the rest follow at a rate that brings half there by 2025.
    wait = random.exponential(3_000 / order, count).astype(np.int64)
    moved = np.where(random.random(count) < 0.16, live, np.maximum(live, _DAY["first"]) + 60 + wait)
    born = (live > _DAY["first"] + 500) & (random.random(count) < 0.45)
    moved = np.where(born, live, moved)
    moved = np.where(exempt | (moved > _DAY["last"]), -1, moved)
    cloud = random.choice(("gov_cloud", "sport_cloud", "public_cloud"), count, p=(0.62, 0.28, 0.10))
    own = random.choice(("local_room", "unit_server"), count, p=(0.7, 0.3))
    return moved, np.where(moved >= 0, cloud, own)


def _assessments(random: np.random.Generator, level: np.ndarray, live: Ints, order: Floats) -> tuple[Ints, Ints]:
    """Return the day of the last assessment and the end of its validity, -1 where there is none."""
    valid_days = np.array([_VALID_DAYS[code] for code in level])
    # Well kept bureaus assess again in time; others let the assessment lapse by up to a year.
    late = random.random(len(level)) < 0.32 / order
    age = (random.random(len(level)) * valid_days).astype(np.int64) + late * random.integers(30, 400, len(level))
    assessed = np.maximum(_DAY["last"] - age, live + 5)
    none = (valid_days == 0) | (random.random(len(level)) < 0.05 / order) | (assessed > _DAY["last"])
    return np.where(none, -1, assessed), np.where(none, -1, assessed + valid_days)


def _days_or_null(numbers: Ints) -> pl.Series:
    days = day_series(numbers)
    return days.set(pl.Series(numbers < 0), None)
