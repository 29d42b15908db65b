"""A table whose rows become cards on a phone: each cell then says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from kernel.words import t

# Rows that a long table shows until all are asked for, and one in half a page; ``assets/cards.css`` counts the same.
FIRST, FEW = 20, 10


def stacked_table(heads: Sequence[tuple[str, bool]], rows: Sequence[Sequence[Any]]) -> html.Table:
    """Return a table that stacks its cells where the window is narrow.

    Parameters
    ----------
    heads : sequence of (str, bool)
        Words of a column, and whether it holds numbers.
    rows : sequence of sequences
        Words or components, the first one the heading of its row. The last cell of a shorter row takes what is left.
    """
    body = [html.Tr(_cells(heads, row)) for row in rows]
    return html.Table([table_head(heads), html.Tbody(body)], className="table is-stacked")


def long_table(whole: Component, count: int, lang: str, *, is_half: bool = False) -> html.Div:
    """Return a table of so many rows; of more than :data:`FIRST` these are shown, and a button that shows all.

    The row that is looked at (``is-chosen``) is always shown. ``assets/shell.js`` answers the button.
    """
    first = FEW if is_half else FIRST
    if count <= first:
        return html.Div(whole)
    words = [
        html.Span(t("shell.show_all", lang, count=count), className="when-short"),
        html.Span(t("shell.show_first", lang, count=first), className="when-whole"),
    ]
    button = html.Button(words, type="button", className="quiet show-all", **attributes(aria_expanded="false"))
    return html.Div([whole, button], className="long-table is-half" if is_half else "long-table")


def table_head(heads: Sequence[tuple[str, bool]]) -> html.Thead:
    """Return the row of headings: words of a column, and whether it holds numbers."""
    return html.Thead(html.Tr([html.Th(words, scope="col", className=_look(is_number)) for words, is_number in heads]))


def _cells(heads: Sequence[tuple[str, bool]], row: Sequence[Any]) -> list[html.Th | html.Td]:
    cells: list[html.Th | html.Td] = [html.Th(row[0], scope="row")]
    for place, cell in enumerate(row[1:], start=1):
        words, is_number = heads[place]
        if place == len(row) - 1 < len(heads) - 1:
            cells.append(html.Td(cell, colSpan=len(heads) - place))
        else:
            cells.append(html.Td(cell, className=_look(is_number), **attributes(data_label=words)))
    return cells


def _look(is_number: bool) -> str:
    return "number" if is_number else ""
