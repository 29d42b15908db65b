"""What a check may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import polars as pl

from warehouse.batches import Batch
from warehouse.contract import Contract
from warehouse.steps import Step


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one check.

    Attributes
    ----------
    name : str
        Stable name: subject and place, e.g. ``keys:core.venue``.
    passed : bool
        False stops the publication, unless ``severity`` is ``warning``.
    detail : str
        What was counted; for a failure also where.
    fix : str
        How to mend it; empty when passed.
    severity : str
        ``error`` or ``warning``.
    """

    name: str
    passed: bool
    detail: str
    fix: str = ""
    severity: Literal["error", "warning"] = "error"

    @property
    def stops(self) -> bool:
        """Whether nothing may be published."""
        return not self.passed and self.severity == "error"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The unpublished build: ``frame(query)`` runs a select on it; everything else describes it.

    ``previous`` is the manifest of the published snapshot, None before the first.
    """

    frame: Callable[[str], pl.DataFrame]
    steps: Sequence[Step]
    batches: Sequence[Batch]
    contracts: Mapping[str, Contract]
    previous: Mapping[str, Any] | None

    def has_table(self, name: str) -> bool:
        """Whether the build makes this table."""
        return any(step.name == name for step in self.steps)

    def has_rows(self, name: str) -> bool:
        """Whether the build makes this table and it is not empty."""
        return self.has_table(name) and bool(self.frame(f"select 1 as one from {name} limit 1").height)

    def row_counts(self, tables: Iterable[str]) -> dict[str, int]:
        """Return the number of rows of each table, in the order given, all asked for at once."""
        names = list(tables)
        parts = [f"select '{name}' as table_name, count(*) as row_count from {name}" for name in names]
        found = dict(self.frame(" union all ".join(parts)).iter_rows()) if parts else {}
        return {name: found[name] for name in names}

    def count(self, query: str) -> int:
        """Return the single number that a query gives; null counts as 0."""
        return int(self.frame(query).item() or 0)


Check: TypeAlias = Callable[[Evidence], Iterable[Verdict]]


def none_found(name: str, evidence: Evidence, query: str, *, what: str, fix: str) -> Verdict:
    """Return a verdict that passes when a query finds no row; else it shows how many and the first three."""
    found = evidence.frame(query)
    if not found.height:
        return Verdict(name, passed=True, detail=f"no {what}")
    examples = "; ".join(str(row) for row in found.head(3).iter_rows(named=True))
    return Verdict(name, passed=False, detail=f"{found.height} {what}, e.g. {examples}", fix=fix)
