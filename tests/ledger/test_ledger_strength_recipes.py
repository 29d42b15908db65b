"""Saved recipes of the strength index: kept as they were, listed for all readers, hidden by their author only."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from ledger import strength_recipes

BOTH = frozenset({"strength.view", "strength.save"})
ANNA = GrantedScope("anna", "analyst", frozenset(), "internal", BOTH)
BEN = GrantedScope("ben", "leader", frozenset(), "internal", frozenset({"strength.view"}))
RECIPE = {"form": "seven", "own": [1, 2]}


def kept(engine, scope=ANNA, name="年度  方案"):
    return strength_recipes.save(
        engine,
        scope,
        name=name,
        level="county",
        year=2025,
        recipe=RECIPE,
        result_digest="d" * 64,
        build_id="000001-a",
        author_name="安娜",
    )


@pytest.fixture
def engine(tmp_path: Path):
    made = create_engine(f"sqlite:///{tmp_path}/ledger.sqlite")
    strength_recipes.create_tables(made)
    yield made
    made.dispose()


def test_a_recipe_comes_back_as_it_was_saved_and_others_may_read_it(engine):
    recipe_id = kept(engine)
    found = strength_recipes.load(engine, BEN, recipe_id)
    assert (found.recipe, found.year, found.result_digest) == (RECIPE, 2025, "d" * 64)
    assert found.recipe_name == "年度 方案"
    assert not found.is_mine
    assert [one.recipe_id for one in strength_recipes.list_for(engine, ANNA)] == [recipe_id]


def test_only_who_may_save_saves_and_only_the_author_hides(engine):
    with pytest.raises(AccessDenied):
        kept(engine, BEN)
    recipe_id = kept(engine)
    other = GrantedScope("carl", "analyst", frozenset(), "internal", BOTH)
    with pytest.raises(WordedError):
        strength_recipes.delete(engine, other, recipe_id)
    strength_recipes.delete(engine, ANNA, recipe_id)
    assert strength_recipes.list_for(engine, ANNA) == []
    with pytest.raises(WordedError):
        strength_recipes.load(engine, ANNA, recipe_id)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\u0007b"])
def test_a_name_must_be_short_and_printable(engine, name):
    with pytest.raises(WordedError):
        kept(engine, name=name)


def test_there_is_a_limit(engine, monkeypatch):
    monkeypatch.setattr(strength_recipes, "MOST_RECIPES", 1)
    kept(engine)
    with pytest.raises(WordedError):
        kept(engine)
