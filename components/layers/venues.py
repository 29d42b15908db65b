"""Venues as points, coloured by category."""

from components.map_layer import POINT_ZOOM, LegendItem, MapLayer
from kernel.categories import CATEGORIES
from warehouse.queries.map_tiles import venue_tile

_COLOUR = [
    "match", ["get", "c"], *[p for code in CATEGORIES for p in (code, f"var(--category-{code})")], "var(--muted)",
]  # fmt: skip
_RADIUS = ["interpolate", ["linear"], ["zoom"], 9, 1.4, 12, 2.4, 14, 3.8, 16, 6, 18, 9]
_SOURCE = {"source": "venues", "source-layer": "venues", "minzoom": POINT_ZOOM}

LAYER = MapLayer(
    theme="facility",
    order=60,
    dataset="venue",
    min_zoom=POINT_ZOOM,
    source={"type": "vector", "tiles": ["/api/tiles/venues/{z}/{x}/{y}.mvt?{filter}"], "minzoom": 9, "maxzoom": 14},
    tile=venue_tile,
    style=(
        _SOURCE
        | {
            "type": "circle",
            "paint": {
                "circle-color": _COLOUR,
                "circle-radius": _RADIUS,
                "circle-stroke-color": "var(--map-halo)",
                "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 0, 13, 0.8, 16, 1.5],
            },
            "fade": ((POINT_ZOOM, 0.0), (POINT_ZOOM + 0.4, 0.95)),
        },
        _SOURCE
        | {
            "type": "symbol",
            "minzoom": 15.6,
            "layout": {
                "text-field": ["get", "name"],
                "text-size": 11.5,
                "text-padding": 6,
                "text-offset": [0, 0.9],
                "text-anchor": "top",
                "text-max-width": 9,
                "text-optional": True,
            },
            "paint": {
                "text-color": "var(--map-label)",
                "text-halo-color": "var(--map-halo)",
                "text-halo-width": 1.4,
            },
            "fade": ((15.6, 0.0), (16.0, 1.0)),
        },
    ),
    legend=tuple(LegendItem("circle", f"var(--category-{code})", f"sport.category_{code}") for code in CATEGORIES),
    counted="venues",
)
