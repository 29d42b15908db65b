"""Faults of the counters at the doors, planted on purpose: stuck, silent, doubled, copied, and days out of range."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo.world import World


class _Counts(Protocol):
    @property
    def entry(self) -> npt.NDArray[np.int32]: ...
    @property
    def exit(self) -> npt.NDArray[np.int32]: ...
    @property
    def present(self) -> npt.NDArray[np.int32]: ...


# Kind -> days that it lasts, from and to, factor on all counts, and what a reader is told.
_PLAN: dict[str, tuple[int, int, float | None, str]] = {
    "stuck": (6, 20, None, "the counter of a venue shows one number of people present, day and night"),
    "zero": (10, 30, 0.0, "the counter of a venue is silent"),
    "outlier": (1, 1, 6.0, "one day counts six times the visitors"),
    "shift": (60, 150, 1.8, "a counter sees most visitors twice"),
    "drop": (25, 50, 0.35, "a part of the venue is closed for works"),
    "repeated": (28, 28, None, "four weeks are those of the four weeks before"),
}
# One fault of each kind for so many venues.
_VENUES_A_FAULT = 70
_OLDEST_DAY = 800


def plant_counter_faults(world: World, venue_id: pl.Series, region_code: pl.Series, counts: _Counts) -> None:
    """Change the counts in place and record what was planted; every venue is hit at most once.

    Parameters
    ----------
    venue_id, region_code : polars.Series
        Of the venues, in the order of the counts.
    counts : arrays of shape (venues, days, hours)
        Entries, exits, present. People still are conserved but where a counter is stuck.
    """
    random = world.random("venue_visit faults")
    each = max(1, round(len(venue_id) / _VENUES_A_FAULT))
    kinds = [kind for kind in _PLAN for _ in range(each)]
    venues = random.choice(len(venue_id), size=min(len(kinds), len(venue_id)), replace=False).tolist()
    for kind, venue in zip(kinds, venues, strict=False):
        shortest, longest, factor, note = _PLAN[kind]
        length = int(random.integers(shortest, longest + 1))
        first = int(random.integers(_OLDEST_DAY, counts.entry.shape[1] - length - 5))
        _strike(kind, factor, counts, venue, slice(first, first + length))
        world.plant(
            "venue_visit",
            kind,
            region_code=region_code[venue],
            entity=venue_id[venue],
            started_on=world.days["date"][first],
            ended_on=world.days["date"][first + length - 1],
            factor=factor,
            note=note,
        )


def _strike(kind: str, factor: float | None, counts: _Counts, venue: int, days: slice) -> None:
    for values in (counts.entry, counts.exit, counts.present):
        if kind == "repeated":
            length = days.stop - days.start
            values[venue, days] = values[venue, days.start - length : days.start]
        elif factor is not None and factor != round(factor):
            # Present is what the changed doors say, so it is summed anew below.
            values[venue, days] = np.round(values[venue, days] * factor)
        elif factor is not None:
            values[venue, days] *= int(factor)
    if kind == "stuck":
        counts.present[venue, days] = max(1, int(counts.present[venue, days.start].max()))
        counts.entry[venue, days] = counts.exit[venue, days] = 0
    elif factor is not None and factor != round(factor):
        inside = np.cumsum(counts.entry[venue, days], axis=1)
        gone = np.minimum(np.cumsum(counts.exit[venue, days], axis=1), inside)
        # The last who came are out when the doors close.
        gone[:, -1] = inside[:, -1]
        gone = np.maximum.accumulate(gone, axis=1)
        counts.exit[venue, days] = np.diff(gone, axis=1, prepend=0)
        counts.present[venue, days] = inside - gone
