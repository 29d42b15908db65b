"""Whether the body of a callback request is what the renderer would have sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from kernel.errors import UsageError

# Dash writes the outputs of a callback into one text: "a.b" or "..a.b...c.d..".
MANY = ".."
MAX_CHANGED = 1000


class MalformedCallback(UsageError):
    """The body is not a callback request."""

    code = "MALFORMED_CALLBACK"


def parse_body(data: bytes) -> dict[str, Any]:
    """Return the body as a dict with a text under ``output``.

    Raises
    ------
    MalformedCallback
        For anything else, including JSON that is nested deeper than 1,024 levels.
    """
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedCallback("The body is not JSON.") from error
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise MalformedCallback("The body names no output.")
    return body


def check_body(body: Mapping[str, Any], registered: Mapping[str, Any]) -> None:
    """Compare a body with the callback that is registered under its output.

    Parameters
    ----------
    body : mapping
        From :func:`parse_body`.
    registered : mapping
        Entry of ``Dash.callback_map``; its ``inputs`` and ``state`` list ``id`` and ``property``.

    Raises
    ------
    MalformedCallback
        When a part is missing, has another shape or names another component.
    """
    for part in ("inputs", "state"):
        given = body.get(part, [])
        expected = registered[part]
        if not isinstance(given, list) or len(given) != len(expected):
            raise MalformedCallback(f"{part} do not fit the callback.")
        for value, dependency in zip(given, expected, strict=True):
            _check_reference(value, dependency["id"], dependency["property"])
    changed = body.get("changedPropIds", [])
    is_list_of_text = isinstance(changed, list) and all(isinstance(item, str) for item in changed)
    if not is_list_of_text or len(changed) > MAX_CHANGED:
        raise MalformedCallback("changedPropIds must be a list of texts.")
    _check_outputs(body["output"], body.get("outputs"))


def only_timers(body: Mapping[str, Any]) -> bool:
    """Return whether nothing but an interval caused the request: a clock is not a person."""
    changed = body.get("changedPropIds") or []
    return bool(changed) and all(str(item).endswith(".n_intervals") for item in changed)


def _check_outputs(output: str, given: object) -> None:
    names = output[2:-2].split("...") if output.startswith(MANY) else [output]
    parts = given if isinstance(given, list) and output.startswith(MANY) else [given]
    if len(parts) != len(names):
        raise MalformedCallback("outputs do not fit the callback.")
    for part, name in zip(parts, names, strict=True):
        component_id, _, prop = name.rpartition(".")
        _check_reference(part, component_id, prop.split("@")[0])


def _check_reference(value: object, component_id: str, prop: str) -> None:
    if component_id.startswith("{"):
        members = value if isinstance(value, list) else [value]
        fits = all(isinstance(m, dict) and isinstance(m.get("id"), dict) and m.get("property") == prop for m in members)
    else:
        fits = isinstance(value, dict) and value.get("id") == component_id and value.get("property") == prop
    if not fits:
        raise MalformedCallback(f"{component_id}.{prop} was expected.")
