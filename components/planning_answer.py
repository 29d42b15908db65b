"""From the answer of the what-if query to what the planning pages show: figures, overlays, edits in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from analytics.accessibility import GROUPS, limit_units
from analytics.whatif import Edit, edit_as_dict
from components.map_config import region_name
from components.planning_edits import EditView, edit_overlays
from components.planning_figures import Change, MeasureChange, ScenarioFigures
from components.planning_filter import Choice, choice_words
from components.request import RequestContext
from kernel.scope import GrantedScope
from kernel.words import t
from warehouse.queries.map import build_id, is_demo
from warehouse.queries.regions import regions, root_code
from warehouse.queries.venue_places import venue_place
from warehouse.queries.venue_types import venue_types
from warehouse.queries.whatif import ResolvedEdit, WhatIfAnswer

Place = tuple[float, float]
# Residents of a cell at which its colour gets darker; fixed, so that scenarios can be compared by eye.
STEPS = (20, 100)
# Measure -> digits shown, and whether more is better (1) or less (-1).
MEASURES = {"mean_m2_per_resident": (2, 1), "residents_without": (0, -1), "gini": (3, -1)}


def scenario_figures(
    answer: WhatIfAnswer, context: RequestContext, choice: Choice, region_code: str | None
) -> ScenarioFigures:
    """Return the figures of a region, the top of the visitor's area when it is not known."""
    lang = context.lang
    known, root = _regions(build_id(), context.scope)
    groups = answer.groups.filter(pl.col("minute_count") == choice.minutes)
    shown = set(groups["region_code"].to_list())
    code = region_code if region_code in shown else root
    above: list[tuple[str, str]] = []
    parent = known[code]["parent_code"] if code in known else None
    while isinstance(parent, str) and parent in shown:
        above.insert(0, (parent, region_name(known[parent], lang)))
        parent = known[parent]["parent_code"]
    below = _leaves_below(known, code)
    counties = [
        _change(row, region_name(known[row["region_code"]], lang), row["region_code"])
        for row in groups.filter(pl.col("group_code") == "everyone").iter_rows(named=True)
        if row["region_code"] in below
    ]
    changed = sorted((c for c in counties if c.people), key=lambda change: (-abs(change.people), change.code))
    own = {row["group_code"]: row for row in groups.filter(pl.col("region_code") == code).iter_rows(named=True)}
    return ScenarioFigures(
        region_code=code or "",
        region_name=region_name(known[code], lang) if code in known else "",
        above=tuple(above),
        minutes=choice.minutes,
        choice=choice_words(choice, lang),
        groups=[_change(own[group], t(f"planning.group_{group}", lang), group) for group in GROUPS if group in own],
        counties=changed,
        county_count=len(counties),
        measures=_measures(answer, code),
        gained=round(answer.gained_count),
        lost=round(answer.lost_count),
        engine_us=answer.engine_us,
        edit_count=len(answer.edits),
        is_demo=is_demo(),
    )


def scenario_overlays(answer: WhatIfAnswer, views: list[EditView], minutes: int, lang: str) -> dict[str, Any]:
    """Return the overlays of a scenario: cells that enter or leave the circle, links, symbols of the edits."""
    limit = limit_units(minutes)
    was, now = pl.col("cost_before") <= limit, pl.col("cost_after") <= limit
    crossing = answer.changed.filter(was != now).with_columns(
        value=pl.when(now).then(pl.col("resident_count")).otherwise(-pl.col("resident_count"))
    )
    least, minus = 1e-6, "\N{MINUS SIGN}"
    low, high = STEPS
    return {
        "cells": {
            "kind": "cells",
            "cells": {
                "lon": crossing["lon"].round(6).to_list(),
                "lat": crossing["lat"].round(6).to_list(),
                "size_m": crossing["size_m"].round(1).to_list(),
                "value": crossing["value"].round(1).to_list(),
            },
            "scale": {
                "kind": "step",
                "limits": [-high, -low, -least, least, low, high],
                "labels": [f"{minus}{high}", f"{minus}{low}", "", "", str(low), str(high)],
                "middle": "0",
                "colours": [f"var(--difference-{step})" for step in range(7)],
            },
            "legend": {
                "title": t("planning.cells_title", lang),
                "unit": t("planning.cells_unit", lang),
                "note": t("planning.cells_note", lang),
            },
        },
        **edit_overlays(views, lang),
    }


def edit_views(answer: WhatIfAnswer, edits: Sequence[Edit], context: RequestContext) -> list[EditView]:
    """Return the edits of an answer as the page shows them."""
    return [_view(resolved, edit_as_dict(edit), context) for resolved, edit in zip(answer.edits, edits, strict=True)]


def _view(resolved: ResolvedEdit, edit: dict[str, Any], context: RequestContext) -> EditView:
    """Return an edit with its symbol's place: the new place, the middle of a link, else where the venue stands."""
    clicked = tuple((place.lon, place.lat) for place in resolved.places)
    lines: tuple[tuple[Place, Place], ...] = ()
    venue, doors = resolved.name or "", clicked
    if resolved.kind == "add_venue":
        at = (edit["lon"], edit["lat"])
        venue, doors = (
            _type_names(build_id(), context.scope, context.lang)[edit["venue_type_code"]],
            doors if edit.get("entrances") else (),
        )
    elif resolved.kind == "add_link":
        ends = [(place.street_lon, place.street_lat) for place in resolved.places]
        at = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
        venue = t("planning.link_length", context.lang, length=round(resolved.length_m or 0.0))
        lines, doors = ((ends[0], ends[1]),), ()
    else:
        stood = venue_place(resolved.venue_index or 0)
        at, doors = (clicked[0], ()) if clicked else (stood, ())
        if clicked:
            lines = ((stood, at),)
    return EditView(edit, venue, resolved.is_counted, f"whatif.reason_{resolved.reason}", at, lines, doors)


def _change(row: dict[str, Any], name: str, code: str) -> Change:
    return Change(
        code, name, row["resident_count"], before=row["covered_before_count"], after=row["covered_after_count"]
    )


def _measures(answer: WhatIfAnswer, code: str | None) -> list[MeasureChange]:
    rows = {row["measure_code"]: row for row in answer.measures.iter_rows(named=True) if row["region_code"] == code}
    return [
        MeasureChange(measure, rows[measure]["before"], rows[measure]["after"], digits, better)
        for measure, (digits, better) in MEASURES.items()
        if measure in rows
    ]


@lru_cache(maxsize=8)
def _regions(build: str, scope: GrantedScope) -> tuple[dict[str, dict[str, Any]], str | None]:  # noqa: ARG001
    """Return the regions by code, and the one that the visitor starts with; the build is part of the key."""
    frame = regions(scope)
    return {row["region_code"]: row for row in frame.iter_rows(named=True)}, root_code(scope, frame)


@lru_cache(maxsize=8)
def _type_names(build: str, scope: GrantedScope, lang: str) -> dict[str, str]:  # noqa: ARG001
    column = "code_name_zh" if lang == "zh" else "code_name_en"
    return dict(venue_types(scope).select("venue_type_code", column).rows())


def _leaves_below(known: Mapping[str, Mapping[str, Any]], code: str | None) -> set[str]:
    """Return the counties in a region; the region itself where it holds no other."""
    parents = {row["parent_code"] for row in known.values()}
    inside: set[str] = set()
    for leaf in known.keys() - parents:
        above: str | None = leaf
        while above is not None and above in known and above != code:
            above = known[above]["parent_code"]
        if above == code:
            inside.add(leaf)
    return inside
