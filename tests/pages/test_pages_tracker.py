"""The plan tracker over a delivered list: states from evidence, reports of owners, cards, list and export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from flask import Flask

from components.plan_cards import Target, nines_card, ones_card, summary_card, targets_card
from components.plan_table import plan_table
from components.plan_targets import targets
from components.request import RequestContext, Visitor
from components.trajectory import Point, trajectory
from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from pages import tracker
from reports.catalogue import plan as plan_export
from reports.export import Asked
from warehouse import reference_tables
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.publish import publish
from warehouse.queries import _run, plan
from warehouse.receive import receive
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "leader", "leader", is_demo=True, must_change_password=False)
LEADER = GrantedScope("a", "leader", frozenset(), "open", frozenset({"tracker.view", "export.make"}))
CONTEXT = RequestContext(LEADER, "zh", "light", VISITOR)
YEAR = 2026
HEAD = "item_id,plan_code,section_code,name_zh,level_code,branch_code,owner_unit,due_year"
REPORTS = f"""{HEAD},reported_state,reported_on,reported_note
J118,jiangsu,A7,政务办公（OA）,T,ecosystem,办公室,2025,done,2025-12-01,验收报告 2025-17 号
S100,suzhou,A11,15 2021 宣传推广,T,analysis,群体处,2021,dropped,2024-03-01,并入其他任务
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("plan")
    settings = replace(load_settings({}), data_dir=folder / "var")
    reference_tables.table("plan_items").write_csv(folder / "plan.csv")
    (folder / "reports.csv").write_text(REPORTS, "utf-8")
    for name in ("plan.csv", "reports.csv"):
        receipts = receive(folder / name, ["plan_item"], DeliveryOptions(file_name=name), settings)
        assert [receipt.state for receipt in receipts] == ["accepted"]
    publish(settings, build(settings).build_id)
    return settings


@pytest.fixture(scope="module")
def pages_only() -> Flask:
    import app

    server = Flask("pages_only")
    server.extensions["pages"] = frozenset(app.mounted_pages())
    return server


@pytest.fixture
def items(planned: Settings, pages_only: Flask) -> Iterator[dict[str, dict]]:
    with _run.reading_from(open_store(planned)), pages_only.app_context():
        frame = plan.items(LEADER, pages=pages_only.extensions["pages"], year=YEAR)
        yield {row["item_id"]: row for row in frame.to_dicts()}


def test_states_follow_from_evidence_and_reports(items) -> None:
    assert len(items) == 266
    state = {item: row["state_code"] for item, row in items.items()}
    assert state["J020"] == "done"
    assert (state["J073"], items["J073"]["lacks"]) == ("not_started", ["subscription"])
    assert (state["J118"], state["S100"], state["J034"]) == ("reported_done", "dropped", "tracked")
    assert state["J119"] == "contract", "nobody has delivered a budget to this warehouse"
    assert state["J087"] == "partial"
    assert not items["J087"]["missing"]


def test_only_what_is_owed_is_overdue(items) -> None:
    assert items["J073"]["is_overdue"]
    assert not items["J020"]["is_overdue"]
    assert not items["J118"]["is_overdue"]
    assert not items["S003"]["is_overdue"], "a baseline is a fact of a year gone by"
    assert not items["J034"]["is_overdue"], "the vision is due in 2035"


def test_a_page_that_goes_takes_its_items_with_it(planned: Settings, pages_only: Flask) -> None:
    with _run.reading_from(open_store(planned)):
        pages = pages_only.extensions["pages"] - {"/tracker"}
        frame = plan.items(LEADER, pages=pages, year=YEAR).filter(pl.col("item_id") == "J020")
    assert frame["state_code"].to_list() == ["not_started"]
    assert frame["missing"].to_list() == [["page:/tracker"]]


def test_the_cards_count_every_item_once(items) -> None:
    rows = list(items.values())
    text = str(summary_card(rows, "zh"))
    assert all(f"{sum(row['level_code'] == level for row in rows)} 项" in text for level in "CIT")
    inside = {row["branch_code"] for row in rows if row["plan_code"] == "jiangsu"}
    ones = str(ones_card(rows, "zh"))
    assert all(f"plan=jiangsu&branch={branch}#" in ones for branch in inside)
    nines = str(nines_card(rows, "en"))
    assert all(f"plan=suzhou&task={task}#" in nines for task in range(3, 16))
    handed = next(part for part in plan_table(rows, "zh").children if getattr(part, "id", "") == "tracker-items").data
    assert [row["item"] for row in handed["items"]] == sorted(items)
    assert set(handed["states"]) >= {row["state"] for row in handed["items"]}


def test_the_page_shows_cards_list_and_export(items) -> None:
    text = str(tracker.layout(CONTEXT))
    assert "266 项任务" in text
    assert "/api/export/plan.xlsx" in text
    without = replace(CONTEXT, scope=replace(LEADER, actions=frozenset({"tracker.view"})))
    assert "/api/export/plan.xlsx" not in str(tracker.layout(without))


def test_a_target_without_data_says_so_and_one_with_data_shows_gap_and_state() -> None:
    empty = Target("x", "覆盖率", "%", "口径", 30.0, 2025, (), is_upward=True, is_demo=False)
    assert "还没有可计算该目标的数据" in str(targets_card([empty], "zh"))
    points = [Point("2025-10", 28.0), Point("2025-11", 29.0), Point("2025-12", 31.5)]
    met = replace(empty, points=points, is_demo=True)
    text = str(targets_card([met], "zh"))
    assert "2025-12 起达到" in text
    assert "演示数据" in text
    assert "未达到" in str(targets_card([replace(met, is_upward=False)], "zh"))


def test_the_line_ends_at_the_newest_figure_and_reaches_to_the_end_of_the_target_year() -> None:
    drawn = trajectory([Point("2025-01", 0.0), Point("2025-07", 10.0)], 20.0, 2025, label="x")
    line = drawn.children[0].style["maskImage"]
    # Seven months of twelve: six elevenths of the way between the edges of 6 and 314.
    assert "M6.0%2090.0%20L174.0%2048.0" in line
    assert "M6.0%206.0%20L314.0%206.0" in drawn.children[1].style["maskImage"]


def test_targets_come_in_the_order_of_the_reference_table(items) -> None:
    found = targets(LEADER, "en")
    assert [target.code for target in found][:2] == ["sensor_coverage_pct", "cloud_rate_pct"]


def test_the_export_lists_every_item_and_every_state(items, planned: Settings) -> None:
    asked = Asked(LEADER, "zh", {}, "/api/export/plan.xlsx", "xlsx", None)
    content = plan_export.make(asked)
    states, figures, listed = content.tables
    assert len(listed.rows) == 266
    assert sum(row[2] for row in states.rows) == 266
    assert len(figures.rows) == len(plan.target_list())
    used = {name for target in plan.target_list() for name in target.datasets}
    assert {one.code for one in content.provenance.build.datasets} <= used | {"plan_item"}
    assert plan_export._used() == used | {"plan_item"}
