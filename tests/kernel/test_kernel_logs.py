"""A log record is one JSON object and carries the request id."""

import json
import logging
import sys
from contextvars import copy_context

from kernel.logs import JsonLines, request_id


def record(message: str, **more: object) -> logging.LogRecord:
    return logging.LogRecord("part", logging.WARNING, __file__, 1, message, None, more.get("exc_info"))


def test_a_record_is_one_line_of_json():
    line = JsonLines().format(record("第一行\n第二行"))
    assert "\n" not in line
    assert json.loads(line)["message"] == "第一行\n第二行"
    assert json.loads(line)["level"] == "warning"


def test_the_request_id_is_there_only_inside_a_request():
    def entry_of(request: str) -> dict:
        request_id.set(request)
        return json.loads(JsonLines().format(record("x")))

    assert "request_id" not in copy_context().run(entry_of, "")
    assert copy_context().run(entry_of, "abc")["request_id"] == "abc"


def test_an_error_keeps_its_trace():
    try:
        raise ValueError("broken")
    except ValueError:
        line = JsonLines().format(record("x", exc_info=sys.exc_info()))
    assert "ValueError: broken" in json.loads(line)["error"]
