"""How an indicator stands: newest figure, change, target, chance, sparkline. Plain values, worked out from rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from analytics.indicator import Indicator, PeriodKind
from analytics.period import is_running, newest_of, shifted, year_before

Verdict = Literal["reached", "likely", "risk", "behind", "none"]
# A chance below it counts as a risk.
EVEN = 0.5
# Where the target is a level to be near to, this share of it counts as near.
NEAR = 0.1
# States of the model register in which something of a forecast is drawn: the fan, or the direction alone.
DRAWN = ("shown", "trend")
# Why a target may have no chance, as its row says.
UNTOLD = ("short", "stale")
# Changes smaller than this share of the base are none: they would be read as one after rounding.
LEAST = 5e-4
# A rate of so much of its period still stands for the whole.
LEAST_COMPARED = 2 / 3

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside an earlier one.

    Attributes
    ----------
    now, period : str
        The period of the figure, and the earlier one.
    base, difference : float
        The earlier value, and value minus base.
    is_good : bool or None
        Whether the change is for the better; None where neither is better or nothing changed.
    """

    now: str
    period: str
    base: float
    difference: float
    is_good: bool | None


@dataclass(frozen=True, slots=True)
class Aim:
    """A target and how the newest figure stands to it.

    Attributes
    ----------
    value, year : float, int
        What is wanted by the end of which year.
    kind, source_zh, source_en : str
        Plan, norm or working figure, and who says so.
    reached : float
        What there is of it: the newest figure, of a total of a year the sum so far, of a rate the rate of the year.
    gap : float
        That minus the target.
    is_met : bool
        Whether it holds the target.
    is_total : bool
        Whether the target is one of the sum of a year.
    is_so_far : bool
        Whether what there is of it is the rate of the running year and not the newest figure.
    is_over : bool
        Whether the day has gone by: the target stands on.
    was_reached : bool or None
        Whether it was reached on the day; None before the day, or where no figure tells.
    chance, chance_year : float or None, int
        Probability that it is reached, or still held, at the end of that year; None where nobody computed one, or
        where it is decided.
    untold : {"", "short", "stale"}
        Why nobody computed one: too few figures, or none for a year; empty where that is not the reason.
    skill : float or None
        How much more the chances of past years told than one chance for all (Brier skill score); None where that was
        not to be tested.
    trials : int
        Past outcomes that it was tested on.
    expected : (float, float, float) or None
        What is expected at the end of that year: 5 %, 50 % and 95 % quantile.
    """

    value: float
    year: int
    kind: str
    source_zh: str
    source_en: str
    reached: float
    gap: float
    is_met: bool
    is_total: bool
    is_so_far: bool
    is_over: bool
    was_reached: bool | None
    chance: float | None
    chance_year: int
    untold: str
    skill: float | None
    trials: int
    expected: tuple[float, float, float] | None

    @property
    def is_untellable(self) -> bool:
        """Whether past chances were no better than one chance for all."""
        return self.chance is not None and self.skill is not None and self.skill <= 0

    @property
    def is_surprising(self) -> bool:
        """Whether the target is met by now and unlikely to be, or the other way round."""
        return self.chance is not None and self.expected is not None and self.is_met != (self.chance >= EVEN)

    @property
    def verdict(self) -> Verdict:
        """What a leader reads: reached, likely to be, at risk of missing or losing it, or behind, chance unknown."""
        if self.chance is None:
            return "reached" if self.is_met else "behind"
        if self.chance < EVEN:
            return "risk"
        return "reached" if self.is_met else "likely"


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the card of one indicator shows.

    Attributes
    ----------
    indicator : Indicator
        Which.
    kind : str
        Kind of the periods.
    rows : sequence of mappings
        Its figures, the oldest first: ``period, numerator, denominator, value, quality``.
    wanted, due : str
        The period that is asked for, and the newest that is over by then: only that one can be late.
    change : Change or None
        Of the newest figure; where that is open, of the period right before. None where there is nothing to compare
        with, or one of the two is not the whole (:func:`is_comparable`).
    is_open : bool
        Whether the newest figure counts a period that is not over, which no whole period compares with. A level has
        no such part: it is what it is now.
    aim : Aim or None
        Target.
    outlook : sequence of mappings
        Forecast: ``period, mean, q05, q25, q50, q75, q95``; empty where none may be shown.
    model : mapping or None
        Line of the model register.
    flag : mapping or None
        The newest unusual figure of the last months.
    is_partial : bool
        Whether there is a target of the whole area, of which only a part is measured: so it has no ``aim``.
    is_other_scale : bool
        Whether there is a target of the whole year and the figures are of quarters: so it has no ``aim``.
    """

    indicator: Indicator
    kind: PeriodKind
    rows: Sequence[Row]
    wanted: str
    due: str
    change: Change | None
    is_open: bool
    aim: Aim | None
    outlook: Sequence[Row]
    model: Row | None
    flag: Row | None
    is_partial: bool = False
    is_other_scale: bool = False

    @property
    def newest(self) -> Row | None:
        """The newest row with a value."""
        return next((row for row in reversed(self.rows) if row["value"] is not None), None)

    @property
    def is_silent(self) -> bool:
        """Whether the newest period that is over has no value, because nothing came in."""
        return self.newest is None or self.newest["period"] < self.due

    @property
    def silent_since(self) -> str:
        """The first period without a value, of those that are over; empty where there is none."""
        return "" if self.newest is None or not self.is_silent else shifted(str(self.newest["period"]), 1)


def standing(
    indicator: Indicator,
    rows: Sequence[Row],
    *,
    kind: PeriodKind,
    month: str,
    compare: str,
    outlook: Sequence[Row] = (),
    model: Row | None = None,
    target: Row | None = None,
    flag: Row | None = None,
) -> Standing:
    """Return how an indicator stands.

    Parameters
    ----------
    indicator : Indicator
        Which.
    rows : sequence of mappings
        Its figures in one area, the oldest first.
    kind : str
        Kind of their periods.
    month : str
        Figures up to its end.
    compare : {"year", "last", "target"}
        What the newest is compared with.
    outlook, model, target, flag
        Rows of the marts, as far as there are some.
    """
    newest = next((row for row in reversed(rows) if row["value"] is not None), None)
    is_total = adds_up(indicator)
    is_open = newest is not None and indicator.accumulation != "stock" and _is_running(newest, month)
    change = None if newest is None else _change(indicator, rows, newest, compare, is_open=is_open)
    # A total of a quarter has another scale than the target of the year, and quantiles do not add to those of a year.
    is_own = kind == indicator.period
    is_of_scale = is_own or kind == "year" or not is_total
    if target is not None and str(target["latest_period"] or "") > newest_of(indicator.period, month):
        # Chances are those of the newest month: looking back they are hindsight.
        target = None
    # What is wanted of the whole province is not asked of a part of it.
    is_partial = target is not None and target["method"] == "partial"
    is_aimed = not is_partial and is_of_scale
    aim = _aim(indicator, rows, newest, target, month) if newest is not None and is_aimed else None
    wanted = newest_of(kind, month)
    is_shown = is_own and model is not None and model["state"] in DRAWN and newest is not None
    later = [row for row in outlook if row["period"] > newest["period"]] if is_shown and newest is not None else []
    if later and later[0]["period"] > shifted(wanted, 1):
        # Forecasts start after the newest month of all: looking back, there were none yet.
        later = []
    due = shifted(wanted, -1) if is_running(wanted, month) else wanted
    is_other_scale = target is not None and not is_of_scale
    return Standing(
        indicator, kind, rows, wanted, due, change, is_open, aim, later, model, flag, is_partial, is_other_scale
    )


def _is_running(newest: Row, month: str) -> bool:
    """Return whether a figure is of a period that is not over, by its flag or by the month that is looked back from."""
    return newest["quality"] == "provisional" or is_running(str(newest["period"]), month)


def adds_up(indicator: Indicator) -> bool:
    """Return whether the figures of a year's periods add up to the figure of the year."""
    return indicator.accumulation == "flow" and indicator.combination in {"sum", "per_resident"}


def is_comparable(indicator: Indicator, row: Row) -> bool:
    """Return whether a figure compares with whole ones: no total that lacks deliveries does, nor a rate of little."""
    if row["quality"] != "partial":
        return True
    share = row.get("delivered")
    return not adds_up(indicator) and (share is None or share >= LEAST_COMPARED)


def is_better(indicator: Indicator, before: float, after: float) -> bool | None:
    """Return whether a figure is better than another; None where neither is or they are equal as they are shown."""
    # Percentages are compared in points: half a digit that is not shown is no change.
    shown = 0.5 * 10.0 ** -max(indicator.decimals, 1) if indicator.unit == "%" else 0.0
    if abs(after - before) <= max(LEAST * abs(before), shown):
        return None
    if indicator.direction == "up":
        return after > before
    if indicator.direction == "down":
        return after < before
    if indicator.direction == "target" and indicator.target is not None:
        return abs(after - indicator.target.value) < abs(before - indicator.target.value)
    return None


def meets(indicator: Indicator, value: float, wanted: float) -> bool:
    """Return whether a value holds a target: at least, at most, or near it."""
    if indicator.direction == "target":
        return abs(value - wanted) <= NEAR * abs(wanted)
    return value <= wanted if indicator.direction == "down" else value >= wanted


def _change(indicator: Indicator, rows: Sequence[Row], newest: Row, compare: str, *, is_open: bool) -> Change | None:
    """Return the change of the newest figure, of an open one that of the whole period right before."""
    now = shifted(str(newest["period"]), -1) if is_open else str(newest["period"])
    period = shifted(now, -1) if compare == "last" else year_before(now)
    whole = [row for row in rows if row["value"] is not None and is_comparable(indicator, row)]
    known = {row["period"]: float(row["value"]) for row in whole}
    value, base = known.get(now), known.get(period)
    if value is None or base is None:
        return None
    return Change(now, period, base, value - base, is_better(indicator, base, value))


def _aim(indicator: Indicator, rows: Sequence[Row], newest: Row, target: Row | None, month: str) -> Aim | None:
    own = indicator.target
    if target is not None and target["target_value"] is None:
        target = None
    if target is None and own is None:
        return None
    is_by_year = indicator.period == "year" or not adds_up(indicator)
    if not is_by_year and str(newest["period"]) <= year_before(newest_of(indicator.period, month)):
        # Nothing came for a year: sums of years gone by are no part of this one.
        return None
    wanted, year, kind = (own.value, own.year, own.kind) if own is not None else (0.0, 0, "working")
    if target is not None:
        wanted, year, kind = float(target["target_value"]), int(target["due_year"]), target["target_kind"]
    is_total = target is not None and target["method"] == "total"
    value, is_so_far = _reached(indicator, rows, newest, target)
    is_met = meets(indicator, value, wanted)
    is_over = month > f"{year}-12"
    was_reached = None
    if is_over:
        outcome = None if target is None else target["outcome"]
        was_reached = outcome == "reached" if outcome in {"reached", "missed"} else _reached_then(indicator, rows, year)
    chance = None if target is None else target["reach_probability"]
    if chance in {0.0, 1.0}:
        # What was counted does not go away: there is no chance left in it.
        chance = None
    return Aim(
        value=wanted,
        year=year,
        kind=kind,
        source_zh="" if own is None else own.source_zh,
        source_en="" if own is None else own.source_en,
        reached=value,
        gap=value - wanted,
        is_met=is_met,
        is_total=is_total,
        is_so_far=is_so_far,
        is_over=is_over,
        was_reached=was_reached,
        chance=None if chance is None else float(chance),
        chance_year=year if target is None else int(target["expected_year"] or year),
        untold=str(target["method"]) if target is not None and target["method"] in UNTOLD else "",
        skill=None if target is None else target.get("skill"),
        trials=0 if target is None else int(target.get("trial_count") or 0),
        expected=_expected(target),
    )


def _expected(target: Row | None) -> tuple[float, float, float] | None:
    found = [] if target is None else [target.get(name) for name in ("low", "expected_value", "high")]
    low, middle, high = (None if one is None else float(one) for one in found or (None,) * 3)
    return None if low is None or middle is None or high is None else (low, middle, high)


def _reached(indicator: Indicator, rows: Sequence[Row], newest: Row, target: Row | None) -> tuple[float, bool]:
    """Return what there is of a target of a year, and whether that is the year so far and not the newest figure.

    Sums are those so far, and rates those of the year so far: a month is no measure of a year. A level is what it is
    now, and so is the one figure of a year that is not over.
    """
    own = float(newest["value"])
    if target is None or target["latest_value"] is None or indicator.accumulation == "stock":
        return own, False
    if target["method"] == "total":
        year = str(newest["period"])[:4]
        known = [row["value"] for row in rows if str(row["period"])[:4] == year and row["value"] is not None]
        return math.fsum(float(value) for value in known), False
    year_so_far = float(target["latest_value"])
    if indicator.period == "year" or abs(year_so_far - own) <= LEAST * abs(own):
        return own, False
    return year_so_far, True


def _reached_then(indicator: Indicator, rows: Sequence[Row], year: int) -> bool | None:
    """Return whether the last figure of a year held the target, None where the year has no figure."""
    then = [row["value"] for row in rows if str(row["period"])[:4] == str(year) and row["value"] is not None]
    wanted = indicator.target
    return meets(indicator, float(then[-1]), wanted.value) if then and wanted is not None else None


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of a system in a few counts.

    Attributes
    ----------
    count, aimed : int
        Indicators with a figure, and those of them with a target that is stated somewhere.
    reached, risky : sequence of Standing
        Of these, those that hold their target or are likely to, and those at risk or behind, the least likely first.
    working : int
        Indicators without a stated target that fall behind their own growth.
    silent : sequence of Standing
        Those that had figures, but none of the newest period that is over.
    worst : Standing or None
        The one with the largest unusual figure.
    """

    count: int
    aimed: int
    reached: Sequence[Standing]
    risky: Sequence[Standing]
    working: int
    silent: Sequence[Standing]
    worst: Standing | None


def summary(standings: Sequence[Standing]) -> Summary:
    """Return the counts of the sentence above the cards."""
    aimed = [one for one in standings if one.aim is not None and one.indicator.target is not None]
    risky = [one for one in aimed if one.aim is not None and one.aim.verdict in {"risk", "behind"}]
    flagged = [one for one in standings if one.flag is not None]
    return Summary(
        count=sum(one.newest is not None for one in standings),
        aimed=len(aimed),
        reached=[one for one in aimed if one.aim is not None and one.aim.verdict in {"reached", "likely"}],
        risky=sorted(risky, key=_chance),
        working=sum(
            one.indicator.target is None and one.aim is not None and one.aim.verdict in {"risk", "behind"}
            for one in standings
        ),
        silent=[one for one in standings if one.newest is not None and one.is_silent],
        worst=max(flagged, key=_size, default=None),
    )


def _chance(one: Standing) -> float:
    return -1.0 if one.aim is None or one.aim.chance is None else one.aim.chance


def _size(one: Standing) -> float:
    return 0.0 if one.flag is None or one.flag["score"] is None else abs(float(one.flag["score"]))


def flag_share(flag: Row) -> float | None:
    """Return how far an unusual figure lies from what was expected, as a share of it; None around zero."""
    expected, actual = flag["expected"], flag["actual"]
    if expected is None or actual is None or abs(expected) < 1e-9:
        return None
    return float(actual) / float(expected) - 1.0
