"""``/api/siting/upload``: takes a list of candidate places and says row by row what was refused."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, current_app, request
from sqlalchemy import Engine

from components.page import Resource
from components.request import current
from kernel.errors import WordedError
from kernel.words import t
from ledger import candidate_lists
from warehouse.queries.siting_list import LARGEST_BYTES, read_list, reasons

SHOWN_REASONS = 50
CHUNK_BYTES = 64 * 1024


def take() -> Response:
    """Return ``{"list", "name", "accepted", "refused", "reasons"}``; the body is the file, ``name`` its name."""
    context = current()
    name = request.args.get("name", "")[:100] or "list.csv"
    try:
        found = read_list(context.scope, _body(), name)
    except WordedError as error:
        message, fix = error.said(context.lang)
        return _answer({"error": f"{message} {fix}"}, 422)

    def said(key: str, **values: str) -> str:
        return t(key, context.lang, **values)

    engine: Engine = current_app.extensions["ledger"]
    list_id = candidate_lists.save(engine, context.scope, name, found.places) if found.places else None
    return _answer(
        {
            "list": list_id,
            "name": name,
            "accepted": len(found.places),
            "refused": len(found.refused),
            "reasons": reasons(found.refused[:SHOWN_REASONS], said),
        }
    )


def _body() -> bytes:
    """Return the body, read piece by piece and never beyond the largest size.

    Raises
    ------
    WordedError
        When it is larger.
    """
    body = bytearray()
    while piece := request.stream.read(CHUNK_BYTES):
        body += piece
        if len(body) > LARGEST_BYTES:
            raise WordedError("siting.list_large", most=LARGEST_BYTES // (1024 * 1024))
    return bytes(body)


def _answer(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


RESOURCE = Resource(rule="/api/siting/upload", action="planning.solve", view=take, methods=("POST",))
