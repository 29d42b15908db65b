"""``/api/exchange/packages/<id>``: another node asks how far a package is, sends parts of it and ends the transfer.

No person and no browser calls this: the request is signed by the key of a node (`warehouse.exchange.requests`), with a
nonce that is used once, a window of five minutes and the hash of the body. So the gate lets it pass as public and the
check is made here, before the body is read. A page of another site cannot forge such a request: there is no cookie that
the browser would add by itself, and no page has the key.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Response, current_app, request
from sqlalchemy import Engine

from components.due_build import order_build
from components.page import PUBLIC, Resource
from kernel.errors import WordedError
from kernel.settings import Settings
from warehouse.apart import check_apart
from warehouse.exchange import transfer
from warehouse.exchange.inbox import Taken
from warehouse.exchange.refusal import PackageRefused, RequestRefused
from warehouse.exchange.requests import check_body, check_request
from warehouse.exchange.tables import create_tables

_ID = re.compile(r"[0-9a-f]{64}")
_OFFSET = re.compile(r"\d{1,15}")


def answer(package_id: str) -> Response:
    """Return how far the package is (GET), after a part (PUT ``?offset=``), or its receipt at the end (POST)."""
    settings: Settings = current_app.extensions["settings"]
    engine: Engine = current_app.extensions["ledger"]
    node = _caller(settings, engine)
    if not _ID.fullmatch(package_id):
        return _say({"message": "There is no such package."}, 404)
    if request.method in {"GET", "HEAD"}:
        found = transfer.standing(settings, engine, node, package_id)
        receipt = None if found.package is None else found.package.receipt
        state = "unknown" if found.package is None else found.package.state
        # A refused package may be sent again, after what refused it was mended.
        is_ended = state in {"accepted", "held"}
        return _say({"received_bytes": found.received_bytes, "state": state, "receipt": receipt if is_ended else None})
    body = request.get_data(cache=False)
    check_body(dict(request.headers), body)
    return _take_part(settings, node, package_id, body) if request.method == "PUT" else _end(settings, node, package_id)


def _caller(settings: Settings, engine: Engine) -> str:
    """Return the node that signed the request; tables are made here because most nodes never exchange anything."""
    if request.headers.get("Origin") is not None or request.cookies:
        raise RequestRefused("Nodes call without cookies and without a page.", fix="Send it with the command line.")
    create_tables(engine)
    query = request.query_string.decode("latin-1")
    path = f"{request.path}?{query}" if query else request.path
    return check_request(engine, settings, request.method, path, dict(request.headers))


def _take_part(settings: Settings, node: str, package_id: str, body: bytes) -> Response:
    offset = request.args.get("offset", "")
    if not _OFFSET.fullmatch(offset):
        return _say({"message": "The address names no offset."}, 400)
    try:
        return _say({"received_bytes": transfer.add_part(settings, node, package_id, int(offset), body)})
    except WordedError as error:
        if error.key == "exchange.part_elsewhere":
            return _say({"received_bytes": error.values["present"], "message": error.message}, 409)
        raise


def _end(settings: Settings, node: str, package_id: str) -> Response:
    try:
        taken = transfer.finish(settings, node, package_id, request.args.get("sha256", ""), checker=check_apart)
    except PackageRefused as refusal:
        told = [verdict.as_dict() for verdict in refusal.verdicts]
        return _say({"message": refusal.message, "verdicts": told}, 422)
    if taken is None:
        return _say({"message": "The parts are not what was sent.", "received_bytes": 0}, 409)
    _order(taken)
    return _say({"state": taken.package.state, "receipt": taken.package.receipt})


def _order(taken: Taken) -> None:
    if taken.changes_rows:
        order_build(current_app.extensions["ledger"], taken.package.key_id)


def _say(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


RESOURCE = Resource(
    rule="/api/exchange/packages/<package_id>", action=PUBLIC, view=answer, methods=("GET", "PUT", "POST")
)
