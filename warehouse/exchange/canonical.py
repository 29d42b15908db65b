"""One spelling for every value that is signed: the same value gives the same bytes, and other bytes are refused."""

from __future__ import annotations

import json
from typing import Any

LARGEST_BYTES = 1 << 20
_DEEPEST = 8


def canonical(value: Any) -> bytes:
    """Return a value as JSON in its only accepted spelling: keys sorted, no spaces, UTF-8.

    Parameters
    ----------
    value : dict, list, str, int, bool or None
        Numbers are whole: a fraction has no single spelling.

    Raises
    ------
    TypeError
        When something else is in it.
    """
    _check(value, 0)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse_canonical(data: bytes) -> Any:
    """Return the value behind bytes in the accepted spelling.

    Raises
    ------
    ValueError
        When the bytes are no JSON, too many, or spell the value in any other way.
    """
    if len(data) > LARGEST_BYTES:
        raise ValueError("too long")
    try:
        value = json.loads(data)
        spelled = canonical(value)
    except (RecursionError, TypeError) as error:
        raise ValueError("not in the accepted spelling") from error
    if spelled != data:
        raise ValueError("not in the accepted spelling")
    return value


def _check(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise TypeError("nested too deeply")
    if value is None or isinstance(value, (str, bool, int)):
        if isinstance(value, str):
            # Half a surrogate pair has no UTF-8.
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise TypeError("text that has no UTF-8") from error
        return
    if isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
        return
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        for key, item in value.items():
            _check(key, depth + 1)
            _check(item, depth + 1)
        return
    raise TypeError(f"{type(value).__name__} cannot be signed")
