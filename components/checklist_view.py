"""Parts of the standards page: venues and projects under their checklist, what they lack, and the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from analytics.standards import Checklist, Item, credit_of
from components.cards import empty_figure, panel
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.register_view import Cell, Names, figures, mark, table
from components.trajectory import Point, trajectory
from kernel.words import t
from warehouse.queries.checklists import Lack, lacks

# About five venues by the end of 2025: the plan's target.
TARGET, TARGET_YEAR = 5.0, 2025
LISTED_PROJECTS = 40

Row = Mapping[str, Any]


def words_of(part: Any, name: str, lang: str) -> str:
    """Return a text of an item, size or checklist in a language, e.g. ``name`` or ``fix``."""
    return str(getattr(part, f"{name}_{'en' if lang == 'en' else 'zh'}"))


def venues_view(
    checklist: Checklist, frame: pl.DataFrame, history: pl.DataFrame, detail: Sequence[Component], lang: str
) -> list[Component]:
    """Return the smart venues: figures, their way to the target, scores, ``detail`` of one of them, rules."""
    if frame.is_empty():
        return [empty_figure(t("register.none", lang)), rules_card(checklist, lang)]
    passing = frame.filter("is_passing").height
    mean = float(frame["points"].to_numpy().mean())
    head = figures(
        [
            (t("register.passing_venues", lang), show_exact(passing, lang), t("register.target_five", lang)),
            (t("register.scored_venues", lang), show_exact(frame.height, lang), ""),
            (t("register.mean_points", lang), show_number(mean, lang, digits=1), ""),
        ]
    )
    rows = frame.to_dicts()
    sides = html.Div(
        [_history(history, lang), _most_missing(checklist, rows, "count_venues", lang)], className="halves"
    )
    return [head, *detail, sides, _venue_table(checklist, rows, lang), rules_card(checklist, lang)]


def _history(history: pl.DataFrame, lang: str) -> html.Section:
    points = [
        Point(day.strftime("%Y-%m"), float(count))
        for day, count in history.select("quarter_end", "passing_count").rows()
    ]
    label = t("register.history_label", lang, first=int(points[0].value), last=int(points[-1].value))
    drawn = trajectory(points, TARGET, TARGET_YEAR, label=label)
    ends = html.Div([html.Span(points[0].month), html.Span(points[-1].month)], className="register-ends")
    note = html.P(t("register.history_note", lang), className="small")
    body = html.Div([drawn, ends, html.P(label), note], className="register-history")
    return panel(t("register.passing_history", lang), t("register.target_five", lang), body)


def _most_missing(checklist: Checklist, rows: Sequence[Row], unit: str, lang: str) -> html.Section:
    counted = Counter(lack.item.code for row in rows for lack in _lacks(checklist, row))
    items = {item.code: item for item in checklist.items}
    heads = [
        (t("register.item", lang), "register-name"),
        (t("register.count", lang), "number"),
        (t("register.fix", lang), "register-long"),
    ]
    found: list[list[Cell]] = [
        [
            words_of(items[code], "name", lang),
            t(f"register.{unit}", lang, count=count),
            words_of(items[code], "fix", lang),
        ]
        for code, count in counted.most_common(6)
    ]
    title = t("register.most_missing", lang)
    return panel(title, t("register.most_missing_hint", lang), table(heads, found, title))


def _lacks(checklist: Checklist, row: Row) -> tuple[Lack, ...]:
    return lacks(checklist, row["missing_items"], row["partial_items"])


def _venue_table(checklist: Checklist, rows: Sequence[Row], lang: str) -> html.Section:
    keys = ("venue", "size", "points", "result", "live", "lacks")
    heads = [
        (
            t(f"register.{key}", lang),
            {"venue": "register-name", "live": "number", "lacks": "register-long"}.get(key, ""),
        )
        for key in keys
    ]
    cells: list[list[Cell]] = [
        [
            html.A(row["venue_name"], href=f"?view=venues&venue={row['venue_id']}"),
            _size(checklist, row, lang),
            _points(checklist, row, lang),
            _result(row, lang),
            f"{row['live_count']} / {len(checklist.items)}",
            _lack_names(checklist, row, lang),
        ]
        for row in rows
    ]
    title = t("register.venues", lang)
    return panel(title, t("register.venues_hint", lang, day=rows[0]["quarter_end"]), table(heads, cells, title))


def _size(checklist: Checklist, row: Row, lang: str) -> str:
    return next(words_of(size, "name", lang) for size in checklist.sizes if size.code == row["size_code"])


def _points(checklist: Checklist, row: Row, lang: str) -> Cell:
    if row["points"] is None:
        return html.Span(t("register.not_asked", lang), className="small")
    bar = html.Span(
        [
            html.Span(style={"width": f"{row['points']:.1f}%"}, className="register-fill"),
            html.Span(style={"left": f"{checklist.pass_points:g}%"}, className="register-tick"),
        ],
        className="register-points",
    )
    return html.Span([bar, html.B(f"{row['points']:.1f}")], className="cell-bar")


def _result(row: Row, lang: str) -> Cell:
    if row["points"] is None:
        return MISSING
    return mark(t("register.passes", lang), "good") if row["is_passing"] else mark(t("register.fails", lang), "bad")


def _lack_names(checklist: Checklist, row: Row, lang: str) -> str:
    names = [words_of(lack.item, "name", lang) for lack in _lacks(checklist, row)]
    return t("register.join", lang).join(names) or t("register.complete", lang)


def venue_detail(checklist: Checklist, row: Row, subsystems: pl.DataFrame, names: Names, lang: str) -> list[Component]:
    """Return the nine subsystems of one venue: state, points, what counts and what to do."""
    states = {found["subsystem_code"]: found for found in subsystems.iter_rows(named=True)}
    place = [size.code for size in checklist.sizes].index(row["size_code"])
    keys = ("item", "weight", "state", "inspected", "result", "fix")
    heads = [
        (t(f"register.{key}", lang), {"weight": "number", "inspected": "number", "fix": "register-long"}.get(key, ""))
        for key in keys
    ]
    lacking = {lack.item.code: lack for lack in _lacks(checklist, row)}
    cells: list[list[Cell]] = []
    for item in checklist.items:
        found = states.get(item.column, {"state": "none", "score": None})
        lack = lacking.get(item.code)
        cells.append(
            [
                words_of(item, "name", lang),
                f"{item.weights[place]:g}",
                names.get(("smart_subsystem_state", found["state"]), found["state"]),
                MISSING if found["score"] is None else f"{found['score']:g}",
                _item_mark(item.weights[place], lack, lang),
                words_of(item, "fix", lang) if lack else "",
            ]
        )
    title = t("register.of_venue", lang, name=row["venue_name"])
    rule = t("register.pass_rule", lang, points=f"{checklist.pass_points:g}")
    return [panel(title, f"{row['points']:.1f} · {rule}", table(heads, cells, title))]


def _item_mark(weight: float, lack: Lack | None, lang: str) -> Component:
    if not weight:
        return mark(t("register.mark_not_asked", lang), "none")
    if lack is None:
        return mark(t("register.mark_full", lang), "good")
    return (
        mark(t("register.mark_partial", lang), "some")
        if lack.is_partial
        else mark(t("register.mark_missing", lang), "bad")
    )


def projects_view(checklist: Checklist, frame: pl.DataFrame, asked: str, names: Names, lang: str) -> list[Component]:
    """Return the projects: figures, what is missing most, ``asked`` in detail, those with fewest points, rules."""
    if frame.is_empty():
        return [empty_figure(t("register.none", lang)), rules_card(checklist, lang)]
    rows = frame.to_dicts()
    due = [row for row in rows if row["points"] is not None]
    late = [row for row in rows if row["overdue_days"]]
    passing = sum(row["is_passing"] for row in due)
    mean = sum(row["points"] for row in due) / len(due) if due else None
    head = figures(
        [
            (t("register.projects", lang), show_exact(len(rows), lang), ""),
            (
                t("register.passing_projects", lang),
                show_percent(passing / len(due) if due else None, lang),
                t("register.of_projects", lang, part=passing, count=len(due)),
            ),
            (t("register.overdue_projects", lang), show_exact(len(late), lang), ""),
            (t("register.mean_points", lang), show_number(mean, lang, digits=1), ""),
        ]
    )
    chosen = next((row for row in rows if row["project_id"] == asked), None)
    detail = [_project_detail(checklist, chosen, lang)] if chosen else []
    listed = sorted(due, key=lambda row: (row["points"], -row["overdue_days"], row["project_id"]))[:LISTED_PROJECTS]
    return [
        head,
        *detail,
        _most_missing(checklist, due, "count_projects", lang),
        _project_table(checklist, listed, len(rows), names, lang),
        rules_card(checklist, lang),
    ]


def _project_table(checklist: Checklist, rows: Sequence[Row], count: int, names: Names, lang: str) -> html.Section:
    keys = ("project", "size", "stage", "points", "result", "overdue", "lacks")
    heads = [
        (
            t(f"register.{key}", lang),
            {"project": "register-name", "overdue": "number", "lacks": "register-long"}.get(key, ""),
        )
        for key in keys
    ]
    cells: list[list[Cell]] = [
        [
            html.A(row["project_name"], href=f"?view=projects&project={row['project_id']}"),
            _size(checklist, row, lang),
            names.get(("project_stage", row["stage"]), row["stage"]),
            _points(checklist, row, lang),
            _result(row, lang),
            show_exact(row["overdue_days"], lang) if row["overdue_days"] else MISSING,
            _lack_names(checklist, row, lang),
        ]
        for row in rows
    ]
    title = t("register.projects_list", lang)
    return panel(title, t("register.projects_hint", lang, shown=len(rows), count=count), table(heads, cells, title))


def _project_detail(checklist: Checklist, row: Row, lang: str) -> html.Section:
    groups = {group.code: words_of(group, "name", lang) for group in checklist.groups}
    heads = [
        (t("register.stage", lang), ""),
        (t("register.item", lang), ""),
        (t("register.result", lang), ""),
        (t("register.fix", lang), "register-long"),
    ]
    cells: list[list[Cell]] = [
        [
            groups[lack.item.group],
            words_of(lack.item, "name", lang),
            _item_mark(1.0, lack, lang),
            words_of(lack.item, "fix", lang),
        ]
        for lack in _lacks(checklist, row)
    ]
    title = t("register.of_project", lang, name=row["project_name"])
    hint = t("register.not_asked", lang) if row["points"] is None else f"{row['points']:.1f}"
    body = table(heads, cells, title) if cells else html.P(t("register.complete", lang), className="hint")
    return panel(title, hint, body)


def rules_card(checklist: Checklist, lang: str) -> html.Details:
    """Return every clause with weights, steps, source and our reading, folded away."""
    sizes = t("register.join", lang).join(words_of(size, "name", lang) for size in checklist.sizes)
    heads = [
        (t("register.item", lang), ""),
        (t("register.weights", lang, sizes=sizes), ""),
        (t("register.points", lang), ""),
        (t("register.clause", lang), "register-long"),
    ]
    cells: list[list[Cell]] = [
        [
            words_of(item, "name", lang),
            " / ".join(f"{weight:g}" for weight in item.weights),
            step_words(item, lang),
            clause_words(checklist, item, lang),
        ]
        for item in checklist.items
    ]
    intro = [
        t("register.rules_source", lang, source=words_of(checklist, "source", lang)),
        t("register.rules_reading", lang, reading=words_of(checklist, "reading", lang)),
        t("register.pass_rule", lang, points=f"{checklist.pass_points:g}"),
        size_words(checklist, lang),
        t("register.rules_file", lang, code=checklist.code),
    ]
    title = t("register.rules", lang)
    parts = [html.Summary(title), html.Ul([html.Li(line) for line in intro]), table(heads, cells, title)]
    return html.Details(parts, className="card register-rules")


def size_words(checklist: Checklist, lang: str) -> str:
    """Return from which amount on a thing belongs to which class of size."""
    parts = [
        t("register.size_from", lang, name=words_of(size, "name", lang), smallest=show_exact(size.smallest, lang))
        for size in checklist.sizes
    ]
    measure = t(f"register.by_{checklist.size_by}", lang)
    return t("register.size_rule", lang, measure=measure, sizes=t("register.join", lang).join(parts))


def step_words(item: Item, lang: str) -> str:
    """Return how much earns which share of an item's weight."""
    parts = [
        t(
            "register.steps",
            lang,
            amount=f"{amount:g}",
            share=show_percent(float(credit_of(item, [amount])[0]), lang, digits=0),
        )
        for amount, _ in item.steps
    ]
    return t("register.join", lang).join(parts)


def clause_words(checklist: Checklist, item: Item, lang: str) -> str:
    """Return where an item comes from, how it was read, who must have it, and whether it was verified."""
    parts = [words_of(item, "clause", lang), words_of(item, "reading", lang)]
    if item.required:
        names = [words_of(size, "name", lang) for size in checklist.sizes if size.code in item.required]
        parts.append(t("register.required", lang, sizes=t("register.join", lang).join(names)))
    parts.append(t("register.verified" if item.is_verified else "register.unverified", lang))
    return t("register.semicolon", lang).join(parts)
