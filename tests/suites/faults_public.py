"""Faults of the datasets of public sport."""

from __future__ import annotations

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("event", {"level_code": "galactic"}, "CODE"),
    ("event", {"start_on": "2025-05-03", "end_on": "2025-05-01"}, "ENDS_BEFORE_START"),
    ("event", {"state": "cancelled", "participant_count": 120}, "CANCELLED_WITH_PEOPLE"),
    ("event", {"edition_number": 3, "series_code": None}, "EDITION_WITHOUT_SERIES"),
)
