"""The difference that a what-if scenario makes: by group and region, the edits, and the cells that gain or lose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import polars as pl

from analytics.accessibility import GROUPS, limit_units
from analytics.whatif import Edit
from components.numbers import show_exact, show_percent
from components.theme import DIFFERENCE
from geodata.network import UNREACHED
from kernel.errors import WordedError
from kernel.words import t
from ledger import scenarios
from reports.catalogue._areas import Area, asked_area, box_around, plain_ground, region_columns, region_shapes, squares
from reports.catalogue._classes import difference_classes
from reports.catalogue._edits import edit_layers, edit_table
from reports.catalogue._groups import change_columns
from reports.catalogue._words import choice_words
from reports.content import Classes, Column, Content, Layer, Picture, Section, Table, shapes_of
from reports.document import show_value
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import whatif
from warehouse.queries.whatif import WhatIfAnswer

USES = ("venue", "street", "population_cell", "region", "code_list")
EVERYONE = "everyone"
# What becomes of a cell, with its colour: inside, nearer, farther, outside.
CELL_CHANGES = {"gained": DIFFERENCE[6], "nearer": DIFFERENCE[4], "farther": DIFFERENCE[2], "lost": DIFFERENCE[0]}
# Height of a map below which counties are drawn without colours, degrees.
_NEAR_DEGREES = 0.3
_UNITS_PER_MINUTE = 3000.0
_MOST_DIGITS = 4
# Fewer people are rounding of sums.
_CHANGED = 1e-9


@dataclass(frozen=True, slots=True)
class _Scenario:
    """What is exported: the request with the filter of a saved scenario, its name, its edits, the answer, the area."""

    asked: Asked
    name: str
    edits: tuple[Edit, ...]
    answer: WhatIfAnswer
    area: Area
    figures: pl.DataFrame


def make(asked: Asked) -> Content:
    """Return the difference of ``edits=`` or ``scenario=``."""
    found = _read(asked)
    asked = found.asked
    edits = edit_table(asked, found.edits, found.answer.edits)
    tables = (
        _group_table(found, found.area.tops, asked.words("by_group")),
        _region_table(found),
        *([_measure_table(found)] if found.answer.measures.height else []),
        edits,
        _cell_table(found),
        _group_table(found, found.area.codes, asked.words("all_figures"), every_circle=True),
    )
    layers = _layers(found) if asked.file_format != "xlsx" else ()
    title = asked.words("scenario_title_named", name=found.name) if found.name else asked.words("scenario_title")
    return Content(
        title=title,
        subtitle=choice_words(asked, found.area.name),
        lang=asked.lang,
        provenance=provenance(asked.lang, asked.address, USES),
        definitions={
            t("map.circle", asked.lang): t("map.method_text", asked.lang),
            asked.words("group"): asked.words("group_note"),
            asked.words("change"): asked.words("change_meaning"),
        },
        tables=tables,
        layers=layers,
        picture=_picture(asked, layers) if layers else None,
        sections=_sections(found, tables, edits),
    )


def _read(asked: Asked) -> _Scenario:
    """Read the edits, and with a saved scenario its choice of venues, as the page does."""
    edits, name = whatif.decode_edits(asked.query.get("edits", "")), ""
    if asked.query.get("scenario"):
        saved = scenarios.load(asked.ledger, asked.scope, asked.query["scenario"])
        name = saved.entry.scenario_name
        if "edits" not in asked.query:
            edits = whatif.read_edits(saved.edits)
            kept = dict(parse_qsl(saved.filter_query)) | {"minutes": str(saved.minutes)}
            query = {key: value for key, value in {**kept, "region": asked.query.get("region", "")}.items() if value}
            asked = replace(asked, query=query, address=_address(asked.address, query, edits))
    if not edits:
        raise WordedError("export.no_edits")
    area = asked_area(asked)
    has_measures = asked.file_format in {"xlsx", "docx"}
    answer = whatif.answer(asked.scope, asked.venue_filter, edits, asked.minutes, with_measures=has_measures)
    return _Scenario(asked, name, edits, answer, area, _figures(asked, area, answer))


def _address(address: str, query: Mapping[str, str], edits: Sequence[Edit]) -> str:
    """Return an address that makes the file again even after the scenario is saved anew or deleted."""
    try:
        packed = whatif.encode_edits(edits)
    except WordedError:
        # Longer than an address may be: the scenario is named instead.
        return address
    return f"{address.partition('?')[0]}?{urlencode({**query, 'edits': packed}, safe=',')}"


def _figures(asked: Asked, area: Area, answer: WhatIfAnswer) -> pl.DataFrame:
    before, after, all_of = (pl.col(f"{name}_count") for name in ("covered_before", "covered_after", "resident"))
    order = {code: place for place, code in enumerate(GROUPS)}
    is_inhabited = pl.when(all_of > 0)
    return (
        area.regions.join(answer.groups, on="region_code", how="inner")
        .with_columns(
            group_name=pl.col("group_code").replace_strict(
                {code: asked.words(f"group_{code}") for code in GROUPS}, return_dtype=pl.String
            ),
            change_count=after - before,
            share_before=is_inhabited.then(before / all_of),
            share_after=is_inhabited.then(after / all_of),
            share_change=is_inhabited.then((after - before) / all_of),
        )
        .sort("region_code", pl.col("group_code").replace_strict(order, return_dtype=pl.Int64), "minute_count")
    )


def _group_table(found: _Scenario, codes: Sequence[str], title: str, *, every_circle: bool = False) -> Table:
    asked = found.asked
    frame = found.figures.filter(pl.col("region_code").is_in(list(codes)))
    if not every_circle:
        frame = frame.filter(pl.col("minute_count") == asked.minutes)
    columns = (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("group_name", asked.words("group")),
        Column("minute_count", asked.words("minutes"), "count", asked.words("unit_minutes")),
        *change_columns(asked),
    )
    return Table.of(title, columns, frame, note=asked.words("group_note"))


def _everyone(found: _Scenario) -> pl.DataFrame:
    return found.figures.filter((pl.col("group_code") == EVERYONE) & (pl.col("minute_count") == found.asked.minutes))


def _region_table(found: _Scenario) -> Table:
    columns = (*region_columns(found.asked), *change_columns(found.asked))
    return Table.of(found.asked.words("by_region"), columns, _everyone(found))


def _measure_table(found: _Scenario) -> Table:
    asked = found.asked
    code, names = pl.col("measure_code"), {code: asked.words(f"measure_{code}") for code in whatif.MEASURES}
    frame = (
        found.area.regions.join(found.answer.measures, on="region_code", how="inner")
        .with_columns(measure_name=code.replace_strict(names, default=code), change=pl.col("after") - pl.col("before"))
        .sort("region_code", "measure_code")
    )
    columns = (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("measure_name", asked.words("measure")),
        Column("before", asked.words("before"), "precise"),
        Column("after", asked.words("after"), "precise"),
        Column("change", asked.words("change"), "precise_change"),
    )
    return Table.of(asked.words("measures"), columns, frame, note=asked.words("measures_note"))


def _cells(found: _Scenario) -> pl.DataFrame:
    """Return the changed cells of the area with their walks in minutes and what becomes of them."""
    limit, was, now = limit_units(found.asked.minutes), pl.col("cost_before"), pl.col("cost_after")
    kind = (
        pl.when((was > limit) & (now <= limit))
        .then(pl.lit("gained"))
        .when((was <= limit) & (now > limit))
        .then(pl.lit("lost"))
        .when(now < was)
        .then(pl.lit("nearer"))
        .otherwise(pl.lit("farther"))
    )
    leaves = found.area.leaves
    return found.answer.changed.filter(pl.col("region_code").is_in(leaves)).with_columns(
        change_code=kind,
        change_name=kind.replace_strict(
            {code: found.asked.words(f"cell_{code}") for code in CELL_CHANGES}, return_dtype=pl.String
        ),
        walk_before=pl.when(was != UNREACHED).then(was / _UNITS_PER_MINUTE),
        walk_after=pl.when(now != UNREACHED).then(now / _UNITS_PER_MINUTE),
    )


def _cell_table(found: _Scenario) -> Table:
    asked, frame = found.asked, _cells(found)
    minutes = asked.words("unit_minutes")
    columns = (
        Column("cell_index", asked.words("cell"), "count"),
        Column("region_code", asked.words("region_code")),
        Column("lon", asked.words("lon"), "degree", "°"),
        Column("lat", asked.words("lat"), "degree", "°"),
        Column("resident_count", asked.words("residents"), "count", asked.words("unit_people")),
        Column("walk_before", asked.words("walk_before"), "decimal", minutes),
        Column("walk_after", asked.words("walk_after"), "decimal", minutes),
        Column("change_code", asked.words("change_code")),
        Column("change_name", asked.words("change")),
    )
    note = asked.words("walk_note")
    if found.answer.changed_count > found.answer.changed.height:
        kept = {"shown": found.answer.changed.height, "count": found.answer.changed_count}
        note = asked.words("cells_kept", **kept)
    return Table.of(asked.words("changed_cells"), columns, frame, note=note)


def _layers(found: _Scenario) -> tuple[Layer, ...]:
    asked, leaves = found.asked, set(found.area.leaves)
    regions = _region_table(found)
    rows = [row for row in regions.rows if row[0] in leaves]
    county = Layer(
        "county",
        Table(asked.words("layer_change"), regions.columns, rows),
        region_shapes(asked.scope, [str(row[0]) for row in rows]),
        "area",
        DIFFERENCE[3],
        difference_classes("share_change"),
    )
    classes = Classes(
        "change_code",
        tuple(CELL_CHANGES.values()),
        tuple(asked.words(f"cell_{code}") for code in CELL_CHANGES),
        values=tuple(CELL_CHANGES),
    )
    cells = Layer("changed_cell", _cell_table(found), squares(_cells(found)), "area", CELL_CHANGES["gained"], classes)
    return county, cells, *edit_layers(asked, found.edits, found.answer.edits)


def _picture(asked: Asked, layers: tuple[Layer, ...]) -> Picture:
    """Return the map drawn to what changed: one venue is a speck in a province."""
    county, *above = layers
    near = [layer for layer in above if len(layer.shapes)]
    box = box_around(*([layer.shapes for layer in near] or [county.shapes]))
    if box[3] - box[1] < _NEAR_DEGREES:
        # Among a few streets the colours of whole counties would say nothing and hide those of the cells.
        county = plain_ground(asked, county)
    return Picture((county, *near), county.shapes, shapes_of([]), box)


def _share_pair(before: float | None, after: float | None, lang: str) -> tuple[str, str]:
    """Return two shares with as few digits as show that they differ, four at most."""
    for digits in range(1, _MOST_DIGITS):
        pair = show_percent(before, lang, digits=digits), show_percent(after, lang, digits=digits)
        if before == after or pair[0] != pair[1]:
            return pair
    return show_percent(before, lang, digits=_MOST_DIGITS), show_percent(after, lang, digits=_MOST_DIGITS)


def _moves(found: _Scenario) -> tuple[float, float, int]:
    """Return who comes inside, who falls outside and how many cells change, in the area."""
    answer = found.answer
    if not found.asked.query.get("region"):
        return answer.gained_count, answer.lost_count, answer.changed_count
    cells = _cells(found)
    gained, lost = (float(cells.filter(change_code=code)["resident_count"].sum()) for code in ("gained", "lost"))
    return gained, lost, cells.height


def _sections(found: _Scenario, tables: Sequence[Table], edits: Table) -> tuple[Section, ...]:
    asked, lang = found.asked, found.asked.lang
    moves = _moves(found)
    findings = [
        asked.words(
            "scenario_finding",
            gained=show_exact(moves[0], lang),
            lost=show_exact(moves[1], lang),
            minutes=asked.minutes,
            cells=show_exact(moves[2], lang),
        )
    ]
    findings += [
        asked.words(
            "scenario_share",
            region=row["region_name"],
            people=show_value(row["change_count"], "count_change", lang),
            **dict(zip(("before", "after"), _share_pair(row["share_before"], row["share_after"], lang), strict=True)),
        )
        for row in _everyone(found).filter(pl.col("region_code").is_in(found.area.tops)).iter_rows(named=True)
    ]
    regions = tables[1]
    changed_codes = set(_everyone(found).filter(pl.col("change_count").abs() > _CHANGED)["region_code"].to_list())
    moved = [row for row in regions.rows if row[0] in changed_codes]
    one_area = ("region_name",) if len(found.area.tops) == 1 else ()
    sections = [
        Section(asked.words("findings"), tuple(findings), has_picture=True),
        Section(asked.words("edits"), tables=(edits.without("lon", "lat", "venue_index", "kind_code"),)),
        Section(asked.words("by_group"), tables=(tables[0].without("region_code", "minute_count", *one_area),)),
    ]
    if moved:
        changed = Table(regions.title, regions.columns, moved, asked.words("changed_regions_note"))
        sections.append(Section(asked.words("by_region"), tables=(changed.without("region_code", "level_name"),)))
    if found.answer.measures.height:
        measures = tables[2]
        tops = [row for row in measures.rows if row[0] in found.area.tops]
        short = Table(measures.title, measures.columns, tops, measures.note)
        sections.append(Section(asked.words("measures"), tables=(short.without("region_code"),)))
    return tuple(sections)


EXPORT = Export("scenario", "planning.view", "/planning", ("xlsx", "gpkg", "geojson", "docx", "png"), make)
