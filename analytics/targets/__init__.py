"""Targets: the probability that each is reached by its date, and the way there."""

from analytics.targets.due import Trajectory, of_flow, of_level, working_target
from analytics.targets.flows import Totals, reach_probability, year_totals
from analytics.targets.levels import probability_from_quantiles
from analytics.targets.table import probabilities

__all__ = [
    "Totals",
    "Trajectory",
    "of_flow",
    "of_level",
    "probabilities",
    "probability_from_quantiles",
    "reach_probability",
    "working_target",
    "year_totals",
]
