"""Indicators of research, counted again from core tables in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

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
    quarter_of,
    regions,
    rolled,
)

Project = dict[str, Any]


def _projects(small_demo: Path) -> list[Project]:
    return core(small_demo, "research_project").to_dicts()


def _years(small_demo: Path) -> set[str]:
    return {month[:4] for month in month_ends(small_demo)}


def _running(small_demo: Path, day: date) -> list[Project]:
    return [
        project
        for project in _projects(small_demo)
        if project["state"] != "terminated"
        and project["start_on"] <= day
        and not (project["finished_on"] and project["finished_on"] <= day)
    ]


def test_projects_running(small_demo: Path) -> None:
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for quarter, end in quarter_ends(small_demo).items():
        for project in _running(small_demo, end):
            key = (project["region_code"], quarter)
            counts[key] = (counts[key][0] + 1, 0.0)
    found = measured(small_demo, "research_project_count")
    assert_same(as_sum(rolled(small_demo, counts, fill="city")), found)
    # The newest state rebuilt from days is the state that the register names.
    newest = found.filter(region_code="320000").sort("period")["value"][-1]
    assert newest == sum(project["state"] == "running" for project in _projects(small_demo))


def test_projects_overdue(small_demo: Path) -> None:
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for month, end in month_ends(small_demo).items():
        for project in _running(small_demo, end):
            key = (project["region_code"], month)
            counts[key] = (counts[key][0] + (project["due_on"] < end), counts[key][1] + 1)
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "research_overdue_pct"))


def _of_year(small_demo: Path, day: str, count: Callable[[Project], float]) -> dict:
    """Return the sum of a count and the number of projects by city and the year of a day."""
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for project in _projects(small_demo):
        if not project[day] or (day == "finished_on" and project["state"] != "finished"):
            continue
        key = (project["region_code"], str(project[day].year))
        if key[1] in _years(small_demo):
            counts[key] = (counts[key][0] + count(project), counts[key][1] + 1)
    return counts


def _total(small_demo: Path, counts: dict) -> Figures:
    return as_sum(rolled(small_demo, counts, fill="city"))


FINISHED: dict[str, tuple[Callable[[Project], float], float]] = {
    "paper_per_project": (lambda project: project["paper_count"], 1.0),
    "research_applied_pct": (lambda project: project["applied_count"] > 0, 100.0),
    "research_finished_on_time_pct": (lambda project: project["finished_on"] <= project["due_on"], 100.0),
}


@pytest.mark.parametrize("code", FINISHED)
def test_rates_of_the_projects_finished_in_a_year(small_demo: Path, code: str) -> None:
    count, factor = FINISHED[code]
    counts = _of_year(small_demo, "finished_on", count)
    assert_same(as_ratio(rolled(small_demo, counts), factor), measured(small_demo, code))


def test_sums_of_the_projects_of_a_year(small_demo: Path) -> None:
    patents = _of_year(small_demo, "finished_on", lambda project: project["patent_count"])
    assert_same(_total(small_demo, patents), measured(small_demo, "patent_count"))
    finished = _of_year(small_demo, "finished_on", lambda _: 1)
    assert_same(_total(small_demo, finished), measured(small_demo, "research_finished_count"))
    funded = _of_year(small_demo, "start_on", lambda project: project["funded_cny"])
    assert_same(_total(small_demo, funded), measured(small_demo, "research_funding_cny"))
    per_project = as_ratio(rolled(small_demo, funded))
    assert_same(per_project, measured(small_demo, "research_funding_per_project_cny"))


def _appraisals(small_demo: Path) -> list[tuple[str, date, bool, date | None]]:
    cities = set(regions(small_demo, "city"))
    city = {code: above for code, chain in holders(small_demo).items() for above in chain if above in cities}
    names = ("region_code", "appraised_on", "passed", "awarded_on")
    return [(city[region], *rest) for region, *rest in core(small_demo, "vocational_certificate", names).iter_rows()]


def test_certificates_awarded(small_demo: Path) -> None:
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for city, _, _, awarded in _appraisals(small_demo):
        if awarded and f"{awarded:%Y-%m}" in month_ends(small_demo):
            key = (city, f"{awarded:%Y-%m}")
            counts[key] = (counts[key][0] + 1, 0.0)
    assert_same(_total(small_demo, counts), measured(small_demo, "vocational_certificate_count"))


def test_appraisals_passed(small_demo: Path) -> None:
    months = list(month_ends(small_demo))
    begun = {quarter_of(month) for month in months if month[5:] in ("01", "04", "07", "10")}
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for city, day, passed, _ in _appraisals(small_demo):
        quarter = quarter_of(f"{day:%Y-%m}")
        if quarter in begun:
            counts[city, quarter] = (counts[city, quarter][0] + passed, counts[city, quarter][1] + 1)
    assert "2021-Q4" not in {quarter for _, quarter in counts}
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "vocational_pass_pct"))
