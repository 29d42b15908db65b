"""Numeric targets of the plans as cards show them."""

from __future__ import annotations

from components.monitoring_cards import chance_words
from components.monitoring_state import UNTOLD
from components.plan_cards import Target
from components.trajectory import Point
from kernel.scope import GrantedScope
from kernel.words import t
from warehouse.queries import plan


def targets(scope: GrantedScope, lang: str) -> list[Target]:
    """Return the targets of the plans with their measured months, in the visitor's language."""
    measured = plan.target_months(scope)
    months: dict[str, list[Point]] = {}
    chances = plan.chances(scope)
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
            ahead=_ahead(chances.get(row.code), lang),
        )
        for row in plan.target_list()
    ]


def _ahead(chance: plan.Chance | None, lang: str) -> str:
    """Return what the forecast says of a target in one or two sentences, empty where it says nothing."""
    if chance is None:
        return ""
    if chance.probability is None:
        return t(f"tracker.untold_{chance.method}", lang) if chance.method in UNTOLD else ""
    said = t("tracker.target_chance", lang, year=chance.year, chance=chance_words(chance.probability, lang))
    if chance.is_untellable:
        said = " ".join([said, t("tracker.untellable", lang)]) if lang == "en" else said + t("tracker.untellable", lang)
    if not chance.passes:
        return said
    later = chance.latest or t("tracker.target_beyond", lang)
    passed = t("tracker.target_passes", lang, period=chance.passes, earliest=chance.earliest, latest=later)
    return f"{said} {passed}" if lang == "en" else said + passed
