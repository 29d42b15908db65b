"""A moved weight in a browser: milliseconds from letting go of a slider of ``/strength`` to new places on the page.

``python -m bench.strength_browser --data var``; needs Chromium. The browser takes the time: from the end of the click
on a slider to the league with its new places, and to the frame that shows it (drawn in software where there is no
graphics card). Sliders take turns, their places are drawn at random.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench.environment import machine
from tests.journeys.application import launch, open_page, serving, sign_in

RESULT = Path(__file__).parent / "results" / "strength_browser.json"
BAR_MS, LIMIT_MS, SETTLED_MS = 300, 120_000, 1_500
LEVELS = ("city", "county")
WARMING = 2
WATCH = """() => {
  window.strengthTimes = { moved: 0, drawn: [] };
  const times = window.strengthTimes;
  document.addEventListener('pointerup', ({ target }) => {
    if (target.closest('.strength-weights')) times.moved = performance.now();
  }, true);
  const note = () => {
    if (!times.moved) return;
    const since = times.moved;
    times.moved = 0;
    const changed = performance.now() - since;
    requestAnimationFrame(() => setTimeout(() => times.drawn.push([changed, performance.now() - since])));
  };
  new MutationObserver(note).observe(document.getElementById('strength-places'), { childList: true });
}"""
TAKEN = "() => window.strengthTimes.drawn.splice(0)"
SERVER = """() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('_dash-update-component'))
  .map(({ duration, transferSize }) => [duration, transferSize])"""
FORGET = "() => performance.clearResourceTimings()"


def move(page: Page, slider: int, share: float) -> tuple[float, ...]:
    """Click a slider; return milliseconds to new places, to their frame and of the request, and the bytes answered."""
    box = page.locator(".strength-weight .dash-slider-root").nth(slider)
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    page.evaluate(FORGET)
    page.evaluate(TAKEN)
    page.mouse.click(place["x"] + share * place["width"], place["y"] + place["height"] / 2)
    page.wait_for_function("() => window.strengthTimes.drawn.length > 0")
    ((changed, shown), *_), ((request, size), *_) = page.evaluate(TAKEN), page.evaluate(SERVER)
    # What follows the answer (all draws, cards below) is no part of it.
    page.wait_for_function("() => document.querySelector('.strength-progress progress')?.position === 1")
    page.wait_for_load_state("networkidle")
    # Cards below take their time to be drawn: the next move begins when they stand.
    page.wait_for_timeout(SETTLED_MS)
    return float(changed), float(shown), float(request), float(size)


def of_level(page: Page, level: str, clicks: int, chance: random.Random) -> dict[str, Any]:
    """Return what moving weights of one league takes."""
    sliders = page.locator(".strength-weight").count()
    found = []
    for number in range(clicks + WARMING):
        took = move(page, number % sliders, chance.uniform(0.1, 0.9))
        if number >= WARMING:
            found.append(took)
    changed_ms, shown_ms, request_ms, size = np.array(found).T
    return {
        "level": level,
        "clicks": len(found),
        "p50_ms": round(float(np.median(changed_ms)), 1),
        "largest_ms": round(float(changed_ms.max()), 1),
        "frame_p50_ms": round(float(np.median(shown_ms)), 1),
        "request_p50_ms": round(float(np.median(request_ms)), 1),
        "answer_p50_kb": round(float(np.median(size)) / 1000, 1),
    }


def main() -> int:
    """Measure, write the result and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.strength_browser", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"))
    parser.add_argument("--clicks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with serving(given.data.resolve()) as application, sync_playwright() as playwright:
        browser = launch(playwright)
        page = sign_in(browser, application, "analyst").new_page()
        page.set_default_timeout(LIMIT_MS)
        leagues = []
        for level in LEVELS:
            open_page(page, application, f"/strength?level={level}")
            page.wait_for_selector("#strength-method .js-plotly-plot")
            page.evaluate(WATCH)
            leagues.append(of_level(page, level, given.clicks, chance))
        browser.close()
    is_met = all(one["p50_ms"] <= BAR_MS for one in leagues)
    result = {"machine": machine(), "leagues": leagues, "bar_ms": BAR_MS, "is_met": is_met}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
