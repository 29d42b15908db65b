"""What is odd in the indicators: entry errors, odd periods, shifts and changes of level, and why."""

from analytics.flags.explain import explain
from analytics.flags.find import KINDS, find

__all__ = ["KINDS", "explain", "find"]
