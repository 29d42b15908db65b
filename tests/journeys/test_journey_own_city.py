"""An own city from delivery sheet to map: nothing generated in it, every figure from what was delivered."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.application import ROOT, Watch, build_demo, environment, open_page, serving, sign_in

REAL = ROOT.parent / "shared" / "real"
pytestmark = [
    pytest.mark.journey,
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason=f"the real data are not at {REAL}"),
]


def ingested(data_dir, sheet: str) -> dict:
    command = [sys.executable, "-m", "warehouse", "ingest", str(ROOT / "deliveries" / sheet), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment(data_dir), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def city(browser, tmp_path_factory):
    """The planner in the application on a city's own data folder; other tests take the other sheet in."""
    data_dir = tmp_path_factory.mktemp("porto_alegre")
    ingested(data_dir, "porto_alegre.toml")
    # What `make run` does first: it must leave the city alone.
    build_demo(data_dir)
    with serving(data_dir) as application:
        context = sign_in(browser, application, "planner", lang="en")
        yield application, context
        context.close()


def test_the_city_is_shown_and_nothing_is_called_demo(city) -> None:
    application, context = city
    page = context.new_page()
    watch = Watch(page, application.base)
    open_page(page, application, "/")
    expect(page.locator("#page")).to_contain_text("812,935")
    expect(page.get_by_text("演示数据")).to_have_count(0)
    expect(page.get_by_text("Demo data", exact=False)).to_have_count(0)
    open_page(page, application, "/map")
    card = page.locator("#map-card")
    expect(card).to_contain_text("813k")
    expect(card).to_contain_text("1.3%")
    expect(card).to_contain_text("Residents by age were not delivered")
    watch.assert_clean()
    page.close()
