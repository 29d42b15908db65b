"""Who can walk to a venue in time: walking costs of cells, residents covered, and the straight-line comparison."""

from analytics.accessibility.bands import BANDS, CIRCLE_MINUTES, SPEEDS_KM_PER_H, band_limits, limit_units
from analytics.accessibility.covered import coverage, roll_up
from analytics.accessibility.rounding import RoundingError, rounding_error
from analytics.accessibility.straight import straight_cost, straight_distance_m
from analytics.accessibility.walking import (
    Seeds,
    cell_costs,
    entrance_seeds,
    filtered_walking_cost,
    walking_cost,
)

__all__ = [
    "BANDS",
    "CIRCLE_MINUTES",
    "SPEEDS_KM_PER_H",
    "RoundingError",
    "Seeds",
    "band_limits",
    "cell_costs",
    "coverage",
    "entrance_seeds",
    "filtered_walking_cost",
    "limit_units",
    "roll_up",
    "rounding_error",
    "straight_cost",
    "straight_distance_m",
    "walking_cost",
]
