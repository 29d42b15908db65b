"""When it is dark in the region of the build, and so which outdoor venues need lamps."""

from __future__ import annotations

from analytics import daylight
from warehouse.queries import _run


def is_dark(month: int, minute: int) -> bool:
    """Return whether a minute of the day is before civil dawn or after civil dusk at the centre of the region."""
    lon, lat = _run.array("venue_hours")["center"]
    return daylight.is_dark(float(lon), float(lat), month, minute)


def twilight(month: int) -> tuple[int, int]:
    """Return civil dawn and dusk at the centre of the region, whole minutes after midnight."""
    lon, lat = _run.array("venue_hours")["center"]
    dawn, dusk = daylight.sun_below(float(lon), float(lat), month)
    return round(dawn), round(dusk)
