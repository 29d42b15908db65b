"""Rivers, canals and lakes: why the way to a venue nearby can be long."""

from components.map_layer import LegendItem, MapLayer

LAYER = MapLayer(
    theme="government",
    # Above the coloured areas and cells, below streets, so that bridges are seen to cross.
    order=28,
    dataset="water",
    source={"type": "geojson", "data": "/api/map/water?detail={detail}&build={build}", "tolerance": 0.2},
    style=(
        {
            "type": "fill",
            "source": "water",
            "paint": {"fill-color": "var(--map-water)"},
        },
    ),
    legend=(LegendItem("square", "var(--map-water)", "map.water"),),
)
