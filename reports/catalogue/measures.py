"""Accessibility measures: reachable area and its inequality, supply against demand, intervals of coverage."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from analytics.accessibility import GROUPS
from analytics.accessibility.floating import DecayKind
from components.numbers import show_exact, show_number
from components.theme import COVERAGE
from kernel.errors import WordedError
from reports.catalogue._areas import Area, asked_area, box_around, region_columns, region_shapes
from reports.catalogue._words import choice_words
from reports.content import Classes, Column, Content, Layer, Picture, Section, Table
from reports.export import Asked, Export
from reports.provenance import provenance
from warehouse.queries import measures

USES = ("venue", "street", "population_cell", "region", "code_list")
LORENZ_EVERY = 5
# Shares of the counties below each limit between the seven colours.
_STEPS = [step / 7 for step in range(1, 7)]


def make(asked: Asked) -> Content:
    """Return the measures of ``kind=``, ``decay=``, ``quota=`` and the filter."""
    area = asked_area(asked)
    kind, decay = asked.query.get("kind", "e2sfca"), cast("DecayKind", asked.query.get("decay", "steps"))
    found = measures.floating(
        asked.scope,
        asked.venue_filter,
        kind=cast("measures.FloatingKind", kind),
        decay=decay,
        minutes=asked.minutes,
    )
    floating = _floating(asked, area, found.regions, found.typical_count)
    supply = _supply(asked, area, decay)
    tables = [floating, supply]
    if asked.file_format in {"xlsx", "docx"}:
        tables += [_intervals(asked, area), _lorenz(asked, area, kind, decay)]
    layers = _layers(asked, area, floating, supply) if asked.file_format != "xlsx" else ()
    return Content(
        title=asked.words("accessibility_title"),
        subtitle=choice_words(asked, area.name),
        lang=asked.lang,
        provenance=provenance(asked.lang, asked.address, USES),
        definitions={
            asked.words("method"): asked.words(f"method_{kind}"),
            asked.words("measure_gini"): asked.words("gini_meaning"),
            asked.words("demand"): asked.words("demand_meaning", quota=f"{_quota(asked):g}"),
            asked.words("local_share"): asked.words("local_share_meaning"),
            asked.words("interval"): asked.words("interval_meaning"),
        },
        tables=tuple(tables),
        layers=layers,
        picture=_picture(asked, area, layers) if layers else None,
        sections=_sections(asked, area, found.regions, tuple(tables)),
    )


def _quota(asked: Asked) -> float:
    text = asked.query.get("quota", "")
    try:
        return float(text) if text else measures.DEFAULT_QUOTA_M2
    except ValueError as error:
        raise WordedError("export.no_number", name="quota", value=text[:20]) from error


def _floating(asked: Asked, area: Area, frame: pl.DataFrame, typical_count: int) -> Table:
    people = asked.words("unit_people")
    columns = (
        *region_columns(asked),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("mean_m2_per_resident", asked.words("measure_mean"), "precise", "m²"),
        Column("residents_without", asked.words("without"), "count", people),
        Column("gini", asked.words("measure_gini"), "precise"),
    )
    joined = area.regions.join(frame, on="region_code", how="inner").sort("region_code")
    note = asked.words("typical_note", count=typical_count)
    return Table.of(asked.words("floating"), columns, joined, note=note)


def _supply(asked: Asked, area: Area, decay: DecayKind) -> Table:
    frame = measures.supply_demand(
        asked.scope, asked.venue_filter, quota_m2=_quota(asked), decay=decay, minutes=asked.minutes
    )
    sums = ("demand", "satisfied", "unmet", "supply", "used", "free")
    columns = (
        *region_columns(asked),
        *(Column(f"{name}_m2", asked.words(name), "count", "m²") for name in sums),
        *(Column(name, asked.words(name), "share") for name in ("satisfied_share", "used_share", "local_share")),
    )
    joined = area.regions.join(frame, on="region_code", how="inner").sort("region_code")
    return Table.of(asked.words("supply_demand"), columns, joined, note=asked.words("supply_note"))


def _intervals(asked: Asked, area: Area) -> Table:
    frame = measures.coverage_interval(asked.scope, asked.venue_filter, asked.minutes)
    people, order = asked.words("unit_people"), {code: place for place, code in enumerate(GROUPS)}
    all_of = pl.col("resident_count")
    shares = {
        f"{name}_rate": pl.when(all_of > 0).then(pl.col(f"{name}_count") / all_of)
        for name in ("covered", "low", "high")
    }
    group = pl.col("group_code")
    joined = (
        area.regions.join(frame, on="region_code", how="inner")
        .with_columns(
            group_name=group.replace_strict(
                {code: asked.words(f"group_{code}") for code in GROUPS}, return_dtype=pl.String
            ),
            **shares,
        )
        .sort("region_code", group.replace_strict(order, return_dtype=pl.Int64))
    )
    columns = (
        Column("region_code", asked.words("region_code")),
        Column("region_name", asked.words("region_name")),
        Column("group_name", asked.words("group")),
        Column("resident_count", asked.words("residents"), "count", people),
        Column("covered_count", asked.words("inside"), "count", people),
        Column("covered_rate", asked.words("share"), "share"),
        Column("low_rate", asked.words("interval_low"), "share"),
        Column("high_rate", asked.words("interval_high"), "share"),
        *(
            Column(f"{name}_share", asked.words(f"from_{name}"), "share")
            for name in ("speed", "position", "population")
        ),
    )
    return Table.of(asked.words("intervals"), columns, joined, note=asked.words("interval_meaning"))


def _lorenz(asked: Asked, area: Area, kind: str, decay: DecayKind) -> Table:
    top = area.tops[0]
    name = area.regions.filter(region_code=top)["region_name"][0]
    curve = measures.lorenz_curve(
        asked.scope,
        asked.venue_filter,
        top,
        kind=cast("measures.FloatingKind", kind),
        decay=decay,
        minutes=asked.minutes,
    )
    columns = (
        Column("population_share", asked.words("population_share"), "share"),
        Column("area_share", asked.words("area_share"), "share"),
    )
    return Table.of(asked.words("lorenz", region=name), columns, curve)


def _layers(asked: Asked, area: Area, floating: Table, supply: Table) -> tuple[Layer, ...]:
    """Return the counties with both tables side by side."""
    leaves = set(area.leaves)
    own = len(region_columns(asked))
    more = {row[0]: row[own:] for row in supply.rows}
    rows = [(*row, *more[row[0]]) for row in floating.rows if row[0] in leaves and row[0] in more]
    columns = (*floating.columns, *supply.columns[own:])
    at = [column.key for column in columns].index("mean_m2_per_resident")
    table = Table(asked.words("measure_mean_m2_per_resident"), columns, rows, floating.note)
    means = [row[at] for row in rows]
    classes = _classes([mean for mean in means if isinstance(mean, float)])
    shapes = region_shapes(asked.scope, [str(row[0]) for row in rows])
    return (Layer("county", table, shapes, "area", COVERAGE["light"][3], classes),)


def _classes(values: list[float]) -> Classes | None:
    """Return seven classes of about as many counties each; None where the values do not differ enough."""
    exact = np.quantile(values, _STEPS).tolist() if values else []
    # As few digits as keep the limits apart.
    rounded = (sorted({float(f"{limit:.{digits}g}") for limit in exact}) for digits in (2, 3, 4))
    limits = next((found for found in rounded if len(found) == len(_STEPS)), None)
    if limits is None:
        return None
    ends = [f"{limit:g}" for limit in limits]
    words = (f"< {ends[0]}", *(f"{ends[at]}–{ends[at + 1]}" for at in range(5)), f"≥ {ends[-1]}")
    return Classes("mean_m2_per_resident", COVERAGE["light"], words, limits=tuple(limits))


def _picture(asked: Asked, area: Area, layers: tuple[Layer, ...]) -> Picture:
    borders = region_shapes(asked.scope, area.leaves)
    return Picture(layers, borders, region_shapes(asked.scope, area.cities), box_around(layers[0].shapes))


def _sections(asked: Asked, area: Area, frame: pl.DataFrame, tables: tuple[Table, ...]) -> tuple[Section, ...]:
    lang = asked.lang
    tops = area.regions.join(frame, on="region_code", how="inner").filter(pl.col("region_code").is_in(area.tops))
    findings = [
        asked.words(
            "accessibility_finding",
            region=row["region_name"],
            mean=show_number(row["mean_m2_per_resident"], lang, digits=3),
            without=show_exact(row["residents_without"], lang),
            gini=show_number(row["gini"], lang, digits=3),
        )
        for row in tops.iter_rows(named=True)
    ]
    sections = [Section(asked.words("findings"), tuple(findings), has_picture=True)]
    floating, supply, *rest = tables
    if rest:
        intervals, lorenz = rest
        own = [row for row in intervals.rows if row[0] in area.tops]
        short = Table(intervals.title, intervals.columns, own, intervals.note)
        sections.append(Section(asked.words("intervals"), tables=(short.without("region_code", "region_name"),)))
        curve = Table(lorenz.title, lorenz.columns, lorenz.rows[::LORENZ_EVERY])
        sections.append(Section(asked.words("inequality"), tables=(curve,)))
    sections.append(Section(asked.words("floating"), tables=(floating.without("region_code", "level_name"),)))
    narrow = supply.without("region_code", "level_name", "satisfied_m2", "used_m2")
    return (*sections, Section(asked.words("supply_demand"), tables=(narrow,)))


EXPORT = Export("measures", "planning.view", "/planning/measures", ("xlsx", "gpkg", "geojson", "docx", "png"), make)
