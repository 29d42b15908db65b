"""Reading the text of a contract strictly: every fault is named at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from geodata.crs import check_crs
from kernel.errors import UsageError
from warehouse.contract_terms import (
    CADENCES,
    DIMENSIONS,
    GEOMETRIES,
    LEVELS,
    NUMERIC,
    OPENINGS,
    SENSITIVITIES,
    SHARINGS,
    TYPES,
    Column,
    Contract,
    ContractError,
    Rule,
)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REFERENCE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_HEAD_KEYS = {item.name for item in fields(Contract)} - {"dataset", "columns", "rules"}
_HEAD_OPTIONAL = {"crs", "period_column", "unit_column", "due_days", "feeds", "precedence", "grain_zh", "minors"}
_HEAD_REQUIRED = _HEAD_KEYS - _HEAD_OPTIONAL
_HEAD_NOT_TEXT = {"key", "feeds", "due_days", "precedence", "minors"}
_CHOICES = {
    "geometry": GEOMETRIES,
    "sensitivity": SENSITIVITIES,
    "cadence": tuple(CADENCES),
    "sharing": SHARINGS,
    "opening": OPENINGS,
    "level": LEVELS,
}
_RULE_KEYS = {item.name for item in fields(Rule)}
_COLUMN_KEYS = {item.name: item for item in fields(Column)}
_COLUMN_TYPES: dict[str, type | tuple[type, ...]] = {
    "required": bool,
    "min": (int, float),
    "max": (int, float),
    "max_length": int,
    "codes": list,
    "aliases": list,
}


def parse_contract(dataset: str, text: str, *, tries: bool = True) -> Contract:
    """Return the contract written in a TOML text.

    Parameters
    ----------
    dataset : str
        Name of the dataset: the name of its folder.
    text : str
        Content of ``contract.toml``.
    tries : bool
        Whether expressions are tried on an empty frame; those that ship with the product are tried by the tests, so
        that a process that reads contracts is ready at once and has no threads of Polars yet.

    Raises
    ------
    ContractError
        When anything is missing, unknown or of the wrong type; every fault is named at once.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"contract of {dataset}: not TOML: {error}") from error
    column_tables, rule_tables = raw.pop("column", []), raw.pop("rule", [])
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
    rules, found = _rules(rule_tables)
    faults += found
    if tries:
        faults += _expression_faults(columns, rules)
    if faults:
        raise ContractError(
            f"contract of {dataset}: " + "; ".join(faults), fix=f"Mend warehouse/datasets/{dataset}/contract.toml."
        )
    head: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Contract(dataset=dataset, columns=tuple(columns), rules=rules, **head)


def _head_faults(dataset: str, raw: Mapping[str, Any]) -> list[str]:
    faults = [] if _NAME.fullmatch(dataset) else [f"bad dataset name {dataset!r}"]
    faults += [f"missing {key}" for key in sorted(_HEAD_REQUIRED - set(raw))]
    faults += [f"unknown key {key}" for key in sorted(set(raw) - _HEAD_KEYS)]
    faults += [
        f"{key} must be a text"
        for key in sorted(_HEAD_KEYS - _HEAD_NOT_TEXT)
        if key in raw and not isinstance(raw[key], str)
    ]
    if "key" in raw and not (_is_texts(raw["key"]) and raw["key"]):
        faults.append("key must be a list of column names")
    if not _is_texts(raw.get("feeds", [])):
        faults.append("feeds must be a list of plan items")
    if not _is_texts(raw.get("precedence", [])):
        faults.append("precedence must be a list of publishers")
    if not isinstance(raw.get("minors", False), bool):
        faults.append("minors must be true or false")
    if not isinstance(raw.get("due_days", 0), int):
        faults.append("due_days must be a whole number")
    faults += [
        f"{key} must be one of {', '.join(choices)}" for key, choices in _CHOICES.items() if raw.get(key) not in choices
    ]
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
    if table.get("level", LEVELS[0]) not in LEVELS:
        faults.append(f"{name}: level must be one of {', '.join(LEVELS)}")
    if "references" in table and not _REFERENCE.fullmatch(table["references"]):
        faults.append(f"{name}: references must be dataset.column")
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
    faults += [
        f"{key} {raw[key]} is not a column"
        for key in ("period_column", "unit_column")
        if isinstance(raw.get(key), str) and raw[key] not in names
    ]
    positions = {"longitude", "latitude"}
    given = sorted(column.type for column in columns if column.type in positions)
    faults += [
        f"{column.name}: filled_when is for columns that are not required"
        for column in columns
        if column.filled_when is not None and column.required
    ]
    if raw.get("geometry") == "point" and given != ["latitude", "longitude"]:
        faults.append("a point dataset needs exactly one longitude and one latitude column")
    return faults


def _rules(tables: object) -> tuple[tuple[Rule, ...], list[str]]:
    """Return the rules between columns and what is wrong with their form."""
    if not isinstance(tables, list):
        return (), ["[[rule]] must be a list of tables"]
    rules, faults = [], []
    for table in tables:
        name = str(table.get("name", "?"))
        missing = sorted(_RULE_KEYS - {"refuses"} - set(table))
        faults += [f"rule {name}: missing {key}" for key in missing]
        faults += [f"rule {name}: unknown key {key}" for key in sorted(set(table) - _RULE_KEYS)]
        if table.get("dimension") not in DIMENSIONS:
            faults.append(f"rule {name}: dimension must be one of {', '.join(DIMENSIONS)}")
        if not missing:
            rules.append(Rule(**{key: value for key, value in table.items() if key in _RULE_KEYS}))
    names = [rule.name for rule in rules]
    return tuple(rules), faults + [
        f"rule {name} is given twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]


def _expression_faults(columns: list[Column], rules: tuple[Rule, ...]) -> list[str]:
    """Return which expressions do not fit the columns; each is tried on an empty frame."""
    empty = pl.DataFrame(schema={column.name: column.dtype for column in columns})
    expressions = [(f"{one.name}: filled_when", one.filled_when) for one in columns if one.filled_when is not None]
    expressions += [(f"rule {rule.name}: expr", rule.expr) for rule in rules]
    faults = []
    for name, expression in expressions:
        try:
            kind = empty.select(pl.sql_expr(expression)).dtypes[0]
        except pl.exceptions.PolarsError as error:
            faults.append(f"{name}: {error}")
            continue
        if kind != pl.Boolean:
            faults.append(f"{name} must be true or false, is {kind}")
    return faults
