"""One rule between the columns of a dataset, with what it refuses and how to mend it."""

from __future__ import annotations

import polars as pl

from warehouse.meta._facts import BuildFacts, MetaTable

SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "rule_name": pl.String(),
    "dimension": pl.String(),
    "expression": pl.String(),
    "text_zh": pl.String(),
    "text_en": pl.String(),
    "fix_zh": pl.String(),
    "fix_en": pl.String(),
    "is_refusing": pl.Boolean(),
}


def make(facts: BuildFacts) -> pl.DataFrame:
    """Return the table: key ``dataset, rule_name``, in the order of the contracts; columns of ``SCHEMA``."""
    rows = [
        {
            "dataset": dataset,
            "rule_name": rule.name,
            "dimension": rule.dimension,
            "expression": rule.expr,
            "text_zh": rule.zh,
            "text_en": rule.en,
            "fix_zh": rule.fix_zh,
            "fix_en": rule.fix_en,
            "is_refusing": rule.refuses,
        }
        for dataset, contract in sorted(facts.contracts.items())
        for rule in contract.rules
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


META = MetaTable(make)
