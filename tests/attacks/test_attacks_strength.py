"""Attacks on the strength index: forged weights, judgements, recipes and years, and areas of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import plotly
import pytest
from sqlalchemy import Engine, insert

from components import strength_view
from components.request import RequestContext, Visitor
from components.strength_view import asked_in, read_question
from kernel.errors import AccessDenied, WordedError
from ledger import strength_recipes
from pages import strength
from tests.attacks.test_attacks_monitoring import OTHERS, scope_of
from tests.components.test_components_circles import text
from tests.strength_page import answering
from warehouse.queries import strength as queries

VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
ANALYST, OFFICER = scope_of("analyst"), scope_of("data_officer", "321000")
CONTEXT = RequestContext(ANALYST, "zh", "light", VISITOR)
COUNTY = {"level": "county"}


@pytest.fixture
def page(small_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with answering(small_demo, tmp_path, monkeypatch, CONTEXT, 200) as engine:
        yield engine


@pytest.mark.parametrize(
    "query",
    [
        {"year": "9" * 5_000},
        {"year": "²"},
        {"year": "２０２５"},
        {"form": "x", "aggregation": "x", "normalisation": "<b>", "imputation": ""},
        {"weighting": "own", "own": "nan,1,1,1,1,1,1"},
        {"weighting": "own", "own": "-1,1,1,1,1,1,1"},
        {"weighting": "own", "own": "inf,1,1,1,1,1,1"},
        {"weighting": "own", "own": "0,0,0,0,0,0,0"},
        {"weighting": "own", "own": "," * 100_000},
        {"weighting": "ahp", "pairs": "0," * 21},
        {"weighting": "ahp", "pairs": "a,b"},
        {"unit": "321102' or 1=1"},
    ],
)
def test_an_address_that_was_forged_is_read_as_what_is_usual(page, query) -> None:
    question = read_question(ANALYST, {**COUNTY, **query})
    assert question.year == queries.years(ANALYST, "county")[0]
    assert question.unit == ""
    assert question.recipe.weighting in {"given", "own", "ahp"}
    found = strength_view.answer(ANALYST, "zh", question)
    assert abs(found.result.part_weight.sum() - 1.0) < 1e-9


@pytest.mark.parametrize(
    "weights", [[0] * 7, [], ["x"] * 7, [None] * 7, [float("nan")] * 7, [1] * 6, [[1]] * 7, [-1] * 7]
)
def test_weights_that_cannot_be_used_are_refused_in_words(page, weights) -> None:
    with pytest.raises(WordedError, match="weights"):
        read_question(ANALYST, COUNTY).with_weights(weights)


def test_all_sliders_at_zero_say_so_and_break_nothing(page, monkeypatch) -> None:
    ids = [{"type": "strength-weight", "part": part} for part in ("mass", "elite", "nosuch")]
    monkeypatch.setattr(strength, "ctx", SimpleNamespace(triggered_id=ids[0]))
    for asked in (COUNTY, None, [1]):
        said, _, notes, own, run = strength.show_league.__wrapped__([0, 0, 5], None, ids, asked)
        assert "这些权重不能用" in text(said)
        assert notes == []
        assert "address" not in run
        assert strength.show_cards.__wrapped__({"own": own, "batches": 6}, asked) == ([], [], [], [])


@pytest.mark.parametrize(
    "pairs", [None, 1, "x", [], [99] * 21, ["x"] * 21, ["²"] * 21, ["9" * 5_000], [[4]] * 21, [4] * 20]
)
def test_judgements_of_any_shape_are_no_weights(page, pairs) -> None:
    for asked in (COUNTY, None):
        assert strength.show_pairs.__wrapped__(pairs, asked) == []


def test_judgements_that_contradict_themselves_are_told_and_not_used(page) -> None:
    said = strength.show_pairs.__wrapped__([8, 0] * 10 + [8], COUNTY)
    assert said
    assert not [part for part in said if getattr(part, "href", "")]


def test_a_recipe_of_another_version_and_one_that_is_not_there_are_no_recipes(page) -> None:
    row = {"recipe_id": "f" * 32, "account_id": "b", "author_name": "b", "recipe_name": "r", "level": "county"}
    row |= {"year": 2025, "result_digest": "0" * 64, "build_id": "1", "saved_at": "2026-01-01T00:00:00Z"}
    for text_of_recipe in ('{"form": "nosuch"}', '{"nosuch": 1}', '{"weighting": "own", "own": [-1]}'):
        with page.begin() as connection:
            connection.execute(strength_recipes.RECIPE.delete())
            connection.execute(insert(strength_recipes.RECIPE).values(**row, recipe=text_of_recipe))
        with pytest.raises(WordedError):
            asked_in(ANALYST, {"recipe": "f" * 32}, page)
    for name in ("", "x", "' or 1=1 --", "0" * 100_000):
        with pytest.raises(WordedError):
            asked_in(ANALYST, {"recipe": name}, page)


def test_an_officer_of_one_city_ranks_its_own_areas_only_after_others_looked(page, monkeypatch) -> None:
    shown = {}
    for scope in (ANALYST, OFFICER):
        context = RequestContext(scope, "zh", "light", VISITOR)
        monkeypatch.setattr(strength, "current", lambda context=context: context)
        made = strength.layout(replace(context, query=COUNTY))
        unit, ranks, *_ = strength.show_cards.__wrapped__({"own": {}, "batches": 1}, COUNTY)
        plain = [part.to_plotly_json() for part in [made, *unit, *ranks]]
        shown[scope.role_code] = json.dumps(plain, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)
    assert OTHERS.search(shown["analyst"])
    assert not OTHERS.search(shown["data_officer"])
    units = queries.ground(OFFICER, "county", 2025).units
    assert {code[:4] for code in units} == {"3210"}


def test_roles_that_read_save_nothing_and_open_data_show_no_index(page) -> None:
    for role in ("duty_officer", "trainer", "administrator", "leader"):
        assert "strength.save" not in scope_of(role).actions
        with pytest.raises(AccessDenied):
            strength_recipes.delete(page, scope_of(role), "f" * 32)
    assert not queries.is_readable(scope_of("administrator"))
