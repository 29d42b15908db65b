"""Residents outside the circle, by density."""

from components.map_layer import POINT_ZOOM, LegendItem, MapLayer
from warehouse.queries.map_tiles import DENSITY_STEPS

# Class of uncovered residents per square kilometre within the chosen minutes; absent where everybody is inside.
_CLASS = ["get", "d@minutes"]
_COLOURS = tuple(f"var(--uncovered-{step})" for step in range(len(DENSITY_STEPS)))

LAYER = MapLayer(
    theme="public",
    order=25,
    dataset="population_cell",
    sensitivity="internal",
    is_on=False,
    min_zoom=POINT_ZOOM - 0.5,
    style=(
        {
            "type": "fill",
            "source": "walking_time",
            "source-layer": "cells",
            "minzoom": POINT_ZOOM - 0.5,
            "filter": ["has", "d@minutes"],
            "paint": {
                "fill-color": [
                    "match",
                    _CLASS,
                    *[p for k, c in enumerate(_COLOURS[:-1]) for p in (k, c)],
                    _COLOURS[-1],
                ],
                "fill-antialias": False,
            },
            "fade": ((POINT_ZOOM - 0.5, 0.0), (POINT_ZOOM + 0.5, 0.9)),
        },
    ),
    legend=tuple(LegendItem("square", colour, f"map.density_{step}") for step, colour in enumerate(_COLOURS)),
    counted="uncovered",
)
