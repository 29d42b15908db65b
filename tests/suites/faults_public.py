"""Faults of the datasets of public sport."""

from __future__ import annotations

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("event", {"level_code": "galactic"}, "CODE"),
    ("event", {"start_on": "2025-05-03", "end_on": "2025-05-01"}, "ENDS_BEFORE_START"),
    ("event", {"state": "cancelled", "participant_count": 120}, "CANCELLED_WITH_PEOPLE"),
    ("event", {"edition_number": 3, "series_code": None}, "EDITION_WITHOUT_SERIES"),
    ("equipment", {"service_life_years": 80}, "RANGE"),
    ("equipment", {"installed_on": "2024-05-01", "warranty_until": "2023-05-01"}, "WARRANTY_BEFORE_INSTALLED"),
    (
        "equipment",
        {"installed_on": "2024-05-01", "warranty_until": None, "removed_on": "2023-05-01"},
        "REMOVED_BEFORE_INSTALLED",
    ),
    ("repair_order", {"rating": 9}, "RANGE"),
    (
        "repair_order",
        {"reported_at": "2025-03-02T10:00:00+08:00", "dispatched_at": "2025-03-02T09:00:00+08:00"},
        "DISPATCHED_BEFORE_REPORTED",
    ),
    (
        "repair_order",
        {"dispatched_at": "2025-03-02T10:00:00+08:00", "repaired_at": "2025-03-01T10:00:00+08:00"},
        "REPAIRED_BEFORE_DISPATCHED",
    ),
    (
        "repair_order",
        {"repaired_at": "2025-03-02T10:00:00+08:00", "confirmed_at": "2025-03-01T10:00:00+08:00"},
        "CONFIRMED_BEFORE_REPAIRED",
    ),
    ("repair_order", {"state": "repaired", "repaired_at": None, "confirmed_at": None}, "REPAIRED_WITHOUT_TIME"),
    ("inspection", {"severity": "awful"}, "CODE"),
    ("inspection", {"visited_at": None, "defect_count": 2, "severity": "minor"}, "FOUND_WITHOUT_VISIT"),
    ("inspection", {"defect_count": 0, "severity": "major"}, "SEVERITY_AGAINST_DEFECTS"),
    (
        "inspection",
        {"visited_at": "2025-03-02T10:00:00+08:00", "rectified_on": "2025-02-20"},
        "RECTIFIED_BEFORE_VISIT",
    ),
    ("trail", {"length_km": 1470}, "RANGE"),
    ("trail", {"opened_year": 2019, "rebuilt_year": 2012}, "REBUILT_BEFORE_OPENED"),
    ("trail", {"is_smart": "true", "sensor_count": 0}, "SMART_WITHOUT_DEVICES"),
    ("instructor", {"instructor_id": "321102196803051234"}, "PATTERN"),
    (
        "instructor",
        {"registered_on": "2020-05-01", "birth_year": 2010, "ended_on": None, "state": "active"},
        "TOO_YOUNG",
    ),
    (
        "instructor",
        {"registered_on": "2020-05-01", "ended_on": "2019-05-01", "state": "lapsed", "birth_year": 1970},
        "ENDED_BEFORE_REGISTERED",
    ),
    ("instructor", {"state": "lapsed", "ended_on": None}, "LAPSED_WITHOUT_DAY"),
    ("instructor_service", {"minutes": 2000}, "RANGE"),
    ("instructor_service", {"served_count": 0, "rating": 4.5}, "RATED_BY_NOBODY"),
    ("instructor_service", {"is_online": "true", "venue_id": "D32010200002"}, "ONLINE_AT_VENUE"),
    ("fitness_test", {"height_cm": 1.72}, "RANGE"),
    ("fitness_test", {"tested_on": "2025-03-02", "standard_version": "2003"}, "STANDARD_OF_ANOTHER_YEAR"),
    ("fitness_test", {"height_cm": 172, "weight_kg": 14}, "WEIGHT_AGAINST_HEIGHT"),
    ("fitness_test", {"age_year": 45, "age_group_code": "senior"}, "AGE_OUTSIDE_GROUP"),
    ("venue_visit", {"present_count": -4}, "RANGE"),
    (
        "venue_visit",
        {"entry_count": 90, "exit_count": 10, "present_count": 30},
        "PRESENT_BELOW_ARRIVALS",
    ),
    ("venue_visit", {"hour_at": "2025-03-02T10:15:00+08:00"}, "NOT_A_FULL_HOUR"),
    ("venue_booking", {"channel_code": "pigeon"}, "CODE"),
    (
        "venue_booking",
        {"slot_start_at": "2025-03-02T19:00:00+08:00", "slot_end_at": "2025-03-02T18:00:00+08:00"},
        "SLOT_ENDS_BEFORE_START",
    ),
    (
        "venue_booking",
        {"booked_at": "2025-03-03T08:00:00+08:00", "slot_end_at": "2025-03-02T20:00:00+08:00"},
        "BOOKED_AFTER_SLOT",
    ),
    ("venue_booking", {"state": "refunded", "paid_cny": 48}, "REFUND_KEPT"),
)
