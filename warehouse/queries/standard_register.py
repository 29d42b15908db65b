"""The register of standards, who follows them, and the code lists with the columns that use them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from kernel.scope import GrantedScope
from warehouse.contract import contracts
from warehouse.queries import _run

COUNTS = ("system_count", "citing_system_count", "project_count", "citing_project_count")


class CodeUse(NamedTuple):
    """A column whose contract takes its codes from a list: codes and names in both languages."""

    dataset: str
    column: str
    dataset_zh: str
    dataset_en: str
    column_zh: str
    column_en: str


def standards(scope: GrantedScope) -> pl.DataFrame:
    """Return the register, those of the plan first.

    Returns
    -------
    polars.DataFrame
        ``standard_id, title, title_en, kind, field_code, status, issued_on, in_force_on, adopted_unit_count,
        is_planned, source, source_en``.
    """
    return _run.rows("standard_list.sql", scope)


def adoption(scope: GrantedScope) -> pl.DataFrame:
    """Return how many systems and projects of each unit cite a standard.

    Returns
    -------
    polars.DataFrame
        ``unit_code, unit_name, region_code`` and :data:`COUNTS`.

    Raises
    ------
    AccessDenied
        When the scope may not read internal data.
    """
    return _run.rows("standard_adoption.sql", scope)


def by_region(units: pl.DataFrame, length: int) -> pl.DataFrame:
    """Return the sums of :data:`COUNTS` by the leading ``length`` digits of the region: 4 for cities, 6 for counties.

    Returns
    -------
    polars.DataFrame
        ``region_code`` (six digits), ``unit_count`` and :data:`COUNTS`, by code; the province's own units are their own
        row.
    """
    code = pl.col("region_code").str.slice(0, length).str.pad_end(6, "0")
    return units.group_by(region_code=code).agg(pl.len().alias("unit_count"), pl.col(COUNTS).sum()).sort("region_code")


def codes(scope: GrantedScope) -> pl.DataFrame:
    """Return every code: ``list_name, code, parent_code, code_name_zh, code_name_en, standard, source``."""
    return _run.rows("code_list_all.sql", scope)


def uses() -> Mapping[str, tuple[CodeUse, ...]]:
    """Return the columns that use each code list, read from the contracts."""
    found: dict[str, list[CodeUse]] = defaultdict(list)
    for name, contract in contracts().items():
        for column in contract.columns:
            if column.code_list:
                use = CodeUse(name, column.name, contract.name_zh, contract.name_en, column.zh, column.en)
                found[column.code_list].append(use)
    return {name: tuple(columns) for name, columns in found.items()}
