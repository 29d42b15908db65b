"""A scenario between its address, the ledger and the screen: what was asked for, drawn, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from dash.development.base_component import Component
from sqlalchemy import Engine

from analytics.whatif import Edit, edit_as_dict
from components.planning_answer import edit_views, scenario_figures, scenario_overlays
from components.planning_edits import edit_list
from components.planning_figures import figures_card
from components.planning_filter import Choice, choice_of_address
from components.planning_words import said
from components.request import RequestContext
from kernel.errors import UsageError
from ledger import scenarios
from ledger.scenarios import ScenarioEntry
from warehouse.queries import whatif
from warehouse.queries.map import build_id


@dataclass(frozen=True, slots=True)
class View:
    """One answer, drawn.

    Attributes
    ----------
    card : component
        The figures.
    edits : component
        The edits in words.
    overlays : dict
        For the map.
    answer : dict
        For the page itself: ``edits`` that were accepted, ``query`` of the address, ``engine_us``.
    """

    card: Component
    edits: Component
    overlays: dict[str, Any]
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a saved scenario, edits, the choice of venues; and why it cannot be had, if so."""

    opened: ScenarioEntry | None
    edits: tuple[Edit, ...]
    choice: Choice
    refused: str = ""


def asked(context: RequestContext, engine: Engine) -> Asked:
    """Return what the address asks for: ``edits=...``, or ``scenario=<id>`` with the edits that were saved."""
    query, opened = dict(context.query), None
    try:
        edits = whatif.decode_edits(query.get("edits", ""))
        if query.get("scenario"):
            found = scenarios.load(engine, context.scope, query["scenario"])
            opened = found.entry
            if "edits" not in query:
                edits = whatif.read_edits(found.edits)
                query = dict(parse_qsl(found.filter_query)) | {"minutes": str(found.minutes)}
    except UsageError as error:
        return Asked(opened, (), choice_of_address(query), said(error, context.lang))
    return Asked(opened, edits, choice_of_address(query))


def draw(context: RequestContext, edits: tuple[Edit, ...], choice: Choice, region: str | None) -> View:
    """Return the answer to a scenario, drawn for a region.

    Raises
    ------
    UsageError
        When an edit is impossible; nothing is drawn then.
    """
    found = whatif.answer(context.scope, choice.venue_filter, edits, choice.minutes)
    views = edit_views(found, edits, context)
    packed = whatif.encode_edits(edits)
    query = choice.query | ({"edits": packed} if packed else {})
    return View(
        figures_card(scenario_figures(found, context, choice, region), context.lang),
        edit_list(views, context.lang),
        scenario_overlays(found, views, choice.minutes, context.lang),
        {
            "edits": [edit_as_dict(edit) for edit in edits],
            "query": "&".join(f"{name}={value}" for name, value in query.items()),
            "engine_us": found.engine_us,
        },
    )


def save_scenario(
    context: RequestContext, engine: Engine, choice: Choice, *, name: str, edits: Any, opened: Any
) -> str:
    """Keep a scenario and return its id: one more version of the opened one when that is own and its name the same.

    Raises
    ------
    UsageError
        When the name or the edits cannot be kept.
    """
    checked = whatif.read_edits(edits.get("edits") if isinstance(edits, dict) else None)
    mine = {entry.scenario_id: entry for entry in scenarios.list_for(engine, context.scope) if entry.is_mine}
    is_same = opened in mine and mine[opened].scenario_name == " ".join(name.split())
    return scenarios.save(
        engine,
        context.scope,
        name=name,
        edits=[edit_as_dict(edit) for edit in checked],
        filter_query="&".join(f"{key}={value}" for key, value in choice.venue_filter.query.items()),
        minutes=choice.minutes,
        build_id=build_id(),
        author_name=context.account.account_name,
        scenario_id=opened if is_same else None,
    )


def change_saved(context: RequestContext, engine: Engine, wanted: Mapping[str, str], names: Mapping[str, Any]) -> None:
    """Rename, share, hide or delete a saved scenario.

    Parameters
    ----------
    context : RequestContext
        Whose it must be.
    engine : Engine
        The ledger.
    wanted : mapping
        ``act`` and ``id``.
    names : mapping
        New names by id.

    Raises
    ------
    UsageError
        When there is no such scenario of this account, or no such act.
    """
    act, key = wanted["act"], wanted["id"]
    if act == "rename":
        scenarios.rename(engine, context.scope, key, str(names.get(key) or ""))
    elif act == "delete":
        scenarios.delete(engine, context.scope, key)
    elif act in {"share", "unshare"}:
        scenarios.share(engine, context.scope, key, is_shared=act == "share")
    else:
        raise UsageError(f"There is no way to {act} a scenario.", fix="rename, share, unshare, delete.")
