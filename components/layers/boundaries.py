"""Borders of the province, its cities and its counties."""

from typing import Any

from components.map_layer import LegendItem, MapLayer


def _border(level: str, colour: str, width: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "line",
        "source": "regions",
        "filter": ["==", ["get", "level"], level],
        "layout": {"line-join": "round"},
        "paint": {"line-color": colour, "line-width": ["interpolate", ["linear"], ["zoom"], *width], **more},
        "fade": ((5.0, 0.95), (14.0, 0.8)),
    }


LAYER = MapLayer(
    theme="government",
    order=40,
    dataset="region",
    style=(
        _border("county", "var(--border-county)", [6, 0.5, 9, 0.9, 13, 1.4]),
        _border("city", "var(--border-city)", [6, 1.0, 9, 1.7, 13, 2.4]),
        _border("province", "var(--border-province)", [6, 1.8, 9, 2.4, 13, 3.0]),
    ),
    legend=(
        LegendItem("line", "var(--border-province)", "map.border_province"),
        LegendItem("line", "var(--border-city)", "map.border_city"),
        LegendItem("line", "var(--border-county)", "map.border_county"),
    ),
)
