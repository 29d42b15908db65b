"""What the page of strength shows: the question in its address, and the answer computed once for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from analytics.strength import (
    FORMS,
    Choices,
    Draws,
    Prepared,
    RankTable,
    Recipe,
    Strength,
    draw,
    part_draws,
    prepare,
    rank_draws,
    rank_table,
    strength,
)
from analytics.strength.aggregate import AGGREGATIONS
from analytics.strength.normalise import NORMALISATIONS
from analytics.strength.recipe import IMPUTATIONS, WEIGHTINGS, result_digest
from components.map_config import region_names
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from ledger import strength_recipes
from warehouse.queries import map as map_queries
from warehouse.queries import strength as queries
from warehouse.queries.regions import regions
from warehouse.queries.strength import StrengthGround

# A run of draws is done in batches: the first answers a change of weights, all of them are the full run.
BATCH, BATCHES, SEED = 10_000, 6, 20_260
SAATY = (1 / 9, 1 / 7, 1 / 5, 1 / 3, 1.0, 3.0, 5.0, 7.0, 9.0)
# More draws for changes that gain a place would show nothing more.
MOVE_DRAWS = 1_000
_HIGHEST_WEIGHT = 100.0
SEPARATOR = " · "
# With fewer cities than this the counties are shown first.
_LEAGUE = 5

Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    Attributes
    ----------
    level : {"city", "county"}
    year : int
    recipe : Recipe
    unit : str
        Code of the area that is looked at.
    """

    level: str
    year: int
    recipe: Recipe
    unit: str

    @property
    def href(self) -> str:
        """Return the address of the page with this question."""
        return f"/strength?{urlencode(address_of(self))}"

    def with_weights(self, weights: Sequence[float]) -> Question:
        """Return the question with own weights of the parts, as many as the form has, in its order.

        Raises
        ------
        WordedError
            When they are no such numbers, or all of them zero.
        """
        try:
            own = tuple(min(max(float(value), 0.0), _HIGHEST_WEIGHT) for value in weights)
            return replace(self, recipe=replace(self.recipe, weighting="own", own=own))
        except (TypeError, ValueError) as error:
            raise WordedError("strength.no_weights") from error


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The index of a question.

    Attributes
    ----------
    question : Question
    ground : StrengthGround
        Values of all areas of the level.
    prepared : Prepared
        Positions of those that can be scored, U of them.
    result : Strength
        Their index.
    names : tuple of str, length U
        Names of the areas.
    codes : tuple of str, length U
        Their codes.
    own : int
        Index of the area that is looked at.
    digest : str
        SHA-256 of recipe, values and scores.
    """

    question: Question
    ground: StrengthGround
    prepared: Prepared
    result: Strength
    names: tuple[str, ...]
    codes: tuple[str, ...]
    own: int
    digest: str


def read_question(scope: GrantedScope, query: Mapping[str, str]) -> Question:
    """Return the question of an address; what does not fit is read as what is usual.

    Raises
    ------
    WordedError
        ``strength.nothing`` when nothing is measured for the level.
    """
    level = query.get("level", "")
    if level not in queries.LEVELS:
        level = "city" if len(units_of(scope, "city")) >= _LEAGUE else "county"
    years = queries.years(scope, level)
    if not years:
        raise WordedError("strength.nothing")
    year = next((one for one in years if str(one) == query.get("year")), years[0])
    form = _one_of(query.get("form"), tuple(FORMS))
    recipe = Recipe(
        form=form,
        normalisation=_one_of(query.get("normalisation"), NORMALISATIONS),
        aggregation=_one_of(query.get("aggregation"), AGGREGATIONS),
        imputation=_one_of(query.get("imputation"), IMPUTATIONS[::-1]),
        is_treated=query.get("treated", "yes") != "no",
    )
    recipe = _weighted(recipe, query)
    units = units_of(scope, level)
    return Question(level, year, recipe, query["unit"] if query.get("unit") in units else "")


def query_of(asked: Any) -> dict[str, str]:
    """Return the parameters of an address as they come from a browser: texts, whatever was sent."""
    return {str(key): str(value) for key, value in asked.items()} if isinstance(asked, dict) else {}


def run_of(given: Any) -> tuple[Any, int]:
    """Return weights and number of batches that a browser asks for, whatever was sent."""
    known = given if isinstance(given, dict) else {}
    batches = known.get("batches")
    return known.get("own"), min(max(batches, 1), BATCHES) if isinstance(batches, int) else 1


def asked_in(
    scope: GrantedScope, query: Mapping[str, str], engine: Engine
) -> tuple[Question, strength_recipes.SavedRecipe | None]:
    """Return the question of an address, and the saved recipe that it opens, if it names one.

    Raises
    ------
    WordedError
        When there is no such recipe, or nothing is measured.
    """
    if "recipe" not in query:
        return read_question(scope, query), None
    opened = strength_recipes.load(engine, scope, query["recipe"])
    plain = read_question(scope, {"level": opened.level, "year": str(opened.year)})
    try:
        return replace(plain, recipe=Recipe.from_dict(opened.recipe)), opened
    except (KeyError, TypeError, ValueError) as error:
        # Saved by a version that knew other choices.
        raise WordedError("strength.no_recipe") from error


def _one_of(asked: str | None, allowed: tuple[Name, ...]) -> Name:
    return next((name for name in allowed if name == asked), allowed[0])


def _weighted(recipe: Recipe, query: Mapping[str, str]) -> Recipe:
    """Return the recipe with the weights of an address: a way, own numbers, or judgements of pairs."""
    weighting = _one_of(query.get("weighting"), WEIGHTINGS)
    try:
        own = tuple(float(text) for text in query.get("own", "").split(",") if text)
        judgements = tuple(float(text) for text in query.get("pairs", "").split(",") if text)
        weight = FORMS[recipe.form].weight
        # Nothing said yet: begin with the given weights, and with pairs that are all alike.
        own = own or (tuple(100 * share for share in weight.values()) if weighting == "own" else ())
        judgements = judgements or ((1.0,) * (len(weight) * (len(weight) - 1) // 2) if weighting == "ahp" else ())
        return replace(recipe, weighting=weighting, own=own, judgements=judgements)
    except ValueError:
        return recipe


def address_of(question: Question) -> dict[str, str]:
    """Return the parameters of the address of a question."""
    recipe = question.recipe
    found = {
        "level": question.level,
        "year": str(question.year),
        "form": recipe.form,
        "weighting": recipe.weighting,
        "normalisation": recipe.normalisation,
        "aggregation": recipe.aggregation,
        "imputation": recipe.imputation,
        "treated": "yes" if recipe.is_treated else "no",
        "own": ",".join(f"{value:g}" for value in recipe.own),
        "pairs": ",".join(f"{value:.6g}" for value in recipe.judgements),
        "unit": question.unit,
    }
    return {name: value for name, value in found.items() if value}


def answer(scope: GrantedScope, lang: str, question: Question) -> Answer:
    """Return the index of a question.

    Raises
    ------
    WordedError
        When fewer than two areas can be scored, or the weights cannot be used.
    """
    ground = queries.ground(scope, question.level, question.year)
    prepared = _prepared(ground, question.recipe.form)
    result = strength(prepared, question.recipe)
    codes = tuple(ground.units[k] for k in prepared.unit.tolist())
    named = names_of(scope, lang)
    own = codes.index(question.unit) if question.unit in codes else int(np.argmin(result.rank))
    return Answer(
        question=question,
        ground=ground,
        prepared=prepared,
        result=result,
        names=tuple(named.get(code, code) for code in codes),
        codes=codes,
        own=own,
        digest=result_digest(question.recipe, codes, result.score, ground.values[:, prepared.unit]),
    )


def names_of(scope: GrantedScope, lang: str) -> dict[str, str]:
    """Return the names of all regions by code; where two of a level share one, the region above stands before it."""
    return region_names(regions(scope).to_dicts(), lang)


def units_of(scope: GrantedScope, level: str) -> frozenset[str]:
    """Return the codes of the areas of a level that the visitor sees."""
    frame = regions(scope)
    codes = frame.filter(frame["level"] == level)["region_code"].to_list()
    return frozenset(code for code in codes if scope.includes_region(code))


def is_demo() -> bool:
    """Return whether anything behind the index is generated."""
    return map_queries.is_demo(frozenset(name for one in queries.members("city") for name in one.inputs))


@lru_cache(maxsize=24)
def _prepared(ground: StrengthGround, form: str) -> Prepared:
    return prepare(ground.table(form), ground.values, group=ground.group, error=ground.error)


def rank_batches(found: Answer, batches: int) -> RankTable:
    """Return places over the first ``batches`` batches of draws."""
    recipe = replace(found.question.recipe, weighting="given", own=(), judgements=())
    weight = tuple(found.result.part_weight.tolist())
    drawn = [_ranks(found.prepared, recipe, weight, batch) for batch in range(batches)]
    return rank_table(np.concatenate(drawn), spread=pool().map)


@cache
def pool() -> ThreadPoolExecutor:
    """Return the two threads that draws are spread over; the compiled work on them holds no lock."""
    return ThreadPoolExecutor(2, thread_name_prefix="strength")


@lru_cache(maxsize=3)
def _first(prepared: Prepared, recipe: Recipe) -> tuple[Draws, NDArray[np.float32]]:
    """Return the first batch with its points of parts, kept so that a change of weights is answered at once."""
    return _compute(prepared, recipe, 0)


def _drawn(prepared: Prepared, recipe: Recipe, batch: int) -> tuple[Draws, NDArray[np.float32]]:
    return _compute(prepared, recipe, batch) if batch else _first(prepared, recipe)


def _compute(prepared: Prepared, recipe: Recipe, batch: int) -> tuple[Draws, NDArray[np.float32]]:
    drawn = draw(prepared, recipe, BATCH, seed=SEED + batch)
    return drawn, part_draws(prepared, drawn.worlds, spread=pool().map)


@lru_cache(maxsize=48)
def _ranks(prepared: Prepared, recipe: Recipe, weight: tuple[float, ...], batch: int) -> NDArray[np.uint16]:
    drawn, points = _drawn(prepared, recipe, batch)
    around = drawn.part_weight(np.array(weight))
    return rank_draws(points, around, drawn.aggregation, spread=pool().map)[1]


def move_draws(found: Answer) -> Draws:
    """Return the draws that changes are judged by: goalposts, weights, both means and data errors."""
    recipe = replace(found.question.recipe, normalisation="goalposts", weighting="given", own=(), judgements=())
    recipe = replace(recipe, aggregation="arithmetic" if recipe.aggregation == "topsis" else recipe.aggregation)
    fixed = Choices(("goalposts",), ("arithmetic", "geometric"), (recipe.imputation,), (recipe.is_treated,))
    return draw(found.prepared, recipe, MOVE_DRAWS, seed=SEED, choices=fixed)
