"""How much the choices matter: sensitivity, influence of each indicator, coherence, and the recipe itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component
from sqlalchemy import Engine

from analytics.indicator import indicators
from analytics.strength import coherence, influence, sensitivity
from components.attributes import attributes
from components.cards import panel
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.request import RequestContext
from components.strength_form import part_words
from components.strength_table import difference_scale, graph, signed, table
from components.strength_unit import name_of
from components.strength_view import SEED, Answer, pool
from components.theme import TYPE_SCALE_PX, Scheme, colour
from kernel.clock import as_shown, from_stored
from kernel.words import t
from ledger import strength_recipes
from ledger.strength_recipes import LONGEST_NAME, SavedRecipe
from warehouse.queries import strength as queries

# Rows of the sample of the sensitivity; each costs as many indexes as there are factors, and two.
ROWS = 512
LISTED, SHARES, PAIRS = 12, 5, 6
STRONG = 0.9
HEIGHT_PX = 360


def method_cards(found: Answer, theme: Scheme, lang: str) -> list[Component]:
    """Return sensitivity, influence and coherence of an index."""
    halves = html.Div([_sensitivity_card(found, theme, lang), _influence_card(found, lang)], className="halves")
    return [halves, _coherence_card(found, theme, lang)]


def factor_words(name: str, lang: str) -> str:
    """Return the name of a factor of the sensitivity."""
    if name.startswith("weight:"):
        return t("strength.factor_weight", lang, part=part_words(name.removeprefix("weight:"), lang))
    return t(f"strength.factor_{name}", lang)


def _sensitivity_card(found: Answer, theme: Scheme, lang: str) -> html.Section:
    weight, rank = found.result.part_weight, found.result.rank
    recipe = found.question.recipe
    result = sensitivity(found.prepared, recipe, weight, rank, rows=ROWS, seed=SEED, spread=pool().map)
    order = np.argsort(result.total).tolist()
    names = [factor_words(result.factors[k], lang) for k in order]
    kinds = (("first", result.first, result.first_error, "muted"), ("total", result.total, result.total_error, "brand"))
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": t(f"strength.sobol_{kind}", lang),
            "y": names,
            "x": [max(0.0, float(values[k])) for k in order],
            "error_x": {
                "type": "data",
                "array": [float(errors[k]) for k in order],
                "thickness": 1,
                "width": 2,
                "color": colour("ink", theme),
            },
            "marker": {"color": colour(shade, theme)},
        }
        for kind, values, errors, shade in kinds
    ]
    layout = {
        "barmode": "group",
        "xaxis": {"tickformat": ".0%", "rangemode": "tozero"},
        "yaxis": {"automargin": True, "tickfont": {"size": TYPE_SCALE_PX["xs"]}},
        "margin": {"l": 8, "r": 8, "t": 40, "b": 32},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }
    hint = t("strength.sobol_hint", lang, count=show_exact(ROWS * (len(names) + 2), lang))
    return panel(t("strength.sobol", lang), hint, graph(bars, layout, theme, 110 + 30 * len(names)), folds=lang)


def _influence_card(found: Answer, lang: str) -> html.Section:
    result = influence(found.prepared, found.question.recipe, found.result)
    order = np.lexsort((-result.ratio, -result.mean_shift))[:LISTED].tolist()
    rows = [
        (
            name_of(indicators()[found.prepared.table.codes[j]], lang),
            show_percent(float(result.weight[j]), lang),
            show_number(float(result.ratio[j]), lang),
            show_number(float(result.mean_shift[j]), lang),
            str(int(result.largest_shift[j])),
        )
        for j in order
    ]
    hint = t("strength.influence_hint", lang, count=len(rows))
    body = table(("indicator", "weight", "ratio", "shift", "most_shift"), rows, lang)
    return panel(t("strength.influence", lang), hint, body, folds=lang)


def _coherence_card(found: Answer, theme: Scheme, lang: str) -> html.Section:
    result = coherence(found.prepared, found.result)
    members = found.prepared.table
    rows = [
        (
            part_words(part, lang),
            str(int((members.part == p).sum())),
            MISSING if np.isnan(result.alpha[p]) else signed(show_number(float(result.alpha[p]), lang)),
        )
        for p, part in enumerate(members.parts)
    ]
    names = [name_of(indicators()[code], lang) for code in members.codes]
    heat = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": np.round(result.correlation, 2).tolist(),
        "zmin": -1,
        "zmax": 1,
        "colorscale": difference_scale(theme),
        "colorbar": {"thickness": 10},
    }
    axis = {"showticklabels": False, "type": "category"}
    layout = {
        "xaxis": axis,
        "yaxis": {**axis, "autorange": "reversed"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    }
    upper = np.triu(result.correlation, 1)
    strong = [f"{names[i]} – {names[j]} {upper[i, j]:.2f}" for i, j in zip(*np.nonzero(upper > STRONG), strict=True)]
    shares = " · ".join(show_percent(float(share), lang, digits=0) for share in result.component[:SHARES])
    words = [html.P(t("strength.components", lang, shares=shares), className="small")]
    if strong:
        pairs = t("strength.and", lang).join(strong[:PAIRS])
        words.append(html.P(t("strength.doubles", lang, pairs=pairs), className="small"))
    left = html.Div([table(("part", "count", "alpha"), rows, lang), *words])
    body = html.Div([left, graph([heat], layout, theme, HEIGHT_PX)], className="halves")
    return panel(t("strength.coherence", lang), t("strength.coherence_hint", lang), body, folds=lang)


def recipe_card(
    found: Answer, saved: Sequence[SavedRecipe], opened: SavedRecipe | None, *, may_save: bool, lang: str
) -> html.Section:
    """Return the hash of the result, the form that saves it, and the list of saved recipes.

    Only ``strength-digest`` follows other weights: a name that is being typed and what was said stay.
    """
    parts: list[Component] = [html.Div(digest_lines(found, opened, lang), id="strength-digest")]
    if may_save:
        field = dcc.Input(id="strength-name", maxLength=LONGEST_NAME, placeholder=t("strength.name", lang))
        button = html.Button(t("strength.save", lang), id="strength-save", className="button")
        parts.append(html.Div([field, button], className="strength-save"))
    parts += [html.Div(id=name, **attributes(role="status")) for name in ("strength-saved", "strength-checked")]
    parts.append(html.Div(saved_table(saved, may_save=may_save, lang=lang), id="strength-list"))
    return panel(t("strength.recipe", lang), t("strength.recipe_hint", lang), html.Div(parts))


def digest_lines(found: Answer, opened: SavedRecipe | None, lang: str) -> list[Component]:
    """Return the hash of the result, and whether a saved recipe still gives its numbers."""
    said = [] if opened is None else [checked(found, opened, lang)]
    return [html.P([t("strength.digest", lang), html.Code(found.digest[:16])]), *said]


def keep_recipe(found: Answer, name: str, context: RequestContext, engine: Engine) -> str:
    """Keep the recipe of an answer with the hash of its numbers, and return its id; errors as of the ledger."""
    question = found.question
    return strength_recipes.save(
        engine,
        context.scope,
        name=name,
        level=question.level,
        year=question.year,
        recipe=question.recipe.as_dict(),
        result_digest=found.digest,
        build_id=queries.build_id(),
        author_name=context.account.account_name,
    )


def checked(found: Answer, opened: SavedRecipe, lang: str) -> html.P:
    """Return whether a saved recipe, run again, gives the numbers that it was saved with."""
    now = queries.build_id()
    same = "verified" if opened.build_id == now else "verified_new"
    key = same if opened.result_digest == found.digest else "differs"
    words = {"name": opened.recipe_name, "build": opened.build_id, "now": now, "digest": opened.result_digest[:16]}
    return html.P(t(f"strength.{key}", lang, **words), className=f"strength-{key.removesuffix('_new')}")


def saved_table(saved: Sequence[SavedRecipe], *, may_save: bool, lang: str) -> list[Component]:
    """Return the saved recipes, each with buttons that run it again and delete an own one."""
    if not saved:
        return []

    def act(kind: str, one: SavedRecipe) -> html.Button:
        number = {"type": f"strength-{kind}", "recipe": one.recipe_id}
        return html.Button(t(f"strength.{kind}", lang), id=number, className="strength-act")

    rows = [
        (
            html.A(one.recipe_name, href=f"/strength?recipe={one.recipe_id}"),
            one.author_name,
            f"{t(f'strength.level_{one.level}', lang)} {one.year}",
            html.Code(one.result_digest[:16]),
            as_shown(from_stored(one.saved_at)),
            html.Span([act("check", one), *([act("delete", one)] if may_save and one.is_mine else [])]),
        )
        for one in saved
    ]
    return [table(("recipe", "author", "league", "hash", "saved", "act"), rows, lang)]
