"""Cards of the page of quality: league of cities, reasons, trend, datasets by city, failing checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from analytics.quality import DIMENSIONS, SCALES
from components.cards import empty_figure, panel
from components.numbers import MISSING, show_count, show_exact
from components.quality_view import QualityView
from components.shell import demo_badge
from components.stacked_table import long_table
from components.theme import Scheme, colour, plotly_template
from kernel.words import t
from warehouse.queries import quality

HEIGHT_PX = 280
LINE_WIDTH, THIN = 3, 1.5
# Limits between the seven colours of a score.
LIMITS = (60.0, 70.0, 80.0, 90.0, 95.0, 98.0)

Row = Mapping[str, Any]


def quality_cards(view: QualityView, theme: Scheme, lang: str) -> list[Component]:
    """Return the cards below the question, without those about contradictions."""
    marks = [demo_badge(lang)] if view.is_demo else []
    title = view.names[view.region]
    if view.dataset:
        title += " · " + quality.dataset_name(view.dataset, lang)
    head = html.Div([html.H2(title), *marks], className="measures-area")
    if view.total.get("score") is None:
        return [head, empty_figure(t("quality.nothing_judged", lang)), _matrix_card(view, lang)]
    halves = html.Div([_trend_card(view, theme, lang), _reasons_card(view, lang)], className="halves")
    checks = [_failures_card(view, lang)] if view.failures is not None else []
    return [head, _figures(view, lang), _league_card(view, lang), halves, *checks, _matrix_card(view, lang)]


def score_words(score: float | None) -> str:
    """Return a score with one decimal, a dash where there is none."""
    return MISSING if score is None else f"{score:.1f}"


def score_class(score: float | None) -> str:
    """Return the classes of a cell in the colour of its score."""
    return "number" if score is None else f"number lack lack-{len(LIMITS) - sum(score >= limit for limit in LIMITS)}"


def change_words(change: float | None) -> tuple[str, str]:
    """Return a change with its sign, and the class of its colour."""
    if change is None:
        return MISSING, ""
    if abs(change) < 0.05:
        return "±0.0", ""
    return f"{change:+.1f}".replace("-", "−"), "is-good" if change > 0 else "is-bad"


def _figures(view: QualityView, lang: str) -> html.Div:
    figures = [("score", score_words(view.total["score"]))]
    figures += [(name, score_words(view.total[name])) for name in DIMENSIONS]
    figures += [(name, show_count(view.total[f"{name}_count"], lang)) for name in ("row", "failed")]
    cards = [
        html.Div([html.Span(t(f"quality.{key}", lang)), html.B(value)], className="hub-figure")
        for key, value in figures
    ]
    return html.Div(cards, className="hub-figures")


def _league_card(view: QualityView, lang: str) -> html.Section:
    heads = ("rank", "city", "score", "change", *DIMENSIONS, "reason")
    body = []
    for place, row in enumerate(view.units, start=1):
        code = row["region_code"]
        change, tone = change_words(row["change"])
        link = html.A(view.names.get(code, code), href=_address(view, region=code))
        cells = [
            # Among one city there is no rank.
            html.Td(str(place) if row["score"] is not None and len(view.units) > 1 else MISSING, className="number"),
            html.Th(link, scope="row"),
            html.Td(html.B(score_words(row["score"])), className=score_class(row["score"])),
            html.Td(change, className=f"number {tone}"),
            *(html.Td(score_words(row[name]), className="number") for name in DIMENSIONS),
            html.Td(row[f"reason_{lang}"] or t("quality.no_reason", lang), className="quality-reason"),
        ]
        body.append(html.Tr(cells, className="is-chosen" if code == view.region else ""))
    table = _table(heads, body, lang, words={"city", "reason"})
    return panel(t("quality.league", lang), t("quality.league_hint", lang), table)


def _reasons_card(view: QualityView, lang: str) -> html.Section:
    title, hint = t("quality.reasons", lang), t("quality.reasons_hint", lang)
    if not view.reasons:
        return panel(title, hint, empty_figure(t("quality.no_reason", lang)))
    lines = [
        html.Li(
            [
                html.A(row[f"text_{lang}"], href=_address(view, dataset=row["dataset"])),
                html.Span(t(f"quality.{row['dimension']}", lang), className="small"),
            ]
        )
        for row in view.reasons
    ]
    return panel(title, hint, html.Ol(lines, className="quality-reasons"))


def _trend_card(view: QualityView, theme: Scheme, lang: str) -> html.Section:
    title, hint = t("quality.trend", lang), t("quality.trend_hint", lang)
    if view.trend["score"].count() < 2:
        return panel(title, hint, empty_figure(t("quality.no_trend", lang)))
    graph = dcc.Graph(
        figure=trend_figure(view, theme, lang),
        config={"displayModeBar": False, "responsive": True},
        style={"height": "auto", "minHeight": f"{HEIGHT_PX}px"},
    )
    return panel(title, hint, graph)


def trend_figure(view: QualityView, theme: Scheme, lang: str) -> dict[str, Any]:
    """Return the score month by month as a plain Plotly figure, beside that of everything the visitor sees."""
    whole = quality_line(view.province_trend, t("quality.whole", lang), colour("muted", theme), THIN)
    own = quality_line(view.trend, view.names[view.region], colour("brand", theme), LINE_WIDTH)
    return {
        "data": [own] if view.is_whole else [whole, own],
        "layout": {
            "template": plotly_template(theme),
            "showlegend": not view.is_whole,
            "legend": {"orientation": "h", "y": 1.12, "x": 0},
            "margin": {"l": 44, "r": 12, "t": 8, "b": 32},
            "xaxis": {"type": "date", "tickformat": "%Y-%m", "nticks": 8},
            "yaxis": {"nticks": 6},
        },
    }


def quality_line(trend: pl.DataFrame, name: str, shade: str, width: float) -> dict[str, Any]:
    """Return one line of the trend; months without a score are gaps."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": trend["month"].to_list(),
        "y": trend["score"].to_list(),
        "name": name,
        "connectgaps": False,
        "line": {"color": shade, "width": width},
        "hovertemplate": "%{x|%Y-%m} · %{y:.1f}<extra></extra>",
    }


def _failures_card(view: QualityView, lang: str) -> html.Section:
    title, hint = t("quality.failures", lang), t("quality.failures_hint", lang)
    if not view.failures:
        return panel(title, hint, empty_figure(t("quality.no_reason", lang)))
    body = [
        html.Tr(
            [
                html.Th(quality.check_words(view.dataset, row["check_code"], lang), scope="row"),
                html.Td(t(f"quality.{row['dimension']}", lang)),
                html.Td(show_exact(row["failed_count"], lang), className="number"),
                html.Td(_months(row, lang)),
                html.Td(show_exact(row["region_count"], lang), className="number"),
                html.Td(_example(row, lang)),
            ]
        )
        for row in view.failures
    ]
    heads = ("check", "dimension", "failed", "months", "cities", "example")
    return panel(title, hint, _table(heads, body, lang, words={"check", "dimension", "months", "example"}))


def _months(row: Row, lang: str) -> str:
    first, last = row["first_month"], row["last_month"]
    if first == quality.HELD:
        return t("quality.held", lang)
    return first if first == last else t("quality.month_span", lang, first=first, last=last, count=row["month_count"])


def _example(row: Row, lang: str) -> str:
    if row["example_row"] is None:
        return MISSING
    return t("quality.example_at", lang, row=row["example_row"], batch=str(row["example_batch"])[:8])


def _matrix_card(view: QualityView, lang: str) -> html.Section:
    """Return the datasets by city; ``assets/quality.js`` draws the cells from the store."""
    regions = [code for code in view.names if code in set(view.matrix["region_code"])]
    scores = {(d, r): s for d, r, s in view.matrix.select("dataset", "region_code", "score").iter_rows()}
    datasets = sorted(set(view.matrix["dataset"]), key=lambda name: quality.dataset_name(name, lang))
    rows = [
        {
            "name": quality.dataset_name(dataset, lang),
            "href": _address(view, dataset=dataset),
            "is_chosen": dataset == view.dataset,
            "cells": [
                {"text": score_words(score), "class": score_class(score)}
                for score in (scores.get((dataset, region)) for region in regions)
            ],
        }
        for dataset in datasets
    ]
    heads = [t("quality.dataset", lang), *(view.names[region] for region in regions)]
    body = html.Div(
        [
            long_table(html.Div(id="quality-matrix", className="table-scroll", tabIndex="0"), len(rows), lang),
            dcc.Store(id="quality-rows", data={"heads": heads, "rows": rows}),
            _legend(lang),
        ]
    )
    return panel(t("quality.matrix", lang), t("quality.matrix_hint", lang), body)


def _legend(lang: str) -> html.Ul:
    ends = [f"{limit:g}" for limit in LIMITS]
    words = [f"< {ends[0]}", *(f"{low}–{high}" for low, high in pairwise(ends)), f"≥ {ends[-1]}"]
    steps = [html.Li(text, className=f"lack lack-{len(LIMITS) - step}") for step, text in enumerate(words)]
    return html.Ul([*steps, html.Li(t("quality.not_judged", lang))], className="quality-legend")


def method_card(lang: str) -> html.Details:
    """Return what the six dimensions mean, their weights and where they reach zero."""
    body = [
        html.Tr(
            [
                html.Th(t(f"quality.{name}", lang), scope="row"),
                html.Td(t(f"quality.about_{name}", lang)),
                html.Td(f"{scale.weight:.0%}", className="number"),
                html.Td(f"{scale.limit:.0%}", className="number"),
            ]
        )
        for name, scale in SCALES.items()
    ]
    table = _table(("dimension", "about", "weight", "limit"), body, lang, words={"dimension", "about"})
    return html.Details(
        [html.Summary(t("quality.method", lang)), html.P(t("quality.method_text", lang)), table], className="card"
    )


def _table(heads: Sequence[str], body: Sequence[Component], lang: str, *, words: set[str]) -> html.Div:
    cells = [
        html.Th(t(f"quality.{key}", lang), scope="col", className="" if key in words else "number") for key in heads
    ]
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(body))], className="table")
    return html.Div(table, className="table-scroll")


def _address(view: QualityView, **changes: str) -> str:
    asked = {"region": view.region, "dataset": view.dataset} | changes
    return "?" + urlencode({name: value for name, value in asked.items() if value})
