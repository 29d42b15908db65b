"""What a planner may try out: venues added, closed, moved or changed, gates opened, passages built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AddVenue:
    """A new venue.

    Attributes
    ----------
    venue_type_code : str
        Code of the list ``venue_type``, e.g. ``E10``.
    lon, lat : float
        Degrees, WGS-84.
    entrances : tuple of (lon, lat)
        Where it is entered; empty: at its own place.
    area_m2 : float or None
        Site area, square metres; counts as supply.
    opening_hours : str or None
        OpenStreetMap notation.
    fee_policy : str or None
        free, low or paid.
    is_lit, is_indoor : bool or None
        Whether it can be used after dark.
    owner_kind : str or None
        As in the venue contract.
    name : str or None
        What the planner calls it.
    """

    kind: ClassVar[str] = "add_venue"
    venue_type_code: str
    lon: float
    lat: float
    entrances: tuple[Place, ...] = ()
    area_m2: float | None = None
    opening_hours: str | None = None
    fee_policy: str | None = None
    is_lit: bool | None = None
    is_indoor: bool | None = None
    owner_kind: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CloseVenue:
    """An existing venue that closes."""

    kind: ClassVar[str] = "close_venue"
    venue_index: int


@dataclass(frozen=True, slots=True)
class MoveVenue:
    """An existing venue that moves, with one entrance at the new place (degrees, WGS-84)."""

    kind: ClassVar[str] = "move_venue"
    venue_index: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class ChangeVenue:
    """An existing venue with other hours, fee or lighting; what is None stays as it is."""

    kind: ClassVar[str] = "change_venue"
    venue_index: int
    opening_hours: str | None = None
    fee_policy: str | None = None
    is_lit: bool | None = None


@dataclass(frozen=True, slots=True)
class OpenGate:
    """One more entrance (degrees, WGS-84) of an existing venue."""

    kind: ClassVar[str] = "open_gate"
    venue_index: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class AddLink:
    """A footbridge or passage between the street nodes nearest to two places (degrees, WGS-84)."""

    kind: ClassVar[str] = "add_link"
    start: Place
    end: Place
    name: str | None = None


Edit = AddVenue | CloseVenue | MoveVenue | ChangeVenue | OpenGate | AddLink

EDIT_KINDS: Mapping[str, type[Edit]] = MappingProxyType(
    {kind.kind: kind for kind in (AddVenue, CloseVenue, MoveVenue, ChangeVenue, OpenGate, AddLink)}
)
# Names of fields in JSON where they differ: "from" is a word of the language.
_JSON_NAMES = {"start": "from", "end": "to"}


def field_names(kind: str) -> dict[str, str]:
    """Return ``{name in JSON: name of the field}`` of a kind of edit, in canonical order."""
    return {_JSON_NAMES.get(field.name, field.name): field.name for field in fields(EDIT_KINDS[kind])}


def edit_as_dict(edit: Edit) -> dict[str, Any]:
    """Return an edit as plain values ready for JSON: its kind first, fields in canonical order, nothing empty."""
    found: dict[str, Any] = {"kind": edit.kind}
    for name, field in field_names(edit.kind).items():
        value = getattr(edit, field)
        if value is None or value == ():
            continue
        if name == "entrances":
            value = [list(place) for place in value]
        found[name] = list(value) if isinstance(value, tuple) else value
    return found
