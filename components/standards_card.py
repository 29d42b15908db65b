"""The card of the standards page: how an area fares, clause by clause, which cells fail, and the cheapest mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from analytics.standards import Standard
from components.comparison import Bar, bars
from components.export_links import export_links
from components.numbers import MISSING, show_count, show_exact, show_number, show_percent
from components.planning_map import place_button, region_link
from components.shell import demo_badge
from components.standards_panel import clause_name
from kernel.words import t

WHOLE = "all"


@dataclass(frozen=True, slots=True)
class StandardView:
    """What the card shows.

    Attributes
    ----------
    standard : Standard
        The rules.
    code, area_code, area_name : str
        Code of the standard; code and name of the area.
    lines : mapping of str to mapping
        Clause code (``all``: the standard) -> row of ``standard_scores.by_region``; empty where nobody lives.
    below : sequence of (str, str, float or None)
        Code, name and passing share of the regions right below.
    cells : DataFrame or None
        Failing cells as from ``standard_scores.cells``; None where the visitor may not read cells.
    cell_count, failing_count : int
        Cells with residents, and those that fail.
    names : mapping of str to str
        Region code -> name.
    may_export, is_demo : bool
        Whether the visitor may take it out as a file; whether generated data are in it.
    """

    standard: Standard
    code: str
    area_code: str
    area_name: str
    lines: Mapping[str, Mapping[str, Any]]
    below: Sequence[tuple[str, str, float | None]]
    cells: pl.DataFrame | None
    cell_count: int
    failing_count: int
    names: Mapping[str, str]
    may_export: bool
    is_demo: bool


def standard_card(view: StandardView, lang: str) -> list[Component]:
    """Return the card."""
    head = html.Div(
        [html.H2(view.area_name), *([demo_badge(lang)] if view.is_demo else [])], className="standards-head"
    )
    if not view.lines:
        return [head, html.P(t("standards.no_residents", lang), className="hint")]
    files = (
        [export_links("standards", {"standard": view.code, "region": view.area_code}, lang)] if view.may_export else []
    )
    return [head, _headline(view, lang), *files, _clauses(view, lang), _cells(view, lang), *_below(view, lang)]


def share_of(line: Mapping[str, Any]) -> float | None:
    """Return the share of residents that pass, None where nobody lives."""
    return line["passing_resident_count"] / line["resident_count"] if line["resident_count"] else None


def _headline(view: StandardView, lang: str) -> html.Div:
    whole = view.lines[WHOLE]
    note = t(
        "standards.pass_note",
        lang,
        residents=show_count(whole["resident_count"], lang),
        passing=show_count(whole["passing_resident_count"], lang),
    )
    figures = [(t("standards.pass_share", lang), show_percent(share_of(whole), lang), note)]
    if len(view.standard.clauses) > 1:
        most = t("standards.mean_note", lang, most=f"{view.standard.most_points:g}")
        mean = show_number(whole["mean_points"], lang, digits=1)
        figures.append((t("standards.mean_points", lang), mean, most))
    return html.Div(
        [
            html.Div([html.Span(label), html.B(value), html.Small(note)], className="standards-figure")
            for label, value, note in figures
        ],
        className="standards-figures",
    )


def _clauses(view: StandardView, lang: str) -> html.Section:
    rows = [
        Bar(
            clause_name(clause, lang),
            share_of(view.lines[clause.code]),
            show_percent(share_of(view.lines[clause.code]), lang),
        )
        for clause in view.standard.clauses
    ]
    return html.Section([html.H3(t("standards.by_clause", lang)), bars(rows)], className="standards-bars")


def _cells(view: StandardView, lang: str) -> html.Section:
    title = html.H3(t("standards.worst_cells", lang))
    if view.cells is None:
        return html.Section([title, html.P(t("standards.cells_internal", lang), className="hint")])
    if view.cells.is_empty():
        return html.Section([title, html.P(t("standards.all_pass", lang), className="hint")])
    note = t(
        "standards.worst_note",
        lang,
        failing=show_exact(view.failing_count, lang),
        cells=show_exact(view.cell_count, lang),
        shown=view.cells.height,
    )
    items = [_cell(view, row, lang) for row in view.cells.iter_rows(named=True)]
    prices = t("standards.price_note", lang, code=view.code)
    return html.Section(
        [
            title,
            html.P(note, className="standards-note"),
            html.Ol(items, className="standards-cells"),
            html.P(prices, className="source"),
        ]
    )


def _cell(view: StandardView, row: Mapping[str, Any], lang: str) -> html.Li:
    names = {clause.code: clause_name(clause, lang) for clause in view.standard.clauses}
    place = place_button(view.names.get(row["region_code"], MISSING), row["lon"], row["lat"])
    people = f"{show_count(row['resident_count'], lang)} {t('sport.unit_person', lang)}"
    score = html.Span(
        [html.Span(t("standards.points", lang)), html.B(f"{row['points']:g} / {view.standard.most_points:g}")],
        className="standards-score",
    )
    lacks = html.Ul([html.Li(names[code]) for code in row["failed"]], className="standards-lacks")
    return html.Li(
        [
            html.Div([place, html.Span(people), score], className="standards-cell"),
            html.Details([html.Summary(_mend(view, row, lang)), lacks]),
        ]
    )


def _mend(view: StandardView, row: Mapping[str, Any], lang: str) -> str:
    if row["price_10k_cny"] is None:
        return t("standards.no_mend", lang)
    parts = [
        f"{facility.name_en if lang == 'en' else facility.name_zh} × {number}"
        for facility, number in zip(view.standard.facilities, row["built"], strict=True)
        if number
    ]
    price = show_count(row["price_10k_cny"] * 10_000, lang)
    return t("standards.mend_is", lang, built=t("standards.and", lang).join(parts), price=price)


def _below(view: StandardView, lang: str) -> list[Component]:
    if not view.below:
        return []
    ordered = sorted(view.below, key=lambda row: (row[2] is None, row[2]))
    rows = [
        html.Tr(
            [
                html.Td(region_link(code, name)),
                html.Td(show_percent(share, lang), className="number"),
            ]
        )
        for code, name, share in ordered
    ]
    head = html.Tr([html.Th(t("standards.area", lang)), html.Th(t("standards.pass_share", lang), className="number")])
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="table")
    return [html.Section([html.H3(t("standards.by_area", lang)), html.Div(table, className="table-scroll")])]
