"""``/api/search``: regions and venues by name, for the palette."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
from flask import Response, request

from components.page import Resource
from components.request import current
from kernel.words import t
from warehouse.queries import search

HITS = 12


def show() -> Response:
    """Return ``{"regions": [...], "venues": [...]}``; every entry has ``name``, ``detail`` and ``path``."""
    context = current()
    groups: dict[str, list[dict[str, str]]] = {"regions": [], "venues": []}
    for hit in search.find(context.scope, request.args.get("text", ""), context.lang, HITS):
        is_region = hit.kind == "region"
        words = t(f"sport.level_{hit.detail}" if is_region else f"sport.category_{hit.detail}", context.lang)
        groups["regions" if is_region else "venues"].append(
            {"name": hit.name, "detail": f"{words} · {hit.area}", "path": f"/map?{urlencode([(hit.kind, hit.id)])}"}
        )
    return Response(orjson.dumps(groups), mimetype="application/json")


RESOURCE = Resource(rule="/api/search", action="search.use", view=show)
