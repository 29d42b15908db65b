"""What the driver of the map is given with the page: layers, regions, words, addresses of its modules."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl

from components.document import asset_address
from components.map_layers import granted_layers
from components.map_state import MapState
from components.request import RequestContext
from kernel.categories import CATEGORIES, FEES
from kernel.scope import GrantedScope
from kernel.words import t
from warehouse.queries.map import build_id, settled_box

MODULES = {
    "gl": "vendor/maplibre-gl.mjs",
    "worker": "vendor/maplibre-gl-worker.mjs",
    "style": "map/style.mjs",
    "host": "map/host.mjs",
    "driver": "map/driver.mjs",
    "planning": "planning/driver.mjs",
    "picture": "planning/picture.mjs",
}


def scope_key(scope: GrantedScope) -> str:
    """Return a short text that differs for scopes that see different data; a part of addresses that browsers keep."""
    return hashlib.sha256(scope.fingerprint.encode()).hexdigest()[:10]


def map_config(context: RequestContext, regions: pl.DataFrame, root: str | None, state: MapState) -> dict[str, Any]:
    """Return the configuration of the driver.

    Parameters
    ----------
    context : RequestContext
        Visitor, language.
    regions : DataFrame
        As from ``warehouse.queries.regions.regions``.
    root : str or None
        Region that the map starts with.
    state : MapState
        What the address asks for.
    """
    lang = context.lang
    return {
        "build": build_id(),
        "scope": scope_key(context.scope),
        "lang": lang,
        "root": root,
        "modules": {name: asset_address(path) for name, path in MODULES.items()},
        "layers": [
            {"code": code, "style": layer.style, "source": layer.source}
            for code, layer in granted_layers(context.scope).items()
        ],
        "regions": _regions(regions, lang),
        "state": state.as_dict(),
        "words": _words(lang),
    }


def _regions(regions: pl.DataFrame, lang: str) -> list[dict[str, Any]]:
    rows = [_region(row, lang) for row in regions.iter_rows(named=True)]
    box = settled_box() if len(rows) == 1 else None
    if box is not None:
        rows[0]["box"] = [round(degrees, 4) for degrees in box]
    return rows


def region_name(row: dict[str, Any], lang: str) -> str:
    """Return a region's name in a language, the Chinese one where there is no other."""
    return str((row["region_name_en"] if lang == "en" else None) or row["region_name"])


def region_names(rows: Sequence[dict[str, Any]], lang: str) -> dict[str, str]:
    """Return the names of regions by code; where two of a level share one, the region above stands before it."""
    said = {row["region_code"]: region_name(row, lang) for row in rows}
    uses = Counter((row["level"], said[row["region_code"]]) for row in rows)
    names = dict(said)
    for row in rows:
        code, above = row["region_code"], said.get(str(row["parent_code"]))
        if above and uses[row["level"], said[code]] > 1:
            names[code] = f"{above} · {said[code]}"
    return names


def _region(row: dict[str, Any], lang: str) -> dict[str, Any]:
    return {
        "code": row["region_code"],
        "parent": row["parent_code"] or "",
        "level": row["level"],
        "name": region_name(row, lang),
        "centre": [round(row["center_lon"], 4), round(row["center_lat"], 4)],
        "box": [round(row[name], 4) for name in ("min_lon", "min_lat", "max_lon", "max_lat")],
    }


def _words(lang: str) -> dict[str, Any]:
    names = ("failed", "map_label", "venue_unit", "residents", "uncovered", "coverage", "venues", "no_data")
    return {name: t(f"map.{name}", lang) for name in names} | {
        "categories": {code: t(f"sport.category_{code}", lang) for code in CATEGORIES},
        "fees": {code: t(f"map.fee_{code}", lang) for code in (*FEES, "unknown")},
        "bands": [t(f"map.band_{band}", lang) for band in ("5", "10", "15", "none")],
        "locale": {
            "NavigationControl.ZoomIn": t("map.zoom_in", lang),
            "NavigationControl.ZoomOut": t("map.zoom_out", lang),
            "Map.Title": t("map.map_label", lang),
            "ScaleControl.Meters": t("map.metre", lang),
            "ScaleControl.Kilometers": t("map.kilometre", lang),
        },
    }
