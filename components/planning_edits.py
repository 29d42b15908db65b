"""The edits of a scenario in plain words, and as symbols on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.numbers import show_exact
from components.planning_map import place_button
from components.planning_panel import HOUR_PRESETS, TOOLS
from kernel.words import t

# Kind -> tone of its symbol; what does not count is muted whatever its kind.
TONES = {
    "add_venue": "gain",
    "close_venue": "loss",
    "move_venue": "brand",
    "change_venue": "brand",
    "open_gate": "gain",
    "add_link": "gain",
}


@dataclass(frozen=True, slots=True)
class EditView:
    """An edit as the page shows it.

    Attributes
    ----------
    edit : mapping
        As ``analytics.whatif.edits.edit_as_dict`` gives it.
    venue : str
        Name of the venue that it is about, or what a new one is.
    is_counted : bool
        Whether it changes who counts under the present choice.
    reason_key : str
        Word key of why it does or does not.
    at : (lon, lat)
        Where its symbol stands.
    lines : tuple of ((lon, lat), (lon, lat))
        Links and moves.
    doors : tuple of (lon, lat)
        Entrances as clicked.
    """

    edit: Mapping[str, Any]
    venue: str
    is_counted: bool
    reason_key: str
    at: tuple[float, float]
    lines: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    doors: tuple[tuple[float, float], ...] = ()


def edit_list(views: Sequence[EditView], lang: str) -> Component:
    """Return the edits as a numbered list; each can be shown on the map and removed."""
    if not views:
        return html.P(t("planning.no_edits", lang), className="small")
    return html.Ol([_row(place, view, lang) for place, view in enumerate(views)], className="edit-list")


def edit_words(view: EditView, lang: str) -> str:
    """Return what an edit does besides its kind: venue, size, hours, fee, lighting."""
    edit = view.edit
    parts = [view.venue, str(edit.get("name") or "")]
    if edit.get("area_m2"):
        parts.append(t("map.square_metres", lang, area=show_exact(edit["area_m2"], lang)))
    if edit.get("fee_policy"):
        parts.append(t(f"map.fee_{edit['fee_policy']}", lang))
    if edit.get("opening_hours"):
        hours = edit["opening_hours"]
        is_preset = hours in HOUR_PRESETS
        parts.append(t(f"planning.hours_{HOUR_PRESETS.index(hours)}", lang) if is_preset else hours)
    if edit.get("is_lit") is not None:
        parts.append(t(f"planning.lit_{'yes' if edit['is_lit'] else 'no'}", lang))
    if edit.get("is_indoor"):
        parts.append(t("planning.indoor", lang))
    if edit.get("entrances"):
        parts.append(t("planning.entrance_count", lang, count=len(edit["entrances"])))
    return " · ".join(part for part in parts if part)


def edit_overlays(views: Sequence[EditView], lang: str) -> dict[str, Any]:
    """Return the overlays ``links`` and ``edits`` for the map."""
    points, lines = [], []
    for place, view in enumerate(views):
        kind = view.edit["kind"]
        tone = TONES[kind] if view.is_counted else "muted"
        words = edit_words(view, lang)
        tip = "\n".join(part for part in (f"{place + 1} {t(f'whatif.kind_{kind}', lang)}", words) if part)
        properties = {"place": place, "tone": tone, "mark": str(place + 1), "tip": tip}
        points.append(_point(view.at, properties | {"label": t(f"whatif.kind_{kind}", lang)}))
        points += [_point(door, {"place": place, "tone": tone, "radius": 5, "tip": tip}) for door in view.doors]
        lines += [_line(ends, {"tone": tone, "tip": tip}) for ends in view.lines]
    return {
        "links": {"kind": "lines", "width": 5, "features": _collection(lines)},
        "edits": {"kind": "points", "features": _collection(points), "label_zoom": 12, "radius": 12},
    }


def _row(place: int, view: EditView, lang: str) -> html.Li:
    kind = view.edit["kind"]
    words = edit_words(view, lang)
    return html.Li(
        [
            html.Span(str(place + 1), className=f"edit-number tone-{TONES[kind] if view.is_counted else 'muted'}"),
            html.Div(
                [
                    html.B([icon(TOOLS[kind], size=15), place_button(t(f"whatif.kind_{kind}", lang), *view.at)]),
                    *([html.Span(words)] if words else []),
                    html.Span(t(view.reason_key, lang), className=f"small{'' if view.is_counted else ' is-refused'}"),
                ],
                className="edit-words",
            ),
            html.Button(
                icon("x", size=16, label=t("planning.remove", lang, number=place + 1)),
                type="button",
                className="quiet",
                title=t("planning.remove", lang, number=place + 1),
                **attributes(data_planning_edit=f"remove:{place}"),
            ),
        ],
        **attributes(data_planning_row=str(place)),
    )


def _point(at: tuple[float, float], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(at)}, "properties": properties}


def _line(ends: tuple[tuple[float, float], tuple[float, float]], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": ends}, "properties": properties}


def _collection(features: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
