"""Edits as they come from browsers and addresses: checked field by field, and packed into short text."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analytics.opening_hours import week_mask
from analytics.whatif.edits import EDIT_KINDS, ChangeVenue, Edit, edit_as_dict, field_names
from kernel.categories import FEES
from kernel.errors import WordedError

MOST_EDITS = 50
MOST_ENTRANCES = 20
# Of the venue contract: nobody delivers more, so nobody plans more.
OWNER_KINDS = ("public_institution", "enterprise", "village", "neighbourhood", "school", "other")
LARGEST_AREA_M2 = 5_000_000.0
LONGEST_HOURS = 200
LONGEST_NAME = 60
LARGEST_INDEX = 2**31 - 1
# Places are kept to 1e-6 degree, 11 cm: what is drawn by hand is no better, and addresses stay short.
DECIMALS = 6

# First character of packed edits; another one will mean another packing.
PACKING = "1"
LONGEST_PACKED = 24_000
LARGEST_JSON_BYTES = 200_000
LONGEST_SHOWN = 40

_TYPE_CODE = re.compile(r"[A-Z][0-9]{2}")
_PACKED = re.compile(r"[A-Za-z0-9_-]*")
# Fields that may be left out; all others are needed.
_OPTIONAL = frozenset(
    {"entrances", "area_m2", "opening_hours", "fee_policy", "is_lit", "is_indoor", "owner_kind", "name"}
)


def read_edits(payload: object) -> tuple[Edit, ...]:
    """Return the checked edits of a JSON list.

    Parameters
    ----------
    payload : object
        What ``json.loads`` gave: a list of objects, each with ``kind`` and the fields of
        ``analytics.whatif.edits``; links have ``from`` and ``to``. None is an empty list.

    Raises
    ------
    WordedError
        Naming the edit, counted from 1, and the field. Whether venues, types and streets exist is told by
        ``queries.whatif.answer``, which knows the data.
    """
    if payload is None:
        return ()
    if not isinstance(payload, list):
        raise WordedError("whatif.not_a_list")
    if len(payload) > MOST_EDITS:
        raise WordedError("whatif.too_many_edits", count=len(payload), most=MOST_EDITS)
    return tuple(_edit(number, entry) for number, entry in enumerate(payload, start=1))


def encode_edits(edits: Sequence[Edit]) -> str:
    """Return edits as short text for addresses: letters, digits, ``-`` and ``_``; nothing for no edits.

    Raises
    ------
    WordedError
        When it would be longer than addresses may be.
    """
    if not edits:
        return ""
    text = json.dumps([edit_as_dict(edit) for edit in edits], ensure_ascii=False, separators=(",", ":"))
    packed = PACKING + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    if len(packed) > LONGEST_PACKED:
        raise WordedError("whatif.packed_too_long", count=len(packed), most=LONGEST_PACKED)
    return packed


def decode_edits(text: str) -> tuple[Edit, ...]:
    """Return the checked edits of packed text; empty text holds none.

    Raises
    ------
    WordedError
        When the text was cut or changed, is too long, or an edit in it is wrong.
    """
    if not text:
        return ()
    if len(text) > LONGEST_PACKED:
        raise WordedError("whatif.packed_too_long", count=len(text), most=LONGEST_PACKED)
    if not text.startswith(PACKING) or not _PACKED.fullmatch(text):
        raise WordedError("whatif.packed_garbled")
    body = text.removeprefix(PACKING)
    try:
        unpacked = _inflate(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return read_edits(json.loads(unpacked))
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise WordedError("whatif.packed_garbled") from error


def _inflate(packed: bytes) -> str:
    """Return the text, never making more of it than is allowed, whatever the bytes claim."""
    opened = zlib.decompressobj()
    data = opened.decompress(packed, LARGEST_JSON_BYTES)
    if not opened.eof:
        raise ValueError("cut off, or more than fits")
    return data.decode()


def _edit(number: int, entry: object) -> Edit:
    if not isinstance(entry, Mapping):
        raise WordedError("whatif.not_an_edit", number=number)
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in EDIT_KINDS:
        raise WordedError("whatif.unknown_kind", number=number, kind=_shown(kind), kinds=", ".join(EDIT_KINDS))
    names = field_names(kind)
    unknown = sorted(str(name) for name in entry if name != "kind" and name not in names)
    if unknown:
        raise WordedError(
            "whatif.unknown_field", number=number, field=_shown(unknown[0]), kind=kind, fields=", ".join(names)
        )
    values: dict[str, Any] = {}
    for name, field in names.items():
        value = entry.get(name)
        if value is None or (name == "entrances" and isinstance(value, list) and not value):
            if name not in _OPTIONAL:
                raise WordedError("whatif.missing_field", number=number, field=name, kind=kind)
            continue
        values[field] = _READERS[name](number, name, value)
    if kind == ChangeVenue.kind and len(values) == 1:
        raise WordedError("whatif.nothing_to_change", number=number)
    return EDIT_KINDS[kind](**values)


def _shown(value: object) -> str:
    """Return a value as a message may quote it: short and on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _number_between(low: float, high: float) -> Callable[[int, str, Any], float]:
    def read(number: int, name: str, value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:
            raise WordedError(
                "whatif.wrong_number", number=number, field=name, value=_shown(value), low=f"{low:g}", high=f"{high:g}"
            )
        return round(float(value), DECIMALS)

    return read


def _index(number: int, _field: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_INDEX:
        raise WordedError("whatif.unknown_venue", number=number, venue=_shown(value))
    return value


def _place(number: int, name: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise WordedError("whatif.wrong_place", number=number, field=name, value=_shown(value))
    return _LON(number, name, value[0]), _LAT(number, name, value[1])


def _entrances(number: int, name: str, value: Any) -> tuple[tuple[float, float], ...]:
    if not isinstance(value, list | tuple):
        raise WordedError("whatif.wrong_place", number=number, field=name, value=_shown(value))
    if len(value) > MOST_ENTRANCES:
        raise WordedError("whatif.too_many_entrances", number=number, count=len(value), most=MOST_ENTRANCES)
    return tuple(_place(number, name, place) for place in value)


def _one_of(choices: Sequence[str]) -> Callable[[int, str, Any], str]:
    def read(number: int, name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise WordedError(
                "whatif.wrong_choice", number=number, field=name, value=_shown(value), choices=", ".join(choices)
            )
        return value

    return read


def _flag(number: int, name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise WordedError("whatif.wrong_choice", number=number, field=name, value=_shown(value), choices="true, false")
    return value


def _hours(number: int, _field: str, value: Any) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > LONGEST_HOURS or week_mask(text) is None:
        raise WordedError("whatif.wrong_hours", number=number, value=_shown(value))
    return text


def _name(number: int, _field: str, value: Any) -> str | None:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not isinstance(value, str) or len(text) > LONGEST_NAME or not text.isprintable():
        raise WordedError("whatif.wrong_name", number=number, most=LONGEST_NAME)
    return text or None


def _type_code(number: int, _field: str, value: Any) -> str:
    if not isinstance(value, str) or not _TYPE_CODE.fullmatch(value):
        raise WordedError("whatif.unknown_type", number=number, value=_shown(value))
    return value


_LON, _LAT = _number_between(-180.0, 180.0), _number_between(-90.0, 90.0)
_READERS: Mapping[str, Callable[[int, str, Any], Any]] = {
    "venue_type_code": _type_code,
    "venue_index": _index,
    "lon": _LON,
    "lat": _LAT,
    "from": _place,
    "to": _place,
    "entrances": _entrances,
    "area_m2": _number_between(0.0, LARGEST_AREA_M2),
    "opening_hours": _hours,
    "fee_policy": _one_of(FEES),
    "is_lit": _flag,
    "is_indoor": _flag,
    "owner_kind": _one_of(OWNER_KINDS),
    "name": _name,
}
