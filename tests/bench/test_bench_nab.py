"""The scorer of streaming detectors: published scores, the formula, cases by hand, and real streams where they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analytics.flags.streaming import alarms
from bench.nab import FOLDER, Stream, best, nab_score, normalised, raw_score, read, score_rows

PUBLISHED = json.loads((Path(__file__).parent / "published_nab.json").read_text("utf-8"))


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
    assert worth[62] == pytest.approx(0.11 * sigmoid(3 / 9))
    assert worth[32] == pytest.approx(0.11 * sigmoid(3 / 9))
    assert worth[10] == -0.11
    assert (window[20], window[55], window[40]) == (0, 1, -1)


def published(case: dict) -> tuple[Stream, np.ndarray]:
    """Return the windows of a published file as a stream, and the scores a detector gave its rows."""
    scores = np.zeros(case["rows"])
    for row, score in case["scores"]:
        scores[row] = score
    return stream([(first, last) for first, last in case["windows"]], case["rows"]), scores


@pytest.mark.parametrize("case", PUBLISHED["files"], ids=lambda case: f"{case['detector']} {Path(case['file']).stem}")
def test_published_detections_earn_the_published_score(case: dict) -> None:
    own, scores = published(case)
    _, window = score_rows(own)
    detected = window[np.flatnonzero((scores >= case["threshold"]) & (np.arange(len(scores)) >= own.probation))]
    assert (np.sum(detected >= 0), np.sum(detected < 0)) == (case["hits"], case["false"])
    assert raw_score(own, scores, case["threshold"]) == pytest.approx(case["score"], abs=1e-11)


@pytest.mark.parametrize("name", PUBLISHED["rows"])
def test_learning_lasts_as_long_as_published(name: str) -> None:
    rows, inside, outside = PUBLISHED["rows"][name]
    assert stream([], rows).probation == rows - inside - outside


def test_each_row_is_worth_what_the_published_column_says() -> None:
    own, _ = published(PUBLISHED["files"][0])
    rows, worth = zip(*PUBLISHED["worth"], strict=True)
    assert score_rows(own)[0][list(rows)] == pytest.approx(worth, rel=0, abs=1e-15)


@pytest.mark.parametrize("detector", PUBLISHED["totals"])
def test_published_sums_become_the_published_scores(detector: str) -> None:
    total, score = PUBLISHED["totals"][detector]
    # The sums are printed with 12 digits.
    assert normalised(total, PUBLISHED["windows"]) == pytest.approx(score, abs=1e-10)


def test_one_threshold_for_all() -> None:
    streams = [stream([(40, 49)]), stream([(60, 69)])]
    scores = [detected(40) * 5.0, detected(60) * 3.0 + detected(20) * 2.0]
    found, threshold = best(streams, scores)
    assert found == pytest.approx(100)
    assert 2 < threshold <= 3


@pytest.fixture(scope="module")
def real_streams() -> list[Stream]:
    if not FOLDER.is_dir():
        pytest.skip(f"the real data are not at {FOLDER}")
    return read(FOLDER)


@pytest.mark.real
def test_the_detector_beats_silence_on_real_traffic(real_streams: list[Stream]) -> None:
    streams = [own for own in real_streams if own.name.startswith(("speed", "occupancy", "TravelTime"))]
    assert len(streams) == 7
    scores = [alarms(own.values, own.per_day) for own in streams]
    assert nab_score(streams, scores, 6.9) > 20


@pytest.mark.real
def test_as_many_rows_are_judged_as_published(real_streams: list[Stream]) -> None:
    streams = {own.name: own for own in real_streams}
    found = {}
    for name, own in streams.items():
        window = score_rows(own)[1][own.probation :]
        found[name] = [len(own.values), int(np.sum(window >= 0)), int(np.sum(window < 0))]
    assert found == PUBLISHED["rows"]
    for case in PUBLISHED["files"]:
        assert [list(edges) for edges in streams[Path(case["file"]).stem].windows] == case["windows"]
