"""Residents within reach of a venue, by region, time limit and age band."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import numpy.typing as npt

from geodata.network import UNREACHED
from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import walking_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None


def coverage(
    cost: npt.ArrayLike,
    residents: npt.ArrayLike,
    region_index: npt.ArrayLike,
    limits: npt.ArrayLike,
    *,
    region_count: int,
) -> npt.NDArray[np.float64]:
    """Return the residents within each limit, shape (regions, limits, bands).

    Parameters
    ----------
    cost : uint16, shape (k,)
        Cost of each cell, units; 65,535 is never covered.
    residents : float32, shape (k, b)
        Residents of each cell by band (``BANDS``). NaN where a band was not delivered: its regions are then NaN in
        that band, at every limit, because nobody knows.
    region_index : int16, shape (k,)
        Place of each cell's region, -1 for cells that lie in none; these count nowhere.
    limits : int, shape (m,) or (m, b)
        Limits in units, one for all bands or one each (`band_limits`).
    region_count : int
        Number of regions.

    Raises
    ------
    ValueError
        If shapes do not fit, or a region index is not below the number of regions.

    Notes
    -----
    Laws, each a test: bands sum to the total; a larger limit covers no fewer; a cheaper way covers no fewer; regions
    sum to the region above (`roll_up`).
    """
    costs, people = frozen(cost, np.uint16), frozen(residents, np.float32)
    region, limit = frozen(region_index, np.int16), np.asarray(limits, np.int64)
    if people.ndim != 2 or not len(costs) == len(people) == len(region):
        raise ValueError(f"cells differ: cost {costs.shape}, residents {people.shape}, region {region.shape}")
    if limit.ndim == 1:
        limit = np.repeat(limit[:, None], people.shape[1], axis=1)
    if limit.ndim != 2 or limit.shape[1] != people.shape[1] or np.any(limit >= UNREACHED):
        raise ValueError(f"limits of shape {limit.shape} do not fit {people.shape[1]} bands, or reach {UNREACHED}")
    if len(region) and region.max() >= region_count:
        raise ValueError(f"region {region.max()} of {region_count}")
    covered = np.zeros((region_count, *limit.shape))
    (_cover_plain if kernels is None else kernels.cover)(costs, people, region, frozen(limit, np.int64), covered)
    return covered


def _cover_plain(
    cost: npt.NDArray, residents: npt.NDArray, region: npt.NDArray, limits: npt.NDArray, covered: npt.NDArray
) -> None:
    inside = region >= 0
    for (k, band), limit in np.ndenumerate(limits):
        people = residents[:, band].astype(np.float64)
        counted = inside & (np.isnan(people) | (cost <= limit))
        covered[:, k, band] = np.bincount(region[counted], weights=people[counted], minlength=len(covered))


def roll_up(covered: npt.ArrayLike, parent_index: npt.ArrayLike, *, parent_count: int) -> npt.NDArray[np.float64]:
    """Return the sums over the regions of each parent: counties to cities, cities to the province.

    Parameters
    ----------
    covered : float64, shape (regions, ...)
        Counts by region, as from `coverage`.
    parent_index : int, shape (regions,)
        Place of each region's parent, -1 for none.
    parent_count : int
        Number of parents.

    Raises
    ------
    ValueError
        If there are not as many parents as regions, or one is out of range.
    """
    counts, parent = np.asarray(covered, np.float64), np.asarray(parent_index, np.int64)
    if parent.shape != counts.shape[:1] or (len(parent) and parent.max() >= parent_count):
        raise ValueError(f"{parent.shape} parents below {parent_count} for {counts.shape[:1]} regions")
    total = np.zeros((parent_count, *counts.shape[1:]))
    np.add.at(total, parent[parent >= 0], counts[parent >= 0])
    return total
