"""Orders of points along space-filling curves: near in space becomes near in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

# 2^16 x 2^16 steps over the box of the data: 8 m over 500 km, finer than a street block.
CURVE_BITS = 16


@njit(cache=True, nogil=True)
def _hilbert_keys(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    keys = np.empty(len(x), dtype=np.int64)
    for i in range(len(x)):
        px, py, key = x[i], y[i], np.int64(0)
        side = np.int64(1) << (bits - 1)
        while side > 0:
            right = 1 if px & side else 0
            top = 1 if py & side else 0
            key += side * side * ((3 * right) ^ top)
            if top == 0:
                if right == 1:
                    px, py = side - 1 - (px & (side - 1)), side - 1 - (py & (side - 1))
                px, py = py, px
            side >>= 1
        keys[i] = key
    return keys


@njit(cache=True, nogil=True)
def _morton_keys(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    keys = np.empty(len(x), dtype=np.int64)
    for i in range(len(x)):
        key = np.int64(0)
        for bit in range(bits):
            key |= ((x[i] >> bit) & 1) << (2 * bit) | ((y[i] >> bit) & 1) << (2 * bit + 1)
        keys[i] = key
    return keys


def _steps(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return whole steps 0..2^16-1 along both axes of the square box of the points."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not len(x):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    side = max(float(np.ptp(x)), float(np.ptp(y))) or 1.0
    scale = (2**CURVE_BITS - 1) / side
    return ((x - x.min()) * scale).astype(np.int64), ((y - y.min()) * scale).astype(np.int64)


def hilbert_keys(x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the place of each point along a Hilbert curve over the box of all points.

    Parameters
    ----------
    x, y : array_like of float, shape (k,)
        Finite coordinates in any one unit.

    Returns
    -------
    int64, shape (k,)
        0 to 2^32 - 1; points in the same step of the curve share a key.

    Notes
    -----
    Source: D. Hilbert (1891); law ``neighbours along the curve are neighbours in space``.
    """
    return _hilbert_keys(*_steps(x, y), CURVE_BITS)


def morton_keys(x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the place of each point along a Morton (Z-order) curve; see `hilbert_keys`.

    Every square of a power-of-two grid is one unbroken range of keys, which suits lookups by tile.
    """
    return _morton_keys(*_steps(x, y), CURVE_BITS)


def hilbert_order(x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the indices that sort points along the Hilbert curve; ties by x, then y, then input order."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return np.lexsort((y, x, hilbert_keys(x, y)))
