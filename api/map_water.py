"""``/api/map/water``: rivers, canals and lakes as GeoJSON, in one level of detail."""

from __future__ import annotations

from flask import Response, request

from api._answer import JSON, answer
from components.page import Resource
from components.request import current
from warehouse.queries.water import shores


def show() -> Response:
    """Return the water (``detail=overview``, ``fine`` or ``near``)."""
    scope, detail = current().scope, request.args.get("detail", "overview")
    return answer(lambda: shores(scope, detail), JSON)


RESOURCE = Resource(rule="/api/map/water", action="map.view", view=show)
