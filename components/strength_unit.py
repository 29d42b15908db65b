"""One area of the league: against its peers, what its score is made of, what moves its place, over the years."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from analytics.indicator import Indicator, indicators
from analytics.strength import RankTable, change, moves
from components.cards import empty_figure, panel
from components.numbers import MISSING, show_number, show_percent
from components.request import RequestContext
from components.strength_form import part_words
from components.strength_league import gap_words, gaps_of, interval_words
from components.strength_table import graph, signed, table
from components.strength_view import Answer, answer, move_draws
from components.theme import TYPE_SCALE_PX, Scheme, colour
from kernel.errors import WordedError
from kernel.units import unit_words
from kernel.words import t
from warehouse.queries import strength as queries

HEIGHT_PX = 300
# The waterfall: a row a step, and its axis.
STEP_PX, LEDGE_PX = 36, 48
LISTED_MOVES, LISTED_CAUSES, LISTED_PEERS = 8, 6, 12
YEARS_SHOWN = 6
# A radar of fewer axes has no area.
FEWEST_AXES = 3
FILL_SHARE = 0.15
MOST_DIGITS = 6
# Differences of the shown score below this are rounding.
LEAST_TREATED = 0.05


def unit_cards(found: Answer, ranks: RankTable, context: RequestContext) -> list[Component]:
    """Return the cards of the area that is looked at."""
    lang, theme, u = context.lang, context.theme, found.own
    head = t("strength.unit_head", lang, name=found.names[u], interval=interval_words(ranks, u), count=len(found.codes))
    whole = [html.Span(head)]
    if any(gaps_of(found, u)):
        whole.append(html.Span(gap_words(found, u, lang), className="strength-badge"))
    halves = html.Div([_waterfall_card(found, theme, lang), _years_card(found, context)], className="halves")
    cards = [_peer_card(found, theme, lang), halves, _moves_card(found, ranks, lang), _total_card(found, lang)]
    return [html.P(whole, className="strength-head"), *cards]


def _peer_card(found: Answer, theme: Scheme, lang: str) -> html.Section:
    """Return points by part beside the median of the areas of the same group, as a radar and as bars."""
    u, unit = found.own, found.prepared.unit
    same = (found.ground.group[unit] == found.ground.group[unit[u]]) & (np.arange(unit.size) != u)
    bar = {"type": "bar", "x": [part_words(part, lang) for part in found.prepared.table.parts]}
    own = np.round(found.result.part_points[:, u], 1).tolist()
    traces = [{**bar, "name": found.names[u], "y": own, "marker": {"color": colour("brand", theme)}}]
    if same.any():
        middle = np.round(np.median(found.result.part_points[:, same], axis=1), 1).tolist()
        name = t("strength.peers_median", lang, count=int(same.sum()))
        traces.append({**bar, "name": name, "y": middle, "marker": {"color": colour("muted", theme)}})
    mark = t("strength.and", lang)
    kind = mark.join(t(f"strength.feature_{name}", lang) for name in found.ground.features[int(unit[u])].split("_"))
    peers = mark.join(found.names[k] for k in np.flatnonzero(same)[:LISTED_PEERS])
    hint = t("strength.peers_hint", lang, kind=kind, names=peers)
    bars = graph(traces, {"barmode": "group"}, theme, HEIGHT_PX)
    if len(bar["x"]) < FEWEST_AXES:
        return panel(t("strength.peers", lang), hint, bars)
    both = [graph([_round(trace) for trace in traces[::-1]], _radar_layout(theme), theme, HEIGHT_PX), bars]
    return panel(t("strength.peers", lang), hint, html.Div(both, className="strength-peers"))


def _round(bar: dict[str, Any]) -> dict[str, Any]:
    """Return bars as a closed line around the middle of a radar."""
    around = [*bar["y"], bar["y"][0]]
    line = {"color": bar["marker"]["color"], "width": 2}
    shown = {"type": "scatterpolar", "mode": "lines+markers", "name": bar["name"], "line": line, "fill": "toself"}
    fill = see_through(bar["marker"]["color"], FILL_SHARE)
    # Words stand below each other: beside the circle there is little room.
    axes = [name.replace(" ", "<br>") for name in bar["x"]]
    return {**shown, "r": around, "theta": [*axes, axes[0]], "fillcolor": fill, "marker": {"size": 5}}


def see_through(shade: str, share: float) -> str:
    """Return a colour ``#rrggbb`` that lets through what is below it."""
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def _radar_layout(theme: Scheme) -> dict[str, Any]:
    font, line = {"size": TYPE_SCALE_PX["xs"]}, colour("line", theme)
    radial = {"range": [0, 100], "tickvals": [25, 50, 75, 100], "tickfont": font, "gridcolor": line, "angle": 90}
    round_ = {"tickfont": font, "gridcolor": line, "linecolor": line, "rotation": 90, "direction": "clockwise"}
    polar = {
        "bgcolor": colour("panel", theme),
        "radialaxis": {**radial, "tickangle": 90, "showline": False},
        "angularaxis": round_,
    }
    return {"polar": polar, "showlegend": False, "margin": {"l": 72, "r": 72, "t": 36, "b": 36}}


def _waterfall_card(found: Answer, theme: Scheme, lang: str) -> html.Section:
    """Return what each part adds to the arithmetic score, and what unevenness takes away."""
    u, parts = found.own, found.prepared.table.parts
    by_part = found.result.part_weight * found.result.part_points[:, u]
    gap, whole = float(found.result.gap[u]), float(by_part.sum())
    ends = [t(f"strength.{name}", lang) for name in ("arithmetic", "gap", "geometric")]
    shown = [*by_part.tolist(), whole, gap, whole + gap]
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "y": [*(part_words(part, lang) for part in parts), *ends],
        "x": [*by_part.tolist(), 0.0, gap, 0.0],
        "measure": ["relative"] * len(parts) + ["total", "relative", "total"],
        "text": [signed(f"{value:.1f}") for value in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": colour("theme-public", theme)}},
        "decreasing": {"marker": {"color": colour("bad", theme)}},
        "totals": {"marker": {"color": colour("brand", theme)}},
        "connector": {"line": {"color": colour("line-strong", theme)}},
    }
    layout = {
        "margin": {"l": 8, "r": 40, "t": 8, "b": 32},
        "yaxis": {"autorange": "reversed", "automargin": True, "ticksuffix": " "},
        "showlegend": False,
    }
    weakest = parts[int(np.argmin(found.result.part_points[:, u]))]
    hint = t("strength.waterfall_hint", lang, part=part_words(weakest, lang))
    height = LEDGE_PX + STEP_PX * len(shown)
    body = [graph([trace], layout, theme, height), html.P(_without_words(found, lang), className="small")]
    return panel(t("strength.waterfall", lang), hint, html.Div(body))


def _without_words(found: Answer, lang: str) -> str:
    """Return the places of the area where one part is left out."""
    places = found.result.rank_without(found.question.recipe.aggregation)[:, found.own]
    said = [f"{part_words(part, lang)} {place}" for part, place in zip(found.prepared.table.parts, places, strict=True)]
    rank = int(found.result.rank[found.own])
    return t("strength.without", lang, rank=rank, places=t("strength.and", lang).join(said))


def _total_card(found: Answer, lang: str) -> html.Section:
    """Return compared values and totals apart: a large area is not strong for being large."""
    u, unit = found.own, int(found.prepared.unit[found.own])
    rows = []
    for row, code in enumerate(found.prepared.table.codes):
        j = [one.code for one in found.ground.members].index(code)
        one, value, total = found.ground.members[j], float(found.ground.values[j, unit]), found.ground.totals[j]
        is_total = one.place is not None and bool(one.place.per) and bool(np.isfinite(total[unit]))
        compared = f"{_value(one, value, lang)} {_compared_unit(one, lang)}"
        whole = f"{show_number(float(total[unit]), lang, digits=one.decimals)} {unit_words(one.unit, lang)}"
        share = float(found.ground.delivered[j, unit])
        if np.isfinite(value) and found.ground.is_partial[j, unit]:
            known = show_percent(share, lang, digits=0)
            compared += " · " + t("strength.delivered" if share < 1 else "strength.partial", lang, share=known)
        rows.append(
            (
                name_of(one, lang),
                compared if np.isfinite(value) else t("strength.filled", lang),
                show_number(float(found.result.points[row, u]), lang, digits=1),
                whole if is_total else MISSING,
                show_percent(float(total[unit] / np.nansum(total)), lang)
                if is_total and np.nansum(total) > 0
                else MISSING,
            )
        )
    body = table(("indicator", "compared", "points", "total", "total_share"), rows, lang, is_long=True)
    return panel(t("strength.values", lang), t("strength.values_hint", lang), body, folds=lang)


def name_of(one: Indicator, lang: str) -> str:
    """Return the name of an indicator."""
    return one.name_zh if lang == "zh" else one.name_en


def _value(one: Indicator, value: float, lang: str) -> str:
    """Return a compared value with three digits that say something: values per resident are small."""
    if not np.isfinite(value):
        return MISSING
    leading = 0 if value == 0 else int(np.floor(np.log10(abs(value))))
    return show_number(value, lang, digits=min(MOST_DIGITS, max(2, one.decimals, 2 - leading)))


def _compared_unit(one: Indicator, lang: str) -> str:
    unit = unit_words(one.unit, lang)
    per = one.place.per if one.place is not None else ""
    return f"{unit} {t(f'strength.per_{per}', lang)}" if per else unit


def _moves_card(found: Answer, ranks: RankTable, lang: str) -> html.Section:
    """Return the smallest changes that surely gain a place against the next above."""
    title, hint = t("strength.moves", lang), t("strength.moves_hint", lang)
    place = int(np.flatnonzero(ranks.order == found.own)[0])
    if place == 0:
        return panel(
            title, hint, html.Div([empty_figure(t("strength.moves_top", lang)), *_runner_up(found, ranks, lang)])
        )
    rival = int(ranks.order[place - 1])
    recipe, index = found.question.recipe, found.prepared.table
    weight, draws = found.result.part_weight, move_draws(found)
    move = moves(found.prepared, recipe, draws, weight, unit=found.own, rival=rival)
    position = found.prepared.filled[found.prepared.at(recipe)][:, found.own]
    now = index.low + (index.high - index.low) * position
    rows = []
    for j in np.argsort(move.change)[:LISTED_MOVES].tolist():
        if np.isfinite(move.change[j]):
            one = indicators()[index.codes[j]]
            reached = _value(one, float(move.to_value[j]), lang)
            share = show_percent(float(move.change[j]), lang)
            rows.append(
                (name_of(one, lang), _value(one, float(now[j]), lang), reached, _compared_unit(one, lang), share)
            )
    said = t("strength.moves_said", lang, rival=found.names[rival], chance=show_percent(move.chance, lang, digits=0))
    parts: list[Component] = [html.P(said)]
    if np.isfinite(move.together_change) and move.together:
        names = t("strength.and", lang).join(name_of(indicators()[index.codes[j]], lang) for j in move.together)
        share = show_percent(move.together_change, lang)
        parts.append(html.P(t("strength.moves_together", lang, names=names, share=share)))
    none = html.P(t("strength.moves_none", lang), className="small")
    parts.append(table(("indicator", "now", "needed", "unit", "share"), rows, lang) if rows else none)
    return panel(title, hint, html.Div(parts))


def _runner_up(found: Answer, ranks: RankTable, lang: str) -> list[Component]:
    """Return the way to the next area, which has a place to gain; nothing where the first one is alone."""
    if len(ranks.order) < 2:
        return []
    second = int(ranks.order[1])
    words = t("strength.moves_second", lang, name=found.names[second])
    return [html.A(words, href=replace(found.question, unit=found.codes[second]).href)]


def _years_card(found: Answer, context: RequestContext) -> html.Section:
    """Return the score over the years, and the change since the year before by indicator."""
    lang, theme, code = context.lang, context.theme, found.codes[found.own]
    known: dict[int, Answer] = {}
    for year in sorted(queries.years(context.scope, found.question.level))[-YEARS_SHOWN:]:
        try:
            other = answer(context.scope, context.lang, replace(found.question, year=year))
        except WordedError:
            continue
        if code in other.codes:
            known[year] = other
    title, hint = t("strength.years", lang), t("strength.years_hint", lang)
    if len(known) < 2:
        return panel(title, hint, empty_figure(t("strength.years_few", lang)))
    score = [float(one.result.score[one.codes.index(code)]) for one in known.values()]
    trace = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": [str(year) for year in known],
        "y": score,
        "text": [f"{value:.1f}" for value in score],
        "textposition": "top center",
        "cliponaxis": False,
        "line": {"color": colour("brand", theme), "width": 3},
    }
    layout = {"xaxis": {"type": "category"}, "margin": {"l": 40, "r": 24, "t": 24, "b": 32}}
    return panel(title, hint, html.Div([graph([trace], layout, theme, HEIGHT_PX - 60), *_causes(found, known, lang)]))


def _causes(found: Answer, known: dict[int, Answer], lang: str) -> list[Component]:
    """Return what the change since the year before is made of; it sums to the change of values as they are."""
    year, recipe, code = found.question.year, found.question.recipe, found.codes[found.own]
    before = known.get(year - 1)
    if before is None or recipe.normalisation != "goalposts" or recipe.aggregation == "topsis":
        return [html.P(t("strength.causes_not", lang), className="small")]
    if before.prepared.table.codes != found.prepared.table.codes:
        return [html.P(t("strength.causes_other", lang), className="small")]
    # Treatment belongs to a sample of one year; the change is that of the values themselves.
    at = found.prepared.choice.index((recipe.imputation, False))
    then, now = (
        (one.prepared.observed[:, [k]], one.prepared.filled[at][:, [k]])
        for one, k in ((before, before.codes.index(code)), (found, found.own))
    )
    is_geometric = recipe.aggregation == "geometric"
    charted = [float(one.result.score[k]) for one, k in ((before, before.codes.index(code)), (found, found.own))]
    moved = change(found.prepared.table, found.result.part_weight, then, now, is_geometric=is_geometric)
    total = (moved.own + moved.filled)[:, 0]
    order = np.argsort(-np.abs(total))[:LISTED_CAUSES].tolist()
    names = found.prepared.table.codes
    listed = [
        html.Li([html.Span(name_of(indicators()[names[j]], lang)), html.B(signed(f"{total[j]:+.2f}"))]) for j in order
    ]
    whole = float(moved.total[0])
    rest = signed(f"{whole - float(total[order].sum()):+.2f}")
    words = t("strength.causes", lang, year=year - 1, total=signed(f"{whole:+.2f}"), rest=rest)
    said = [html.P(words), html.Ul(listed, className="strength-causes")]
    treated = charted[1] - charted[0] - whole
    if abs(treated) >= LEAST_TREATED:
        said.append(html.P(t("strength.causes_treated", lang, points=signed(f"{treated:+.2f}")), className="small"))
    return said
