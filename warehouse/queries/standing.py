"""How the served snapshot stands: which build, how old, generated or delivered, and which area a visitor sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from kernel.clock import from_stored
from kernel.scope import GrantedScope
from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries import _run

# The city whose plan is the most detailed one; without it the first city stands in.
PREFERRED_CITY = "320500"


@dataclass(frozen=True, slots=True)
class Standing:
    """State of the served snapshot.

    Attributes
    ----------
    build_id : str
        Which snapshot.
    created_at : datetime
        When it was built.
    is_demo : bool
        Whether any dataset in it is generated.
    area_names : tuple of str
        Names of the visitor's root regions, in the language asked for.
    """

    build_id: str
    created_at: datetime
    is_demo: bool
    area_names: tuple[str, ...]


def standing(scope: GrantedScope, lang: str) -> Standing:
    """Return the state of the snapshot as the visitor sees it.

    Raises
    ------
    NoSnapshot
        When nothing has been published.
    """
    manifest = _run.manifest()
    name = "region_name" if lang == "zh" else "region_name_en"
    roots = root_regions(regions_in(scope, _run.rows("region_name.sql", scope)))
    return Standing(
        build_id=manifest["build_id"],
        created_at=from_stored(manifest["created_at"]),
        is_demo=any(dataset["origin"] == DEMO_ORIGIN for dataset in manifest["datasets"].values()),
        area_names=tuple(roots.select(pl.coalesce(name, "region_name")).to_series()),
    )


def probe(scope: GrantedScope) -> int:
    """Return how many regions can be read just now: a real query on the served snapshot.

    Raises
    ------
    NoSnapshot
        When nothing has been published or the snapshot cannot be opened.
    """
    return _run.rows("region_name.sql", scope).height


def example_area(scope: GrantedScope) -> str | None:
    """Return a region for accounts that see one area only: a city if there is one, else the root region."""
    regions = _run.rows("region_name.sql", scope)
    cities = regions.filter(pl.col("level") == "city").to_series(0).to_list()
    if PREFERRED_CITY in cities:
        return PREFERRED_CITY
    codes = cities or root_regions(regions).to_series(0).to_list()
    return codes[0] if codes else None


def regions_in(scope: GrantedScope, regions: pl.DataFrame) -> pl.DataFrame:
    """Return the regions inside a scope; names of all regions are known to everybody, figures are not.

    Parameters
    ----------
    scope : GrantedScope
        The visitor's.
    regions : DataFrame
        ``region_code`` among other columns.
    """
    return regions.filter([scope.includes_region(code) for code in regions.get_column("region_code")])


def root_regions(regions: pl.DataFrame) -> pl.DataFrame:
    """Return the regions whose parent is not among the rows.

    Parameters
    ----------
    regions : DataFrame
        ``region_code`` and ``parent_code``, among other columns.
    """
    known = regions.get_column("region_code").implode()
    parent = pl.col("parent_code").fill_null("")
    return regions.filter(~parent.is_in(known) | (parent == pl.col("region_code")))
