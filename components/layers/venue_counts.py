"""How many venues each city and county has, as discs below the zoom where single venues are drawn."""

from typing import Any

from components.map_layer import COUNTY_ZOOM, POINT_ZOOM, LegendItem, MapLayer


def _discs(level: str, low: float, high: float) -> dict[str, Any]:
    return {
        "type": "circle",
        "source": "places",
        "minzoom": low,
        "maxzoom": high,
        "filter": ["all", ["has", "share"], ["==", ["get", "level"], level]],
        "paint": {
            "circle-color": "var(--theme-facility)",
            # Area, not radius, is in proportion to the count; share is its square root against the largest.
            "circle-radius": ["interpolate", ["linear"], ["get", "share"], 0, 2, 1, 30],
            "circle-stroke-color": "var(--map-halo)",
            "circle-stroke-width": 1.5,
        },
        "fade": ((low, 0.72), (high - 0.3, 0.72), (high, 0.0)),
    }


LAYER = MapLayer(
    theme="facility",
    order=55,
    dataset="venue",
    is_on=False,
    style=(_discs("city", 0.0, COUNTY_ZOOM), _discs("county", COUNTY_ZOOM, POINT_ZOOM)),
    legend=(LegendItem("circle", "var(--theme-facility)", "map.disc"),),
    counted="venues",
)
