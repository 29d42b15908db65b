"""``/api/map/regions``: outlines of all regions as GeoJSON, in one level of detail."""

from __future__ import annotations

from flask import Response, request

from api._answer import JSON, answer
from components.page import Resource
from components.request import current
from warehouse.queries.map import outlines


def show() -> Response:
    """Return the outlines (``detail=overview`` or ``fine``)."""
    scope, detail = current().scope, request.args.get("detail", "overview")
    return answer(lambda: outlines(scope, detail), JSON)


RESOURCE = Resource(rule="/api/map/regions", action="map.view", view=show)
