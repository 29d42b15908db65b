"""Planning as a planner does it: add a venue by a click, undo, be refused, save, reload, share, compare."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.application import open_page

pytestmark = pytest.mark.journey

READY_MS = 60_000
EDITS = "#planning-edits-list li"
FIGURES = "#planning-card .area-card"


@pytest.fixture
def page(as_role):
    return as_role("planner")


def open_planning(page: Page, application, query: str = "") -> None:
    open_page(page, application, f"/planning{query}")
    expect(page.locator("#planning-canvas[data-ready=true]")).to_be_visible(timeout=READY_MS)


@pytest.fixture(scope="module")
def town() -> dict[str, str]:
    """Where the venue is at which the journeys begin; the first of them finds it."""
    return {}


def open_town(page: Page, application, town: dict[str, str]) -> str:
    """Open the page at a venue, and return the part of the address that says where."""
    if not town:
        groups = page.request.get(f"{application.base}/api/search?text=健身").json()["groups"]
        found = next(group["items"][0] for group in groups if group["code"].startswith("venue"))
        open_page(page, application, found["path"])
        town["at"] = re.search(r"at=([\d.]+,[\d.]+)", page.url).group(1)
    where = f"?view={town['at']},16"
    open_planning(page, application, where)
    return where


def take(page: Page, tool: str) -> None:
    page.locator(f"[data-planning-tool='{tool}']").click()
    expect(page.locator(f"[data-planning-tool='{tool}']")).to_have_attribute("aria-pressed", "true")


def click_map(page: Page, x: float = 0, y: float = 0) -> None:
    """Click so many pixels from the middle of the map."""
    box = page.locator("#planning-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y)


def figures(page: Page) -> str:
    """The figures without the time of the engine, which is never the same twice."""
    return re.sub(r"引擎用时 \S+", "", page.locator(FIGURES).inner_text())


def test_a_click_changes_figures_undo_brings_them_back_and_a_link_keeps_them(page, application, town) -> None:
    open_town(page, application, town)
    before = figures(page)
    take(page, "close_venue")
    click_map(page)
    expect(page.locator(EDITS)).to_have_count(1)
    expect(page.locator(EDITS).first).to_contain_text("关闭场地")
    closed = figures(page)
    assert closed != before
    take(page, "add_venue")
    click_map(page, 40, 30)
    expect(page.locator(EDITS)).to_have_count(2)
    expect(page.locator(f"{FIGURES}[data-edits='2']")).to_be_visible()
    both = figures(page)
    page.locator("[data-planning-edit=undo]").click()
    expect(page.locator(EDITS)).to_have_count(1)
    expect(page.locator(f"{FIGURES}[data-edits='1']")).to_be_visible()
    assert figures(page) == closed
    page.locator("[data-planning-edit=redo]").click()
    expect(page.locator(f"{FIGURES}[data-edits='2']")).to_be_visible()
    assert figures(page) == both
    expect(page).to_have_url(re.compile("edits="))
    page.reload()
    expect(page.locator("#planning-canvas[data-ready=true]")).to_be_visible(timeout=READY_MS)
    expect(page.locator(EDITS)).to_have_count(2)
    assert figures(page) == both
    page.locator("[data-planning-edit='remove:0']").click()
    expect(page.locator(EDITS)).to_have_count(1)
    expect(page.locator(EDITS).first).to_contain_text("新增场地")
    page.locator("[data-planning-edit=clear]").click()
    expect(page.locator(EDITS)).to_have_count(0)
    assert figures(page) == before


def test_a_refused_place_says_why_and_changes_nothing(page, application) -> None:
    open_planning(page, application, "?view=125.0,20.0,12")
    before = figures(page)
    take(page, "add_venue")
    click_map(page)
    expect(page.locator("#planning-refusal")).to_be_visible()
    expect(page.locator("#planning-refusal")).to_contain_text(re.compile("区域|街道"))
    expect(page.locator(EDITS)).to_have_count(0)
    assert figures(page) == before
    assert "edits=" not in page.url
    take(page, "close_venue")
    click_map(page)
    expect(page.locator("#planning-refusal")).to_contain_text("没有场地")


def test_a_venue_with_several_entrances_and_a_tool_put_down(page, application, town) -> None:
    open_town(page, application, town)
    take(page, "add_venue")
    page.locator("#planning-new-entrances").get_by_text("多个出入口").click()
    click_map(page, 30, 30)
    expect(page.locator("#planning-finish")).to_be_visible()
    click_map(page, 60, 30)
    click_map(page, 30, 60)
    expect(page.locator("#planning-hint")).to_contain_text("2 个")
    expect(page.locator(EDITS)).to_have_count(0)
    page.locator("#planning-finish").click()
    expect(page.locator(EDITS).first).to_contain_text("2 个出入口")
    page.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-planning-tool='']")).to_have_attribute("aria-pressed", "true")
    click_map(page)
    expect(page.locator(".planning-place h2")).not_to_be_empty()
    page.locator("[data-planning-act=close_venue]").click()
    expect(page.locator(EDITS)).to_have_count(2)


def test_scenarios_are_saved_opened_again_and_compared(page, application, town) -> None:
    where = open_town(page, application, town)
    take(page, "close_venue")
    click_map(page)
    expect(page.locator(EDITS)).to_have_count(1)
    closed = figures(page)
    for name, edit in (("关一处", None), ("关一处再补一处", "add_venue")):
        if edit:
            take(page, edit)
            click_map(page, 40, 30)
            expect(page.locator(EDITS)).to_have_count(2)
        page.locator("#planning-name").fill(name)
        page.locator("#planning-save").click()
        expect(page.locator(".scenario-name", has_text=re.compile(f"^{name}$"))).to_be_visible()
    address = page.locator(".scenario-name", has_text=re.compile("^关一处$")).get_attribute("href")
    open_page(page, application, f"{address}&{where[1:]}")
    expect(page.locator(EDITS)).to_have_count(1)
    assert figures(page) == closed
    keys = [f"s{link.get_attribute('href').split('=')[1]}" for link in page.locator(".scenario-name").element_handles()]
    open_page(page, application, f"/planning/compare?compare={','.join(keys[:2])}")
    expect(page.locator(".compare-table").first).to_contain_text("关一处再补一处")
    expect(page.locator(".compare-table .best").first).to_have_text("最优")
    expect(page.locator("#compare-which")).to_contain_text("关一处")


def test_who_only_reads_may_try_but_not_save(as_role, application) -> None:
    page = as_role("leader")
    open_planning(page, application)
    expect(page.locator("[data-planning-tool=add_venue]")).to_be_visible()
    expect(page.locator("#planning-save")).to_have_count(0)
    expect(page.locator(".scenario-acts")).to_have_count(0)
