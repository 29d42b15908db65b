"""The whole demo: the ground first, then the records of everything that happens on it."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import polars as pl

from kernel.progress import Progress, silent
from kernel.registry import modules
from warehouse.demo.deliveries import leave_out_missing
from warehouse.demo.planted import planted_frame
from warehouse.demo.province import cities_of, generate_ground
from warehouse.demo.second_sources import SECOND, SEPARATOR
from warehouse.demo.world import World

# Datasets of the ground that records stand on; streets and water are too large to keep for nothing.
_GROUND_KEPT = ("region", "population", "code_list", "holiday", "population_cell", "venue")
TRUTH = "demo_anomaly"


def generate(size: str, seed: int, progress: Progress = silent) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every dataset of the demo in the columns of its contract, what others refer to first.

    Parameters
    ----------
    size : str
        ``small`` or ``province``, see `warehouse.demo.province.SIZES`.
    seed : int
        Same size and seed, same frames.
    progress : Progress
        Told the steps of the ground and ``demo_records``.

    Yields
    ------
    (str, polars.DataFrame)
        The ground (`generate_ground`), the records of each module of ``warehouse.demo.records``, and last the ground
        truth of what was planted, ``demo_anomaly``. What a second source says about a dataset comes right after it, as
        ``<dataset>/<source>``.
    """
    ground: dict[str, pl.DataFrame] = {}
    for dataset, frame in generate_ground(size, seed, progress):
        if dataset in _GROUND_KEPT:
            ground[dataset] = frame
        yield dataset, frame
    world = World(seed, cities_of(size), ground)
    for dataset, frame in generate_records(world, progress):
        yield dataset, frame
        if dataset in SECOND:
            source, make = SECOND[dataset]
            yield f"{dataset}{SEPARATOR}{source}", make(world, frame)


def generate_records(world: World, progress: Progress = silent) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the generated records and the ground truth; ``world.frames`` holds the ground.

    Raises
    ------
    ValueError
        When generators need each other in a circle, or something that nobody generates.
    """
    frames = dict(world.frames)
    world.frames = frames
    ordered = in_order(modules("warehouse.demo.records"), set(frames))
    for done, (dataset, module) in enumerate(ordered):
        progress("demo_records", done, len(ordered))
        frame = module.generate(world)
        still = {need for _, later in ordered[done + 1 :] for need in later.NEEDS}
        frames[dataset] = frame
        for name in [name for name in frames if name not in still and name not in _GROUND_KEPT]:
            del frames[name]
        yield dataset, leave_out_missing(world, dataset, frame)
    progress("demo_records", len(ordered), len(ordered))
    yield TRUTH, planted_frame(world.planted)


def in_order(found: dict[str, ModuleType], known: set[str]) -> list[tuple[str, ModuleType]]:
    """Return generators after those whose datasets they need; those that ``COME_LAST`` at the end."""
    ready, waiting = set(known), dict(found)
    ordered: list[tuple[str, ModuleType]] = []
    while waiting:
        able = [name for name, module in waiting.items() if set(module.NEEDS) <= ready]
        first = [name for name in able if not getattr(waiting[name], "COME_LAST", False)]
        chosen = first or (able if len(able) == len(waiting) else [])
        if not chosen:
            raise ValueError(f"cannot order the generators {sorted(waiting)}: what they need is missing or a circle")
        for name in chosen:
            ordered.append((name, waiting.pop(name)))
            ready.add(name)
    return ordered
