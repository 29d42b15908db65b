"""Two or three scenarios side by side: the same figures in columns, the best of every row named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.numbers import show_exact
from components.planning_figures import (
    ScenarioFigures,
    change_mark,
    measure_change,
    share_pair,
    share_row,
    show_change,
    show_measure,
)
from kernel.words import t

MOST_COUNTIES = 30


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario: its name, the way to it and its figures, or why it has none."""

    name: str
    path: str
    figures: ScenarioFigures | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: name, present value in words, each scenario's value in words, and numbers of which the best wins.

    Attributes
    ----------
    name, present : str
        In words.
    shown : sequence of component
        One per scenario.
    scores : sequence of float
        More is better; empty where no scenario can be better.
    """

    name: str
    present: str
    shown: Sequence[Component | str]
    scores: Sequence[float] = ()

    @property
    def winner(self) -> int | None:
        """Place of the one best scenario; None where several share it."""
        best = [place for place, score in enumerate(self.scores) if score == max(self.scores)]
        return best[0] if len(best) == 1 and len(self.scores) > 1 else None


def comparison_table(columns: Sequence[Column], lang: str) -> Component:
    """Return the table of figures; scenarios that were refused say why under their name."""
    known = [column for column in columns if column.figures is not None]
    heads = [t("planning.figure", lang), t("planning.before", lang)]
    lines = figure_lines([column.figures for column in known if column.figures is not None], lang) if known else []
    refusals = [
        html.P([html.B(column.name), " ", column.refused], className="refusal") for column in columns if column.refused
    ]
    return html.Div([*refusals, _table(heads, known, lines, lang)])


def county_table(columns: Sequence[Column], lang: str) -> Component:
    """Return the table of counties whose figures change in any of the scenarios, the largest change first."""
    known = [column for column in columns if column.figures is not None]
    changes = [{change.code: change for change in column.figures.counties} for column in known if column.figures]
    names = {code: change.name for found in changes for code, change in found.items()}
    if not names:
        return html.P(t("planning.no_county", lang), className="small")

    def largest(code: str) -> float:
        return max(abs(found[code].people) for found in changes if code in found)

    lines = []
    for code in sorted(names, key=lambda code: (-largest(code), code))[:MOST_COUNTIES]:
        people = [found[code].people if code in found else 0 for found in changes]
        shares = [found[code].share("before") for found in changes if code in found]
        present, _ = share_pair(shares[0], shares[0], lang)
        shown = [change_mark(count, show_change(count, lang)) for count in people]
        lines.append(Line(names[code], present, shown, people))
    return _table([t("planning.county", lang), t("planning.before", lang)], known, lines, lang)


def figure_lines(figures: Sequence[ScenarioFigures], lang: str) -> list[Line]:
    """Return the rows of the table of figures.

    Parameters
    ----------
    figures : sequence of ScenarioFigures
        Of the same region, circle and venues.
    lang : str
        Language.
    """
    lines = []
    for place, group in enumerate(figures[0].groups):
        row = [one.groups[place] for one in figures]
        present, *after = share_row([row[0].share("before"), *(one.share("after") for one in row)], lang)
        people = [one.people for one in row]
        shown = [
            html.Span([share, html.Br(), change_mark(count, show_change(count, lang))])
            for share, count in zip(after, people, strict=True)
        ]
        lines.append(Line(group.name, present, shown, people))
    lines += [
        _counted("entered", figures, lambda one: one.gained, 1, lang),
        _counted("left", figures, lambda one: one.lost, -1, lang),
        _counted("counties_up", figures, lambda one: sum(county.people > 0 for county in one.counties), 1, lang),
        _counted("counties_down", figures, lambda one: sum(county.people < 0 for county in one.counties), -1, lang),
    ]
    lines += [_measure(place, figures, lang) for place in range(len(figures[0].measures))]
    edits = [show_exact(one.edit_count, lang) for one in figures]
    return [*lines, Line(t("planning.edits", lang), "0", edits)]


def _counted(
    code: str, figures: Sequence[ScenarioFigures], read: Callable[[ScenarioFigures], int | None], better: int, lang: str
) -> Line:
    counts = [read(one) for one in figures]
    scores = [better * count for count in counts if count is not None]
    return Line(
        t(f"planning.{code}", lang),
        "",
        [show_exact(count, lang) for count in counts],
        scores if len(scores) == len(counts) else (),
    )


def _measure(place: int, figures: Sequence[ScenarioFigures], lang: str) -> Line:
    first = figures[0].measures[place]
    shown, scores = [], []
    for one in figures:
        measure = one.measures[place]
        tone, text = measure_change(measure, lang)
        shown.append(html.Span([show_measure(measure.after, measure, lang), html.Br(), change_mark(tone, text)]))
        scores.append(round(tone, 12))
    name = t(f"planning.measure_{first.code}", lang)
    return Line(name, show_measure(first.before, first, lang), shown, scores if first.better else ())


def _table(heads: Sequence[str], columns: Sequence[Column], lines: Sequence[Line], lang: str) -> Component:
    head = html.Tr(
        [
            html.Th(heads[0], scope="col"),
            html.Th(heads[1], scope="col", className="number"),
            *[html.Th(html.A(column.name, href=column.path), scope="col", className="number") for column in columns],
        ]
    )
    body = [
        html.Tr(
            [
                html.Th(line.name, scope="row"),
                html.Td(line.present, className="number"),
                *[
                    html.Td(
                        [*([_best(lang)] if place == line.winner else []), shown],
                        className=f"number{' is-best' if place == line.winner else ''}",
                    )
                    for place, shown in enumerate(line.shown)
                ],
            ]
        )
        for line in lines
    ]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="table compact planning-table compare-table")
    return html.Div(table, className="table-scroll")


def _best(lang: str) -> html.Span:
    return html.Span(t("planning.best", lang), className="best")
