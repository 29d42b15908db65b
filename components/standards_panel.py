"""The left panel of the standards page: which standard, which area, what each clause asks for and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from analytics.standards import Clause, Standard
from components.attributes import attributes
from kernel.words import t


def standard_name(standard: Standard, lang: str) -> str:
    """Return the name of a standard in a language."""
    return standard.name_en if lang == "en" else standard.name_zh


def clause_name(clause: Clause, lang: str) -> str:
    """Return what a clause asks for in a language."""
    return clause.name_en if lang == "en" else clause.name_zh


def standards_panel(
    standards: Mapping[str, Standard], chosen: str, areas: Sequence[tuple[str, str]], area: str, lang: str
) -> list[Component]:
    """Return the controls and the clauses of the chosen standard.

    Parameters
    ----------
    standards : mapping
        Standards by code.
    chosen : str
        Code of the one shown at first.
    areas : sequence of (str, str)
        Code and name of the regions to choose from.
    area : str
        The region shown at first.
    lang : str
        Language.
    """
    return [
        html.Section(
            [
                dmc.Select(
                    id="standards-code",
                    label=t("standards.standard", lang),
                    data=[{"value": code, "label": standard_name(item, lang)} for code, item in standards.items()],
                    value=chosen,
                    allowDeselect=False,
                ),
                dmc.Select(
                    id="standards-area",
                    label=t("standards.area", lang),
                    data=[{"value": code, "label": name} for code, name in areas],
                    value=area,
                    searchable=True,
                    allowDeselect=False,
                ),
            ],
            className="panel-part standards-choice",
        ),
        html.Div(clause_list(standards[chosen], lang), id="standards-clauses"),
    ]


def clause_list(standard: Standard, lang: str) -> list[Component]:
    """Return the clauses of a standard with their points, notes and whether they were compared with the original."""
    return [
        html.Section(
            [
                html.H2(t("standards.clauses", lang), className="panel-title"),
                html.P(pass_rule(standard, lang), className="standards-rule"),
                html.Ul([_clause(clause, lang) for clause in standard.clauses], className="standards-clauses"),
                html.P(
                    t("standards.source", lang, source=standard.source_en if lang == "en" else standard.source_zh),
                    className="source",
                ),
            ],
            className="panel-part",
        ),
        html.Details(
            [html.Summary(t("standards.method", lang)), html.P(t("standards.method_text", lang))], className="method"
        ),
    ]


def pass_rule(standard: Standard, lang: str) -> str:
    """Return in words when a cell meets the standard."""
    if len(standard.clauses) == 1:
        return t("standards.passes_from_one", lang)
    key = "passes_from_all" if standard.pass_points == standard.most_points else "passes_from"
    return t(f"standards.{key}", lang, most=f"{standard.most_points:g}", points=f"{standard.pass_points:g}")


def _clause(clause: Clause, lang: str) -> html.Li:
    worth = t("standards.worth_one", lang)
    if clause.most_points > 1:
        worth = t("standards.worth", lang, points=f"{clause.most_points:g}")
    kind = "verified" if clause.is_verified else "unverified"
    note = clause.note_en if lang == "en" else clause.note_zh
    return html.Li(
        [
            html.B(clause_name(clause, lang)),
            html.Div(
                [
                    html.Span(worth, className="standards-worth"),
                    html.Span(t(f"standards.{kind}", lang), className=f"standards-{kind}"),
                ],
                className="standards-facts",
            ),
            *([html.P(note, className="standards-note")] if note else []),
        ],
        **attributes(data_clause=clause.code),
    )
