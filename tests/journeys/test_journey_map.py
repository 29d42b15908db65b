"""The map as a person uses it: click, drill, filter, reload, keyboard, telephone, no WebGL, few bytes."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.application import Watch, new_context, open_page

pytestmark = pytest.mark.journey

READY_MS = 60_000
# The first view at province size must stay below 1.5 MB; the small demo has fewer outlines, the libraries are the same.
FIRST_VIEW_BYTES = 1_300_000


@pytest.fixture
def page(as_role):
    return as_role("planner")


def open_map(page, application, query: str = "") -> None:
    open_page(page, application, f"/map{query}")
    expect(page.locator("#map-canvas[data-ready=true]")).to_be_visible(timeout=READY_MS)


def address(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def click_middle(page) -> None:
    box = page.locator("#map-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_first_view_is_small_and_local(browser, application, as_role) -> None:
    """Counted by the network layer of the browser, workers included, with an empty cache."""
    cookies = as_role("planner").context.cookies()
    context = new_context(browser)
    context.add_cookies(cookies)
    page = context.new_page()
    watch = Watch(page, application.base)
    session = context.new_cdp_session(page)
    received: list[int] = []
    libraries: list[str] = []
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    session.on("Network.responseReceived", lambda event: libraries.append(event["response"]["url"]))
    session.send("Network.enable")
    open_map(page, application)
    # What workers fetch is not in this session; ask the server for the same addresses and count it too.
    workers = page.evaluate(
        """async () => {
          const wanted = ['/assets/vendor/maplibre-gl-worker.mjs?m=1', '/api/map/regions?detail=overview'];
          const sizes = await Promise.all(wanted.map(async (path) => {
            const answer = await fetch(path, {cache: 'no-store'});
            await answer.arrayBuffer();
            return performance.getEntriesByName(new URL(path, location).href).at(-1).encodedBodySize;
          }));
          return sizes.reduce((a, b) => a + b, 0);
        }"""
    )
    total = sum(received) + int(workers)
    assert 300_000 < total < FIRST_VIEW_BYTES
    assert not [url for url in libraries if "plotly" in url or "ag-grid" in url.lower() or "ag_grid" in url]
    watch.assert_clean()
    context.close()


def test_hover_click_crumbs_keys_and_layers_lead_where_they_say(page, application) -> None:
    open_map(page, application)
    before = page.url
    start = address(page)
    box = page.locator("#map-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#map-tip")).to_be_visible()
    expect(page.locator("#map-tip")).to_contain_text("覆盖率")
    assert page.url == before
    # A click selects; another one goes deeper; a crumb leads back.
    click_middle(page)
    expect(page.locator(".crumbs .crumb")).to_have_count(1)
    city = address(page)["region"]
    assert city != start["region"]
    click_middle(page)
    expect(page.locator(".crumbs .crumb")).to_have_count(2)
    assert address(page)["region"][:4] == city[:4]
    page.locator(".crumbs .crumb").first.click()
    expect(page.locator(".crumbs .crumb")).to_have_count(0)
    assert address(page)["region"] == start["region"]
    # So do the keys, and they move the map.
    canvas = page.locator(".maplibregl-canvas")
    canvas.focus()
    canvas.press("Enter")
    expect(page.locator(".crumbs .crumb")).to_have_count(1)
    canvas.press("Escape")
    expect(page.locator(".crumbs .crumb")).to_have_count(0)
    moved = address(page)["at"]
    canvas.press("ArrowRight")
    expect(page).not_to_have_url(re.compile(re.escape(f"at={moved}&")))
    # A layer is put away.
    assert "venues" in address(page)["layers"].split(",")
    leaf = page.locator(".leaf", has=page.get_by_text("体育场地", exact=True))
    leaf.locator("input[type=checkbox]").first.uncheck(force=True)
    expect(page).not_to_have_url(re.compile("layers=[^&]*venues"))


def test_filters_and_a_search_change_figures_and_survive_a_reload(page, application) -> None:
    open_map(page, application)
    page.evaluate("window.isSameDocument = true")
    lead = page.locator(".lead-value")
    before = lead.inner_text()
    page.locator("#map-fee").get_by_text("仅免费").click()
    expect(lead).not_to_have_text(before)
    free = lead.inner_text()
    page.locator("#map-minutes").get_by_text("5 分钟", exact=True).click()
    expect(lead).not_to_have_text(free)
    expect(page.locator(".lead-label")).to_contain_text("5 分钟")
    assert float(lead.inner_text().rstrip("%")) < float(free.rstrip("%")) < float(before.rstrip("%"))
    assert page.evaluate("window.isSameDocument")
    shown = lead.inner_text()
    asked = address(page)
    assert (asked["fee"], asked["minutes"]) == ("free", "5")
    page.reload()
    expect(page.locator("#map-canvas[data-ready=true]")).to_be_visible(timeout=READY_MS)
    expect(lead).to_have_text(shown)
    assert address(page) == asked
    # A venue found by its name comes with its card and its circle, and also comes again.
    with page.expect_response(lambda r: "/api/map/isochrone" in r.url) as answered:
        page.locator("#map-search").fill("篮球")
        page.get_by_role("option").filter(has_text="篮球").first.click()
    assert json.loads(answered.value.text())["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    expect(page.locator(".venue-facts")).to_be_visible()
    expect(page.locator(".area-card")).to_contain_text("演示数据")
    asked = address(page)
    page.reload()
    expect(page.locator("#map-canvas[data-ready=true]")).to_be_visible(timeout=READY_MS)
    expect(page.locator(".venue-facts")).to_be_visible()
    assert address(page)["venue"] == asked["venue"]


def test_a_telephone_has_two_sheets(page, application) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_map(page, application)
    expect(page.locator(".map-card")).to_be_hidden()
    page.locator("#map-side .map-handle").click()
    expect(page.locator(".lead-value")).to_be_visible()
    page.locator("#map-side .map-handle").click()
    expect(page.locator(".lead-value")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_webgl_there_is_a_picture_and_a_table(as_role, application) -> None:
    page = as_role("planner").context.new_page()
    page.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest); };"
    )
    watch = Watch(page, application.base)
    open_page(page, application, "/map")
    expect(page.locator(".picture")).to_contain_text("WebGL")
    expect(page.locator(".still-map")).to_be_visible()
    assert page.locator(".picture tbody tr").count() > 10
    expect(page.locator(".lead-value")).to_be_visible()
    page.close()
    watch.assert_clean()


def test_a_confined_account_sees_its_area_first(as_role, application) -> None:
    page = as_role("data_officer")
    open_map(page, application)
    assert address(page)["region"].endswith("00")
    expect(page.locator(".area-facts")).to_be_visible()
