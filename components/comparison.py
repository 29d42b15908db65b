"""The overview's comparisons: bars of walking times, bars towards a target, the table of areas, bars of kinds."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.icons import icon

# Category -> icon; a mark only, the name stands beside it.
CATEGORY_ICONS = {
    "athletics": "run",
    "swimming": "swimming",
    "football": "ball-football",
    "basketball": "ball-basketball",
    "volleyball": "ball-volleyball",
    "table_tennis": "ping-pong",
    "badminton": "ball-tennis",
    "other_ball": "ball-bowling",
    "ice_snow": "snowflake",
    "fitness_path": "stretching",
    "gym": "barbell",
    "trail": "route",
    "other": "building-stadium",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, length between 0 and 1 (None: no data) and the figure in words."""

    name: str
    share: float | None
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One row of the table of areas, in words, with the coverage as a share for its bar."""

    name: str
    path: str
    residents: str
    covered_share: float | None
    covered: str
    per_10k: str
    m2: str


def bars(rows: Sequence[Bar]) -> html.Ul:
    """Return horizontal bars with their figures."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(row.name, className="bar-name"),
                    html.Span(html.Span(style={"width": _width(row.share)}), className=f"bar {row.kind}".strip()),
                    html.B(row.text, className="bar-text"),
                ]
            )
            for row in rows
        ],
        className="bars",
    )


def target_bar(value: float, targets: Sequence[tuple[float, str]], *, scale: float) -> html.Div:
    """Return a bar of a value with one mark per target.

    Parameters
    ----------
    value : float
        Present value.
    targets : sequence of (float, str)
        Value and words of each target.
    scale : float
        Value at the right end.
    """
    marks = [
        html.Span(className="target-mark", style={"left": _width(amount / scale)}, title=words)
        for amount, words in targets
    ]
    return html.Div(
        [html.Span(className="target-fill", style={"width": _width(value / scale)}), *marks], className="target"
    )


def area_table(rows: Sequence[AreaRow], heads: Sequence[str]) -> html.Div:
    """Return the table of areas; ``heads`` are the five column names in words."""
    head = html.Tr([html.Th(text, className="" if place in {0, 2} else "number") for place, text in enumerate(heads)])
    body = [
        html.Tr(
            [
                html.Td(dcc.Link(row.name, href=row.path)),
                html.Td(row.residents, className="number"),
                html.Td(
                    [
                        html.Span(html.Span(style={"width": _width(row.covered_share)}), className="bar"),
                        html.B(row.covered),
                    ],
                    className="cell-bar",
                ),
                html.Td(row.per_10k, className="number"),
                html.Td(row.m2, className="number"),
            ]
        )
        for row in rows
    ]
    return html.Div(html.Table([html.Thead(head), html.Tbody(body)], className="table"), className="table-scroll")


def kind_bars(rows: Sequence[tuple[str, str, float, str]]) -> html.Ul:
    """Return one bar per venue category: ``(category_code, name, share of the largest, count in words)``."""
    return html.Ul(
        [
            html.Li(
                [
                    icon(CATEGORY_ICONS[code], size=18),
                    html.Span(name, className="bar-name"),
                    html.Span(html.Span(style={"width": _width(share)}), className="bar kind"),
                    html.B(text, className="bar-text"),
                ]
            )
            for code, name, share, text in rows
        ],
        className="bars kinds",
    )


def data_table(heads: Sequence[str], rows: Sequence[Sequence[str | Component]], *, numbers: Set[int]) -> html.Div:
    """Return a plain table; ``numbers`` are the places of the columns that hold numbers."""

    def kind(place: int) -> str:
        return "number" if place in numbers else ""

    head = html.Tr([html.Th(text, className=kind(place)) for place, text in enumerate(heads)])
    body = [html.Tr([html.Td(cell, className=kind(place)) for place, cell in enumerate(row)]) for row in rows]
    return html.Div(html.Table([html.Thead(head), html.Tbody(body)], className="table"), className="table-scroll")


def _width(share: float | None) -> str:
    return f"{min(max(share or 0.0, 0.0), 1.0):.2%}"
