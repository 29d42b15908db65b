"""Siting problems small enough to try every set of sites, and the trying."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from analytics.siting.problem import SitingProblem

PUBLISHED = json.loads((Path(__file__).parent / "analytics" / "published_spopt.json").read_text("utf-8"))
POINTS, SITES, GROUPS = 8, 7, 3
FAR = 99.0


def still() -> float:
    """Return the time of a clock that stands: nothing that is found may depend on it."""
    return 0.0


@dataclass(frozen=True)
class Case:
    """A problem and the same as dense arrays."""

    problem: SitingProblem
    reaches: np.ndarray  # (sites, points)
    cost: np.ndarray  # (sites, points), FAR where there is no pair

    def sets(self, *, most: int = SITES, budget: float = np.inf) -> Iterator[np.ndarray]:
        """Yield every set of sites that keeps musts and must-nots, and the limits."""
        for size in range(min(most, SITES) + 1):
            for some in combinations(range(SITES), size):
                sites = np.array(some, np.int64)
                if self.problem.must[np.setdiff1d(np.arange(SITES), sites)].any():
                    continue
                if self.problem.must_not[sites].any() or self.problem.price[sites].sum() > budget + 1e-9:
                    continue
                yield sites

    def covered(self, sites: np.ndarray) -> np.ndarray:
        return self.reaches[sites].any(axis=0)

    def nearest(self, sites: np.ndarray) -> np.ndarray:
        return self.cost[sites].min(axis=0, initial=FAR)

    @property
    def wanted(self) -> np.ndarray:
        """Points that ask for cover and can have it."""
        return self.covered(np.flatnonzero(~self.problem.must_not)) & (self.problem.weight > 0)


def case(reaches: np.ndarray, cost: np.ndarray, weight: np.ndarray, **others: np.ndarray) -> Case:
    """Return a case from dense arrays."""
    start = np.concatenate([[0], np.cumsum(reaches.sum(axis=1))]).astype(np.int64)
    marks = {name: np.zeros(len(reaches), np.bool_) for name in ("must", "must_not")}
    problem = SitingProblem(
        np.asarray(weight, np.float64),
        start,
        np.nonzero(reaches)[1].astype(np.int32),
        cost[reaches].astype(np.float64),
        **({"price": np.ones(len(reaches))} | marks | others),
    )
    return Case(problem, reaches, np.where(reaches, cost, FAR))


@st.composite
def cases(draw: Callable, *, marked: bool = True) -> Case:
    """Draw a random case in which something can be asked: a point with weight and a pair with it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    reaches = rng.random((SITES, POINTS)) < draw(st.sampled_from([0.2, 0.35, 0.6]))
    reaches[0, 0] = True
    weight = rng.integers(0, 6, POINTS).astype(np.float64)
    weight[0] = 2.0
    price = rng.integers(1, 6, SITES) * 1.0 if draw(st.booleans()) else rng.random(SITES) + 0.1
    must, must_not = np.zeros(SITES, np.bool_), np.zeros(SITES, np.bool_)
    if marked:
        must[rng.integers(SITES)] = draw(st.booleans())
        must_not[1 + rng.integers(SITES - 1)] = draw(st.booleans())
        must_not &= ~must
    made = case(reaches, rng.integers(1, 10, (SITES, POINTS)), weight, price=price, must=must, must_not=must_not)
    return replace(made, problem=replace(made.problem, group=rng.integers(0, GROUPS, POINTS).astype(np.int32)))


def town(points: int, sites: int, *, seed: int, reach: float = 1.0) -> SitingProblem:
    """Return a problem of points in a square: each site reaches what lies within 1.0 (times ``reach``)."""
    rng = np.random.default_rng(seed)
    side = np.sqrt(points) / 6
    at, of = rng.uniform(0, side, (points, 2)), rng.uniform(0, side, (sites, 2))
    distance = np.linalg.norm(of[:, None] - at[None], axis=2)
    weight = np.round(rng.lognormal(3.0, 1.0, points)) + 1.0
    made = case(distance <= reach, distance, weight, price=np.round(rng.lognormal(0.0, 0.5, sites) * 100.0) + 20.0)
    return replace(made.problem, group=rng.integers(0, 4, points).astype(np.int32))


def published(radius: float = np.inf) -> SitingProblem:
    """Return spopt's example, 205 tracts and 16 stores, with the pairs within a radius, m."""
    cost = np.array(PUBLISHED["cost"])
    return case(cost <= radius, cost, np.array(PUBLISHED["weight"])).problem


@dataclass
class Impatient:
    """A reader who says stop at the n-th report."""

    after: int
    told: int = 0

    def __call__(self, *_: object) -> bool:
        self.told += 1
        return self.told < self.after
