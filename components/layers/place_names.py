"""Names of cities and counties, with the number of their venues while single venues are not drawn."""

from typing import Any

from components.map_layer import COUNTY_ZOOM, POINT_ZOOM, MapLayer


def _names(level: str, low: float, high: float, sizes: list[float]) -> dict[str, Any]:
    name = ["get", "name"]
    return {
        "type": "symbol",
        "source": "places",
        "minzoom": low,
        "maxzoom": high,
        "filter": ["==", ["get", "level"], level],
        "layout": {
            "text-field": [
                "step",
                ["zoom"],
                ["format", name, {}, ["coalesce", ["get", "label"], ""], {"font-scale": 0.86}],
                POINT_ZOOM,
                name,
            ],
            "text-size": ["interpolate", ["linear"], ["zoom"], *sizes],
            "text-max-width": 8,
            "text-line-height": 1.25,
            "text-padding": 3,
            "symbol-sort-key": ["get", "rank"],
        },
        "paint": {
            "text-color": "var(--ink)",
            "text-halo-color": "var(--map-halo)",
            "text-halo-width": 1.9,
        },
        "fade": ((high - 0.8, 1.0), (high, 0.0)),
    }


LAYER = MapLayer(
    theme="government",
    order=70,
    dataset="region",
    style=(
        _names("city", 0.0, COUNTY_ZOOM + 0.4, [6, 14, 9, 18]),
        _names("county", COUNTY_ZOOM, 14.5, [8, 13, 10, 15, 13, 19]),
    ),
)
