"""Civil dawn and dusk: between them outdoor sport needs no lamps."""

from __future__ import annotations

import numpy as np

# The sun's centre is this far below the horizon when civil twilight ends, and at sunset (refraction and radius).
CIVIL_TWILIGHT_DEGREES = -6.0
SUNSET_DEGREES = -0.833
_MID_MONTH = 15
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_A_YEAR = 365
# China keeps one time, UTC+8, from Kashi to Fuyuan.
CHINA_OFFSET_MINUTES = 480


def sun_below(
    lon: float, lat: float, month: int, *, altitude_degrees: float = CIVIL_TWILIGHT_DEGREES, day: int = _MID_MONTH
) -> tuple[float, float]:
    """Return when the sun rises above and sinks below an altitude, minutes after midnight, China Standard Time.

    Parameters
    ----------
    lon, lat : float
        Place, WGS-84 degrees.
    month, day : int
        Date; the middle of the month by default.
    altitude_degrees : float
        Altitude of the sun's centre: -6 for civil dawn and dusk, -0.833 for sunrise and sunset.

    Returns
    -------
    (dawn, dusk) : float
        (0, 1440) where the sun stays above all day, (720, 720) where it stays below.

    Notes
    -----
    "General Solar Position Calculations" of NOAA's Global Monitoring Division: equation of time and declination from
    the fractional year, hour angle from the altitude. Good to about a minute below 60 degrees of latitude.

    Raises
    ------
    ValueError
        If there is no such month.
    """
    if not 1 <= month <= len(_DAYS_BEFORE):
        raise ValueError(f"month {month}")
    turn = 2 * np.pi / _DAYS_A_YEAR * (_DAYS_BEFORE[month - 1] + day - 1)
    equation_minutes = 229.18 * (
        0.000075
        + 0.001868 * np.cos(turn)
        - 0.032077 * np.sin(turn)
        - 0.014615 * np.cos(2 * turn)
        - 0.040849 * np.sin(2 * turn)
    )
    declination = (
        0.006918
        - 0.399912 * np.cos(turn)
        + 0.070257 * np.sin(turn)
        - 0.006758 * np.cos(2 * turn)
        + 0.000907 * np.sin(2 * turn)
        - 0.002697 * np.cos(3 * turn)
        + 0.00148 * np.sin(3 * turn)
    )
    north = np.radians(lat)
    cosine = (np.sin(np.radians(altitude_degrees)) - np.sin(north) * np.sin(declination)) / (
        np.cos(north) * np.cos(declination)
    )
    if cosine <= -1:
        return 0.0, 1440.0
    if cosine >= 1:
        return 720.0, 720.0
    noon = 720 - 4 * lon - equation_minutes + CHINA_OFFSET_MINUTES
    half_day = 4 * np.degrees(np.arccos(cosine))
    return float(noon - half_day), float(noon + half_day)


def is_dark(lon: float, lat: float, month: int, minute: int) -> bool:
    """Return whether a minute of the day lies before civil dawn or after civil dusk in the middle of a month."""
    dawn, dusk = sun_below(lon, lat, month)
    return minute < dawn or minute >= dusk
