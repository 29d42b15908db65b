"""Counties coloured by the share of residents inside the circle."""

from components.map_layer import POINT_ZOOM, MapLayer

# The driver writes each region's step (0 lowest to 6) as feature state; a region without one has no data.
_STEP = ["number", ["feature-state", "step"], -1]
_COLOUR = ["match", _STEP, *[part for step in range(7) for part in (step, f"var(--coverage-{step})")], "var(--no-data)"]
_FADE = ((POINT_ZOOM - 0.5, 0.86), (POINT_ZOOM + 0.75, 0.0))

LAYER = MapLayer(
    theme="public",
    order=10,
    dataset="population_cell",
    style=(
        {
            "type": "fill",
            "source": "regions",
            "filter": ["get", "leaf"],
            "paint": {"fill-color": _COLOUR, "fill-antialias": False},
            "fade": _FADE,
        },
        {
            "type": "fill",
            "source": "regions",
            "filter": ["get", "leaf"],
            "paint": {"fill-pattern": "hatch"},
            # Only where no figure arrived.
            "state_opacity": ["case", ["==", _STEP, -1], 0.8, 0],
            "fade": _FADE,
        },
    ),
)
