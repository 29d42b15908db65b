"""Parts of the standards page: the register, the code lists, and who follows the standards."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.numbers import MISSING, show_exact, show_percent
from kernel.words import catalogue, t
from warehouse.queries.standard_register import COUNTS, CodeUse

# Units without a citation that are listed.
LISTED_UNITS = 30
STATES = ("in_force", "issued", "drafting")
_STATE_CLASS = {"in_force": "good", "issued": "some", "drafting": "none"}

Names = Mapping[tuple[str, str], str]
Cell = Component | str


def code_names(codes: pl.DataFrame, lang: str) -> Names:
    """Return ``{(list, code): name}`` in a language."""
    name = "code_name_en" if lang == "en" else "code_name_zh"
    return {(row[0], row[1]): row[2] for row in codes.select("list_name", "code", name).iter_rows()}


def source_words(source: str, lang: str) -> str:
    """Return where a code list comes from, in a language where its source is a common one, else as it is written."""
    key = "register.source_" + re.sub(r"[^a-z]+", "_", source.lower()).strip("_")
    return t(key, lang) if key in catalogue() else source


def figures(entries: Sequence[tuple[str, str, str]]) -> html.Section:
    """Return a card of figures: label, value and a line below each."""
    return html.Section(
        [
            html.Div([html.Span(label), html.B(value), html.Small(note)], className="hub-figure")
            for label, value, note in entries
        ],
        className="hub-figures",
    )


def table(heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[Cell]], label: str) -> html.Div:
    """Return a table: heads are (words, class), the class of a column also being that of its cells."""
    head = html.Tr([html.Th(words, className=name, scope="col") for words, name in heads])
    body = [
        html.Tr([html.Td(cell, className=name) for cell, (_, name) in zip(row, heads, strict=True)]) for row in rows
    ]
    caption = html.Caption(label, className="visually-hidden")
    named = html.Table([caption, html.Thead(head), html.Tbody(body)], className="table")
    return html.Div(named, className="table-scroll")


def mark(words: str, kind: str) -> html.Span:
    """Return a word with a shape: ``good`` is filled, ``some`` half, ``none`` empty, ``bad`` a cross."""
    return html.Span([html.Span(className=f"register-shape {kind}"), words], className="register-mark")


def share_bar(share: float | None, lang: str) -> Cell:
    """Return a bar with its percentage, a dash where there is nothing to divide."""
    if share is None:
        return MISSING
    bar = html.Span(html.Span(style={"width": f"{share * 100:.1f}%"}), className="bar")
    return html.Span([bar, html.B(show_percent(share, lang, digits=0))], className="cell-bar")


def register_view(frame: pl.DataFrame, names: Names, lang: str) -> list[Component]:
    """Return the register: figures, coverage of the key fields, every standard."""
    if frame.is_empty():
        return [empty_figure(t("register.none", lang))]
    planned = frame.filter(pl.col("is_planned"))
    in_force = planned.filter(pl.col("status") == "in_force").height
    head = figures(
        [
            (t("register.standards", lang), show_exact(frame.height, lang), ""),
            (
                t("register.planned_in_force", lang),
                show_exact(in_force, lang),
                t("register.planned_note", lang, count=planned.height),
            ),
            (t("register.drafting", lang), show_exact(planned.filter(pl.col("status") == "drafting").height, lang), ""),
        ]
    )
    return [head, _fields(frame, names, lang), _standards(frame, names, lang)]


def _fields(frame: pl.DataFrame, names: Names, lang: str) -> html.Section:
    heads = [(t("register.field", lang), ""), *((names.get(("standard_status", s), s), "number") for s in STATES)]
    order = [code for name, code in names if name == "standard_field"]
    rows: list[list[Cell]] = []
    for field in order:
        own = frame.filter(pl.col("field_code") == field)["status"].to_list()
        counts = [own.count(state) for state in STATES]
        rows.append([names["standard_field", field], *(str(count) if count else MISSING for count in counts)])
    title = t("register.fields", lang)
    return panel(title, t("register.fields_hint", lang), table(heads, rows, title))


def _standards(frame: pl.DataFrame, names: Names, lang: str) -> html.Section:
    keys = ("standard", "kind", "field", "status", "issued_on", "in_force_on", "units", "source")
    heads = [(t(f"register.{key}", lang), "number" if key == "units" else "") for key in keys]
    rows: list[list[Cell]] = []
    for row in frame.iter_rows(named=True):
        title = row["title_en"] if lang == "en" and row["title_en"] else row["title"]
        plan = [html.Span(t("register.plan_mark", lang), className="register-chip")] if row["is_planned"] else []
        state = names.get(("standard_status", row["status"]), row["status"])
        rows.append(
            [
                html.Span([html.B(row["standard_id"]), *plan, html.Span(title)], className="register-standard"),
                names.get(("standard_kind", row["kind"]), row["kind"]),
                names.get(("standard_field", row["field_code"]), row["field_code"]),
                mark(state, _STATE_CLASS.get(row["status"], "none")),
                _day(row["issued_on"]),
                _day(row["in_force_on"]),
                show_exact(row["adopted_unit_count"], lang),
                html.Span((row["source_en"] if lang == "en" else row["source"]) or MISSING, className="small"),
            ]
        )
    title = t("register.register", lang)
    return panel(title, t("register.register_hint", lang), table(heads, rows, title))


def _day(day: Any) -> str:
    return MISSING if day is None else day.isoformat()


def codes_view(codes: pl.DataFrame, uses: Mapping[str, Sequence[CodeUse]], asked: str, lang: str) -> list[Component]:
    """Return the code lists: figures, the choice of a list, its codes and the columns that use it."""
    lists = codes["list_name"].unique().sort().to_list()
    if not lists:
        return [empty_figure(t("register.none", lang))]
    chosen = asked if asked in lists else lists[0]
    own = codes.filter(pl.col("list_name") == chosen)
    head = figures(
        [
            (t("register.lists", lang), show_exact(len(lists), lang), ""),
            (t("register.codes", lang), show_exact(codes.height, lang), ""),
            (t("register.used_columns", lang), show_exact(sum(len(found) for found in uses.values()), lang), ""),
        ]
    )
    options = [
        html.Option(_list_name(name, uses, lang), value=name, selected=name == chosen)
        for name in sorted(lists, key=lambda name: _list_name(name, uses, lang))
    ]
    form = html.Form(
        [
            html.Label([html.Span(t("register.choose_list", lang)), html.Select(options, name="list")]),
            html.Button(t("register.show", lang), type="submit", className="button"),
        ],
        method="get",
        className="card register-form",
    )
    halves = html.Div(
        [_codes(own, chosen, _list_name(chosen, uses, lang), lang), _uses(uses.get(chosen, ()), lang)],
        className="halves",
    )
    return [head, form, halves]


def _list_name(name: str, uses: Mapping[str, Sequence[CodeUse]], lang: str) -> str:
    """Return what a list is called: the column that uses it first, and the list's own name."""
    found = uses.get(name)
    if not found:
        return name
    return t("register.list_of", lang, column=found[0].column_en if lang == "en" else found[0].column_zh, name=name)


def _codes(own: pl.DataFrame, chosen: str, title: str, lang: str) -> html.Section:
    name = "code_name_en" if lang == "en" else "code_name_zh"
    heads = [(t(f"register.{key}", lang), "") for key in ("code", "name", "above")]
    rows = [
        [html.Code(code), text, above or MISSING]
        for code, text, above in own.select("code", name, "parent_code").rows()
    ]
    said = {
        column: t("register.join", lang).join(
            source_words(text, lang) for text in own[column].drop_nulls().unique().sort()
        )
        for column in ("standard", "source")
    }
    hint = t(
        "register.list_hint",
        lang,
        count=own.height,
        standard=said["standard"] or t("register.no_standard", lang),
        source=said["source"] or MISSING,
    )
    return panel(title, hint, table(heads, rows, chosen))


def _uses(found: Sequence[CodeUse], lang: str) -> html.Section:
    lines = [
        html.Li(
            [
                html.A(use.dataset_en if lang == "en" else use.dataset_zh, href=f"/data/dataset?code={use.dataset}"),
                html.Span(use.column_en if lang == "en" else use.column_zh),
                html.Code(f"{use.dataset}.{use.column}"),
            ]
        )
        for use in found
    ]
    body = html.Ul(lines, className="register-uses") if lines else html.P(t("register.no_uses", lang), className="hint")
    return panel(t("register.uses", lang), t("register.uses_hint", lang), body)


def adoption_view(
    units: pl.DataFrame, areas: pl.DataFrame, region_names: Mapping[str, str], lang: str
) -> list[Component]:
    """Return adoption: figures, areas, and the units that cite nothing.

    Parameters
    ----------
    units : polars.DataFrame
        Of ``warehouse.queries.standard_register.adoption``.
    areas : polars.DataFrame
        Of ``by_region``.
    region_names : mapping
        Names of the regions by code.
    lang : str
        Language.
    """
    if units.is_empty():
        return [empty_figure(t("register.none", lang))]
    system, citing_system, project, citing_project = (int(units[name].sum()) for name in COUNTS)
    cites = units.filter((pl.col("citing_system_count") + pl.col("citing_project_count")) > 0)
    head = figures(
        [
            (
                t("register.system_share", lang),
                show_percent(_share(citing_system, system), lang),
                t("register.of_systems", lang, part=citing_system, count=system),
            ),
            (
                t("register.project_share", lang),
                show_percent(_share(citing_project, project), lang),
                t("register.of_projects", lang, part=citing_project, count=project),
            ),
            (
                t("register.adopting_units", lang),
                show_exact(cites.height, lang),
                t("register.of_units", lang, count=units.height),
            ),
        ]
    )
    return [head, html.Div([_areas(areas, region_names, lang), _citing_none(units, lang)], className="halves")]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _areas(areas: pl.DataFrame, region_names: Mapping[str, str], lang: str) -> html.Section:
    keys = ("area", "units", "system_share", "project_share")
    heads = [(t(f"register.{key}", lang), "number" if key == "units" else "") for key in keys]
    rows: list[list[Cell]] = []
    for row in areas.iter_rows(named=True):
        code = row["region_code"]
        own = code.endswith("0000")
        name = t("register.province_units", lang) if own else region_names.get(code, code)
        rows.append(
            [
                name,
                show_exact(row["unit_count"], lang),
                share_bar(_share(row["citing_system_count"], row["system_count"]), lang),
                share_bar(_share(row["citing_project_count"], row["project_count"]), lang),
            ]
        )
    title = t("register.by_area", lang)
    return panel(title, t("register.by_area_hint", lang), table(heads, rows, title))


def _citing_none(units: pl.DataFrame, lang: str) -> html.Section:
    size = pl.col("system_count") + pl.col("project_count")
    silent = units.filter((pl.col("citing_system_count") + pl.col("citing_project_count")) == 0)
    listed = silent.sort([size, pl.col("unit_code")], descending=[True, False]).head(LISTED_UNITS)
    title = t("register.citing_none", lang)
    if silent.is_empty():
        return panel(title, "", html.P(t("register.everybody_cites", lang), className="hint"))
    heads = [
        (t("register.unit", lang), ""),
        (t("register.systems", lang), "number"),
        (t("register.projects", lang), "number"),
    ]
    rows = [
        [name, str(systems), str(projects)]
        for name, systems, projects in listed.select("unit_name", "system_count", "project_count").rows()
    ]
    hint = t("register.citing_none_hint", lang, count=silent.height, shown=listed.height)
    return panel(title, hint, table(heads, rows, title))
