"""How sure a coverage figure is: intervals from walking speed, from positions, and from where residents live.

Speed is common to all residents of a draw; positions err cell by cell and entrance by entrance; residents err block by
block and are scaled back to the total of their county. Draws read cumulative histograms of residents by cost
instead of cells, so that a province takes a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.special import ndtr, ndtri

from analytics.accessibility.catchment import in_ranges
from geodata.network import UNIT_M
from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import uncertainty_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None

SOURCES = ("speed", "position", "population")
# Steps of cost that histograms tell apart: 1.3 s. Costs are told up to 65,535, past 15 min at a fast pace.
STEP_UNITS = 64
STEPS = 65_536 // STEP_UNITS
# Errors of positions beyond so many standard deviations of the limit change nothing that is shown.
FAR = 5.0
# Errors below this are meant to be none (metres, or shares); dividing by them would overflow.
SMALLEST_ERROR = 1e-9
# Errors of an entrance stand for themselves at these places of a standard normal, each as likely as the next.
NORMAL_PLACES = frozen(ndtri((np.arange(8) + 0.5) / 8), np.float64)


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """How large the errors are, and how they are drawn.

    Attributes
    ----------
    speed_cv : float
        Coefficient of variation of a group's pace, lognormal around the settled one. Mean paces of healthy adults
        differ by about a tenth between age and sex strata (Bohannon and Andrews 2011, Physiotherapy 97, 182-189).
    entrance_m : float
        Standard deviation of the walk to an entrance from its position, metres, the same for all who go there.
    cell_side_m : float
        Side of a cell, metres: where in it the residents live is anybody's guess.
    population_cv : float
        Coefficient of variation of the residents of a block of cells, lognormal. Errors of single cells are large and
        alike among neighbours, because counts of large areas are spread over them (Thomson et al. 2022, PLOS ONE 17,
        e0271504).
    level : float
        Probability that the interval holds.
    draws : int
        Number of draws.
    seed : int
        Of the draws: the same seed gives the same interval.
    """

    speed_cv: float = 0.10
    entrance_m: float = 10.0
    cell_side_m: float = 100.0
    population_cv: float = 0.5
    level: float = 0.90
    draws: int = 500
    seed: int = 1

    def __post_init__(self) -> None:
        sizes = self.speed_cv, self.entrance_m, self.cell_side_m, self.population_cv
        if not all(size == 0 or size >= SMALLEST_ERROR for size in sizes) or not 0 < self.level < 1 or self.draws < 2:
            raise ValueError(f"{self} is no model of errors")

    @property
    def position_units(self) -> float:
        """Standard deviation of a cell's way, units: a point in a square, seen along the way that it is walked."""
        return float(self.cell_side_m / np.sqrt(12.0) / UNIT_M)

    @property
    def entrance_units(self) -> float:
        """Standard deviation of an entrance's way, units."""
        return self.entrance_m / UNIT_M


@dataclass(frozen=True, slots=True)
class Draws:
    """Covered residents of the smallest regions under errors.

    Attributes
    ----------
    point : float64, shape (regions, groups)
        Residents covered without errors; NaN where a group was not delivered.
    speed : float64, shape (draws, regions, groups)
        Residents covered when only the pace errs.
    variance : float64, shape (2, regions, groups)
        Variance of the residents covered, by position and by population.
    noise : float64, shape (draws, regions, groups)
        Standard normal numbers for these two together.
    level : float
        Probability that the interval holds.
    """

    point: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64]
    variance: npt.NDArray[np.float64]
    noise: npt.NDArray[np.float64]
    level: float

    def intervals(self, members: Sequence[npt.NDArray[np.int64]]) -> Intervals:
        """Return the interval of each area, an area being some of the smallest regions.

        Parameters
        ----------
        members : sequence of int64 arrays
            Regions of each area.
        """
        total = self.speed + self.noise * np.sqrt(self.variance.sum(axis=0))
        tail = (1 - self.level) / 2
        shape = (len(members), self.point.shape[1])
        low, median, high, point = (np.empty(shape) for _ in range(4))
        share = np.zeros((len(SOURCES), *shape))
        for area, inside in enumerate(members):
            point[area] = self.point[inside].sum(axis=0)
            drawn = np.quantile(total[:, inside].sum(axis=1), [tail, 0.5, 1 - tail], axis=0)
            # An interval always holds the figure that is shown, also where errors only ever lower it.
            low[area] = np.maximum(np.minimum(drawn[0], point[area]), 0.0)
            median[area], high[area] = drawn[1], np.maximum(drawn[2], point[area])
            share[0, area] = self.speed[:, inside].sum(axis=1).var(axis=0)
            share[1:, area] = self.variance[:, inside].sum(axis=1)
        whole = share.sum(axis=0)
        return Intervals(point, low, median, high, np.divide(share, whole, out=np.zeros_like(share), where=whole > 0))


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals of covered residents.

    Attributes
    ----------
    point, low, median, high : float64, shape (areas, groups)
        The figure that is shown, both ends of its interval, and the middle of the draws; residents.
    share : float64, shape (3, areas, groups)
        How much of the variance each of ``SOURCES`` brings; 0 where there is none.
    """

    point: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    median: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]


def draw_coverage(
    cost: Sequence[npt.ArrayLike],
    venue: Sequence[npt.ArrayLike],
    residents: npt.ArrayLike,
    region_index: npt.ArrayLike,
    limits: npt.ArrayLike,
    *,
    region_count: int,
    block: npt.ArrayLike | None = None,
    model: ErrorModel | None = None,
    threads: int = 2,
) -> Draws:
    """Return what coverage becomes when speed, positions and residents err.

    Parameters
    ----------
    cost, venue : sequence of uint16 and of int32 arrays, one for each group, shape (k,)
        Walking cost of each cell and its nearest venue, -1 for none; searched well past the limit (65,533), or a fast
        pace would find nobody new.
    residents : float32, shape (k, groups)
        Residents of each cell by group; NaN where one was not delivered.
    region_index : int16, shape (k,)
        Place of each cell's smallest region, -1 for none.
    limits : int, shape (groups,)
        Cost limit of each group.
    region_count : int
        Number of smallest regions.
    block : int32, shape (k,), optional
        Block of each cell, from 0: residents of cells of one block and region err by the same factor. Without it every
        cell errs for itself, and over a large area hardly anything is left of that.
    model : ErrorModel, optional
        The errors.
    threads : int
        Threads to work with; the result does not depend on it.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Notes
    -----
    For one draw with pace factor ``f``, a group with limit ``L`` covers the residents with ``cost + d <= L f``. The
    error ``d`` of positions is taken as normal; it blurs the histogram, and its variance sums over the cells near the
    limit, and over the venues whose entrance moves all of theirs together. With the share ``p`` of a county covered,
    blocks of ``B`` residents, ``C`` of them covered, that err by a factor of variation ``v`` and are scaled back to the
    county's total bring ``v^2 sum (C - p B)^2``.
    """
    errors = model or ErrorModel()
    people, region = np.asarray(residents, np.float32), frozen(region_index, np.int16)
    limit = np.asarray(limits, np.int64)
    groups = len(limit)
    blocks = frozen(np.arange(len(region)) if block is None else block, np.int32)
    if people.shape != (len(region), groups) or not len(cost) == len(venue) == groups or len(blocks) != len(region):
        raise ValueError(f"{len(region)} cells, residents {people.shape}, {len(cost)} costs, {groups} limits")
    rng = np.random.default_rng(errors.seed)
    pace = np.exp(np.sqrt(np.log1p(errors.speed_cv**2)) * rng.standard_normal(errors.draws))
    noise = rng.standard_normal((errors.draws, region_count, groups))
    point = np.empty((region_count, groups))
    speed = np.empty((errors.draws, region_count, groups))
    variance = np.zeros((2, region_count, groups))
    cluster = _clusters(blocks, region)

    def work(part: tuple[int, int]) -> None:
        for group in range(*part):
            walkers = _Walkers(
                frozen(cost[group], np.uint16),
                frozen(venue[group], np.int32),
                frozen(people[:, group], np.float32),
                region,
                region_count,
                int(limit[group]),
            )
            sums = _sums(walkers, cluster)
            curve, middle = _curves(sums, walkers.limit, errors)
            speed[:, :, group] = (sums.within[:, None] + curve(limit[group] * pace) - middle[:, None]).T
            variance[0, :, group] = _by_position(walkers, errors)
            variance[1, :, group] = _by_population(sums, cluster.home, errors)
            # NaN where a group was not delivered: one unknown cell makes the sum of its region unknown.
            point[:, group] = np.where(np.isnan(sums.total), np.nan, sums.within)
            speed[:, np.isnan(sums.total), group] = np.nan

    in_ranges(work, groups, threads, groups)
    return Draws(point, speed, variance, noise, errors.level)


class _Walkers(NamedTuple):
    """Residents of one group in cells, and what they are measured by."""

    cost: npt.NDArray[np.uint16]
    venue: npt.NDArray[np.int32]
    people: npt.NDArray[np.float32]
    place: npt.NDArray[np.int16]
    region_count: int
    limit: int


class _Clusters(NamedTuple):
    """Cells of the same block and region: the cluster of each cell, -1 outside all regions, and each one's region."""

    of_cell: npt.NDArray[np.int32]
    home: npt.NDArray[np.int16]


class _Sums(NamedTuple):
    """Residents by step of cost, shape (regions, STEPS); of each region; of each cluster: all and within the limit."""

    counts: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]
    within: npt.NDArray[np.float64]
    block_total: npt.NDArray[np.float64]
    block_within: npt.NDArray[np.float64]


def _clusters(block: npt.NDArray[np.int32], region: npt.NDArray[np.int16]) -> _Clusters:
    if kernels is not None:
        return _Clusters(*kernels.cluster(block, region))
    inside = np.flatnonzero(region >= 0)
    pairs = np.stack([region[inside].astype(np.int64), block[inside]], axis=1)
    found, first, member = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    # Numbered as they first come, as the compiled twin does.
    rank = np.empty(len(found), np.int32)
    rank[np.argsort(first)] = np.arange(len(found))
    of_cell = np.full(len(region), -1, np.int32)
    of_cell[inside] = rank[member.ravel()]
    return _Clusters(of_cell, found[np.argsort(first), 0].astype(np.int16))


def _sums(walkers: _Walkers, cluster: _Clusters) -> _Sums:
    counts, sums = np.zeros((walkers.region_count, STEPS)), np.zeros((2, walkers.region_count))
    block_sums = np.zeros((2, len(cluster.home)))
    if kernels is not None:
        columns = walkers.cost, walkers.people, walkers.place, cluster.of_cell
        kernels.sum_up(columns, walkers.limit, STEP_UNITS, counts, sums, block_sums)
        return _Sums(counts, *sums, *block_sums)
    inside = walkers.place >= 0
    place, cost, mass = walkers.place[inside], walkers.cost[inside], walkers.people[inside].astype(np.float64)
    np.add.at(counts, (place, cost // STEP_UNITS), mass)
    for row, values in enumerate((mass, np.where(cost <= walkers.limit, mass, 0.0))):
        np.add.at(sums[row], place, values)
        np.add.at(block_sums[row], cluster.of_cell[inside], values)
    return _Sums(counts, *sums, *block_sums)


class _Curve:
    """Cumulative residents by cost, each region a row; between steps it is a straight line."""

    def __init__(self, below: npt.NDArray[np.float64]) -> None:
        self.below = below

    def __call__(self, cost: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the residents of each region below each cost, shape (regions, costs)."""
        at = np.clip(np.asarray(cost, np.float64) / STEP_UNITS, 0, STEPS - 1)
        step = np.minimum(at.astype(np.int64), STEPS - 2)
        part = at - step
        return self.below[:, step] * (1 - part) + self.below[:, step + 1] * part


def _curves(sums: _Sums, limit: int, errors: ErrorModel) -> tuple[_Curve, npt.NDArray[np.float64]]:
    """Return the curve of each region, blurred by errors of positions, and where the plain one stands at the limit."""
    below = np.zeros_like(sums.counts)
    # The last step holds the unreached; nobody is ever below it.
    np.cumsum(sums.counts[:, :-1], axis=1, out=below[:, 1:])
    middle = _Curve(below)([limit])[:, 0]
    blur = np.hypot(errors.position_units, errors.entrance_units) / STEP_UNITS
    if blur > 0:
        below = gaussian_filter1d(below, blur, axis=1, mode="nearest", truncate=FAR)
    return _Curve(below), middle


def _by_position(walkers: _Walkers, errors: ErrorModel) -> npt.NDArray[np.float64]:
    """Return the variance that errors of cells and of entrances bring to each region."""
    own, shared = errors.position_units, errors.entrance_units
    variance, far = np.zeros(walkers.region_count), FAR * float(np.hypot(own, shared))
    if own + shared == 0:
        return variance
    if kernels is not None:
        columns = walkers.cost, walkers.venue, walkers.people, walkers.place
        kernels.spread_of_positions(columns, walkers.limit, own, shared, far, NORMAL_PLACES, variance)
        return variance
    cost, venue, limit = walkers.cost.astype(np.int64), walkers.venue, walkers.limit
    near = np.flatnonzero((np.abs(cost - limit) <= far) & (venue >= 0) & (walkers.people > 0) & (walkers.place >= 0))
    margin, people = (limit - cost[near]).astype(np.float64), walkers.people[near].astype(np.float64)
    region = walkers.place[near].astype(np.int64)
    venues = int(venue.max(initial=0)) + 1
    cluster, member = np.unique(region * venues + venue[near], return_inverse=True)
    alone, mean, square = np.zeros(len(near)), np.zeros(len(cluster)), np.zeros(len(cluster))
    for at in NORMAL_PLACES:
        room = margin - at * shared
        inside = ndtr(room / own) if own > 0 else (room >= 0).astype(np.float64)
        alone += inside * (1 - inside) / len(NORMAL_PLACES)
        covered = np.bincount(member, weights=people * inside, minlength=len(cluster))
        mean += covered / len(NORMAL_PLACES)
        square += covered**2 / len(NORMAL_PLACES)
    np.add.at(variance, region, people**2 * alone)
    np.add.at(variance, cluster // venues, np.maximum(square - mean**2, 0.0))
    return variance


def _by_population(sums: _Sums, home: npt.NDArray[np.int16], errors: ErrorModel) -> npt.NDArray[np.float64]:
    """Return the variance that errors of residents bring to each region, its total being known."""
    share = np.divide(sums.within, sums.total, out=np.zeros_like(sums.total), where=sums.total > 0)
    excess = sums.block_within - share[home] * sums.block_total
    found = np.bincount(home, weights=excess**2, minlength=len(sums.total)).astype(np.float64)
    return errors.population_cv**2 * found
