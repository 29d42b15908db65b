"""Peers of the flags on the newest month: one-step z of exponential smoothing, robust residual of STL, plain rules."""

from __future__ import annotations

import warnings

import numpy as np

from bench.injected import DETECTORS, RATES, SEASON, faults

Floats = np.ndarray
Scores = dict[str, dict[str, Floats]]
CLEAN = "clean"


def _model(log: Floats, ahead: int) -> tuple[Floats, float, float]:
    """Return forecasts, the scatter of residuals, and that of the sum of the forecasts' errors by sample paths."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # type: ignore[import-untyped]

    model = ETSModel(log, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=SEASON)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model.fit(disp=False, maxiter=200)
    paths = fitted.simulate(ahead, anchor="end", repetitions=300, rng=np.random.default_rng(0))
    total = np.asarray(paths).reshape(ahead, -1).sum(axis=0).std()
    return np.asarray(fitted.forecast(ahead)), float(np.asarray(fitted.resid).std()), float(total)


def _smoothed(series: Floats, ahead: int) -> tuple[Floats, Floats]:
    """Return what models fitted before the newest months say of their sum of logarithms, and its scatter."""
    found = [_model(np.log(own[:-ahead]), ahead) for own in series]
    scatter = [one if ahead == 1 else total for _, one, total in found]
    return np.asarray([forecast.sum() for forecast, _, _ in found]), np.asarray(scatter)


def _seasonal(series: Floats) -> Floats:
    """Return how many robust scatters the newest residual of a robust STL is off the others."""
    from statsmodels.tsa.seasonal import STL  # type: ignore[import-untyped]

    least = np.maximum(series, 1e-9)
    rest = np.stack([np.asarray(STL(np.log(own), period=SEASON, robust=True).fit().resid) for own in least])
    past = rest[:, :-1]
    middle = np.median(past, axis=1)
    scatter = 1.4826 * np.median(np.abs(past - middle[:, None]), axis=1)
    return np.abs(rest[:, -1] - middle) / np.maximum(scatter, 1e-9)


def scores(series: Floats) -> Scores:
    """Return the scores of the newest month by detector and fault, of clean series too (``clean``)."""
    struck = {CLEAN: series, **faults(series)}
    found: Scores = {}
    models = {"ETS one-step z": (1, _smoothed(series, 1)), "ETS 3-month z": (3, _smoothed(series, 3))}
    for fault, values in struck.items():
        for name, detector in DETECTORS.items():
            found.setdefault(name, {})[fault] = detector(values)
        for name, (ahead, (told, scatter)) in models.items():
            with np.errstate(divide="ignore"):
                total = np.log(values[:, -ahead:]).sum(axis=1)
            found.setdefault(name, {})[fault] = np.abs(total - told) / scatter
        found.setdefault("STL robust z", {})[fault] = _seasonal(values)
    return found


def joined(parts: list[Scores]) -> Scores:
    """Return the scores of several sets of series as one."""
    return {
        name: {fault: np.concatenate([part[name][fault] for part in parts]) for fault in by_fault}
        for name, by_fault in parts[0].items()
    }


def table(found: Scores) -> dict[str, dict[str, list[float]]]:
    """Return the share of faults found by detector and fault, at the thresholds of both false-positive rates."""
    rows: dict[str, dict[str, list[float]]] = {}
    for name, by_fault in found.items():
        limits = [float(np.nanquantile(by_fault[CLEAN], 1 - rate)) for rate in RATES]
        rows[name] = {
            fault: [float((values > limit).mean()) for limit in limits]
            for fault, values in by_fault.items()
            if fault != CLEAN
        }
        rows[name]["threshold"] = limits
    return rows
