"""Streets for walking, coloured by the walking time to the nearest qualifying venue."""

from components.map_layer import STREET_ZOOM, LegendItem, MapLayer
from warehouse.queries.map_tiles import street_tile

_COLOUR = [
    "match", ["get", "t"], 0, "var(--street-5)", 1, "var(--street-10)", 2, "var(--street-15)", "var(--street-none)",
]  # fmt: skip
_WIDTH = [
    "interpolate",
    ["exponential", 1.6],
    ["zoom"],
    12,
    ["*", ["get", "w"], 0.55],
    14,
    ["get", "w"],
    17,
    ["*", ["get", "w"], 5],
]
_ROUND = {"line-cap": "round", "line-join": "round"}
_SOURCE = {"type": "line", "source": "streets", "source-layer": "streets", "minzoom": STREET_ZOOM}

LAYER = MapLayer(
    theme="public",
    order=30,
    dataset="street",
    min_zoom=STREET_ZOOM,
    source={"type": "vector", "tiles": ["/api/tiles/streets/{z}/{x}/{y}.mvt?{filter}"], "minzoom": 12, "maxzoom": 14},
    tile=street_tile,
    style=(
        _SOURCE
        | {
            "filter": ["get", "b"],
            "layout": _ROUND,
            "paint": {
                "line-color": "var(--map-label)",
                "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 12, 1.4, 14, 2.8, 17, 10],
            },
            "fade": ((STREET_ZOOM, 0.0), (STREET_ZOOM + 0.5, 0.5)),
        },
        _SOURCE
        | {
            "layout": _ROUND,
            "paint": {"line-color": _COLOUR, "line-width": _WIDTH},
            "fade": ((STREET_ZOOM, 0.0), (STREET_ZOOM + 0.5, 0.9)),
        },
    ),
    legend=(
        LegendItem("line", "var(--street-5)", "map.band_5"),
        LegendItem("line", "var(--street-10)", "map.band_10"),
        LegendItem("line", "var(--street-15)", "map.band_15"),
        LegendItem("line", "var(--street-none)", "map.band_none"),
        LegendItem("line", "var(--map-label)", "map.bridge"),
    ),
)
