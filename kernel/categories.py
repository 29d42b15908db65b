"""The 13 categories of venues and the fee policies, in the order that arrays and tiles count them."""

from __future__ import annotations

CATEGORIES = (
    "athletics",
    "swimming",
    "football",
    "basketball",
    "volleyball",
    "table_tennis",
    "badminton",
    "other_ball",
    "ice_snow",
    "fitness_path",
    "gym",
    "trail",
    "other",
)

# Fee policies of the venue contract; venues whose policy was not delivered count as NO_FEE.
FEES = ("free", "low", "paid")
NO_FEE = len(FEES)
