"""The best sites as a person finds them: ask, watch, read the proof, try the sites, reload, upload, be refused."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.application import open_page

pytestmark = pytest.mark.journey

SOLVED_MS = 90_000


@pytest.fixture
def page(as_role):
    page = as_role("planner")
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def test_a_search_is_asked_for_watched_proven_and_tried(page, application) -> None:
    open_page(page, application, "/planning/siting?region=321003")
    page.locator("#siting-count").fill("4")
    page.locator("#siting-count").press("Enter")
    expect(page).to_have_url(re.compile("form="))
    page.locator("#siting-start").click()
    expect(page.locator("#siting-progress [role=progressbar]")).to_be_visible()
    expect(page.locator("#siting-cancel")).to_be_visible()
    proof = page.locator(".siting-proof dd")
    expect(proof.first).to_be_visible(timeout=SOLVED_MS)
    optimum, bound, gap, _ = proof.all_inner_texts()
    assert optimum == bound
    assert gap == "0.00%"
    expect(page.locator(".siting-outcome")).to_have_class(re.compile("is-optimal"))
    expect(page.locator("#siting-cancel")).to_be_hidden()
    rows = page.locator(".siting-table tbody tr")
    expect(rows).to_have_count(4)
    assert re.search(r"\d+ / 200", rows.first.inner_text())
    expect(page).to_have_url(re.compile(r"job=[0-9a-f]{32}"))
    expect(page.locator(".siting-job").first).to_contain_text("已完成")
    page.reload()
    expect(proof.first).to_have_text(optimum)
    expect(page.locator("#siting-count")).to_have_value("4")
    href = page.get_by_role("link", name="在情景推演中试用").get_attribute("href")
    assert href.startswith("/planning?edits=")


def test_what_cannot_be_met_is_said_and_a_list_is_taken_row_by_row(page, application, tmp_path) -> None:
    open_page(page, application, "/planning/siting?region=321003")
    page.locator("#siting-count").fill("1999")
    page.locator("#siting-count").press("Enter")
    page.locator("#siting-start").click()
    expect(page.locator("#siting-refusal")).to_contain_text("候选地点最多只有")
    assert "job=" not in page.url
    listed = tmp_path / "名单.csv"
    listed.write_text("经度,纬度,名称\n119.40,32.40,甲\n乱,32.40,乙\n", "utf-8")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-siting-upload]").click()
    chooser.value.set_files(listed)
    expect(page.locator("#siting-uploaded")).to_contain_text("可用 1 行，拒绝 1 行")
    expect(page.locator("#siting-uploaded li")).to_contain_text("3:")


def test_corners_clicked_on_the_map_become_the_area(page, application) -> None:
    open_page(page, application, "/planning/siting?region=321003")
    expect(page.locator("#planning-canvas[data-ready=true]")).to_be_visible(timeout=SOLVED_MS)
    page.locator("[data-siting-tool=ring]").click()
    expect(page.locator("[data-siting-tool=ring]")).to_have_attribute("aria-pressed", "true")
    box = page.locator("#planning-canvas").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for number, (dx, dy) in enumerate(((-60, -60), (60, -60), (60, 60)), start=1):
        page.mouse.click(middle[0] + dx, middle[1] + dy)
        expect(page.locator("#siting-hint")).to_contain_text(f"{number} 个角点")
    page.locator("[data-siting-tool=clear]").click()
    expect(page.locator("#siting-hint")).not_to_contain_text("个角点")


def test_a_leader_reads_and_does_not_start(as_role, application) -> None:
    page = as_role("leader")
    open_page(page, application, "/planning/siting")
    expect(page.locator("#siting-start")).to_be_disabled()
