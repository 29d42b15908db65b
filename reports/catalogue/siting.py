"""The result of a search for the best sites: certificate, sites, who gains, and the cells that come into the circle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import shapely

from analytics.accessibility import GROUPS
from components.numbers import show_exact, show_number, show_percent
from components.theme import DIFFERENCE
from kernel.errors import AccessDenied, WordedError
from kernel.words import t
from ledger import job_queue
from reports.catalogue._areas import box_around, plain_ground, region_shapes, squares
from reports.catalogue._classes import difference_classes
from reports.catalogue._groups import change_columns
from reports.catalogue._words import SEPARATOR, filter_words
from reports.content import Classes, Column, Content, Layer, Picture, Section, Table, shapes_of
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries.cells import described, require_cells
from warehouse.queries.map import build_id
from warehouse.queries.regions import regions
from warehouse.queries.venue_filter import read_filter

USES = ("venue", "street", "population_cell", "region", "code_list")
JOB_CODE = "siting"
# Kinds of places that a result may name, with their colours.
KINDS = {"free_cells": "#0E7490", "parks": "#15803D", "schools": "#B45309", "list": "#6D28D9", "must": "#BE123C"}
_NEW_CELL, _DRAWN_AREA = DIFFERENCE[5], "#0F172A"
_HUNDRED = 100.0
# Height of a map below which counties are drawn without colours, degrees: about a city.
_NEAR_DEGREES = 1.2

Result = Mapping[str, Any]


def make(asked: Asked) -> Content:
    """Return the result of ``job=``."""
    result = _result(asked)
    request = result["request"]
    names = _region_names(asked)
    tables = (
        _certificate(asked, result),
        _sites(asked, result, names),
        _coverage(asked, result, names),
        *([_years(asked, result)] if result["years"] else []),
        _history(asked, result),
    )
    layers = _layers(asked, result, tables) if asked.file_format != "xlsx" else ()
    group = asked.words(f"group_{request['group']}")
    minutes = t("map.minutes", asked.lang, minutes=request["minutes"])
    filtered = filter_words(read_filter(request["filter"]), asked.lang)
    return Content(
        title=asked.words("siting_title", model=asked.words(f"model_{request['model']}")),
        subtitle=SEPARATOR.join([_area_name(asked, request, names), group, minutes, filtered]),
        lang=asked.lang,
        provenance=provenance(asked.lang, asked.address, USES),
        definitions={
            asked.words("objective"): asked.words(f"model_{request['model']}_meaning"),
            asked.words("gap"): asked.words("gap_meaning"),
            asked.words("gained"): asked.words("gained_meaning"),
            asked.words("regret"): asked.words("regret_meaning"),
            asked.words("stays"): asked.words("stays_meaning", worlds=result["worlds"]),
        },
        tables=tables,
        layers=layers,
        picture=_picture(asked, layers) if layers else None,
        sections=_sections(asked, result, tables),
    )


def _result(asked: Asked) -> Result:
    job_id = asked.query.get("job", "")
    job = job_queue.load(asked.ledger, asked.scope, job_id)
    result = job_queue.load_result(asked.ledger, asked.scope, job_id)
    if job.code != JOB_CODE or result is None:
        raise WordedError("export.no_result")
    if result["build_id"] != build_id():
        # Its figures, outlines and cells would be shown under the name of another build.
        raise WordedError("export.other_build", build=result["build_id"], now=build_id())
    return result


def _region_names(asked: Asked) -> dict[str, str]:
    frame = regions(asked.scope)
    name = pl.coalesce("region_name_en", "region_name") if asked.lang == "en" else pl.col("region_name")
    return dict(frame.select("region_code", name.alias("name")).iter_rows())


def _area_name(asked: Asked, request: Mapping[str, Any], names: Mapping[str, str]) -> str:
    code = request["area"].get("region")
    return names.get(code, code) if code else asked.words("drawn_area")


def _certificate(asked: Asked, result: Result) -> Table:
    found, sizes = result["certificate"], result["sizes"]
    scale, unit = (_HUNDRED, "%") if found["unit"] == "share" else (1.0, asked.words(f"siting_unit_{found['unit']}"))
    people = asked.words("unit_people")
    rows: list[tuple[str, float | None, str, str]] = [
        (asked.words("model"), None, "", asked.words(f"model_{result['request']['model']}")),
        (asked.words("outcome"), None, "", asked.words(f"outcome_{found['outcome']}")),
        (asked.words("objective"), found["objective"] * scale, unit, ""),
        (asked.words("bound"), found["bound"] * scale, unit, ""),
        (asked.words("gap"), found["gap"] * _HUNDRED, "%", ""),
        (asked.words("duration"), found["duration_s"], asked.words("unit_seconds"), ""),
        (asked.words("site_count"), float(len(result["sites"])), "", ""),
        (asked.words("candidate_count"), float(sizes["candidates"]), "", ""),
        (asked.words("demand_count"), float(sizes["demand"]), "", ""),
        (asked.words("unserved"), float(sizes["unserved"]), people, ""),
        (asked.words("out_of_reach"), float(sizes["out_of_reach"]), people, ""),
        (asked.words("worlds"), float(result["worlds"]), "", ""),
        (asked.words("seed"), float(result["request"]["seed"]), "", ""),
    ]
    columns = (
        Column("item", asked.words("item")),
        Column("value", asked.words("value"), "any"),
        Column("unit", asked.words("unit")),
        Column("text", asked.words("meaning")),
    )
    return Table(asked.words("certificate"), columns, rows, note=asked.words("certificate_note"))


def _sites(asked: Asked, result: Result, names: Mapping[str, str]) -> Table:
    people = asked.words("unit_people")
    is_minutes = result["request"]["model"] == "p_median"
    worth = asked.words("unit_minutes") if is_minutes else people
    groups = [group for group in GROUPS if any(group in site["gained"] for site in result["sites"])]
    columns = (
        Column("rank", asked.words("rank"), "count"),
        Column("name", asked.words("site_name")),
        Column("kind", asked.words("kind_code")),
        Column("kind_name", asked.words("kind")),
        Column("region_name", asked.words("region_name")),
        Column("lon", asked.words("lon"), "degree", "°"),
        Column("lat", asked.words("lat"), "degree", "°"),
        *(
            Column(f"gained_{group}", asked.words("gained_by", group=asked.words(f"group_{group}")), "count", people)
            for group in groups
        ),
        Column("alone", asked.words("alone"), "count", worth),
        Column("regret", asked.words("regret"), "count", worth),
        Column("runner_up", asked.words("runner_up")),
        Column("runner_up_lon", asked.words("runner_up_lon"), "degree", "°"),
        Column("runner_up_lat", asked.words("runner_up_lat"), "degree", "°"),
        Column("stays", asked.words("stays"), "share"),
        Column("price", asked.words("price_of_site"), "decimal", asked.words("unit_price")),
        Column("capacity", asked.words("capacity"), "count", people),
        Column("year", asked.words("year")),
    )
    rows = [_site_row(asked, site, names, groups, result["worlds"]) for site in result["sites"]]
    return Table(asked.words("sites"), columns, rows, note=asked.words("sites_note"))


def _site_row(
    asked: Asked, site: Mapping[str, Any], names: Mapping[str, str], groups: Sequence[str], worlds: int
) -> tuple[object, ...]:
    other = site["runner_up"] or {}
    kind = asked.words(f"kind_{site['kind']}") if site["kind"] in KINDS else site["kind"]
    return (
        site["rank"],
        site["name"] or asked.words("unnamed_site", rank=site["rank"]),
        site["kind"],
        kind,
        names.get(site["region_code"], site["region_code"]),
        site["lon"],
        site["lat"],
        *(site["gained"].get(group) for group in groups),
        site["alone"],
        site["regret"],
        (other.get("name") or asked.words("unnamed")) if other else None,
        other.get("lon"),
        other.get("lat"),
        site["stays"] / worlds if worlds and site["stays"] is not None else None,
        site["price"],
        site["capacity"],
        None if site["year"] is None else str(site["year"]),
    )


def _coverage(asked: Asked, result: Result, names: Mapping[str, str]) -> Table:
    columns = (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("group_code", asked.words("group_code")),
        Column("group_name", asked.words("group")),
        *change_columns(asked),
    )
    order = list(GROUPS)
    found = sorted(result["coverage"], key=lambda row: (row["region_code"] or "", order.index(row["group"])))
    rows = [
        (
            row["region_code"],
            names.get(row["region_code"], row["region_code"]) if row["region_code"] else asked.words("whole_area"),
            row["group"],
            asked.words(f"group_{row['group']}"),
            row["residents"],
            row["before"],
            row["after"],
            row["after"] - row["before"],
            *_shares(row["residents"], row["before"], row["after"]),
        )
        for row in found
    ]
    return Table(asked.words("siting_coverage"), columns, rows)


def _shares(residents: float, before: float, after: float) -> tuple[float | None, float | None, float | None]:
    if not residents:
        return None, None, None
    return before / residents, after / residents, (after - before) / residents


def _years(asked: Asked, result: Result) -> Table:
    people = asked.words("unit_people")
    columns = (
        Column("year", asked.words("year")),
        Column("spent", asked.words("spent"), "decimal"),
        Column("covered", asked.words("covered_by_then"), "count", people),
        Column("bound", asked.words("bound"), "count", people),
    )
    rows = [(str(row["year"]), row["spent"], row["covered"], row["bound"]) for row in result["years"]]
    return Table(asked.words("build_order"), columns, rows, note=asked.words("build_order_note"))


def _history(asked: Asked, result: Result) -> Table:
    columns = (
        Column("seconds", asked.words("duration"), "decimal", asked.words("unit_seconds")),
        Column("objective", asked.words("objective"), "decimal"),
        Column("bound", asked.words("bound"), "decimal"),
    )
    return Table(asked.words("history"), columns, [tuple(row) for row in result["certificate"]["history"]])


def _layers(asked: Asked, result: Result, tables: Sequence[Table]) -> tuple[Layer, ...]:
    sites, coverage = tables[1], tables[2]
    group = result["request"]["group"]
    rows = [row for row in coverage.rows if row[0] and row[2] == group]
    county = Layer(
        "county",
        Table(asked.words("layer_change"), coverage.columns, rows),
        region_shapes(asked.scope, [str(row[0]) for row in rows]),
        "area",
        DIFFERENCE[3],
        difference_classes("share_change"),
    )
    kinds = [kind for kind in KINDS if any(site["kind"] == kind for site in result["sites"])]
    classes = Classes(
        "kind",
        tuple(KINDS[kind] for kind in kinds),
        tuple(asked.words(f"kind_{kind}") for kind in kinds),
        values=tuple(kinds),
    )
    places = shapely.points([[site["lon"], site["lat"]] for site in result["sites"]]) if result["sites"] else []
    site = Layer("site", sites, shapes_of(places), "point", KINDS["free_cells"], classes if kinds else None)
    found = [county, *_cells(asked, result), site]
    ring = result["request"]["area"].get("ring")
    if ring:
        outline = Table(
            asked.words("drawn_area"), (Column("name", asked.words("item")),), [(asked.words("drawn_area"),)]
        )
        line = shapely.linestrings([*ring, ring[0]])
        found.insert(-1, Layer("drawn_area", outline, shapes_of([line]), "line", _DRAWN_AREA))
    return tuple(found)


def _cells(asked: Asked, result: Result) -> list[Layer]:
    try:
        require_cells(asked.scope)
    except AccessDenied:
        return []
    frame = described(asked.scope, np.array(result["cells"]["index"], np.int64))
    columns = (
        Column("cell_index", asked.words("cell"), "count"),
        Column("region_code", asked.words("region_code")),
        Column("resident_count", asked.words("residents"), "count", asked.words("unit_people")),
    )
    note = asked.words("cells_kept", shown=frame.height, count=result["cells"]["count"])
    table = Table.of(asked.words("layer_new_cells"), columns, frame, note=note)
    return [Layer("new_cell", table, squares(frame), "area", _NEW_CELL)]


def _picture(asked: Asked, layers: tuple[Layer, ...]) -> Picture:
    county, *above = layers
    box = box_around(*(layer.shapes for layer in layers if len(layer.shapes)))
    ground = plain_ground(asked, county) if box[3] - box[1] < _NEAR_DEGREES else county
    return Picture((ground, *above), county.shapes, shapes_of([]), box)


def _sections(asked: Asked, result: Result, tables: Sequence[Table]) -> tuple[Section, ...]:
    lang, found = asked.lang, result["certificate"]
    certificate, sites, coverage, *rest = tables
    unit = asked.words(f"siting_unit_{found['unit']}")
    shown = [
        show_percent(found[key], lang, digits=2)
        if found["unit"] == "share"
        else f"{show_number(found[key], lang)} {unit}"
        for key in ("objective", "bound")
    ]
    findings = [
        asked.words(
            "siting_finding",
            count=len(sites.rows),
            objective=shown[0],
            bound=shown[1],
            gap=show_percent(found["gap"], lang, digits=2),
            outcome=asked.words(f"outcome_{found['outcome']}"),
            seconds=show_number(found["duration_s"], lang, digits=1 if found["duration_s"] >= 1 else 2),
        )
    ]
    for row in result["coverage"]:
        if row["region_code"] is None and row["group"] == result["request"]["group"]:
            before, after, _ = _shares(row["residents"], row["before"], row["after"])
            findings.append(
                asked.words(
                    "siting_gain",
                    group=asked.words(f"group_{row['group']}"),
                    before=show_percent(before, lang),
                    after=show_percent(after, lang),
                    people=show_exact(row["after"] - row["before"], lang),
                )
            )
    whole = Table(coverage.title, coverage.columns, [row for row in coverage.rows if row[0] is None])
    drop = ("kind", "lon", "lat", "alone", "runner_up_lon", "runner_up_lat", "capacity", "price")
    groups = [column.key for column in sites.columns if column.key.startswith("gained_")][1:]
    sections = [
        Section(asked.words("findings"), tuple(findings), has_picture=True),
        Section(asked.words("certificate"), tables=(certificate,)),
        Section(asked.words("sites"), tables=(sites.without(*drop, *groups),)),
        Section(asked.words("by_group"), tables=(whole.without("region_code", "region_name", "group_code"),)),
    ]
    if result["years"]:
        sections.append(Section(asked.words("build_order"), tables=(rest[0],)))
    return tuple(sections)


EXPORT = Export("siting", "planning.view", "/planning/siting", ("xlsx", "gpkg", "geojson", "docx", "png"), make)
