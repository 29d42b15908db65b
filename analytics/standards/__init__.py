"""Standards of fitness circles as rules: what each cell has in reach, its score, what it fails, the cheapest mend."""

from analytics.standards.amounts import Amounts, Sites, Tally, contributions
from analytics.standards.mend import Mend, cheapest_mend
from analytics.standards.rules import Clause, Facility, Standard, read_standard
from analytics.standards.score import points, points_of, reached_points

__all__ = [
    "Amounts",
    "Clause",
    "Facility",
    "Mend",
    "Sites",
    "Standard",
    "Tally",
    "cheapest_mend",
    "contributions",
    "points",
    "points_of",
    "reached_points",
    "read_standard",
]
