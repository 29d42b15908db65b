"""How an error reaches a person or a program: always with what happened, what to do and a request id."""

from __future__ import annotations

import logging

import orjson
from dash import set_props
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from components.cards import error_card
from components.document import error_page
from components.gate import language_of, scheme_of
from components.request import Language, current
from kernel.errors import SportsMapError, WordedError
from kernel.logs import request_id
from kernel.words import t

log = logging.getLogger(__name__)

MACHINE_PREFIXES = ("/api/", "/_dash", "/_reload", "/healthz", "/readyz")


def install(server: Flask, default_language: Language) -> None:
    """Answer every error of a Flask application as a card, or as JSON where a program asked."""

    def answer(status: int, code: str, message: str, fix: str) -> Response:
        if _is_machine():
            return problem(status, code, message, fix)
        lang = language_of(request, default_language)
        return Response(error_page(status, code, lang, scheme_of(request)), status, mimetype="text/html")

    @server.errorhandler(SportsMapError)
    def expected(error: SportsMapError) -> Response:
        if error.status >= 500:
            log.error("%s: %s", error.code, error.message)
        lang = language_of(request, default_language)
        message, fix = error.said(lang) if isinstance(error, WordedError) else (error.message, error.fix)
        return answer(error.status, error.code, message, fix)

    @server.errorhandler(HTTPException)
    def by_protocol(error: HTTPException) -> Response:
        status = error.code or 500
        return answer(status, f"HTTP_{status}", error.description or error.name, "")

    @server.errorhandler(DependencyException)
    @server.errorhandler(InvalidResourceError)
    def no_such_library(_error: Exception) -> Response:
        return answer(404, "HTTP_404", "There is no such file.", "")

    @server.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected error", exc_info=error)
        return answer(500, "INTERNAL", "Something went wrong.", "Report the request id.")


def report_callback_error(error: Exception) -> None:
    """Tell the visitor that a callback failed, in a card over the page; the outputs stay as they were."""
    lang = current().lang
    code = error.code if isinstance(error, SportsMapError) else "INTERNAL"
    log.error("callback failed: %s", code, exc_info=error)
    card = error_card(
        t("shell.failed_part", lang),
        t("shell.failed_part_fix", lang),
        code=code,
        request_id=request_id.get(),
        lang=lang,
    )
    set_props("notices", {"children": card})


def problem(status: int, code: str, message: str, fix: str) -> Response:
    """Return an error for programs."""
    body = {"code": code, "message": message, "fix": fix, "request_id": request_id.get()}
    return Response(orjson.dumps(body), status, mimetype="application/json")


def _is_machine() -> bool:
    return request.path.startswith(MACHINE_PREFIXES) or request.mimetype == "application/json"
