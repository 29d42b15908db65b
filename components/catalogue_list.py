"""The list of the catalogue: filters as plain controls, one row a dataset for the browser to filter and draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.numbers import MISSING, show_count, show_exact, show_number
from kernel.clock import as_shown, from_stored
from kernel.publishers import department_words
from kernel.words import t

# Themes in the order of the plan; levels and the others in the order of the contracts.
THEMES = (
    "public_sport",
    "elite",
    "youth",
    "industry",
    "government",
    "infrastructure",
    "security",
    "data_hub",
    "reference",
)
FILTERS = ("theme", "level", "sharing", "cadence", "owner", "state")
COLUMNS = ("dataset", "theme", "owner", "level", "sharing", "cadence", "delivered", "rows", "quality", "state")
NUMBERS = ("rows", "quality")


def words_of(kind: str, code: str | None, lang: str) -> str:
    """Return the words of a code of the catalogue, e.g. ``theme`` and ``elite``."""
    return MISSING if code is None else t(f"catalogue.{kind}_{code.replace(' ', '_')}", lang)


def dataset_name(row: Mapping[str, Any], lang: str) -> str:
    """Return the name of a dataset in a language."""
    return str(row["name_en" if lang == "en" else "name_zh"])


def catalogue_figures(frame: pl.DataFrame, lang: str) -> html.Div:
    """Return the headline figures: datasets, how many hold data, rows, columns, how many are late."""
    filled = frame.filter(pl.col("origin").is_not_null())
    figures = {
        "datasets": str(frame.height),
        "filled": str(filled.height),
        "rows": show_count(sum(filled["row_count"]), lang),
        "columns": show_exact(sum(frame["column_count"]), lang),
        "late": str(frame.filter(pl.col("state") == "late").height),
    }
    return html.Div(
        [
            html.Div([html.Span(t(f"catalogue.figure_{code}", lang)), html.B(value)], className="hub-figure")
            for code, value in figures.items()
        ],
        className="hub-figures",
    )


def catalogue_list(
    frame: pl.DataFrame, columns: pl.DataFrame, scores: Mapping[str, tuple[float | None, str]], lang: str
) -> html.Section:
    """Return filters and table; ``catalogue.js`` draws the rows and keeps the address up to date.

    Parameters
    ----------
    frame : DataFrame
        ``warehouse.queries.catalogue.datasets``.
    columns : DataFrame
        ``warehouse.queries.catalogue.columns`` of all datasets: what the text is also looked for in.
    scores : mapping
        ``{dataset: (score 0..100 or None, reason)}``.
    lang : str
        Language.
    """
    looked_in: dict[str, list[str]] = {}
    for dataset, *names in columns.select("dataset", "column_name", "name_zh", "name_en").iter_rows():
        looked_in.setdefault(dataset, []).extend(names)
    rows = [
        _row(row, " ".join(looked_in.get(row["dataset"], ())), scores.get(row["dataset"], (None, "")), lang)
        for row in frame.iter_rows(named=True)
    ]
    order = {theme: place for place, theme in enumerate(THEMES)}
    rows.sort(key=lambda row: (order.get(row["codes"]["theme"], len(order)), row["code"]))
    said = {
        "columns": [{"key": key, "title": t(f"catalogue.{key}", lang), "number": key in NUMBERS} for key in COLUMNS],
        "none": t("catalogue.none", lang),
        "shown": t("catalogue.shown", lang, shown="{shown}", all="{all}"),
        "demo": t("shell.demo_mark", lang),
    }
    return html.Section(
        [
            html.Div(
                [
                    html.H2(t("catalogue.list", lang), className="card-title"),
                    html.P(id="catalogue-count", className="small", **attributes(aria_live="polite")),
                ],
                className="panel-head",
            ),
            html.Form(_filters(frame, lang), id="catalogue-filters", className="catalogue-filters"),
            html.Div(id="catalogue-table", className="table-scroll"),
            dcc.Store(id="catalogue-data", data={"rows": rows, "words": said}),
            dcc.Store(id="catalogue-drawn"),
        ],
        className="card",
        **attributes(aria_label=t("catalogue.list", lang)),
    )


def _row(row: Mapping[str, Any], looked_in: str, quality: tuple[float | None, str], lang: str) -> dict[str, Any]:
    score, reason = quality
    stored = row["delivered_at"]
    name, owner = dataset_name(row, lang), department_words(row["owner"], lang)
    return {
        "code": row["dataset"],
        "name": name,
        "is_demo": row["is_demo"],
        "codes": {key: row[key] for key in FILTERS},
        "find": " ".join([row["dataset"], row["name_zh"], row["name_en"], row["owner"], owner, looked_in]).lower(),
        "title": {"quality": reason, "level": words_of("level", row["level"], lang)},
        # What is shown, and what is sorted by where that differs.
        "show": {
            "theme": words_of("theme", row["theme"], lang),
            "owner": owner,
            "level": t(f"catalogue.short_{row['level']}", lang),
            "sharing": words_of("sharing", row["sharing"], lang),
            "cadence": words_of("cadence", row["cadence"], lang),
            "delivered": MISSING if stored is None else as_shown(from_stored(stored))[:10],
            "rows": MISSING if row["origin"] is None else show_count(row["row_count"], lang),
            "quality": show_number(score, lang, digits=1),
            "state": words_of("state", row["state"], lang),
        },
        "sort": {
            "dataset": row["dataset"],
            "rows": row["row_count"] if row["origin"] else None,
            "quality": score,
            "delivered": stored,
            "level": row["level"],
            "cadence": 99_999 if row["cadence_days"] is None else row["cadence_days"],
        },
    }


def _filters(frame: pl.DataFrame, lang: str) -> list[Component]:
    find = html.Label(
        [
            html.Span(t("catalogue.find", lang)),
            dcc.Input(
                id="catalogue-text",
                name="text",
                type="search",
                placeholder=t("catalogue.find_hint", lang),
                autoComplete="off",
                maxLength=60,
            ),
        ],
        className="catalogue-find",
    )
    clear = html.Button(t("catalogue.clear", lang), type="reset", className="quiet")
    return [find, *(_choice(name, _options(frame, name, lang), lang) for name in FILTERS), clear]


def _options(frame: pl.DataFrame, name: str, lang: str) -> list[tuple[str, str]]:
    """Return code and words of what occurs."""
    codes = sorted(set(frame[name].to_list()))
    if name == "theme":
        codes.sort(key=lambda code: THEMES.index(code) if code in THEMES else len(THEMES))
    said = (department_words(code, lang) if name == "owner" else words_of(name, code, lang) for code in codes)
    return list(zip(codes, said, strict=True))


def _choice(name: str, options: Sequence[tuple[str, str]], lang: str) -> html.Label:
    entries = [html.Option(t("catalogue.all", lang), value="")]
    entries += [html.Option(text, value=value) for value, text in options]
    return html.Label([html.Span(t(f"catalogue.{name}", lang)), html.Select(entries, name=name)])
