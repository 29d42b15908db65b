"""``/api/map/in_view``: what lies inside the part of the map that is on the screen."""

from __future__ import annotations

from flask import Response, request

from api._answer import answer_json, whole_number
from components.page import Resource
from components.request import current
from kernel.errors import UsageError
from warehouse.queries.map import in_view
from warehouse.queries.venue_filter import MINUTES, read_filter


def show() -> Response:
    """Return venues, residents and residents outside the circle (``box=west,south,east,north``, ``minutes=10``)."""
    scope, venue_filter = current().scope, read_filter(request.args)
    box, minutes = _box(request.args.get("box", "")), whole_number("minutes", MINUTES[0], MINUTES[-1])
    if minutes not in MINUTES:
        raise UsageError(f"There is no circle of {minutes} minutes.", fix="minutes: 5, 10, 15.")
    return answer_json(lambda: in_view(scope, box, venue_filter, minutes))


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(f"box={text[:60]!r} is no box.", fix="box=west,south,east,north in degrees.") from error
    if not (-540 <= west <= east <= 540 and -90 <= south <= north <= 90):
        raise UsageError(f"box={text[:60]!r} is no box.", fix="box=west,south,east,north in degrees.")
    return max(west, -180.0), south, min(east, 180.0), north


RESOURCE = Resource(rule="/api/map/in_view", action="map.view", view=show)
