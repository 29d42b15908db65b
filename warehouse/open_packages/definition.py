"""What an open package holds: read from its TOML file, columns chosen by the rules of openness."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from warehouse.contract_terms import LEVELS, Column, Contract

# Rows leave only where the whole dataset may, and columns only at the lowest level (GB/T 43697 general 1, public).
OPEN, OPEN_LEVEL = "open", LEVELS[0]
# Lists of exact points would undo the rounding of positions.
LEFT_OUT_TYPES = ("point_list",)
REGION = "region_code"


@dataclass(frozen=True, slots=True)
class PackageTable:
    """One table of a package.

    Attributes
    ----------
    dataset : str
        Whose rows; the served table is ``core.<dataset>``.
    name : str
        Name of its files.
    name_zh, name_en : str
        Title; empty for the name of the dataset.
    only : mapping of str to tuple of str
        Column to the codes that count.
    count_by : str
        Column by which persons are counted per region, instead of rows; empty for rows.
    """

    dataset: str
    name: str
    name_zh: str = ""
    name_en: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    count_by: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """One of the six public kinds."""

    kind: str
    order: int
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    tables: tuple[PackageTable, ...]

    def name(self, lang: str) -> str:
        """Return its name in a language."""
        return self.name_en if lang == "en" else self.name_zh

    def about(self, lang: str) -> str:
        """Return what it holds, in a language."""
        return self.about_en if lang == "en" else self.about_zh


@cache
def packages() -> dict[str, Package]:
    """Return the packages by kind, in their order."""
    found = [
        _package(item.name.removesuffix(".toml"), tomllib.loads(item.read_text("utf-8")))
        for item in files(__package__).iterdir()
        if item.name.endswith(".toml")
    ]
    return {package.kind: package for package in sorted(found, key=lambda package: package.order)}


def open_columns(contract: Contract) -> tuple[Column, ...]:
    """Return the columns of a dataset that may leave in rows: none where the dataset itself is not open.

    A column that gets a higher level in its contract, or a dataset that is no longer open, is out of the next build.
    """
    if contract.opening != OPEN or contract.sensitivity != OPEN:
        return ()
    return tuple(
        column
        for column in contract.columns
        if contract.level_of(column.name) == OPEN_LEVEL and column.type not in LEFT_OUT_TYPES
    )


def told_columns(table: PackageTable, contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    """Return the columns that a table of a package may have under the contracts; none where it may not exist.

    Parameters
    ----------
    table : PackageTable
        Of a definition.
    contracts : mapping
        Contracts by dataset.
    """
    contract = contracts.get(table.dataset)
    if contract is None or not set(table.only) <= set(contract.column_names):
        return ()
    if not table.count_by:
        return tuple(column.name for column in open_columns(contract))
    is_known = {table.count_by, REGION} <= set(contract.column_names)
    return (REGION, "region_name", table.count_by, "person_count", "is_hidden") if is_known else ()


def _package(kind: str, raw: Mapping[str, Any]) -> Package:
    tables = tuple(
        PackageTable(
            **{"name": entry["dataset"]}
            | {key: value for key, value in entry.items() if key != "only"}
            | {"only": {column: tuple(codes) for column, codes in entry.get("only", {}).items()}}
        )
        for entry in raw["table"]
    )
    head = {key: value for key, value in raw.items() if key != "table"}
    return Package(kind=kind, tables=tables, **head)
