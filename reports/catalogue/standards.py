"""Scores by a standard of fitness circles: regions, clauses, the cells that fail and their cheapest mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.standards import Standard
from components.numbers import show_exact, show_percent
from components.standards_panel import clause_name, pass_rule, standard_name
from components.theme import COVERAGE, DIFFERENCE
from kernel.errors import AccessDenied, WordedError
from kernel.words import t
from reports.catalogue._areas import Area, asked_area, box_around, region_columns, region_shapes, squares
from reports.catalogue._classes import coverage_classes
from reports.catalogue._words import SEPARATOR
from reports.content import Classes, Column, Content, Layer, Picture, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import standard_scores
from warehouse.queries.coverage import step_limits

USES = ("venue", "street", "population_cell", "region", "code_list")
FIRST = "jiangsu_10_min"
WHOLE = standard_scores.WHOLE
# Cells that are listed with their mend, those with most residents first.
LISTED_CELLS = 2000
# Residents of a failing cell: limits and colours, as on the page.
_LACK_LIMITS = (50.0, 150.0)
_LACK_COLOURS = tuple(DIFFERENCE[step] for step in (2, 1, 0))


@dataclass(frozen=True, slots=True)
class _Scored:
    """The standard and what the visitor may read of its scores; ``cells`` is None without the right to cells."""

    code: str
    standard: Standard
    area: Area
    lines: pl.DataFrame
    cells: pl.DataFrame | None
    cell_count: int
    failing_count: int


def make(asked: Asked) -> Content:
    """Return the scores of ``standard=`` in ``region=``."""
    found = _scored(asked)
    lang, standard = asked.lang, found.standard
    by_region = _by_region(asked, found)
    cells = _cell_table(asked, found)
    tables = (by_region, _by_clause(asked, found), *([cells] if cells else []))
    layers = _layers(asked, found, by_region, cells) if asked.file_format != "xlsx" else ()
    notes = {clause_name(clause, lang): _note(clause.note_zh, clause.note_en, lang) for clause in standard.clauses}
    return Content(
        title=asked.words("standard_title", standard=standard_name(standard, lang)),
        subtitle=SEPARATOR.join([found.area.name, pass_rule(standard, lang)]),
        lang=lang,
        provenance=provenance(lang, asked.address, USES),
        definitions={
            t("standards.standard", lang): pass_rule(standard, lang),
            t("standards.method", lang): t("standards.method_text", lang),
            asked.words("standard_source"): standard.source_en if lang == "en" else standard.source_zh,
            asked.words("mend"): t("standards.price_note", lang, code=found.code),
            **{name: note for name, note in notes.items() if note},
        },
        tables=tables,
        layers=layers,
        picture=_picture(asked, found.area, layers) if layers else None,
        sections=_sections(asked, found, tables),
    )


def _scored(asked: Asked) -> _Scored:
    if not standard_scores.is_scored():
        raise WordedError("export.not_scored")
    code = asked.query.get("standard") or FIRST
    if code not in standard_scores.known():
        raise WordedError("export.no_standard", standard=code[:60], known=", ".join(standard_scores.known()))
    area = asked_area(asked)
    lines = area.regions.join(standard_scores.by_region(asked.scope, code), on="region_code", how="inner").with_columns(
        share=pl.when(pl.col("resident_count") > 0).then(pl.col("passing_resident_count") / pl.col("resident_count"))
    )
    standard = standard_scores.standard_of(code)
    try:
        parts = [standard_scores.cells(asked.scope, code, top, cap=LISTED_CELLS) for top in area.tops]
    except AccessDenied:
        return _Scored(code, standard, area, lines, None, 0, 0)
    cells = pl.concat([part.frame for part in parts]).sort("resident_count", descending=True, maintain_order=True)
    return _Scored(
        code,
        standard,
        area,
        lines,
        cells.head(LISTED_CELLS),
        sum(part.cell_count for part in parts),
        sum(part.failing_cell_count for part in parts),
    )


def _by_region(asked: Asked, found: _Scored) -> Table:
    lang, people = asked.lang, asked.words("unit_people")
    columns = (
        *region_columns(asked),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("passing_resident_count", t("standards.pass_share", lang), "count", people),
        Column("share", asked.words("pass_share"), "share"),
        Column("mean_points", t("standards.mean_points", lang), "decimal", asked.words("unit_points")),
    )
    frame = found.lines.filter(pl.col("clause_code") == WHOLE).sort("region_code")
    return Table.of(t("standards.by_area", lang), columns, frame, note=pass_rule(found.standard, lang))


def _by_clause(asked: Asked, found: _Scored) -> Table:
    lang, people = asked.lang, asked.words("unit_people")
    names = {clause.code: clause_name(clause, lang) for clause in found.standard.clauses}
    order = {code: place for place, code in enumerate(names)}
    columns = (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("clause_name", asked.words("clause")),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("passing_resident_count", t("standards.by_clause", lang), "count", people),
        Column("share", asked.words("pass_share"), "share"),
    )
    frame = found.lines.filter(pl.col("clause_code").is_in(list(names)))
    code = pl.col("clause_code")
    frame = frame.with_columns(clause_name=code.replace_strict(names, return_dtype=pl.String)).sort(
        "region_code", code.replace_strict(order, return_dtype=pl.Int64)
    )
    return Table.of(asked.words("by_clause"), columns, frame)


def _cell_table(asked: Asked, found: _Scored) -> Table | None:
    if found.cells is None:
        return None
    lang = asked.lang
    columns = (
        Column("cell_index", asked.words("cell"), "count"),
        Column("region_name", asked.words("region_name")),
        Column("lon", asked.words("lon"), "degree", "°"),
        Column("lat", asked.words("lat"), "degree", "°"),
        Column("resident_count", asked.words("residents"), "count", asked.words("unit_people")),
        Column("points", t("standards.points", lang), "decimal", asked.words("unit_points")),
        Column("failed_names", asked.words("failed")),
        Column("mend", asked.words("mend")),
        Column("price_10k_cny", asked.words("price"), "decimal", asked.words("unit_price")),
    )
    names = dict(zip(found.area.codes, found.area.regions["region_name"].to_list(), strict=True))
    frame = found.cells.with_columns(
        region_name=pl.col("region_code").replace_strict(names, default=None, return_dtype=pl.String),
        failed_names=pl.Series(
            [_failed(found.standard, codes, lang) for codes in found.cells["failed"]], dtype=pl.String
        ),
        mend=pl.Series(
            [_mend(found.standard, row, lang) for row in found.cells.iter_rows(named=True)], dtype=pl.String
        ),
    )
    numbers = {"failing": found.failing_count, "cells": found.cell_count}
    note = t(
        "standards.worst_note",
        lang,
        **{key: show_exact(number, lang) for key, number in numbers.items()},
        shown=show_exact(frame.height, lang),
    )
    return Table.of(t("standards.worst_cells", lang), columns, frame, note=note)


def _failed(standard: Standard, codes: list[str], lang: str) -> str:
    return t("export.list_join", lang).join(
        clause_name(clause, lang) for clause in standard.clauses if clause.code in codes
    )


def _mend(standard: Standard, row: Mapping[str, object], lang: str) -> str:
    built = row["built"]
    if row["price_10k_cny"] is None or not isinstance(built, list):
        return t("standards.no_mend", lang)
    parts = [
        f"{facility.name_en if lang == 'en' else facility.name_zh} × {number}"
        for facility, number in zip(standard.facilities, built, strict=True)
        if number
    ]
    return t("standards.and", lang).join(parts)


def _layers(asked: Asked, found: _Scored, by_region: Table, cells: Table | None) -> tuple[Layer, ...]:
    leaves = set(found.area.leaves)
    rows = [row for row in by_region.rows if row[0] in leaves]
    at = [column.key for column in by_region.columns].index("share")
    shares = [row[at] for row in rows]
    limits = step_limits([share for share in shares if isinstance(share, float)])
    title = t("standards.legend_counties", asked.lang)
    county = Layer(
        "county",
        Table(title, by_region.columns, rows, by_region.note),
        region_shapes(asked.scope, [str(row[0]) for row in rows]),
        "area",
        COVERAGE["light"][3],
        coverage_classes(limits),
    )
    if cells is None or found.cells is None:
        return (county,)
    ends = [f"{limit:g}" for limit in _LACK_LIMITS]
    labels = (f"< {ends[0]}", f"{ends[0]}–{ends[1]}", f"≥ {ends[1]}")
    classes = Classes("resident_count", _LACK_COLOURS, labels, limits=_LACK_LIMITS)
    listed = Table(t("standards.legend_cells", asked.lang), cells.columns, cells.rows, cells.note)
    return county, Layer("failing_cell", listed, squares(found.cells), "area", _LACK_COLOURS[-1], classes)


def _picture(asked: Asked, area: Area, layers: tuple[Layer, ...]) -> Picture:
    borders = region_shapes(asked.scope, area.leaves)
    return Picture(layers, borders, region_shapes(asked.scope, area.cities), box_around(layers[0].shapes))


def _sections(asked: Asked, found: _Scored, tables: tuple[Table, ...]) -> tuple[Section, ...]:
    lang = asked.lang
    tops = found.lines.filter((pl.col("clause_code") == WHOLE) & pl.col("region_code").is_in(found.area.tops))
    findings = [
        asked.words(
            "standard_finding",
            region=row["region_name"],
            residents=show_exact(row["resident_count"], lang),
            passing=show_exact(row["passing_resident_count"], lang),
            share=show_percent(row["share"], lang),
        )
        for row in tops.iter_rows(named=True)
    ]
    clauses = tables[1]
    top_clauses = Table(clauses.title, clauses.columns[1:], [r[1:] for r in clauses.rows if r[0] in found.area.tops])
    sections = [
        Section(asked.words("findings"), tuple(findings), has_picture=True),
        Section(asked.words("by_clause"), tables=(top_clauses,)),
        Section(asked.words("by_region"), tables=(tables[0].without("region_code"),)),
    ]
    if len(tables) > 2:
        short = tables[2].without("cell_index", "lon", "lat")
        rows = short.rows[:30]
        sections.append(
            Section(t("standards.worst_cells", lang), tables=(Table(short.title, short.columns, rows, short.note),))
        )
    return tuple(sections)


def _note(zh: str, en: str, lang: str) -> str:
    return en if lang == "en" else zh


EXPORT = Export("standards", "planning.view", "/planning/standards", ("xlsx", "gpkg", "geojson", "docx", "png"), make)
