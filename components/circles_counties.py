"""Counties compared: who is inside at their own pace, what one speed would say, and how far the counties lie apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.cards import empty_figure, panel
from components.circles_choice import DOWN, CirclesChoice
from components.circles_figures import share_bar
from components.circles_view import EVERYONE, CirclesView, RegionFigures
from components.icons import icon
from components.numbers import MISSING, show_count, show_exact, show_percent
from kernel.words import t

# Groups with a column of their own.
GROUP_COLUMNS = ("child", "aged_60_79", "aged_80_plus", "wheelchair")
Value = Callable[[RegionFigures], float | None]


def _group_share(code: str) -> Value:
    return lambda figures: figures.groups[code].own_share if code in figures.groups else None


# What each column shows, as a number to sort by.
VALUES: Mapping[str, Value] = {
    "own": lambda figures: figures.together.own_share if figures.together else None,
    "speed": lambda figures: figures.groups[EVERYONE].fast_share if EVERYONE in figures.groups else None,
    "overstated": lambda figures: figures.together.overstated if figures.together else None,
    **{code: _group_share(code) for code in GROUP_COLUMNS},
}


def counties_card(
    view: CirclesView, codes: Sequence[str], parents: Mapping[str, str], *, export: str, lang: str
) -> html.Section:
    """Return the table of counties.

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
    rows = [(code, view.figures[code]) for code in codes if code in view.figures]
    title, hint = t("circles.counties", lang), t("circles.counties_hint", lang)
    if not rows:
        return panel(title, hint, empty_figure(t("circles.no_counties", lang)))
    rows = sorted_rows(rows, view.choice.sort)
    table = html.Table(
        [
            html.Thead(html.Tr(_heads(view.choice, lang))),
            html.Tbody([_row(code, figures, view, parents, lang) for code, figures in rows]),
        ],
        className="table circles-counties",
    )
    tools: list[Component] = [html.P(_spread(rows, view.names, lang), className="circles-spread")]
    if export:
        link = html.A(
            [icon("download", size=16), t("circles.export", lang)], href=export, className="quiet", download=""
        )
        tools.append(link)
    body = html.Div(
        [html.Div(tools, className="circles-tools"), html.Div(table, className="table-scroll circles-tall")]
    )
    return panel(title, hint, body)


def sorted_rows(rows: Sequence[tuple[str, RegionFigures]], sort: str) -> list[tuple[str, RegionFigures]]:
    """Return counties in an order of ``components.circles_choice.SORTS``; those without the figure come last."""
    by_code = sorted(rows)
    column = sort.removeprefix(DOWN)
    if column not in VALUES:
        return by_code[::-1] if sort.startswith(DOWN) else by_code
    value = VALUES[column]
    known = [row for row in by_code if value(row[1]) is not None]
    missing = [row for row in by_code if value(row[1]) is None]
    return [*sorted(known, key=lambda row: value(row[1]) or 0.0, reverse=sort.startswith(DOWN)), *missing]


def next_sort(column: str, sort: str) -> str:
    """Return the order after a click on a column: figures largest first at first, names by code, then the other way."""
    first = column if column == "code" else f"{DOWN}{column}"
    if sort != first:
        return first
    return f"{DOWN}{column}" if first == column else column


def _heads(choice: CirclesChoice, lang: str) -> list[html.Th]:
    columns = [("code", t("circles.county", lang)), ("", t("circles.city", lang)), ("own", t("circles.col_own", lang))]
    columns += [("speed", t("circles.col_speed", lang)), ("overstated", t("circles.col_overstated", lang))]
    columns += [(code, t(f"circles.short_{code}", lang)) for code in GROUP_COLUMNS]
    return [_head(code, words, choice.sort, lang) for code, words in columns]


def _head(code: str, words: str, sort: str, lang: str) -> html.Th:
    kind = "" if code in {"", "code", "own"} else "number"
    if not code:
        return html.Th(words, scope="col", className="circles-city")
    is_down = sort.startswith(DOWN)
    if sort.removeprefix(DOWN) == code:
        mark, order = (
            icon("chevron-down" if is_down else "chevron-up", size=14),
            "descending" if is_down else "ascending",
        )
    else:
        mark, order = html.Span(className="circles-unsorted"), "none"
    button = html.Button(
        [words, mark],
        id={"type": "circles-order", "column": code},
        type="button",
        title=t("circles.sort_by", lang, column=words),
    )
    return html.Th(button, scope="col", className=kind, **attributes(aria_sort=order))


def _row(code: str, figures: RegionFigures, view: CirclesView, parents: Mapping[str, str], lang: str) -> html.Tr:
    together, everyone = figures.together, figures.groups.get(EVERYONE)
    own, fast = (None, None) if together is None else (together.own_share, together.fast_share)
    link = html.A(view.names[code], href="?" + urlencode({**view.choice.query, "region": code}))
    overstated = MISSING if together is None else show_exact(together.overstated, lang)
    return html.Tr(
        [
            html.Th(link, scope="row"),
            html.Td(parents.get(code, MISSING), className="circles-city"),
            html.Td(share_bar(own, fast, show_percent(own, lang))),
            html.Td(show_percent(everyone.fast_share if everyone else None, lang), className="number"),
            html.Td(overstated, className="number circles-many"),
            *(html.Td(show_percent(VALUES[group](figures), lang), className="number") for group in GROUP_COLUMNS),
        ],
        className="is-chosen" if code == view.choice.other_code else "",
    )


def _spread(rows: Sequence[tuple[str, RegionFigures]], names: Mapping[str, str], lang: str) -> str:
    """Return how far the best and the worst county lie apart, in one sentence."""
    known = [(share, code) for code, figures in rows if (share := VALUES["own"](figures)) is not None]
    if len(known) < 2:
        return show_count(None, lang) if not known else f"{names[known[0][1]]} {show_percent(known[0][0], lang)}"
    (worst, worst_code), (best, best_code) = min(known), max(known)
    return t(
        "circles.spread",
        lang,
        best=show_percent(best, lang),
        best_name=names[best_code],
        worst=show_percent(worst, lang),
        worst_name=names[worst_code],
        gap=f"{(best - worst) * 100:.1f}",
    )
