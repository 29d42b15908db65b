"""The question of the page of strength: a plain form whose address it is, sliders of weights, judgements of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from analytics.strength import FORMS, judge
from analytics.strength.aggregate import AGGREGATIONS
from analytics.strength.ahp import RANDOM_INDEX, from_upper
from analytics.strength.normalise import NORMALISATIONS
from analytics.strength.recipe import IMPUTATIONS, WEIGHTINGS
from components.attributes import attributes
from components.cards import panel
from components.request import RequestContext
from components.strength_view import SAATY, Question, names_of, units_of
from kernel.words import t
from warehouse.queries import strength as queries

# Weights are moved in whole percents.
STEP, MOST = 1, 60


def part_words(part: str, lang: str) -> str:
    """Return the name of a part of the index."""
    return t(f"strength.part_{part}", lang)


def question_form(question: Question, context: RequestContext) -> html.Form:
    """Return the question as a plain form: sent, it is the address of the page."""
    lang, named = context.lang, names_of(context.scope, context.lang)
    areas = [("", t("strength.best", lang))]
    areas += sorted((code, named[code]) for code in units_of(context.scope, question.level))
    years = queries.years(context.scope, question.level)
    recipe = question.recipe

    def words(kind: str, names: Sequence[str]) -> list[tuple[str, str]]:
        return [(name, t(f"strength.{kind}_{name}", lang)) for name in names]

    asked: list[tuple[str, Sequence[tuple[str, str]], str]] = [
        ("level", words("level", queries.LEVELS), question.level),
        ("year", [(str(year), str(year)) for year in years], str(question.year)),
        ("form", words("form", tuple(FORMS)), recipe.form),
        ("unit", areas, question.unit),
    ]
    ways: list[tuple[str, Sequence[tuple[str, str]], str]] = [
        ("weighting", words("weighting", WEIGHTINGS), recipe.weighting),
        ("normalisation", words("normalisation", NORMALISATIONS), recipe.normalisation),
        ("aggregation", words("aggregation", AGGREGATIONS), recipe.aggregation),
        ("imputation", words("imputation", IMPUTATIONS), recipe.imputation),
        ("treated", words("treated", ("yes", "no")), "yes" if recipe.is_treated else "no"),
    ]
    kept = [
        ("own", ",".join(f"{value:g}" for value in recipe.own)),
        ("pairs", ",".join(f"{value:.6g}" for value in recipe.judgements)),
    ]
    hidden = [dcc.Input(type="hidden", name=name, value=value, id=f"strength-kept-{name}") for name, value in kept]
    send = html.Button(t("strength.send", lang), type="submit", className="button")
    fields = [_choice(name, options, chosen, lang) for name, options, chosen in asked]
    chosen_ways = " · ".join(dict(options)[chosen] for _, options, chosen in ways)
    method = html.Details(
        [
            html.Summary([html.B(t("strength.method", lang)), html.Span(chosen_ways)]),
            html.Div([_choice(*way, lang) for way in ways], className="measures-form"),
        ],
        className="strength-ways",
    )
    whole = html.Div([*fields, send], className="measures-form")
    return html.Form([whole, method, *hidden], method="get", action="/strength", className="card strength-form")


def _choice(name: str, options: Sequence[tuple[str, str]], chosen: str, lang: str) -> html.Label:
    entries = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    return html.Label([html.Span(t(f"strength.field_{name}", lang)), html.Select(entries, name=name)])


def weights_card(question: Question, parts: Sequence[str], weights: Sequence[float], lang: str) -> html.Section:
    """Return one slider a part that the index has, with its share of the weight; moving one answers at once."""
    share = {part: round(100 * weight) for part, weight in zip(parts, weights, strict=True)}
    rows = [_weight(part, share[part], lang) for part in FORMS[question.recipe.form].weight if part in share]
    body: list[Component] = [html.Div(rows, className="strength-weights")]
    given = replace(question, recipe=replace(question.recipe, weighting="given", own=(), judgements=()))
    body.append(html.A(t("strength.given_again", lang), href=given.href, className="strength-back"))
    return panel(t("strength.weights", lang), t("strength.weights_hint", lang), html.Div(body))


def _weight(part: str, percent: int, lang: str) -> html.Label:
    """Return the slider of one part."""
    slider = dcc.Slider(
        id={"type": "strength-weight", "part": part},
        min=0,
        # A way of weighting may give one part more than a hand would.
        max=max(MOST, percent),
        step=STEP,
        value=percent,
        marks=None,
        allow_direct_input=False,
        updatemode="mouseup",
    )
    name = html.Span(part_words(part, lang), className="strength-part")
    share = html.B(f"{percent}%", id={"type": "strength-share", "part": part})
    return html.Label([name, share, slider], className="strength-weight")


def pairs_card(question: Question, lang: str) -> html.Details:
    """Return the matrix of judgements of pairs of parts; its consistency follows each change."""
    parts = list(FORMS[question.recipe.form].weight)
    known = list(question.recipe.judgements) or [1.0] * (len(parts) * (len(parts) - 1) // 2)
    matrix = from_upper(known, len(parts))
    head = html.Tr([html.Td(), *(html.Th(part_words(part, lang), scope="col") for part in parts)])
    rows = [
        html.Tr(
            [
                html.Th(part_words(first, lang), scope="row"),
                *(html.Td(_pair(matrix, i, j, (first, second), lang)) for j, second in enumerate(parts)),
            ]
        )
        for i, first in enumerate(parts)
    ]
    whole = html.Table([html.Thead(head), html.Tbody(rows)], className="table strength-pairs")
    # A matrix of an address is judged as it stands; one where nothing was judged yet says nothing.
    judged = consistency(question.recipe.judgements, parts, lang)[0] if question.recipe.judgements else []
    said = html.Div(judged, id="strength-consistency", **attributes(aria_live="polite"))
    return html.Details(
        [
            html.Summary(html.H3(t("strength.pairs", lang))),
            html.P(t("strength.pairs_hint", lang), className="small"),
            html.Div(whole, className="strength-scroll"),
            said,
        ],
        className="card",
        open=question.recipe.weighting == "ahp",
    )


def _pair(matrix: Any, i: int, j: int, names: tuple[str, str], lang: str) -> Component | str:
    if i >= j:
        return "1" if i == j else ""
    nearest = min(range(len(SAATY)), key=lambda k: abs(np.log(SAATY[k] / matrix[i, j])))
    options = [html.Option(_fraction(value), value=str(k), selected=k == nearest) for k, value in enumerate(SAATY)]
    label = t("strength.pair_label", lang, first=part_words(names[0], lang), second=part_words(names[1], lang))
    return html.Select(options, className="strength-pair", **attributes(data_pair=f"{i}-{j}", aria_label=label))


def _fraction(value: float) -> str:
    return f"{value:.0f}" if value >= 1 else f"1/{1 / value:.0f}"


def consistency(values: Sequence[float], parts: Sequence[str], lang: str) -> tuple[list[Component], list[float]]:
    """Return what a matrix of judgements says in words, and its weights; none where it contradicts itself."""
    if len(parts) > len(RANDOM_INDEX) or len(values) != len(parts) * (len(parts) - 1) // 2:
        return [], []
    found = judge(from_upper(list(values), len(parts)))
    ratio = f"{found.ratio:.3f}"
    if not found.is_consistent:
        first, second = (part_words(parts[k], lang) for k in found.worst)
        said = from_upper(list(values), len(parts))[found.worst]
        words = {"first": first, "second": second, "said": f"{said:.2f}", "fit": f"{found.worst_fit:.2f}"}
        return [
            html.P(t("strength.inconsistent", lang, ratio=ratio), className="error-text"),
            html.P(t("strength.inconsistent_fix", lang, **words), className="small"),
        ], []
    shown = " · ".join(
        f"{part_words(part, lang)} {weight:.1%}" for part, weight in zip(parts, found.weight.tolist(), strict=True)
    )
    return [
        html.P(t("strength.consistent", lang, ratio=ratio)),
        html.P(shown, className="small"),
    ], found.weight.tolist()
