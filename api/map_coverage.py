"""``/api/map/coverage``: residents, residents covered and venues of every region, for any filter."""

from __future__ import annotations

from flask import Response, request

from api._answer import answer_json
from components.page import Resource
from components.request import current
from warehouse.queries.map import figures
from warehouse.queries.venue_filter import read_distance, read_filter


def show() -> Response:
    """Return the figures (``categories=a,b``, ``fee=free``, ``distance=straight``)."""
    scope, venue_filter, distance = current().scope, read_filter(request.args), read_distance(request.args)
    return answer_json(lambda: figures(scope, venue_filter, distance))


RESOURCE = Resource(rule="/api/map/coverage", action="map.view", view=show)
