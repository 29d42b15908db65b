"""The strip of planning pages, the stage of their map, and its scales."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.roles import ROLES
from components.document import ASSETS
from components.planning_map import difference_scale, place_button, planning_stage, region_link, step_scale
from components.planning_tabs import TABS, planning_tabs
from components.request import RequestContext, Visitor
from components.theme import stylesheet
from kernel.scope import GrantedScope


def context(role: str = "planner", lang: str = "zh") -> RequestContext:
    actions = ROLES[role].actions
    scope = GrantedScope("id", role, frozenset(), "internal", actions)
    return RequestContext(scope, lang, "light", Visitor("id", "li", role, False, False))


def text(component) -> str:
    return str(component.to_plotly_json())


@pytest.mark.parametrize("active", TABS)
def test_the_strip_leads_to_every_other_planning_page(active):
    drawn = text(planning_tabs(active, "zh", context()))
    for code, (path, _) in TABS.items():
        assert (f"href='{path}'" in drawn) == (code != active)
    assert drawn.count("aria-current") == 1


def test_who_may_not_plan_sees_no_links():
    assert "href" not in text(planning_tabs("whatif", "en", context("trainer")))


def test_the_stage_has_the_stores_that_pages_talk_through():
    drawn = text(planning_stage({"regions": []}, "en", panel="left words", side="right words", panel_title="Head"))
    for name in ("config", "overlays", "tool", "base", "look", "click", "at", "drawn"):
        assert f"id='planning-{name}'" in drawn
    for words in ("left words", "right words", "Head", "Figures"):
        assert words in drawn


def test_every_colour_of_the_overlays_is_known_in_both_schemes():
    driver = (ASSETS / "planning" / "overlays.mjs").read_text("utf-8")
    named = set(re.findall(r'"(--[\w-]+)"', driver)) | {f"--difference-{step}" for step in range(7)}
    for scheme in ("light", "dark"):
        defined = set(re.findall(r"(--[\w-]+):", stylesheet().split(f"data-scheme={scheme}]{{")[1].split("}")[0]))
        assert named - defined == set()


numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.lists(st.one_of(st.none(), numbers), max_size=60))
def test_a_scale_around_zero_is_symmetric_and_only_zero_is_neutral(values):
    scale = difference_scale(values)
    limits = scale["limits"]
    assert limits == sorted(limits)
    assert [-limit for limit in reversed(limits)] == limits
    assert len(scale["colours"]) == len(limits) + 1 == len(scale["labels"]) + 1

    def step(value: float) -> int:
        return sum(value >= limit for limit in limits)

    assert step(0.0) == 3
    for value in filter(None, values):
        assert (step(value) > 3) == (value > 0)
        assert step(value) != 3


@given(st.lists(st.one_of(st.none(), numbers), max_size=60))
def test_a_scale_of_steps_has_one_colour_more_than_limits(values):
    scale = step_scale(values)
    assert scale["limits"] == sorted(set(scale["limits"]))
    assert len(scale["colours"]) == len(scale["limits"]) + 1


def test_shares_get_the_limits_of_the_big_map():
    assert step_scale([0.2, 0.9])["limits"][-1] <= 1


def test_buttons_say_where_they_lead():
    assert "'data-planning-at': '118.780000,32.040000'" in text(place_button("X", 118.78, 32.04))
    assert "'data-planning-region': '320500'" in text(region_link("320500", "Y"))
