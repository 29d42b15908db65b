"""Marts of the checklists on cases by hand, the rule files, and what the queries read from contracts."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kernel.errors import UsageError
from warehouse.checklists import checklists
from warehouse.marts import mart_project_norm, mart_smart_venue_score
from warehouse.queries import checklists as queries
from warehouse.queries import standard_register

VENUE_LIST = checklists()["smart_venue"]
CODES = [item.column for item in VENUE_LIST.items]


def venue_rows(venue: str, live: dict[str, tuple[str, float, date]]) -> list[dict[str, object]]:
    rows = []
    for code in CODES:
        state, score, day = live.get(code, ("none", None, None))
        rows.append(
            {
                "venue_id": venue,
                "subsystem_code": code,
                "state": state,
                "went_live_on": day if state == "live" else None,
                "score": score,
                "checked_on": day,
                "subsidy_cny": 1_000.0 if state == "live" else None,
                "standard_cited": None,
                "region_code": "320102",
            }
        )
    return rows


def scored(rows: list[dict[str, object]], areas: dict[str, float]) -> pl.DataFrame:
    venues = pl.DataFrame({"venue_id": list(areas), "area_m2": list(areas.values())})
    return mart_smart_venue_score.build(
        {"core.smart_venue_system": pl.DataFrame(rows, infer_schema_length=None), "core.venue": venues}
    )


def test_a_large_venue_by_hand() -> None:
    live = {code: ("live", 90.0, date(2024, 2, 10)) for code in CODES if code not in ("parking", "intercom")}
    live["parking"] = ("trial", 90.0, date(2025, 5, 1))
    found = scored(venue_rows("V1", live), {"V1": 8_000.0})
    now = found.filter("is_latest").row(0, named=True)
    # All weights but those of parking (8) and intercom (8); parking on trial has 45 points: three tenths of 8.
    assert now["points"] == pytest.approx(84 + 0.3 * 8)
    assert now["is_passing"]
    assert (now["size_code"], now["live_count"], now["subsidy_cny"]) == ("large", 7, 7_000.0)
    assert (now["missing_items"], now["partial_items"]) == ("intercom", "parking")
    first = found.sort("quarter_end").row(0, named=True)
    assert first["quarter_end"] == date(2024, 3, 31)
    assert first["points"] == pytest.approx(84)
    assert found.height == 6


def test_without_what_is_required_a_venue_does_not_pass() -> None:
    live = {code: ("live", 95.0, date(2024, 2, 10)) for code in CODES if code != "video"}
    now = scored(venue_rows("V1", live), {"V1": 500.0}).filter("is_latest").row(0, named=True)
    assert (now["size_code"], now["points"], now["is_passing"]) == ("small", 80.0, False)


def test_a_venue_without_area_counts_as_small_and_nothing_delivered_gives_no_rows() -> None:
    found = scored(venue_rows("V2", {}), {"V1": 9_000.0})
    assert found.row(0, named=True)["size_code"] == "small"
    assert found["points"].to_list() == [0.0]
    schema = pl.DataFrame(venue_rows("V1", {})).schema
    nothing = mart_smart_venue_score.build(
        {
            "core.smart_venue_system": pl.DataFrame(schema=schema),
            "core.venue": pl.DataFrame({"venue_id": [], "area_m2": []}),
        }
    )
    assert nothing.is_empty()
    assert dict(nothing.schema) == mart_smart_venue_score.SCHEMA


PAPERS = [item.column for item in checklists()["project_norm"].items if item.measure == "paper"]
STAGES = ("initiation", "implementation", "acceptance", "operation")


def project(**changes: object) -> dict[str, object]:
    due = {f"{stage}_due_on": date(2026, 3 * number, 1) for number, stage in enumerate(STAGES, start=1)}
    row: dict[str, object] = {
        "project_id": "P1",
        "project_name": "项目",
        "unit_code": "320000-01",
        "unit_name": "体育局",
        "region_code": "320000",
        "budget_cny": 300_000.0,
        "stage": "implementation",
        "stage_due_on": date(2026, 6, 1),
        "stage_done_on": None,
        "standard_cited": None,
        "reported_on": date(2026, 5, 1),
        **due,
        **{f"{stage}_done_on": None for stage in STAGES},
        **dict.fromkeys(PAPERS, False),
    }
    return row | changes


def norm(row: dict[str, object]) -> dict[str, object]:
    dates = {name: pl.Date for name in row if name.endswith("_on")}
    frame = pl.DataFrame([row], schema_overrides=dates)
    return mart_project_norm.build({"core.project_register": frame}).row(0, named=True)


def test_a_project_in_its_second_stage_is_asked_for_the_first_only() -> None:
    kept = norm(project(initiation_done_on=date(2026, 2, 20), has_approval=True))
    assert (kept["points"], kept["is_passing"], kept["overdue_days"]) == (100.0, True, 0)
    late = norm(project(initiation_done_on=date(2026, 3, 20), has_approval=True))
    # Of a small project's 20 points of initiation, half of the 10 for the day are lost.
    assert late["points"] == 75.0
    assert late["partial_items"] == "initiation_day"
    bare = norm(project(initiation_done_on=date(2026, 2, 20)))
    assert (bare["points"], bare["is_passing"], bare["missing_items"]) == (50.0, False, "approval")


def test_an_overdue_stage_counts_nothing_and_its_papers_are_asked_for() -> None:
    found = norm(
        project(
            initiation_done_on=date(2026, 2, 20), has_approval=True, has_contract=True, reported_on=date(2026, 7, 1)
        )
    )
    # 20 of initiation and 12 of the contract, of these and the 20 of the day of implementation.
    assert found["points"] == pytest.approx(100 * 32 / 52, abs=0.01)
    assert found["overdue_days"] == 30
    assert found["missing_items"] == "implementation_day"


def test_a_project_that_has_just_begun_has_no_points_yet() -> None:
    found = norm(project(stage="initiation", stage_due_on=date(2026, 3, 1), reported_on=date(2026, 1, 15)))
    assert found["points"] is None
    assert not found["is_passing"]
    assert (found["missing_items"], found["partial_items"]) == ("", "")


def test_rule_files_state_source_reading_and_what_to_do_for_every_item() -> None:
    assert set(checklists()) == {"smart_venue", "project_norm"}
    assert len(CODES) == 9
    for checklist in checklists().values():
        for item in checklist.items:
            assert item.clause_zh
            assert item.reading_zh
            assert item.fix_zh
            assert item.fix_en
    stages = {item.group for item in checklists()["project_norm"].items}
    assert stages == set(STAGES)


def test_what_a_row_lacks_comes_in_the_order_of_the_checklist() -> None:
    found = queries.lacks(VENUE_LIST, "patrol;property", "energy")
    assert [(lack.item.code, lack.is_partial) for lack in found] == [
        ("property", False),
        ("energy", True),
        ("patrol", False),
    ]
    assert queries.lacks(VENUE_LIST, "", "") == ()
    with pytest.raises(UsageError, match="no checklist"):
        queries.checklist_of("iso_9000")


def test_uses_of_code_lists_are_read_from_the_contracts() -> None:
    found = {(use.dataset, use.column) for use in standard_register.uses()["smart_subsystem"]}
    assert found == {("smart_venue_system", "subsystem_code"), ("security_event", "subsystem_code")}


def test_adoption_sums_by_city_and_keeps_the_province_apart() -> None:
    units = pl.DataFrame(
        {
            "unit_code": ["320000-01", "320500-01", "320505-01"],
            "unit_name": ["a", "b", "c"],
            "region_code": ["320000", "320500", "320505"],
            "system_count": [4, 2, 1],
            "citing_system_count": [1, 2, 0],
            "project_count": [0, 1, 1],
            "citing_project_count": [0, 1, 0],
        }
    )
    cities = standard_register.by_region(units, 4)
    assert cities["region_code"].to_list() == ["320000", "320500"]
    assert cities["unit_count"].to_list() == [1, 2]
    assert cities["system_count"].to_list() == [4, 3]
    assert standard_register.by_region(units, 6).height == 3
