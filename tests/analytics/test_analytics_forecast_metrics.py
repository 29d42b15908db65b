"""Measures of forecasts: printed numbers, and plain loops beside them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from analytics.forecast import LEVELS
from analytics.forecast.metrics import coverage, mase, pinball, rmsse, scale, smape, wql

PASSENGERS = np.array(
    json.loads((Path(__file__).parent / "published_air_passengers.json").read_text())["values"], float
)


def test_the_scales_of_the_passengers() -> None:
    assert scale(PASSENGERS[:24], 12) == 13.0
    assert round(scale(PASSENGERS[:24], 12, squared=True), 4) == 14.8155
    assert round(scale(PASSENGERS[:132], 12), 2) == 30.45
    naive = mase(PASSENGERS[132:], PASSENGERS[120:132], PASSENGERS[:132], 12)
    assert round(naive, 4) == 1.5709


def test_every_measure_is_what_a_plain_loop_says() -> None:
    rng = np.random.default_rng(1)
    history, actual, point = rng.normal(20, 5, 40), rng.normal(20, 5, 6), rng.normal(20, 5, 6)
    quantiles = np.sort(rng.normal(20, 5, (6, 9)), axis=1)
    changes = [abs(history[t] - history[t - 4]) for t in range(4, 40)]
    squares = [(history[t] - history[t - 4]) ** 2 for t in range(4, 40)]
    missed = [abs(a - p) for a, p in zip(actual, point, strict=True)]
    assert mase(actual, point, history, 4) == pytest.approx(sum(missed) / 6 / (sum(changes) / 36))
    assert rmsse(actual, point, history, 4) == pytest.approx(
        math.sqrt(sum(m * m for m in missed) / 6) / math.sqrt(sum(squares) / 36)
    )
    assert smape(actual, point, history, 4) == pytest.approx(
        sum(200 * m / (abs(a) + abs(p)) for m, a, p in zip(missed, actual, point, strict=True)) / 6
    )
    loss = []
    for at, level in enumerate(LEVELS):
        each = []
        for k in range(6):
            gap = actual[k] - quantiles[k, at]
            each.append(level * gap if gap > 0 else (level - 1) * gap)
        loss.append(sum(each) / 6)
    assert pinball(actual, quantiles) == pytest.approx(loss)
    assert wql(actual, quantiles) == pytest.approx(2 * sum(loss) / 9 / (sum(abs(a) for a in actual) / 6))
    inside = sum(quantiles[k, 2] <= actual[k] <= quantiles[k, 6] for k in range(6))
    assert coverage(actual, quantiles, 0.8) == pytest.approx(inside / 6)


def test_what_has_no_scale_has_no_score() -> None:
    flat, one = np.ones(30), np.ones(3)
    assert math.isnan(mase(one, one, flat, 12))
    assert math.isnan(mase(one, one, np.ones(5), 12))
    assert smape(np.zeros(3), np.zeros(3), flat, 12) == 0.0
    with pytest.raises(ValueError, match="no interval"):
        coverage(one, np.ones((3, 9)), 0.7)
