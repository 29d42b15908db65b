"""The data catalogue as a file: datasets, the dictionary of their columns, rules and lineage, made from the build."""

from __future__ import annotations

import polars as pl

from kernel.errors import WordedError
from kernel.units import unit_words
from kernel.words import t
from reports.catalogue._words import SEPARATOR
from reports.content import Column, Content, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.contract import contract
from warehouse.queries import catalogue

# Columns of the dataset table that a sheet of paper has room for.
_NOT_ON_PAPER = ("sensitivity", "geometry", "byte_count", "refused_count", "feeds", "publisher", "period")


def make(asked: Asked) -> Content:
    """Return the catalogue, or with ``dataset=`` the dictionary of one dataset.

    Raises
    ------
    WordedError
        When there is no such dataset.
    """
    lang = asked.lang
    datasets = catalogue.datasets(asked.scope)
    wanted = asked.query.get("dataset", "")
    if wanted:
        datasets = datasets.filter(pl.col("dataset") == wanted)
        if not datasets.height:
            raise WordedError("catalogue.no_dataset", code=wanted[:40])
    codes = datasets["dataset"].to_list()
    listed, columns = _dataset_table(datasets, lang), _column_table(asked, codes)
    tables = (listed, columns, _rule_table(asked, codes), _lineage_table(asked, wanted))
    name = t("catalogue.title", lang)
    if wanted:
        name = t("catalogue.dictionary_of", lang, name=datasets["name_zh" if lang == "zh" else "name_en"][0])
    count = t("catalogue.dictionary_count", lang, datasets=len(codes), columns=len(columns.rows))
    return Content(
        title=name,
        subtitle=SEPARATOR.join([t("catalogue.hint", lang), count]),
        lang=lang,
        provenance=provenance(lang, asked.address, codes),
        definitions={
            t(f"catalogue.{term}", lang): t(f"catalogue.definition_{term}", lang)
            for term in ("level", "sharing", "opening", "lineage")
        },
        tables=tables,
        sections=_sections(tables, lang),
    )


def _dataset_table(frame: pl.DataFrame, lang: str) -> Table:
    columns = (
        _column("dataset", "code", lang),
        _column("name", "dataset", lang),
        *(_column(key, key, lang) for key in ("theme", "grain", "key", "owner", "publisher")),
        *(_column(key, key, lang) for key in ("sharing", "opening", "level", "sensitivity", "cadence")),
        _column("delivered_at", "delivered", lang),
        _column("period", "period", lang),
        _column("origin", "origin", lang),
        _column("state", "state", lang),
        Column("row_count", t("catalogue.rows", lang), "count"),
        Column("refused_count", t("catalogue.refused", lang), "count"),
        Column("batch_count", t("catalogue.batch_count", lang), "count"),
        Column("byte_count", t("catalogue.bytes", lang), "count"),
        _column("geometry", "geometry", lang),
        _column("feeds", "feeds", lang),
    )
    worded = ("theme", "sharing", "opening", "level", "sensitivity", "geometry", "origin", "state")
    frame = frame.with_columns(
        pl.coalesce("name_en" if lang == "en" else "name_zh", "name_zh").alias("name"),
        pl.coalesce("publisher", "contract_publisher").alias("publisher"),
        pl.Series("grain", [contract(code).grain_in(lang) for code in frame["dataset"]], dtype=pl.String),
        pl.Series("cadence", [t(f"catalogue.cadence_{code.replace(' ', '_')}", lang) for code in frame["cadence"]]),
        *(_worded(frame, key, lang) for key in worded),
    )
    return Table.of(t("catalogue.sheet_datasets", lang), columns, frame)


def _column_table(asked: Asked, codes: list[str]) -> Table:
    lang = asked.lang
    frame = catalogue.columns(asked.scope).filter(pl.col("dataset").is_in(codes))
    columns = (
        _column("dataset", "dataset", lang),
        Column("ordinal", "#", "count"),
        _column("column_name", "column", lang),
        _column("name", "column_name", lang),
        *(_column(key, key, lang) for key in ("type", "unit", "range", "required", "level")),
        _column("personal", "personal", lang),
    )
    yes, no = t("catalogue.yes", lang), t("catalogue.no", lang)
    frame = frame.with_columns(
        pl.coalesce("name_en" if lang == "en" else "name_zh", "name_zh").alias("name"),
        pl.Series("unit", [unit_words(code, lang) for code in frame["unit"]], dtype=pl.String),
        pl.Series("range", [values_of(row, lang) for row in frame.iter_rows(named=True)], dtype=pl.String),
        pl.when("is_required").then(pl.lit(yes)).otherwise(pl.lit(no)).alias("required"),
        pl.when("is_personal").then(pl.lit(yes)).otherwise(pl.lit(no)).alias("personal"),
        *(_worded(frame, key, lang) for key in ("type", "level")),
    )
    return Table.of(t("catalogue.sheet_columns", lang), columns, frame, note=t("catalogue.level_source", lang))


def _rule_table(asked: Asked, codes: list[str]) -> Table:
    lang = asked.lang
    frame = pl.concat([catalogue.rules(asked.scope, code) for code in codes])
    columns = (
        _column("dataset", "dataset", lang),
        _column("rule_name", "rule", lang),
        _column("dimension", "dimension", lang),
        _column("text", "rule_breaks", lang),
        _column("fix", "rule_fix", lang),
        _column("expression", "expression", lang),
    )
    frame = frame.with_columns(
        _worded(frame, "dimension", lang), text=pl.col(f"text_{lang}"), fix=pl.col(f"fix_{lang}")
    )
    return Table.of(t("catalogue.sheet_rules", lang), columns, frame)


def _lineage_table(asked: Asked, dataset: str) -> Table:
    lang = asked.lang
    frame = catalogue.lineage(asked.scope, dataset or None)
    keys = ("source_table", "source_column", "target_table", "target_column", "how", "expression")
    frame = frame.with_columns(
        pl.Series("how", [t(f"catalogue.lineage_{how}", lang) for how in frame["how"]], dtype=pl.String)
    )
    return Table.of(t("catalogue.sheet_lineage", lang), [_column(key, key, lang) for key in keys], frame)


def _sections(tables: tuple[Table, ...], lang: str) -> tuple[Section, ...]:
    """Return the parts of a document: lineage by column is for sheets and screens, too long for paper."""
    datasets, columns, rules, _ = tables
    intro = (t("catalogue.hint", lang), t("catalogue.definition_level", lang))
    sections = [Section(datasets.title, intro, (datasets.without(*_NOT_ON_PAPER),)), Section(columns.title)]
    for code in dict.fromkeys(row[0] for row in columns.rows):
        rows = [row[1:] for row in columns.rows if row[0] == code]
        sections.append(Section(str(code), tables=(Table(f"{columns.title} {code}", columns.columns[1:], rows),)))
    if rules.rows:
        sections.append(Section(rules.title, tables=(rules.without("expression"),)))
    return tuple(sections)


def values_of(row: dict[str, object], lang: str) -> str | None:
    """Return in words which values a column of the catalogue may have; None where any will do."""
    parts = []
    low, high = row["min"], row["max"]
    if isinstance(low, float) or isinstance(high, float):
        parts.append(f"{_limit(low)} – {_limit(high)}".strip())
    if row["codes"]:
        parts.append(str(row["codes"]))
    if row["code_list"]:
        parts.append(t("catalogue.code_list", lang, name=row["code_list"]))
    if row["max_length"]:
        parts.append(t("catalogue.length", lang, count=row["max_length"]))
    if row["pattern"]:
        parts.append(t("catalogue.pattern", lang, pattern=row["pattern"]))
    if row["reference"]:
        parts.append(t("catalogue.refers", lang, target=row["reference"]))
    return SEPARATOR.join(parts) or None


def _limit(value: object) -> str:
    """Return a limit of a range; years stay without a comma."""
    if not isinstance(value, float):
        return ""
    return f"{value:,.12g}" if abs(value) >= 10_000 else f"{value:.12g}"


def _column(key: str, word: str, lang: str) -> Column:
    return Column(key, t(f"catalogue.{word}", lang))


def _worded(frame: pl.DataFrame, key: str, lang: str) -> pl.Series:
    values = [None if code is None else t(f"catalogue.{key}_{code}", lang) for code in frame[key]]
    return pl.Series(key, values, dtype=pl.String)


EXPORT = Export("data_catalogue", "data.view", "/data", ("xlsx", "docx"), make)
