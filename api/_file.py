"""Answers that are small files: the name in every script, and never opened in the page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_answer(content: bytes, name: str) -> Response:
    """Return a workbook as a download; a name beyond ASCII is written after RFC 5987, with a plain one beside it."""
    plain = name.encode("ascii", "ignore").decode().strip("_") or "file.xlsx"
    response = Response(content, mimetype=_XLSX)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
