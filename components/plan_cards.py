"""Cards of the plan tracker: how far each level is, the trees of goals, numeric targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.cards import panel
from components.icons import icon
from components.numbers import show_exact, show_number
from components.shell import demo_badge
from components.trajectory import Point, trajectory
from kernel.words import t

# States of each level from best to worst, as bars show them.
LEVEL_STATES: dict[str, tuple[str, ...]] = {
    "C": ("done", "partial", "data_ready", "not_started", "dropped"),
    "I": ("live", "demo_data", "contract", "tracked", "dropped"),
    "T": ("reported_done", "reported_in_progress", "tracked", "dropped"),
}
ONES = ("standard", "hub", "ecosystem", "infrastructure", "security", "overall", "baseline")
NINES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("cloud", ()),
    ("platform", ()),
    ("business", tuple(range(3, 12))),
    ("analysis", tuple(range(12, 16))),
)

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One numeric target and how far it is.

    Attributes
    ----------
    code, name, unit, source : str
        What is measured, in the visitor's language.
    value : float
        Target.
    year : int
        By the end of which it is wanted.
    points : sequence of Point
        Measured by month.
    is_upward : bool
        Whether more is better.
    is_demo : bool
        Whether the figures come from generated data.
    ahead : str
        What the forecast says of it; empty where it says nothing.
    """

    code: str
    name: str
    unit: str
    source: str
    value: float
    year: int
    points: Sequence[Point]
    is_upward: bool
    is_demo: bool
    ahead: str = ""


def summary_card(items: Sequence[Item], lang: str) -> html.Section:
    """Return one bar a level with its states, and the number of overdue items."""
    rows = [_level_row(level, [item for item in items if item["level_code"] == level], lang) for level in LEVEL_STATES]
    overdue = sum(item["is_overdue"] for item in items)
    late = html.A(
        [
            html.B(show_exact(overdue, lang)),
            html.Span(t("tracker.overdue", lang)),
            html.Small(t("tracker.overdue_note", lang)),
        ],
        href="/tracker?overdue=1#tracker-list",
        className="tracker-late",
    )
    body = html.Div([html.Div(rows, className="tracker-levels"), late], className="tracker-summary")
    return panel(t("tracker.summary", lang), t("tracker.owner_note", lang), body)


def _level_row(level: str, items: Sequence[Item], lang: str) -> html.Div:
    counts = {state: sum(item["state_code"] == state for item in items) for state in LEVEL_STATES[level]}
    shown = {state: count for state, count in counts.items() if count}
    total = max(1, len(items))
    bar = [
        html.Span(className=f"tracker-part state-{state}", style={"width": f"{100 * count / total:.2f}%"})
        for state, count in shown.items()
    ]
    legend = [
        html.A(
            [
                html.Span(className=f"tracker-dot state-{state}"),
                t(f"tracker.state_{state}", lang),
                html.B(show_exact(count, lang)),
            ],
            href=f"/tracker?level={level}&state={state}#tracker-list",
        )
        for state, count in shown.items()
    ]
    name = html.Div(
        [html.B(t(f"tracker.level_{level.lower()}", lang)), html.Span(t("tracker.items", lang, count=len(items)))]
    )
    return html.Div([name, html.Div(bar, className="tracker-bar"), html.Div(legend, className="tracker-legend")])


def ones_card(items: Sequence[Item], lang: str) -> html.Section:
    """Return the tree of the five ones of the provincial plan."""
    own = [item for item in items if item["plan_code"] == "jiangsu"]
    tiles = [
        _tile(
            t(f"tracker.branch_{branch}", lang),
            [i for i in own if i["branch_code"] == branch],
            f"plan=jiangsu&branch={branch}",
            lang,
        )
        for branch in ONES
    ]
    return panel(
        t("tracker.ones", lang), t("tracker.ones_hint", lang), html.Div(tiles, className="tracker-tiles"), folds=lang
    )


def nines_card(items: Sequence[Item], lang: str) -> html.Section:
    """Return the 1-1-9-4 view of the city plan: one tile a key task."""
    own = [item for item in items if item["plan_code"] == "suzhou"]
    groups = []
    for branch, tasks in NINES:
        inside = [item for item in own if item["branch_code"] == branch]
        tiles = [
            _tile(
                f"{task} {t(f'tracker.task_{task}', lang)}",
                [i for i in inside if i["task_number"] == task],
                f"plan=suzhou&task={task}",
                lang,
            )
            for task in tasks
        ] or [_tile(t(f"tracker.branch_{branch}", lang), inside, f"plan=suzhou&branch={branch}", lang)]
        head = [html.H3(t(f"tracker.branch_{branch}", lang))] if tasks else []
        groups.append(html.Div([*head, html.Div(tiles, className="tracker-tiles is-small")], className="tracker-group"))
    body = html.Div([html.Div(groups[:2], className="tracker-pair"), *groups[2:]], className="tracker-nines")
    return panel(t("tracker.nines", lang), t("tracker.nines_hint", lang), body, folds=lang)


def _tile(name: str, items: Sequence[Item], query: str, lang: str) -> html.A:
    """Return a link to a branch with the shares of what works, what is on the way and what is not."""
    total = max(1, len(items))
    good = sum(item["state_code"] in {"done", "live", "reported_done"} for item in items)
    begun = sum(item["state_code"] in {"partial", "demo_data", "data_ready", "reported_in_progress"} for item in items)
    late = sum(item["is_overdue"] for item in items)
    bar = html.Span(
        [
            html.Span(className="tracker-part state-done", style={"width": f"{100 * good / total:.1f}%"}),
            html.Span(className="tracker-part state-partial", style={"width": f"{100 * begun / total:.1f}%"}),
        ],
        className="tracker-bar",
    )
    facts = [html.Span(f"{show_exact(good, lang)} / {show_exact(len(items), lang)}")]
    if late:
        facts.append(html.Span(f"{t('tracker.overdue', lang)} {show_exact(late, lang)}", className="tracker-overdue"))
    return html.A(
        [html.B(name), bar, html.Span(facts, className="tracker-facts")],
        href=f"/tracker?{query}#tracker-list",
        className="tracker-tile",
    )


def targets_card(targets: Sequence[Target], lang: str) -> html.Section:
    """Return one card a numeric target: value, gap, trajectory by month."""
    tiles = [_target(target, lang) for target in targets]
    return panel(
        t("tracker.targets", lang), t("tracker.targets_hint", lang), html.Div(tiles, className="tracker-targets")
    )


def _target(target: Target, lang: str) -> Component:
    marks = [demo_badge(lang)] if target.is_demo and target.points else []
    head = html.Div([html.H3(target.name), *marks], className="tracker-target-head")
    wanted = t(
        "tracker.target_by",
        lang,
        year=target.year,
        value=show_number(target.value, lang, digits=_digits(target.value)),
        unit=target.unit,
    )
    if not target.points:
        return html.Div(
            [head, html.P(t("tracker.target_no_data", lang)), html.Small(wanted)], className="tracker-target"
        )
    newest = target.points[-1]
    since = _holds_since(target)
    figure = html.P(
        [
            html.B(show_number(newest.value, lang, digits=_digits(newest.value))),
            html.Span(target.unit),
            html.Small(newest.month),
        ]
    )
    state = html.Span(
        [
            icon("circle-check" if since else "hourglass", size=14),
            t("tracker.target_met", lang, month=since) if since else t("tracker.target_open", lang),
        ],
        className="tracker-met" if since else "tracker-open",
    )
    line = trajectory(target.points, target.value, target.year, label=f"{target.name}: {wanted}")
    foot = html.Div([html.Span(wanted), state], className="tracker-target-foot")
    return html.Div(
        [head, figure, line, foot, *([html.P(target.ahead)] if target.ahead else []), html.Small(target.source)],
        className="tracker-target",
        **attributes(data_code=target.code),
    )


def _holds_since(target: Target) -> str:
    """Return the month from which the target has been held to this day, empty where it is not held."""
    since = ""
    for point in target.points:
        is_met = point.value >= target.value if target.is_upward else point.value <= target.value
        since = (since or point.month) if is_met else ""
    return since


def _digits(value: float) -> int:
    return 0 if value == round(value) or abs(value) >= 100 else 2 if abs(value) < 10 else 1
