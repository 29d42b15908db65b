"""Residents inside the circle by region and age band, with the outlines of the regions and the cells outside."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from components.numbers import show_exact, show_percent
from components.theme import COVERAGE
from kernel.words import t
from reports.catalogue._areas import Area, asked_area, box_around, region_columns, region_shapes, squares
from reports.catalogue._classes import coverage_classes
from reports.catalogue._groups import group_table, overstated_finding
from reports.catalogue._words import choice_words
from reports.content import Classes, Column, Content, Layer, Picture, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries.coverage import covered, step_limits
from warehouse.queries.uncovered import uncovered_cells
from warehouse.queries.venue_filter import MINUTES, VenueFilter

EVERYBODY = "all"
USES = ("venue", "street", "population_cell", "region", "code_list")
# Walking time of cells outside, minutes: words and colours from near to far.
_WALK_CLASSES = {"10": "#F1A340", "15": "#D96F0A", "none": "#7F3B08"}


def make(asked: Asked) -> Content:
    """Return the coverage of the regions asked for."""
    area = asked_area(asked)
    frame = _figures(asked, area)
    now = frame.filter((pl.col("minute_count") == asked.minutes) & (pl.col("age_band_code") == EVERYBODY))
    columns = _columns(asked)
    by_region = Table.of(asked.words("coverage_by_region"), columns, now, note=_note(asked))
    by_group = group_table(asked, area)
    by_band = Table.of(asked.words("coverage_by_band"), _band_columns(asked), frame)
    layers = _layers(asked, area, by_region) if asked.file_format != "xlsx" else ()
    return Content(
        title=asked.words("coverage_title"),
        subtitle=choice_words(asked, area.name),
        lang=asked.lang,
        provenance=provenance(asked.lang, asked.address, USES),
        definitions={
            t("map.circle", asked.lang): t("map.method_text", asked.lang),
            asked.words("share"): asked.words("share_meaning"),
            asked.words("uncovered"): asked.words("uncovered_meaning"),
        },
        tables=(by_region, *([by_group] if by_group else []), by_band),
        layers=layers,
        picture=_picture(asked, area, layers) if layers else None,
        sections=_sections(asked, area, now, (by_region, by_group)),
    )


def _figures(asked: Asked, area: Area) -> pl.DataFrame:
    frame = covered(asked.scope, asked.venue_filter, asked.distance)
    return (
        area.regions.join(frame, on="region_code", how="inner")
        .with_columns(
            uncovered_count=pl.col("resident_count") - pl.col("covered_count"),
            share=pl.when(pl.col("resident_count") > 0).then(pl.col("covered_count") / pl.col("resident_count")),
            band_name=pl.col("age_band_code").map_elements(
                lambda band: asked.words("everyone") if band == EVERYBODY else t(f"map.{band}", asked.lang),
                return_dtype=pl.String,
            ),
        )
        .sort("region_code", "minute_count", pl.col("age_band_code") != EVERYBODY, "age_band_code")
    )


def _columns(asked: Asked) -> tuple[Column, ...]:
    people = asked.words("unit_people")
    return (
        *region_columns(asked),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("covered_count", asked.words("covered", minutes=asked.minutes), "count", people),
        Column("uncovered_count", asked.words("uncovered"), "count", people),
        Column("share", asked.words("share"), "share"),
    )


def _band_columns(asked: Asked) -> tuple[Column, ...]:
    people = asked.words("unit_people")
    return (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("band_name", asked.words("band")),
        Column("minute_count", asked.words("minutes"), "count", asked.words("unit_minutes")),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("covered_count", asked.words("inside"), "count", people),
        Column("uncovered_count", asked.words("uncovered"), "count", people),
        Column("share", asked.words("share"), "share"),
    )


def _note(asked: Asked) -> str:
    is_straight = asked.distance == "straight"
    return asked.words("straight_note") if is_straight else asked.words("across_borders_note")


def _layers(asked: Asked, area: Area, table: Table) -> tuple[Layer, ...]:
    """Return the leaves, then the regions above them, then the cells outside where they are asked for."""
    leaves = set(area.leaves)
    places = [column.key for column in table.columns]
    shares = [row[places.index("share")] for row in table.rows if row[0] in leaves]
    limits = step_limits([share for share in shares if isinstance(share, float)])
    classes = coverage_classes(limits)
    found = []
    for code, title, is_leaf in (("county", "layer_counties", True), ("region_above", "layer_regions_above", False)):
        rows = [row for row in table.rows if (row[0] in leaves) == is_leaf]
        if rows:
            part = Table(asked.words(title), table.columns, rows, table.note)
            shapes = region_shapes(asked.scope, [str(row[0]) for row in rows])
            found.append(Layer(code, part, shapes, "area", COVERAGE["light"][3], classes))
    if asked.query.get("cells") == "1" and asked.file_format in {"gpkg", "geojson", "png"}:
        found.append(_cells(asked, asked.venue_filter, area))
    # The layers above lie below in a file that is drawn from its first layer on.
    return tuple(found)


def _cells(asked: Asked, venue_filter: VenueFilter, area: Area) -> Layer:
    walk = pl.col("walk_minutes")
    frame = uncovered_cells(asked.scope, venue_filter, asked.minutes, area.leaves).with_columns(
        walk_class=pl.when(walk <= MINUTES[1])
        .then(pl.lit("10"))
        .when(walk <= MINUTES[2])
        .then(pl.lit("15"))
        .otherwise(pl.lit("none"))
    )
    columns = (
        Column("cell_index", asked.words("cell"), "count"),
        Column("region_code", asked.words("region_code")),
        Column("resident_count", asked.words("residents"), "count", asked.words("unit_people")),
        Column("walk_minutes", asked.words("walk"), "decimal", asked.words("unit_minutes")),
        Column("walk_class", asked.words("walk_class")),
    )
    table = Table.of(asked.words("layer_uncovered", minutes=asked.minutes), columns, frame)
    shown = [code for code in _WALK_CLASSES if code == "none" or int(code) > asked.minutes]
    labels = tuple(t(f"map.band_{code}", asked.lang) for code in shown)
    classes = Classes("walk_class", tuple(_WALK_CLASSES[code] for code in shown), labels, values=tuple(shown))
    return Layer("uncovered_cell", table, squares(frame), "area", _WALK_CLASSES["none"], classes)


def _picture(asked: Asked, area: Area, layers: tuple[Layer, ...]) -> Picture:
    drawn = tuple(layer for layer in layers if layer.code != "region_above") or layers
    borders, strong = region_shapes(asked.scope, area.leaves), region_shapes(asked.scope, area.cities)
    return Picture(drawn, borders, strong, box_around(drawn[0].shapes))


def _sections(asked: Asked, area: Area, now: pl.DataFrame, tables: tuple[Table, Table | None]) -> tuple[Section, ...]:
    lang, (by_region, by_group) = asked.lang, tables
    tops = now.filter(pl.col("region_code").is_in(area.tops))
    findings = [
        asked.words(
            "coverage_finding",
            region=row["region_name"],
            residents=show_exact(row["resident_count"], lang),
            covered=show_exact(row["covered_count"], lang),
            uncovered=show_exact(row["uncovered_count"], lang),
            share=show_percent(row["share"], lang),
            minutes=asked.minutes,
        )
        for row in tops.iter_rows(named=True)
    ]
    for row in tops.iter_rows(named=True):
        findings += overstated_finding(asked, area, row["region_code"], row["region_name"])
    leaves = now.filter("is_leaf").drop_nulls("share").sort("share")
    if leaves.height > 1:
        low, high = leaves.row(0, named=True), leaves.row(-1, named=True)
        findings.append(
            asked.words(
                "coverage_spread",
                low=low["region_name"],
                low_share=show_percent(low["share"], lang),
                high=high["region_name"],
                high_share=show_percent(high["share"], lang),
            )
        )
    found = [Section(asked.words("findings"), tuple(findings), has_picture=True)]
    if by_group is not None:
        top = set(tops["region_code"].to_list())
        rows = [row for row in by_group.rows if row[0] in top]
        found.append(Section(asked.words("by_group"), tables=(replace(by_group, rows=rows).without("region_code"),)))
    return (*found, Section(asked.words("by_region"), tables=(by_region.without("region_code"),)))


EXPORT = Export("coverage", "map.view", "/planning/circles", ("xlsx", "gpkg", "geojson", "docx", "png"), make)
