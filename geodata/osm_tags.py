"""What OpenStreetMap tags say about streets: pure rules, no files.

Sources: the OpenStreetMap wiki pages Key:highway and Key:access as of 2025; where the wiki leaves walking open
(cycleway, track, platform) the choice of the foot profiles of OSRM and GraphHopper is followed: open unless forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Street:
    """A way that can be walked.

    Attributes
    ----------
    kind : str
        One of ``geodata.streets.KINDS``.
    speed_factor : float
        Walking speed as a share of the speed on the flat.
    has_steps, is_bridge : bool
        What it is.
    """

    kind: str
    speed_factor: float
    has_steps: bool
    is_bridge: bool


HIGHWAY_KINDS: dict[str, str] = {
    "trunk": "motor_road",
    "trunk_link": "motor_road",
    "primary": "street",
    "primary_link": "street",
    "secondary": "street",
    "secondary_link": "street",
    "tertiary": "street",
    "tertiary_link": "street",
    "unclassified": "street",
    "residential": "street",
    "road": "street",
    "busway": "service",
    "living_street": "living_street",
    "service": "service",
    "services": "service",
    "rest_area": "service",
    "track": "track",
    "pedestrian": "pedestrian",
    "footway": "footway",
    "corridor": "footway",
    "platform": "footway",
    "access_ramp": "footway",
    "elevator": "footway",
    "cycleway": "cycleway",
    "path": "path",
    "bridleway": "path",
    "steps": "steps",
}
_MOTOR = frozenset({"motorway", "motorway_link"})
_NOT_BUILT = frozenset(
    {"construction", "proposed", "planned", "abandoned", "razed", "disused", "demolished", "removed", "dismantled"}
)
_NO_WALK = frozenset({"raceway", "bus_guideway", "escape", "via_ferrata", "ladder", "emergency_bay"})
_FORBIDDEN = frozenset(
    {"no", "private", "military", "forestry", "agricultural", "delivery", "restricted", "psv", "use_sidepath"}
)
_ALLOWED = frozenset({"yes", "designated", "permissive", "official", "public", "destination", "customers", "permit"})
_SIDEWALKS = frozenset({"both", "left", "right", "yes", "separate"})
# Stairs: as geodata.streets.WALKING_RULES; alpine paths and loose ground: about 2/3 of the pace on the flat.
STEPS_FACTOR, ROUGH_FACTOR = 0.5, 0.7
_ROUGH_SURFACE = frozenset({"sand", "mud", "rock", "snow", "ice"})
_ALPINE = frozenset({"mountain_hiking", "demanding_mountain_hiking", "alpine_hiking", "demanding_alpine_hiking"})


def street_of(tags: Tags) -> tuple[Street | None, str]:
    """Return the street that a way is for a walker, or None and the reason why it is left out.

    Returns
    -------
    street : Street or None
    reason : str
        Empty when there is a street; otherwise ``no street``, ``motorway``, ``motor road`` (trunk without sidewalk),
        ``not built``, ``ferry``, ``area``, ``not for walking``, ``foot=no``, ``access=private`` or ``unknown kind``.
    """
    reason = _why_not(tags)
    if reason:
        return None, reason
    kind = HIGHWAY_KINDS[tags["highway"]]
    has_steps = kind == "steps"
    factor = STEPS_FACTOR if has_steps else 1.0
    if not has_steps and (tags.get("surface") in _ROUGH_SURFACE or tags.get("sac_scale") in _ALPINE):
        factor = ROUGH_FACTOR
    is_bridge = tags.get("bridge", "no") not in ("no", "") or tags.get("man_made") == "bridge"
    return Street(kind, factor, has_steps, is_bridge), ""


def _why_not(tags: Tags) -> str:
    highway = tags.get("highway", "")
    if not highway:
        return "ferry" if tags.get("route") == "ferry" else "no street"
    unbuilt = highway in _NOT_BUILT or any(
        tags.get(state) == "yes" for state in ("construction", "abandoned", "disused")
    )
    reasons = (
        (highway in _MOTOR or tags.get("motorroad") == "yes", "motorway"),
        (unbuilt, "not built"),
        (highway in _NO_WALK, "not for walking"),
        (highway not in HIGHWAY_KINDS, "unknown kind"),
        (tags.get("area") == "yes", "area"),
    )
    return next((reason for holds, reason in reasons if holds), "") or _why_forbidden(tags)


def _why_forbidden(tags: Tags) -> str:
    """Return why people on foot may not use a street; ``foot`` says more than ``access``."""
    foot = tags.get("foot", "")
    if foot in _FORBIDDEN:
        return "foot=no"
    if foot in _ALLOWED:
        return ""
    if tags.get("access", "") in _FORBIDDEN:
        return "access=private"
    is_trunk = HIGHWAY_KINDS[tags["highway"]] == "motor_road"
    return "motor road" if is_trunk and tags.get("sidewalk", "no") not in _SIDEWALKS else ""


def street_name_of(tags: Tags) -> str | None:
    """Return the name of a street, Chinese before others, or its reference number."""
    return tags.get("name:zh") or tags.get("name") or tags.get("ref") or None
