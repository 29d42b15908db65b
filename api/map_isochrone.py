"""``/api/map/isochrone``: the streets within reach of one venue, as a picture."""

from __future__ import annotations

from flask import Response

from api._answer import JSON, answer, whole_number
from components.page import Resource
from components.request import current
from warehouse.queries.venue import isochrone

LARGEST_INDEX = 2**31 - 1


def show() -> Response:
    """Return the polygon as a GeoJSON feature (``venue=<index>``, ``minutes=10``)."""
    scope = current().scope
    venue_index, minutes = whole_number("venue", 0, LARGEST_INDEX), whole_number("minutes", 5, 15)
    return answer(lambda: isochrone(scope, venue_index, minutes), JSON)


RESOURCE = Resource(rule="/api/map/isochrone", action="map.view", view=show)
