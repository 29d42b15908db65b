"""A leader reads the state of every system, opens an indicator, drills to a county, and looks at it on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from components.monitoring_question import ORDER
from tests.journeys.application import open_page

pytestmark = pytest.mark.journey
PATIENCE_MS = 60_000


def test_every_system_is_read_and_a_county_opened(as_role, application) -> None:
    page = as_role("leader")
    open_page(page, application, "/monitoring")
    expect(page.locator(".mon-system")).to_have_count(len(ORDER), timeout=PATIENCE_MS)
    # The others are made in the same way, and read one by one in the tests of the page.
    for system in ORDER[:2]:
        page.locator(f".planning-tab[href^='/monitoring/{system}']").click()
        expect(page.locator(f"[data-system={system}] .mon-card").nth(7)).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator(".mon-summary")).to_contain_text("项指标有数据")
    # A sum on its way to the target of a year has its own chart.
    page.locator(".planning-tab[href^='/monitoring/industry']").click()
    page.locator("[data-monitoring=lottery_sales_100m_cny]").click(timeout=PATIENCE_MS)
    expect(page.locator("#monitoring-year .js-plotly-plot")).to_be_visible(timeout=PATIENCE_MS)
    # A card opens its indicator in place, and the address follows.
    open_page(page, application, "/monitoring/facilities")
    page.locator("[data-monitoring=inspection_on_time_pct]").click(timeout=PATIENCE_MS)
    expect(page.locator(".mon-detail-head h2")).to_have_text("巡检按期率", timeout=PATIENCE_MS)
    expect(page).to_have_url(re.compile("indicator=inspection_on_time_pct"))
    expect(page.locator("#monitoring-trend .js-plotly-plot")).to_be_visible(timeout=PATIENCE_MS)
    # Sorted by the newest figure, the largest stands first below the own area.
    page.locator("#monitoring-table thead button").nth(1).click()
    expect(page.locator("#monitoring-table th[aria-sort=descending]")).to_have_count(1)
    # The map leads into a county by keyboard.
    county = page.locator("#monitoring-map[data-ready=true] a").first
    expect(county).to_be_visible(timeout=PATIENCE_MS)
    name = county.get_attribute("aria-label").split()[0]
    county.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"region=\d{4}(?!00)\d{2}"))
    expect(page.locator("#monitoring-table tr.is-chosen th")).to_have_text(name, timeout=PATIENCE_MS)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".mon-card").first).to_be_visible()
    # Charts follow the new width a moment later.
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390", timeout=PATIENCE_MS)
