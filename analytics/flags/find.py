"""Flags of all indicator series: what is odd, when, how much, and what of it is worth a reader's look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.flags import entry, rules
from analytics.flags.changes import level_changes
from analytics.forecast.damped import smooth
from analytics.forecast.scales import Scale, scaled
from analytics.indicator import Indicator, indicators
from analytics.targets.series import is_sawtooth

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SEASONS = {"month": 12, "quarter": 4, "week": 52, "year": 1}
# The first that holds is the kind of a period; shifts and changes come beside.
KINDS = ("zero", "repeated", "unit", "year_to_date", "cumulative", "point", "shift", "change")
# Periods that are looked at, flags shown per city and family, and how near a shift and a dated change are one.
NEWEST, SHOWN, NEAR = 24, 3, 3
# Least step of a level, as a share of the level before.
MATERIAL = 0.05
SCHEMA = {
    "indicator_code": pl.String,
    "region_code": pl.String,
    "period": pl.String,
    "kind": pl.String,
    "expected": pl.Float64,
    "actual": pl.Float64,
    "score": pl.Float64,
}
Row = tuple[str, str, str, str, float, float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """Series of one kind of period, side by side.

    Attributes
    ----------
    codes, regions : list of str
        Indicator and area of each series.
    periods : list of str
    values, numerators, denominators : float64, shape (series, time)
        NaN for gaps: what was not delivered, not whole, or not over.
    is_flow, is_sum, is_ratio, is_cumulative : bool, shape (series,)
        Whether a year is the sum of its periods; whether areas add; whether both counts are uncertain; whether figures
        can only grow.
    """

    codes: list[str]
    regions: list[str]
    periods: list[str]
    values: Floats
    numerators: Floats
    denominators: Floats
    is_flow: Bools
    is_sum: Bools
    is_ratio: Bools
    is_cumulative: Bools


def find(
    measured: pl.DataFrame,
    *,
    declared: Mapping[str, Indicator] | None = None,
    parents: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
    newest: int = NEWEST,
    cumulative: frozenset[str] = frozenset(),
) -> pl.DataFrame:
    """Return what is odd in the newest periods of all indicator series.

    Parameters
    ----------
    measured : DataFrame
        ``indicator_code, region_code, period, numerator, denominator, value, quality`` as ``marts.mart_indicator``.
        Rows that are ``missing``, ``partial`` or ``provisional`` are gaps. Indicators by day or hour are passed over.
    declared : mapping, optional
        Indicators by code; those of the house when left out.
    parents : mapping, optional
        From an area to the one that holds it (city of a county, province of a city).
    weights : mapping, optional
        Importance of areas, as residents; 1 where left out.
    newest : int
        Periods that are looked at.
    cumulative : frozenset of str
        Indicators whose figures can only grow.

    Returns
    -------
    DataFrame
        ``indicator_code, region_code, period, kind`` (the key), ``expected, actual`` (in the unit of the indicator;
        of ``change`` the levels before and after, of ``shift`` what was expected before its first period), ``score``
        (standard deviations, signed), ``is_certain`` (false of an entry error that is only possible),
        ``rank_in_period`` (1 is the largest |score| x weight), ``collapsed_into`` (area
        above with a flag of the same indicator, period and sign, null if none) and ``is_shown`` (at most three a city
        and system among those not collapsed; never what is only possible). Kinds are ``zero, repeated, unit,
        year_to_date, cumulative, point``, of which a period has at most one for certain, and ``shift`` and ``change``;
        beside them a period has the names of entry errors that are possible. Sorted by the key.
    """
    declared = indicators() if declared is None else declared
    rows = [_told([], is_certain=True)]
    for kind, season in SEASONS.items():
        series = series_of(measured, declared, kind, cumulative)
        if series.codes and len(series.periods) > 2 * season:
            month = np.asarray([slot_of(period) for period in series.periods])
            rows.append(odd_periods(series, season, month, newest))
    return ranked(pl.concat(rows), declared, parents or {}, weights or {})


def slot_of(period: str) -> int:
    """Return the place of a period in its year, from 0."""
    return int(period[-2:].lstrip("QW")) - 1 if len(period) > 4 else 0


def series_of(
    measured: pl.DataFrame, declared: Mapping[str, Indicator], kind: str, cumulative: frozenset[str] = frozenset()
) -> Series:
    """Return the series of the indicators that are measured by one kind of period; see :func:`find`."""
    own = {code: indicator for code, indicator in declared.items() if indicator.period == kind}
    rows = measured.filter(pl.col("indicator_code").is_in(list(own)))
    usable = ~pl.col("quality").is_in(["missing", "partial", "provisional"]) & pl.col("value").is_finite()
    rows = rows.with_columns(
        pl.when(usable).then(pl.col(name)).alias(name) for name in ("value", "numerator", "denominator")
    )
    keys = (
        rows.select("indicator_code", "region_code")
        .unique()
        .sort("indicator_code", "region_code")
        .with_row_index("row")
    )
    periods = rows["period"].unique().sort()
    places = pl.DataFrame({"period": periods}).with_row_index("column")
    rows = rows.join(keys, on=["indicator_code", "region_code"]).join(places, on="period")
    at = rows["row"].to_numpy(), rows["column"].to_numpy()
    arrays = []
    for name in ("value", "numerator", "denominator"):
        array = np.full((keys.height, len(periods)), np.nan)
        array[at] = rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        arrays.append(array)
    codes = keys["indicator_code"].to_list()
    return Series(
        codes,
        keys["region_code"].to_list(),
        periods.to_list(),
        arrays[0],
        np.where(np.isfinite(arrays[0]), arrays[1], np.nan),
        arrays[2],
        is_flow=np.asarray([own[code].accumulation == "flow" for code in codes], dtype=bool),
        is_sum=np.asarray([own[code].combination == "sum" for code in codes], dtype=bool),
        is_ratio=np.asarray([own[code].combination == "ratio" for code in codes], dtype=bool),
        is_cumulative=np.asarray([code in cumulative for code in codes], dtype=bool),
    )


def odd_periods(series: Series, season: int, month: npt.NDArray[np.int64], newest: int) -> pl.DataFrame:
    """Return the flags of series of one kind of period: the columns of ``SCHEMA``, and ``is_certain``."""
    values = series.values
    scale = scaled(values, series.numerators, series.denominators, series.is_ratio)
    smoothed = rules.material(scale, smooth(scale.figures, season, floor=scale.floor))
    found = rules.scores(scale, smoothed, values)
    scatter = rules.relative_scatter(scale, smoothed, found.expected)
    flow = series.is_flow[:, None]
    named = entry.named(values, scale, smoothed, found, scatter=scatter, month=month, is_sum=series.is_sum)
    masks = {kind: mask & flow for kind, mask in named.certain.items()}
    masks["cumulative"] = rules.falls(values) & series.is_cumulative[:, None]
    errors = np.any(list(masks.values()), axis=0)
    masks["point"] = np.abs(found.z) > rules.LIMIT
    first = max(values.shape[1] - newest, 0)
    taken = np.zeros(values.shape, dtype=bool)
    rows, noted = [], []
    for kind, mask in masks.items():
        rows += _rows(series, mask & ~taken, kind, expected=found.expected, score=found.z, first=first)
        taken |= mask
    for kind, mask in named.possible.items():
        noted += _rows(series, mask & flow, kind, expected=found.expected, score=found.z, first=first)
    changed = _changes(series, scale.figures, scale, season, first)
    dated = {(row[0], row[1], column, np.sign(row[6])) for row, column in changed}
    rows += [row for row, _ in changed]
    shifts = rules.shifts(scale, smoothed, found, errors)
    # What starts anew each year has no level that could shift.
    shifts &= ~np.asarray([is_sawtooth(own[None], int(month[0]), season) for own in values])[:, None]
    before = rules.expected_before(scale, smoothed)
    shifts &= np.abs(values - before) >= MATERIAL * np.abs(before)
    for row, column in _placed(series, shifts, "shift", expected=before, score=found.z_3, first=first):
        # A change that can be dated already says what the shift said first.
        near = {(row[0], row[1], column - 2 + step, np.sign(row[6])) for step in range(-NEAR, NEAR + 1)}
        if not near & dated:
            rows.append(row)
    return _told(rows, is_certain=True).vstack(_told(noted, is_certain=False))


def _told(rows: list[Row], *, is_certain: bool) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(is_certain=pl.lit(is_certain))


def _placed(
    series: Series, mask: Bools, kind: str, *, expected: Floats, score: Floats, first: int
) -> list[tuple[Row, int]]:
    found = []
    for row, column in np.argwhere(mask[:, first:]):
        at = int(row), int(column) + first
        found.append(
            (
                (
                    series.codes[row],
                    series.regions[row],
                    series.periods[at[1]],
                    kind,
                    float(expected[at]),
                    float(series.values[at]),
                    float(score[at]),
                ),
                at[1],
            )
        )
    return found


def _rows(series: Series, mask: Bools, kind: str, *, expected: Floats, score: Floats, first: int) -> list[Row]:
    return [row for row, _ in _placed(series, mask, kind, expected=expected, score=score, first=first)]


def _changes(series: Series, figures: Floats, scale: Scale, season: int, first: int) -> list[tuple[Row, int]]:
    """Return lasting changes of level, with the levels in the unit of the indicator."""
    found = []
    for row, changes in enumerate(level_changes(figures, season)):
        for column, before, after, score in changes:
            # A stock grows in steps; its level is told by the single periods.
            if column < first or abs(score) <= rules.LIMIT or not series.is_flow[row]:
                continue
            levels = np.full((len(figures), 2), np.nan)
            levels[row] = before, after
            narrow = Scale(
                scale.kind, levels, levels, scale.unit[:, [column] * 2], scale.base[:, [column] * 2], scale.is_whole
            )
            low, high = narrow.back(levels)[row]
            own: Row = (
                series.codes[row],
                series.regions[row],
                series.periods[column],
                "change",
                float(low),
                float(high),
                float(np.clip(score, -rules.LARGEST, rules.LARGEST)),
            )
            # What is sure may still be too small to matter.
            if abs(own[5] - own[4]) >= MATERIAL * abs(own[4]):
                found.append((own, column))
    return found


def ranked(
    flags: pl.DataFrame, declared: Mapping[str, Indicator], parents: Mapping[str, str], weights: Mapping[str, float]
) -> pl.DataFrame:
    """Return flags with their rank in the period, what they are collapsed into and whether they are shown at once.

    Parameters
    ----------
    flags : DataFrame
        The columns of ``SCHEMA``, and ``is_certain``: what is only noted comes last and is not shown.
    declared, parents, weights
        See :func:`find`.
    """
    weight = pl.col("region_code").replace_strict(dict(weights), default=1.0, return_dtype=pl.Float64)
    parent = pl.col("region_code").replace_strict(dict(parents), default=None, return_dtype=pl.String)
    families = {code: indicator.system for code, indicator in declared.items()}
    above = (
        flags.filter("is_certain")
        .select("indicator_code", "period", pl.col("score").sign().alias("sign"), parent="region_code")
        .unique()
    )
    flags = flags.with_columns(
        importance=pl.col("score").abs() * weight * pl.col("is_certain"), sign=pl.col("score").sign(), parent=parent
    ).join(
        above.with_columns(collapsed_into="parent"),
        on=["indicator_code", "period", "sign", "parent"],
        how="left",
        nulls_equal=False,
    )
    order = ["importance", "indicator_code", "region_code", "kind"]
    falling = [True, False, False, False]
    flags = flags.sort(order, descending=falling)
    # A county counts with its city; a city and the province for themselves.
    has_city = pl.col("parent").is_in(list(set(parents)))
    city = pl.when(has_city).then(pl.col("parent")).otherwise(pl.col("region_code"))
    family = pl.col("indicator_code").replace_strict(families, default="", return_dtype=pl.String)
    free = pl.col("collapsed_into").is_null() & pl.col("is_certain")
    flags = flags.with_columns(
        rank_in_period=pl.int_range(1, pl.len() + 1).over("period"),
        city=city,
        family=family,
    ).with_columns(is_shown=free & (free.cast(pl.Int64).cum_sum().over("period", "city", "family") <= SHOWN))
    return flags.select(*SCHEMA, "is_certain", "rank_in_period", "collapsed_into", "is_shown").sort(
        "indicator_code", "region_code", "period", "kind"
    )
