"""``/readyz``: a real query on the snapshot and a read of the ledger both succeed."""

from __future__ import annotations

import logging

import orjson
from flask import Response, current_app
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from access.accounts import count_accounts
from access.policy import system_scope
from components.page import PUBLIC, Resource
from kernel.errors import SportsMapError
from warehouse.queries import standing

log = logging.getLogger(__name__)


def show() -> Response:
    """Return 200 when both parts work, else 503; the body says which part does not, and nothing more."""
    engine: Engine = current_app.extensions["ledger"]
    parts = {"ledger": _ledger_works(engine), "snapshot": _snapshot_works()}
    is_ready = all(parts.values())
    body = {"ready": is_ready, **{name: "ok" if works else "failed" for name, works in parts.items()}}
    return Response(orjson.dumps(body), 200 if is_ready else 503, mimetype="application/json")


def _ledger_works(engine: Engine) -> bool:
    try:
        count_accounts(engine)
    except SQLAlchemyError:
        log.exception("the ledger cannot be read")
        return False
    return True


def _snapshot_works() -> bool:
    try:
        standing.probe(system_scope())
    except SportsMapError as error:
        log.warning("the snapshot cannot be read: %s %s", error.code, error.message)
        return False
    return True


RESOURCE = Resource(rule="/readyz", action=PUBLIC, view=show)
