"""``/api/upload``: takes a delivery of any size as a stream and answers how its check ended.

The body is the file. The address says the rest: ``name``, ``dataset`` (or ``auto``), ``check=1`` for a trial, and the
options of `components.upload_flow.asked_of`. The file's name is never part of a path.
"""

from __future__ import annotations

from typing import Any, BinaryIO, cast

import orjson
from flask import Response, current_app, request
from werkzeug.exceptions import ClientDisconnected

from components.page import Resource
from components.request import current
from components.upload_flow import asked_of, delivery_ledger, take_in
from kernel.errors import WordedError
from ledger import upload_turns
from warehouse.ingest import accepted_endings
from warehouse.landing import land
from warehouse.receive import Receipt

LARGEST_BYTES = 1 << 30
PIECE_BYTES = 64 * 1024


class TooLarge(WordedError):
    """The file is larger than any delivery may be."""

    code = "TOO_LARGE"
    status = 413


class UnknownEnding(WordedError):
    """Files with this ending are not read."""

    code = "UNKNOWN_ENDING"
    status = 415


class NoLength(WordedError):
    """The request does not say how long the file is."""

    code = "NO_LENGTH"
    status = 411


class CutOff(WordedError):
    """The sender went away before the whole file had come."""

    code = "CUT_OFF"
    status = 400


class _Body:
    """The body of the request as a file: read in small pieces, and an error where it ends too early."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, empty at the end."""
        if not self._left:
            return b""
        try:
            piece = cast("bytes", self._stream.read(min(PIECE_BYTES, self._left, size if size > 0 else PIECE_BYTES)))
        except (OSError, ClientDisconnected) as error:
            raise CutOff("upload.cut_off") from error
        if not piece:
            raise CutOff("upload.cut_off")
        self._left -= len(piece)
        return piece


def take() -> Response:
    """Return ``{"deliveries": [...], "address"}`` of the file in the body; status 422 when it was refused whole."""
    context = current()
    asked = asked_of(
        context,
        request.args.to_dict(),
        {"rename": request.args.getlist("rename"), "fill": request.args.getlist("fill")},
    )
    length = request.content_length
    if not length:
        raise NoLength("upload.no_length")
    if length > LARGEST_BYTES:
        raise TooLarge("upload.too_large", most=LARGEST_BYTES >> 30)
    if not asked.options.file_name.lower().endswith(accepted_endings()):
        raise UnknownEnding("upload.unknown_ending", endings=" ".join(accepted_endings()))
    # Every other request is held to far less; this body is never held in memory.
    request.max_content_length = LARGEST_BYTES
    engine = delivery_ledger()
    try:
        turn = upload_turns.begin(engine, context.scope.account_id)
    except upload_turns.TooManyUploads as error:
        return _wait(error, context.lang)
    try:
        landed = land(cast("BinaryIO", _Body(request.stream, length)), current_app.extensions["settings"])
        receipts = take_in(context, landed, asked)
    finally:
        upload_turns.end(engine, turn)
    is_refused = all(receipt.state == "rejected" for receipt in receipts)
    return _answer(
        {
            "deliveries": [_said(receipt) for receipt in receipts],
            "address": f"/data/uploads?delivery={receipts[0].batch.batch_id}",
        },
        422 if is_refused else 200,
    )


def _said(receipt: Receipt) -> dict[str, Any]:
    batch = receipt.batch
    return {
        "delivery": batch.batch_id,
        "dataset": batch.dataset,
        "state": receipt.state,
        "delivered": batch.delivered_count,
        "accepted": batch.accepted_count,
        "refused": batch.refused_count,
        "duplicate": batch.duplicate_count,
        "rules": [finding.rule for finding in receipt.findings],
    }


def _wait(error: upload_turns.TooManyUploads, lang: str) -> Response:
    message, fix = error.said(lang)
    response = _answer({"code": error.code, "message": message, "fix": fix}, error.status)
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _answer(value: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


RESOURCE = Resource(rule="/api/upload", action="data.upload", view=take, methods=("POST",))
