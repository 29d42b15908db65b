"""The order of the steps, from what each of them reads."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from kernel.errors import BuildFailed
from kernel.scope import SENSITIVITY_LEVELS
from warehouse.steps import LAYERS, LEDGER_RELATIONS, Step


def order(steps: Mapping[str, Step], datasets: Mapping[str, str]) -> list[Step]:
    """Return the steps so that each comes after everything it reads, ties by layer and name.

    Parameters
    ----------
    steps : mapping
        Steps by name.
    datasets : mapping
        ``{dataset: sensitivity}`` of the curated relations that exist.

    Raises
    ------
    BuildFailed
        When a step reads something that nobody makes, when steps wait for each other, or when a step would
        show rows below the sensitivity of their source without saying why (``lowers``).
    """
    levels = {f"{layer}.{name}": level for name, level in datasets.items() for layer in ("curated", "claims")}
    levels |= dict.fromkeys(LEDGER_RELATIONS, "internal")
    sorter = TopologicalSorter({name: [read for read in step.reads if read in steps] for name, step in steps.items()})
    for name, step in steps.items():
        unknown = [read for read in step.reads if read not in steps and read not in levels]
        if unknown:
            raise BuildFailed(f"{name} reads {', '.join(unknown)}, which no file makes.", fix=str(step.file))
    try:
        sorter.prepare()
    except CycleError as error:
        raise BuildFailed(f"Steps wait for each other: {' -> '.join(error.args[1])}.") from error
    ordered: list[Step] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: (LAYERS.index(name.split(".")[0]), name))
        for name in ready:
            levels[name] = _level(steps[name], levels)
            ordered.append(steps[name])
            sorter.done(name)
    return ordered


def _level(step: Step, levels: Mapping[str, str]) -> str:
    inherited = max((levels[read] for read in step.reads), key=SENSITIVITY_LEVELS.index, default="open")
    own = step.sensitivity or inherited
    if SENSITIVITY_LEVELS.index(own) < SENSITIVITY_LEVELS.index(inherited) and not step.lowers:
        raise BuildFailed(
            f"{step.name} is marked {own} but reads {inherited} data.",
            fix=f"Raise its sensitivity, or say in {step.file.name} why it may be lower (`lowers`).",
        )
    return own
