"""Faults of the datasets on elite and youth sport: one good row changed, and the rule that must see it."""

from __future__ import annotations

_LONG_AGO, _FAR = "1990-01-01", "2099-01-01"

FAULTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("athlete", {"person_key": "320102200501011234"}, "PATTERN"),
    (
        "athlete",
        {"registered_on": "2022-05-01", "left_on": "2021-05-01", "status": "retired"},
        "LEFT_BEFORE_REGISTERED",
    ),
    ("athlete", {"birth_on": "2018-01-01", "registered_on": "2020-01-01"}, "REGISTERED_TOO_YOUNG"),
    ("athlete", {"status": "retired", "left_on": None}, "STATUS_CONTRADICTS_LEAVING"),
    ("coach", {"grade_code": "chief"}, "CODE"),
    ("coach", {"left_on": _LONG_AGO}, "LEFT_BEFORE_HIRED"),
    ("training_session", {"rpe": 12}, "RANGE"),
    (
        "training_session",
        {"state": "done", "minutes": 90, "rpe": 5, "load_au": 90},
        "LOAD_IS_NOT_RATING_TIMES_MINUTES",
    ),
    (
        "training_session",
        {"state": "missed", "minutes": 90, "rpe": 5, "load_au": 450},
        "MISSED_SESSION_HAS_LOAD",
    ),
    (
        "training_session",
        {"state": "done", "minutes": None, "rpe": None, "load_au": None},
        "DONE_SESSION_WITHOUT_MINUTES",
    ),
    ("wellness", {"rmssd_ms": 4150}, "RANGE"),
    ("wellness", {"sleep_hours": 1, "sleep_quality": 1}, "GOOD_SLEEP_WITHOUT_SLEEP"),
    (
        "wellness",
        {"sleep_hours": None, "fatigue": None, "rmssd_ms": None, "resting_hr_bpm": None},
        "EMPTY_MORNING",
    ),
    ("athlete_test", {"item_code": "100m"}, "CODE"),
    (
        "athlete_test",
        {"item_code": "cmj", "unit": "m", "value": 0.41, "typical_error": 0.02},
        "UNIT_IS_NOT_THAT_OF_THE_ITEM",
    ),
    ("athlete_test", {"value": 40, "typical_error": 41}, "ERROR_ABOVE_VALUE"),
    ("injury", {"body_part_code": None}, "REQUIRED"),
    ("injury", {"returned_on": _LONG_AGO, "rehab_stage": "returned"}, "RETURNED_BEFORE_INJURED"),
    (
        "injury",
        {"occurred_on": "2024-03-01", "returned_on": "2024-03-11", "severity_days": 4, "rehab_stage": "returned"},
        "DAYS_LOST_DO_NOT_FIT",
    ),
    ("injury", {"returned_on": None, "rehab_stage": "returned"}, "STAGE_CONTRADICTS_RETURN"),
    ("competition_result", {"held_on": "yesterday"}, "TYPE"),
    ("competition_result", {"rank": 2, "medal": "gold", "field_size": 30}, "MEDAL_DOES_NOT_FIT_RANK"),
    ("competition_result", {"rank": 31, "medal": None, "field_size": 30}, "RANK_ABOVE_FIELD"),
    ("competition_result", {"mark": 10.2, "mark_unit": None}, "MARK_WITHOUT_UNIT"),
    ("grade_award", {"region_code": "3201"}, "PATTERN"),
    ("grade_award", {"evidence_held_on": _FAR}, "AWARDED_BEFORE_THE_EVENT"),
    ("grade_award", {"grade_code": "master", "evidence_level_code": "city"}, "HIGH_GRADE_AT_LOW_LEVEL"),
    ("anti_doping", {"month": "2024-13"}, "PATTERN"),
    ("anti_doping", {"education_due_count": 3, "education_done_count": 4}, "EDUCATED_MORE_THAN_DUE"),
    ("anti_doping", {"test_planned_count": 2, "test_done_count": 1, "officer_count": 0}, "TESTS_WITHOUT_OFFICERS"),
    ("student_fitness", {"height_cm": 1.42}, "RANGE"),
    ("student_fitness", {"total_score": 79.9, "result_code": "good"}, "RESULT_DOES_NOT_FIT_SCORE"),
    ("student_fitness", {"sex_code": "female", "run_1000m_s": 240}, "ITEM_OF_THE_OTHER_SEX"),
    ("student_fitness", {"grade_code": "P2", "standing_jump_cm": 150}, "ITEM_OF_ANOTHER_GRADE"),
    ("youth_competition", {"discipline_code": "polo"}, "CODE"),
    ("youth_competition", {"age_group_code": "U10", "age": 11}, "TOO_OLD_FOR_THE_GROUP"),
    ("youth_competition", {"rank": 9, "field_size": 8}, "RANK_ABOVE_FIELD"),
    ("youth_training", {"person_key": "13800001111"}, "PATTERN"),
    ("youth_training", {"planned_sessions": 12, "done_sessions": 13}, "MORE_SESSIONS_THAN_PLANNED"),
    ("youth_training", {"age": 22}, "NOT_A_PUPIL"),
    ("youth_club", {"lon": None}, "REQUIRED"),
    ("youth_club", {"closed_on": _LONG_AGO}, "CLOSED_BEFORE_FOUNDED"),
    (
        "youth_club",
        {"kind_code": "campus_football_school", "discipline_code": "tennis"},
        "FOOTBALL_SCHOOL_WITHOUT_FOOTBALL",
    ),
)
