"""What models of trend and profile expect of the rest of a year, and samples moved there."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel

from analytics.forecast.model import History
from analytics.forecast.models import damped_ets, dynamic_theta
from analytics.targets.trend import recentred, rests


def test_the_rest_of_a_year_goes_on_with_trend_and_season() -> None:
    quarter = np.arange(34)
    season = np.asarray([0.8, 1.3, 0.9, 1.0])[quarter % 4]
    steady = (100.0 + 4 * quarter) * season
    found = rests(steady[None, :30], season=4, left=2, spans=[30])[0]
    assert found[0] == pytest.approx(steady[30:32].sum(), rel=0.02)
    # By another path: the theta method of a library lets half of the line go on, so it stays a little behind.
    peer = float(ThetaModel(steady[:30], period=4, method="mul").fit().forecast(2).sum())
    assert peer < steady[30:32].sum()
    assert found[0] == pytest.approx(peer, rel=0.05)


def test_models_of_several_pasts_are_averaged_and_who_began_late_is_told_by_the_longest() -> None:
    rng = np.random.default_rng(0)
    values = np.exp(5 + np.cumsum(rng.normal(0, 0.1, (3, 40)), axis=1))
    values[2, :33] = np.nan
    whole, newest = (rests(values, season=4, left=3, spans=[span])[0] for span in (40, 20))
    both = rests(values, season=4, left=3, spans=[40, 20])[0]
    assert np.allclose(both[:2], (whole + newest)[:2] / 2)
    assert np.isnan(both[2])
    values[2, 28:] = values[1, 28:]
    late = rests(values, season=4, left=3, spans=[40, 6])[0]
    assert late[2] == pytest.approx(rests(values, season=4, left=3, spans=[40])[0][2])


def test_the_trend_is_half_a_damped_smoothing_and_the_profile_is_that_of_the_last_years() -> None:
    rng = np.random.default_rng(1)
    values = np.exp(5 + 0.2 * np.sin(np.arange(38) * np.pi / 2) + rng.normal(0, 0.05, (4, 38)))
    history = History(values, 4, 0)
    trend, profile = rests(values, season=4, left=2, spans=[38])
    theta, damped = (model.predict(history, 2).sum(axis=1) for model in (dynamic_theta, damped_ets))
    assert np.allclose(trend, (theta + damped) / 2)
    # By hand: the mean of the last year goes on by 0.7 of its change, in the shares of four years, each half the next.
    years = values[:, -16:].reshape(4, 4, 4)
    means = years.mean(axis=2)
    shares = (years / means[:, :, None] * (np.asarray([1, 2, 4, 8]) / 15)[:, None]).sum(axis=1)
    drift = 0.7 * (means[:, 3] - means[:, 2])
    by_hand = (means[:, 3] + 0.75 * drift) * shares[:, 0] + (means[:, 3] + drift) * shares[:, 1]
    assert np.allclose(profile, by_hand)


def test_only_what_is_to_come_is_moved() -> None:
    samples = np.asarray([[10.0, 12, 16], [10, 12, 16], [7, 7, 7], [np.nan] * 3])
    so_far = np.asarray([8.0, 8, 7, 1])
    moved = recentred(samples, so_far, np.asarray([8.0, np.nan, 5.0, 2.0]))
    assert moved[0].tolist() == [12, 16, 24]
    assert moved[1].tolist() == [10, 12, 16]
    assert moved[2].tolist() == [7, 7, 7]
    assert np.isnan(moved[3]).all()
