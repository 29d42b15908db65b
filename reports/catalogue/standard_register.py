"""The register of standards as a file: every standard, who cites them, and the columns that use each code list."""

from __future__ import annotations

import polars as pl

from components.register_view import code_names
from kernel.words import t
from reports.content import Column, Content, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import standard_register

USES = ("standard_register", "system_register", "project_register", "code_list")


def make(asked: Asked) -> Content:
    """Return the register; adoption by unit only for visitors who may read internal data."""
    lang = asked.lang
    tables = [_register(asked), _uses(asked)]
    if asked.scope.covers("internal"):
        tables.insert(1, _adoption(asked))
    title = t("register.register", lang)
    return Content(
        title=title,
        subtitle=t("register.title", lang),
        lang=lang,
        provenance=provenance(lang, asked.address, USES),
        definitions={t("register.source", lang): t("register.register_hint", lang)},
        tables=tuple(tables),
        sections=tuple(Section(table.title, tables=(table,)) for table in tables[:-1]),
    )


def _register(asked: Asked) -> Table:
    lang = asked.lang
    names = code_names(standard_register.codes(asked.scope), lang)
    ending = "_en" if lang == "en" else ""
    frame = standard_register.standards(asked.scope).with_columns(
        pl.col(f"title{ending}").alias("shown_title"),
        pl.col(f"source{ending}").alias("shown_source"),
        *(
            pl.col(column)
            .replace({code: name for (held, code), name in names.items() if held == list_name})
            .alias(f"{column}_name")
            for column, list_name in (
                ("kind", "standard_kind"),
                ("field_code", "standard_field"),
                ("status", "standard_status"),
            )
        ),
        pl.col("issued_on", "in_force_on").cast(pl.String),
    )
    columns = (
        Column("standard_id", t("register.id", lang)),
        Column("shown_title", t("register.standard", lang)),
        Column("kind_name", t("register.kind", lang)),
        Column("field_code_name", t("register.field", lang)),
        Column("status_name", t("register.status", lang)),
        Column("issued_on", t("register.issued_on", lang)),
        Column("in_force_on", t("register.in_force_on", lang)),
        Column("adopted_unit_count", t("register.units", lang), "count"),
        Column("shown_source", t("register.source", lang)),
    )
    return Table.of(t("register.register", lang), columns, frame, note=t("register.register_hint", lang))


def _adoption(asked: Asked) -> Table:
    lang = asked.lang
    frame = standard_register.adoption(asked.scope).with_columns(
        pl.when(pl.col(f"{kind}_count") > 0)
        .then(pl.col(f"citing_{kind}_count") / pl.col(f"{kind}_count"))
        .alias(f"{kind}_share")
        for kind in ("system", "project")
    )
    columns = (
        Column("unit_code", t("register.id", lang)),
        Column("unit_name", t("register.unit", lang)),
        Column("region_code", t("register.region_code", lang)),
        Column("system_count", t("register.systems", lang), "count"),
        Column("system_share", t("register.system_share", lang), "share"),
        Column("project_count", t("register.projects", lang), "count"),
        Column("project_share", t("register.project_share", lang), "share"),
    )
    return Table.of(t("register.view_adoption", lang), columns, frame)


def _uses(asked: Asked) -> Table:
    lang = asked.lang
    columns = (
        Column("list_name", t("register.choose_list", lang)),
        Column("column", t("register.used_columns", lang)),
        Column("name", t("register.name", lang)),
    )
    rows = [
        (name, f"{use.dataset}.{use.column}", use.column_en if lang == "en" else use.column_zh)
        for name, found in sorted(standard_register.uses().items())
        for use in found
    ]
    return Table(t("register.uses", lang), columns, rows, note=t("register.uses_hint", lang))


EXPORT = Export("standard_register", "data.view", "/data/standards", ("xlsx", "docx"), make)
