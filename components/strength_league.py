"""The league of strength: every area as a dot with its interval, tiers, forms beside each other, who is above whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from analytics.strength import FORMS, RankTable
from analytics.strength.ranks import TIERS
from components.attributes import attributes
from components.cards import panel
from components.monitoring_cards import chance_words
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.request import RequestContext
from components.strength_form import part_words
from components.strength_table import difference_scale, drawn_table, graph, signed
from components.strength_view import BATCH, BATCHES, Answer, answer, names_of, rank_batches
from components.theme import TYPE_SCALE_PX, Scheme
from kernel.errors import WordedError
from kernel.words import t

# Sizes of the rows before they are drawn, as assets/strength.css has them; places that the axis names.
ROW_PX, HEAD_PX, TICKS = 24, 32, 13
TOP_SHARE = 4
# Neighbours of the league are told apart from this probability on; so many of the first tier are named.
SURE, NAMED = 0.9, 8
# What an address says of weights.
WEIGHTS = frozenset({"weighting", "own", "pairs"})
# Up to so many areas the chances are written into the cells.
WRITTEN = 16


def league_card(found: Answer, batches: int, context: RequestContext) -> html.Section:
    """Return the areas as dots with bars of 90 %, by tier; its three parts follow each move of a weight."""
    said, drawn, notes = league_parts(found, batches, context)
    body = html.Div(
        [
            html.Div(said, id="strength-said", **attributes(aria_live="polite")),
            # Drawn by assets/strength.js: a hundred rows at once, many times faster than components or a chart.
            html.Div(
                id="strength-places",
                style={"--rows": str(len(found.codes)), "--row": f"{ROW_PX}px", "--head": f"{HEAD_PX}px"},
            ),
            dcc.Store(id="strength-drawn", data=drawn),
            html.Div(notes, id="strength-notes"),
        ]
    )
    return panel(t("strength.league", context.lang), t("strength.league_hint", context.lang), body)


def coming_cards(lang: str) -> list[Component]:
    """Return what stands below the league until its cards come: their titles, and that they are being computed."""
    # A graph without figures, never seen: the browser fetches what draws charts while the server computes.
    early = dcc.Graph(id="strength-early", style={"display": "none"})
    bone = html.Div(className="bone bone-block", **attributes(aria_hidden="true"))
    words = t("strength.coming", lang, count=show_exact(BATCH * BATCHES, lang))
    cards = [panel(t(f"strength.{name}", lang), "", bone) for name in ("peers", "table", "above", "sobol")]
    return [html.P(words, className="strength-coming", role="status"), *cards, early]


def withdrawn(error: WordedError, query: Mapping[str, str], lang: str) -> list[Component]:
    """Return what stands instead of a league that cannot be built: why, how to mend it, the way back."""
    why, fix = error.said(lang)
    kept = {name: value for name, value in query.items() if name not in WEIGHTS}
    back = html.A(t("strength.given_again", lang), href=f"/strength?{urlencode(kept)}", className="button")
    said = [html.B(why), html.P(fix), html.P(t("strength.withdrawn", lang), className="small"), back]
    return [html.Div(said, className="strength-warning strength-withdrawn", role="alert")]


def league_parts(
    found: Answer, batches: int, context: RequestContext
) -> tuple[list[Component], dict[str, Any], list[Component]]:
    """Return what the league says over the first ``batches`` batches, its rows, and what to be careful with."""
    lang = context.lang
    table = rank_batches(found, batches)
    note = t("strength.draws", lang, count=show_exact(batches * BATCH, lang), whole=show_exact(BATCH * BATCHES, lang))
    progress = html.Progress(value=str(batches), max=str(BATCHES), **attributes(aria_label=note))
    marks = [
        html.Span([html.B(name, className=f"strength-tier-{k}"), " " + t(f"strength.tier_{name}", lang)])
        for k, name in enumerate(TIERS)
        if (table.tier == k).any()
    ]
    one_tier = [html.Span(t("strength.one_tier", lang))]
    said: list[Component] = [
        html.P(lead_words(found, table, lang), className="strength-lead"),
        html.P(marks if has_tiers(table) else one_tier, className="small strength-legend"),
        html.P([progress, html.Span(note)], className="small strength-progress"),
    ]
    return said, league_rows(found, table, lang), _left_out(found, context)


def league_rows(found: Answer, table: RankTable, lang: str) -> dict[str, Any]:
    """Return the rows that the browser draws, best on top: median place, the 5 % and 95 % quantiles, words, address."""
    order, question = table.order.tolist(), found.question
    rows = [
        {
            "name": found.names[u],
            "href": replace(question, unit=found.codes[u]).href,
            "low": int(table.low[u]),
            "median": int(table.median[u]),
            "high": int(table.high[u]),
            "tier": int(table.tier[u]),
            "interval": interval_words(table, u),
            "score": show_number(float(found.result.score[u]), lang, digits=1),
            "words": _said(found, table, u, lang),
            "is_own": u == found.own,
        }
        for u in order
    ]
    step = max(1, -(-len(order) // TICKS))
    heads = [t(f"strength.{name}", lang) for name in ("head_area", "axis_rank", "head_score")]
    return {"rows": rows, "heads": heads, "ticks": [1, *range(step, len(order) + 1, step)][step == 1 :]}


def rank_cards(found: Answer, batches: int, context: RequestContext) -> list[Component]:
    """Return the figures of the league and its pairs over the first ``batches`` batches of draws."""
    table = rank_batches(found, batches)
    return [table_card(found, table, context), above_card(found, table, context.theme, context.lang)]


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
    body = drawn_table(heads, rows, lang, marked=marked, k=k)
    return panel(t("strength.table", lang), t("strength.table_hint", lang), body, folds=lang)


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
    return panel(t("strength.above", lang), t("strength.above_hint", lang), body, folds=lang)
