"""Counties compared: who is inside at their own pace, what one speed would say, and how far the counties lie apart.

The table itself is drawn and sorted by ``assets/circles.js`` from the rows in the store ``circles-rows``: a hundred
counties are a thousand cells, and as components each of them would listen to every change of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.circles_view import EVERYONE, CirclesView, RegionFigures
from components.icons import icon
from components.numbers import MISSING, show_exact, show_percent
from kernel.words import t

# Groups with a column of their own.
GROUP_COLUMNS = ("child", "aged_60_79", "aged_80_plus", "wheelchair")


def counties_card(
    view: CirclesView, codes: Sequence[str], parents: Mapping[str, str], *, export: str, lang: str
) -> html.Section:
    """Return the card of the counties.

    Parameters
    ----------
    view : CirclesView
        Figures of all regions that the visitor may read.
    codes : sequence of str
        Counties of the chosen area, by code.
    parents : mapping of str to str
        County -> name of its city.
    export : str
        Address of the table as a file; empty where the visitor may not take any.
    lang : str
        Language.
    """
    known = [code for code in codes if code in view.figures]
    title, hint = t("circles.counties", lang), t("circles.counties_hint", lang)
    if not known:
        return panel(title, hint, empty_figure(t("circles.no_counties", lang)))
    tools: list[Component] = [html.P(spread_words(view, known, lang), className="circles-spread")]
    if export:
        text = t("circles.export", lang)
        tools.append(html.A([icon("download", size=16), text], href=export, className="quiet", download=""))
    rows = {"columns": _columns(lang), "rows": [county_row(view, code, parents, lang) for code in known]}
    body = [
        html.Div(tools, className="circles-tools"),
        html.Div(id="circles-table", className="table-scroll circles-tall"),
        dcc.Store(id="circles-rows", data=rows),
    ]
    return panel(title, hint, html.Div(body))


def county_row(view: CirclesView, code: str, parents: Mapping[str, str], lang: str) -> dict[str, Any]:
    """Return a county as the table is drawn from: the values to sort by, and the same in words."""
    figures = view.figures[code]
    together, everyone = figures.together, figures.groups.get(EVERYONE)
    shares = {"own": _own_share(figures), "speed": everyone.fast_share if everyone else None}
    for group in GROUP_COLUMNS:
        shares[group] = figures.groups[group].own_share if group in figures.groups else None
    overstated = together.overstated if together else None
    return {
        "code": code,
        "href": "?" + urlencode({**view.choice.query, "region": code}),
        "is_chosen": code == view.choice.other_code,
        "values": {**shares, "overstated": overstated, "code": code},
        "words": {
            **{name: show_percent(share, lang) for name, share in shares.items()},
            "overstated": show_exact(overstated, lang),
            "code": view.names[code],
            "city": parents.get(code, MISSING),
        },
    }


def spread_words(view: CirclesView, codes: Sequence[str], lang: str) -> str:
    """Return how far the best and the worst county lie apart, in one sentence; nothing where there is but one."""
    known = [(share, code) for code in codes if (share := _own_share(view.figures[code])) is not None]
    if len(known) < 2:
        return ""
    (worst, worst_code), (best, best_code) = min(known), max(known)
    return t(
        "circles.spread",
        lang,
        best=show_percent(best, lang),
        best_name=view.names[best_code],
        worst=show_percent(worst, lang),
        worst_name=view.names[worst_code],
        gap=f"{(best - worst) * 100:.1f}",
    )


def _own_share(figures: RegionFigures) -> float | None:
    return figures.together.own_share if figures.together else None


def _columns(lang: str) -> list[dict[str, str]]:
    """Return the columns in order: code, name, kind of cell, and what sorting by it is called."""
    named = [("code", "county", "link"), ("city", "city", "text"), ("own", "col_own", "bar")]
    named += [("speed", "col_speed", "number"), ("overstated", "col_overstated", "many")]
    named += [(group, f"short_{group}", "number") for group in GROUP_COLUMNS]
    return [
        {
            "code": code,
            "name": t(f"circles.{key}", lang),
            "kind": kind,
            "sort": t("circles.sort_by", lang, column=t(f"circles.{key}", lang)),
        }
        for code, key, kind in named
    ]
