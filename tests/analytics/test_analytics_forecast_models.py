"""Forecasting models: printed numbers, hand-made cases, and the models of statsmodels beside ours."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analytics.forecast import smoothing_kernels, uc_kernels
from analytics.forecast.features import features
from analytics.forecast.model import History, Model, models
from analytics.forecast.models import gradient, seasonal_index, theta, uc

PASSENGERS = np.array(
    json.loads((Path(__file__).parent / "published_air_passengers.json").read_text())["values"], float
)


def _said(code: str, values: list[float], horizon: int, season: int = 4) -> list[float]:
    return models()[code].predict(History(np.array([values], float), season, 0), horizon)[0].tolist()


def test_the_airline_model_of_the_passengers_has_the_printed_estimates() -> None:
    model = SARIMAX(np.log(PASSENGERS), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), simple_differencing=True)
    printed, step = np.array([-0.4018, -0.5569, 0.001348]), np.diag([1e-3, 1e-3, 1e-5])
    most = model.loglike(printed)
    assert (round(most, 1), round(2 * (3 - most), 1)) == (244.7, -483.4)
    # Nowhere near is the likelihood larger.
    assert max(model.loglike(printed + side * move) for move in step for side in (-1, 1)) < most


def test_theta_of_the_passengers_has_the_printed_numbers() -> None:
    point = theta.theta_forecast(PASSENGERS[None, :132], 12, 12)[0]
    assert np.round(point[:3], 2).tolist() == [411.33, 402.23, 462.83]
    assert round(float(np.abs(point - PASSENGERS[132:]).mean() / 30.45), 4) == 0.8649


def test_smoothing_of_the_passengers_has_the_printed_errors() -> None:
    """Last year's values, Holt and Winters' smoothing of statsmodels, and the dynamic theta of others (0.6326)."""
    past, coming = PASSENGERS[:132], PASSENGERS[132:]
    assert np.abs(past[12:] - past[:-12]).mean() == pytest.approx(30.45)
    holt_winters = ExponentialSmoothing(past, trend="add", seasonal="mul", seasonal_periods=12).fit()
    assert round(float(holt_winters.sse), 1) == 12594.6
    assert round(float(np.abs(holt_winters.forecast(12) - coming).mean() / 30.45), 4) == 0.3384
    last_year, dynamic = (
        float(np.abs(np.array(_said(code, past.tolist(), 12, 12)) - coming).mean() / 30.45)
        for code in ("seasonal_naive", "dynamic_theta")
    )
    assert round(last_year, 4) == 1.5709
    assert dynamic == pytest.approx(0.6326, abs=0.01)


def test_damped_smoothing_is_that_of_statsmodels() -> None:
    series = np.log(PASSENGERS[:132])
    for season in (1, 12):
        weights = (0.4, 0.1, 0.18, 0.95)
        level, slope, figures = smoothing_kernels.begun(series, season)
        more = {"seasonal": "add", "seasonal_periods": 12, "initial_seasonal": figures.copy()} if season > 1 else {}
        theirs = ExponentialSmoothing(
            series,
            trend="add",
            damped_trend=True,
            initialization_method="known",
            initial_level=level,
            initial_trend=slope,
            **more,
        ).fit(0.4, 0.1, 0.18 if season > 1 else None, damping_trend=0.95, optimized=False)
        weights = weights if season > 1 else (0.4, 0.1, 0.0, 0.95)
        squares, last, _ = smoothing_kernels.smoothed(series, season, weights, (level, slope), figures)
        assert (squares, last) == pytest.approx((theirs.sse, theirs.level[-1]))
    # Weights that were searched for miss less than those.
    ahead = smoothing_kernels.damped_ahead(series, 12, 12)
    assert np.abs(np.exp(ahead) - PASSENGERS[132:]).mean() / 30.45 < 0.4


def test_the_dynamic_theta_model_is_the_best_of_plain_least_squares() -> None:
    """Constant by constant: first level and weight of the line by least squares, lines fitted anew at every value."""
    series = np.random.default_rng(4).normal(0.3, 1, 40).cumsum()
    series -= series[0]
    constants, found = np.array([0.1, 0.4, 0.8]), []

    def lines(count: int) -> tuple[float, float]:
        if count == 1:
            return series[0], 0.0
        slope, zero = np.polyfit(np.arange(1, count + 1), series[:count], 1)
        return zero, slope

    def design(alpha: float, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows, rest, smooth = [], [], 0.0
        for now, value in enumerate(values):
            decay = (1 - alpha) ** now
            zero, slope = lines(now) if now else (0.0, 0.0)
            rows.append([decay, decay * zero + (1 - decay * (1 - alpha)) / alpha * slope])
            rest.append(value - smooth)
            smooth += alpha * (value - smooth)
        return np.array(rows), np.array(rest)

    for alpha in constants:
        known, rest = design(alpha, series)
        solved = np.linalg.lstsq(np.vstack([known[3:], [1e-3**0.5, 0]]), np.r_[rest[3:], 0])[0]
        found.append((((rest - known @ solved)[3:] ** 2).sum(), alpha, solved))
    _, alpha, (first, weight) = min(found, key=lambda one: one[0])
    assert 0 < weight < 0.95
    constant, share, level = smoothing_kernels.theta_fit(series, constants, 0.95)
    known, rest = design(alpha, np.r_[series, 0.0])
    assert (constant, share) == pytest.approx((alpha, weight))
    assert level == pytest.approx(-rest[-1] + known[-1, 0] * first)
    ahead = smoothing_kernels.theta_ahead(series, constant, share, level, 3)
    assert ahead[0] == pytest.approx(level + weight * known[-1, 1])
    # A forecast counts as a value for those after it.
    longer = smoothing_kernels.theta_ahead(
        np.r_[series, ahead[0]], constant, share, level + alpha * (ahead[0] - level), 2
    )
    assert longer == pytest.approx(ahead[1:])


@pytest.mark.parametrize("length", [24, 37, 60])
def test_theta_is_that_of_statsmodels(length) -> None:
    rng = np.random.default_rng(length)
    clock = np.arange(length)
    for at in range(5):
        season = 10 * np.sin(2 * np.pi * clock / 12) * (at % 2)
        values = 60 + rng.normal(0, 3, length).cumsum() * (at % 3) + season + rng.normal(0, 3, length)
        values -= 60 * (at == 4)
        # Their search ends at a gradient, ours at an interval: a constant at the edge differs in the fourth digit.
        theirs = np.asarray(ThetaModel(values, period=12).fit().forecast(15))
        ours = theta.theta_forecast(values[None], 12, 15)[0]
        assert np.abs(ours - theirs).max() < 1e-3 * np.abs(values).max()


@pytest.mark.parametrize(("season", "length"), [(12, 84), (4, 32)])
def test_unobserved_components_are_those_of_statsmodels(season, length) -> None:
    rng = np.random.default_rng(season)
    clock = np.arange(length)
    values = np.exp(4 + rng.normal(0, 0.05, length).cumsum() + 0.3 * np.sin(2 * np.pi * clock / season))
    values *= np.exp(rng.normal(0, 0.05, length))
    scaled = (np.log(values) - np.log(values).mean()) / np.log(values).std()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = UnobservedComponents(scaled, "local linear trend", seasonal=season).fit(maxiter=100, disp=0)
    _, likelihood = uc.fitted(scaled, season)
    assert likelihood > theirs.llf - 1e-3
    point = uc.predict(History(values[None], season, 0), 6)[0]
    known = np.exp(np.asarray(theirs.forecast(6)) * np.log(values).std() + np.log(values).mean())
    assert point == pytest.approx(known, rel=0.02)


def test_the_components_of_weeks_are_those_of_statsmodels_once_both_know_as_little() -> None:
    clock = np.arange(150)
    rng = np.random.default_rng(3)
    series = np.sin(2 * np.pi * clock / 52) + rng.normal(0, 0.1, 150).cumsum() + rng.normal(0, 0.3, 150)
    series = (series - series.mean()) / series.std()
    ratios, likelihood = uc.fitted(series, 52)
    model = UnobservedComponents(series, "local linear trend", freq_seasonal=[{"period": 52, "harmonics": 4}])

    def theirs(logarithm: float) -> float:
        # Ten weeks hardly tell four harmonics apart: how unknown the first state is stays in the likelihood. Theirs has
        # a variance of a million, ours of a million irregular parts.
        variance = np.exp(logarithm)
        model.ssm.initialize_approximate_diffuse(1e6 * variance)
        return -model.loglike(np.r_[variance, variance * ratios])

    assert likelihood == pytest.approx(-minimize_scalar(theirs, bounds=(-9, 2), method="bounded").fun, abs=0.02)


def test_the_search_for_variances_reports_the_likelihood_of_what_it_found() -> None:
    series = np.random.default_rng(8).normal(0, 0.3, 40).cumsum()
    none, start = np.empty(0), np.array([0.0, -4.0, -4.0])
    best, value, used = uc_kernels.search(series, 4, none, none, start, 300, 1e-8)
    at_best, at_start = (
        uc_kernels.filtered(series, 4, none, none, np.exp(np.clip(point, -18, 10)), np.empty(5), np.empty((5, 5)))
        for point in (best, start)
    )
    assert value == pytest.approx(at_best)
    assert at_best < at_start
    assert used < 300


def test_plain_models_do_what_their_names_say() -> None:
    grows = [1, 2, 3, 4, 3, 4, 5, 6]
    assert _said("seasonal_naive", grows, 5) == [3, 4, 5, 6, 3]
    assert _said("seasonal_naive_drift", grows, 5) == [5, 6, 7, 8, 7]
    assert _said("half_drift", [10, 12, 16], 2, 1) == [17.5, 19]
    assert _said("last_value", grows, 2) == [6, 6]
    assert _said("mean_36", [9, *range(12)], 2) == [5.5, 5.5]
    assert np.isnan(_said("seasonal_naive", [1, 2], 3)).all()


def test_a_seasonal_index_is_drawn_towards_one() -> None:
    values = [0, 4, 0, 0] * 3
    prior, mean = seasonal_index.PRIOR_EVENTS, 1.0
    wanted = [(own + prior) / (3 * mean + prior) * mean for own in (0, 12, 0, 0)]
    assert _said("seasonal_index", values, 4) == pytest.approx(wanted)


def test_a_profile_is_that_of_the_mean_year() -> None:
    # Means 4 and 6: 0.7 of a change of 2 is 1.4 a year, from the middle of the last year. Profiles .5, 1.5 and .5, 1.5.
    assert _said("seasonal_profile", [2, 6, 3, 9], 3, 2) == pytest.approx([0.5 * 7.4, 1.5 * 8.1, 0.5 * 8.8])
    # The newer of two profiles (0, 2 and .5, 1.5) counts twice.
    assert _said("seasonal_profile", [0, 8, 2, 6], 2, 2) == pytest.approx([4 / 3, 4 * 5 / 3])
    # A year with a mean of zero: the profile is added.
    level = 1 + 0.7 * 1.0, 1 + 0.7 * 1.5
    assert _said("seasonal_profile", [-1, 1, -1, 3], 2, 2) == pytest.approx([level[0] - 5 / 3, level[1] + 5 / 3])
    assert np.isnan(_said("seasonal_profile", [1, 2, 3], 2, 2)).all()


def test_the_mean_of_a_season_beyond_twelve_is_made_of_harmonics() -> None:
    clock = np.arange(160)
    values = (50 + 10 * np.sin(2 * np.pi * clock / 52))[None]
    coming = 50 + 10 * np.sin(2 * np.pi * np.arange(160, 168) / 52)
    assert uc.predict(History(values, 52, 0), 8)[0] == pytest.approx(coming, abs=0.5)


def test_what_is_constant_stays() -> None:
    flat = History(np.full((1, 40), 7.0), 12, 0)
    for code in ("theta", "dynamic_theta", "damped_ets", "uc", "seasonal_naive_drift", "mean_36"):
        assert models()[code].predict(flat, 3)[0] == pytest.approx([7, 7, 7])


def test_features_are_what_a_plain_loop_says_and_know_nothing_later() -> None:
    rng = np.random.default_rng(2)
    values = rng.uniform(5, 9, (2, 60))
    calendar = rng.normal(size=(66, 2))
    found, scale = features(History(values, 12, 3, calendar).until(50), 6)
    y, size = values[1], sum(abs(values[1, t]) for t in range(38, 50)) / 12
    assert scale[1] == pytest.approx(size)
    last_year = sum(y[t] for t in range(35, 38))
    for k in range(1, 7):
        target = 50 + k - 1
        wanted = [k, (3 + target) % 12, *(y[target - 12 * back] / size for back in (1, 2, 3))]
        wanted += [y[t] / size for t in range(37, 50)]
        six = [y[t] / size for t in range(44, 50)]
        mean = sum(six) / 6
        wanted += [sum(y[38:50]) / 12 / size, sum(y[47:50]) / 3 / size, (sum((v - mean) ** 2 for v in six) / 6) ** 0.5]
        wanted += [sum(y[47:50]) / last_year]
        years = [y[50 - 12 * back : 62 - 12 * back] / size for back in range(1, 5)]
        apart = [[value - sum(year) / 12 for value in year] for year in years]
        profile = [sum(year[place] for year in apart) / 4 for place in range(12)]
        wanted[5:5] = [profile[k - 1], profile[k - 1] - profile[11]]
        wanted += [y[49] / size - profile[11], sum(y[47:50]) / 3 / size - sum(profile[9:]) / 3]
        wanted += [sum(y[38:50]) / 12 / size - sum(y[26:38]) / 12 / size]
        within = sum(value**2 for year in apart for value in year) / 48
        wanted += [sum(value**2 for value in profile) / 12 / within, *calendar[target]]
        assert found[1, k - 1] == pytest.approx(wanted)
    values[:, 50:] = 1e9
    again, _ = features(History(values, 12, 3, calendar).until(50), 6)
    assert np.array_equal(found, again, equal_nan=True)


def test_training_rows_end_before_the_origin() -> None:
    values = np.random.default_rng(3).uniform(5, 9, (6, 60))
    before = gradient.training_rows(History(values, 12, 0).until(48), 6)
    values[:, 48:] *= 100
    after = gradient.training_rows(History(values, 12, 0).until(48), 6)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True))
    # Origins 13 to 47, six steps each, fewer at the end; six series.
    assert len(before[1]) == 6 * sum(min(6, 48 - origin) for origin in range(13, 48))


def test_the_gradient_model_learns_a_season_that_it_has_seen_in_others(monkeypatch) -> None:
    monkeypatch.setattr(gradient, "TREES", 60)
    rng = np.random.default_rng(4)
    clock = np.arange(60)
    values = rng.uniform(50, 500, (30, 1)) * (1 + 0.4 * np.sin(2 * np.pi * clock / 12)) * rng.normal(1, 0.02, (30, 60))
    point = gradient.predict(History(values[:, :54], 12, 0), 6)
    missed = np.abs(point - values[:, 54:]) / values[:, 54:]
    assert missed.mean() < 0.06
    assert np.isnan(gradient.predict(History(values[:1, :20], 12, 0), 6)).all()


MODULES = (
    "analytics.forecast.models.damped_ets",
    "analytics.forecast.models.dynamic_theta",
    "analytics.forecast.models.gradient",
    "analytics.forecast.models.half_drift",
    "analytics.forecast.models.last_value",
    "analytics.forecast.models.mean_36",
    "analytics.forecast.models.seasonal_index",
    "analytics.forecast.models.seasonal_naive",
    "analytics.forecast.models.seasonal_naive_drift",
    "analytics.forecast.models.seasonal_profile",
    "analytics.forecast.models.theta",
    "analytics.forecast.models.theta_ets",
    "analytics.forecast.models.theta_ets_gradient",
    "analytics.forecast.models.theta_ets_profile",
    "analytics.forecast.models.theta_ets_uc_gradient",
    "analytics.forecast.models.theta_gradient",
    "analytics.forecast.models.theta_profile",
    "analytics.forecast.models.uc",
)


def test_models_are_registered_under_their_names() -> None:
    assert {name.rpartition(".")[2] for name in MODULES} == set(models())
    assert all(model.name_zh and model.name_en and model.purpose_zh and model.purpose_en for model in models().values())
    with pytest.raises(ValueError, match="mean of its parts"):
        Model("x", "", "", "", "")
