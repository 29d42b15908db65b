"""Saved recipes of the strength index: choices under a name, with the hash of the numbers that they gave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Engine, Index, Integer, MetaData, RowMapping, String, Table, Text, insert, select, update

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from ledger import for_reading
from ledger.saved import INSTANT, LONGEST_NAME, check_count, is_own, need, new_values, saved_columns, title_of

MOST_RECIPES = 200
LISTED = 50
_LONGEST_TEXT = 4_000

METADATA = MetaData()

# One row a recipe, never changed but to be hidden.
RECIPE = Table(
    "strength_recipe",
    METADATA,
    *saved_columns("recipe"),
    Column("level", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("recipe", Text, nullable=False),
    Column("result_digest", String(64), nullable=False),
    Column("build_id", String(40), nullable=False),
    Column("saved_at", INSTANT, nullable=False),
    Index("strength_recipe_by_account", "account_id", "sequence"),
)


@dataclass(frozen=True, slots=True)
class SavedRecipe:
    """A recipe as it was saved.

    Attributes
    ----------
    recipe_id : str
        32 hexadecimal digits.
    recipe_name, author_name : str
        What it is called, and by whom.
    level, year : str, int
        League that it was saved for.
    recipe : dict
        As ``analytics.strength.Recipe.as_dict`` gives it.
    result_digest : str
        SHA-256 of recipe and scores at that time.
    build_id, saved_at : str
        Snapshot of that time, and instant as stored.
    is_mine : bool
        Whether the reader saved it.
    """

    recipe_id: str
    recipe_name: str
    author_name: str
    level: str
    year: int
    recipe: dict[str, Any]
    result_digest: str
    build_id: str
    saved_at: str
    is_mine: bool


def create_tables(engine: Engine) -> None:
    """Create what is missing; existing tables are left as they are."""
    METADATA.create_all(engine)


def save(
    engine: Engine,
    scope: GrantedScope,
    *,
    name: str,
    level: str,
    year: int,
    recipe: dict[str, Any],
    result_digest: str,
    build_id: str,
    author_name: str,
) -> str:
    """Keep a recipe and return its id.

    Raises
    ------
    AccessDenied
        When the account may not save.
    WordedError
        When the name is empty or too long, or there are too many. Nothing is kept then.
    """
    need(scope, "strength.save")
    title, text = title_of(name, "strength.recipe_name"), json.dumps(recipe, sort_keys=True)
    if len(text) > _LONGEST_TEXT:
        raise WordedError("strength.recipe_name", most=LONGEST_NAME)
    own = new_values("recipe", scope, title=title, author_name=author_name)
    with engine.begin() as connection:
        check_count(connection, RECIPE, scope, MOST_RECIPES, "strength.too_many_recipes")
        connection.execute(
            insert(RECIPE).values(
                **own,
                level=level,
                year=year,
                recipe=text,
                result_digest=result_digest,
                build_id=build_id[:40],
                saved_at=as_stored(now()),
            )
        )
    return own["recipe_id"]


def list_for(engine: Engine, scope: GrantedScope) -> list[SavedRecipe]:
    """Return the recipes that everybody who may read the index sees, the newest first; a recipe holds no figures."""
    need(scope, "strength.view")
    wanted = select(RECIPE).where(RECIPE.c.is_deleted.is_(False)).order_by(RECIPE.c.sequence.desc()).limit(LISTED)
    with for_reading(engine).begin() as connection:
        return [_entry(row, scope) for row in connection.execute(wanted).mappings()]


def load(engine: Engine, scope: GrantedScope, recipe_id: str) -> SavedRecipe:
    """Return a recipe.

    Raises
    ------
    WordedError
        When there is none.
    """
    need(scope, "strength.view")
    wanted = select(RECIPE).where(RECIPE.c.recipe_id == recipe_id, RECIPE.c.is_deleted.is_(False))
    with for_reading(engine).begin() as connection:
        row = connection.execute(wanted).mappings().first()
    if row is None:
        raise WordedError("strength.no_recipe")
    return _entry(row, scope)


def delete(engine: Engine, scope: GrantedScope, recipe_id: str) -> None:
    """Take an own recipe out of the list; the row stays in the ledger.

    Raises
    ------
    WordedError
        When there is no such recipe of this account.
    """
    need(scope, "strength.save")
    own = is_own(RECIPE, "recipe", scope, recipe_id)
    with engine.begin() as connection:
        changed = connection.execute(update(RECIPE).where(own).values(is_deleted=True))
        if changed.rowcount != 1:
            raise WordedError("strength.no_recipe")


def _entry(row: RowMapping, scope: GrantedScope) -> SavedRecipe:
    return SavedRecipe(
        recipe_id=row["recipe_id"],
        recipe_name=row["recipe_name"],
        author_name=row["author_name"],
        level=row["level"],
        year=row["year"],
        recipe=json.loads(row["recipe"]),
        result_digest=row["result_digest"],
        build_id=row["build_id"],
        saved_at=row["saved_at"],
        is_mine=row["account_id"] == scope.account_id,
    )
