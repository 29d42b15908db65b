"""What a search for sites draws on the map: chosen sites with their rank, runner-ups, cells newly inside, the area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from components.planning_map import step_scale
from kernel.words import t

MOST_RUNNER_UPS = 60
# Residents of a newly covered cell at which its colour gets darker.
CELL_STEPS = [20, 100]


def result_overlays(result: Mapping[str, Any], cells: pl.DataFrame | None, lang: str) -> dict[str, Any]:
    """Return the overlays of a result.

    Parameters
    ----------
    result : mapping
        As from ``siting_answer.result_of``.
    cells : DataFrame or None
        Newly covered cells as from ``cells.described``; None where they cannot be drawn.
    lang : str
        Language.
    """
    overlays: dict[str, Any] = {}
    if cells is not None and cells.height:
        overlays["new_cells"] = {
            "kind": "cells",
            "cells": {
                "lon": cells["lon"].round(6).to_list(),
                "lat": cells["lat"].round(6).to_list(),
                "size_m": cells["size_m"].to_list(),
                "value": cells["resident_count"].round(1).to_list(),
            },
            "scale": {
                "kind": "step",
                "limits": CELL_STEPS,
                "colours": [f"var(--difference-{step})" for step in (4, 5, 6)],
            },
            "legend": {"title": t("siting.cells_legend", lang), "unit": t("siting.people_unit", lang)},
        }
    ring = result["request"]["area"].get("ring")
    if ring:
        overlays["area"] = {"kind": "lines", "features": collection([line([*ring, ring[0]], tone="ink")]), "width": 2}
    runners = [site["runner_up"] for site in result["sites"] if site["runner_up"]][:MOST_RUNNER_UPS]
    if runners:
        places = {(runner["lon"], runner["lat"]) for runner in runners}
        tip = t("siting.runner_legend", lang)
        overlays["runner_ups"] = {
            "kind": "points",
            "features": collection(
                [point(at, mark="", tone="muted", radius=6, rank=900, tip=tip) for at in sorted(places)]
            ),
        }
    overlays["sites"] = {
        "kind": "points",
        "features": collection([_site(site, result, lang) for site in result["sites"]]),
        "legend": _legend(lang, has_runners=bool(runners)),
    }
    return overlays


def marginal_overlay(features: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return the overlay of marginal gains from the places of ``marginal.gain``."""
    gains = [feature["properties"]["gain"] for feature in features["features"]]
    scale = step_scale([float(gain) for gain in gains] or [0.0])
    side = 220
    return {
        "marginal": {
            "kind": "cells",
            "cells": {
                "lon": [feature["geometry"]["coordinates"][0] for feature in features["features"]],
                "lat": [feature["geometry"]["coordinates"][1] for feature in features["features"]],
                "size_m": side,
                "value": gains,
            },
            "scale": scale,
            "opacity": 0.8,
            "legend": {"title": t("siting.marginal_legend", lang), "unit": t("siting.people_unit", lang)},
        }
    }


def box_of(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return where the map should look: the box around the sites and the drawn area."""
    places = [(site["lon"], site["lat"]) for site in result["sites"]]
    places += [tuple(at) for at in result["request"]["area"].get("ring", [])]
    if not places:
        return None
    lon, lat = [at[0] for at in places], [at[1] for at in places]
    return {"box": [min(lon), min(lat), max(lon), max(lat)]}


def collection(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a GeoJSON collection."""
    return {"type": "FeatureCollection", "features": list(features)}


def point(at: Sequence[float], **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON point."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(at)}, "properties": properties}


def line(places: Sequence[Sequence[float]], **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON line."""
    shape = {"type": "LineString", "coordinates": [list(at) for at in places]}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _site(site: Mapping[str, Any], result: Mapping[str, Any], lang: str) -> dict[str, Any]:
    gained = round(site["gained"][result["request"]["group"]])
    lines = [f"{site['rank']} {site['name']}".strip(), f"{t('siting.site_gained', lang)} {gained:,}"]
    if site["stays"] is not None:
        lines.append(t("siting.worlds_of", lang, stays=site["stays"], worlds=result["worlds"]))
    tone = "good" if site["is_must"] else "brand"
    radius = 11 if site["rank"] < 100 else 9
    return point(
        (site["lon"], site["lat"]),
        mark=str(site["rank"]) if site["rank"] < 100 else "",
        tone=tone,
        radius=radius,
        rank=site["rank"],
        tip="\n".join(lines),
    )


def _legend(lang: str, *, has_runners: bool) -> dict[str, Any]:
    items = [{"shape": "circle", "colour": "var(--brand)", "words": t("siting.sites_legend", lang)}]
    if has_runners:
        items.append({"shape": "circle", "colour": "var(--muted)", "words": t("siting.runner_legend", lang)})
    return {"title": t("siting.side", lang), "items": items}
