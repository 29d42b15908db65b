"""What every role meets on every page: it comes, fits the window, asks nobody else and complains about nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.roles import ROLES
from components.page import SIGNED_IN
from kernel.registry import modules
from tests.journeys.application import open_page

pytestmark = pytest.mark.journey
# Every page that is declared, by address, with the action that it needs.
PAGES = {module.PAGE.path: module.PAGE.action for module in modules("pages").values()}
PLANNED = tuple(path for path, action in PAGES.items() if action in {*ROLES["planner"].actions, SIGNED_IN})
OTHERS = tuple(path for path in PAGES if path not in PLANNED)
# A narrow window is where pages break, and English words are the longer ones. Maps fill every window, and drawing them
# in software takes seconds: the other windows are those of the journeys on them.
WINDOWS = ((390, 844), (1280, 800), (1920, 1080))


@pytest.mark.parametrize(("role", "paths"), [("planner", PLANNED), ("analyst", OTHERS)], ids=["planner", "analyst"])
def test_every_page_fits_every_window_and_asks_nobody_else(as_role, application, role, paths) -> None:
    page = as_role(role, lang="en", theme="dark")
    for path in paths:
        page.set_viewport_size({"width": 390, "height": 844})
        open_page(page, application, path)
        expect(page.locator(".error-card")).to_have_count(0)
        expect(page.locator("#page h1")).to_have_count(1)
        assert page.locator("html").get_attribute("data-scheme") == "dark"
        is_map = page.locator("#map-canvas, #planning-canvas").count() > 0
        for width, height in WINDOWS[:1] if is_map else WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            # Charts follow the window a moment later.
            page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"planner", "analyst"}])
def test_every_role_opens_what_it_needs_first(as_role, application, role) -> None:
    page = as_role(role)
    # One who is confined to an area sees other figures; the map opens for that account in the journeys on it.
    for path in ("/", "/planning/circles") if role == "data_officer" else ("/",):
        open_page(page, application, path)
        expect(page.locator(".error-card")).to_have_count(0)
        expect(page.locator("#page h1")).to_have_count(1)
