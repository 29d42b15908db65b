"""Tables of the register of models: by system, by indicator, by model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.stacked_table import stacked_table
from kernel.publishers import department_words
from kernel.words import t

STATES = ("shown", "trend", "worse", "short", "none")
# Columns of every table that are figures of the tests.
TESTS = ("mase", "better", "coverage")
NUMBERS = frozenset({"series_count", *TESTS, "share"})


def figures(values: Mapping[str, str], lang: str) -> html.Div:
    """Return headline figures in a row; the keys are words of the area ``models``."""
    cards = [
        html.Div([html.Span(t(f"models.figure_{key}", lang)), html.B(value)], className="hub-figure")
        for key, value in values.items()
    ]
    return html.Div(cards, className="hub-figures")


def systems_card(lines: Sequence[Mapping[str, Any]], names: Mapping[str, str], lang: str) -> html.Section:
    """Return the systems with their series, states and tests."""
    rows = [
        [names[line["system"]], show_exact(line["series_count"], lang), states(line, lang), *_tests(line, lang)]
        for line in lines
    ]
    return _panel("systems", ("system", "series_count", "states", *TESTS), rows, lang)


def indicators_card(lines: Sequence[Mapping[str, Any]], model_names: Mapping[str, str], lang: str) -> html.Section:
    """Return the indicators of one system: models by share, window, tests, states, owner."""
    if not lines:
        return panel(t("models.indicators", lang), "", empty_figure(t("models.none_measured", lang)))
    rows: list[list[Component | str]] = [
        [
            _over(
                line["indicator"].name_zh if lang == "zh" else line["indicator"].name_en,
                department_words(line["owner"] or "", lang),
            ),
            _over(_used(line["models"], model_names, lang), _window(line)),
            show_exact(line["series_count"], lang),
            _over(states(line, lang), notes(line["notes"], lang)),
            *_tests(line, lang),
        ]
        for line in lines
    ]
    heads = ("indicator", "model", "series_count", "states", *TESTS)
    return _panel("indicators", heads, rows, lang)


def models_card(lines: Sequence[Mapping[str, Any]], lang: str) -> html.Section:
    """Return the models in use: what each is for, how many series it forecasts, how well."""
    total = sum(line["series_count"] for line in lines)
    rows = [
        [
            line["model"].name_zh if lang == "zh" else line["model"].name_en,
            html.Span(line["model"].purpose_zh if lang == "zh" else line["model"].purpose_en),
            show_exact(line["series_count"], lang),
            show_percent(line["series_count"] / total, lang),
            *_tests(line, lang),
        ]
        for line in lines
    ]
    return _panel("models", ("model", "purpose", "series_count", "share", *TESTS), rows, lang)


def states(line: Mapping[str, Any], lang: str) -> str:
    """Return how many series are in each state, those that there are."""
    counts = [(state, line[state]) for state in STATES if line[state]]
    return _listed([f"{t(f'models.state_{state}', lang)} {show_exact(count, lang)}" for state, count in counts])


def notes(found: Sequence[tuple[str, int]], lang: str) -> str:
    """Return how many series carry each note, an empty text where none does."""
    return (
        _listed([f"{t(f'models.note_{code}', lang)} {show_exact(count, lang)}" for code, count in found])
        if found
        else ""
    )


def _used(models: Sequence[tuple[str, float]], names: Mapping[str, str], lang: str) -> str:
    return _listed([f"{names[code]} {show_percent(share, lang, digits=0)}" for code, share in models])


def _window(line: Mapping[str, Any]) -> str:
    """Return the periods that models learned from, an empty text where there are none."""
    first, last = line["first_period"], line["last_period"]
    return f"{first} – {last}" if first and last else ""


def _over(words: str, below: str | None) -> html.Div:
    """Return a cell of two lines, one where nothing is below."""
    return html.Div([words, *([html.Small(below)] if below else [])], className="models-cell")


def _listed(texts: Sequence[str]) -> str:
    return " · ".join(texts) if texts else MISSING


def _tests(line: Mapping[str, Any], lang: str) -> list[str]:
    return [
        f"{show_number(line['mase'], lang)} / {show_number(line['naive_mase'], lang)}",
        show_percent(line["better"], lang, digits=0),
        " / ".join(show_percent(line[name], lang, digits=0) for name in ("coverage_80", "coverage_95")),
    ]


def _panel(name: str, heads: Sequence[str], rows: Sequence[Sequence[Component | str]], lang: str) -> html.Section:
    columns = [(t(f"models.column_{key}", lang), key in NUMBERS) for key in heads]
    made = html.Div(stacked_table(columns, rows), className="table-scroll")
    return panel(t(f"models.{name}", lang), t(f"models.{name}_hint", lang), made, folds=lang)
