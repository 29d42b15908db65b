"""Why a figure is off: what each area, each part, the numerator and the denominator contribute to what was odd.

What is expected of an area or part is its own one-step forecast, scaled so that all of them together make what was
expected of the whole. So contributions add up to actual - expected of the flag.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.flags.contribution import additive, of_ratio, rate_and_mix
from analytics.flags.find import SEASONS, Series, series_of
from analytics.forecast.damped import smooth
from analytics.forecast.scales import scaled
from analytics.indicator import Indicator, indicators

Floats = npt.NDArray[np.float64]
SCHEMA = {
    "indicator_code": pl.String,
    "region_code": pl.String,
    "period": pl.String,
    "by": pl.String,
    "code": pl.String,
    "actual": pl.Float64,
    "expected": pl.Float64,
    "contribution": pl.Float64,
    "share": pl.Float64,
}
Row = tuple[str, str, str, str, str, float, float, float, float]
KEY = ("indicator_code", "region_code", "period")
# (numerator, denominator, expected numerator, expected denominator) of an area or part in a period.
Counts = tuple[float, float, float, float]
# As against the one-step forecast, and from one year to the next.
Both = tuple[Counts, Counts]


def explain(
    flags: pl.DataFrame,
    measured: pl.DataFrame,
    parts: pl.DataFrame | None = None,
    *,
    declared: Mapping[str, Indicator] | None = None,
    parents: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Return what contributes how much to each flagged deviation.

    Parameters
    ----------
    flags : DataFrame
        As of `analytics.flags.find`. Of a ``change`` what is compared is the mean of up to a year from it on with that
        of the same periods of the year before. Indicators that cannot be added (``own``) are passed over. Where a
        period has several flags an odd period goes before a change.
    measured : DataFrame
        As ``marts.mart_indicator``, of the flagged areas and those inside them.
    parts : DataFrame, optional
        ``indicator_code, region_code, period, part_code, numerator, denominator`` as ``marts.mart_indicator_part``.
    declared, parents : mapping, optional
        As in `analytics.flags.find`.

    Returns
    -------
    DataFrame
        ``indicator_code, region_code, period, by, code`` (the key), ``actual, expected`` (of the area or part, in the
        unit of the indicator; a rate where the indicator is one), ``contribution`` (in the unit of the indicator) and
        ``share`` (of actual - expected of the flag; shares of one ``by`` sum to 1). ``by`` is ``area`` (``code`` an
        area right inside), ``part`` (``code`` of the part), and of ratios ``numerator`` and ``denominator`` (``code``
        empty, one row each, together summing to 1).
    """
    declared = indicators() if declared is None else declared
    flags = flags.sort(pl.col("kind") == "change", maintain_order=True).unique(KEY, keep="first", maintain_order=True)
    changes = set(flags.filter(pl.col("kind") == "change").select(KEY).iter_rows())
    inside: dict[str, list[str]] = {}
    for child, parent in (parents or {}).items():
        inside.setdefault(parent, []).append(child)
    own = _counts(_asked(flags, measured, inside), flags, declared)
    divided = _part_counts(parts, flags, declared) if parts is not None else {}
    rows: list[Row] = []
    for code, region, period, expected, actual in flags.select(*KEY, "expected", "actual").iter_rows():
        indicator = declared.get(code)
        if indicator is None or indicator.combination == "own" or not np.isfinite(actual - expected):
            continue
        key = (code, region, period)
        at = key in changes
        areas = {
            child: own[code, child, period][at] for child in inside.get(region, ()) if (code, child, period) in own
        }
        divisions = {part: counts[at] for part, counts in divided.get(key, {}).items()}
        whole = {region: own[key][at]} if indicator.combination == "ratio" and key in own else {}
        if at:
            areas, divisions, whole = (_levelled(members, indicator, actual) for members in (areas, divisions, whole))
        for by, members in (("area", areas), ("part", divisions)):
            if members:
                rows += _contributions(key, by, members, indicator, actual=actual, expected=expected)
        for counts in whole.values():
            rows += _quotient(key, counts, indicator, actual, expected)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("indicator_code", "region_code", "period", "by", "code")


def _year_apart(above: Floats, below: Floats, column: int, season: int) -> Counts:
    """Return mean counts of up to a year from a period on and of the same periods a year before; NaN if unknown."""
    after = np.arange(column, min(column + season, len(above)))
    after = after[after >= season]
    both = after[np.isfinite(above[after] + below[after] + above[after - season] + below[after - season])]
    if not len(both):
        return (np.nan,) * 4
    now, then = both, both - season
    return float(above[now].mean()), float(below[now].mean()), float(above[then].mean()), float(below[then].mean())


def _levelled(members: Mapping[str, Counts], indicator: Indicator, actual: float) -> dict[str, Counts]:
    """Return the counts of known members, numerators scaled so that all of them make the level after a change.

    Where all of them are 0, as a level of odd months may be beside the months of one year, they share it as they did
    before the change, or evenly.
    """
    known = {name: counts for name, counts in members.items() if np.isfinite(counts).all()}
    if not known:
        return {}
    n, d, n_0, _ = np.asarray(list(known.values()), dtype=np.float64).T
    wanted = actual / indicator.factor * (1.0 if indicator.combination == "sum" else d.sum() or 1.0)
    basis = next(own for own in (n, n_0, np.ones(len(n))) if own.sum() > 0)
    levelled = basis * (wanted / basis.sum())
    return {name: (float(own), *counts[1:]) for own, (name, counts) in zip(levelled, known.items(), strict=True)}


def _share(contribution: float, whole: float) -> float:
    return contribution / whole if whole != 0 else 0.0


def _contributions(
    key: tuple[str, str, str],
    by: str,
    members: Mapping[str, Counts],
    indicator: Indicator,
    *,
    actual: float,
    expected: float,
) -> list[Row]:
    """Return the rows of the areas or parts of one flag, largest contribution in the direction of the flag first."""
    names = sorted(members)
    n, d, n_0, d_0 = np.asarray([members[name] for name in names], dtype=np.float64).T
    factor = indicator.factor
    if indicator.combination == "sum":
        contribution, own_0 = additive(n * factor, n_0 * factor, expected)
        shown, shown_0 = n * factor, own_0
    elif indicator.combination == "per_resident":
        whole = float(n.sum()) * factor / actual if actual > 0 else float(np.nansum(d))
        if not np.isfinite(whole) or whole <= 0:
            return []
        contribution, own_0 = additive(n * factor / whole, n_0 * factor / whole, expected)
        shown, shown_0 = n * factor / whole, own_0
    else:
        if not (d.sum() > 0 and d_0.sum() > 0 and n_0.sum() > 0):
            return []
        n_0 = n_0 * (expected / factor) / (n_0.sum() / d_0.sum())
        by_rate, by_mix = rate_and_mix(n, d, n_0, d_0)
        contribution = (by_rate + by_mix) * factor
        shown = np.divide(n, d, out=np.zeros(len(n)), where=d > 0) * factor
        shown_0 = np.divide(n_0, d_0, out=np.zeros(len(n)), where=d_0 > 0) * factor
    whole = float(contribution.sum())
    return [
        (*key, by, name, float(now), float(then), float(part), _share(float(part), whole))
        for name, now, then, part in zip(names, shown, shown_0, contribution, strict=True)
    ]


def _quotient(
    key: tuple[str, str, str], counts: Counts, indicator: Indicator, actual: float, expected: float
) -> list[Row]:
    """Return what numerator and denominator of a ratio contribute."""
    n, d, _, d_0 = counts
    if not (d > 0 and d_0 > 0):
        return []
    n_0 = expected / indicator.factor * d_0
    effects = of_ratio(n, d, n_0, d_0)
    pairs = (("numerator", n, n_0), ("denominator", d, d_0))
    return [
        (
            *key,
            by,
            "",
            now,
            then,
            float(effect) * indicator.factor,
            _share(float(effect) * indicator.factor, actual - expected),
        )
        for (by, now, then), effect in zip(pairs, effects, strict=True)
    ]


def _expected(series: Series, season: int) -> tuple[Floats, Floats]:
    """Return one-step forecasts of values and of denominators; the mean so far where there is no forecast yet."""
    scale = scaled(series.values, series.numerators, series.denominators, series.is_ratio)
    found = scale.back(smooth(scale.figures, season, floor=scale.floor).expected)
    below = smooth(series.denominators, season).expected
    return _else_mean(found, series.values), np.maximum(_else_mean(below, series.denominators), 0.0)


def _else_mean(found: Floats, values: Floats) -> Floats:
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).cumsum(axis=1) / np.maximum(known.cumsum(axis=1), 1)
    before = np.concatenate((mean[:, :1], mean[:, :-1]), axis=1)
    return np.where(np.isfinite(found), found, before)


def _asked(flags: pl.DataFrame, measured: pl.DataFrame, inside: Mapping[str, list[str]]) -> pl.DataFrame:
    """Return what was measured of the flagged areas and those right inside them."""
    rows = flags.select("indicator_code", "region_code").unique().rows()
    asked = {(code, area) for code, region in rows for area in (region, *inside.get(region, ()))}
    keys = pl.DataFrame(sorted(asked), schema={"indicator_code": pl.String, "region_code": pl.String}, orient="row")
    return measured.join(keys, on=["indicator_code", "region_code"], how="semi")


def _counts(
    measured: pl.DataFrame, flags: pl.DataFrame, declared: Mapping[str, Indicator]
) -> dict[tuple[str, str, str], Both]:
    """Return counts, and expected counts, of every indicator and area in the periods with a flag."""
    flagged = set(flags.select("indicator_code", "period").iter_rows())
    found: dict[tuple[str, str, str], Both] = {}
    for kind, season in SEASONS.items():
        series = series_of(measured, declared, kind)
        if not series.codes:
            continue
        expected, below = _expected(series, season)
        factors = np.asarray([declared[code].factor for code in series.codes])[:, None]
        is_sum = series.is_sum[:, None]
        is_fixed = ~(series.is_sum | series.is_ratio)[:, None]
        d_0 = np.where(is_sum, 1.0, np.where(is_fixed, series.denominators, below))
        n_0 = expected / factors * d_0
        d = np.where(is_sum, np.ones(series.values.shape), series.denominators)
        for row, (code, region) in enumerate(zip(series.codes, series.regions, strict=True)):
            for column, period in enumerate(series.periods):
                if (code, period) in flagged and np.isfinite(series.values[row, column]):
                    at = row, column
                    n = series.numerators[at]
                    against = float(n), float(d[at]), float(n_0[at]), float(d_0[at])
                    found[code, region, period] = against, _year_apart(series.numerators[row], d[row], column, season)
    return found


def _part_counts(
    parts: pl.DataFrame, flags: pl.DataFrame, declared: Mapping[str, Indicator]
) -> dict[tuple[str, str, str], dict[str, Both]]:
    """Return counts, and expected counts, of the parts of every flagged indicator, area and period."""
    wanted = flags.select("indicator_code", "region_code").unique()
    rows = parts.join(wanted, on=["indicator_code", "region_code"], how="semi")
    found: dict[tuple[str, str, str], dict[str, Both]] = {}
    for code in rows["indicator_code"].unique().sort():
        indicator = declared.get(code)
        if indicator is None or indicator.period not in SEASONS:
            continue
        own = rows.filter(pl.col("indicator_code") == code)
        periods = own["period"].unique().sort().to_list()
        places = {period: place for place, period in enumerate(periods)}
        keys = own.select("region_code", "part_code").unique().sort("region_code", "part_code").rows()
        index = {key: place for place, key in enumerate(keys)}
        n, d = np.zeros((len(keys), len(periods))), np.zeros((len(keys), len(periods)))
        for region, part, period, above, below in own.select(
            "region_code", "part_code", "period", "numerator", "denominator"
        ).iter_rows():
            at = index[region, part], places[period]
            n[at], d[at] = above or 0.0, below or 0.0
        season = SEASONS[indicator.period]
        n_0, d_0 = (np.maximum(_else_mean(smooth(array, season).expected, array), 0.0) for array in (n, d))
        if indicator.combination != "ratio":
            d, d_0 = np.ones(d.shape), np.ones(d.shape)
        for period in set(flags.filter(pl.col("indicator_code") == code)["period"]) & set(places):
            column = places[period]
            for row, (region, part) in enumerate(keys):
                against = float(n[row, column]), float(d[row, column]), float(n_0[row, column]), float(d_0[row, column])
                apart = _year_apart(n[row], d[row], column, season)
                found.setdefault((code, region, period), {})[part] = against, apart
    return found
