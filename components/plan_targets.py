"""Numeric targets of the plans as cards show them."""

from __future__ import annotations

from components.plan_cards import Target
from components.trajectory import Point
from kernel.scope import GrantedScope
from warehouse.queries import plan


def targets(scope: GrantedScope, lang: str) -> list[Target]:
    """Return the targets of the plans with their measured months, in the visitor's language."""
    measured = plan.target_months(scope)
    months: dict[str, list[Point]] = {}
    for code, month, value in measured.select("measure_code", "month", "value").iter_rows():
        months.setdefault(code, []).append(Point(month, value))
    return [
        Target(
            code=row.code,
            name=row.name_en if lang == "en" else row.name_zh,
            unit=row.unit_en if lang == "en" else row.unit_zh,
            source=row.definition_en if lang == "en" else row.definition_zh,
            value=row.value,
            year=row.year,
            points=months.get(row.code, []),
            is_upward=row.is_upward,
            is_demo=plan.is_generated(row),
        )
        for row in plan.target_list()
    ]
