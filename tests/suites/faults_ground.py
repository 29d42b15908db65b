"""Faults of the ground's datasets, the club and the ground truth."""

from __future__ import annotations

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("region", {"region_code": None}, "REQUIRED"),
    ("population", {"resident_count": -3}, "RANGE"),
    ("population_cell", {"resident_count": -1}, "RANGE"),
    ("street", {"street_id": None}, "REQUIRED"),
    ("venue", {"venue_type_code": "Z99"}, "CODE"),
    ("holiday", {"date": "2025-02-30"}, "TYPE"),
    ("code_list", {"code": None}, "REQUIRED"),
    ("water", {"water_id": None}, "REQUIRED"),
    ("club", {"kind_code": "gang"}, "CODE"),
    ("club", {"annual_check_year": 1990, "founded_on": "2001-05-01"}, "CHECKED_BEFORE_FOUNDED"),
    ("demo_anomaly", {"started_on": "2026-05-01", "ended_on": "2026-04-01"}, "ENDS_BEFORE_START"),
)
