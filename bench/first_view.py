"""The first view of the map in a browser: milliseconds to figures and to the drawn map, and bytes with an empty cache.

``python -m bench.first_view --data var``; needs Chromium. Times are those of a warm server on this machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.application import Application, launch, serving, sign_in

RESULT = Path(__file__).parent / "results" / "first_view.json"
FIGURES = '#map-card:has-text("%")'
DRAWN = "#map-canvas[data-ready=true]"
ADDRESS_MS = "() => performance.now()"
# Fetched by workers, which the page's network session does not see.
BY_WORKERS = ("/assets/vendor/maplibre-gl-worker.mjs", "/api/map/regions?detail=overview", "/api/map/water")


def reloads(page: Page, application: Application, runs: int) -> dict[str, float]:
    figures, drawn = [], []
    for _ in range(runs + 1):
        page.goto(f"{application.base}/account")
        page.wait_for_load_state("networkidle")
        page.goto(f"{application.base}/map", wait_until="commit")
        page.wait_for_selector(FIGURES)
        figures.append(page.evaluate(ADDRESS_MS))
        page.wait_for_selector(DRAWN)
        drawn.append(page.evaluate(ADDRESS_MS))
    # The first one warms the server.
    return {"figures_ms": statistics.median(figures[1:]), "drawn_ms": statistics.median(drawn[1:])}


def moves(page: Page, application: Application, runs: int) -> dict[str, float]:
    figures = []
    for _ in range(runs + 1):
        page.goto(f"{application.base}/")
        page.wait_for_load_state("networkidle")
        start = time.perf_counter()
        page.click("a[href='/map']")
        page.wait_for_selector(FIGURES)
        figures.append((time.perf_counter() - start) * 1000)
    return {"figures_ms": statistics.median(figures[1:])}


def transferred(browser: Browser, application: Application, cookies: list) -> dict[str, int]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    context.add_cookies(cookies)
    page = context.new_page()
    session = context.new_cdp_session(page)
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    page.goto(f"{application.base}/map")
    page.wait_for_selector(DRAWN)
    page.wait_for_load_state("networkidle")
    by_workers = 0
    for path in BY_WORKERS:
        by_workers += page.evaluate(
            """async (path) => {
              const answer = await fetch(path, {cache: 'no-store'});
              await answer.arrayBuffer();
              return performance.getEntriesByName(new URL(path, location).href).at(-1).encodedBodySize;
            }""",
            path,
        )
    context.close()
    return {"page_bytes": sum(received), "worker_bytes": by_workers, "total_bytes": sum(received) + by_workers}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.first_view", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"))
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with serving(given.data.resolve()) as application, sync_playwright() as playwright:
        browser = launch(playwright)
        context = sign_in(browser, application, "planner")
        page = context.new_page()
        result = {
            "reload": reloads(page, application, given.runs),
            "inside_the_application": moves(page, application, given.runs),
            "empty_cache": transferred(browser, application, context.cookies()),
        }
        browser.close()
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
