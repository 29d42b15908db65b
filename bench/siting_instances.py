"""Made instances for the siting models, of several kinds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from analytics.siting.problem import SitingProblem

CELL_M = 100.0


def from_pairs(weight: np.ndarray, site: np.ndarray, demand: np.ndarray, site_count: int) -> SitingProblem:
    """Return the problem of a list of (site, demand point) pairs."""
    order = np.lexsort((demand, site))
    start = np.zeros(site_count + 1, np.int64)
    np.cumsum(np.bincount(site, minlength=site_count), out=start[1:])
    return SitingProblem(np.asarray(weight, np.float64), start, np.asarray(demand, np.int32)[order])


def from_points(
    weight: np.ndarray, demand_xy: np.ndarray, site_xy: np.ndarray, radius: float | np.ndarray, seed: int = 0
) -> SitingProblem:
    """Return the problem of points in the plane, m: a site reaches what lies within its radius."""
    found = cKDTree(demand_xy).query_ball_point(site_xy, radius)
    size = np.fromiter((len(cells) for cells in found), np.int64, len(found))
    site = np.repeat(np.arange(len(found)), size)
    demand = np.concatenate([np.asarray(cells, np.int64) for cells in found]) if size.sum() else np.zeros(0, np.int64)
    problem = from_pairs(weight, site, demand, len(found))
    order = np.lexsort((demand, site))
    distance = np.linalg.norm(demand_xy[demand] - site_xy[site], axis=1)[order]
    rng = np.random.default_rng(seed)
    return replace(
        problem,
        cost=distance / 80.0,
        price=np.round(rng.lognormal(0.0, 0.5, len(found)) * 100.0) + 20.0,
        capacity=np.round(rng.lognormal(0.0, 0.4, len(found)) * 4_000.0),
    )


def towns(
    cells: int, sites: int, *, radius: float = 600.0, density: float = 0.3, town_count: int = 60, seed: int = 0
) -> SitingProblem:
    """Return a province of towns: dense cores, thin edges, hamlets; log-normal residents; sites where people are.

    Parameters
    ----------
    cells, sites : int
        Number of inhabited 100 m cells and of candidate sites.
    radius : float
        Distance that a site reaches, m.
    density : float
        How far towns spread; the smaller, the denser.
    """
    rng = np.random.default_rng(seed)
    side = np.sqrt(cells) * CELL_M * 4.0
    centre = rng.uniform(0, side, (town_count, 2))
    size = rng.lognormal(0.0, 1.0, town_count)
    share = size / size.sum()
    spread = np.sqrt(share * cells) * CELL_M * density
    town = rng.choice(town_count, cells * 6, p=share)
    place = centre[town] + rng.normal(0, 1, (cells * 6, 2)) * spread[town, None]
    hamlets = rng.uniform(0, side, (cells // 5, 2))
    spots = np.unique(np.floor(np.concatenate([place, hamlets]) / CELL_M).astype(np.int64), axis=0)
    spots = spots[rng.permutation(len(spots))[:cells]]
    xy = (spots + 0.5) * CELL_M
    distance, nearest = cKDTree(centre).query(xy)
    fading = np.exp(-np.minimum(distance / spread[nearest], 3.0))
    residents = np.maximum(np.round(rng.lognormal(4.0, 0.7, len(xy)) * fading), 1.0)
    chance = residents**0.5
    chosen = rng.choice(len(xy), sites, replace=False, p=chance / chance.sum())
    site_xy = xy[chosen] + rng.uniform(-CELL_M / 2, CELL_M / 2, (sites, 2))
    return from_points(residents, xy, site_xy, radius, seed)


def plain(cells: int, sites: int, *, pairs_per_site: float = 92.0, seed: int = 0) -> SitingProblem:
    """Return cells and sites scattered evenly over a square, residents log-normal."""
    rng = np.random.default_rng(seed)
    side = np.sqrt(cells) * CELL_M
    radius = side * np.sqrt(pairs_per_site / cells / np.pi)
    residents = np.maximum(np.round(rng.lognormal(3.0, 1.0, cells)), 1.0)
    return from_points(residents, rng.uniform(0, side, (cells, 2)), rng.uniform(0, side, (sites, 2)), radius, seed)


def unrelated(cells: int, sites: int, *, pairs_per_site: int = 30, seed: int = 0) -> SitingProblem:
    """Return sites that reach cells at random, with no geometry behind: hard for every bound."""
    rng = np.random.default_rng(seed)
    site = np.repeat(np.arange(sites), pairs_per_site)
    pairs = np.unique(np.stack([site, rng.integers(0, cells, len(site))], axis=1), axis=0)
    problem = from_pairs(np.round(rng.lognormal(3.0, 1.0, cells)) + 1.0, pairs[:, 0], pairs[:, 1], sites)
    return replace(problem, price=np.round(rng.lognormal(0.0, 0.5, sites) * 100.0) + 20.0)
