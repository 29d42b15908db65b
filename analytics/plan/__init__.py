"""The development plans as data: how far each item is, by evidence that exists."""

from analytics.plan.state import STATES, Evidence, Standing, is_settled, standing_of

__all__ = ["STATES", "Evidence", "Standing", "is_settled", "standing_of"]
