"""One gradient boosting model over all series and all steps ahead."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.forecast.features import features
from analytics.forecast.model import History, Model
from analytics.forecast.panel import FloatArray

# More rows than these teach nothing new and cost time; they are drawn with a fixed seed.
MOST_ROWS = 100_000
LEAST_ROWS = 400
TREES = 200
# Series that are forecast at once: their features must not fill the memory.
BLOCK = 2_000
# Ratios beyond it come from a year of almost nothing; they would be all that the trees look at.
LARGEST_RATIO = 20.0
SEED = 20_260_101


def predict(history: History, horizon: int) -> FloatArray:
    """Return the forecasts of a model that is fitted on the histories' own past; NaN where it cannot be fitted."""
    # Heavy, and a server that only reads forecasts does without.
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415

    learned = training_rows(history, horizon)
    point = np.full((len(history.values), horizon), np.nan)
    if len(learned[1]) < LEAST_ROWS:
        return point
    # Short histories have no value of three years ago anywhere, and there is no binning of nothing.
    known = ~np.isnan(learned[0]).all(axis=0)
    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=TREES,
        learning_rate=0.06,
        min_samples_leaf=40,
        early_stopping=False,
        random_state=SEED,
    )
    # One thread: origins are spread over processes, and threads that wait for a busy core burn it.
    with threadpool_limits(1, user_api="openmp"):
        model.fit(learned[0][:, known], learned[1])
        for start in range(0, len(point), BLOCK):
            seen, scale = features(history.of(slice(start, start + BLOCK)), horizon)
            usable = np.flatnonzero(~np.isnan(scale))
            if len(usable):
                rows = seen[usable].reshape(-1, seen.shape[2])[:, known]
                point[start + usable] = model.predict(rows).reshape(-1, horizon) * scale[usable, None]
    # A series that was zero all year stays zero.
    point[(history.values[:, -history.season :] == 0).all(axis=1)] = 0.0
    return point


def training_rows(history: History, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Return features and targets of earlier origins whose outcomes are known."""
    values, season = history.values, history.season
    time = values.shape[1]
    rng = np.random.default_rng(SEED)
    origins = [origin for origin in range(season + 1, time) if origin < time]
    share = MOST_ROWS / max(1, len(values) * len(origins) * horizon)
    rows, targets = [], []
    for origin in origins:
        steps = min(horizon, time - origin)
        usable = np.flatnonzero(~np.isnan(values[:, origin - season - 1]))
        if share < 1:
            usable = usable[rng.random(len(usable)) < share]
        if not len(usable):
            continue
        seen, scale = features(history.of(usable).until(origin), steps)
        target = values[usable, origin : origin + steps] / scale[:, None]
        kept = np.isfinite(target) & (np.abs(target) <= LARGEST_RATIO)
        rows.append(seen[kept])
        targets.append(target[kept])
    if not rows:
        return np.empty((0, 0)), np.empty(0)
    return np.concatenate(rows), np.concatenate(targets)


MODEL = Model(
    code="gradient",
    name_zh="梯度提升（全局）",
    name_en="Gradient boosting over all series",
    purpose_zh="所有序列共用一个模型，以预测步长为特征，含历法特征。",
    purpose_en="One model for all series, with steps ahead and the calendar among what it sees.",
    predict=predict,
    least_years=2.0,
    learns_from_all=True,
)
