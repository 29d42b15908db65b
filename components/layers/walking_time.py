"""Population cells coloured by the walking time to the nearest qualifying venue."""

from components.map_layer import POINT_ZOOM, LegendItem, MapLayer
from warehouse.queries.map_tiles import cell_tile

_BAND = ["get", "t"]
_COLOUR = [
    "match", _BAND, 0, "var(--circle-5)", 1, "var(--circle-10)", 2, "var(--circle-15)", "var(--circle-none)",
]  # fmt: skip

LAYER = MapLayer(
    theme="public",
    order=20,
    dataset="population_cell",
    sensitivity="internal",
    min_zoom=POINT_ZOOM - 0.5,
    source={
        "type": "vector",
        "tiles": ["/api/tiles/walking_time/{z}/{x}/{y}.mvt?{filter}"],
        "minzoom": 8,
        "maxzoom": 14,
    },
    tile=cell_tile,
    style=(
        {
            "type": "fill",
            "source": "walking_time",
            "source-layer": "cells",
            "minzoom": POINT_ZOOM - 0.5,
            "paint": {"fill-color": _COLOUR, "fill-antialias": False},
            "fade": ((POINT_ZOOM - 0.5, 0.0), (POINT_ZOOM + 0.5, 0.8), (13.0, 0.7), (14.5, 0.42), (16.5, 0.34)),
        },
    ),
    legend=(
        LegendItem("square", "var(--circle-5)", "map.band_5"),
        LegendItem("square", "var(--circle-10)", "map.band_10"),
        LegendItem("square", "var(--circle-15)", "map.band_15"),
        LegendItem("square", "var(--circle-none)", "map.band_none"),
    ),
    counted="residents",
)
