"""Questions of business monitoring: figures, forecasts, targets, unusual figures and peers of the indicators.

A snapshot may lack a mart of these (it was built by an earlier version): its questions then have empty answers, and
`lacking` says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from analytics.indicator import Indicator, PeriodKind, in_longer_periods, indicators, of_system
from analytics.period import begins, holding, kind_of, newest_of, shifted
from kernel.scope import GrantedScope
from warehouse.indicator_sql import counts_sql
from warehouse.queries import _run
from warehouse.queries.regions import regions

MARTS = ("value", "part", "fine", "forecast", "model", "target", "flag", "reason", "peer")
_TABLES = {
    "value": "marts.mart_indicator",
    "peer": "marts.mart_peer_group",
    **{name: f"marts.mart_indicator_{name}" for name in MARTS[1:-1]},
}
LONGER: tuple[PeriodKind, ...] = ("quarter", "year")
# Days that figures by day and by hour are shown for.
FINE_DAYS = 31
_TEXT, _NUMBER = pl.String(), pl.Float64()
_FIGURES = {
    "indicator_code": _TEXT,
    "region_code": _TEXT,
    "period": _TEXT,
    "numerator": _NUMBER,
    "denominator": _NUMBER,
    "value": _NUMBER,
    "quality": _TEXT,
    "delivered": _NUMBER,
}
# Of days and hours nobody keeps which were due.
_FINE = ("period", "numerator", "denominator", "value", "quality")


def lacking() -> frozenset[str]:
    """Return which of :data:`MARTS` the served snapshot does not hold."""
    held = _run.manifest()["tables"]
    return frozenset(name for name, table in _TABLES.items() if table not in held)


def is_readable(scope: GrantedScope) -> bool:
    """Return whether the visitor may read figures of areas."""
    return "value" in lacking() or _is_held("value", scope)


def build_id() -> str:
    """Return the id of the served snapshot."""
    return _run.build_id()


def months(scope: GrantedScope) -> list[str]:
    """Return the months that the figures reach back over, the newest first; empty where there are none."""
    if "marts.mart_month" not in _run.manifest()["tables"]:
        return []
    return _run.rows("indicator_month", scope)["month"].to_list()


def kinds_of(indicator: Indicator) -> tuple[PeriodKind, ...]:
    """Return the kinds of periods that an indicator can be shown for: its own, and longer ones where they follow."""
    if indicator.period == "month":
        return ("month", *LONGER)
    return ("quarter", "year") if indicator.period == "quarter" else (indicator.period,)


def shown_kind(indicator: Indicator, asked: str) -> PeriodKind:
    """Return the kind of periods that is shown when one was asked for: that one where there is, else its own."""
    return next((kind for kind in kinds_of(indicator) if kind == asked), indicator.period)


def cards(scope: GrantedScope, system: str, region: str, kind: str, month: str) -> pl.DataFrame:
    """Return the figures of every indicator of a system in a region, up to a month.

    Parameters
    ----------
    scope : GrantedScope
        Who asks; a region outside has no rows.
    system : str
        One of `analytics.indicator.SYSTEMS`.
    region : str
        Code.
    kind : str
        ``month``, ``quarter`` or ``year``; indicators that have no such figures come in their own periods.
    month : str
        ``YYYY-MM``; the newest period is the one that holds its last day.

    Returns
    -------
    DataFrame
        ``indicator_code, region_code, period, numerator, denominator, value, quality, delivered``, the oldest
        period first.
    """
    return of_indicators(scope, [one.code for one in of_system(system)], region, kind, month)


def of_indicators(scope: GrantedScope, codes: Sequence[str], region: str, kind: str, month: str) -> pl.DataFrame:
    """Return the figures of some indicators in a region, as `cards` does."""
    found = _figures(scope, list(codes), [region], month)
    known = {str(key[0]): part for key, part in found.partition_by("indicator_code", as_dict=True).items()}
    parts = [_in_kind(indicators()[code], known[code], kind, month) for code in codes if code in known]
    return pl.concat([found.clear(), *parts])


def series(scope: GrantedScope, code: str, region: str, kind: str, month: str) -> pl.DataFrame:
    """Return the figures of one indicator in one region, as `cards` does."""
    found = _figures(scope, [code], [region], month)
    return _in_kind(indicators()[code], found, kind, month)


def areas(scope: GrantedScope, code: str, kind: str, month: str) -> pl.DataFrame:
    """Return the figures of one indicator in every region that the visitor sees, as `cards` does."""
    return _areas(_run.build_id(), scope, code, kind, month)


@lru_cache(maxsize=64)
def _areas(build: str, scope: GrantedScope, code: str, kind: str, month: str) -> pl.DataFrame:  # noqa: ARG001 - the build is part of the key
    return _in_kind(indicators()[code], _figures(scope, [code], None, month), kind, month)


def forecast(scope: GrantedScope, codes: Sequence[str], region: str) -> pl.DataFrame:
    """Return ``indicator_code, period, horizon, mean, q05, q25, q50, q75, q95`` in the indicators' own periods."""
    columns = {"indicator_code": _TEXT, "period": _TEXT, "horizon": pl.Int64()}
    columns |= dict.fromkeys(("mean", "q05", "q25", "q50", "q75", "q95"), _NUMBER)
    if not _is_held("forecast", scope):
        return pl.DataFrame(schema=columns)
    return _run.rows("indicator_forecast", scope, codes=list(codes), region=region)


def model(scope: GrantedScope, codes: Sequence[str], region: str) -> dict[str, dict[str, Any]]:
    """Return the line of the model register of each indicator in a region; none where none was tried."""
    if not _is_held("model", scope):
        return {}
    found = _run.rows("model_series", scope, codes=list(codes), region=region)
    return {row["indicator_code"]: row for row in found.to_dicts()}


def target(scope: GrantedScope, codes: Sequence[str], region: str) -> dict[str, dict[str, Any]]:
    """Return how each indicator of a region stands to its target; none where it has none or nobody computed it."""
    if not _is_held("target", scope):
        return {}
    found = _run.rows("indicator_target", scope, codes=list(codes), region=region)
    return {row["indicator_code"]: row for row in found.to_dicts()}


def flags(scope: GrantedScope, codes: Sequence[str], regions_of: Sequence[str] | None, since: str) -> pl.DataFrame:
    """Return the unusual figures of indicators.

    Parameters
    ----------
    scope : GrantedScope
        Who asks.
    codes : sequence of str
        Indicators.
    regions_of : sequence of str or None
        Regions; None for all that the visitor sees.
    since : str
        First month or year.

    Returns
    -------
    DataFrame
        ``indicator_code, region_code, period, kind, expected, actual, score, is_certain, rank_in_period,
        is_shown, collapsed_into``, the newest first and of a period the largest.
    """
    columns: dict[str, Any] = dict.fromkeys(("indicator_code", "region_code", "period", "kind"), _TEXT)
    columns |= dict.fromkeys(("expected", "actual", "score"), _NUMBER)
    columns |= {
        "is_certain": pl.Boolean(),
        "rank_in_period": pl.Int64(),
        "is_shown": pl.Boolean(),
        "collapsed_into": _TEXT,
    }
    listed = None if regions_of is None else list(regions_of)
    if not _is_held("flag", scope):
        return pl.DataFrame(schema=columns)
    return _run.rows("indicator_flag", scope, codes=list(codes), regions=listed, since=since)


def reasons(scope: GrantedScope, code: str, region: str, periods: Sequence[str]) -> pl.DataFrame:
    """Return ``period, by, code, actual, expected, contribution, share``: the parts of deviations."""
    columns = dict.fromkeys(("period", "by", "code"), _TEXT) | dict.fromkeys(
        ("actual", "expected", "contribution", "share"), _NUMBER
    )
    if not _is_held("reason", scope):
        return pl.DataFrame(schema=columns)
    return _run.rows("indicator_reason", scope, code=code, region=region, periods=list(periods))


def parts(scope: GrantedScope, code: str, region: str, periods: Sequence[str]) -> pl.DataFrame:
    """Return ``period, part_code, numerator, denominator`` of an indicator that is divided, in its own periods."""
    columns = {"period": _TEXT, "part_code": _TEXT, "numerator": _NUMBER, "denominator": _NUMBER}
    if not _is_held("part", scope):
        return pl.DataFrame(schema=columns)
    return _run.rows("indicator_part", scope, code=code, region=region, periods=list(periods))


def peers(scope: GrantedScope, region: str, *, most: int = 12) -> tuple[list[str], str]:
    """Return the areas that a region is compared with, itself among them, and how they were chosen.

    Parameters
    ----------
    scope : GrantedScope
        Only areas that the visitor sees.
    region : str
        Code.
    most : int
        Areas at most.

    Returns
    -------
    list of str
        Codes; empty for the only area of its level.
    {"group", "size", "none"}
        Of the same group; of the nearest number of residents, where there are no groups; or none.
    """
    frame = regions(scope)
    level = frame.filter(pl.col("region_code") == region)["level"]
    same = frame.filter((pl.col("level") == level[0]) if level.len() else pl.lit(value=False))["region_code"]
    seen = [code for code in same if scope.includes_region(code)]
    if len(seen) < 2:
        return [], "none"
    known = _run.rows("indicator_peer", scope) if _is_held("peer", scope) else None
    group = {} if known is None else dict(known.select("region_code", "group_code").iter_rows())
    if region in group:
        return [code for code in seen if group.get(code) == group[region]], "group"
    people = residents(scope)
    own = people.get(region, 0.0)
    return sorted(sorted(seen, key=lambda code: (code != region, abs(people.get(code, 0.0) - own)))[:most]), "size"


def residents(scope: GrantedScope) -> dict[str, float]:
    """Return the residents of every region that the visitor sees, by code."""
    return _residents(_run.build_id(), scope)


@lru_cache(maxsize=16)
def _residents(build: str, scope: GrantedScope) -> dict[str, float]:  # noqa: ARG001 - the build is part of the key
    if "core.population" not in _run.manifest()["tables"] or not scope.covers("internal"):
        return {}
    parent = dict(regions(scope).select("region_code", "parent_code").iter_rows())
    found: dict[str, float] = {}
    for code, count in _run.rows("map_population", scope).iter_rows():
        above: str | None = code
        while above is not None and above in parent:
            found[above] = found.get(above, 0.0) + float(count or 0)
            above = parent[above] if parent[above] != above else None
    return {code: count for code, count in found.items() if count > 0}


def fine(scope: GrantedScope, code: str, region: str) -> pl.DataFrame:
    """Return ``period, numerator, denominator, value, quality`` by day or by hour over the newest days, if there are.

    Days and hours are of China's clocks; the newest month of the snapshot ends them.
    """
    held = months(scope)
    columns = {name: kind for name, kind in _FIGURES.items() if name in _FINE}
    if not held:
        return pl.DataFrame(schema=columns)
    since = shifted(newest_of("day", held[0]), -FINE_DAYS)
    if not _is_held("fine", scope):
        return pl.DataFrame(schema=columns)
    return _run.rows("indicator_fine", scope, code=code, region=region, since=since)


def query_name(code: str) -> str:
    """Return where the select of an indicator stands, for its definition."""
    counts_sql(code)
    return f"warehouse/indicators/{code}.sql"


def _is_held(name: str, scope: GrantedScope) -> bool:
    """Return whether the snapshot holds a mart of :data:`MARTS` and the visitor may read it."""
    tables = _run.manifest()["tables"]
    table = _TABLES[name]
    return table in tables and scope.covers(tables[table]["sensitivity"])


def _figures(scope: GrantedScope, codes: list[str], regions_of: list[str] | None, month: str) -> pl.DataFrame:
    if not _is_held("value", scope):
        return pl.DataFrame(schema=_FIGURES)
    found = _run.rows("indicator_value", scope, codes=codes, regions=regions_of)
    # A month that is asked for may lie before the newest: what came later was not known then.
    return found.filter(pl.col("period").str.head(4) <= month[:4])


def _in_kind(indicator: Indicator, found: pl.DataFrame, kind: str, month: str) -> pl.DataFrame:
    """Return figures of one indicator in the kind of periods that is shown, up to a month."""
    shown = shown_kind(indicator, kind)
    known = found.filter(pl.col("period") <= newest_of(indicator.period, month))
    if shown == indicator.period or known.is_empty():
        return known
    longer = in_longer_periods(indicator, known.drop("indicator_code"), shown)
    # The newest that came in is not the one that goes on: of a year that is over the rest is missing.
    is_short = (pl.col("quality") == "provisional") & (pl.col("period") < newest_of(shown, month))
    longer = longer.with_columns(
        quality=pl.when(is_short).then(pl.lit("partial")).otherwise(pl.col("quality")),
        delivered=pl.when(~is_short).then(pl.col("delivered")),
    )
    return longer.with_columns(indicator_code=pl.lit(indicator.code)).select(known.columns)


def periods_of(code: str, period: str) -> list[str]:
    """Return the own periods of an indicator that a shown period holds: itself, or its months or quarters."""
    own = indicators()[code].period
    if kind_of(period) == own:
        return [period]
    count = {("month", "quarter"): 3, ("month", "year"): 12, ("quarter", "year"): 4}[own, kind_of(period)]
    first = holding(begins(period), own)
    return [shifted(first, place) for place in range(count)]
