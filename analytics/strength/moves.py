"""What moves my rank: the smallest change of one indicator, or of some together, that surely gains a place.

Surely: above the unit that is next above in at least 90 % of the draws of weights, aggregation and data errors. The
goalposts stay as they are, so that a change of one unit moves nobody else; filling and treatment are the recipe's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.strength.aggregate import LEAST_POINTS
from analytics.strength.draws import Draws, errors
from analytics.strength.index import Prepared
from analytics.strength.recipe import Recipe
from analytics.strength.table import Floats

SURELY = 0.9
_TOGETHER = 3
_STEPS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """What a unit needs to be surely above another.

    Attributes
    ----------
    chance : float
        Probability of being above now.
    change : float64 (J,)
        Change of each indicator by itself, in shares of the way between its goalposts; infinite where even the
        high goalpost is not enough.
    to_value : float64 (J,)
        The value it takes, in the unit of the indicator; NaN where it is not enough.
    together : tuple of int
        Indicators of the combined move: those with most effect that can still rise.
    together_change : float
        The change that each of them needs; infinite where not enough.
    together_to : tuple of float
        The values they take.
    """

    chance: float
    change: Floats
    to_value: Floats
    together: tuple[int, ...]
    together_change: float
    together_to: tuple[float, ...]


def moves(prepared: Prepared, recipe: Recipe, draws: Draws, central: Floats, *, unit: int, rival: int) -> Move:
    """Return the smallest changes that put ``unit`` above ``rival`` in 90 % of the draws.

    Parameters
    ----------
    prepared : Prepared
        Of U units.
    recipe : Recipe
        Way of filling and treating.
    draws : Draws
        Weights, aggregations (TOPSIS counts as arithmetic: it has no closed form) and errors.
    central : float64 (P,)
        Weights of the parts.
    unit, rival : int
        Indices among the U units.
    """
    table = prepared.table
    at = prepared.at(recipe)
    start = prepared.filled[at][:, unit]
    position = _positions(prepared, at, draws, (unit, rival))
    weight = draws.part_weight(central)
    is_geometric = draws.aggregation == 1
    own, other = (_parts(prepared, draws, position[:, :, k]) for k in (0, 1))
    lead = _score(other, weight, is_geometric) - _score(own, weight, is_geometric)
    single = _needed(
        prepared, draws, position=position[:, :, 0], own=own, lead=lead, weight=weight, is_geometric=is_geometric
    )
    change = np.sort(single, axis=0)[int(np.ceil(SURELY * len(single))) - 1]
    change = np.where(start + change <= 1 + 1e-9, change, np.inf)
    room = np.maximum(0.0, 1 - start)
    effect = np.where(room > 1e-9, table.weight * central[table.part], 0.0)
    chosen = np.array([j for j in np.lexsort((np.arange(effect.size), -effect))[:_TOGETHER] if effect[j] > 0])

    def chance(step: float) -> float:
        raised = position[:, :, 0].copy()
        if chosen.size:
            raised[:, chosen] += np.minimum(step, room[chosen])
        now = _score(_parts(prepared, draws, raised), weight, is_geometric)
        rival_score = _score(other, weight, is_geometric)
        return float((now > rival_score).mean() + (now == rival_score).mean() / 2)

    step = _smallest(chance, float(room[chosen].max()) if chosen.size else 0.0)
    reach = np.minimum(step, room[chosen]) if chosen.size else np.zeros(0)
    span = table.high - table.low
    values = table.low + span * (start + change)
    is_logged = prepared.is_logged & recipe.is_treated
    return Move(
        chance=chance(0.0),
        change=change,
        to_value=np.where(np.isfinite(change) & ~is_logged, values, np.nan),
        together=tuple(int(j) for j in chosen),
        together_change=step,
        together_to=tuple(
            float(table.low[j] + span[j] * (start[j] + r)) if np.isfinite(step) else float("nan")
            for j, r in zip(chosen, reach, strict=True)
        ),
    )


def _positions(prepared: Prepared, at: int, draws: Draws, units: tuple[int, ...]) -> Floats:
    """Return positions with errors, float64 (D, J, units)."""
    chosen = list(units)
    position = np.repeat(prepared.filled[at][None][:, :, chosen], len(draws.worlds.key), axis=0)
    if draws.worlds.has_error:
        drawn = errors(draws.worlds.key, len(prepared.table.codes), prepared.unit.size, chosen=units)
        position += prepared.sd[at][:, chosen] * drawn
    return position


def _parts(prepared: Prepared, draws: Draws, position: Floats) -> Floats:
    """Return points of parts (D, P) of positions (D, J) of one unit."""
    table = prepared.table
    share = 100 * draws.worlds.weight * np.clip(position, 0, 1)
    return np.stack([share[:, table.part == p].sum(axis=1) for p in range(len(table.parts))], axis=1)


def _score(part: Floats, weight: Floats, is_geometric: NDArray[np.bool_]) -> Floats:
    """Return scores (D,) of points of parts (D, P)."""
    logs = (weight * np.log(np.maximum(part, LEAST_POINTS))).sum(axis=1)
    return np.where(is_geometric, np.exp(logs), (weight * part).sum(axis=1))


def _needed(
    prepared: Prepared,
    draws: Draws,
    *,
    position: Floats,
    own: Floats,
    lead: Floats,
    weight: Floats,
    is_geometric: NDArray[np.bool_],
) -> Floats:
    """Return the change that each indicator needs in each draw, float64 (D, J), in closed form."""
    table = prepared.table
    outer = np.maximum(weight[:, table.part], 1e-12)
    inside = np.maximum(draws.worlds.weight, 1e-12)
    score = _score(own, weight, is_geometric)
    part = own[:, table.part]
    by_mean = lead[:, None] / outer
    ratio = np.log(np.maximum(score + lead, 1e-12) / np.maximum(score, 1e-12))[:, None] / outer
    by_product = np.maximum(part, LEAST_POINTS) * np.exp(np.minimum(ratio, 50)) - part
    rise = np.where(is_geometric[:, None], by_product, by_mean) / (100 * inside)
    target = np.clip(position, 0, 1) + rise
    # A hair more than a draw: the target itself is a tie.
    needed = np.where(target <= 1, target - position + 1e-9, np.inf)
    return np.where(lead[:, None] < 0, 0.0, needed)


def _smallest(chance, most: float) -> float:  # type: ignore[no-untyped-def]
    """Return the smallest step with a chance of 90 %, by halving; infinite where the largest does not do."""
    if chance(0.0) >= SURELY:
        return 0.0
    if chance(most) < SURELY:
        return float("inf")
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if chance(middle) >= SURELY:
            high = middle
        else:
            low = middle
    return high
