"""The league of strength: every area as a dot with its interval, tiers, forms beside each other, who is above whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from analytics.strength import FORMS, RankTable
from analytics.strength.ranks import TIERS
from components.attributes import attributes
from components.cards import panel
from components.monitoring_cards import chance_words
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.request import RequestContext
from components.strength_form import part_words
from components.strength_table import difference_scale, drawn_figure, graph, signed
from components.strength_table import table as figures
from components.strength_view import BATCH, BATCHES, Answer, answer, names_of, rank_batches
from components.theme import TYPE_SCALE_PX, Scheme, colour
from kernel.errors import WordedError
from kernel.words import t

ROW_PX, HEAD_PX = 26, 90
# Many areas stand closer, so that the league is seen at once.
MANY, CLOSE_PX = 30, 17
TIER_COLOURS = ("theme-public", "brand", "theme-youth", "muted")
TOP_SHARE = 4
# Neighbours of the league are told apart from this probability on; so many of the first tier are named.
SURE, NAMED = 0.9, 8
# Up to so many areas the chances are written into the cells.
WRITTEN = 16


def league_card(found: Answer, batches: int, context: RequestContext) -> html.Section:
    """Return the areas as dots with bars of 90 %, by tier; its three parts follow each move of a weight."""
    said, figure, notes = league_parts(found, batches, context)
    height = HEAD_PX + (ROW_PX if len(found.codes) <= MANY else CLOSE_PX) * len(found.codes)
    drawn = graph(figure["data"], figure["layout"], context.theme, height, name="strength-graph")
    parts = [html.Div(said, id="strength-said", **attributes(aria_live="polite")), drawn]
    body = html.Div([*parts, html.Div(notes, id="strength-notes")])
    return panel(t("strength.league", context.lang), t("strength.league_hint", context.lang), body)


def league_parts(
    found: Answer, batches: int, context: RequestContext
) -> tuple[list[Component], dict[str, Any], list[Component]]:
    """Return what the league says over the first ``batches`` batches, its figure, and what to be careful with."""
    lang, theme = context.lang, context.theme
    table = rank_batches(found, batches)
    note = t("strength.draws", lang, count=show_exact(batches * BATCH, lang), whole=show_exact(BATCH * BATCHES, lang))
    progress = html.Progress(value=str(batches), max=str(BATCHES), **attributes(aria_label=note))
    marks = [
        html.Span([html.B(name, style={"color": colour(shade, theme)}), " " + t(f"strength.tier_{name}", lang)])
        for k, (name, shade) in enumerate(zip(TIERS, TIER_COLOURS, strict=True))
        if (table.tier == k).any()
    ]
    one_tier = [html.Span(t("strength.one_tier", lang))]
    said: list[Component] = [
        html.P(lead_words(found, table, lang), className="strength-lead"),
        html.P(marks if has_tiers(table) else one_tier, className="small strength-legend"),
        html.P([progress, html.Span(note)], className="small strength-progress"),
    ]
    return said, drawn_figure(*league_figure(found, table, theme, lang), theme), _left_out(found, context)


def rank_cards(found: Answer, batches: int, context: RequestContext) -> list[Component]:
    """Return the figures of the league and its pairs over the first ``batches`` batches of draws."""
    table = rank_batches(found, batches)
    return [table_card(found, table, context), above_card(found, table, context.theme, context.lang)]


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


def lead_words(found: Answer, table: RankTable, lang: str) -> str:
    """Return the league in one sentence: who is in the first tier, and how many neighbours can be told apart."""
    order, mark = table.order.tolist(), t("strength.and", lang)
    sure = sum(bool(table.above[a, b] >= SURE) for a, b in pairwise(order))
    said = t("strength.lead_sure", lang, sure=sure, pairs=len(order) - 1, chance=show_percent(SURE, lang, digits=0))
    if not has_tiers(table):
        return said
    first = [found.names[u] for u in order if table.tier[u] == 0]
    more = t("strength.lead_more", lang, count=len(first)) if len(first) > NAMED else ""
    return t("strength.lead", lang, names=mark.join(first[:NAMED]) + more) + said


def has_tiers(table: RankTable) -> bool:
    """Return whether the areas are enough to be told apart by tiers."""
    return bool(table.tier.max() > 0)


def tier_words(table: RankTable, unit: int) -> str:
    """Return the letter of an area's tier; none where all areas are in one."""
    return TIERS[int(table.tier[unit])] if has_tiers(table) else MISSING


def interval_words(table: RankTable, unit: int) -> str:
    """Return the 90 % interval of a place; one number only where all but a few draws agree."""
    low, high = int(table.low[unit]), int(table.high[unit])
    return f"{low}–{high}" if low != high else str(low)


def _said(found: Answer, table: RankTable, unit: int, lang: str) -> str:
    return t(
        "strength.dot",
        lang,
        name=found.names[unit],
        tier=tier_words(table, unit),
        interval=interval_words(table, unit),
        score=show_number(float(found.result.score[unit]), lang, digits=1),
    )


def _left_out(found: Answer, context: RequestContext) -> list[Component]:
    """Return what to be careful with: areas, indicators and parts that take no part, parts of one indicator."""
    lang, named = context.lang, names_of(context.scope, context.lang)
    units = [named.get(found.ground.units[k], "") for k in found.prepared.unscored.tolist()]
    codes = {one.code: one.name_zh if lang == "zh" else one.name_en for one in found.ground.members}
    left = [codes[code] for code in found.prepared.left_out]
    form = FORMS[found.question.recipe.form]
    missing = [t(f"strength.part_{part}", lang) for part in form.weight if part not in found.prepared.table.parts]
    said = [("unscored", units), ("left_out", left), ("no_part", missing)]
    mark = t("strength.and", lang)
    notes = [t(f"strength.{key}", lang, names=mark.join(names)) for key, names in said if names]
    alone = [
        t(
            "strength.alone_one",
            lang,
            part=part_words(part, lang),
            name=codes[code],
            share=show_percent(w, lang, digits=0),
        )
        for part, code, w in lone_indicators(found)
    ]
    careful = [html.P(t("strength.alone", lang, names=mark.join(alone)), className="strength-warning")] if alone else []
    return [*careful, *(html.P(note, className="small") for note in notes)]


def lone_indicators(found: Answer) -> list[tuple[str, str, float]]:
    """Return parts that hang on one indicator with its weight in the index: (part, indicator, 0 to 1)."""
    index, weight = found.prepared.table, found.result.part_weight
    counts = np.bincount(index.part, minlength=len(index.parts))
    return [
        (index.parts[p], index.codes[j], float(weight[p]))
        for j, p in enumerate(index.part.tolist())
        if counts[p] == 1 and weight[p] > 0
    ]


def gaps_of(found: Answer, unit: int) -> tuple[int, int]:
    """Return how many indicators of a scored area were filled in, and how many hold a part of the year only."""
    row_of = {one.code: j for j, one in enumerate(found.ground.members)}
    rows = [row_of[code] for code in found.prepared.table.codes]
    missing = np.isnan(found.prepared.observed[:, unit])
    partial = found.ground.is_partial[rows, int(found.prepared.unit[unit])]
    return int(missing.sum()), int((partial & ~missing).sum())


def gap_words(found: Answer, unit: int, lang: str) -> str:
    """Return how many indicators of an area are filled in or delivered in part; a dash where none."""
    said = zip(("missing", "partial"), gaps_of(found, unit), strict=True)
    return " · ".join(t(f"strength.count_{name}", lang, count=count) for name, count in said if count) or MISSING


def table_card(found: Answer, table: RankTable, context: RequestContext) -> html.Section:
    """Return the figures: tier, interval, score, chance of the top, shift of place in the other forms."""
    lang = context.lang
    k = max(1, len(found.codes) // TOP_SHARE)
    top = table.top(k)
    shifts = {form: _shift(found, form, context) for form in FORMS if form != found.question.recipe.form}
    heads = ["area", "tier", "interval", "score", "top", *(f"form_{form}" for form in shifts), "gap", "imputed", "gaps"]
    rows = [
        (
            found.names[u],
            tier_words(table, u),
            interval_words(table, u),
            show_number(float(found.result.score[u]), lang, digits=1),
            chance_words(float(top[u]), lang),
            *(MISSING if shift is None else signed(f"{shift[u]:+d}") if shift[u] else "0" for shift in shifts.values()),
            signed(show_number(float(found.result.gap[u]), lang, digits=1)),
            show_percent(float(found.prepared.imputed_share[u]), lang, digits=0),
            gap_words(found, u, lang),
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
        "colorscale": difference_scale(theme),
        "colorbar": {"tickformat": ".0%", "thickness": 10},
        "hovertemplate": t("strength.above_hover", lang) + "<extra></extra>",
    }
    if is_small:
        words = [[chance_words(float(table.above[a, b]), lang) if a != b else "" for b in order] for a in order]
        heat |= {"text": words, "texttemplate": "%{text}", "textfont": {"size": 11}}
    font = {"size": TYPE_SCALE_PX["xs"] if is_small else 9}
    axis = {"automargin": True, "tickfont": font, "type": "category"}
    layout = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": {**axis, "tickangle": -45},
        "yaxis": {**axis, "autorange": "reversed"},
    }
    height = max(360, min(900, 120 + 26 * len(names)))
    body = html.Div(
        html.Div(graph([heat], layout, theme, height), className="strength-grid"),
        className="strength-scroll",
        tabIndex="0",
    )
    return panel(t("strength.above", lang), t("strength.above_hint", lang), body)
