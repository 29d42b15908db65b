"""What the suite of datasets works on: the small demo's records, checked against their contracts once."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import polars as pl

from tests.warehouse.demo_frames import small
from warehouse.contract import contract
from warehouse.delivery import CheckContext, Checked
from warehouse.demo.everything import generate_records
from warehouse.demo.province import cities_of
from warehouse.demo.world import World
from warehouse.ingest import check_frame
from warehouse.reference_tables import code_lists

SEED = 1
_FEW = 40


@cache
def records() -> dict[str, pl.DataFrame]:
    """Return every generated dataset of the small demo, the ground included."""
    ground = small(SEED)
    world = World(SEED, cities_of("small"), {name: frame for name, frame in ground.items() if name != "street"})
    return ground | dict(generate_records(world))


@cache
def context() -> CheckContext:
    """Return the code lists in force; regions are tested where positions are."""
    lists: dict[str, set[str]] = {}
    for frame in (small(SEED)["code_list"], *code_lists()):
        for list_name, code in frame.select("list_name", "code").iter_rows():
            lists.setdefault(list_name, set()).add(code)
    return CheckContext(code_lists=lists)


@cache
def faults() -> tuple[tuple[str, dict[str, object], str], ...]:
    """Return ``(dataset, columns to change in one good row, rule expected)`` of every ``faults_*.py`` beside."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("faults_*.py"))
    found = [importlib.import_module(f"tests.suites.{name}").FAULTS for name in names]
    return tuple(fault for part in found for fault in part)


@cache
def good(dataset: str) -> Checked:
    """Return the check of a few good rows of a dataset as they are."""
    return checked_with(dataset, {})


@cache
def texts_of(dataset: str) -> pl.DataFrame:
    """Return a few good rows of a dataset, cells as text."""
    few = records()[dataset].head(_FEW)
    return few.with_columns(pl.col(name).cast(pl.String) for name, kind in few.schema.items() if kind != pl.Binary)


def checked_with(dataset: str, changes: dict[str, object]) -> Checked:
    """Return the check of a few good rows of a dataset, the first of them changed; cells go in as text."""
    texts = texts_of(dataset)
    changed = [
        texts[name].scatter(0, None if value is None else str(value)).alias(name) for name, value in changes.items()
    ]
    for name in changes:
        contract(dataset).column(name)
    return check_frame(dataset, texts.with_columns(changed), context())
