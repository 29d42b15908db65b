"""The student standard against cases worked out by hand from its printed tables, and its laws."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.fitness.student_2014 import ITEMS, bonus_points, item_score, score_pupils, student_standard
from tests.architecture.source import ROOT


def table(name: str) -> pl.DataFrame:
    return pl.read_csv(ROOT / "warehouse" / "reference" / f"student_standard_2014_{name}.csv", infer_schema=False)


@pytest.fixture(scope="module")
def standard():
    return student_standard(table("scores"), table("bmi"), table("weights"), table("bonus"))


def pupil(sex: str, grade: str, **items: float) -> pl.DataFrame:
    return pl.DataFrame({"sex_code": [sex], "grade_code": [grade]} | {name: [value] for name, value in items.items()})


# A boy of the first grade, 120 cm and 23.4 kg: index 16.3 is normal (13.5-18.1), 100 points.
# 1,300 mL: 80; 10.2 s: 100; 11.0 cm: 80; 109 skips: 100 row. 15+12+20+24+20 = 91.
FIRST = {
    "height_cm": 120.0,
    "weight_kg": 23.4,
    "vital_capacity_ml": 1300,
    "run_50m_s": 10.2,
    "sit_and_reach_cm": 11.0,
    "rope_skipping_count": 109,
}


def test_a_boy_of_the_first_grade_by_hand(standard) -> None:
    row = score_pupils(pupil("male", "P1", **FIRST), standard).row(0, named=True)
    assert row["bmi"] == 16.3
    assert (row["bmi_score"], row["vital_capacity_ml_score"], row["run_50m_s_score"]) == (100, 80, 100)
    assert (row["sit_and_reach_cm_score"], row["rope_skipping_count_score"]) == (80, 100)
    assert row["bonus_points"] == 0
    assert row["total_score"] == 91.0
    assert row["result_code"] == "excellent"


def test_skips_beyond_the_best_row_earn_a_point_for_two_and_twenty_at_most(standard) -> None:
    skips = np.array([108.0, 109.0, 110.0, 111.0, 112.0, 149.0, 200.0])
    assert bonus_points(standard, "rope_skipping_count", "male", "P1", skips).tolist() == [0, 0, 0, 1, 1, 20, 20]


def test_a_time_earns_more_the_shorter_it_is(standard) -> None:
    # First year of junior school, boys: 3'55" is 100 points, 4'20" for the second grade 78.
    assert item_score(standard, "run_1000m_s", "male", "J1", np.array([235.0, 235.1])).tolist() == [100, 95]
    assert item_score(standard, "run_1000m_s", "male", "J2", np.array([260.0])).tolist() == [78]
    assert bonus_points(standard, "run_1000m_s", "male", "J1", np.array([235.0, 231.0, 200.0])).tolist() == [0, 1, 10]


@pytest.mark.parametrize(
    ("index", "points"), [(13.4, 80), (13.5, 100), (18.1, 100), (18.2, 80), (20.3, 80), (20.4, 60)]
)
def test_the_body_mass_index_has_two_sides(standard, index, points) -> None:
    assert item_score(standard, "bmi", "male", "P1", np.array([index])).tolist() == [points]


def test_pull_ups_of_a_boy_in_junior_school_by_the_printed_rows(standard) -> None:
    found = item_score(standard, "pull_ups_count", "male", "J1", np.array([0.0, 1, 4, 8, 9, 13, 20]))
    assert found.tolist() == [0, 30, 60, 76, 80, 100, 100]


def test_a_missing_item_gives_no_total(standard) -> None:
    row = score_pupils(pupil("male", "P1", **FIRST | {"run_50m_s": None}), standard).row(0, named=True)
    assert row["total_score"] is None
    assert row["result_code"] is None
    assert row["sit_and_reach_cm_score"] == 80


def test_items_that_a_grade_does_not_take_do_not_count(standard) -> None:
    more = pupil("male", "P1", **FIRST, run_1000m_s=200.0)
    assert score_pupils(more, standard)["total_score"].item() == 91.0


def test_every_sex_and_grade_has_weights_and_a_ladder_for_each_item(standard) -> None:
    assert len(standard.weights) == 2 * 14
    for (sex, grade), parts in standard.weights.items():
        assert sum(parts.values()) == 100
        assert all(column == "bmi" or (column, sex, grade) in standard.ladders for column in parts)
    assert set(ITEMS.values()) == {column for parts in standard.weights.values() for column in parts}


def test_weights_that_do_not_sum_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to 100"):
        student_standard(table("scores"), table("bmi"), table("weights").head(-1), table("bonus"))


def test_ladders_rise(standard) -> None:
    for ladder in standard.ladders.values():
        assert (np.diff(ladder.scores) > 0).all()
        assert (np.diff(ladder.limits) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(
    value=st.floats(120, 700),
    better=st.floats(0, 60),
    sex_item=st.sampled_from([("male", "run_1000m_s"), ("female", "run_800m_s")]),
    grade=st.sampled_from(["J1", "J3", "S2", "U34"]),
)
def test_law_a_better_time_never_scores_less_and_the_ladder_equals_a_plain_walk(
    standard, value, better, sex_item, grade
) -> None:
    sex, item = sex_item
    first, second = item_score(standard, item, sex, grade, np.array([value, value - better]))
    assert second >= first
    ladder = standard.ladders[item, sex, grade]
    walked = max([0.0, *(s for limit, s in zip(-ladder.limits, ladder.scores, strict=True) if value <= limit + 1e-9)])
    assert first == walked


def test_limit_of_gives_the_value_that_just_scores(standard) -> None:
    ladder = standard.ladders["run_50m_s", "male", "P1"]
    assert ladder.limit_of(100) == 10.2
    assert standard.ladders["pull_ups_count", "male", "J1"].limit_of(60) == 4
