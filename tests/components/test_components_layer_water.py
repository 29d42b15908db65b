"""Where water is drawn, and that its address follows build and zoom."""

from __future__ import annotations

from components.layers.water import LAYER
from components.map_layers import map_layers


def test_water_covers_areas_and_cells_and_lies_below_streets_borders_venues_and_names() -> None:
    order = list(map_layers())
    place = order.index("water")
    assert {"coverage", "walking_time"} <= set(order[:place])
    assert {"streets", "boundaries", "venues", "place_names"} <= set(order[place:])


def test_water_is_on_at_first_open_to_everybody_and_has_no_zoom_of_its_own() -> None:
    assert LAYER.is_on
    assert (LAYER.theme, LAYER.dataset, LAYER.sensitivity, LAYER.min_zoom) == ("government", "water", "open", 0.0)


def test_its_address_names_build_and_detail_but_no_filter() -> None:
    assert LAYER.source is not None
    address = LAYER.source["data"]
    assert address.startswith("/api/map/water?")
    assert "{build}" in address
    assert "{detail}" in address
    assert "{filter}" not in address
