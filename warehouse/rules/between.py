"""Rules between the columns of one row, as the contract writes them."""

from __future__ import annotations

import polars as pl

from warehouse.contract_terms import Contract
from warehouse.rules.faults import FaultLog


def check_rules(values: pl.DataFrame, terms: Contract, log: FaultLog) -> None:
    """Log the contract's refusing rules for every row that breaks one; a rule that gives null is not broken.

    Parameters
    ----------
    values : polars.DataFrame
        The contract's columns, parsed. Rows with a fault already keep it.
    """
    for rule in terms.rules:
        if rule.refuses:
            is_good = values.select(pl.sql_expr(rule.expr).alias("is_good"))["is_good"].fill_null(value=True)
            log.add(~is_good, rule.name.upper(), None, rule.en, rule.fix_en)
