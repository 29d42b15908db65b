"""What an indicator is: names, unit, direction, how it is measured, its target and its place in the strength index.

The indicators of the house are the modules of `analytics.indicators`, each with one ``INDICATOR``. What is counted
for them stands in ``warehouse/indicators/<code>.sql``; how counts become values, sums over areas and figures of longer
periods is the same for all and stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import polars as pl

from kernel.registry import members

System = Literal["facilities", "mass", "elite", "industry", "events", "market", "research", "culture", "infrastructure"]
Direction = Literal["up", "down", "target", "neutral"]
PeriodKind = Literal["hour", "day", "week", "month", "quarter", "year"]
Combination = Literal["sum", "ratio", "per_resident", "own"]
Accumulation = Literal["flow", "stock"]
Dimension = Literal["mass", "elite", "industry", "culture", "research", "events", "service"]
TargetKind = Literal["plan", "norm", "working"]

SYSTEMS: tuple[System, ...] = get_args(System)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)
# How a quality flag is worded stands in ``kernel/words/indicator.json``; the first that holds is kept.
QUALITIES = ("missing", "provisional", "partial", "nearly", "few", "ok")
# Share of what was due from which a figure stands for the whole: a rate of the missing 2 % that is half as high again
# moves the whole by a hundredth of itself, a sum lacks about two; from year to year they change by more.
NEARLY_WHOLE = 0.98
# Figures that forecasts, chances of targets and flags are told by; all others are gaps to them.
USABLE = ("nearly", "few", "ok")


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted, by when, and who says so.

    Attributes
    ----------
    value : float
        In the unit of the indicator.
    year : int
        It is due at the end of this year.
    kind : {"plan", "norm", "working"}
        Stated by a development plan, by a rule of service, or set by the bureau for its own steering.
    source_zh, source_en : str
        Where it is stated.
    """

    value: float
    year: int
    kind: TargetKind
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True)
class Place:
    """Place in the strength index.

    Attributes
    ----------
    dimension : str
        One of :data:`DIMENSIONS`.
    low, high : float
        Goalposts, fixed for the plan period: the values (after denomination) that score 0 and 100. Where less is
        better, ``low`` is the larger one.
    per : {"", "resident", "million"}
        Totals are compared per resident or per million residents, so that size is not strength; rates as they are.
    source_zh, source_en : str
        Why these goalposts.
    """

    dimension: Dimension
    low: float
    high: float
    per: Literal["", "resident", "million"]
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """Declaration of an indicator module, its ``INDICATOR``.

    Attributes
    ----------
    code : str
        The module's name.
    system : str
        Page of business monitoring that shows it.
    name_zh, name_en : str
        Names.
    unit : str
        Code of a unit, see `kernel.units`; empty for a plain number.
    direction : {"up", "down", "target", "neutral"}
        What is better: more, less, nearer to the target, neither.
    area : {"county", "city", "province"}
        Smallest area that it is measured for; larger areas follow.
    period : {"hour", "day", "week", "month", "quarter", "year"}
        Period that it is measured for: ``2026-10-31T14``, ``2026-10-31``, ``2026-W44``, ``2026-10``, ``2026-Q4``,
        ``2026``.
    combination : {"sum", "ratio", "per_resident", "own"}
        ``sum``: numerator * factor; areas add. ``ratio``: sum of numerators / sum of denominators * factor.
        ``per_resident``: as ``ratio`` with the residents as denominator. ``own``: cannot be added (a median, an
        index), measured for every level by itself.
    accumulation : {"flow", "stock"}
        Whether a year is the sum of its months (a flow), or its last one (a stock).
    factor : float
        As in ``combination``.
    inputs : tuple of str
        Datasets that are counted, the one that it cannot be measured without first. A month of which any of them was
        not delivered is missing.
    at_end : tuple of str
        Those of them of which only the last month of a longer period is counted: no other month of it can be missed.
    formula_zh, formula_en : str
        One line: what over what.
    method_zh, method_en : str
        What a reader must know to compute it again: which rows count, which day decides, how ties and gaps are read.
    source_zh, source_en : str
        Where the definition or formula comes from.
    target : Target or None
        What is wanted.
    place : Place or None
        Place in the strength index.
    least_count : float
        Denominators below it are flagged ``few``.
    part : str
        Name of the code list that ``part_code`` of the SQL takes its codes from; empty where nothing is divided.
    decimals : int
        Digits after the point that are shown.
    fine_period : {"", "hour", "day"}
        Shorter periods that it is measured for besides, for as long as what they are counted from is kept: rows of
        ``marts.mart_indicator_fine``. What they count may differ from the months; the method says how.
    is_private : bool
        Whether its denominators are persons whose health or own tests it tells: of fewer than
        `analytics.disclosure.LEAST_PERSONS` nothing is told.
    """

    code: str
    system: System
    name_zh: str
    name_en: str
    unit: str
    direction: Direction
    area: Literal["county", "city", "province"]
    period: PeriodKind
    combination: Combination
    accumulation: Accumulation
    inputs: tuple[str, ...]
    formula_zh: str
    formula_en: str
    method_zh: str
    method_en: str
    source_zh: str
    source_en: str
    factor: float = 1.0
    target: Target | None = None
    place: Place | None = None
    least_count: float = 0.0
    part: str = ""
    decimals: int = 1
    fine_period: Literal["", "hour", "day"] = ""
    is_private: bool = False
    at_end: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.is_private and (self.combination != "ratio" or self.fine_period):
            raise ValueError(f"{self.code}: what is told of persons is a share of them, and by no day or hour")
        if self.combination == "ratio" and self.least_count <= 0:
            raise ValueError(f"{self.code}: a ratio says below which denominator it is flagged (least_count)")
        if not self.inputs:
            raise ValueError(f"{self.code} must name the datasets that it is measured from")


@cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator by code, in the order of the codes.

    Raises
    ------
    ValueError
        When a module declares another code than its name.
    """
    found: dict[str, Indicator] = {}
    for name, declared in members("analytics.indicators", "INDICATOR").items():
        if not isinstance(declared, Indicator) or declared.code != name:
            raise ValueError(f"analytics/indicators/{name}.py must declare an Indicator with the code {name!r}")
        found[name] = declared
    return found


def of_system(system: str) -> list[Indicator]:
    """Return the indicators of a system: those with a target first, then by code."""
    own = [indicator for indicator in indicators().values() if indicator.system == system]
    return sorted(own, key=lambda indicator: (indicator.target is None, indicator.code))


def values(indicator: Indicator, numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Return the value of counts that were added: numerator / denominator * factor, or numerator * factor.

    Null where a denominator is null or not positive: no value is not zero.
    """
    if indicator.combination == "sum":
        return numerator * indicator.factor
    return pl.when(denominator > 0).then(numerator / denominator * indicator.factor)


_PARENT = {
    "month": lambda period: period,
    "quarter": lambda period: period.str.head(4) + "-Q" + ((period.str.slice(5, 2).cast(pl.Int8) + 2) // 3).cast(str),
    "year": lambda period: period.str.head(4),
}
# How many periods of a kind make a longer one.
_COUNT = {("month", "quarter"): 3, ("month", "year"): 12, ("quarter", "year"): 4}


def in_longer_periods(indicator: Indicator, measured: pl.DataFrame, kind: PeriodKind) -> pl.DataFrame:
    """Return what was measured by month or quarter as figures of quarters or years.

    Parameters
    ----------
    indicator : Indicator
        Of which everything was measured.
    measured : DataFrame
        ``region_code, period, numerator, denominator, value, quality, delivered``.
    kind : {"quarter", "year"}
        Longer than that of the indicator.

    Returns
    -------
    DataFrame
        The same columns. Flows are added (numerators and denominators for themselves; residents are not added, sums
        have no denominator), stocks are those of the last period, values that cannot be added are the mean weighted
        with their denominators. A period that lacks a part is ``partial`` or ``nearly`` whole, or ``provisional`` if it
        is the newest; ``delivered`` is the mean of its parts, null where some are not told.

    Raises
    ------
    ValueError
        When the indicator is not measured by month or quarter, or ``kind`` is not longer.
    """
    if (indicator.period, kind) not in _COUNT:
        raise ValueError(f"{indicator.code} is measured by {indicator.period}: it has no figures by {kind}")
    whole = _COUNT[indicator.period, kind]
    month = pl.col("period") if indicator.period == "month" else pl.col("period").str.replace("-Q", "-0")
    if indicator.period == "quarter":
        month = (
            pl.col("period").str.head(4) + "-" + (pl.col("period").str.tail(1).cast(pl.Int8) * 3).cast(str).str.zfill(2)
        )
    parts = measured.with_columns(longer=_PARENT[kind](month))
    # Figures that are not told are neither delivered nor missing.
    is_told = pl.col("value").is_not_null() | (pl.col("quality") == "missing")
    received = parts.group_by("region_code", "longer").agg(pl.col("delivered").mean(), told=is_told.sum())
    longer = parts.filter(pl.col("value").is_not_null()).sort("period")
    is_last = indicator.accumulation == "stock"
    weight = pl.col("denominator").fill_null(1)
    if indicator.combination == "own":
        value = (pl.col("value") * weight).sum() / weight.sum()
        numerator, denominator = pl.col("numerator").sum(), pl.col("denominator").sum()
    else:
        numerator = pl.col("numerator").last() if is_last else pl.col("numerator").sum()
        keeps = is_last or indicator.combination == "per_resident"
        denominator = pl.col("denominator").last() if keeps else pl.col("denominator").sum()
        if indicator.combination == "sum":
            denominator = pl.lit(None, pl.Float64)
        value = values(indicator, numerator, denominator)
    if is_last:
        value = pl.col("value").last()
    is_short, newest = pl.col("count") < whole, longer["longer"].max()
    is_known = (pl.col("told") == whole) | (is_short & (pl.col("longer") == newest))
    return (
        longer.group_by("region_code", "longer")
        .agg(
            numerator=numerator,
            denominator=denominator,
            value=value,
            count=pl.len(),
            lacks=pl.col("quality").is_in(["partial", "nearly"]).any(),
        )
        .join(received, on=["region_code", "longer"])
        .with_columns(pl.when(is_known).then(pl.col("delivered")))
        .with_columns(
            quality=pl.when(is_short & (pl.col("longer") == newest))
            .then(pl.lit("provisional"))
            .when((is_short | pl.col("lacks")) & (pl.col("delivered") >= NEARLY_WHOLE))
            .then(pl.lit("nearly"))
            .when(is_short | pl.col("lacks"))
            .then(pl.lit("partial"))
            .when(pl.col("denominator") < indicator.least_count)
            .then(pl.lit("few"))
            .otherwise(pl.lit("ok"))
        )
        .rename({"longer": "period"})
        .select("region_code", "period", "numerator", "denominator", "value", "quality", "delivered")
        .sort("region_code", "period")
    )
