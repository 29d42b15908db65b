"""The page of strength on the small demo: league, one area, other weights, judgements, saved recipes, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from dash import no_update
from sqlalchemy import Engine

from analytics.indicator import in_longer_periods, indicators
from analytics.strength.recipe import result_digest
from components import strength_league, strength_method, strength_table, strength_unit, strength_view
from components.request import RequestContext, Visitor
from components.strength_form import consistency
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from ledger import strength_recipes
from pages import strength
from reports.catalogue import strength as export
from reports.export import Asked, make_file
from tests.components.test_components_circles import text
from tests.strength_page import answering
from warehouse.queries import _run
from warehouse.queries import strength as queries

ACTIONS = frozenset({"strength.view", "strength.save", "export.make"})
ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", ACTIONS)
VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
CONTEXT = RequestContext(ANALYST, "zh", "light", VISITOR)
COUNTY = {"level": "county"}


@pytest.fixture
def page(small_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Answer from the small demo, with a ledger of its own and small batches of draws."""
    with answering(small_demo, tmp_path, monkeypatch, CONTEXT, 400) as engine:
        yield engine


def moved(monkeypatch: pytest.MonkeyPatch, asked: Any, weights: dict[str, float]) -> tuple[Any, ...]:
    """Return what the page answers to moved sliders."""
    ids = [{"type": "strength-weight", "part": part} for part in weights]
    monkeypatch.setattr(strength, "ctx", SimpleNamespace(triggered_id=ids[0]))
    return strength.show_league.__wrapped__(list(weights.values()), None, ids, asked)


def asked_for(monkeypatch: pytest.MonkeyPatch, asked: Any, own: Any, batches: Any) -> tuple[Any, ...]:
    """Return what the page answers to a browser that wants so many batches."""
    monkeypatch.setattr(strength, "ctx", SimpleNamespace(triggered_id="strength-more"))
    return strength.show_league.__wrapped__([], {"own": own, "batches": batches}, [], asked)


def cards(asked: Any, own: Any = None) -> tuple[Any, ...]:
    return strength.show_cards.__wrapped__({"own": own or {}, "batches": strength_view.BATCHES}, asked)


def found(**query: str) -> strength_view.Answer:
    question = strength_view.read_question(ANALYST, {**COUNTY, **query})
    return strength_view.answer(ANALYST, "zh", question)


def test_values_are_those_of_the_mart_by_a_second_path(page) -> None:
    ground = queries.ground(ANALYST, "county", 2025)
    j = [one.code for one in ground.members].index("event_count")
    rows = _run.rows("strength_value", ANALYST, level="county", codes=["event_count"])
    for u, unit in enumerate(ground.units):
        months = rows.filter((rows["region_code"] == unit) & rows["period"].str.starts_with("2025"))
        assert ground.totals[j, u] == pytest.approx(months["value"].sum())
        assert ground.values[j, u] == pytest.approx(months["value"].sum() / ground.residents[u] * 1e6)
    assert queries.years(ANALYST, "county")[0] == 2025
    assert in_longer_periods(indicators()["event_count"], rows.drop("indicator_code"), "year").height
    assert {one.area for one in queries.members("county")} == {"county"}
    assert not queries.lacking()
    assert queries.is_readable(ANALYST)


def test_the_page_opens_with_the_league_and_its_intervals(page) -> None:
    made = strength.layout(replace(CONTEXT, query=COUNTY))
    said = text([made])
    assert "名次区间" in said
    assert "各部分权重" in said
    assert f"400 / {400 * strength_view.BATCHES:,}" in said
    ids = {getattr(part, "id", "") for part in made._traverse() if isinstance(getattr(part, "id", ""), str)}
    assert {"strength-league", "strength-places", "strength-said", "strength-notes"} <= ids
    unit, ranks, method, recipes = cards(COUNTY)
    assert "怎样前进一名" in text(unit)
    (drawn,) = [part for part in ranks[0]._traverse() if getattr(part, "id", "") == "strength-figures-rows"]
    assert len(drawn.data["rows"]) == len(found().codes)
    assert all("–" in row[2] for row in drawn.data["rows"])
    assert drawn.data["rows"][drawn.data["marked"]][0] in text(unit)
    assert "名次由什么决定" in text(method)
    assert "结果指纹" in text([recipes])


def test_more_draws_follow_and_a_slider_gives_other_weights(page, monkeypatch) -> None:
    said, drawn, _, own, run = asked_for(monkeypatch, COUNTY, {}, 2)
    assert "800" in text(said)
    answer, rows = found(), drawn["rows"]
    assert sorted(row["name"] for row in rows) == sorted(answer.names)
    assert all(row["low"] <= row["median"] <= row["high"] for row in rows)
    assert [row["is_own"] for row in rows].count(True) == 1
    assert drawn["ticks"] == list(range(1, len(rows) + 1))
    assert (own, run["batches"]) == ({}, 2)
    drawn_before = strength_view._first.cache_info().misses
    assert "address" not in run
    assert asked_for(monkeypatch, COUNTY, {}, 99)[-1]["batches"] == strength_view.BATCHES
    assert asked_for(monkeypatch, COUNTY, {}, "x")[-1]["batches"] == 1
    for wrong in (None, 1, []):
        assert strength_view.run_of(wrong) == (None, 1)
    said, _, _, own, run = moved(monkeypatch, COUNTY, {"mass": 60, "service": 0})
    assert own == [60.0, 0, 0, 0, 0, 0, 0]
    # The address that the browser keeps opens the same index; the files that it links hold the same weights.
    kept = strength_view.read_question(ANALYST, run["address"])
    assert strength_view.answer(ANALYST, "zh", kept).digest == strength._found(COUNTY, own)[1].digest
    answer = strength._found(COUNTY, own)[1]
    assert answer.result.score == pytest.approx(answer.result.part_points[0])
    # Draws of parts are those of the recipe before: only the weights differ.
    assert strength_view._first.cache_info().misses == drawn_before


def test_a_league_without_weights_is_withdrawn_with_the_way_back(page, monkeypatch) -> None:
    asked = {**COUNTY, "weighting": "own", "own": "60", "year": "2025"}
    said, drawn, notes, own, run = moved(monkeypatch, asked, {"mass": 0, "service": 0})
    assert drawn == {"rows": []}
    assert not notes
    assert not any(own)
    assert strength.show_cards.__wrapped__(run, asked) == ([], [], [], [])
    alert = said[0]
    assert "至少给一个部分大于零的权重" in text(alert)
    assert alert.children[-1].href == "/strength?level=county&year=2025"


def test_pairs_are_never_certain_and_minus_is_as_long_as_plus(page) -> None:
    answer = found()
    figure, heat = strength_league.rank_cards(answer, 1, CONTEXT)
    assert "100%" not in [cell for row in _heat(heat)["text"] for cell in row]
    assert _heat(heat)["text"][0][0] == ""
    assert "-" not in text([figure])
    assert strength_table.signed("-0.7") == "−0.7"
    assert strength_table.difference_scale("dark")[3][0] == 0.5


def _heat(card: Any) -> dict[str, Any]:
    return next(part.figure["data"][0] for part in card._traverse() if hasattr(part, "figure"))


def test_judgements_are_told_consistent_or_refused_with_the_pair(page) -> None:
    parts = ["mass", "elite", "events"]
    said, weights = consistency([3.0, 9.0, 3.0], parts, "zh")
    assert "判断一致" in text(said)
    assert weights == pytest.approx([9 / 13, 3 / 13, 1 / 13])
    said, weights = consistency([9.0, 1 / 9, 9.0], parts, "zh")
    assert "不一致" in text(said)
    assert weights == []
    linked = strength.show_pairs.__wrapped__([4] * 21, COUNTY)
    assert any("weighting=ahp" in str(getattr(part, "href", "")) for part in linked)
    assert strength.show_pairs.__wrapped__(["x"], COUNTY) == []


def test_a_saved_recipe_runs_again_to_the_same_numbers(page, monkeypatch) -> None:
    monkeypatch.setattr(strength, "ctx", SimpleNamespace(triggered_id="strength-save"))
    chosen = {**COUNTY, "aggregation": "geometric"}
    link, listed = strength.change_recipes.__wrapped__(1, [], "年度方案", chosen, None)
    assert "年度方案" in text(listed)
    asked = {"recipe": link.href.split("=")[1]}
    *_, recipes = cards(asked)
    assert "已复核" in text([recipes])
    question, opened = strength_view.asked_in(ANALYST, asked, page)
    assert opened is not None
    assert question.recipe.aggregation == "geometric"
    *_, other = cards(asked, [1, 0, 0, 0, 0, 0, 0])
    assert "现在不同" in text([other])
    assert "简短" in strength.change_recipes.__wrapped__(1, [], " ", COUNTY, None)[0]
    saved = strength_recipes.list_for(page, ANALYST)
    for may_save in (True, False):
        kept = strength_method.saved_table(saved, may_save=may_save, lang="zh")[0]
        kinds = {part.id["type"] for part in kept._traverse() if isinstance(getattr(part, "id", None), dict)}
        assert kinds == ({"strength-check", "strength-delete"} if may_save else {"strength-check"})
    trigger = {"type": "strength-check", "recipe": asked["recipe"]}
    monkeypatch.setattr(strength, "ctx", SimpleNamespace(triggered_id=trigger))
    assert "已复核" in text([strength.check_recipe.__wrapped__([1])])
    said, listed = strength.change_recipes.__wrapped__(None, [1], "", COUNTY, None)
    assert "已删除“年度方案”" in said
    assert listed == []
    assert "没有这个方案" in strength.check_recipe.__wrapped__([1])
    assert strength.check_recipe.__wrapped__([None]) is no_update


def test_the_hash_of_a_result_covers_its_values(page) -> None:
    answer = found()
    values = answer.ground.values[:, answer.prepared.unit]
    made = result_digest(answer.question.recipe, answer.codes, answer.result.score, values)
    assert made == answer.digest
    beyond = values.copy()
    beyond[0, 0] = beyond[0, 0] * 1.01 + 1
    assert result_digest(answer.question.recipe, answer.codes, answer.result.score, beyond) != made


def test_the_address_holds_the_question_and_nonsense_is_read_as_usual(page) -> None:
    query = {**COUNTY, "form": "five", "weighting": "own", "own": "1,2,3,4,5", "treated": "no", "year": "2024"}
    question = strength_view.read_question(ANALYST, query)
    assert strength_view.read_question(ANALYST, strength_view.address_of(question)) == question
    plain = strength_view.read_question(ANALYST, {"form": "x", "weighting": "own", "own": "a", "year": "1"})
    assert (plain.recipe.form, plain.recipe.weighting, plain.level) == ("seven", "given", "county")


def test_what_is_left_out_does_not_count_as_taking_part(page) -> None:
    answer = found(level="city")
    codes = answer.prepared.table.codes
    assert answer.prepared.left_out
    assert len(codes) + len(answer.prepared.left_out) == len(answer.ground.members)
    assert f"共 {len(codes)} 项指标参加" in text([strength.layout(replace(CONTEXT, query={"level": "city"}))])


def test_every_way_of_making_the_index_is_shown_or_refused_in_words(page, monkeypatch) -> None:
    for name, value in (("weighting", "pca"), ("normalisation", "rank"), ("aggregation", "topsis"), ("form", "eight")):
        said, *_ = asked_for(monkeypatch, {**COUNTY, name: value}, {}, 1)
        assert text(said)
    with pytest.raises(WordedError):
        strength_view.asked_in(ANALYST, {"recipe": "none"}, page)


def test_what_cannot_be_made_is_told_with_a_way_back(page, monkeypatch) -> None:
    contradicting = ",".join(["9", "0.111111", "9", *["1"] * 18])
    query = {**COUNTY, "weighting": "ahp", "pairs": contradicting}
    made = strength.layout(replace(CONTEXT, query=query))
    assert "不一致" in text([made])
    assert any(getattr(part, "href", "") == "/strength" for part in made._traverse())
    monkeypatch.setattr(queries, "lacking", lambda: ["marts.mart_peer_group"])
    assert "mart_peer_group" in text([strength.layout(CONTEXT)])


def test_a_visitor_sees_the_league_of_the_own_areas_only(page) -> None:
    own = replace(ANALYST, role_code="data_officer", region_codes=frozenset({"321000"}))
    question = strength_view.read_question(own, {})
    codes = strength_view.answer(own, "zh", question).codes
    assert question.level == "county"
    assert len(codes) > 1
    assert all(code.startswith("3210") for code in codes)


def test_cards_of_the_area_looked_at_agree_with_the_index(page) -> None:
    answer = found(unit="321003")
    assert answer.codes[answer.own] == "321003"
    ranks = strength_view.rank_batches(answer, 1)
    said = text(strength_unit.unit_cards(answer, ranks, CONTEXT))
    assert strength_league.interval_words(ranks, answer.own) in said
    years = strength_unit._years_card(answer, CONTEXT)
    assert "2024" in text([years])
    assert strength_table.table(("area",), [("x",)], "zh")


def test_files_hold_the_recipe_its_hash_and_the_same_scores(page, tmp_path) -> None:
    asked = Asked(ANALYST, "zh", COUNTY, "/api/export/strength.xlsx", "xlsx", page)
    content = export.make(asked)
    answer = found()
    assert answer.digest in content.definitions.values()
    league = content.tables[0]
    scores = {row[0]: row[3] for row in league.rows}
    assert scores == dict(zip(answer.names, answer.result.score.tolist(), strict=True))
    pairs = np.array([row[1:] for row in content.tables[-1].rows])
    assert pairs + pairs.T == pytest.approx(np.ones_like(pairs))
    made = make_file("strength", asked, tmp_path)
    assert made.path.stat().st_size > 5_000


def test_the_radar_is_closed_and_shows_the_points_of_the_parts(page) -> None:
    answer = found(unit="321003")
    card = strength_unit._peer_card(answer, "light", "zh")
    radar, bars = (part.figure for part in card._traverse() if hasattr(part, "figure"))
    own = next(trace for trace in radar["data"] if trace["name"] == answer.names[answer.own])
    assert own["type"] == "scatterpolar"
    assert own["r"][0] == own["r"][-1]
    assert own["r"][:-1] == pytest.approx(answer.result.part_points[:, answer.own], abs=0.05)
    assert {trace["name"] for trace in radar["data"]} == {trace["name"] for trace in bars["data"]}
    assert strength_unit.see_through("#10ff00", 0.5) == "rgba(16,255,0,0.5)"


def test_the_league_says_what_to_be_careful_with(page) -> None:
    answer = found()
    ranks = strength_view.rank_batches(answer, 1)
    parts = [answer.prepared.table.parts[p] for p in answer.prepared.table.part]
    lone = {part for part in parts if parts.count(part) == 1}
    assert {part for part, _, _ in strength_league.lone_indicators(answer)} == lone
    weights = dict(zip(answer.prepared.table.parts, answer.result.part_weight, strict=True))
    assert all(share == weights[part] for part, _, share in strength_league.lone_indicators(answer))
    order = ranks.order.tolist()
    sure = sum(ranks.above[order[k], order[k + 1]] >= 0.9 for k in range(len(order) - 1))
    assert f"有 {sure} 对" in strength_league.lead_words(answer, ranks, "zh")
    one_tier = replace(ranks, tier=np.zeros_like(ranks.tier))
    assert strength_league.tier_words(one_tier, 0) == "—"
    assert "第一档" not in strength_league.lead_words(answer, one_tier, "zh")


def test_gaps_of_an_area_are_counted_and_worded(page) -> None:
    answer = found()
    row = [one.code for one in answer.ground.members].index(answer.prepared.table.codes[0])
    is_partial = np.zeros_like(answer.ground.is_partial)
    is_partial[row, int(answer.prepared.unit[2])] = True
    shorter = replace(answer, ground=replace(answer.ground, is_partial=is_partial), own=2)
    assert strength_league.gaps_of(shorter, 2)[1] == 1
    assert "不足全年 1 项" in strength_league.gap_words(shorter, 2, "zh")
    assert "部分报送" in text([strength_unit._total_card(shorter, "zh")])
    one = answer.ground.members[0]
    assert strength_unit._value(one, 0.001234, "zh") == "0.00123"
    assert strength_unit._value(one, float("nan"), "zh") == "—"
    observed = answer.prepared.observed.copy()
    observed[0, 2] = np.nan
    filled = replace(shorter, prepared=replace(answer.prepared, observed=observed))
    assert strength_league.gaps_of(filled, 2) == (1, 0)


def test_areas_of_one_name_are_told_apart_by_what_they_lie_in(page, monkeypatch) -> None:
    frame = strength_view.regions(ANALYST)
    county = frame.filter(frame["level"] == "county")["region_name"]
    renamed = dict.fromkeys([county[0], county[-1]], "鼓楼区")
    twins = frame.with_columns(pl.col("region_name").replace(renamed))
    monkeypatch.setattr(strength_view, "regions", lambda _: twins)
    names = strength_view.names_of(ANALYST, "zh")
    said = sorted(name for name in names.values() if name.endswith("鼓楼区"))
    assert len(set(said)) == 2
    assert all("市 · 鼓楼区" in name for name in said)
