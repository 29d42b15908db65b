"""What OpenStreetMap tags say about water: pure rules, no files.

Source: the OpenStreetMap wiki pages Tag:natural=water, Key:water, Tag:waterway=riverbank, Tag:landuse=reservoir and
Tag:landuse=basin as of 2025. The sea is a coastline in OpenStreetMap, not an area, so no tag gives ``sea``.
"""

from __future__ import annotations

from collections.abc import Mapping

Tags = Mapping[str, str]

# Tag pairs that make an outline water, whatever else it says.
WATER_TAGS = (("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir"), ("landuse", "basin"))
# Values of `waterway` that go with an area; every other one is a line along the water.
AREA_WATERWAYS = frozenset({"riverbank", "dock", "boatyard"})
# Values of `water` with the kind of the contract; also on outlines that lack natural=water.
_KINDS = {
    "river": "river",
    "stream": "river",
    "rapids": "river",
    "oxbow": "lake",
    "canal": "canal",
    "ditch": "canal",
    "drain": "canal",
    "moat": "canal",
    "lock": "canal",
    "lake": "lake",
    "lagoon": "lake",
    "pond": "lake",
    "reservoir": "reservoir",
    "basin": "reservoir",
    "harbour": "other",
    "fish_pass": "other",
    "wastewater": "other",
    "reflecting_pool": "other",
}
WATER_VALUES = tuple(_KINDS)


def is_water_candidate(tags: Tags) -> bool:
    """Return whether an outline with these tags may be water."""
    return tags.get("water") in _KINDS or any(tags.get(key) == value for key, value in WATER_TAGS)


def water_kind_of(tags: Tags) -> str:
    """Return ``river``, ``canal``, ``lake``, ``reservoir`` or ``other``: `water` says more than the other tags."""
    if tags.get("water") in _KINDS:
        return _KINDS[tags["water"]]
    if tags.get("waterway") == "riverbank":
        return "river"
    return "reservoir" if tags.get("landuse") in ("reservoir", "basin") else "other"


def why_no_water(tags: Tags) -> str:
    """Return why a candidate is no water that a walker meets: ``intermittent``, ``underground``; empty if it is."""
    if tags.get("intermittent", "no") != "no" or tags.get("basin") in ("infiltration", "detention"):
        return "intermittent"
    is_covered = tags.get("covered", "no") != "no" or tags.get("tunnel", "no") != "no"
    return "underground" if is_covered or tags.get("location") == "underground" else ""


def water_name_of(tags: Tags) -> str | None:
    """Return the name of a water, Chinese before others."""
    return tags.get("name:zh") or tags.get("name") or None
