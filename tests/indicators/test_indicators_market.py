"""Indicators of the sports market, counted again from core tables in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tests.indicators.core_rows import (
    Figures,
    as_ratio,
    as_sum,
    assert_same,
    core,
    holders,
    measured,
    month_ends,
    quarter_ends,
    regions,
    rolled,
)


def _city(small_demo: Path) -> dict[str, str]:
    """Return the city of every county and city."""
    cities = set(regions(small_demo, "city"))
    return {code: above for code, chain in holders(small_demo).items() for above in chain if above in cities}


def _inspections(small_demo: Path) -> list[dict]:
    return core(small_demo, "market_inspection").to_dicts()


def _months_back(day: date, months: int) -> date:
    """Return the last day of the month so many months before the month of a day."""
    number = day.year * 12 + day.month - months
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def _first_day(small_demo: Path) -> date:
    return next(iter(month_ends(small_demo).values())).replace(day=1)


def test_inspections_and_what_they_found(small_demo: Path) -> None:
    all_of, found_one = defaultdict(int), defaultdict(int)
    for case in _inspections(small_demo):
        key = (case["region_code"], f"{case['inspected_on']:%Y-%m}")
        all_of[key] += 1
        found_one[key] += case["violation_count"] > 0
    held = rolled(small_demo, {key: (count, 0.0) for key, count in all_of.items()}, fill="county")
    assert_same(as_sum(held), measured(small_demo, "inspection_count"))
    shares = rolled(small_demo, {key: (found_one[key], count) for key, count in all_of.items()})
    assert_same(as_ratio(shares, 100.0), measured(small_demo, "violation_rate_pct"))


def test_days_to_close_are_a_percentile_of_every_level_by_itself(small_demo: Path) -> None:
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    for case in _inspections(small_demo):
        if case["closed_on"] and case["violation_count"] > 0:
            for above in holders(small_demo)[case["region_code"]]:
                days[above, f"{case['closed_on']:%Y-%m}"].append((case["closed_on"] - case["inspected_on"]).days)
    expected: Figures = {
        key: (float(len(own)), float(len(own)), float(np.percentile(own, 90))) for key, own in days.items()
    }
    assert_same(expected, measured(small_demo, "case_close_days_p90"))


def _open_units(small_demo: Path, day: date) -> list[tuple[str, str, str | None]]:
    """Return number, county and high-risk sport of the units open at the end of a day."""
    names = ("enterprise_id", "region_code", "high_risk_kind", "founded_on", "closed_on")
    rows = core(small_demo, "enterprise", names).iter_rows()
    return [(unit, region, kind) for unit, region, kind, *days in rows if _is_open(*days, day)]


def _is_open(founded: date, closed: date | None, day: date) -> bool:
    return founded <= day and (closed is None or closed > day)


def test_high_risk_sites_inspected_within_twelve_months(small_demo: Path) -> None:
    visits = defaultdict(list)
    for case in _inspections(small_demo):
        visits[case["enterprise_id"]].append(case["inspected_on"])
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for quarter, end in quarter_ends(small_demo).items():
        before = _months_back(end, 12)
        if before < _first_day(small_demo) - timedelta(days=1):
            continue
        for unit, region, kind in _open_units(small_demo, end):
            if kind:
                is_seen = any(before < day <= end for day in visits[unit])
                counts[region, quarter] = (counts[region, quarter][0] + is_seen, counts[region, quarter][1] + 1)
    assert min(quarter for _, quarter in counts) == "2022-Q4"
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "high_risk_inspected_pct"))


def test_complaints_by_units(small_demo: Path) -> None:
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for month, end in month_ends(small_demo).items():
        for _, region, _ in _open_units(small_demo, end):
            counts[region, month] = (0.0, counts[region, month][1] + 1)
    for case in _inspections(small_demo):
        key = (case["region_code"], f"{case['inspected_on']:%Y-%m}")
        counts[key] = (counts[key][0] + case["complaint_count"], counts[key][1])
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "complaint_per_100_units"))


def test_revisits_due_at_the_end_of_each_week(small_demo: Path) -> None:
    newest = list(month_ends(small_demo).values())[-1]
    first = _first_day(small_demo)
    sunday = first + timedelta(days=6 - first.weekday())
    counts: dict = {}
    cases = [case for case in _inspections(small_demo) if case["revisit_due_on"]]
    while sunday - timedelta(days=6) <= newest:
        seen_on = min(sunday, newest)
        year, week, _ = sunday.isocalendar()
        for region in regions(small_demo, "county"):
            counts[region, f"{year}-W{week:02d}"] = (0.0, 0.0)
        for case in cases:
            done = case["revisited_on"]
            if case["revisit_due_on"] <= seen_on and (done is None or done > seen_on):
                key = (case["region_code"], f"{year}-W{week:02d}")
                counts[key] = (counts[key][0] + 1, 0.0)
        sunday += timedelta(days=7)
    assert_same(as_sum(rolled(small_demo, counts)), measured(small_demo, "revisit_due_count"))


def test_approvals_in_time_and_their_median(small_demo: Path) -> None:
    city = _city(small_demo)
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    days: dict[tuple[str, str], list[float]] = defaultdict(list)
    names = ("region_code", "received_at", "due_at", "decided_at")
    for region, received, due, decided in core(small_demo, "approval", names).iter_rows():
        if decided is None:
            continue
        key = (city[region], f"{decided:%Y-%m}")
        counts[key] = (counts[key][0] + (decided <= due), counts[key][1] + 1)
        for above in holders(small_demo)[city[region]]:
            days[above, key[1]].append((decided - received).total_seconds() / 86400)
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "approval_on_time_pct"))
    medians = {key: (float(len(own)), float(len(own)), float(np.median(own))) for key, own in days.items()}
    assert_same(medians, measured(small_demo, "approval_days_median"))


SEVERE = {"licence": 20, "lifeguard": 20, "water": 20, "prepaid": 10, "insurance": 10}


def test_units_of_low_credit(small_demo: Path) -> None:
    cases: dict[str, list] = defaultdict(list)
    for case in _inspections(small_demo):
        if case["violation_count"] > 0:
            points = 5 * case["violation_count"] + SEVERE.get(case["violation_code"], 5)
            cases[case["enterprise_id"]].append((case["inspected_on"], points))
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for quarter, end in quarter_ends(small_demo).items():
        before = _months_back(end, 24)
        if before < _first_day(small_demo) - timedelta(days=1):
            continue
        for unit, region, _ in _open_units(small_demo, end):
            own = [points for day, points in cases.get(unit, []) if before < day <= end]
            score = 100 - sum(own) - 10 * max(0, len(own) - 1)
            counts[region, quarter] = (counts[region, quarter][0] + (score < 60), counts[region, quarter][1] + 1)
    assert min(quarter for _, quarter in counts) == "2023-Q4"
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "credit_low_unit_pct"))


def test_some_units_are_of_low_credit_and_most_are_not(small_demo: Path) -> None:
    """A threshold that nobody or everybody falls below would tell nothing."""
    province = measured(small_demo, "credit_low_unit_pct").filter(region_code="320000")["value"]
    assert 0.5 < province.min() <= province.max() < 5.0
