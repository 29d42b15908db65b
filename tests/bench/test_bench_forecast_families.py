"""How sure the share of values inside intervals is, when all areas err together."""

from __future__ import annotations

import numpy as np
import pytest

from bench.forecast_families import clustered_error


def test_areas_that_err_together_count_as_one() -> None:
    rng = np.random.default_rng(2)
    months = rng.random(400) < 0.8
    together = np.repeat(months[None], 50, axis=0)
    apart = rng.random((50, 400)) < 0.8
    known = np.ones((50, 400), bool)
    assert clustered_error(together, known) == pytest.approx(np.sqrt(0.16 / 400), rel=0.1)
    assert clustered_error(apart, known) == pytest.approx(np.sqrt(0.16 / 20_000), rel=0.15)
    # What is not known is not counted.
    known[:, 200:] = False
    assert clustered_error(together, known) == pytest.approx(clustered_error(together[:, :200], known[:, :200]))
    assert np.isinf(clustered_error(together[:, :1], known[:, :1]))
