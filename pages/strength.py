"""The composite strength index: league with intervals, one area, what decides the ranks, recipes to audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.strength import FORMS, Recipe
from components.callbacks import guarded_callback, is_granted
from components.cards import empty_figure
from components.export_links import export_links
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current, ledger
from components.strength_form import consistency, pairs_card, question_form, weights_card
from components.strength_league import coming_cards, league_card, league_parts, rank_cards, withdrawn
from components.strength_method import checked, digest_lines, keep_recipe, method_cards, recipe_card, saved_table
from components.strength_unit import unit_cards
from components.strength_view import (
    BATCHES,
    SAATY,
    Answer,
    address_of,
    answer,
    asked_in,
    is_demo,
    query_of,
    rank_batches,
    run_of,
)
from kernel.errors import WordedError
from kernel.words import t
from ledger import strength_recipes
from warehouse.queries import strength as queries

PAGE = Page(
    code="strength",
    path="/strength",
    name_key="shell.page_strength",
    icon="trophy",
    action="strength.view",
    order=45,
)
EXPORTED = ("xlsx", "docx")


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in callbacks. The address holds the question."""
    lang = context.lang
    missing = queries.lacking()
    if missing or not queries.is_readable(context.scope):
        key = "strength.lacking" if missing else "strength.not_readable"
        return html.Div([_head(context, []), empty_figure(t(key, lang, tables=", ".join(missing)))])
    try:
        question, opened = asked_in(context.scope, dict(context.query), ledger())
        found = answer(context.scope, context.lang, question)
    except WordedError as error:
        again = html.A(t("strength.again", lang), href=PAGE.path, className="button")
        return html.Div([_head(context, []), empty_figure(" ".join(error.said(lang))), again])
    shown = address_of(question)
    links = [export_links("strength", shown, lang, EXPORTED)] if _may(context, "export.make") else []
    weights = weights_card(question, found.prepared.table.parts, found.result.part_weight.tolist(), lang)
    saved = strength_recipes.list_for(ledger(), context.scope)
    recipes = recipe_card(found, saved, opened, may_save=_may(context, "strength.save"), lang=lang)
    grain = t(f"strength.grain_{question.level}", lang, count=len(found.prepared.table.codes))
    league = html.Div(league_card(found, 1, context), id="strength-league")
    left = [league, pairs_card(question, lang), html.P(grain, className="small")]
    return html.Div(
        [
            _head(context, links),
            question_form(question, context),
            dcc.Store(id="strength-asked", data=dict(context.query)),
            dcc.Store(id="strength-own", data={}),
            dcc.Store(id="strength-run", data={"own": {}, "batches": 1, "last": BATCHES}),
            *(dcc.Store(id=f"strength-{name}") for name in ("more", "settled", "pairs")),
            html.Div([html.Div(left, className="strength-left"), html.Div(weights)], className="strength-top"),
            html.Div(id="strength-unit", className="measures-answer"),
            html.Div(coming_cards(lang), id="strength-ranks", className="measures-answer"),
            html.Div(id="strength-method", className="measures-answer"),
            recipes,
        ],
        className="measures strength",
    )


def _head(context: RequestContext, links: Sequence[Component]) -> html.Div:
    lang = context.lang
    return page_head(t("strength.title", lang), t("strength.hint", lang), lang, is_demo=is_demo(), links=links)


def _may(context: RequestContext, action: str) -> bool:
    return is_granted(context.scope.actions, action)


def _found(asked: Any, own: Any) -> tuple[RequestContext, Answer, strength_recipes.SavedRecipe | None]:
    """Return the answer to what the address asks and the sliders say."""
    context = current()
    question, opened = asked_in(context.scope, query_of(asked), ledger())
    if isinstance(own, list):
        question = question.with_weights(own)
    return context, answer(context.scope, context.lang, question), opened


@guarded_callback(
    Output("strength-said", "children"),
    Output("strength-drawn", "data"),
    Output("strength-notes", "children"),
    Output("strength-own", "data"),
    Output("strength-run", "data"),
    Input({"type": "strength-weight", "part": ALL}, "value"),
    Input("strength-more", "data"),
    State({"type": "strength-weight", "part": ALL}, "id"),
    State("strength-asked", "data"),
    action="strength.view",
    prevent_initial_call=True,
)
def show_league(values: Any, more: Any, ids: Any, asked: Any) -> tuple[Any, ...]:
    """Return the league: over the first batch of draws when a weight was moved, over more when the browser asks.

    Only what a moved weight is looked at for: the cards below follow all draws (``strength-settled``).
    One callback answers both, so that an answer of weights that were moved since is thrown away by the browser.
    """
    if isinstance(ctx.triggered_id, dict):
        own, batches = _moved(asked, values, ids), 1
    else:
        own, batches = run_of(more)
    try:
        context, found, _ = _found(asked, own)
    except WordedError as error:
        said = withdrawn(error, query_of(asked), current().lang)
        return said, {"rows": []}, [], own, {"own": own, "batches": BATCHES, "last": BATCHES}
    run = {"own": own, "batches": batches, "last": BATCHES}
    if isinstance(own, list):
        run["address"] = address_of(found.question)
    return *league_parts(found, batches, context), own, run


clientside_callback(
    ClientsideFunction(namespace="strength", function_name="draw"),
    Output("strength-places", "data-drawn"),
    Input("strength-drawn", "data"),
)
clientside_callback(
    ClientsideFunction(namespace="strength", function_name="follow"),
    Output("strength-league", "data-batches"),
    Input("strength-run", "data"),
)
clientside_callback(
    ClientsideFunction(namespace="strength", function_name="shares"),
    Output({"type": "strength-share", "part": ALL}, "children"),
    Input({"type": "strength-weight", "part": ALL}, "value"),
)


@guarded_callback(
    Output("strength-unit", "children"),
    Output("strength-ranks", "children"),
    Output("strength-method", "children"),
    Output("strength-digest", "children"),
    Input("strength-settled", "data"),
    State("strength-asked", "data"),
    action="strength.view",
    prevent_initial_call=True,
)
def show_cards(settled: Any, asked: Any) -> tuple[Any, ...]:
    """Return the cards below the league: the area looked at, figures and pairs, what decides, the hash."""
    own, batches = run_of(settled)
    try:
        context, found, opened = _found(asked, own)
    except WordedError:
        return [], [], [], []
    unit = unit_cards(found, rank_batches(found, batches), context)
    said = digest_lines(found, opened, context.lang)
    return unit, rank_cards(found, batches, context), method_cards(found, context.theme, context.lang), said


def _moved(asked: Any, values: Any, ids: Any) -> list[Any]:
    """Return the weights that the sliders say, in the order of the form; parts without a slider have none."""
    moved = {str(one["part"]): value for one, value in zip(ids, values, strict=True)}
    form = asked_in(current().scope, query_of(asked), ledger())[0].recipe.form
    return [moved.get(part, 0.0) for part in FORMS[form].weight]


@guarded_callback(
    Output("strength-consistency", "children"),
    Input("strength-pairs", "data"),
    State("strength-asked", "data"),
    action="strength.view",
    prevent_initial_call=True,
)
def show_pairs(pairs: Any, asked: Any) -> list[Component]:
    """Return whether judgements of pairs agree, their weights, and the link that uses them."""
    context = current()
    question, _ = asked_in(context.scope, query_of(asked), ledger())
    known = {str(k): value for k, value in enumerate(SAATY)}
    values = tuple(known[str(one)] for one in pairs if str(one) in known) if isinstance(pairs, list) else ()
    said, weights = consistency(values, list(FORMS[question.recipe.form].weight), context.lang)
    if weights:
        recipe: Recipe = replace(question.recipe, weighting="ahp", judgements=values)
        shown = replace(question, recipe=recipe)
        said.append(html.A(t("strength.use", context.lang), href=shown.href, className="button"))
    return said


@guarded_callback(
    Output("strength-saved", "children"),
    Output("strength-list", "children"),
    Input("strength-save", "n_clicks"),
    Input({"type": "strength-delete", "recipe": ALL}, "n_clicks"),
    State("strength-name", "value"),
    State("strength-asked", "data"),
    State("strength-own", "data"),
    action="strength.save",
    prevent_initial_call=True,
)
def change_recipes(clicks: Any, deleted: Any, name: Any, asked: Any, own: Any) -> tuple[Any, Any]:
    """Keep the recipe with the hash of its numbers, or take one out of the list; return what was done, and the list."""
    context, trigger = current(), ctx.triggered_id
    try:
        if isinstance(trigger, dict) and any(deleted):
            gone = strength_recipes.load(ledger(), context.scope, str(trigger["recipe"]))
            strength_recipes.delete(ledger(), context.scope, gone.recipe_id)
            said: Any = t("strength.deleted", context.lang, name=gone.recipe_name)
        elif clicks and trigger == "strength-save":
            recipe_id = keep_recipe(_found(asked, own)[1], str(name or ""), context, ledger())
            said = html.A(t("strength.saved", context.lang), href=f"{PAGE.path}?recipe={recipe_id}")
        else:
            return no_update, no_update
    except WordedError as error:
        return " ".join(error.said(context.lang)), no_update
    saved = strength_recipes.list_for(ledger(), context.scope)
    return said, saved_table(saved, may_save=True, lang=context.lang)


@guarded_callback(
    Output("strength-checked", "children"),
    Input({"type": "strength-check", "recipe": ALL}, "n_clicks"),
    action="strength.view",
    prevent_initial_call=True,
)
def check_recipe(clicks: Any) -> Any:
    """Run a saved recipe again, and return whether it gives the same numbers."""
    trigger = ctx.triggered_id
    if not isinstance(trigger, dict) or not any(clicks):
        return no_update
    context = current()
    try:
        _, found, opened = _found({"recipe": trigger["recipe"]}, None)
    except WordedError as error:
        return " ".join(error.said(context.lang))
    return checked(found, opened, context.lang) if opened is not None else no_update
