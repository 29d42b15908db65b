"""Scores of quality: a case worked by hand, a plain loop beside the arrays, and what always holds."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.quality import DIMENSIONS, SCALES, dimension_scores, lost_points, odd_months, top_reasons, total_scores
from analytics.quality.outliers import LEVEL_NEEDED, LIMIT, NEEDED, WINDOW


def plain_score(checked: list[float], failed: list[float]) -> tuple[list[float | None], float | None]:
    scores: list[float | None] = []
    for one, bad, scale in zip(checked, failed, SCALES.values(), strict=True):
        scores.append(None if one == 0 else 100 * max(0.0, 1 - bad / one / scale.limit))
    known = [(score, scale.weight) for score, scale in zip(scores, SCALES.values(), strict=True) if score is not None]
    weight = sum(weight for _, weight in known)
    return scores, sum(score * own for score, own in known) / weight if known else None


def test_weights_sum_to_one() -> None:
    assert sum(scale.weight for scale in SCALES.values()) == pytest.approx(1)
    assert list(DIMENSIONS) == ["completeness", "uniqueness", "validity", "consistency", "timeliness", "accuracy"]


def test_a_case_worked_by_hand() -> None:
    # 1,000 rows: 30 empty of a limit of 300; 5 twice of 50; 20 wrong of 100; one of two deliveries late (counts half).
    checked = np.array([[1000.0, 1000, 1000, 1000, 2, 0]])
    failed = np.array([[30.0, 5, 20, 0, 0.5, 0]])
    scores = dimension_scores(checked, failed)
    assert scores[0, :5].tolist() == pytest.approx([90, 90, 80, 100, 50])
    assert math.isnan(scores[0, 5])
    # Weighted 18 + 9 + 20 + 15 + 7.5, of the weights that are known.
    assert total_scores(scores)[0] == pytest.approx(69.5 / 0.85)
    assert lost_points(scores)[0].tolist() == pytest.approx([2 / 0.85, 1 / 0.85, 5 / 0.85, 0, 7.5 / 0.85, 0])


def test_an_empty_delivery_has_no_score_rather_than_zero() -> None:
    scores = dimension_scores(np.zeros((1, 6)), np.zeros((1, 6)))
    assert np.isnan(scores).all()
    assert np.isnan(total_scores(scores)).all()
    assert lost_points(scores).sum() == 0


@pytest.mark.parametrize(("checked", "failed"), [(1, 2), (1, -1), (0, 1)])
def test_counts_that_cannot_be_are_refused(checked, failed) -> None:
    with pytest.raises(ValueError, match="failed"):
        dimension_scores(np.full((1, 6), float(checked)), np.full((1, 6), float(failed)))


COUNTS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=6, max_size=6)


@given(COUNTS)
def test_arrays_agree_with_a_plain_loop(pairs) -> None:
    checked = [float(max(pair)) for pair in pairs]
    failed = [float(min(pair)) for pair in pairs]
    scores = dimension_scores(np.array([checked]), np.array([failed]))
    plain, total = plain_score(checked, failed)
    assert [None if math.isnan(score) else score for score in scores[0]] == pytest.approx(plain)
    assert (math.isnan(total_scores(scores)[0]) and total is None) or total_scores(scores)[0] == pytest.approx(total)
    assert ((scores >= 0) & (scores <= 100) | np.isnan(scores)).all()


@given(COUNTS, st.integers(0, 5), st.integers(1, 500))
def test_more_bad_rows_never_raise_a_score(pairs, place, more) -> None:
    checked = np.array([[float(max(pair)) + 1 for pair in pairs]])
    failed = np.array([[float(min(pair)) for pair in pairs]])
    worse_checked, worse_failed = checked.copy(), failed.copy()
    worse_checked[0, place] += more
    worse_failed[0, place] += more
    before, after = (
        total_scores(dimension_scores(*both))[0] for both in ((checked, failed), (worse_checked, worse_failed))
    )
    assert after <= before + 1e-9
    assert total_scores(dimension_scores(checked, failed)) + lost_points(dimension_scores(checked, failed)).sum() == (
        pytest.approx(100)
    )


def test_reasons_share_what_a_dimension_costs_by_what_failed() -> None:
    lost = pl.DataFrame(
        {"unit": ["a", "a"], "dataset": ["d", "d"], "dimension": ["validity", "accuracy"], "lost_points": [6.0, 3.0]}
    )
    failures = pl.DataFrame(
        {
            "unit": ["a", "a", "a", "b"],
            "dataset": ["d"] * 4,
            "dimension": ["validity", "validity", "accuracy", "validity"],
            "check_code": ["rule:x", "rule:y", "odd:z", "rule:x"],
            "failed": [10.0, 20.0, 5.0, 7.0],
            "failed_count": [10, 20, 50, 7],
        }
    )
    found = top_reasons(lost, failures, ["unit"], 2)
    assert found.select("rank", "check_code", "failed_count", "lost_points").rows() == [
        (1, "rule:y", 20, pytest.approx(4)),
        (2, "odd:z", 50, pytest.approx(3)),
    ]


def quiet_town(months: int = 40) -> np.ndarray:
    """Five cities of different size that share seasons, with a scatter of a few percent."""
    random = np.random.default_rng(7)
    season = 1 + 0.4 * np.sin(np.arange(months) / 12 * 2 * np.pi)
    return np.outer([10, 40, 90, 200, 15], season) * random.lognormal(0, 0.03, (5, months))


def test_a_month_twice_as_high_is_odd_and_seasons_are_not() -> None:
    values = quiet_town()
    assert not odd_months(values)[1].any()
    values[1, 30] *= 2
    assert list(zip(*np.nonzero(odd_months(values)[1]), strict=True)) == [(1, 30)]


def test_nothing_is_judged_before_enough_is_known_and_what_did_not_arrive_is_not() -> None:
    values = quiet_town()
    values[2, 20] = np.nan
    values[3, 21] = 0
    judged, _ = odd_months(values)
    assert not judged[:, : NEEDED + LEVEL_NEEDED].any()
    assert judged[0, NEEDED + LEVEL_NEEDED :].all()
    assert not judged[2, 20]
    assert not judged[3, 21]
    assert odd_months(np.empty((0, 0)))[1].size == 0


def test_months_agree_with_a_plain_loop() -> None:
    values = quiet_town(34)
    values[0, 25], values[4, 30], values[1, 12:15] = values[0, 25] * 3, values[4, 30] / 4, np.nan
    _, odd = odd_months(values)
    units, months = values.shape

    def before(series, month):
        return [one for one in series[max(0, month - WINDOW) : month] if not math.isnan(one)]

    logs = [[math.log(value) for value in row] for row in values]
    distance = [[math.nan] * months for _ in range(units)]
    for unit in range(units):
        for month in range(months):
            level = before(logs[unit], month)
            if len(level) >= LEVEL_NEEDED:
                distance[unit][month] = logs[unit][month] - float(np.median(level))
    for unit in range(units):
        own = [math.nan] * months
        for month in range(months):
            known = [row[month] for row in distance if not math.isnan(row[month])]
            own[month] = distance[unit][month] - float(np.median(known)) if known else math.nan
        for month in range(months):
            past = before(own, month)
            if len(past) < NEEDED or math.isnan(own[month]):
                assert not odd[unit, month]
                continue
            centre = float(np.median(past))
            scatter = max(1.4826 * float(np.median([abs(one - centre) for one in past])), 0.02)
            off = abs(own[month] - centre)
            assert odd[unit, month] == (off > LIMIT * scatter and off > math.log(1.3))


@given(st.integers(0, 4), st.integers(10, 38))
def test_later_months_never_change_a_verdict(unit, month) -> None:
    values = quiet_town()
    values[unit, month] *= 1.5
    assert np.array_equal(odd_months(values)[1][:, : month + 1], odd_months(values[:, : month + 1])[1])
