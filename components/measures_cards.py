"""Cards of the measures page: how sure coverage is, how area is shared, supply against demand, regions below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from analytics.accessibility import GROUPS
from components.cards import empty_figure, panel
from components.numbers import MISSING, show_count, show_number, show_percent
from components.shell import demo_badge
from components.theme import TYPE_SCALE_PX, Scheme, colour, plotly_template
from kernel.words import t

HEIGHT_PX = 280
LINE_WIDTH = 3
SOURCES = ("speed", "position", "population")
BALANCE = ("demand_m2", "satisfied_m2", "unmet_m2", "supply_m2", "used_m2", "free_m2")
# Columns that hold words and stand on the left.
WORDS = frozenset({"group", "region", "brought_by"})
SHARES = ("satisfied_share", "used_share", "local_share")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeasuresView:
    """Figures of one area.

    Attributes
    ----------
    area_name : str
        Its name.
    intervals : sequence of mappings
        Rows of ``warehouse.queries.measures.coverage_interval`` of the area.
    floating : mapping
        Its row of ``floating``.
    curve : (list of float, list of float)
        Its Lorenz curve: shares of residents and of area.
    balance : mapping
        Its row of ``supply_demand``.
    below : sequence of (str, str, mapping, mapping)
        Code, name, and both rows of each region right below it.
    typical_count : int
        Venues whose area is the typical one of their type.
    quota_m2 : float
        Square metres asked for by each resident.
    is_demo : bool
        Whether a dataset behind the figures is generated.
    """

    area_name: str
    intervals: Sequence[Row]
    floating: Row
    curve: tuple[Sequence[float], Sequence[float]]
    balance: Row
    below: Sequence[tuple[str, str, Row, Row]]
    typical_count: int
    quota_m2: float
    is_demo: bool


def measures_cards(view: MeasuresView, query: Mapping[str, str], theme: Scheme, lang: str) -> list[Component]:
    """Return the cards of an area; ``query`` is what the address asks, for links to the regions below."""
    marks = [demo_badge(lang)] if view.is_demo else []
    head = html.Div([html.H2(view.area_name), *marks], className="measures-area")
    if not view.floating["resident_count"]:
        return [head, empty_figure(t("measures.no_residents", lang))]
    halves = html.Div([_area_card(view, theme, lang), _balance_card(view, lang)], className="halves")
    below = [_below_card(view, query, lang)] if view.below else []
    return [head, _interval_card(view, lang), halves, *below]


def _interval_card(view: MeasuresView, lang: str) -> html.Section:
    heads = ("group", "residents", "inside", "interval_90", "brought_by")
    rows = sorted(view.intervals, key=lambda row: list(GROUPS).index(row["group_code"]))
    body = [
        html.Tr(
            [
                html.Th(t(f"planning.group_{row['group_code']}", lang), scope="row"),
                html.Td(show_count(row["resident_count"], lang), className="number"),
                html.Td(_share(row, "covered_count", lang), className="number"),
                html.Td(f"{_share(row, 'low_count', lang)} – {_share(row, 'high_count', lang)}", className="number"),
                html.Td(_brought_by(row, lang)),
            ]
        )
        for row in rows
    ]
    return panel(t("measures.intervals", lang), t("measures.intervals_hint", lang), _table(heads, body, lang))


def _share(row: Row, name: str, lang: str) -> str:
    return show_percent(row[name] / row["resident_count"], lang) if row["resident_count"] > 0 else MISSING


def _brought_by(row: Row, lang: str) -> str:
    shares = sorted(((row[f"{name}_share"], name) for name in SOURCES), reverse=True)
    return " · ".join(f"{t(f'measures.source_{name}', lang)} {show_percent(share, lang)}" for share, name in shares)


def _area_card(view: MeasuresView, theme: Scheme, lang: str) -> html.Section:
    row = view.floating
    without = show_percent(row["residents_without"] / row["resident_count"], lang)
    figures = [
        ("mean_m2_per_resident", f"{show_number(row['mean_m2_per_resident'], lang)} m²"),
        ("residents_without", f"{show_count(row['residents_without'], lang)} ({without})"),
        ("gini", MISSING if row["gini"] is None else show_number(row["gini"], lang, digits=3)),
    ]
    graph = dcc.Graph(
        figure=lorenz_figure(view.curve, theme, lang),
        config={"displayModeBar": False, "responsive": True},
        style={"height": f"{HEIGHT_PX}px"},
    )
    notes = [html.P(t("measures.typical_area", lang, count=view.typical_count), className="small")]
    parts = [_list([(t(f"measures.{key}", lang), value) for key, value in figures]), graph]
    body = html.Div([*parts, *(notes if view.typical_count else [])])
    return panel(t("measures.reachable", lang), t("measures.reachable_hint", lang), body)


def lorenz_figure(curve: tuple[Sequence[float], Sequence[float]], theme: Scheme, lang: str) -> dict[str, Any]:
    """Return the Lorenz curve as a plain Plotly figure, with the line of equal shares."""
    people, area = (list(column) for column in curve)
    equal, real = t("measures.equal", lang), t("measures.lorenz", lang)
    line = {"type": "scatter", "mode": "lines"}
    font = {"size": TYPE_SCALE_PX["xs"]}
    axis = {"tickformat": ".0%", "range": [0, 1], "nticks": 6}
    return {
        "data": [
            {**line, "x": [0, 1], "y": [0, 1], "name": equal, "line": {"dash": "dot", "color": colour("muted", theme)}},
            {
                **line,
                "x": people,
                "y": area,
                "name": real,
                "line": {"width": LINE_WIDTH, "color": colour("brand", theme)},
                "hovertemplate": "%{x:.0%} · %{y:.1%}<extra></extra>",
            },
        ],
        "layout": {
            "template": plotly_template(theme),
            "showlegend": False,
            "margin": {"l": 52, "r": 12, "t": 8, "b": 44},
            "xaxis": {**axis, "title": {"text": t("measures.share_of_residents", lang), "font": font}},
            "yaxis": {**axis, "title": {"text": t("measures.share_of_area", lang), "font": font}},
            "height": HEIGHT_PX,
        },
    }


def _balance_card(view: MeasuresView, lang: str) -> html.Section:
    row = view.balance
    amounts = [(t(f"measures.{key}", lang), f"{show_count(row[key], lang)} m²") for key in BALANCE]
    shares = [(t(f"measures.{key}", lang), show_percent(row[key], lang)) for key in SHARES]
    hint = t("measures.balance_hint", lang, quota=f"{view.quota_m2:g}")
    return panel(t("measures.balance", lang), hint, _list(amounts + shares))


def _below_card(view: MeasuresView, query: Mapping[str, str], lang: str) -> html.Section:
    heads = ("region", "mean_m2_per_resident", "residents_without", "gini", "satisfied_share", "local_share")
    body = []
    for code, name, floating, balance in view.below:
        link = html.A(name, href=f"?{urlencode({**query, 'region': code})}")
        lived = floating["resident_count"]
        texts = [
            show_number(floating["mean_m2_per_resident"], lang) if lived else MISSING,
            show_percent(floating["residents_without"] / lived, lang) if lived else MISSING,
            MISSING if floating["gini"] is None else show_number(floating["gini"], lang, digits=3),
            show_percent(balance["satisfied_share"], lang),
            show_percent(balance["local_share"], lang),
        ]
        cells = [html.Td(text, className="number") for text in texts]
        body.append(html.Tr([html.Th(link, scope="row"), *cells]))
    return panel(t("measures.below", lang), t("measures.below_hint", lang), _table(heads, body, lang))


def _table(heads: Sequence[str], body: Sequence[Component], lang: str) -> html.Div:
    cells = [
        html.Th(t(f"measures.{key}", lang), scope="col", className="" if key in WORDS else "number") for key in heads
    ]
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(body))], className="table")
    return html.Div(table, className="table-scroll")


def _list(pairs: Sequence[tuple[str, str]]) -> html.Table:
    rows = [html.Tr([html.Th(name, scope="row"), html.Td(value, className="number")]) for name, value in pairs]
    return html.Table(html.Tbody(rows), className="table")
