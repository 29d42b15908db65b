"""Appraisals of vocational skill: theory and practice, passed when both reach 60, certificates some weeks later."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.world import World

NEEDS = ()
_YEARLY = 12_000
# occupation: (discipline, share); assumptions.
_OCCUPATIONS = {
    "lifeguard": ("swimming", 0.40),
    "swimming_coach": ("swimming", 0.17),
    "fitness_coach": ("fitness", 0.26),
    "climbing_coach": ("climbing", 0.02),
    "skiing_coach": ("winter_sports", 0.02),
    "diving_coach": ("diving", 0.02),
    "tennis_coach": ("tennis", 0.05),
    "badminton_coach": ("badminton", 0.06),
}
_GRADES, _GRADE_SHARES = ("5", "4", "3", "2", "1"), (0.62, 0.24, 0.10, 0.03, 0.01)
# Mean scores, their spread and how much theory and practice go together (assumptions).
_THEORY, _SKILL, _SPREAD, _TOGETHER = 71.0, 69.5, 10.5, 0.45
_AGAIN = 0.55


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``vocational_certificate``: one row an appraisal, with a certificate where it was passed."""
    random = world.random("vocational_certificate")
    counties = world.counties
    counts = world.monthly("vocational_certificate", _YEARLY, profile="pool", growth=0.04, closes=0.9)
    # Appraisals are held at weekends.
    rows = world.rows("vocational_certificate", counts, on_days_off=8.0).sort("date", "region_code")
    county, count = rows["county_index"].to_numpy(), rows.height
    share = np.array([item[1] for item in _OCCUPATIONS.values()])
    occupation = random.choice(len(_OCCUPATIONS), count, p=share / share.sum())
    grade = random.choice(5, count, p=_GRADE_SHARES)
    common = random.normal(0, 1, count)
    # Higher grades are harder; counties differ in how they teach.
    level = 5.0 * (counties["vigour"].to_numpy()[county] - 1) - 1.2 * grade
    own = np.sqrt(1 - _TOGETHER**2)
    theory, skill = (
        np.clip(np.round(mean + level + _SPREAD * (_TOGETHER * common + own * random.normal(0, 1, count))), 0, 100)
        for mean in (_THEORY, _SKILL)
    )
    passed = (theory >= 60) & (skill >= 60)
    day = rows["date"].to_numpy().astype("datetime64[D]")
    awarded = day + np.minimum(10 + random.gamma(2.0, 7.0, count), 75).astype(np.int64)
    # Certificates of the last weeks are still to come.
    awarded = np.where(passed & (awarded <= np.datetime64(LAST_DAY)), awarded, np.datetime64("NaT"))
    # Some of those who sit have sat before: their number is that of an earlier row of the county.
    person = np.where(random.random(count) < 0.12, (np.arange(count) * _AGAIN).astype(np.int64), np.arange(count))
    names = pl.Series(list(_OCCUPATIONS))
    return pl.DataFrame(
        {
            "certificate_id": "VC" + pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(7),
            "person_key": world.person_keys("vocational_certificate", person),
            "occupation_code": names.gather(occupation),
            "discipline_code": pl.Series([item[0] for item in _OCCUPATIONS.values()]).gather(occupation),
            "grade_code": pl.Series(_GRADES).gather(grade),
            "region_code": rows["region_code"],
            "appraised_on": rows["date"],
            "theory_score": theory,
            "skill_score": skill,
            "passed": passed,
            "awarded_on": awarded,
        }
    )
