"""Quality of deliveries by the dimensions of GB/T 36344-2018: scores from counts, what lowers them, odd months."""

from analytics.quality.outliers import odd_months
from analytics.quality.reasons import top_reasons
from analytics.quality.score import DIMENSIONS, SCALES, Scale, dimension_scores, lost_points, total_scores

__all__ = [
    "DIMENSIONS",
    "SCALES",
    "Scale",
    "dimension_scores",
    "lost_points",
    "odd_months",
    "top_reasons",
    "total_scores",
]
