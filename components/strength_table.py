"""A table of the page of strength: words on the left, figures on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from components.monitoring_figures import MINUS
from components.theme import DIFFERENCE, DIFFERENCE_DARK, TYPE_SCALE_PX, Scheme, plotly_template
from kernel.words import t


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    lang: str,
    *,
    is_long: bool = False,
    marked: int | None = None,
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
        Scroll inside, under a heading that stays.
    marked : int, optional
        Row that is looked at.
    **words
        Filled into the headings.
    """
    names = [t(f"strength.head_{name}", lang, **words) for name in heads]
    head = html.Tr([html.Th(name, scope="col", className="number" if k else "") for k, name in enumerate(names)])
    body = [
        html.Tr(
            [html.Th(row[0], scope="row"), *(html.Td(cell, className="number") for cell in row[1:])],
            className="is-chosen" if k == marked else "",
        )
        for k, row in enumerate(rows)
    ]
    whole = html.Table([html.Thead(head), html.Tbody(body)], className="table")
    return html.Div(whole, className="table-scroll strength-long" if is_long else "table-scroll", tabIndex="0")


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
