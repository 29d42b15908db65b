"""One column of a dataset, as its contract describes it: the data dictionary."""

from __future__ import annotations

import polars as pl

from warehouse.contract_terms import LEVELS, Column, Contract
from warehouse.meta._facts import BuildFacts, MetaTable

# From this level on values are not for everybody who may read the table (GB/T 43697: sensitive, highly sensitive).
SENSITIVE_LEVELS = LEVELS[LEVELS.index("general_3") :]
# Datasets about persons; a sensitive value elsewhere is one of a business, a system or a place.
ABOUT_PERSONS = ("personal", "sensitive")
SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "ordinal": pl.Int64(),
    "column_name": pl.String(),
    "type": pl.String(),
    "name_zh": pl.String(),
    "name_en": pl.String(),
    "unit": pl.String(),
    "min": pl.Float64(),
    "max": pl.Float64(),
    "max_length": pl.Int64(),
    "pattern": pl.String(),
    "codes": pl.String(),
    "code_list": pl.String(),
    "is_required": pl.Boolean(),
    "is_key": pl.Boolean(),
    "level": pl.String(),
    "reference": pl.String(),
    "is_sensitive": pl.Boolean(),
    "is_personal": pl.Boolean(),
}


def make(facts: BuildFacts) -> pl.DataFrame:
    """Return the table: key ``dataset, ordinal`` (1 is the first column); columns of ``SCHEMA``."""
    rows = [
        _row(contract, place, column)
        for _, contract in sorted(facts.contracts.items())
        for place, column in enumerate(contract.columns, start=1)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _row(contract: Contract, place: int, column: Column) -> dict[str, object]:
    level = contract.level_of(column.name)
    return {
        "dataset": contract.dataset,
        "ordinal": place,
        "column_name": column.name,
        "type": column.type,
        "name_zh": column.zh,
        "name_en": column.en,
        "unit": column.unit,
        "min": column.min,
        "max": column.max,
        "max_length": column.max_length,
        "pattern": column.pattern,
        "codes": ", ".join(column.codes) or None,
        "code_list": column.code_list,
        "is_required": column.required,
        "is_key": column.name in contract.key,
        "level": level,
        "reference": column.references,
        "is_sensitive": level in SENSITIVE_LEVELS,
        "is_personal": level in SENSITIVE_LEVELS and contract.sensitivity in ABOUT_PERSONS,
    }


META = MetaTable(make)
