"""Forecasts that add up: province, cities and counties are made coherent, points and sample paths alike.

Areas are nodes of a tree given by ``parents`` (index of each node's parent, -1 for the top). Where children are missing
altogether a node is a leaf, so a province that is measured by city only is a tree as well. Reconciled are additive
figures; ratios through their numerators and denominators. Quantiles are never reconciled one by one: sample paths are,
and quantiles are taken anew.

Methods: ``top_down`` splits the forecast of the top with the proportions of the children's own forecasts
(Athanasopoulos et al. 2009); ``ols`` is MinT with equal variances, y = S (S'S)^-1 S' y_base (Wickramasuriya et al.
2019), negative figures clipped and projected again; ``bottom_up`` adds the leaves; ``mean`` is two parts of
``top_down`` and one of ``bottom_up``, whose errors go against each other: over all areas it was not worse than the
forecasts before it, or than ``bottom_up``, on any set that was tried, and it leaves the top nearly as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Method = Literal["mean", "top_down", "ols", "bottom_up"]
METHODS: tuple[Method, ...] = ("mean", "top_down", "ols", "bottom_up")

# Part of ``top_down`` in ``mean``.
FROM_TOP = 2 / 3
# Clipping and projecting again ends after so many rounds; what is then left below zero is clipped in the leaves.
ROUNDS = 50
# Share of a path's standard normal that the months of one path, and all areas in a month, have in common. Taken
# between what residuals of monthly series of areas show (0.2 to 0.6); the marginals do not depend on them.
PERSISTENCE, SHARED = 0.5, 0.3


def summation(parents: Sequence[int]) -> Floats:
    """Return the summation matrix: which leaves each node adds up.

    Parameters
    ----------
    parents : sequence of int, length nodes
        Index of the parent of each node, -1 for a top. Any order.

    Returns
    -------
    float64, shape (nodes, leaves)
        1 where the leaf lies in the node. Leaves are in the order of the nodes.

    Raises
    ------
    ValueError
        When a parent is not a node, or nodes hold each other.
    """
    return _summation(tuple(int(parent) for parent in parents)).copy()


@lru_cache(maxsize=64)
def _summation(parents: tuple[int, ...]) -> Floats:
    count = len(parents)
    if any(not -1 <= parent < count for parent in parents):
        raise ValueError("a parent is the index of a node, or -1")
    leaves = [node for node in range(count) if node not in set(parents)]
    matrix = np.zeros((count, len(leaves)))
    for column, leaf in enumerate(leaves):
        node, steps = leaf, 0
        while node >= 0:
            matrix[node, column] = 1.0
            node, steps = parents[node], steps + 1
            if steps > count:
                raise ValueError("nodes hold each other in a ring")
    if (matrix.sum(axis=1) == 0).any():
        raise ValueError("nodes hold each other in a ring")
    return matrix


@lru_cache(maxsize=64)
def _projection(parents: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return S and (S'S)^-1 S'."""
    matrix = _summation(parents)
    return matrix, np.asarray(np.linalg.solve(matrix.T @ matrix, matrix.T), dtype=np.float64)


def incoherence(figures: Floats, parents: Sequence[int]) -> float:
    """Return the largest difference between a node and the sum of its leaves, relative to the largest figure."""
    figures = np.asarray(figures, dtype=np.float64)
    matrix = summation(parents)
    leaves = figures[_leaves(parents)]
    largest = np.abs(figures).max(initial=0.0)
    off = np.abs(figures - np.tensordot(matrix, leaves, axes=1)).max(initial=0.0)
    return float(off / largest) if largest > 0 else float(off)


def _leaves(parents: Sequence[int]) -> list[int]:
    inner = {int(parent) for parent in parents}
    return [node for node in range(len(parents)) if node not in inner]


def reconcile(figures: Floats, parents: Sequence[int], *, method: Method = "mean", non_negative: bool = True) -> Floats:
    """Return figures that add up from leaf to top: point forecasts, or sample paths.

    Parameters
    ----------
    figures : float64, shape (nodes, ...)
        Base forecasts; any trailing axes (horizon, or draws and horizon), each of them reconciled for itself. A NaN
        of an inner node is taken as the sum of its children, of a leaf as an equal part of what its parent's
        forecast leaves over (at least 0).
    parents : sequence of int, length nodes
        See :func:`summation`.
    method : {"mean", "top_down", "ols", "bottom_up"}
        See the module.
    non_negative : bool
        Figures below zero are clipped; ``top_down`` and ``mean`` need it.

    Returns
    -------
    float64, the shape of ``figures``
        Coherent to rounding (relative incoherence below 1e-9). Coherent figures are returned as they are, to rounding.

    Raises
    ------
    ValueError
        When a leaf and all above it are unknown, or proportions are asked of figures that may be negative.
    """
    key = tuple(int(parent) for parent in parents)
    base = np.asarray(figures, dtype=np.float64)
    flat = _filled(base.reshape(len(key), -1).copy(), key)
    if non_negative:
        flat = np.maximum(flat, 0.0)
    if method in ("mean", "top_down") and not non_negative:
        raise ValueError("proportions of forecasts need figures that are not negative: use ols")
    if method == "top_down":
        result = _top_down(flat, key)
    elif method == "ols":
        result = _ols(flat, key, non_negative=non_negative)
    elif method == "mean":
        result = FROM_TOP * _top_down(flat, key) + (1 - FROM_TOP) * (_summation(key) @ flat[_leaves(key)])
    elif method == "bottom_up":
        result = _summation(key) @ flat[_leaves(key)]
    else:
        raise ValueError(f"method must be one of {METHODS}, not {method!r}")
    return np.asarray(result.reshape(base.shape))


def _filled(flat: Floats, parents: tuple[int, ...]) -> Floats:
    """Put sums and remainders where a base forecast is unknown."""
    if np.isfinite(flat).all():
        return flat
    depth = _depths(parents)
    children = _children(parents)
    for node in sorted(children, key=lambda node: -depth[node]):
        unknown = np.isnan(flat[node])
        flat[node, unknown] = flat[children[node]][:, unknown].sum(axis=0)
    for node in sorted(children, key=lambda node: depth[node]):
        own = flat[children[node]]
        unknown = np.isnan(own)
        left = np.maximum(flat[node] - np.nansum(own, axis=0), 0.0) / np.maximum(unknown.sum(axis=0), 1)
        flat[children[node]] = np.where(unknown, left[None, :], own)
    if not np.isfinite(flat).all():
        raise ValueError("a leaf without a forecast needs one of an area that holds it")
    return flat


def _children(parents: tuple[int, ...]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        if parent >= 0:
            children.setdefault(parent, []).append(node)
    return children


def _depths(parents: tuple[int, ...]) -> list[int]:
    depths = []
    for node in range(len(parents)):
        depth, above = 0, parents[node]
        while above >= 0:
            depth, above = depth + 1, parents[above]
        depths.append(depth)
    return depths


def _top_down(flat: Floats, parents: tuple[int, ...]) -> Floats:
    """Split every node over its children as their own forecasts stand to each other; equally where all are zero."""
    result = flat.copy()
    children = _children(parents)
    depth = _depths(parents)
    for node in sorted(children, key=lambda node: depth[node]):
        own = flat[children[node]]
        whole = own.sum(axis=0)
        share = np.where(whole > 0, own / np.where(whole > 0, whole, 1.0), 1.0 / len(own))
        result[children[node]] = result[node] * share
    return np.asarray(_summation(parents) @ result[_leaves(parents)])


def _ols(flat: Floats, parents: tuple[int, ...], *, non_negative: bool) -> Floats:
    matrix, weights = _projection(parents)
    leaves = weights @ flat
    if not non_negative:
        return np.asarray(matrix @ leaves)
    for _ in range(ROUNDS):
        below = (leaves < 0).any(axis=0)
        if not below.any():
            break
        again = np.maximum(matrix @ leaves[:, below], 0.0)
        leaves[:, below] = weights @ again
    return np.asarray(matrix @ np.maximum(leaves, 0.0))


def reconcile_ratio(
    values: Floats, denominators: Floats, parents: Sequence[int], *, method: Method = "mean"
) -> tuple[Floats, Floats, Floats]:
    """Return ratios of areas that agree with each other: numerators and denominators are reconciled, then divided.

    Parameters
    ----------
    values : float64, shape (nodes, ...)
        Forecast numerator / denominator of each node (without its factor), not negative.
    denominators : float64, shape (nodes, ...)
        Forecast denominators: residents that are known, or forecasts of their own.
    parents : sequence of int
    method : str
        See :func:`reconcile`.

    Returns
    -------
    values, numerators, denominators : float64, shape (nodes, ...)
        Coherent numerators and denominators, and their quotient (NaN where the denominator is 0).
    """
    numerators = reconcile(np.asarray(values) * np.asarray(denominators), parents, method=method)
    below = reconcile(denominators, parents, method=method)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(below > 0, numerators / below, np.nan)
    return ratio, numerators, below


def sample_paths(
    quantiles: Floats, levels: Sequence[float], parents: Sequence[int], *, seed: int, draws: int = 200
) -> Floats:
    """Return sample paths whose marginals are the given quantiles and whose areas move together.

    Leaves are drawn with a normal copula that has a common part of the month and a common part of the path. A node
    above takes its own quantiles in the order of the sums of its leaves (ranks of the sums, Ben Taieb et al. 2017), so
    that each path is nearly coherent before it is reconciled.

    Parameters
    ----------
    quantiles : float64, shape (nodes, horizon, levels)
        Of each node for itself, not falling along the levels.
    levels : sequence of float
        Between 0 and 1, rising. Beyond the outer ones the paths go on at the slope of the last step, at most
        half a step.
    parents : sequence of int
    seed : int
        Same seed, same paths.
    draws : int

    Returns
    -------
    float64, shape (nodes, draws, horizon)
    """
    quantiles = np.asarray(quantiles, dtype=np.float64)
    nodes, horizon, _ = quantiles.shape
    matrix = summation(parents)
    leaves = _leaves(parents)
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((draws, horizon))
    lasting = rng.standard_normal((len(leaves), draws, 1))
    own = rng.standard_normal((len(leaves), draws, horizon))
    rest = 1.0 - PERSISTENCE - SHARED
    normal = np.sqrt(SHARED) * common + np.sqrt(PERSISTENCE) * lasting + np.sqrt(rest) * own
    # Stratified within each leaf and month: the draws are spread evenly, so few of them do.
    order = normal.argsort(axis=1).argsort(axis=1)
    uniform = (order + 0.5) / draws
    paths = np.empty((nodes, draws, horizon))
    for place, node in enumerate(leaves):
        paths[node] = _drawn(quantiles[node], levels, uniform[place])
    sums = np.tensordot(matrix, np.nan_to_num(paths[leaves]), axes=1)
    for node in range(nodes):
        if node not in leaves:
            ranks = (sums[node].argsort(axis=0).argsort(axis=0) + 0.5) / draws
            paths[node] = _drawn(quantiles[node], levels, ranks)
    return paths


def _drawn(quantiles: Floats, levels: Sequence[float], uniform: Floats) -> Floats:
    """Return the values at the given probabilities: shape (draws, horizon)."""
    low, high = levels[0] / 2, 1 - (1 - levels[-1]) / 2
    known = np.concatenate(([low], np.asarray(levels, dtype=np.float64), [high]))
    result = np.empty(uniform.shape)
    for step, row in enumerate(quantiles):
        first = row[0] - (row[1] - row[0]) / 2
        last = row[-1] + (row[-1] - row[-2]) / 2
        result[:, step] = np.interp(uniform[:, step], known, np.concatenate(([first], row, [last])))
    return result


def reconcile_outlook(
    point: Floats,
    quantiles: Floats,
    levels: Sequence[float],
    parents: Sequence[int],
    *,
    method: Method = "mean",
    seed: int = 0,
    draws: int = 200,
) -> tuple[Floats, Floats]:
    """Return coherent points, and quantiles of coherent sample paths.

    Parameters
    ----------
    point : float64, shape (nodes, horizon)
        Point forecasts of an additive indicator; NaN rows are filled as in :func:`reconcile`.
    quantiles : float64, shape (nodes, horizon, levels)
        NaN rows where there is no forecast; such nodes stay NaN in the answer.
    levels : sequence of float
    parents : sequence of int
    method : str
    seed, draws : int

    Returns
    -------
    point : float64, shape (nodes, horizon)
    quantiles : float64, shape (nodes, horizon, levels)
        Quantiles of different areas do not add up, and must not.
    """
    points = reconcile(point, parents, method=method)
    unknown = np.asarray(np.isnan(quantiles).any(axis=(1, 2)))
    paths = sample_paths(np.where(unknown[:, None, None], np.nan, quantiles), levels, parents, seed=seed, draws=draws)
    coherent = reconcile(paths, parents, method=method)
    result = np.moveaxis(np.quantile(coherent, levels, axis=1), 0, -1)
    result[unknown] = np.nan
    return points, np.asarray(result)
