from __future__ import annotations

import json
from dataclasses import replace

import plotly
import pytest

from components.page import Page
from components.shell import ShellView, demo_badge, shell_layout

PAGES = (
    Page("home", "/", "shell.page_home", "layout-dashboard", "home.view", 10),
    Page("account", "/account", "shell.page_account", "user-circle", "account.own", 900, is_in_navigation=False),
)
VIEW = ShellView("zh", "light", PAGES, "li", "planner", "江苏省", "000001-abc", "2小时", True, "苏S(2026)001号")


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_says_where_who_and_how_old(lang, scheme) -> None:
    drawn = text(shell_layout(replace(VIEW, lang=lang, scheme=scheme)))
    for part in ("江苏省", "li", "000001-abc", "苏S(2026)001号", f'"forceColorScheme": "{scheme}"'):
        assert part in drawn


def test_only_pages_of_the_navigation_are_listed_there() -> None:
    drawn = text(shell_layout(VIEW))
    assert drawn.count('"className": "side-link"') == 1
    assert '"href": "/account"' in drawn, "from the user menu"


def test_without_a_build_and_a_number_the_foot_says_so() -> None:
    drawn = text(shell_layout(replace(VIEW, build_id=None, is_demo=False, map_approval="")))
    assert "尚无数据" in drawn
    assert "审图号：待填报" in drawn
    assert "demo-badge" not in drawn


def test_the_demo_mark_reads_in_both_languages() -> None:
    assert demo_badge("zh").children == "演示数据"
    assert demo_badge("en").children == "Demo data"
