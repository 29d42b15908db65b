"""Edits against the data: which venues they mean, where their places meet the streets, whether they count and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
import shapely

from analytics.whatif import (
    AddLink,
    AddVenue,
    BuildLink,
    ChangeVenue,
    CloseVenue,
    CountVenue,
    Edit,
    MoveVenue,
    OpenDoors,
    OpenGate,
    ShutVenue,
    Step,
)
from geodata.crs import lengths_m
from geodata.nearby import NO_NODE, node_near, places_of, snap_near
from geodata.network import COORDINATE_SCALE, UNIT_M, Snap
from geodata.snap import SNAP_LIMIT_M
from geodata.tile_index import LineIndex
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.reach import network, qualifying
from warehouse.queries.regions import leaves
from warehouse.queries.venue_filter import SCHOOL, VenueFilter
from warehouse.queries.venue_types import venue_types

LONGEST_LINK_M = 2_000.0
DEAREST_LINK = 65_534
KEPT_PLACES = 4_096
OPEN = "open"

Reason = Literal["counted", "category", "fee", "school", "hours", "status", "before"]
FACTS = ("fee_policy", "opening_hours", "is_lit", "is_indoor", "owner_kind")


class Meeting(NamedTuple):
    """Where a place meets the streets: with steps and without, the place on the street, and how far it is."""

    walking: Snap
    step_free: Snap
    street_lon: float
    street_lat: float
    access_m: float


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A place of an edit: as asked for, and where it meets a street (for links: the junction), degrees and metres."""

    lon: float
    lat: float
    street_lon: float
    street_lat: float
    access_m: float


@dataclass(frozen=True, slots=True)
class ResolvedEdit:
    """What became of one edit.

    Attributes
    ----------
    number : int
        From 1.
    kind : str
        As `analytics.whatif.EDIT_KINDS`.
    venue_index : int or None
        Existing venue that is meant.
    name : str or None
        Its name, or what the planner calls the new thing.
    is_counted : bool
        Whether the circle follows the edit under the filter.
    reason : str
        ``counted``, or why not: ``category``, ``fee``, ``school``, ``hours``, ``status``, ``before``; the words are
        ``whatif.reason_<reason>``.
    places : tuple of ResolvedPlace
        Entrances, or the ends of a link.
    nodes : tuple of int
        Both street nodes of a link, else empty.
    length_m : float or None
        Of a link.
    """

    number: int
    kind: str
    venue_index: int | None
    name: str | None
    is_counted: bool
    reason: Reason
    places: tuple[ResolvedPlace, ...] = ()
    nodes: tuple[int, ...] = ()
    length_m: float | None = None


@dataclass(slots=True)
class VenueState:
    """A venue while edits are read one after the other.

    Attributes
    ----------
    owner : int
        Its number; new venues take numbers from the number of venues on.
    was_counted, is_counted : bool
        Before the first edit and now.
    keeps_own_doors : bool
        Whether its entrances of the build still stand.
    added : list of Meeting
        Entrances that edits gave it.
    area_m2 : float or None
        Site area.
    """

    owner: int
    facts: dict[str, Any]
    was_counted: bool
    is_counted: bool
    keeps_own_doors: bool = True
    added: list[Meeting] = field(default_factory=list)
    closed_by: int | None = None

    @property
    def area_m2(self) -> float | None:
        """Site area, square metres; None where unknown."""
        found: float | None = self.facts["area_m2"]
        return found


@dataclass(frozen=True, slots=True)
class Resolution:
    """All edits resolved: what they do to the engine, what is told of them, and the venues that they touch."""

    steps: tuple[tuple[Step, ...], ...]
    edits: tuple[ResolvedEdit, ...]
    venues: tuple[VenueState, ...]
    links: tuple[tuple[int, int, int], ...]


def resolve(scope: GrantedScope, venue_filter: VenueFilter, edits: Sequence[Edit]) -> Resolution:
    """Return what edits mean for the present build.

    Raises
    ------
    WordedError
        Naming the edit: unknown venue or type, a place without a street or outside the area, a venue closed before,
        a link that is too long or leads nowhere.
    """
    return _Reader(scope, venue_filter, edits).read(edits)


def prepare(scope: GrantedScope) -> None:
    """Make what the first edit will need: types, outlines, and the machine code that meets a place with the streets."""
    build_id, streets = _run.build_id(), network()
    _categories(scope)
    _outlines(build_id, scope)
    if streets.node_count:
        lon, lat = streets.node_lon[0] / COORDINATE_SCALE, streets.node_lat[0] / COORDINATE_SCALE
        _meeting(build_id, float(lon), float(lat))


def joined(meetings: Sequence[Meeting], way: int) -> Snap:
    """Return the entrances of one way of walking (0 with steps, 1 without) as one snap."""
    parts = [meeting.step_free if way else meeting.walking for meeting in meetings]
    return Snap(
        np.concatenate([part.edge for part in parts] or [np.empty(0, np.int32)]),
        np.concatenate([part.offset_cost for part in parts] or [np.empty(0)]),
        np.concatenate([part.access_m for part in parts] or [np.empty(0)]),
    )


class _Reader:
    """Reads edits in their order; each sees what those before it have done."""

    def __init__(self, scope: GrantedScope, venue_filter: VenueFilter, edits: Sequence[Edit]) -> None:
        self.scope, self.filter = scope, venue_filter
        self.build_id = _run.build_id()
        self.counts = qualifying(venue_filter)
        wanted = sorted({edit.venue_index for edit in edits if not isinstance(edit, AddVenue | AddLink)})
        self.facts = _venues(self.build_id, scope, tuple(wanted)) if wanted else {}
        self.venues: dict[int, VenueState] = {}
        self.links: list[tuple[int, int, int]] = []

    def read(self, edits: Sequence[Edit]) -> Resolution:
        steps, told = [], []
        for number, edit in enumerate(edits, start=1):
            match edit:
                case AddVenue():
                    result = self._add(number, edit)
                case CloseVenue():
                    result = self._close(number, edit)
                case MoveVenue():
                    result = self._move(number, edit)
                case ChangeVenue():
                    result = self._change(number, edit)
                case OpenGate():
                    result = self._gate(number, edit)
                case AddLink():
                    result = self._link(number, edit)
            steps.append(result[0])
            told.append(result[1])
        return Resolution(tuple(steps), tuple(told), tuple(self.venues.values()), tuple(self.links))

    def _add(self, number: int, edit: AddVenue) -> tuple[tuple[Step, ...], ResolvedEdit]:
        category = _categories(self.scope).get(edit.venue_type_code)
        if category is None:
            raise WordedError("whatif.unknown_type", number=number, value=edit.venue_type_code)
        self._check_inside(number, edit.lon, edit.lat)
        asked = edit.entrances or ((edit.lon, edit.lat),)
        meetings = [self._meet(number, *place) for place in asked]
        facts = {name: getattr(edit, name) for name in FACTS} | {
            "category_code": category,
            "venue_type_code": edit.venue_type_code,
            "status": OPEN,
            "area_m2": edit.area_m2,
        }
        reason = self._reason(facts)
        owner = len(self.counts) + number
        self.venues[owner] = VenueState(owner, facts, False, reason == "counted", False, meetings)
        steps = (_open(owner, meetings),) if reason == "counted" else ()
        places = tuple(_told(place, meeting) for place, meeting in zip(asked, meetings, strict=True))
        return steps, ResolvedEdit(number, edit.kind, None, edit.name, reason == "counted", reason, places)

    def _close(self, number: int, edit: CloseVenue) -> tuple[tuple[Step, ...], ResolvedEdit]:
        venue = self._venue(number, edit.venue_index)
        was = venue.is_counted
        venue.closed_by, venue.is_counted = number, False
        steps = (ShutVenue(venue.owner),) if was else ()
        return steps, _venue_told(number, edit, venue, "counted" if was else "before")

    def _move(self, number: int, edit: MoveVenue) -> tuple[tuple[Step, ...], ResolvedEdit]:
        venue = self._venue(number, edit.venue_index)
        self._check_inside(number, edit.lon, edit.lat)
        meeting = self._meet(number, edit.lon, edit.lat)
        venue.keeps_own_doors, venue.added = False, [meeting]
        steps: tuple[Step, ...] = ()
        if venue.is_counted:
            steps = ShutVenue(venue.owner), _open(venue.owner, venue.added)
        places = (_told((edit.lon, edit.lat), meeting),)
        reason = "counted" if venue.is_counted else self._reason(venue.facts)
        return steps, _venue_told(number, edit, venue, reason, places)

    def _change(self, number: int, edit: ChangeVenue) -> tuple[tuple[Step, ...], ResolvedEdit]:
        venue = self._venue(number, edit.venue_index)
        given = {name: getattr(edit, name) for name in ("opening_hours", "fee_policy", "is_lit")}
        venue.facts |= {name: value for name, value in given.items() if value is not None}
        reason, was = self._reason(venue.facts), venue.is_counted
        venue.is_counted = reason == "counted"
        steps: list[Step] = []
        if was and not venue.is_counted:
            steps.append(ShutVenue(venue.owner))
        elif venue.is_counted and not was:
            steps += [CountVenue(venue.owner)] if venue.keeps_own_doors else []
            steps += [_open(venue.owner, venue.added)] if venue.added else []
        return tuple(steps), _venue_told(number, edit, venue, reason)

    def _gate(self, number: int, edit: OpenGate) -> tuple[tuple[Step, ...], ResolvedEdit]:
        venue = self._venue(number, edit.venue_index)
        self._check_inside(number, edit.lon, edit.lat)
        meeting = self._meet(number, edit.lon, edit.lat)
        venue.added.append(meeting)
        steps = (_open(venue.owner, [meeting]),) if venue.is_counted else ()
        places = (_told((edit.lon, edit.lat), meeting),)
        reason = "counted" if venue.is_counted else self._reason(venue.facts)
        return steps, _venue_told(number, edit, venue, reason, places)

    def _link(self, number: int, edit: AddLink) -> tuple[tuple[Step, ...], ResolvedEdit]:
        streets = network()
        nodes = []
        for place in (edit.start, edit.end):
            self._check_inside(number, *place)
            node = node_near(streets, _lines(), *place)
            if node == NO_NODE:
                raise WordedError("whatif.no_street", number=number, limit_m=f"{SNAP_LIMIT_M:g}")
            nodes.append(node)
        a, b = nodes
        if a == b:
            raise WordedError("whatif.link_same_node", number=number)
        lon, lat = streets.node_lon[nodes] / COORDINATE_SCALE, streets.node_lat[nodes] / COORDINATE_SCALE
        length_m = float(lengths_m(lon[:1], lat[:1], lon[1:], lat[1:])[0])
        if length_m > LONGEST_LINK_M:
            raise WordedError(
                "whatif.link_too_long", number=number, length_m=round(length_m), most_m=f"{LONGEST_LINK_M:g}"
            )
        cost = min(DEAREST_LINK, int(np.floor(length_m / UNIT_M + 0.5)))
        self.links.append((a, b, cost))
        asked = np.array([edit.start, edit.end])
        away_m = lengths_m(asked[:, 0], asked[:, 1], lon, lat)
        places = tuple(ResolvedPlace(*map(float, (*asked[end], lon[end], lat[end], away_m[end]))) for end in range(2))
        told = ResolvedEdit(number, edit.kind, None, edit.name, True, "counted", places, (a, b), length_m)
        return (BuildLink(a, b, cost),), told

    def _venue(self, number: int, venue_index: int) -> VenueState:
        facts = self.facts.get(venue_index)
        if facts is None:
            raise WordedError("whatif.unknown_venue", number=number, venue=venue_index)
        if venue_index not in self.venues:
            counted = bool(self.counts[venue_index])
            self.venues[venue_index] = VenueState(venue_index, dict(facts), counted, counted)
        found = self.venues[venue_index]
        if found.closed_by is not None:
            raise WordedError("whatif.venue_gone", number=number, earlier=found.closed_by)
        return found

    def _reason(self, facts: dict[str, Any]) -> Reason:
        """Return whether a venue with these facts counts, or the first thing that stands against it."""
        asked, category = self.filter, facts["category_code"]
        if facts["status"] != OPEN:
            return "status"
        if asked.accepts_venue(category, *_accepted(facts)):
            return "counted"
        if asked.categories and category not in asked.categories:
            return "category"
        if facts["owner_kind"] == SCHOOL and not asked.schools:
            return "school"
        at_any_fee = replace(asked, fee_code="all")
        return "fee" if at_any_fee.accepts_venue(category, *_accepted(facts)) else "hours"

    def _meet(self, number: int, lon: float, lat: float) -> Meeting:
        meeting = _meeting(self.build_id, lon, lat)
        if meeting.walking.edge[0] < 0:
            raise WordedError("whatif.no_street", number=number, limit_m=f"{SNAP_LIMIT_M:g}")
        return meeting

    def _check_inside(self, number: int, lon: float, lat: float) -> None:
        if not _is_inside(self.build_id, self.scope, lon, lat):
            raise WordedError("whatif.outside_area", number=number)


def _accepted(facts: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(facts[name] for name in FACTS)


def _open(owner: int, meetings: Sequence[Meeting]) -> OpenDoors:
    return OpenDoors(owner, joined(meetings, 0), joined(meetings, 1))


def _told(asked: tuple[float, float], meeting: Meeting) -> ResolvedPlace:
    return ResolvedPlace(*asked, meeting.street_lon, meeting.street_lat, meeting.access_m)


def _venue_told(
    number: int,
    edit: CloseVenue | MoveVenue | ChangeVenue | OpenGate,
    venue: VenueState,
    reason: Reason,
    places: tuple[ResolvedPlace, ...] = (),
) -> ResolvedEdit:
    name = venue.facts["venue_name"]
    return ResolvedEdit(number, edit.kind, edit.venue_index, name, reason == "counted", reason, places)


def _lines() -> LineIndex:
    table = _run.array("map_tile")
    return LineIndex(table["street_cell"], table["street_start"], table["street_line"])


@lru_cache(maxsize=KEPT_PLACES)
def _meeting(build_id: str, lon: float, lat: float) -> Meeting:  # noqa: ARG001 - the build is part of the key
    """Where a place meets the streets; every call brings all edits, so most places were asked for before."""
    streets, lines = network(), _lines()
    walking = snap_near(streets, lines, [lon], [lat])
    step_free = walking
    if walking.edge[0] >= 0 and streets.edge_has_steps[walking.edge[0]]:
        step_free = snap_near(streets, lines, [lon], [lat], with_steps=False)
    street_lon, street_lat = places_of(streets, walking)[0]
    return Meeting(walking, step_free, float(street_lon), float(street_lat), float(walking.access_m[0]))


@lru_cache(maxsize=64)
def _venues(build_id: str, scope: GrantedScope, wanted: tuple[int, ...]) -> dict[int, dict[str, Any]]:  # noqa: ARG001
    frame = _run.rows("whatif_venue.sql", scope, venue_indexes=list(wanted))
    return {row["venue_index"]: row for row in frame.iter_rows(named=True)}


def _categories(scope: GrantedScope) -> dict[str, str]:
    frame = venue_types(scope)
    return dict(zip(frame["venue_type_code"].to_list(), frame["category_code"].to_list(), strict=True))


@lru_cache(maxsize=KEPT_PLACES)
def _is_inside(build_id: str, scope: GrantedScope, lon: float, lat: float) -> bool:
    """Return whether a place lies in a region of the scope; without any regions everything is inside."""
    tree, codes = _outlines(build_id, scope)
    if not codes:
        return not scope.region_codes
    found = tree.query(shapely.Point(lon, lat), predicate="intersects")
    return any(scope.includes_region(codes[place]) for place in found.tolist())


@lru_cache(maxsize=4)
def _outlines(build_id: str, scope: GrantedScope) -> tuple[shapely.STRtree, tuple[str, ...]]:  # noqa: ARG001
    frame = _run.rows("map_outline.sql", scope, detail_code="fine").filter(pl.col("region_code").is_in(leaves(scope)))
    return shapely.STRtree(shapely.from_wkb(frame["geometry"].to_numpy())), tuple(frame["region_code"].to_list())
