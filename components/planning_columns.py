"""Which scenarios are compared, named by short keys: ``s<id>`` for a saved one, ``e<packed edits>`` for a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from dash import html
from dash.development.base_component import Component
from sqlalchemy import Engine

from components.planning_answer import edit_views, scenario_figures, scenario_overlays
from components.planning_compare import Column, comparison_table, county_table
from components.planning_filter import Choice, choice_of_address
from components.planning_words import said
from components.request import RequestContext
from kernel.errors import UsageError
from kernel.words import t
from ledger import scenarios
from warehouse.queries import whatif

MOST = 3
LEAST = 2
SAVED, LINKED = "s", "e"
# Parts of an address that choose venues; without any, the first scenario brings its own choice.
CHOOSING = frozenset({"minutes", "categories", "fee", "at", "month", "schools"})


def asked_keys(context: RequestContext) -> list[str]:
    """Return the keys that the address names (``compare=s12ab,e1xyz``), three at most, each once."""
    keys = [key for key in context.query.get("compare", "").split(",") if key[:1] in {SAVED, LINKED}]
    return list(dict.fromkeys(keys))[:MOST]


def key_of_link(link: str) -> str:
    """Return the key of the scenario behind a copied address."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    return f"{LINKED}{query['edits']}" if "edits" in query else f"{SAVED}{query.get('scenario', '')}"


def first_choice(context: RequestContext, engine: Engine, keys: Sequence[str]) -> Choice:
    """Return the choice of venues to compare under: that of the address, else that of the first saved scenario."""
    if not CHOOSING & set(context.query) and keys and keys[0].startswith(SAVED):
        try:
            found = scenarios.load(engine, context.scope, keys[0][1:])
        except UsageError:
            return choice_of_address(context.query)
        return choice_of_address(dict(parse_qsl(found.filter_query)) | {"minutes": str(found.minutes)})
    return choice_of_address(context.query)


def options(context: RequestContext, engine: Engine, keys: Sequence[str]) -> list[dict[str, str]]:
    """Return what may be chosen: saved scenarios that the visitor may read, and the links in use."""
    saved = [
        {"value": f"{SAVED}{entry.scenario_id}", "label": entry.scenario_name}
        for entry in scenarios.list_for(engine, context.scope)
    ]
    links = [
        {"value": key, "label": t("planning.compare_unnamed", context.lang, number=place)}
        for place, key in enumerate((key for key in keys if key.startswith(LINKED)), start=1)
    ]
    return saved + links


def column(
    context: RequestContext, engine: Engine, key: str, choice: Choice, number: int
) -> tuple[Column, dict[str, Any]]:
    """Return a scenario as a column and its overlays; a refused one says why and has none.

    Parameters
    ----------
    context : RequestContext
        Who asks.
    engine : Engine
        The ledger.
    key : str
        As from `asked_keys`.
    choice : Choice
        Which venues count.
    number : int
        For the name of a link, from 1.
    """
    lang = context.lang
    name, path = t("planning.compare_unnamed", lang, number=number), "/planning"
    try:
        if key.startswith(SAVED):
            found = scenarios.load(engine, context.scope, key[1:])
            name, path = found.entry.scenario_name, f"/planning?scenario={key[1:]}"
            edits = whatif.read_edits(found.edits)
        else:
            path = f"/planning?edits={key[1:]}"
            edits = whatif.decode_edits(key[1:])
        answer = whatif.answer(context.scope, choice.venue_filter, edits, choice.minutes)
    except UsageError as error:
        return Column(name, path, None, said(error, lang)), {}
    views = edit_views(answer, edits, context)
    figures = scenario_figures(answer, context, choice, None)
    return Column(name, path, figures), scenario_overlays(answer, views, choice.minutes, lang)


def compared(
    context: RequestContext, engine: Engine, keys: Sequence[str], choice: Choice
) -> tuple[Component, list[dict[str, Any]], list[dict[str, str]]]:
    """Return the tables, the overlays of each scenario, and the switch between them."""
    lang = context.lang
    found = [column(context, engine, key, choice, number) for number, key in enumerate(keys, start=1)]
    columns = [one for one, _ in found]
    switch = [{"value": str(place), "label": one.name} for place, one in enumerate(columns)]
    if len(columns) < LEAST:
        return html.P(t("planning.compare_few", lang), className="card card-empty"), [o for _, o in found], switch
    tables = html.Div(
        [
            html.Section(
                [
                    html.H2(t("planning.compare_figures", lang)),
                    comparison_table(columns, lang),
                    html.P(t("planning.compare_note", lang), className="small"),
                ],
                className="card",
            ),
            html.Section(
                [html.H2(t("planning.compare_counties", lang)), county_table(columns, lang)], className="card"
            ),
        ],
        className="compare-tables",
    )
    return tables, [overlays for _, overlays in found], switch
