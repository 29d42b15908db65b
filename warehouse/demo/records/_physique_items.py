"""Results of the items of a physique test, drawn about the middle thresholds of the adult standard of 2003."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints

# How much of a result follows from how fit the person is; the rest is chance of the day.
_LOADING = 0.55
# Middle thresholds (score 3) of 国民体质测定标准 2003 for men and women of 20-24, and their change a year until 55-59;
# spreads are a quarter of the way from score 1 to score 5 (assumption).
_ADULT: Mapping[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "vital_capacity_ml": ((3465.0, 2355.0), (-23.4, -14.3), (600.0, 460.0)),
    "grip_kg": ((43.6, 25.8), (-0.15, -0.065), (6.7, 4.3)),
    "sit_and_reach_cm": ((9.0, 9.5), (-0.2, -0.105), (6.2, 5.8)),
    "vertical_jump_cm": ((32.4, 20.6), (-0.35, -0.24), (6.5, 4.4)),
    "step_index": ((52.1, 52.3), (0.03, 0.02), (6.6, 6.6)),
}
_LIMITS = {
    "vital_capacity_ml": (600.0, 8_500.0),
    "grip_kg": (2.0, 90.0),
    "sit_and_reach_cm": (-25.0, 35.0),
    "vertical_jump_cm": (3.0, 80.0),
    "step_index": (25.0, 130.0),
}
_FROM_AGE, _OLD_AGE = 22.0, 60.0


def item_columns(people: pl.DataFrame, person: Ints, fitness: Floats, random: np.random.Generator) -> pl.DataFrame:
    """Return the results of the items; items that an age group or a version does not test are empty.

    Parameters
    ----------
    people : polars.DataFrame
        ``sex_code, age_year, age_group_code, standard_version``, one row a test.
    person : int64, shape (n,)
        Place of each person's first test; somebody who comes again is as tall as before.
    fitness : float64, shape (n,)
        How fit each is, mean 0 and standard deviation about 1.

    Returns
    -------
    polars.DataFrame
        ``height_cm, weight_kg, body_fat_pct, vital_capacity_ml, grip_kg, sit_and_reach_cm, one_leg_stand_s,
        reaction_s, vertical_jump_cm, push_up_count, sit_up_count, step_index``.
    """
    is_woman = (people["sex_code"] == "female").to_numpy().astype(np.int64)
    age = people["age_year"].to_numpy().astype(np.float64)
    group = people["age_group_code"]
    is_child = (group == "child").to_numpy()
    is_young = (group == "adult_a").to_numpy()
    is_old_version = (people["standard_version"] == "2003").to_numpy()
    form = fitness / np.maximum(fitness.std(), 1e-9)

    def drawn() -> Floats:
        return _LOADING * form + np.sqrt(1 - _LOADING**2) * random.standard_normal(len(age))

    found = {name: _adult(name, is_woman, age, drawn()) for name in _ADULT}
    small = age - 3
    found["grip_kg"] = np.where(is_child, np.clip(3.6 + 1.4 * small + drawn(), 1.2, 14), found["grip_kg"])
    found["sit_and_reach_cm"] = np.where(is_child, 11 + 3.5 * drawn(), found["sit_and_reach_cm"])
    stature = random.standard_normal(len(age))[person]
    body = _bodies(is_woman, age, is_child, form=form, stature=stature, random=random)
    years = np.clip(age - _FROM_AGE, 0, 60)
    stand = np.exp(np.log(np.where(is_woman, 16.0, 18.0)) - 0.029 * years + 0.85 * drawn())
    reaction = np.where(is_woman, 0.52, 0.49) + 0.0045 * years - 0.09 * drawn()
    push_up = np.clip(20 - 0.36 * years + 8.5 * drawn(), 0, 90).round()
    sit_up = np.clip(16 - 0.36 * years + 8 * drawn(), 0, 60).round()
    columns = {
        "height_cm": body["height_cm"].round(1),
        "weight_kg": body["weight_kg"].round(1),
        "body_fat_pct": _kept(body["body_fat_pct"].round(1), ~is_child & ~is_old_version),
        "vital_capacity_ml": _kept(found["vital_capacity_ml"].round(), ~is_child),
        "grip_kg": _kept(found["grip_kg"].round(1), ~(is_child & is_old_version)),
        "sit_and_reach_cm": found["sit_and_reach_cm"].round(1),
        "one_leg_stand_s": _kept(np.clip(stand, 1, 240).round(), ~is_child),
        "reaction_s": _kept(np.clip(reaction, 0.28, 1.6).round(2), ~is_child),
        "vertical_jump_cm": _kept(found["vertical_jump_cm"].round(1), is_young),
        "push_up_count": _kept(push_up, is_young & (is_woman == 0)),
        "sit_up_count": _kept(sit_up, is_young & (is_woman == 1)),
        "step_index": _kept(found["step_index"].round(1), ~is_child & is_old_version & (age < _OLD_AGE)),
    }
    whole = pl.col("push_up_count", "sit_up_count").cast(pl.Int64)
    return pl.DataFrame(columns).with_columns(pl.all().fill_nan(None)).with_columns(whole)


def _adult(name: str, is_woman: Ints, age: Floats, form: Floats) -> Floats:
    """Return results of an item by sex and age; past 60 strength and breath fall twice as fast."""
    middle, slope, spread = (np.array(pair)[is_woman] for pair in _ADULT[name])
    years = np.clip(age - _FROM_AGE, 0, None) + np.clip(age - _OLD_AGE, 0, None)
    return np.clip(middle + slope * years + spread * form, *_LIMITS[name])


def _bodies(
    is_woman: Ints, age: Floats, is_child: np.ndarray, *, form: Floats, stature: Floats, random: np.random.Generator
) -> dict[str, Floats]:
    """Return height, weight and body fat; the fitter are a little leaner."""
    count = len(age)
    tall = np.where(is_woman, 160.0, 172.0) - 0.1 * np.clip(age - 25, 0, None)
    height = np.where(is_child, 96.5 + 7.0 * (age - 3) - 0.8 * is_woman, tall)
    height += np.where(is_child, 4.3, np.where(is_woman, 5.5, 6.1)) * stature
    middle = np.where(is_woman, 21.6, 24.1) + np.where(is_woman, 0.05, 0.01) * np.clip(age - 22, 0, 45)
    index = np.where(is_child, 15.7, middle) + np.where(is_child, 1.4, 3.0) * random.standard_normal(count)
    index = np.clip(index - 0.5 * form * ~is_child, np.where(is_child, 12.0, 15.5), np.where(is_child, 24.0, 42.0))
    fat = np.where(is_woman, 29.0, 21.5) + 1.1 * (index - middle) + 3.0 * random.standard_normal(count)
    return {
        "height_cm": height,
        "weight_kg": index * (height / 100) ** 2,
        "body_fat_pct": np.clip(fat, 4, 60),
    }


def _kept(values: Floats, is_tested: np.ndarray) -> Floats:
    return np.where(is_tested, values, np.nan)
