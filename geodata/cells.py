"""The population grid: square cells of the province's Albers plane, their names, corners and order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geodata.crs import PROVINCE_ALBERS, Floats, project, unproject
from geodata.hilbert import hilbert_order
from kernel.errors import UsageError

CELL_SIZE_M = 100

# Names count cells from a corner 2,000 km south-west of the projection's origin, so that they have no signs.
_NAME_ORIGIN_M = 2_000_000

Ints = npt.NDArray[np.int64]


def cell_indices(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, size_m: int = CELL_SIZE_M, projection: str = PROVINCE_ALBERS
) -> tuple[Ints, Ints]:
    """Return the column and row of the cell that holds each position.

    Parameters
    ----------
    lon, lat : array_like of float, shape (k,)
        Degrees, WGS-84, finite.
    size_m : int
        Side of a cell, metres.
    projection : str
        Plane of the grid, from ``geodata.crs``.

    Returns
    -------
    column, row : int64, shape (k,)
        The cell covers ``column * size_m <= x < (column + 1) * size_m`` and likewise ``row`` and y.
    """
    x, y = project(lon, lat, projection)
    return np.floor(x / size_m).astype(np.int64), np.floor(y / size_m).astype(np.int64)


def cell_centres(
    column: npt.ArrayLike, row: npt.ArrayLike, *, size_m: int = CELL_SIZE_M, projection: str = PROVINCE_ALBERS
) -> tuple[Floats, Floats]:
    """Return longitude and latitude (WGS-84 degrees) of the middles of cells."""
    return unproject(
        (np.asarray(column, dtype=np.float64) + 0.5) * size_m,
        (np.asarray(row, dtype=np.float64) + 0.5) * size_m,
        projection,
    )


def cell_names(column: npt.ArrayLike, row: npt.ArrayLike, *, size_m: int = CELL_SIZE_M) -> list[str]:
    """Return names such as ``100mE21234N18765``: size, then cells east and north of a far corner.

    Raises
    ------
    UsageError
        When a cell lies more than 2,000 km west or south of the origin of the projection.
    """
    shift = _NAME_ORIGIN_M // size_m
    east, north = np.asarray(column, dtype=np.int64) + shift, np.asarray(row, dtype=np.int64) + shift
    if (east < 0).any() or (north < 0).any():
        raise UsageError(
            "A cell lies too far from the middle of its projection to be named.",
            fix="Use geodata.crs.local_projection of the data.",
        )
    return [f"{size_m}mE{e}N{n}" for e, n in zip(east.tolist(), north.tolist(), strict=True)]


def cell_of_name(name: str) -> tuple[int, int, int]:
    """Return column, row and size in metres of a cell's name.

    Raises
    ------
    UsageError
        When the text is no cell name.
    """
    size, east, north = _parse(name)
    shift = _NAME_ORIGIN_M // size
    return east - shift, north - shift, size


def _parse(name: str) -> tuple[int, int, int]:
    head, _, tail = name.partition("mE")
    east, _, north = tail.partition("N")
    if not all(part.isascii() and part.isdigit() for part in (head, east, north)) or int(head) == 0:
        raise UsageError(f"{name!r} is not the name of a cell.", fix="Write it like 100mE21234N18765.")
    return int(head), int(east), int(north)


def cell_corners(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, size_m: npt.ArrayLike = CELL_SIZE_M, projection: str = PROVINCE_ALBERS
) -> Floats:
    """Return the corners of squares about given middles, for drawing.

    Parameters
    ----------
    lon, lat : array_like of float, shape (k,)
        Middles, WGS-84 degrees.
    size_m : array_like of float, scalar or shape (k,)
        Sides, metres.
    projection : str
        Plane in which the sides are straight and axis-parallel.

    Returns
    -------
    float64, shape (k, 4, 2)
        Longitude and latitude of the south-west, south-east, north-east and north-west corner.
    """
    x, y = project(lon, lat, projection)
    half = np.broadcast_to(np.asarray(size_m, dtype=np.float64) / 2.0, x.shape)
    corner_x = np.stack([x - half, x + half, x + half, x - half], axis=-1)
    corner_y = np.stack([y - half, y - half, y + half, y + half], axis=-1)
    return np.stack(unproject(corner_x, corner_y, projection), axis=-1)


def cell_order(lon: npt.ArrayLike, lat: npt.ArrayLike, *, projection: str = PROVINCE_ALBERS) -> Ints:
    """Return the indices that put cells along a Hilbert curve in the plane; ties keep input order."""
    return hilbert_order(*project(lon, lat, projection))
