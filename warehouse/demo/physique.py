"""How pupils of an age and sex are built and perform: growth, and values drawn along the ladders of the standard."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analytics.fitness.student_2014 import StudentStandard, student_standard
from warehouse import reference_tables
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints

AGES = np.arange(6, 20)
# Means by age 6, 7, ... 19 for girls and boys in cm and kg/m2 (from memory of national surveys, rounded, unverified).
_HEIGHT = np.array(
    [
        [118.3, 124.7, 130.5, 136.5, 143.0, 150.0, 155.0, 158.5, 160.3, 161.0, 161.4, 161.6, 161.7, 161.7],
        [119.5, 126.0, 132.0, 137.5, 143.0, 149.0, 156.0, 163.5, 169.0, 172.0, 173.5, 174.2, 174.5, 174.5],
    ]
)
_BMI = np.array(
    [
        [15.1, 15.3, 15.7, 16.2, 16.8, 17.5, 18.3, 19.0, 19.6, 20.1, 20.4, 20.6, 20.7, 20.7],
        [15.6, 15.9, 16.4, 17.0, 17.6, 18.2, 18.8, 19.3, 19.8, 20.3, 20.8, 21.1, 21.4, 21.5],
    ]
)
_BMI_SPREAD = np.array([0.135, 0.155])
# Item -> decimals, mean and spread on the ladder (0 is the value for 60 points, 1 that for 90), what weight costs, and
# what a summer without lessons costs (assumptions, set so that 35 to 50 % are good or better).
PERFORMANCE: dict[str, tuple[int, float, float, float, float]] = {
    "vital_capacity_ml": (0, 0.72, 0.46, -0.04, 0.02),
    "run_50m_s": (1, 0.55, 0.44, 0.10, 0.03),
    "sit_and_reach_cm": (1, 0.60, 0.50, 0.02, 0.03),
    "standing_jump_cm": (0, 0.44, 0.46, 0.12, 0.03),
    "rope_skipping_count": (0, 0.70, 0.42, 0.08, 0.10),
    "sit_ups_count": (0, 0.52, 0.42, 0.06, 0.06),
    "pull_ups_count": (0, -0.10, 0.55, 0.22, 0.06),
    "shuttle_run_50m_8_s": (0, 0.55, 0.44, 0.14, 0.10),
    "run_800m_s": (0, 0.48, 0.46, 0.14, 0.12),
    "run_1000m_s": (0, 0.40, 0.46, 0.16, 0.12),
}
PUPIL_GRADES = ("P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3")
SEX_CODES = ("female", "male")


@lru_cache(maxsize=1)
def standard() -> StudentStandard:
    """Return the student standard as the project carries it."""
    scores, bmi, weights, bonus = (
        reference_tables.table(f"student_standard_2014_{name}") for name in ("scores", "bmi", "weights", "bonus")
    )
    return student_standard(scores, bmi, weights, bonus)


def height_cm(sex: Ints, age: Floats, own: Floats) -> Floats:
    """Return heights, shape (n,): mean of sex (0 girls, 1 boys) and age in years, and the own place in the spread."""
    spread = np.interp(age, [6, 10, 13, 18], [4.9, 6.2, 7.2, 6.2])
    return _along(_HEIGHT, sex, age) + spread * own


def body_mass_index(sex: Ints, age: Floats, own: Floats, shift: Floats) -> Floats:
    """Return body mass indices in kg/m2, shape (n,): skewed to the right; ``shift`` is a difference of logarithms."""
    return _along(_BMI, sex, age) * np.exp(_BMI_SPREAD[sex] * (own + 0.14 * (own**2 - 1)) + shift)


def performance(column: str, sex: Ints, grade: Ints, place: Floats) -> Floats:
    """Return the values of one item, shape (n,); NaN where the grade does not take it.

    Parameters
    ----------
    column : str
        Of :data:`PERFORMANCE`.
    sex, grade : int64, shape (n,)
        Places in :data:`SEX_CODES` and :data:`PUPIL_GRADES`.
    place : float64, shape (n,)
        On the ladder: 0 is the value for 60 points, 1 that for 90.
    """
    low, step = _ladder_ends(column)
    # Nobody is so far beyond the ladder that the value could not be measured.
    values = np.round(low[sex, grade] + np.clip(place, -1.15, 1.7) * step[sex, grade], PERFORMANCE[column][0])
    return np.where(np.isnan(values), np.nan, np.maximum(values, 0.0) if column.endswith("_count") else values)


@lru_cache(maxsize=16)
def _ladder_ends(column: str) -> tuple[Floats, Floats]:
    """Return the values for 60 points and what is between 60 and 90, shape (sexes, grades); NaN where not taken."""
    low = np.full((len(SEX_CODES), len(PUPIL_GRADES)), np.nan)
    step = low.copy()
    for row, sex in enumerate(SEX_CODES):
        for place, grade in enumerate(PUPIL_GRADES):
            if column in standard().weights[sex, grade]:
                ladder = standard().ladders[column, sex, grade]
                low[row, place] = ladder.limit_of(60)
                step[row, place] = ladder.limit_of(90) - ladder.limit_of(60)
    return low, step


def _along(table: Floats, sex: Ints, age: Floats) -> Floats:
    return np.where(sex == 1, np.interp(age, AGES, table[1]), np.interp(age, AGES, table[0]))
