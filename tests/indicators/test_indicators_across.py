"""Comparisons across two fields: both sides counted a second time from core tables, in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from analytics.indicator import indicators
from tests.indicators.core_rows import as_ratio, assert_same, core, mart, measured, month_ends, rolled
from tests.indicators.part_rows import city_of, whole_years

# Region, year and what it adds.
Amounts = Iterator[tuple[str, str, float]]


def _last_months(small_demo: Path) -> dict[str, str]:
    return {month[:4]: month for month in sorted(month_ends(small_demo))}


def _standing(small_demo: Path, begun: date, gone: date | None) -> list[str]:
    ends = {year: month_ends(small_demo)[month] for year, month in _last_months(small_demo).items()}
    return [year for year, end in ends.items() if begun <= end and (gone is None or gone > end)]


def _budget(category: str) -> Callable[[Path], Amounts]:
    def amounts(small_demo: Path) -> Amounts:
        last = set(_last_months(small_demo).values())
        columns = ("region_code", "month", "category_code", "executed_ytd_cny")
        for region, month, kind, executed in core(small_demo, "budget", columns).iter_rows():
            if kind == category and month in last:
                yield region, month[:4], executed

    return amounts


def _people(column: str, kinds: set[str] | None) -> Callable[[Path], Amounts]:
    def amounts(small_demo: Path) -> Amounts:
        columns = ("region_code", "start_on", "state", "kind_code", column)
        for region, day, state, kind, count in core(small_demo, "event", columns).iter_rows():
            if state == "held" and (kinds is None or kind in kinds):
                yield region, str(day.year), count or 0

    return amounts


def _awards(small_demo: Path) -> Amounts:
    for region, on, grade in core(small_demo, "grade_award", ("region_code", "awarded_on", "grade_code")).iter_rows():
        if grade != "grade_3":
            yield region, str(on.year), 1


def _entries(small_demo: Path) -> Amounts:
    for region, on in core(small_demo, "youth_competition", ("region_code", "held_on")).iter_rows():
        yield region, str(on.year), 1


def _inspections(small_demo: Path) -> Amounts:
    accounts = set(core(small_demo, "industry_account", ("year",))["year"])
    for region, on in core(small_demo, "market_inspection", ("region_code", "inspected_on")).iter_rows():
        if on.year in accounts:
            yield region, str(on.year), 1


def _bought(column: str, category: str = "") -> Callable[[Path], Amounts]:
    def amounts(small_demo: Path) -> Amounts:
        columns = ("region_code", "paid_at", "category_code", column, "sample_weight")
        for region, at, kind, amount, weight in core(small_demo, "consumption", columns).iter_rows():
            if kind == category or not category:
                yield region, str(at.year), amount * weight

    return amounts


def _visits(small_demo: Path) -> Amounts:
    rows = mart(small_demo, "mart_venue_month", ("region_code", "month", "entry_count")).drop_nulls()
    for region, month, count in rows.iter_rows():
        yield region, month[:4], count


def _young(small_demo: Path) -> Amounts:
    last, city = set(_last_months(small_demo).values()), city_of(small_demo)
    columns = ("region_code", "month", "person_key", "is_registered")
    rows = core(small_demo, "youth_training", columns).iter_rows()
    found = {(city[region], month[:4], person) for region, month, person, is_in in rows if is_in and month in last}
    for (region, year), count in Counter((region, year) for region, year, _ in found).items():
        yield region, year, count


def _athletes(small_demo: Path) -> Amounts:
    columns = ("region_code", "registered_on", "left_on", "status")
    for region, begun, gone, status in core(small_demo, "athlete", columns).iter_rows():
        for year in _standing(small_demo, begun, gone) if status != "trial" else ():
            yield region, year, 1


def _training_units(small_demo: Path) -> Amounts:
    columns = ("region_code", "founded_on", "closed_on", "industry_code")
    for region, begun, gone, industry in core(small_demo, "enterprise", columns).iter_rows():
        for year in _standing(small_demo, begun, gone) if industry.startswith("06") else ():
            yield region, year, 1


def _output(small_demo: Path) -> Amounts:
    columns = ("region_code", "year", "industry_code", "output_cny")
    for region, year, industry, output in core(small_demo, "industry_account", columns).iter_rows():
        if len(industry) == 2:
            yield region, str(year), output


MASS, ALL = _people("participant_count", {"mass", "activity"}), _people("participant_count", None)
WATCHED = _people("spectator_count", {"elite", "professional"})
SIDES: dict[str, tuple[Callable[[Path], Amounts], Callable[[Path], Amounts]]] = {
    "elite_budget_per_athlete_cny": (_budget("elite"), _athletes),
    "grade_award_per_10k_participants": (_awards, ALL),
    "inspections_per_100m_output": (_inspections, _output),
    "mass_budget_per_participant_cny": (_budget("mass"), MASS),
    "subsidy_per_visit_cny": (_bought("subsidy_cny"), _visits),
    "ticket_cny_per_spectator": (_bought("paid_cny", "ticket"), WATCHED),
    "training_units_per_100_youth": (_training_units, _young),
    "youth_budget_per_entry_cny": (_budget("youth"), _entries),
    "youth_entries_per_1000_participants": (_entries, MASS),
    "youth_per_athlete": (_young, _athletes),
}


@pytest.mark.parametrize("code", sorted(SIDES))
def test_both_sides_of_a_comparison(small_demo: Path, code: str) -> None:
    years, city = whole_years(small_demo), city_of(small_demo)
    counts: dict[tuple[str, str], tuple[float, float]] = {}
    for place, side in enumerate(SIDES[code]):
        for region, year, amount in side(small_demo):
            if year in years:
                key = (city.get(region, region), year)
                top, below = counts.get(key, (0.0, 0.0))
                counts[key] = (top + amount, below) if place == 0 else (top, below + amount)
    assert_same(as_ratio(rolled(small_demo, counts), indicators()[code].factor), measured(small_demo, code))


def test_every_pair_of_the_five_fields_is_compared() -> None:
    """The table of the documentation has the ten pairs, each with an indicator."""
    text = Path("docs/indicators.md").read_text("utf-8")
    fields = ("mass fitness", "competitive", "youth", "industry", "government")
    for first, one in enumerate(fields):
        for other in fields[first + 1 :]:
            line = next(line for line in text.splitlines() if line.startswith(f"| {one} | {other} |"))
            assert line.split("`")[1] in SIDES
