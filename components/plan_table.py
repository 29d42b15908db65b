"""The table of plan items: filters as plain controls, rows handed to the browser, which filters and draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from components.numbers import show_number
from components.plan_cards import LEVEL_STATES, NINES, ONES
from kernel.publishers import department_words
from kernel.words import t

Item = Mapping[str, Any]

COLUMNS = ("item", "name", "level", "owner", "year", "state", "evidence")
# Words that the browser puts together.
SAID = (
    "works_when",
    "chapter",
    "target",
    "evidence",
    "missing",
    "lacks",
    "no_evidence",
    "reported",
    "not_reported",
    "overdue",
    "none",
)


def plan_table(items: Sequence[Item], lang: str) -> html.Section:
    """Return the list with its filters; ``tracker.js`` draws it and keeps the address up to date."""
    owners = sorted({item["owner_unit"] for item in items})
    years = sorted({item["due_year"] for item in items})
    states = list(dict.fromkeys(state for states in LEVEL_STATES.values() for state in states))
    branches = [*ONES, *(branch for branch, _ in NINES)]
    tasks = [task for _, group in NINES for task in group]
    choices: dict[str, list[tuple[str, str]]] = {
        "plan": [(code, t(f"tracker.plan_{code}", lang)) for code in ("jiangsu", "suzhou")],
        "level": [(code, t(f"tracker.level_{code.lower()}", lang)) for code in LEVEL_STATES],
        "state": [(code, t(f"tracker.state_{code}", lang)) for code in states],
        "branch": [(code, t(f"tracker.branch_{code}", lang)) for code in branches],
        "task": [(str(task), f"{task} {t(f'tracker.task_{task}', lang)}") for task in tasks],
        "owner": [(owner, department_words(owner, lang)) for owner in owners],
        "year": [(str(year), str(year)) for year in years],
        "overdue": [("1", t("tracker.field_overdue_only", lang))],
    }
    fields = [_select(name, options, lang) for name, options in choices.items()]
    search = dcc.Input(
        id="tracker-q",
        type="search",
        placeholder=t("tracker.field_q_hint", lang),
        className="tracker-q",
        debounce=False,
    )
    find = html.Label([html.Span(t("tracker.field_q", lang)), search])
    clear = html.Button(t("tracker.clear", lang), id="tracker-clear", type="button", className="quiet")
    return html.Section(
        [
            html.Div(
                [
                    html.H2(t("tracker.list", lang), className="card-title"),
                    html.P(id="tracker-count", className="small"),
                ],
                className="panel-head",
            ),
            html.Div([find, *fields, clear], className="tracker-filters"),
            html.Div(id="tracker-table", className="table-scroll"),
            dcc.Store(id="tracker-items", data=_handed(items, lang)),
        ],
        className="card",
        id="tracker-list",
    )


def _select(name: str, options: Sequence[tuple[str, str]], lang: str) -> html.Label:
    entries = [
        html.Option(t("tracker.all", lang), value=""),
        *(html.Option(text, value=code) for code, text in options),
    ]
    return html.Label([html.Span(t(f"tracker.field_{name}", lang)), html.Select(entries, id=f"tracker-{name}")])


def _handed(items: Sequence[Item], lang: str) -> dict[str, Any]:
    return {
        "columns": [[code, t(f"tracker.column_{code}", lang)] for code in COLUMNS],
        "words": {key: t(f"tracker.{key}", lang) for key in SAID}
        | {"shown": t("tracker.shown", lang, shown="{shown}", count="{count}")}
        | {"more": t("tracker.more", lang, count="{count}")}
        | {"open_item": t("tracker.open_item", lang, item="{item}")},
        "kinds": {kind: t(f"tracker.kind_{kind}", lang) for kind in ("page", "table", "dataset", "export", "test")},
        "states": {state: t(f"tracker.state_{state}", lang) for states in LEVEL_STATES.values() for state in states},
        "levels": {level: t(f"tracker.level_short_{level.lower()}", lang) for level in LEVEL_STATES},
        "items": [_row(item, lang) for item in items],
    }


def _row(item: Item, lang: str) -> dict[str, Any]:
    name = item["name_zh"] if lang == "zh" else item["name_en"] or item["name_zh"]
    criterion = item["works_when"] if lang == "en" else item["works_when_zh"] or item["works_when"]
    target = ""
    if item["target_value"] is not None:
        digits = 0 if item["target_value"] == round(item["target_value"]) else 2
        target = f"{show_number(item['target_value'], lang, digits=digits)} {item['target_unit']}"
    reported = ""
    if item["reported_state"]:
        reported = f"{item['reported_state']} · {item['reported_on']} · {item['reported_note'] or ''}"
    return {
        "item": item["item_id"],
        "name": name,
        "plan": item["plan_code"],
        "level": item["level_code"],
        "branch": item["branch_code"],
        "task": "" if item["task_number"] is None else str(item["task_number"]),
        "owner": item["owner_unit"],
        "owner_words": department_words(item["owner_unit"], lang),
        "year": str(item["due_year"]),
        "state": item["state_code"],
        "overdue": "1" if item["is_overdue"] else "",
        "evidence": item["evidence"],
        "missing": item["missing"],
        "lacks": [t(f"tracker.lack_{code}", lang) for code in item["lacks"]],
        "chapter": item["chapter"] or "",
        "works_when": criterion or "",
        "target": target,
        "reported": reported,
    }
