"""Data quality as a file: league of cities, scores by dataset, what costs points, failing checks, contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import polars as pl

from analytics.quality import DIMENSIONS, SCALES
from kernel.errors import AccessDenied
from kernel.words import t
from reports.catalogue._areas import Area, asked_area
from reports.catalogue._words import SEPARATOR
from reports.content import Column, Content, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import conflicts, quality

# Checks and contradictions beyond this are left to the page: a sheet of a hundred thousand lines helps nobody.
LISTED = 2_000


def make(asked: Asked) -> Content:
    """Return the quality of ``region=``, or everything the visitor sees, and of ``dataset=`` or all datasets."""
    lang, area = asked.lang, asked_area(asked)
    dataset = asked.query.get("dataset") or None
    tables = [_league(asked, dataset), _scores(asked, area), _reasons(asked, area, dataset)]
    # Rows and values of deliveries are not for every reader; the scores are.
    with suppress(AccessDenied):
        tables += [_failures(asked, area, dataset), _conflicts(asked, area, dataset)]
    tables.append(_sums(asked))
    kept = tuple(table for table in tables if table.rows)
    name = quality.dataset_name(dataset, lang) if dataset else t("quality.all_datasets", lang)
    return Content(
        title=t("quality.title", lang),
        subtitle=SEPARATOR.join([area.name, name]),
        lang=lang,
        provenance=provenance(lang, asked.address, [dataset] if dataset else _datasets(asked)),
        definitions={
            t("quality.method", lang): t("quality.method_text", lang),
            **{
                t(f"quality.{name}", lang): SEPARATOR.join(
                    [
                        t(f"quality.about_{name}", lang),
                        f"{t('quality.weight', lang)} {scale.weight:.0%}",
                        f"{t('quality.limit', lang)} {scale.limit:.0%}",
                    ]
                )
                for name, scale in SCALES.items()
            },
        },
        tables=kept,
        sections=tuple(Section(table.title, tables=(table,)) for table in kept),
    )


def _datasets(asked: Asked) -> Sequence[str]:
    return quality.matrix(asked.scope)["dataset"].unique().sort().to_list()


def _columns(lang: str, *named: tuple[str, str]) -> tuple[Column, ...]:
    """Return columns whose words are those of the page; the second of each pair says how values are written."""
    return tuple(Column(key, t(f"quality.{key}", lang), kind) for key, kind in named)  # type: ignore[arg-type]


def _league(asked: Asked, dataset: str | None) -> Table:
    lang = asked.lang
    frame = quality.by_unit(asked.scope, dataset)
    names = _names(asked)
    frame = frame.with_columns(
        rank=pl.when(pl.col("score").is_not_null()).then(pl.int_range(1, pl.len() + 1)),
        city=pl.col("region_code").replace_strict(names, default=pl.col("region_code")),
        reason=pl.col(f"reason_{lang}"),
        row=pl.col("row_count"),
        failed=pl.col("failed_count"),
    )
    scores = tuple((name, "decimal") for name in ("score", "change", *DIMENSIONS))
    columns = _columns(lang, ("rank", "count"), ("city", "text"), *scores, ("row", "count"), ("failed", "count"))
    columns += _columns(lang, ("reason", "text"))
    return Table.of(t("quality.league", lang), columns, frame, note=t("quality.league_hint", lang))


def _scores(asked: Asked, area: Area) -> Table:
    lang = asked.lang
    names = _names(asked)
    frame = quality.matrix(asked.scope).filter(pl.col("region_code").is_in(area.codes))
    frame = frame.with_columns(
        pl.col("dataset").map_elements(lambda name: quality.dataset_name(name, lang), pl.String),
        city=pl.col("region_code").replace_strict(names, default=pl.col("region_code")),
        row=pl.col("row_count"),
    ).sort("dataset", "region_code")
    columns = _columns(lang, ("dataset", "text"), ("city", "text"), ("score", "decimal"), ("row", "count"))
    return Table.of(t("quality.matrix", lang), columns, frame, note=t("quality.matrix_hint", lang))


def _reasons(asked: Asked, area: Area, dataset: str | None) -> Table:
    lang = asked.lang
    found, names = quality.reasons(asked.scope, dataset=dataset or quality.ALL), _names(asked)
    rows = [
        (
            names.get(row["region_code"], row["region_code"]),
            row["rank"],
            quality.dataset_name(row["dataset"], lang),
            t(f"quality.{row['dimension']}", lang),
            quality.check_words(row["dataset"], row["check_code"], lang),
            row["failed_count"],
            row["lost_points"],
        )
        for row in found.iter_rows(named=True)
        if row["region_code"] in set(area.codes)
    ]
    columns = _columns(lang, ("city", "text"), ("rank", "count"), ("dataset", "text"), ("dimension", "text"))
    columns += _columns(lang, ("check", "text"), ("failed", "count"), ("lost", "decimal"))
    return Table(t("quality.reasons", lang), columns, rows, t("quality.reasons_hint", lang))


def _failures(asked: Asked, area: Area, dataset: str | None) -> Table:
    lang = asked.lang
    region = area.tops[0] if asked.query.get("region") and area.tops[0] != quality.area(asked.scope) else None
    rows = [
        (
            quality.dataset_name(name, lang),
            t(f"quality.{row['dimension']}", lang),
            quality.check_words(name, row["check_code"], lang),
            row["failed_count"],
            row["first_month"],
            row["last_month"],
            row["example_row"],
            row["example_batch"],
        )
        for name in ([dataset] if dataset else _datasets(asked))
        for row in quality.failures(asked.scope, name, region).iter_rows(named=True)
    ]
    columns = _columns(lang, ("dataset", "text"), ("dimension", "text"), ("check", "text"), ("failed", "count"))
    columns += _columns(lang, ("first_month", "text"), ("last_month", "text"))
    columns += _columns(lang, ("example_row", "count"), ("example_batch", "text"))
    return Table(t("quality.failures", lang), columns, rows[:LISTED], t("quality.failures_hint", lang))


def _conflicts(asked: Asked, area: Area, dataset: str | None) -> Table:
    lang = asked.lang
    region = area.tops[0] if asked.query.get("region") else None
    found = conflicts.conflicts(asked.scope, dataset=dataset, region=region, most=LISTED)
    codes = conflicts.code_names(asked.scope, lang)
    rows = [
        (
            quality.dataset_name(row["dataset"], lang),
            row["key_text"],
            conflicts.attribute_name(row["dataset"], row["attribute"], lang),
            conflicts.value_words(row["dataset"], row["attribute"], row["winning_value"], codes),
            row["winning_source"],
            conflicts.value_words(row["dataset"], row["attribute"], row["losing_value"], codes),
            row["losing_source"],
            conflicts.rule_words(row["dataset"], row["rule_code"], lang),
        )
        for row in found.iter_rows(named=True)
    ]
    names = ("dataset", "key", "attribute", "winning", "winning_source", "losing", "losing_source", "rule")
    columns = _columns(lang, *((name, "text") for name in names))
    return Table(t("quality.conflicts", lang), columns, rows, t("quality.conflicts_hint", lang))


def _sums(asked: Asked) -> Table:
    lang, codes, names = asked.lang, conflicts.code_names(asked.scope, asked.lang), _names(asked)
    rows = [
        (
            names.get(row["region_code"], row["region_code"]),
            str(row["year"]),
            codes.get(("regional_measure", row["measure_code"]), row["measure_code"]),
            row["whole_value"],
            row["part_sum"],
            row["difference"],
            t(f"quality.unit_{row['unit']}", lang),
            t("quality.sum_agrees" if row["agrees"] else "quality.sum_differs", lang),
            row["source"],
        )
        for row in conflicts.sums(asked.scope).iter_rows(named=True)
    ]
    columns = _columns(lang, ("city", "text"), ("year", "text"), ("figure", "text"), ("whole_value", "decimal"))
    columns += _columns(lang, ("part_sum", "decimal"), ("difference", "precise_change"), ("unit", "text"))
    columns += _columns(lang, ("verdict", "text"), ("source", "text"))
    return Table(t("quality.sums", lang), columns, rows, t("quality.sums_hint", lang))


def _names(asked: Asked) -> dict[str, str]:
    regions = asked_area(asked).regions
    return dict(regions.select("region_code", "region_name").iter_rows())


EXPORT = Export("quality", "data.view", "/data/quality", ("xlsx", "docx"), make)
