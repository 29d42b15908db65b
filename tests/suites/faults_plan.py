"""Faults of the items of the plans."""

from __future__ import annotations

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("plan_item", {"level_code": "X"}, "CODE"),
    ("plan_item", {"reported_state": "in_progress", "reported_on": None}, "REPORT_WITHOUT_DAY"),
    ("plan_item", {"reported_state": "done", "reported_on": "2026-01-05"}, "DONE_WITHOUT_EVIDENCE"),
    ("plan_item", {"target_value": 5, "target_unit": None}, "FIGURE_WITHOUT_UNIT"),
)
