"""Age bands of residents, how fast they walk, and what a time limit means for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.network import UNIT_S

# Order of the columns of a residents array; "all" is everybody.
BANDS = ("all", "age_0_4", "age_5_14", "age_15_34", "age_35_59", "age_60_79", "age_80_plus")

CIRCLE_MINUTES = (5, 10, 15)

ADULT_SPEED_KM_PER_H = 4.8
# Settled with the users (docs/accessibility.md): adults 800 m in 10 min (the plan's circle); slower groups reach less.
SPEEDS_KM_PER_H: Mapping[str, float] = MappingProxyType(
    {"child": 4.0, "adult": ADULT_SPEED_KM_PER_H, "aged_60_79": 3.6, "aged_80_plus": 2.7, "wheelchair": 3.0}
)
# Which pace a band walks at when groups are told apart. Everybody together is measured at the adult pace.
BAND_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "all": "adult",
        "age_0_4": "child",
        "age_5_14": "child",
        "age_15_34": "adult",
        "age_35_59": "adult",
        "age_60_79": "aged_60_79",
        "age_80_plus": "aged_80_plus",
    }
)
# A wheelchair takes no steps: its search leaves out edges with ``edge_has_steps``, the others do not.
GROUPS_WITHOUT_STEPS = frozenset({"wheelchair"})


def limit_units(minutes: float, speed_km_per_h: float = ADULT_SPEED_KM_PER_H) -> int:
    """Return the largest cost (units of 0.02 s at the adult pace) that a group walks within so many minutes.

    Costs are lengths in disguise: someone at 3.6 km/h needs 4.8 / 3.6 of the time for the same cost, so 10 minutes
    take them as far as 7.5 adult minutes.

    Raises
    ------
    ValueError
        If the time is negative or the speed is not above zero.
    """
    if minutes < 0 or not speed_km_per_h > 0:
        raise ValueError(f"{minutes} min at {speed_km_per_h} km/h is no walk")
    # A hair above, so that 22,500 does not become 22,499 by a rounding of the division.
    return int(np.floor(minutes * 60 / UNIT_S * (speed_km_per_h / ADULT_SPEED_KM_PER_H) + 1e-6))


def band_limits(minutes: Sequence[float] = CIRCLE_MINUTES, *, at_own_pace: bool = False) -> npt.NDArray[np.int64]:
    """Return the cost limit of each time and band, shape (minutes, 7), in units of 0.02 s at the adult pace.

    Parameters
    ----------
    minutes : sequence of float
        Times.
    at_own_pace : bool
        False measures every band at the adult pace of the plan, so that bands sum to the total.
    """
    speeds = [SPEEDS_KM_PER_H[BAND_GROUPS[band]] if at_own_pace else ADULT_SPEED_KM_PER_H for band in BANDS]
    return np.array([[limit_units(minute, speed) for speed in speeds] for minute in minutes], np.int64)


class Group(NamedTuple):
    """Who walks: whose residents are counted, how fast they go, and whether steps bar their way.

    Attributes
    ----------
    speed_km_per_h : float
        Settled pace.
    bands : tuple of str
        Columns of a residents array (``BANDS``) that make up the group.
    takes_steps : bool
        False searches the network without steps.
    """

    speed_km_per_h: float
    bands: tuple[str, ...]
    takes_steps: bool = True


# The six views of one circle. "everyone" is the plan's figure: all residents at the adult pace. Nobody delivers who
# uses a wheelchair where, so "wheelchair" says how many residents live where a wheelchair would reach a venue in time.
GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "everyone": Group(ADULT_SPEED_KM_PER_H, ("all",)),
        "child": Group(SPEEDS_KM_PER_H["child"], ("age_0_4", "age_5_14")),
        "adult": Group(ADULT_SPEED_KM_PER_H, ("age_15_34", "age_35_59")),
        "aged_60_79": Group(SPEEDS_KM_PER_H["aged_60_79"], ("age_60_79",)),
        "aged_80_plus": Group(SPEEDS_KM_PER_H["aged_80_plus"], ("age_80_plus",)),
        "wheelchair": Group(SPEEDS_KM_PER_H["wheelchair"], ("all",), takes_steps=False),
    }
)


def group_limits(minutes: Sequence[float] = CIRCLE_MINUTES) -> npt.NDArray[np.int64]:
    """Return the cost limit of each time and group, shape (minutes, 6), each group at its own pace."""
    return np.array([[limit_units(minute, group.speed_km_per_h) for group in GROUPS.values()] for minute in minutes])


def group_residents(residents: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return residents by group, shape (k, 6), from residents by band, shape (k, 7); NaN stays NaN."""
    people = np.asarray(residents, np.float32)
    return np.stack(
        [people[:, [BANDS.index(band) for band in group.bands]].sum(axis=1) for group in GROUPS.values()], axis=1
    )
