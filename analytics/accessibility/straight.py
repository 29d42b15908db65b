"""The straight-line comparison: how near the nearest venue is to a bird. Shown beside walking, never instead of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geodata.network import UNIT_M, UNREACHED

STRAIGHT_LIMITS_M = (400.0, 800.0, 1_200.0)  # what 5, 10 and 15 minutes would be, were streets straight

# Ellipsoid of WGS-84.
SEMI_MAJOR_AXIS_M = 6_378_137.0
ECCENTRICITY_SQUARED = 6.694_379_990_141_317e-3


def straight_distance_m(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    venue_lon: npt.ArrayLike,
    venue_lat: npt.ArrayLike,
    *,
    limit_m: float = STRAIGHT_LIMITS_M[-1],
    threads: int = 2,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Return the distance to the nearest venue in a straight line, and which it is.

    Parameters
    ----------
    lon, lat : float, shape (k,)
        Points, WGS-84 degrees.
    venue_lon, venue_lat : float, shape (v,)
        Venues (or their entrances), WGS-84 degrees.
    limit_m : float
        Largest distance of interest, metres.
    threads : int
        Threads to work with.

    Returns
    -------
    distance_m : float64, shape (k,)
        Metres, infinite where no venue is within the limit.
    venue : int32, shape (k,)
        Place of the venue, -1 where there is none. Of venues at the very same distance, any one.

    Notes
    -----
    Distances are chords between points on the ellipsoid in space: below 10 km they differ from geodesics by less than
    a millimetre, everywhere on Earth, which no flat projection offers.
    """
    points, venues = _in_space(lon, lat), _in_space(venue_lon, venue_lat)
    if not len(venues):
        return np.full(len(points), np.inf), np.full(len(points), -1, np.int32)
    tree = cKDTree(venues, balanced_tree=False, compact_nodes=False)
    distance, place = tree.query(points, distance_upper_bound=np.nextafter(limit_m, np.inf), workers=threads)
    return distance, np.where(np.isfinite(distance), place, -1).astype(np.int32)


def _in_space(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return Earth-centred coordinates in metres, shape (k, 3), of points on the ellipsoid."""
    east, north = np.radians(np.asarray(lon, np.float64)), np.radians(np.asarray(lat, np.float64))
    radius = SEMI_MAJOR_AXIS_M / np.sqrt(1 - ECCENTRICITY_SQUARED * np.sin(north) ** 2)
    return np.stack(
        [
            radius * np.cos(north) * np.cos(east),
            radius * np.cos(north) * np.sin(east),
            radius * (1 - ECCENTRICITY_SQUARED) * np.sin(north),
        ],
        axis=-1,
    )


def straight_cost(distance_m: npt.ArrayLike) -> npt.NDArray[np.uint16]:
    """Return straight distances as costs in units of 0.02 s at 4.8 km/h, so that `coverage` counts them alike.

    Rounded to the nearest unit, halves up; 65,535 from there on.
    """
    units = np.floor(np.asarray(distance_m, np.float64) / UNIT_M + 0.5)
    return np.minimum(units, float(UNREACHED)).astype(np.uint16)
