"""Checklists as scored by the build: smart venues, projects, and what each of them lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.standards import Checklist, Item
from kernel.errors import UsageError
from kernel.scope import GrantedScope
from warehouse.checklists import checklists
from warehouse.queries import _run

VENUES, PROJECTS = "smart_venue", "project_norm"
JOINED = ";"


@dataclass(frozen=True, slots=True)
class Lack:
    """An item that a venue or project lacks; ``is_partial`` where some of it is there."""

    item: Item
    is_partial: bool


def known() -> Mapping[str, Checklist]:
    """Return the checklists by code."""
    return checklists()


def checklist_of(code: str) -> Checklist:
    """Return a checklist.

    Raises
    ------
    UsageError
        When there is none of that code.
    """
    found = checklists().get(code)
    if found is None:
        raise UsageError(f"There is no checklist {code[:60]!r}.", fix=f"checklist: {', '.join(checklists())}.")
    return found


def venues(scope: GrantedScope) -> pl.DataFrame:
    """Return the newest scores of smart venues, most points first.

    Returns
    -------
    polars.DataFrame
        ``venue_id, venue_name, region_code, area_m2, quarter_end, size_code, points, is_passing, live_count,
        subsidy_cny, missing_items, partial_items`` (item codes joined by ``;``).
    """
    return _run.rows("checklist_venues.sql", scope)


def venue_history(scope: GrantedScope) -> pl.DataFrame:
    """Return ``quarter_end, venue_count, passing_count``: indicator ``smart_venue_count`` by quarter."""
    return _run.rows("checklist_venue_history.sql", scope)


def subsystems(scope: GrantedScope, venue_id: str) -> pl.DataFrame:
    """Return the subsystems of a venue: ``subsystem_code, state, went_live_on, score, checked_on, standard_cited``."""
    return _run.rows("checklist_subsystems.sql", scope, venue_id=venue_id)


def projects(scope: GrantedScope) -> pl.DataFrame:
    """Return the projects with their points, fewest first.

    Returns
    -------
    polars.DataFrame
        Columns of ``marts.mart_project_norm``.

    Raises
    ------
    AccessDenied
        When the scope may not read internal data.
    """
    return _run.rows("checklist_projects.sql", scope)


def lacks(checklist: Checklist, missing: str, partial: str) -> tuple[Lack, ...]:
    """Return what a row lacks, in the order of the checklist.

    Parameters
    ----------
    checklist : Checklist
        Whose items the codes are.
    missing, partial : str
        Cells ``missing_items`` and ``partial_items`` of a row.
    """
    absent, some = set(missing.split(JOINED)), set(partial.split(JOINED))
    return tuple(
        Lack(item, is_partial=item.code in some) for item in checklist.items if item.code in absent or item.code in some
    )
