"""How informatization projects keep the norm of four stages: points, what is missing, days overdue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.standards import Checklist, check, size_of
from warehouse.checklists import checklists
from warehouse.marts.mart_smart_venue_score import lacking

READS = ("core.project_register",)
KEY = ("project_id",)
SENSITIVITY = "internal"
CODE = "project_norm"
SCHEMA: dict[str, pl.DataType] = {
    "project_id": pl.String(),
    "project_name": pl.String(),
    "unit_code": pl.String(),
    "unit_name": pl.String(),
    "region_code": pl.String(),
    "stage": pl.String(),
    "stage_due_on": pl.Date(),
    "size_code": pl.String(),
    "points": pl.Float64(),
    "is_passing": pl.Boolean(),
    "overdue_days": pl.Int64(),
    "standard_cited": pl.String(),
    "reported_on": pl.Date(),
    "missing_items": pl.String(),
    "partial_items": pl.String(),
}


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row a project. Papers are asked for once their stage is done, days once they are due or kept.

    ``overdue_days``: days from the due day of the present stage to the day of the report, 0 where it is done or not yet
    due. ``points`` is null where nothing is asked for yet.
    """
    checklist = checklists()[CODE]
    projects = inputs["core.project_register"].sort("project_id")
    if projects.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    size = size_of(checklist, projects["budget_cny"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    amount, is_due = _amounts(checklist, projects)
    found = check(checklist, size, amount, is_due)
    overdue = (pl.col("reported_on") - pl.col("stage_due_on")).dt.total_days().clip(0)
    return projects.with_columns(
        size_code=pl.Series([checklist.sizes[place].code for place in size], dtype=pl.String),
        points=pl.Series(found.points, nan_to_null=True).round(2),
        is_passing=pl.Series(found.is_passing),
        overdue_days=pl.when(pl.col("stage_done_on").is_null()).then(overdue).otherwise(0),
        **lacking(checklist, found),
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _amounts(checklist: Checklist, projects: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts (0..100) and what is asked for already, both shape (projects, items)."""
    factors, amounts, asked = checklist.factors, [], []
    for item in checklist.items:
        due, done = pl.col(f"{item.group}_due_on"), pl.col(f"{item.group}_done_on")
        if item.measure == "paper":
            amount = pl.when(pl.col(item.column).fill_null(value=False)).then(factors["present"]).otherwise(0.0)
            is_due = done.is_not_null() | (pl.col("stage") == item.group) & (due < pl.col("reported_on"))
        else:
            late = pl.when((done > due).fill_null(value=False)).then(factors["late"]).otherwise(factors["on_time"])
            amount = pl.when(done.is_null()).then(0.0).otherwise(late)
            is_due = done.is_not_null() | (due < pl.col("reported_on"))
        values = projects.select(amount=amount, is_due=is_due.fill_null(value=False))
        amounts.append(values["amount"].to_numpy())
        asked.append(values["is_due"].to_numpy())
    return np.stack(amounts, axis=1), np.stack(asked, axis=1)
