"""``/api/tiles/<layer>/<z>/<x>/<y>.mvt``: vector tiles of the layers that have them."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import NotFound

from api._answer import MVT, answer
from components.map_layers import map_layers
from components.page import Resource
from components.request import current
from kernel.errors import AccessDenied
from warehouse.queries.venue_filter import read_filter

DEEPEST_ZOOM = 14


def show(layer: str, z: int, x: int, y: int) -> Response:
    """Return a tile; an empty one where the layer has nothing.

    Raises
    ------
    NotFound
        When there is no such layer or tile.
    AccessDenied
        When the visitor is not granted the layer.
    """
    declared = map_layers().get(layer)
    if declared is None or declared.tile is None or z > DEEPEST_ZOOM or x >= 1 << z or y >= 1 << z:
        raise NotFound
    scope = current().scope
    if not scope.may(declared.action) or not scope.covers(declared.sensitivity):
        raise AccessDenied(f"The layer {layer} is not granted.", fix="Ask the administrator for the right.")
    venue_filter, make = read_filter(request.args), declared.tile
    return answer(lambda: make(scope, z, x, y, venue_filter), MVT)


RESOURCE = Resource(rule="/api/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt", action="map.view", view=show)
