"""Residents inside the circle by region and age band, with the outlines of the regions and the cells outside."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from components.numbers import show_exact, show_percent
from components.theme import COVERAGE
from kernel.words import t
from reports.catalogue._areas import Area, asked_area, box_around, region_shapes, squares
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
        tables=(by_region, by_band),
        layers=layers,
        picture=_picture(asked, area, layers) if layers else None,
        sections=_sections(asked, now, by_region),
    )


def _figures(asked: Asked, area: Area) -> pl.DataFrame:
    frame = covered(asked.scope, asked.venue_filter, asked.distance)
    return (
        area.regions.join(frame, on="region_code", how="inner")
        .with_columns(
            uncovered_count=pl.col("resident_count") - pl.col("covered_count"),
            share=pl.when(pl.col("resident_count") > 0).then(pl.col("covered_count") / pl.col("resident_count")),
            level_name=pl.col("level").replace_strict(
                {level: asked.words(f"level_{level}") for level in ("province", "city", "county")}, default=""
            ),
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
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("level_name", asked.words("level")),
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


def coverage_classes(limits: tuple[float, ...]) -> Classes:
    """Return the seven colours of the map between six limits of the share, with their words."""
    ends = [f"{limit * 100:g}" for limit in limits]
    words = [f"< {ends[0]}%", *(f"{low}–{high}%" for low, high in pairwise(ends)), f"≥ {ends[-1]}%"]
    return Classes("share", COVERAGE["light"], tuple(words), limits=limits)


def _picture(asked: Asked, area: Area, layers: tuple[Layer, ...]) -> Picture:
    drawn = tuple(layer for layer in layers if layer.code != "region_above") or layers
    above = area.regions.filter(~pl.col("is_leaf") & (pl.col("level") == "city"))["region_code"].to_list()
    borders, strong = region_shapes(asked.scope, area.leaves), region_shapes(asked.scope, above)
    return Picture(drawn, borders, strong, box_around(drawn[0].shapes))


def _sections(asked: Asked, now: pl.DataFrame, table: Table) -> tuple[Section, ...]:
    lang = asked.lang
    codes = set(now["region_code"].to_list())
    tops = now.filter(~pl.col("parent_code").fill_null("").is_in(codes))
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
    return (
        Section(asked.words("findings"), tuple(findings), has_picture=True),
        Section(asked.words("by_region"), tables=(_without_code(table),)),
    )


def _without_code(table: Table) -> Table:
    """Return the table without codes, which a page of paper has no room for."""
    return Table(table.title, table.columns[1:], [row[1:] for row in table.rows], table.note)


EXPORT = Export("coverage", "map.view", ("xlsx", "gpkg", "geojson", "docx", "png"), make)
