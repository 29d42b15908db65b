"""Cards about contradictions: two sources of one attribute, and sums that are not what is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.quality_view import QualityView
from components.stacked_table import long_table
from kernel.publishers import publisher_words
from kernel.words import t
from warehouse.queries import conflicts, quality


def source_cards(view: QualityView, lang: str) -> list[Component]:
    """Return the card of contradictions, where the visitor may read values, and that of sums, where any are printed."""
    cards: list[Component] = []
    if view.conflicts is not None:
        cards.append(_conflicts_card(view, view.conflicts, lang))
    if view.sums and not view.dataset:
        cards.append(_sums_card(view, lang))
    return cards


def _conflicts_card(view: QualityView, rows: Sequence[Mapping[str, Any]], lang: str) -> html.Section:
    title, hint = t("quality.conflicts", lang), t("quality.conflicts_hint", lang)
    if not rows:
        return panel(title, hint, empty_figure(t("quality.no_conflicts", lang)))

    def said(row: Mapping[str, Any], which: str) -> str:
        words = conflicts.value_words(row["dataset"], row["attribute"], row[which], view.codes)
        return t("quality.hidden", lang) if words is None else words

    def source(row: Mapping[str, Any], which: str) -> html.Span:
        return html.Span(publisher_words(row[which], lang), className="small")

    total = int(rows[0]["found_count"])
    body = [
        html.Tr(
            [
                html.Th(quality.dataset_name(row["dataset"], lang), scope="row"),
                html.Td(row["key_text"]),
                html.Td(conflicts.attribute_name(row["dataset"], row["attribute"], lang)),
                html.Td(
                    [html.B(said(row, "winning_value")), source(row, "winning_source")],
                    className="quality-said",
                ),
                html.Td(
                    [html.S(said(row, "losing_value")), source(row, "losing_source")],
                    className="quality-said",
                ),
                html.Td(conflicts.rule_words(row["dataset"], row["rule_code"], lang), className="small"),
            ]
        )
        for row in rows
    ]
    count = html.P(t("quality.conflict_count", lang, count=f"{total:,}", shown=len(rows)))
    heads = ("dataset", "key", "attribute", "winning", "losing", "rule")
    return panel(title, hint, html.Div([count, _table(heads, body, lang, numbers=set())]))


def _sums_card(view: QualityView, lang: str) -> html.Section:
    body = [
        html.Tr(
            [
                html.Th(
                    f"{view.names.get(row['region_code'], row['region_code'])} {row['year']}"
                    f" {view.codes.get(('regional_measure', row['measure_code']), row['measure_code'])}",
                    scope="row",
                ),
                html.Td(f"{row['whole_value']:,.2f}", className="number"),
                html.Td(f"{row['part_sum']:,.2f}", className="number"),
                html.Td(
                    f"{row['difference']:+,.2f}".replace("-", "−"),
                    className="number" if row["agrees"] else "number is-bad",
                ),
                html.Td(t(f"quality.unit_{row['unit']}", lang)),
                html.Td(t("quality.sum_agrees" if row["agrees"] else "quality.sum_differs", lang)),
                html.Td(row["source"], className="small"),
            ]
        )
        for row in view.sums
    ]
    heads = ("figure", "whole_value", "part_sum", "difference", "unit", "verdict", "source")
    table = _table(heads, body, lang, numbers={"whole_value", "part_sum", "difference"})
    return panel(t("quality.sums", lang), t("quality.sums_hint", lang), table)


def _table(heads: Sequence[str], body: Sequence[Component], lang: str, *, numbers: set[str]) -> html.Div:
    cells = [
        html.Th(t(f"quality.{key}", lang), scope="col", className="number" if key in numbers else "") for key in heads
    ]
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(body))], className="table")
    return long_table(html.Div(table, className="table-scroll"), len(body), lang)
