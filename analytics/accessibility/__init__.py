"""Who can walk to a venue in time: walking costs of cells, residents covered, and the straight-line comparison."""

from analytics.accessibility.bands import (
    BANDS,
    CIRCLE_MINUTES,
    GROUPS,
    SPEEDS_KM_PER_H,
    Group,
    band_limits,
    group_limits,
    group_residents,
    limit_units,
)
from analytics.accessibility.by_lane import coverage_by_lane, walking_cost_by_lane
from analytics.accessibility.catchment import (
    Catchments,
    CatchmentWorkspace,
    CellIndex,
    catchment_of,
    catchments,
    index_cells,
)
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
    "GROUPS",
    "SPEEDS_KM_PER_H",
    "CatchmentWorkspace",
    "Catchments",
    "CellIndex",
    "Group",
    "RoundingError",
    "Seeds",
    "band_limits",
    "catchment_of",
    "catchments",
    "cell_costs",
    "coverage",
    "coverage_by_lane",
    "entrance_seeds",
    "filtered_walking_cost",
    "group_limits",
    "group_residents",
    "index_cells",
    "limit_units",
    "roll_up",
    "rounding_error",
    "straight_cost",
    "straight_distance_m",
    "walking_cost",
    "walking_cost_by_lane",
]
