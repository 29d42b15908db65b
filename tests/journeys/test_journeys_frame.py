"""The frame around every page: the door, the navigation, the palette, language and colours, the account."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.roles import ROLES
from components.page import SIGNED_IN
from kernel.registry import modules
from tests.journeys.application import FOLLOW, Watch, new_context, open_page, settle, sign_in

pytestmark = pytest.mark.journey
# Every page that is declared, by address, with the action that it needs.
PAGES = {module.PAGE.path: module.PAGE.action for module in modules("pages").values()}


@pytest.fixture
def page(as_role):
    return as_role("planner")


def test_a_page_that_is_not_granted_says_so(as_role, application) -> None:
    page = as_role("trainer")
    refused = [path for path, action in PAGES.items() if action not in {*ROLES["trainer"].actions, SIGNED_IN}]
    assert "/planning" in refused
    for path in refused:
        assert page.request.get(application.base + path).status == 403


def test_the_door_asks_nobody_and_leads_back(browser, application) -> None:
    page = new_context(browser).new_page()
    watch = Watch(page, application.base)
    page.goto(f"{application.base}/account?a=1")
    assert page.url == f"{application.base}/sign-in?next=/account%3Fa%3D1"
    page.fill("#name", "analyst")
    page.fill("#password", application.passwords["analyst"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{application.base}/account?a=1")
    settle(page)
    watch.assert_clean()
    page.context.close()


def test_a_wrong_password_is_said_once_and_plainly(browser, application) -> None:
    page = new_context(browser, locale="zh-CN").new_page()
    page.goto(f"{application.base}/sign-in")
    page.fill("#name", "no one at all")
    page.fill("#password", "wrong")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    expect(page.locator("#name")).to_have_value("no one at all")
    page.context.close()


def test_going_from_page_to_page_never_loads_the_frame_again(page, application) -> None:
    open_page(page, application, "/")
    page.evaluate("window.isSameDocument = true")
    page.click(".side-link[href='/tracker']")
    page.wait_for_url("**/tracker")
    expect(page.locator(".side-link[aria-current=page]")).to_have_attribute("href", "/tracker")
    expect(page.locator(".home")).to_have_count(0)
    page.evaluate("() => { window.changes = 0; dash_stores[0].subscribe(() => { window.changes += 1; }); }")
    page.click(".side-link[href='/']")
    expect(page.locator(".home")).to_be_visible()
    assert page.evaluate("window.isSameDocument")
    # A page of a thousand components arrives in few changes of state, not in one for each (assets/resets.js).
    assert 0 < page.evaluate("window.changes") < 100
    assert page.title().startswith("总览")


def test_a_figure_opens_its_definition_carries_the_demo_mark_and_escape_closes_it(page, application) -> None:
    open_page(page, application, "/")
    cards = page.locator(".headline .card")
    assert cards.count() == 5
    for place in range(5):
        expect(cards.nth(place).locator(".card-foot .demo-badge")).to_have_text("演示数据")
    expect(page.locator(".foot .demo-badge")).to_be_visible()
    page.click("[data-opens=define-circle]")
    drawer = page.locator("#define-circle")
    expect(drawer).to_be_visible()
    for part in ("口径", "算法", "人口格网", "演示数据", "overview_region"):
        expect(drawer).to_contain_text(part)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_ctrl_k_shows_names_as_text_and_finds_regions_venues_and_pages(page, application) -> None:
    open_page(page, application, "/account")
    page.keyboard.press("Control+k")
    page.fill("#palette-text", "<img src=x onerror=window.wasRun=1>")
    expect(page.locator(".palette-note")).to_contain_text("<img src=x")
    assert page.evaluate("window.wasRun") is None
    page.fill("#palette-text", "扬州")
    first = page.locator(".palette-item").first
    expect(first).to_contain_text("扬州")
    page.keyboard.press("Enter")
    page.wait_for_url("**/map?**region=321000**")


def test_language_and_colours_are_kept(browser, application) -> None:
    context = sign_in(browser, application, "leader")
    page = context.new_page()
    open_page(page, application, "/account")
    page.click("[data-preference=lang]")
    expect(page.locator("h1")).to_have_text("Account")
    page.click("[data-preference=theme]")
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    open_page(page, application, "/")
    expect(page.locator("h1")).to_have_text("Overview")
    context.close()


def test_signing_out_ends_it_everywhere(browser, application) -> None:
    context = sign_in(browser, application, "trainer")
    page, other = context.new_page(), context.new_page()
    for own in (page, other):
        open_page(own, application, "/account")
    page.click("details.user summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    # What another window asks for now is answered by the door, not by figures that stay as they were.
    other.evaluate(FOLLOW, "/")
    other.wait_for_url("**/sign-in**")
    context.close()


def test_on_a_phone_the_navigation_folds(as_role, application) -> None:
    page = as_role("planner")
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, application, "/")
    expect(page.locator("#navigation")).to_be_hidden()
    page.click(".burger")
    expect(page.locator("#navigation")).to_be_visible()
    page.click(".side-link[href='/tracker']")
    expect(page.locator("#navigation")).to_be_hidden()


def test_a_data_officer_sees_one_area_and_a_leader_all(as_role, application) -> None:
    seen = {}
    for role in ("data_officer", "leader"):
        page = as_role(role)
        open_page(page, application, "/")
        seen[role] = (page.locator(".area b").inner_text(), page.locator(".headline .card-value").nth(1).inner_text())
    assert seen["data_officer"][0].endswith("市")
    assert seen["data_officer"] != seen["leader"]


def test_changing_the_password_is_possible_and_says_what_is_wrong(browser, application) -> None:
    context = sign_in(browser, application, "duty_officer")
    page = context.new_page()
    open_page(page, application, "/account")
    page.fill("#password-old", application.passwords["duty_officer"])
    page.fill("#password-new", "short")
    page.click("form[action='/password'] button")
    expect(page.get_by_role("alert").first).to_contain_text("至少 10 个字符")
    page.fill("#password-old", application.passwords["duty_officer"])
    page.fill("#password-new", "Quiet-river-2031")
    page.click("form[action='/password'] button")
    expect(page.get_by_role("status")).to_contain_text("密码已修改")
    application.passwords["duty_officer"] = "Quiet-river-2031"
    context.close()


def test_without_a_script_the_page_says_what_it_needs(as_role, browser, application) -> None:
    state = as_role("planner").context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{application.base}/")
    assert "JavaScript" in page.content()
    context.close()
