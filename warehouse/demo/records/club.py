"""Sports organisations: associations of counties, private units, clubs and grassroots teams."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.world import World

NEEDS = ("population_cell", "code_list")
# 3,468 associations and 2,850 private units in 2019 (calibration.csv); the other
# kinds have no published count (assumption).
_KINDS = {"association": 3_468, "non_enterprise": 2_850, "foundation": 30, "club": 4_200, "grassroots": 9_500}
_KIND_NAMES = {
    "association": "体育协会",
    "non_enterprise": "体育服务中心",
    "foundation": "体育基金会",
    "club": "俱乐部",
    "grassroots": "健身队",
}
# Most popular disciplines first (assumption).
_DISCIPLINES = ("square_dance", "badminton", "table_tennis", "basketball", "football", "running", "tai_chi", "swimming")
_RESULTS = ("passed", "basic", "failed", "absent")


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``club``: numbers by kind as published, spread over counties by residents and vigour."""
    random = world.random("club")
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["vigour"].to_numpy()
    kind = np.repeat(list(_KINDS), [world.scaled(count) for count in _KINDS.values()])
    county = np.concatenate(
        [np.repeat(np.arange(counties.height), world.spread(world.scaled(n), weights)) for n in _KINDS.values()]
    )
    count = len(kind)
    region_code = counties["region_code"].gather(county)
    names = dict(
        world.frames["code_list"].filter(pl.col("list_name") == "discipline").select("code", "code_name_zh").rows()
    )
    discipline = random.choice(_DISCIPLINES, count, p=np.arange(8, 0, -1) / 36)
    number = np.arange(1, count + 1)
    # Younger organisations are more; those that keep good books pass their check more often.
    age_days = np.minimum(random.exponential(2_600, count) + 200, 12_000).astype(np.int64)
    fails = random.random(count) * counties["order"].to_numpy()[county]
    result = np.select([fails < 0.03, fails < 0.07, fails < 0.12], ["failed", "absent", "basic"], "passed")
    frame = pl.DataFrame(
        {
            "club_id": [f"ORG{n:06d}" for n in number],
            "club_name": [
                f"{names[code]}{_KIND_NAMES[k]}第{n}号" for code, k, n in zip(discipline, kind, number, strict=True)
            ],
            "kind_code": kind.tolist(),
            "region_code": region_code,
            "discipline_code": discipline.tolist(),
            "founded_on": pl.Series([LAST_DAY] * count) - pl.Series(age_days).cast(pl.Duration("ms")) * 86_400_000,
            "member_count": np.round(random.lognormal(4.2, 0.9, count)).astype(np.int64) + 5,
            "annual_check_year": np.full(count, LAST_DAY.year),
            "annual_check_result": result.tolist(),
        }
    )
    return pl.concat([frame, world.points(region_code, "club")], how="horizontal").cast({"founded_on": pl.Date})
