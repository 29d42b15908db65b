"""Drawing one thing of a group, for many draws at once: a venue of a county, an instructor of a city."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints


class Picker:
    """Things by group; each draw names its group and gets one of its things.

    Parameters
    ----------
    group : int, shape (n,)
        Group of every thing.
    weight : float64, shape (n,), optional
        How likely a thing is within its group; equal by default.
    """

    def __init__(self, group: npt.ArrayLike, weight: Floats | None = None) -> None:
        groups = np.asarray(group, dtype=np.int64)
        self._order = np.argsort(groups, kind="stable")
        self._sorted = groups[self._order]
        heavy = np.ones(len(groups)) if weight is None else np.asarray(weight, dtype=np.float64)
        self._above = np.concatenate(([0.0], np.cumsum(heavy[self._order])))

    def pick(self, wanted: npt.ArrayLike, random: np.random.Generator) -> Ints:
        """Return the place of one thing for each wanted group, -1 where the group holds nothing of weight.

        Parameters
        ----------
        wanted : int, shape (m,)
            Group of every draw.
        """
        groups = np.asarray(wanted, dtype=np.int64)
        first = np.searchsorted(self._sorted, groups)
        last = np.searchsorted(self._sorted, groups, side="right")
        low, high = self._above[first], self._above[last]
        drawn = low + random.random(len(groups)) * (high - low)
        place = np.clip(np.searchsorted(self._above, drawn, side="right") - 1, first, np.maximum(last - 1, first))
        is_there = high > low
        return np.where(is_there, self._order[np.where(is_there, place, 0)] if len(self._order) else -1, -1)

    def turn(self, wanted: npt.ArrayLike) -> Ints:
        """Return things of the wanted groups one after another, from the first again when all had a turn; -1 for none.

        Parameters
        ----------
        wanted : int, shape (m,)
            Group of every draw, in the order of the turns.
        """
        groups = np.asarray(wanted, dtype=np.int64)
        first = np.searchsorted(self._sorted, groups)
        size = np.searchsorted(self._sorted, groups, side="right") - first
        order = np.argsort(groups, kind="stable")
        start = np.searchsorted(groups[order], groups[order])
        before = np.empty(len(groups), dtype=np.int64)
        before[order] = np.arange(len(groups)) - start
        place = np.where(size > 0, first + before % np.maximum(size, 1), 0)
        return np.where(size > 0, self._order[place] if len(self._order) else -1, -1)
