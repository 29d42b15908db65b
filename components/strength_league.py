"""The league of strength: every area as a dot with its interval, tiers, forms beside each other, who is above whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from analytics.strength import FORMS, RankTable
from analytics.strength.ranks import TIERS
from components.attributes import attributes
from components.cards import panel
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.request import RequestContext
from components.strength_table import graph
from components.strength_table import table as figures
from components.strength_view import BATCH, BATCHES, Answer, answer, names_of
from components.theme import TYPE_SCALE_PX, Scheme, colour
from kernel.errors import WordedError
from kernel.words import t

ROW_PX, HEAD_PX = 26, 90
TIER_COLOURS = ("theme-public", "brand", "theme-youth", "muted")
TOP_SHARE = 4
# Up to so many areas the chances are written into the cells.
WRITTEN = 16


def league_card(found: Answer, table: RankTable, batches: int, context: RequestContext) -> html.Section:
    """Return the areas as dots with bars of 90 %, by tier, and how much of the run is done."""
    lang, theme = context.lang, context.theme
    note = t("strength.draws", lang, count=show_exact(batches * BATCH, lang), whole=show_exact(BATCH * BATCHES, lang))
    progress = html.Progress(value=str(batches), max=str(BATCHES), **attributes(aria_label=note))
    height = HEAD_PX + ROW_PX * len(found.codes)
    marks = [
        html.Span([html.B(name, style={"color": colour(shade, theme)}), " " + t(f"strength.tier_{name}", lang)])
        for k, (name, shade) in enumerate(zip(TIERS, TIER_COLOURS, strict=True))
        if (table.tier == k).any()
    ]
    body = html.Div(
        [
            html.P([progress, html.Span(note)], className="small strength-progress"),
            html.P(marks, className="small strength-legend"),
            graph(*league_figure(found, table, theme, lang), theme, height),
            *_left_out(found, context),
        ]
    )
    return panel(t("strength.league", lang), t("strength.league_hint", lang), body)


def league_figure(
    found: Answer, table: RankTable, theme: Scheme, lang: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return traces and layout: dots of median places, bars from the 5 % to the 95 % quantile, best on top."""
    order = table.order.tolist()
    font = {"size": TYPE_SCALE_PX["xs"]}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
    dotted = {"color": colour("line-strong", theme), "dash": "dot"}
    edges = (np.flatnonzero(np.diff(table.tier[table.order])) + 0.5).tolist()
    names = [found.names[u] for u in order]
    layout = {
        "showlegend": False,
        "margin": {"l": 8, "r": 16, "t": 48, "b": 16},
        "shapes": [{**line, "line": dotted, "y0": edge, "y1": edge} for edge in edges],
        "xaxis": {
            "side": "top",
            "title": {"text": t("strength.axis_rank", lang), "font": font},
            "range": [0.4, len(order) + 0.6],
            "dtick": max(1, len(order) // 12),
            "zeroline": False,
        },
        "yaxis": {
            "tickvals": list(range(len(order))),
            "ticktext": [f"<b>{name}</b>" if order[k] == found.own else name for k, name in enumerate(names)],
            "range": [len(order) - 0.4, -0.6],
            "automargin": True,
            "tickfont": font,
            "zeroline": False,
        },
    }
    tiers = range(len(TIERS))
    return [_tier_trace(found, table, k, theme, lang) for k in tiers if (table.tier == k).any()], layout


def _tier_trace(found: Answer, table: RankTable, tier: int, theme: Scheme, lang: str) -> dict[str, Any]:
    """Return the dots of one tier."""
    order = table.order.tolist()
    rows = [place for place, u in enumerate(order) if table.tier[u] == tier]
    units = [order[place] for place in rows]
    shade = colour(TIER_COLOURS[tier], theme)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": TIERS[tier],
        "x": table.median[units].tolist(),
        "y": rows,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": (table.high - table.median)[units].tolist(),
            "arrayminus": (table.median - table.low)[units].tolist(),
            "thickness": 3,
            "width": 0,
            "color": shade,
        },
        "marker": {
            "size": [14 if u == found.own else 10 for u in units],
            "color": shade,
            "line": {"width": [2 if u == found.own else 0 for u in units], "color": colour("ink", theme)},
        },
        "text": [_said(found, table, u, lang) for u in units],
        "hovertemplate": "%{text}<extra></extra>",
    }


def interval_words(table: RankTable, unit: int) -> str:
    """Return the 90 % interval of a place; one number only where all but a few draws agree."""
    low, high = int(table.low[unit]), int(table.high[unit])
    return f"{low}–{high}" if low != high else str(low)


def _said(found: Answer, table: RankTable, unit: int, lang: str) -> str:
    return t(
        "strength.dot",
        lang,
        name=found.names[unit],
        tier=TIERS[int(table.tier[unit])],
        interval=interval_words(table, unit),
        score=show_number(float(found.result.score[unit]), lang, digits=1),
    )


def _left_out(found: Answer, context: RequestContext) -> list[Component]:
    """Return what takes no part: areas with too few data, indicators that too few have, parts without any."""
    lang, named = context.lang, names_of(context.scope, context.lang)
    units = [named.get(found.ground.units[k], "") for k in found.prepared.unscored.tolist()]
    codes = {one.code: one.name_zh if lang == "zh" else one.name_en for one in found.ground.members}
    left = [codes[code] for code in found.prepared.left_out]
    form = FORMS[found.question.recipe.form]
    missing = [t(f"strength.part_{part}", lang) for part in form.weight if part not in found.prepared.table.parts]
    said = [("unscored", units), ("left_out", left), ("no_part", missing)]
    mark = t("strength.and", lang)
    return [
        html.P(t(f"strength.{key}", lang, names=mark.join(names)), className="small") for key, names in said if names
    ]


def table_card(found: Answer, table: RankTable, context: RequestContext) -> html.Section:
    """Return the figures: tier, interval, score, chance of the top, shift of place in the other forms."""
    lang = context.lang
    k = max(1, len(found.codes) // TOP_SHARE)
    top = table.top(k)
    shifts = {form: _shift(found, form, context) for form in FORMS if form != found.question.recipe.form}
    heads = ["area", "tier", "interval", "score", "top", *(f"form_{form}" for form in shifts), "gap", "imputed"]
    rows = [
        (
            found.names[u],
            TIERS[int(table.tier[u])],
            interval_words(table, u),
            show_number(float(found.result.score[u]), lang, digits=1),
            show_percent(float(top[u]), lang, digits=0),
            *(MISSING if shift is None else f"{shift[u]:+d}" if shift[u] else "0" for shift in shifts.values()),
            show_number(float(found.result.gap[u]), lang, digits=1),
            show_percent(float(found.prepared.imputed_share[u]), lang, digits=0),
        )
        for u in table.order.tolist()
    ]
    marked = int(np.flatnonzero(table.order == found.own)[0])
    body = figures(heads, rows, lang, is_long=True, marked=marked, k=k)
    return panel(t("strength.table", lang), t("strength.table_hint", lang), body)


def _shift(found: Answer, form: str, context: RequestContext) -> Sequence[int] | None:
    """Return how many places each area gains (+) or loses (-) in another form; None where it cannot be built."""
    recipe = replace(found.question.recipe, form=form, weighting="given", own=(), judgements=())
    try:
        other = answer(context.scope, context.lang, replace(found.question, recipe=recipe))
    except WordedError:
        return None
    place = dict(zip(other.codes, other.result.rank.tolist(), strict=True))
    own = found.result.rank.tolist()
    return [rank - place.get(code, rank) for code, rank in zip(found.codes, own, strict=True)]


def above_card(found: Answer, table: RankTable, theme: Scheme, lang: str) -> html.Section:
    """Return the probability that the row's area is above the column's, in the order of the league."""
    order = table.order
    names = [found.names[u] for u in order.tolist()]
    is_small = len(names) <= WRITTEN
    heat: dict[str, Any] = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": np.round(table.above[np.ix_(order, order)], 3).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, colour("bad", theme)], [0.5, colour("panel", theme)], [1, colour("good", theme)]],
        "colorbar": {"tickformat": ".0%", "thickness": 10},
        "hovertemplate": t("strength.above_hover", lang) + "<extra></extra>",
    }
    if is_small:
        heat |= {"texttemplate": "%{z:.0%}", "textfont": {"size": 11}}
    font = {"size": TYPE_SCALE_PX["xs"] if is_small else 9}
    axis = {"automargin": True, "tickfont": font, "type": "category"}
    layout = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": {**axis, "tickangle": -45},
        "yaxis": {**axis, "autorange": "reversed"},
    }
    height = max(360, min(900, 120 + 26 * len(names)))
    body = html.Div(
        html.Div(graph([heat], layout, theme, height), className="strength-grid"), className="strength-scroll"
    )
    return panel(t("strength.above", lang), t("strength.above_hint", lang), body)
