"""What a second authority says about rows that the sports bureaus deliver too: so that contradictions can be shown."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.world import World

# Share of the organisations that the register of social organisations holds, and of these what it knows better
# (assumptions).
_REGISTERED, _OTHER_RESULT, _OTHER_YEAR, _OTHER_NAME = 0.30, 0.06, 0.05, 0.02
_SPONSORED = {"association", "non_enterprise", "foundation"}


def register_of_organisations(world: World, club: pl.DataFrame) -> pl.DataFrame:
    """Return the organisations that the civil affairs authority lists too, some with another result, year or name.

    Parameters
    ----------
    world : World
        Chance.
    club : DataFrame
        The dataset ``club`` as the bureaus deliver it.
    """
    random = world.random("register_of_organisations")
    listed = club.filter(pl.col("kind_code").is_in(sorted(_SPONSORED)))
    listed = listed.filter(pl.Series(random.random(listed.height) < _REGISTERED))
    chance = {name: pl.Series(random.random(listed.height)) for name in ("result", "year", "name")}
    has_passed = pl.col("annual_check_result") == "passed"
    return listed.with_columns(
        pl.when(chance["result"] < _OTHER_RESULT)
        .then(pl.when(has_passed).then(pl.lit("basic")).otherwise(pl.lit("passed")))
        .otherwise("annual_check_result")
        .alias("annual_check_result"),
        pl.when((chance["year"] < _OTHER_YEAR) & (pl.col("founded_on").dt.year() < LAST_DAY.year))
        .then(pl.col("annual_check_year") - 1)
        .otherwise("annual_check_year")
        .alias("annual_check_year"),
        pl.when(chance["name"] < _OTHER_NAME)
        .then(pl.col("club_name") + "（更名）")
        .otherwise("club_name")
        .alias("club_name"),
    ).sort("club_id")


# Dataset -> name of the second source (a key of `warehouse.demo_delivery.SECOND`) and what it says.
SECOND: dict[str, tuple[str, Callable[[World, pl.DataFrame], pl.DataFrame]]] = {
    "club": ("register_of_organisations", register_of_organisations),
}
SEPARATOR = "/"
