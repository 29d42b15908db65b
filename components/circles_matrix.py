"""The table of sports by group: one share a cell, coloured by the seven steps of coverage."""

from __future__ import annotations

from urllib.parse import urlencode

import polars as pl
from dash import html

from analytics.accessibility import GROUPS
from components.cards import empty_figure, panel
from components.circles_choice import CirclesChoice
from components.comparison import CATEGORY_ICONS
from components.icons import icon
from components.map_panel import step_legend
from components.numbers import show_percent
from kernel.categories import CATEGORIES
from kernel.words import t
from warehouse.queries.coverage import step_limits


def matrix_card(frame: pl.DataFrame, choice: CirclesChoice, lang: str) -> html.Section:
    """Return the card with the share of each group inside the circle of each category.

    Parameters
    ----------
    frame : DataFrame
        Rows of one region, as from ``warehouse.queries.circles.category_coverage``.
    choice : CirclesChoice
        For links that ask for one category alone.
    lang : str
        Language.
    """
    title, hint = t("circles.matrix", lang), t("circles.matrix_hint", lang)
    known = frame.filter(pl.col("resident_count") > 0)
    if not known.height:
        return panel(title, hint, empty_figure(t("circles.no_population", lang)))
    share = {
        (category, group): inside / residents
        for category, group, inside, residents in known.select(
            "category_code", "group_code", "covered_count", "resident_count"
        ).iter_rows()
    }
    groups = [group for group in GROUPS if any(group == found for _, found in share)]
    limits = step_limits(list(share.values()))
    head = [html.Th(t("circles.sport", lang), scope="col")]
    head += [html.Th(t(f"circles.short_{group}", lang), scope="col", className="number") for group in groups]
    rows = [
        html.Tr(
            [
                html.Th(_sport(category, choice, lang), scope="row"),
                *(_cell(share.get((category, group)), limits, lang) for group in groups),
            ],
            className="is-chosen" if category in choice.circle.venue_filter.categories else "",
        )
        for category in CATEGORIES
    ]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="table circles-matrix")
    return panel(title, hint, html.Div([html.Div(table, className="table-scroll"), step_legend(limits, lang)]))


def _sport(category: str, choice: CirclesChoice, lang: str) -> html.A:
    return html.A(
        [icon(CATEGORY_ICONS[category], size=18), html.Span(t(f"sport.category_{category}", lang))],
        href="?" + urlencode({**choice.query, "categories": category}),
    )


def _cell(share: float | None, limits: tuple[float, ...], lang: str) -> html.Td:
    if share is None:
        return html.Td(show_percent(None, lang), className="number")
    step = sum(share >= limit for limit in limits)
    return html.Td(show_percent(share, lang), className=f"number heat heat-{step}")
