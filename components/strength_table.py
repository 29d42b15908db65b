"""A table of the page of strength: words on the left, figures on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

from components.monitoring_figures import MINUS
from components.stacked_table import long_table, stacked_table, table_head
from components.theme import DIFFERENCE, DIFFERENCE_DARK, TYPE_SCALE_PX, Scheme, plotly_template
from kernel.words import t


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    lang: str,
    *,
    is_long: bool = False,
    **words: object,
) -> html.Div:
    """Return a table whose headings are ``strength.head_<name>``; the first cell of each row is its heading.

    Parameters
    ----------
    heads, rows : sequences
        As many cells a row as headings.
    lang : str
        Language.
    is_long : bool
        Show the first rows, and all of them when asked.
    **words
        Filled into the headings.
    """
    whole = _scrolled(stacked_table(_headings(heads, lang, words), rows))
    return long_table(whole, len(rows), lang) if is_long else whole


def drawn_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], lang: str, *, marked: int, **words: object
) -> html.Div:
    """Return a long table whose rows the browser draws: Dash asks every component at every change of the page.

    A page has one. ``marked`` is the row that is looked at; the rest are those of `table`.
    """
    whole = html.Table(
        [table_head(_headings(heads, lang, words)), html.Tbody(id="strength-figures")], className="table"
    )
    kept = dcc.Store(id="strength-figures-rows", data={"rows": rows, "marked": marked})
    return html.Div([long_table(_scrolled(whole), len(rows), lang), kept])


clientside_callback(
    ClientsideFunction(namespace="strength", function_name="figures"),
    Output("strength-figures", "data-drawn"),
    Input("strength-figures-rows", "data"),
)


def _headings(heads: Sequence[str], lang: str, words: Mapping[str, object]) -> list[tuple[str, bool]]:
    """Return the words of every column, and that all but the first hold numbers."""
    return [(t(f"strength.head_{name}", lang, **words), place > 0) for place, name in enumerate(heads)]


def _scrolled(whole: html.Table) -> html.Div:
    return html.Div(whole, className="table-scroll", tabIndex="0")


def difference_scale(theme: Scheme) -> list[list[Any]]:
    """Return the house's colours of differences as a Plotly scale; the middle is neutral."""
    shades = DIFFERENCE if theme == "light" else DIFFERENCE_DARK
    return [[k / (len(shades) - 1), shade] for k, shade in enumerate(shades)]


def signed(words: str) -> str:
    """Return a number in words with a minus as long as its plus."""
    return words.replace("-", MINUS)


def graph(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], theme: Scheme, height_px: float) -> dcc.Graph:
    """Return a plain Plotly figure in the house's colours, without its own buttons."""
    base = {
        "template": plotly_template(theme),
        "margin": {"l": 40, "r": 12, "t": 12, "b": 40},
        "xaxis": {"automargin": True},
        "legend": {"orientation": "h", "y": 1.15, "font": {"size": TYPE_SCALE_PX["xs"]}},
    }
    figure = {"data": list(data), "layout": {**base, **layout}}
    return dcc.Graph(
        figure=figure, config={"displayModeBar": False, "responsive": True}, style={"height": f"{height_px:.0f}px"}
    )
