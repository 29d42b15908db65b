"""Streets cut where the walking time passes a limit, so that the edge of a circle is drawn where it is."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt


def split_by_cost(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    start: npt.NDArray[np.int64],
    *,
    cost_from: npt.NDArray[np.float64],
    cost_to: npt.NDArray[np.float64],
    cost_along: npt.NDArray[np.float64],
    limits: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64], np.ndarray]:
    """Return polylines cut into pieces of one band of walking time.

    Parameters
    ----------
    x, y : float64, shape (v,)
        Vertices, in any flat unit.
    start : int64, shape (n + 1,)
        Vertices of line ``i`` are ``start[i]:start[i + 1]``.
    cost_from, cost_to : float64, shape (n,)
        Walking cost at the first and the last vertex.
    cost_along : float64, shape (n,)
        Walking cost from one end to the other.
    limits : float64, shape (b,)
        Ascending limits; band ``k`` holds places whose cost is at most ``limits[k]``, band ``b`` all others.

    Returns
    -------
    x, y : float64
        Vertices of the pieces.
    start : int64, shape (p + 1,)
        Where each piece begins.
    source : int64, shape (p,)
        Line of each piece.
    band : uint8, shape (p,)
        Band of each piece.

    Notes
    -----
    The cost at share ``s`` of a line is ``min(cost_from + s * cost_along, cost_to + (1 - s) * cost_along)``: it
    rises from both ends to one ridge, so every band is at most one piece on either side of the ridge.
    """
    pieces = 2 * len(limits) + 1
    lines = len(start) - 1
    capacity = len(x) + 2 * pieces * lines
    out_x, out_y = np.empty(capacity), np.empty(capacity)
    out_start = np.zeros(pieces * lines + 1, np.int64)
    source = np.empty(pieces * lines, np.int64)
    band = np.empty(pieces * lines, np.uint8)
    # Each line runs along x, y; its piece bounds are shares of its drawn length.
    count = _split(x, y, start, _bounds(cost_from, cost_to, cost_along, limits), out_x, out_y, out_start, source, band)
    used = out_start[count]
    return out_x[:used], out_y[:used], out_start[: count + 1], source[:count], band[:count]


def _bounds(
    cost_from: npt.NDArray[np.float64],
    cost_to: npt.NDArray[np.float64],
    cost_along: npt.NDArray[np.float64],
    limits: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return the shares where the bands of each line begin and end, shape (n, 2 b + 2), ascending from 0 to 1."""
    along = np.maximum(cost_along, 1e-9)[:, None]
    ridge = np.clip((cost_to - cost_from + cost_along)[:, None] / (2 * along), 0, 1)
    rise = np.clip((limits[None, :] - cost_from[:, None]) / along, 0, ridge)
    fall = np.clip(1 - (limits[None, :] - cost_to[:, None]) / along, ridge, 1)
    ends = np.zeros((len(along), 1))
    return np.hstack([ends, rise, fall[:, ::-1], ends + 1])


@numba.njit(cache=True, nogil=True)
def _split(  # noqa: PLR0917 - compiled kernels are called by position
    x: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    bounds: np.ndarray,
    out_x: np.ndarray,
    out_y: np.ndarray,
    out_start: np.ndarray,
    source: np.ndarray,
    band: np.ndarray,
) -> int:
    count, at = 0, 0
    turns = bounds.shape[1] - 1
    for line in range(len(start) - 1):
        begin, end = start[line], start[line + 1]
        length = 0.0
        for vertex in range(begin, end - 1):
            length += np.hypot(x[vertex + 1] - x[vertex], y[vertex + 1] - y[vertex])
        for turn in range(turns):
            low, high = bounds[line, turn] * length, bounds[line, turn + 1] * length
            if not high > low:
                continue
            at = _cut(x, y, begin, end, low, high, out_x, out_y, at)
            source[count] = line
            band[count] = min(turn, turns - 1 - turn)
            count += 1
            out_start[count] = at
    return count


@numba.njit(cache=True, nogil=True)
def _cut(  # noqa: PLR0917
    x: np.ndarray,
    y: np.ndarray,
    begin: int,
    end: int,
    low: float,
    high: float,
    out_x: np.ndarray,
    out_y: np.ndarray,
    at: int,
) -> int:
    """Write the part of a line from ``low`` to ``high`` along it; return where the next part goes."""
    passed = 0.0
    is_open = False
    for vertex in range(begin, end - 1):
        dx, dy = x[vertex + 1] - x[vertex], y[vertex + 1] - y[vertex]
        step = np.hypot(dx, dy)
        if not is_open and passed + step >= low and step > 0.0:
            share = max(0.0, (low - passed) / step)
            out_x[at], out_y[at] = x[vertex] + share * dx, y[vertex] + share * dy
            at += 1
            is_open = True
        if is_open:
            share = 1.0 if step == 0.0 else min(1.0, (high - passed) / step)
            out_x[at], out_y[at] = x[vertex] + share * dx, y[vertex] + share * dy
            at += 1
            if passed + step >= high:
                return at
        passed += step
    return at
