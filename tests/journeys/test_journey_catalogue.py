"""From Ctrl+K to a dataset, along its lineage to a page; the list filters and keeps its address."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.application import open_page, settle

pytestmark = pytest.mark.journey


def test_a_dataset_is_found_from_anywhere_and_its_lineage_leads_to_a_page(as_role, application) -> None:
    page = as_role("analyst")
    open_page(page, application, "/account")
    page.keyboard.press("Control+k")
    page.fill("#palette-text", "体育场地")
    first = page.locator(".palette-item").first
    expect(first).to_have_attribute("href", "/data/dataset?code=venue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/data/dataset?code=venue")
    settle(page)
    expect(page.locator("h1")).to_have_text("体育场地")
    expect(page.locator("#sample tbody tr")).to_have_count(6)

    page.select_option("#lineage-column", "area_m2")
    page.wait_for_url("**column=area_m2**")
    mart = page.locator(".lineage-node", has_text="mart_venue_region")
    expect(mart).to_contain_text("area_m2 = CAST(SUM")
    expect(mart).not_to_have_class("lineage-node is-faint")
    mart.focus()
    page.keyboard.press("Enter")
    expect(mart).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".lineage-link.is-sql:not(.is-faint)").first).to_be_attached()
    home = page.locator("li", has=page.locator(".lineage-node", has_text="总览")).locator(".lineage-open")
    expect(home).to_have_attribute("href", "/")
    home.click()
    page.wait_for_url(f"{application.base}/")
    expect(page.locator(".home")).to_be_visible()


def test_the_list_filters_sorts_and_keeps_its_address(as_role, application) -> None:
    page = as_role("analyst")
    open_page(page, application, "/data")
    rows = page.locator(".catalogue-rows tbody tr")
    everything = rows.count()
    page.fill("#catalogue-text", "fee_policy")
    expect(rows).to_have_count(1)
    assert page.url.endswith("text=fee_policy")
    page.locator("#catalogue-filters button[type=reset]").click()
    expect(rows).to_have_count(everything)
    page.select_option("select[name=theme]", "reference")
    page.locator(".catalogue-sort", has_text="行数").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("行数")
    page.reload()
    settle(page)
    assert "theme=reference" in page.url
    assert "sort=-rows" in page.url
    assert 0 < rows.count() < everything
