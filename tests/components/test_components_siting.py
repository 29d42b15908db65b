"""The page for the best sites in parts: form, panel, progress, card and what is drawn."""

from __future__ import annotations

import base64
import json

import polars as pl
import pytest

from access.accounts import Account
from access.policy import grant
from components.siting_form import DEFAULTS, FIELDS, payload_of, read_years, values_of_address, values_of_request
from components.siting_map import box_of, marginal_overlay, result_overlays
from components.siting_panel import history_list, siting_panel
from components.siting_progress import job_message, progress_card, stage_words
from components.siting_result import SitingView, gap_chart, show_value, siting_card, whatif_address
from components.siting_view import first_area
from kernel.errors import WordedError
from ledger.job_queue import Job
from warehouse.queries.siting_request import MODELS, read_request
from warehouse.queries.whatif_edits import decode_edits

FORM = {**DEFAULTS, "region": "321000"}
GROUPS = ("everyone", "child", "adult", "aged_60_79", "aged_80_plus", "wheelchair")
SITE = {
    "rank": 1,
    "kind": "free_cells",
    "name": "",
    "lon": 119.4,
    "lat": 32.4,
    "venue_index": None,
    "price": None,
    "capacity": None,
    "region_code": "321002",
    "is_must": False,
    "gained": dict.fromkeys(GROUPS, 1234.0),
    "alone": 1200.0,
    "runner_up": {"kind": "free_cells", "name": "", "lon": 119.41, "lat": 32.41},
    "regret": 321.0,
    "stays": 188,
    "year": 2026,
}
RESULT = {
    "request": read_request(payload_of(FORM)).payload,
    "build_id": "000001-abc",
    "certificate": {
        "objective": 39074.0,
        "bound": 40000.0,
        "gap": 0.02315,
        "outcome": "time_limit",
        "duration_s": 12.34,
        "unit": "residents",
        "history": [[0.1, 30000.0, 50000.0], [1.0, 39074.0, 40000.0]],
        "notes": {},
    },
    "sizes": {"demand": 10, "candidates": 20, "left_out": 3, "pairs": 40, "unserved": 99.0, "out_of_reach": 7.0},
    "sites": [SITE, {**SITE, "rank": 2, "runner_up": None, "is_must": True}],
    "coverage": [
        {"region_code": None, "group": group, "residents": 1000.0, "before": 800.0, "after": 900.0} for group in GROUPS
    ],
    "cells": {"count": 2, "index": [1, 2]},
    "years": [{"year": 2026, "covered": 1.0, "bound": 2.0, "spent": 2.0}],
    "worlds": 200,
}
NAMES = {"321002": "广陵区"}


def view(**changes) -> SitingView:
    settled = {"job_id": "a" * 32, "result": RESULT, "names": NAMES, "type_name": "健身路径", "scheme": "light"}
    return SitingView(**{**settled, "is_demo": True, "is_stale": False, "may_export": True, **changes})


def job(**changes) -> Job:
    settled = {
        "job_id": "a" * 32,
        "code": "siting",
        "account_id": "ann",
        "scope_fingerprint": "internal|*",
        "is_shared": False,
        "request": RESULT["request"],
        "state": "running",
        "is_cancel_wanted": False,
        "stage": "proof",
        "share": 0.4,
        "objective": 90.0,
        "bound": 100.0,
        "message": None,
        "created_at": "2026-01-02T03:04:05Z",
        "started_at": "2026-01-02T03:04:06Z",
        "heartbeat_at": None,
        "finished_at": None,
        "trace": ((0.5, 80.0, 110.0), (1.0, 90.0, 100.0)),
    }
    return Job(**{**settled, **changes})


def text(part) -> str:
    return json.dumps(part, ensure_ascii=False, default=lambda component: component.to_plotly_json())


@pytest.mark.parametrize("model", MODELS)
def test_a_form_says_a_request_and_a_request_fills_the_form(model):
    form = {**FORM, "model": model, "years": "2026:4 2027：6", "picks": {"must": [[119.4, 32.4]], "must_not": []}}
    form |= {"weekday": "1", "kinds": ["free_cells", "parks"], "gap": 0.5, "ring": [[119, 32], [120, 32], [120, 33]]}
    request = read_request(payload_of(form))
    assert request.count in {None, 10}
    assert request.budget in {None, 10}
    assert request.gap == pytest.approx(0.005)
    assert request.years == ((2026, 4.0), (2027, 6.0))
    again = values_of_request(request)
    assert read_request(payload_of(again)) == request
    assert set(again) == set(FIELDS)


def test_years_are_read_and_nonsense_is_refused():
    assert read_years("") == read_years(None) == []
    assert read_years("2026:3，2027:4.5") == [(2026, 3.0), (2027, 4.5)]
    with pytest.raises(WordedError) as refused:
        read_years("2026:3 viel")
    assert refused.value.key == "siting.years_text"


def packed(form) -> str:
    return base64.urlsafe_b64encode(json.dumps(form).encode()).decode().rstrip("=")


def test_an_address_fills_the_form_and_what_it_says_wrongly_is_left_out():
    values = values_of_address({"form": packed({"count": 7, "model": 3, "unknown": 1, "region": "321002"})})
    assert (values["count"], values["model"], values["region"]) == (7, "mclp", "321002")
    assert values_of_address({"form": "%%%"}) == values_of_address({}) == {**DEFAULTS}
    assert values_of_address({"region": "320500", "categories": "gym"})["categories"] == ["gym"]
    assert values_of_address({"region": "320500"})["region"] == "320500"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_card_prints_the_certificate_and_what_each_site_is_worth(lang):
    shown = text(siting_card(view(), lang))
    for figure in ("39,074", "40,000", "2.32%", "12.3", "188", "321", "80.0%", "90.0%", "2026", "广陵区"):
        assert figure in shown
    assert "data:image/svg+xml" in shown
    assert f"/api/export/siting.xlsx?job={'a' * 32}" in shown
    assert "/api/export/" not in text(siting_card(view(may_export=False), lang))
    assert "000001-abc" in text(siting_card(view(is_stale=True), lang))


def test_a_proven_optimum_says_so():
    proven = {**RESULT["certificate"], "outcome": "optimal", "gap": 0.0, "bound": 39074.0}
    shown = text(siting_card(view(result={**RESULT, "certificate": proven}), "zh"))
    assert "已证明最优" in shown
    assert "最优值" in shown


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(0.5, "share", "50.00%"), (7.832, "mean_minutes", "7.83"), (12.0, "sites", "12"), (None, "minutes", "—")],
)
def test_values_carry_their_unit(value, unit, words):
    assert words in show_value(value, unit, "zh")


def test_the_sites_can_be_tried_in_a_scenario():
    edits = decode_edits(whatif_address(RESULT).split("edits=")[1].split("&")[0])
    assert [(edit.lon, edit.lat) for edit in edits] == [(119.4, 32.4)] * 2
    assert whatif_address({**RESULT, "sites": [SITE] * 51}) is None
    assert whatif_address({**RESULT, "sites": []}) is None


def test_a_chart_needs_two_moments():
    assert gap_chart([[0.1, 1.0, 2.0]], "light", "zh") is None
    assert gap_chart([[0.1, 1.0, None], [0.2, 1.0, 2.0]], "dark", "zh") is None
    assert gap_chart([[0.1, 1.0, 2.0], [0.2, 1.0, 1.0]], "dark", "zh") is not None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_progress_shows_stage_best_bound_and_gap(lang):
    shown = text(progress_card(job(), lang, "light", is_own=True))
    for figure in ("90", "100", "10.00%", "40%"):
        assert figure in shown
    assert stage_words(job(stage="nothing known"), lang)
    assert stage_words(job(state="queued"), lang) != stage_words(job(), lang)
    assert progress_card(job(state="done"), lang, "light", is_own=True) == []


def test_a_failed_search_says_why_in_the_readers_language():
    failed = job(state="failed", message={"key": "siting.all_served", "values": {"minutes": 10}})
    assert "10 分钟圈" in job_message(failed, "zh")
    assert "within 10 minutes" in text(progress_card(failed, "en", "light", is_own=True))
    assert job_message(job(message={"message": "No.", "fix": "Do."}), "zh") == "No. Do."
    assert job_message(job(), "zh") == ""


def test_what_is_drawn_has_sites_runner_ups_cells_and_the_area():
    cells = pl.DataFrame({"lon": [119.4], "lat": [32.4], "size_m": [100.0], "resident_count": [55.5]})
    ring = {**RESULT, "request": {**RESULT["request"], "area": {"ring": [[1, 1], [2, 1], [2, 2]]}}}
    overlays = result_overlays(ring, cells, "zh")
    assert list(overlays) == ["new_cells", "area", "runner_ups", "sites"]
    assert [f["properties"]["mark"] for f in overlays["sites"]["features"]["features"]] == ["1", "2"]
    assert box_of(ring) == {"box": [1, 1, 119.4, 32.4]}
    assert box_of({**RESULT, "sites": []}) is None
    assert "new_cells" not in result_overlays(RESULT, None, "en")


def test_marginal_gains_are_squares():
    feature = {"properties": {"rank": 1, "gain": 900, "node": 1}, "geometry": {"coordinates": [119.4, 32.4]}}
    overlay = marginal_overlay({"features": [feature]}, "zh")["marginal"]
    assert overlay["cells"]["value"] == [900]
    assert marginal_overlay({"features": []}, "zh")["marginal"]["cells"]["value"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_panel_holds_every_field_and_only_planners_start(lang):
    types = pl.DataFrame(
        {
            "venue_type_code": ["E10"],
            "category_code": ["fitness_path"],
            "code_name_zh": ["路径"],
            "code_name_en": ["Path"],
        }
    )
    shown = text(siting_panel(types, [("321000", "扬州")], FORM, lang, may_solve=True))
    in_page = {"siting-ring", "siting-picks"}
    assert all(f'"{identifier}"' in shown for identifier, _ in FIELDS.values() if identifier not in in_page)
    assert '"disabled": true' in text(siting_panel(types, [], FORM, lang, may_solve=False))


def test_history_links_to_each_search():
    shown = text(history_list([job(), job(job_id="b" * 32, account_id="bob")], "a" * 32, "zh", "ann"))
    assert f"job={'b' * 32}" in shown
    assert "共享" in shown
    assert text(history_list([], None, "zh", "ann"))


def test_a_province_begins_with_its_first_city():
    scope = grant(
        Account("p", "p", "planner", frozenset(), is_demo=True, is_disabled=False, must_change_password=False)
    )
    frame = pl.DataFrame(
        {
            "region_code": ["320000", "320100", "320102"],
            "parent_code": [None, "320000", "320100"],
            "level": ["province", "city", "county"],
        }
    )
    assert first_area(scope, frame) == "320100"
    assert first_area(scope, frame.head(0)) is None
