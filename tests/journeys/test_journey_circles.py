"""A planner asks who reaches a free court on Tuesday evening, sorts the counties, and shares the address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.application import Application

pytestmark = pytest.mark.journey
ASKED = "/planning/circles?categories=basketball&fee=free&at=1-1900&month=11"
PATIENCE_MS = 60_000


@pytest.fixture
def page(as_role: Callable[..., Page]) -> Page:
    return as_role("planner")


def test_ask_sort_widen_and_share(page: Page, application: Application) -> None:
    page.goto(f"{application.base}{ASKED}")
    question = page.locator(".circles-question h2")
    expect(question).to_contain_text("周二 19:00", timeout=PATIENCE_MS)
    expect(question).to_contain_text("免费篮球场地")
    expect(page.locator(".circles-groups tbody tr")).to_have_count(6)
    expect(page.locator(".circles-matrix tbody tr")).to_have_count(13, timeout=PATIENCE_MS)
    expect(page.locator("#circles-week .js-plotly-plot")).to_be_visible(timeout=PATIENCE_MS)

    rows = page.locator(".circles-counties tbody tr")
    expect(rows.first).to_be_visible(timeout=PATIENCE_MS)
    page.locator(".circles-counties thead th", has_text="多算人数").get_by_role("button").click()
    expect(page.locator(".circles-counties th[aria-sort=descending]")).to_contain_text("多算人数")
    people = [
        int(text.replace(",", "")) for text in page.locator(".circles-counties .circles-many").all_inner_texts()[1:]
    ]
    assert people == sorted(people, reverse=True)

    free = page.locator(".circles-figure.is-one-speed b").inner_text()
    page.locator("#circles-fee").get_by_text("不限收费").click()
    expect(page.locator(".circles-figure.is-one-speed b")).not_to_have_text(free, timeout=PATIENCE_MS)
    paid = page.locator(".circles-figure.is-one-speed b").inner_text()
    assert float(paid.rstrip("%")) > float(free.rstrip("%"))
    expect(page).to_have_url(re.compile(r"at=1-1900&month=11.*sort=-overstated"))
    assert "fee=" not in page.url

    page.goto(page.url)
    expect(page.locator(".circles-figure.is-one-speed b")).to_have_text(paid, timeout=PATIENCE_MS)
    expect(page.locator(".circles-counties th[aria-sort=descending]")).to_contain_text("多算人数")
