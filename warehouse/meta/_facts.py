"""What the meta tables of a build are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from kernel.registry import members
from warehouse.batches import Batch
from warehouse.contract_terms import Contract
from warehouse.steps import Step


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """One build, as its meta tables may see it.

    Attributes
    ----------
    contracts : mapping of str to Contract
        Every dataset that may be delivered.
    standing : sequence of Batch
        The batches that the build stands on, oldest first.
    steps : sequence of Step
        In the order in which they ran.
    columns : mapping of str to tuple of str
        ``{table: columns}`` of the tables of core and marts, ``{arrays.step: keys}`` of the arrays.
    """

    contracts: Mapping[str, Contract]
    standing: Sequence[Batch]
    steps: Sequence[Step]
    columns: Mapping[str, tuple[str, ...]]


class MetaTable(NamedTuple):
    """Declaration of a module of ``warehouse.meta``, its ``META``.

    Attributes
    ----------
    make : callable
        Facts of a build to the table, in an order that every build repeats.
    passing : tuple of str
        Columns that say when and how something arrived; the content hash leaves them out.
    """

    make: Callable[[BuildFacts], pl.DataFrame]
    passing: tuple[str, ...] = ()


def meta_tables() -> dict[str, MetaTable]:
    """Return every meta table by its name."""
    found = members("warehouse.meta", "META")
    return {name: table for name, table in found.items() if isinstance(table, MetaTable)}
