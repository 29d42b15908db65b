"""The scorer of streaming detectors: worked by hand, against the formula, and on real streams where they are."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.flags.streaming import alarms
from bench.nab import FOLDER, Stream, best, nab_score, raw_score, read, score_rows


def sigmoid(position: float) -> float:
    return 2 / (1 + np.exp(5 * position)) - 1


def stream(windows: list[tuple[int, int]], count: int = 100) -> Stream:
    return Stream("made", np.zeros(count), 24.0, windows)


def detected(*places: int, count: int = 100) -> np.ndarray:
    scores = np.zeros(count)
    scores[list(places)] = 1
    return scores


def test_never_speaking_is_0_and_the_first_reading_of_each_window_is_100() -> None:
    streams = [stream([(40, 49), (80, 84)])]
    assert nab_score(streams, [detected()], 0.5) == 0
    assert nab_score(streams, [detected(40, 80)], 0.5) == pytest.approx(100)
    # More detections in a window change nothing, those while learning count nothing.
    assert nab_score(streams, [detected(3, 14, 40, 41, 49, 80)], 0.5) == pytest.approx(100)


def test_late_and_false_detections_by_the_formula() -> None:
    own = stream([(40, 49)])
    late = sigmoid(-(49 - 46 + 1) / 10) / sigmoid(-1)
    assert raw_score(own, detected(46), 0.5) == pytest.approx(late)
    before = raw_score(own, detected(20, 40), 0.5)
    assert before == pytest.approx(1 - 0.11)
    shortly_after = raw_score(own, detected(40, 52), 0.5)
    assert shortly_after == pytest.approx(1 + 0.11 * sigmoid((52 - 49) / 9))
    assert raw_score(own, detected(40, 95), 0.5) == pytest.approx(1 - 0.11)
    assert raw_score(own, detected(52), 0.5) == pytest.approx(-1 + 0.11 * sigmoid(3 / 9))


def test_a_false_detection_between_windows_belongs_to_the_one_that_ended_last() -> None:
    worth, window = score_rows(stream([(20, 29), (50, 59)]))
    assert worth[62] == pytest.approx(sigmoid(3 / 9))
    assert worth[32] == pytest.approx(sigmoid(3 / 9))
    assert worth[10] == -1
    assert (window[20], window[55], window[40]) == (0, 1, -1)


def test_one_threshold_for_all() -> None:
    streams = [stream([(40, 49)]), stream([(60, 69)])]
    scores = [detected(40) * 5.0, detected(60) * 3.0 + detected(20) * 2.0]
    found, threshold = best(streams, scores)
    assert found == pytest.approx(100)
    assert 2 < threshold <= 3


@pytest.mark.real
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the real data are not at {FOLDER}")
def test_the_detector_beats_silence_on_real_traffic() -> None:
    streams = [own for own in read(FOLDER) if own.name.startswith(("speed", "occupancy", "TravelTime"))]
    assert len(streams) == 7
    scores = [alarms(own.values, own.per_day) for own in streams]
    assert nab_score(streams, scores, 6.9) > 20
