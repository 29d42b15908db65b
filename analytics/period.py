"""Periods as texts: which kind one is, when it begins, the one before and the one a year before."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from analytics.indicator import PERIOD_KINDS, PeriodKind

_SHAPES: dict[PeriodKind, re.Pattern[str]] = {
    "hour": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}"),
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "week": re.compile(r"\d{4}-W\d{2}"),
    "month": re.compile(r"\d{4}-\d{2}"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "year": re.compile(r"\d{4}"),
}
_QUARTER, _YEAR = 3, 12


def kind_of(period: str) -> PeriodKind:
    """Return the kind of a period: ``2026-10-31T14``, ``2026-10-31``, ``2026-W44``, ``2026-10``, ``2026-Q4``, ``2026``.

    Raises
    ------
    ValueError
        When a text is no period.
    """
    for kind in PERIOD_KINDS:
        if _SHAPES[kind].fullmatch(period):
            return kind
    raise ValueError(f"{period!r} is no period")


def begins(period: str) -> datetime:
    """Return the moment at which a period begins, written as if in UTC: only differences between them mean anything."""
    kind = kind_of(period)
    if kind == "hour":
        return datetime.strptime(period, "%Y-%m-%dT%H").replace(tzinfo=UTC)
    if kind == "week":
        return datetime.strptime(f"{period}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    if kind == "quarter":
        return datetime(int(period[:4]), int(period[-1]) * _QUARTER - _QUARTER + 1, 1, tzinfo=UTC)
    month = {"day": period, "month": f"{period}-01", "year": f"{period}-01-01"}[kind]
    return datetime.fromisoformat(month).replace(tzinfo=UTC)


def shifted(period: str, count: int) -> str:
    """Return the period that lies ``count`` periods of the same kind later, earlier where it is negative."""
    kind, begun = kind_of(period), begins(period)
    if kind in ("hour", "day", "week"):
        step = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[kind]
        return holding(begun + count * step, kind)
    months = {"month": 1, "quarter": _QUARTER, "year": _YEAR}[kind] * count
    place = begun.year * _YEAR + begun.month - 1 + months
    return holding(datetime(place // _YEAR, place % _YEAR + 1, 1, tzinfo=UTC), kind)


def year_before(period: str) -> str:
    """Return the same period of the year before; of days and hours that of 52 weeks before, the same day of the week.

    Of the 53rd week of a year it is the 52nd of the year before.
    """
    kind = kind_of(period)
    if kind in ("month", "quarter", "year"):
        return shifted(period, -{"month": 12, "quarter": 4, "year": 1}[kind])
    if kind == "week":
        last = date(int(period[:4]) - 1, 12, 28).isocalendar().week
        return f"{int(period[:4]) - 1}-W{min(int(period[-2:]), last):02d}"
    return holding(begins(period) - timedelta(weeks=52), kind)


def holding(instant: datetime, kind: PeriodKind) -> str:
    """Return the period of a kind that holds an instant."""
    if kind == "quarter":
        return f"{instant.year}-Q{(instant.month - 1) // _QUARTER + 1}"
    form = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}[kind]
    return instant.strftime(form)


def is_running(period: str, month: str) -> bool:
    """Return whether a period goes on after the end of a month, ``YYYY-MM``: it is not over by then."""
    return begins(shifted(period, 1)) > begins(shifted(month, 1))


def newest_of(kind: PeriodKind, month: str) -> str:
    """Return the newest period of a kind that begins in or before a month, ``YYYY-MM``: the last day, the quarter."""
    after = begins(shifted(month, 1))
    return holding(after - timedelta(seconds=1), kind)
