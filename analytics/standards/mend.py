"""The cheapest facilities that make a cell meet a standard."""

from __future__ import annotations

import heapq
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.standards.amounts import Sites, contributions
from analytics.standards.rules import Standard
from analytics.standards.score import points_of

# No cell lacks more than this many buildings in the standards at hand; a search beyond it says that none is found.
MOST_BUILT = 8


class Mend(NamedTuple):
    """What to build.

    Attributes
    ----------
    built : tuple of int
        How many of each facility of the standard.
    price_10k_cny : float
        Their price, 10,000 CNY.
    points : float
        Points of the cell afterwards.
    """

    built: tuple[int, ...]
    price_10k_cny: float
    points: float


def cheapest_mend(standard: Standard, amount: npt.ArrayLike, kinds: int) -> Mend | None:
    """Return the cheapest facilities, built beside the cell, that bring it to ``pass_points``.

    Parameters
    ----------
    standard : Standard
        The rules, with the facilities to choose from.
    amount : float, shape (clauses,)
        What the cell has in reach.
    kinds : int
        Kinds that it has in reach, as bits.

    Returns
    -------
    Mend or None
        Nothing built where the standard is met already; None where no eight facilities are enough.

    Notes
    -----
    Uniform-cost search over multisets of facilities: each is reached once, by adding facilities in their order, and
    they leave the queue by price, then by number, so the first that meets the standard is the cheapest. One facility
    may serve several clauses (a court is a site, an area and a kind), which clause-by-clause mending would miss.
    Law, a test: equal in price to trying every multiset.
    """
    offers = standard.facilities
    sites = Sites([offer.type_code for offer in offers], np.array([offer.area_m2 for offer in offers]))
    added, bits = contributions(standard, sites)
    have = np.asarray(amount, np.float64)
    order = count()
    queue: list[tuple[float, int, int, tuple[int, ...], int]] = [(0.0, 0, next(order), (0,) * len(offers), 0)]
    while queue:
        price, size, _, built, first = heapq.heappop(queue)
        numbers = np.array(built)
        united = int(np.bitwise_or.reduce(bits[numbers > 0], initial=np.uint32(kinds)))
        score = _score(standard, have + numbers @ added, united)
        if score >= standard.pass_points:
            return Mend(built, price, score)
        if size == MOST_BUILT:
            continue
        for place in range(first, len(offers)):
            more = (*built[:place], built[place] + 1, *built[place + 1 :])
            heapq.heappush(queue, (price + offers[place].price_10k_cny, size + 1, next(order), more, place))
    return None


def _score(standard: Standard, amount: npt.NDArray[np.float64], kinds: int) -> float:
    values = amount.tolist()
    return sum(
        points_of(clause, kinds.bit_count() if clause.measure == "kinds" else values[column])
        for column, clause in enumerate(standard.clauses)
    )
