"""The edits of a scenario: what each does, whether it counts and why, where it stands on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
import shapely

from analytics.whatif import AddLink, AddVenue, ChangeVenue, Edit, MoveVenue, OpenGate
from components.numbers import show_exact
from kernel.words import t
from reports.content import Classes, Column, Layer, Table, shapes_of
from reports.export import Asked
from warehouse.queries.venue import card
from warehouse.queries.venue_types import venue_types
from warehouse.queries.whatif import ResolvedEdit

# Kinds of edits with the colours of their marks.
COLOURS = {
    "add_venue": "#15803D",
    "close_venue": "#B91C1C",
    "move_venue": "#1D4ED8",
    "change_venue": "#6D28D9",
    "open_gate": "#0E7490",
    "add_link": "#B45309",
}


class _Row(NamedTuple):
    """An edit with its place; ``values`` are those of the table's columns."""

    edit: Edit
    resolved: ResolvedEdit
    place: tuple[float, float] | None
    values: tuple[object, ...]


def edit_table(asked: Asked, edits: Sequence[Edit], resolved: Sequence[ResolvedEdit]) -> Table:
    """Return the edits in words."""
    return Table(asked.words("edits"), _columns(asked), [row.values for row in _rows(asked, edits, resolved)])


def edit_layers(asked: Asked, edits: Sequence[Edit], resolved: Sequence[ResolvedEdit]) -> list[Layer]:
    """Return links as lines and everything else as points."""
    rows = _rows(asked, edits, resolved)
    links = [row for row in rows if isinstance(row.edit, AddLink)]
    points = [row for row in rows if row.place is not None and not isinstance(row.edit, AddLink)]
    kinds = [kind for kind in COLOURS if any(row.resolved.kind == kind for row in points)]
    classes = Classes(
        "kind_code",
        tuple(COLOURS[kind] for kind in kinds),
        tuple(t(f"whatif.kind_{kind}", asked.lang) for kind in kinds),
        values=tuple(kinds),
    )
    lines = [
        shapely.LineString([(place.street_lon, place.street_lat) for place in row.resolved.places]) for row in links
    ]
    link_table = Table(t("whatif.kind_add_link", asked.lang), _columns(asked), [row.values for row in links])
    point_table = Table(asked.words("edits"), _columns(asked), [row.values for row in points])
    places = [shapely.Point(row.place) for row in points]
    return [
        Layer("link", link_table, shapes_of(lines), "line", COLOURS["add_link"]),
        Layer("edit", point_table, shapes_of(places), "point", COLOURS["add_venue"], classes if kinds else None),
    ]


def _columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column("number", asked.words("rank"), "count"),
        Column("kind_code", asked.words("edit_code")),
        Column("kind_name", asked.words("edit")),
        Column("name", asked.words("edit_name")),
        Column("details", asked.words("details")),
        Column("reason", asked.words("is_counted")),
        Column("venue_index", asked.words("venue_index"), "count"),
        Column("lon", asked.words("lon"), "degree", "°"),
        Column("lat", asked.words("lat"), "degree", "°"),
        Column("length_m", asked.words("length"), "decimal", asked.words("unit_metres")),
    )


def _rows(asked: Asked, edits: Sequence[Edit], resolved: Sequence[ResolvedEdit]) -> list[_Row]:
    types = _type_names(asked)
    found = []
    for edit, known in zip(edits, resolved, strict=True):
        place = _place(asked, edit, known)
        values = (
            known.number,
            known.kind,
            t(f"whatif.kind_{known.kind}", asked.lang),
            known.name or (types.get(edit.venue_type_code, "") if isinstance(edit, AddVenue) else ""),
            _details(asked, edit, types),
            t(f"whatif.reason_{known.reason}", asked.lang),
            known.venue_index,
            *(place or (None, None)),
            known.length_m,
        )
        found.append(_Row(edit, known, place, values))
    return found


def _type_names(asked: Asked) -> dict[str, str]:
    name = pl.coalesce("code_name_en", "code_name_zh") if asked.lang == "en" else pl.col("code_name_zh")
    return dict(venue_types(asked.scope).select("venue_type_code", name.alias("name")).iter_rows())


def _place(asked: Asked, edit: Edit, known: ResolvedEdit) -> tuple[float, float] | None:
    """Return where an edit is marked: its own place, that of its venue, or the middle of a link."""
    if isinstance(edit, (AddVenue, MoveVenue, OpenGate)):
        return edit.lon, edit.lat
    if isinstance(edit, AddLink):
        return (edit.start[0] + edit.end[0]) / 2, (edit.start[1] + edit.end[1]) / 2
    facts = None if known.venue_index is None else card(asked.scope, known.venue_index)
    return None if facts is None else (facts["lon"], facts["lat"])


def _details(asked: Asked, edit: Edit, types: dict[str, str]) -> str:
    lang, parts = asked.lang, []
    if isinstance(edit, AddVenue):
        parts.append(types.get(edit.venue_type_code, edit.venue_type_code))
        if edit.area_m2:
            parts.append(t("map.square_metres", lang, area=show_exact(edit.area_m2, lang)))
        if edit.is_indoor:
            parts.append(asked.words("indoor"))
    if isinstance(edit, (AddVenue, ChangeVenue)):
        if edit.fee_policy:
            parts.append(t(f"map.fee_{edit.fee_policy}", lang))
        if edit.opening_hours:
            parts.append(edit.opening_hours)
        if edit.is_lit is not None:
            parts.append(asked.words("lit" if edit.is_lit else "unlit"))
    return " · ".join(parts)
