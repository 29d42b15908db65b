"""Contracts of the datasets: ``warehouse/datasets/<dataset>/contract.toml``, strictly read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from geodata.crs import check_crs
from kernel.errors import SportsMapError, UsageError

TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "code": pl.String(),
    "longitude": pl.Float64(),
    "latitude": pl.Float64(),
    "point_list": pl.String(),
}
GEOMETRIES = ("none", "point", "line", "polygon")
SENSITIVITIES = ("open", "internal", "personal", "sensitive")
NUMERIC = ("integer", "number")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class ContractError(SportsMapError):
    """A contract.toml breaks the rules for contracts; the message lists every fault."""

    code = "CONTRACT"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract; see ``docs/deliveries.md`` for the types."""

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    pattern: str | None = None
    codes: tuple[str, ...] = ()
    code_list: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """Return the type in which the column is stored."""
        return TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a delivery of one dataset must look like."""

    dataset: str
    name_zh: str
    name_en: str
    theme: str
    grain: str
    key: tuple[str, ...]
    publisher: str
    licence: str
    cadence: str
    sensitivity: str
    geometry: str
    columns: tuple[Column, ...]
    crs: str | None = None

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns in contract order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return one column.

        Raises
        ------
        UsageError
            When the contract has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(
            f"The dataset {self.dataset} has no column {name!r}.", fix=f"Use one of {', '.join(self.column_names)}."
        )

    @property
    def has_shapes(self) -> bool:
        """Return whether rows carry a ``geometry`` column (lines or polygons; points are lon and lat)."""
        return self.geometry in ("line", "polygon")

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return the columns of a curated file and their types: contract, ``geometry``, ``row_number``."""
        shape: dict[str, pl.DataType] = {"geometry": pl.Binary()} if self.has_shapes else {}
        return {column.name: column.dtype for column in self.columns} | shape | {"row_number": pl.Int64()}


_HEAD_KEYS = {item.name for item in fields(Contract)} - {"dataset", "columns"}
_HEAD_REQUIRED = _HEAD_KEYS - {"crs"}
_COLUMN_KEYS = {item.name: item for item in fields(Column)}
_COLUMN_TYPES: dict[str, type | tuple[type, ...]] = {
    "required": bool,
    "min": (int, float),
    "max": (int, float),
    "max_length": int,
    "codes": list,
    "aliases": list,
}


def parse_contract(dataset: str, text: str) -> Contract:
    """Return the contract written in a TOML text.

    Parameters
    ----------
    dataset : str
        Name of the dataset: the name of its folder.
    text : str
        Content of ``contract.toml``.

    Raises
    ------
    ContractError
        When anything is missing, unknown or of the wrong type; every fault is named at once.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"contract of {dataset}: not TOML: {error}") from error
    column_tables = raw.pop("column", [])
    faults = _head_faults(dataset, raw)
    columns: list[Column] = []
    if not isinstance(column_tables, list) or not column_tables:
        faults.append("no [[column]] at all")
        column_tables = []
    for table in column_tables:
        found = _column_faults(table)
        faults += found
        if not found:
            columns.append(_column(table))
    faults += _set_faults(raw, columns)
    if faults:
        raise ContractError(
            f"contract of {dataset}: " + "; ".join(faults), fix=f"Mend warehouse/datasets/{dataset}/contract.toml."
        )
    head: dict[str, Any] = {key: tuple(value) if key == "key" else value for key, value in raw.items()}
    return Contract(dataset=dataset, columns=tuple(columns), **head)


def _head_faults(dataset: str, raw: Mapping[str, Any]) -> list[str]:
    faults = [] if _NAME.fullmatch(dataset) else [f"bad dataset name {dataset!r}"]
    faults += [f"missing {key}" for key in sorted(_HEAD_REQUIRED - set(raw))]
    faults += [f"unknown key {key}" for key in sorted(set(raw) - _HEAD_KEYS)]
    faults += [
        f"{key} must be a text" for key in sorted(_HEAD_KEYS - {"key"}) if key in raw and not isinstance(raw[key], str)
    ]
    if "key" in raw and not (_is_texts(raw["key"]) and raw["key"]):
        faults.append("key must be a list of column names")
    if raw.get("geometry") not in GEOMETRIES:
        faults.append(f"geometry must be one of {', '.join(GEOMETRIES)}")
    if raw.get("sensitivity") not in SENSITIVITIES:
        faults.append(f"sensitivity must be one of {', '.join(SENSITIVITIES)}")
    if raw.get("geometry") in GEOMETRIES[1:] and "crs" not in raw:
        faults.append("a dataset with geometry must declare its crs")
    if isinstance(raw.get("crs"), str):
        try:
            check_crs(raw["crs"])
        except UsageError as error:
            faults.append(error.message)
    return faults


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _column_faults(table: object) -> list[str]:
    if not isinstance(table, dict):
        return ["a [[column]] must be a table"]
    name = str(table.get("name", "?"))
    faults = [f"{name}: missing {key}" for key in ("name", "type", "zh", "en") if key not in table]
    for key, value in table.items():
        if key not in _COLUMN_KEYS:
            faults.append(f"{name}: unknown key {key}")
            continue
        wanted = _COLUMN_TYPES.get(key, str)
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            faults.append(f"{name}: {key} has the wrong type")
        elif wanted is list and not _is_texts(value):
            faults.append(f"{name}: {key} must be a list of texts")
    return faults or _column_sense(name, table)


def _column_sense(name: str, table: Mapping[str, Any]) -> list[str]:
    faults = [] if _NAME.fullmatch(name) else [f"bad column name {name!r}"]
    kind = table["type"]
    if kind not in TYPES:
        faults.append(f"{name}: type must be one of {', '.join(TYPES)}")
    if ("min" in table or "max" in table) and kind not in NUMERIC:
        faults.append(f"{name}: min and max are for numbers")
    if table.get("min", float("-inf")) > table.get("max", float("inf")):
        faults.append(f"{name}: min is above max")
    if ("max_length" in table or "pattern" in table) and kind != "text":
        faults.append(f"{name}: max_length and pattern are for texts")
    if (kind == "code") != bool(("codes" in table) ^ ("code_list" in table)):
        faults.append(f"{name}: a code needs either codes or code_list, other types neither")
    if "pattern" in table:
        try:
            re.compile(table["pattern"])
        except re.error as error:
            faults.append(f"{name}: pattern: {error}")
    return faults


def _column(table: Mapping[str, Any]) -> Column:
    cells: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Column(**cells)


def _set_faults(raw: Mapping[str, Any], columns: list[Column]) -> list[str]:
    """Return faults between columns: repeated names, names that mean two columns, missing keys."""
    meaning: dict[str, str] = {}
    faults = []
    for column in columns:
        faults += [
            f"{name!r} means {meaning[name.casefold()]} and {column.name}"
            for name in (column.name, *column.aliases)
            if meaning.setdefault(name.casefold(), column.name) != column.name
        ]
    names = [column.name for column in columns]
    faults += [f"column {name} is given twice" for name in sorted({n for n in names if names.count(n) > 1})]
    required = {column.name for column in columns if column.required}
    if _is_texts(raw.get("key")):
        faults += [f"key column {name} is not a required column" for name in raw["key"] if name not in required]
    positions = {"longitude", "latitude"}
    given = sorted(column.type for column in columns if column.type in positions)
    if raw.get("geometry") == "point" and given != ["latitude", "longitude"]:
        faults.append("a point dataset needs exactly one longitude and one latitude column")
    return faults


@cache
def contracts() -> dict[str, Contract]:
    """Return every contract: ``{dataset: contract}``, sorted by dataset.

    Raises
    ------
    ContractError
        When a contract breaks the rules.
    """
    root = files("warehouse") / "datasets"
    folders = sorted((item for item in root.iterdir() if item.is_dir()), key=lambda item: item.name)
    return {
        folder.name: parse_contract(folder.name, (folder / "contract.toml").read_text("utf-8"))
        for folder in folders
        if (folder / "contract.toml").is_file()
    }


def contract(dataset: str) -> Contract:
    """Return the contract of one dataset.

    Raises
    ------
    UsageError
        When there is no such dataset.
    """
    known = contracts()
    if dataset not in known:
        raise UsageError(f"There is no dataset {dataset!r}.", fix=f"Use one of {', '.join(known)}.")
    return known[dataset]
