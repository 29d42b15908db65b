"""Opening hours as weeks of quarter hours: which places are open on a weekday at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined] # stubs forget the error

SLOT_MINUTES = 15
SLOTS_A_DAY = 24 * 60 // SLOT_MINUTES
SLOTS_A_WEEK = 7 * SLOTS_A_DAY
MONTHS = 12
# The year whose weeks stand for every year: for each month its second week that starts on a Monday, so that the week
# lies inside the month and away from its ends.
REFERENCE_YEAR = 2026
_EARLIEST_MONDAY = 8

# School venues open to residents after class (the usual terms of the national opening-up programme); used only where
# a school delivered no hours.
AFTER_CLASS = "Mo-Fr 17:30-20:30; Sa-Su 08:00-20:00"

Week = npt.NDArray[np.bool_]


def week_mask(text: str) -> Week | None:
    """Return when a place is open in a normal week of each month, shape (12, 672); None where the text says nothing.

    Parameters
    ----------
    text : str
        Opening hours in the grammar of OpenStreetMap, ``Mo-Fr 08:00-12:00,14:00-22:00; Sa,Su 09:00-21:00``.

    Returns
    -------
    bool, shape (12, 672) or None
        ``[month - 1, slot]`` is True where the place is open at the start of the quarter hour; slot 0 is Monday 00:00.

    Notes
    -----
    A normal week has no public holidays: rules for ``PH`` change nothing. Hours that the text calls unknown
    ("by appointment") count as open. ``sunrise`` and ``sunset`` are the grammar's own 07:00 and 19:00.
    """
    try:
        hours = OpeningHours(text)
    except ParserError:
        return None
    mask = np.zeros((MONTHS, SLOTS_A_WEEK), np.bool_)
    for month in range(1, MONTHS + 1):
        monday = _reference_monday(month)
        for start, end, state, _ in hours.intervals(monday, monday + timedelta(days=7)):
            if state != State.CLOSED:
                mask[month - 1, _first_slot(start, monday) : _first_slot(end, monday)] = True
    return mask


def week_slot(weekday: int, minute: int) -> int:
    """Return the quarter hour of the week that holds a minute (0..1439) of a weekday (Monday is 0)."""
    return weekday * SLOTS_A_DAY + minute // SLOT_MINUTES


def _reference_monday(month: int) -> datetime:
    earliest = datetime(REFERENCE_YEAR, month, _EARLIEST_MONDAY)  # noqa: DTZ001 - hours on a wall have no zone
    return earliest + timedelta(days=-earliest.weekday() % 7)


def _first_slot(moment: datetime, monday: datetime) -> int:
    """Return the first slot that starts at or after a moment."""
    return int(-((monday - moment) // timedelta(minutes=SLOT_MINUTES)))
