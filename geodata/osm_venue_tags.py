"""What OpenStreetMap tags say about places for sport: pure rules, no files.

Sources: the OpenStreetMap wiki pages Key:leisure, Key:sport, Key:access, Key:fee and Key:lit as of 2025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Tags = Mapping[str, str]

# Sports with a group of their own in the sports venue survey; the others are "other ball" or "other".
_SPORT_CODES: dict[str, str] = {
    "swimming": "B10",
    "soccer": "C10",
    "football": "C10",
    "futsal": "C13",
    "five-a-side": "C13",
    "beachsoccer": "C14",
    "basketball": "C20",
    "streetball": "C22",
    "volleyball": "C30",
    "beachvolleyball": "C30",
    "table_tennis": "C40",
    "badminton": "C50",
    "athletics": "A10",
    "running": "A10",
    "ice_skating": "D10",
    "ice_hockey": "D10",
    "ice_stock": "D10",
    "curling": "D10",
    "skiing": "D20",
    "fitness": "E10",
    "gymnastics": "F90",
    "multi": "F90",
}
_OTHER_BALL = frozenset(
    {
        "tennis",
        "padel",
        "handball",
        "team_handball",
        "hockey",
        "field_hockey",
        "rugby",
        "rugby_union",
        "rugby_league",
        "american_football",
        "australian_football",
        "baseball",
        "softball",
        "cricket",
        "golf",
        "disc_golf",
        "gateball",
        "croquet",
        "squash",
        "boules",
        "bowls",
        "petanque",
        "billiards",
        "10pin",
        "9pin",
        "bowling",
        "lacrosse",
        "pickleball",
        "racquet",
        "netball",
        "korfball",
        "floorball",
        "gaelic_games",
        "beachtennis",
        "bocce",
    }
)
_LEISURE_CODES: dict[str, str] = {
    "fitness_centre": "E20",
    "fitness_station": "E10",
    "swimming_pool": "B10",
    "swimming_area": "B13",
    "bathing_place": "B13",
    "water_park": "B10",
    "ice_rink": "D10",
    "golf_course": "C90",
    "miniature_golf": "F90",
    "disc_golf_course": "F90",
    "bowling_alley": "C90",
    "horse_riding": "F90",
    "sports_hall": "F90",
    "sports_centre": "F90",
    "stadium": "A10",
    "track": "A10",
    "pitch": "F90",
    "recreation_ground": "F90",
}
_MOTOR_SPORTS = frozenset(
    {
        "motor",
        "motorsport",
        "motocross",
        "karting",
        "rc_car",
        "model_aerodrome",
        "horse_racing",
        "dog_racing",
        "speedway",
    }
)
# A sport on these is a shop, a club's office, a route or the like, not a place to do it.
_NOT_PLACES = ("shop", "office", "club", "craft", "route", "highway", "railway", "waterway", "tourism", "type_of_route")
_SPORT_AMENITIES = frozenset({"gym", "dojo", "public_bath", "sports_hall"})
_SPORT_BUILDINGS = frozenset({"sports_hall", "sports_centre", "stadium", "riding_hall"})

# Sizes that tell the formats of football apart (FIFA and CFA pitch sizes with margins), and the 400 m loop.
ELEVEN_MIN_M2, SEVEN_MIN_M2 = 4_000.0, 1_400.0
LOOP_MIN_M, LOOP_MAX_M = 370.0, 470.0
THREE_MAX_M2 = 300.0
GARDEN_POOL_MAX_M2 = 150.0


def is_venue_candidate(tags: Tags) -> bool:
    """Return whether tags speak of a place for sport at all."""
    if tags.get("leisure") in _LEISURE_CODES or tags.get("amenity") in _SPORT_AMENITIES:
        return True
    if tags.get("building") in _SPORT_BUILDINGS:
        return True
    return (
        "sport" in tags and "leisure" not in tags and "amenity" not in tags and not any(k in tags for k in _NOT_PLACES)
    )


def why_left_out(tags: Tags, *, area_m2: float | None = None) -> str:
    """Return why a place for sport is no venue for residents, or an empty text.

    Parameters
    ----------
    tags : mapping
        Of the object.
    area_m2 : float, optional
        Area of the outline; small nameless pools without any access tag are garden pools.
    """
    if tags.get("access") in ("private", "no") or tags.get("foot") in ("private", "no"):
        return "access=private"
    if any(tags.get(state) == "yes" for state in ("disused", "abandoned", "construction", "proposed", "demolished")):
        return "not in use"
    if sports_of(tags) & _MOTOR_SPORTS:
        return "motor or animal sport"
    is_pool = tags.get("leisure") == "swimming_pool" and not {"name", "sport", "access", "fee"} & set(tags)
    if is_pool and (area_m2 is None or area_m2 < GARDEN_POOL_MAX_M2):
        return "garden pool"
    return ""


def sports_of(tags: Tags) -> set[str]:
    """Return the sports that a place is tagged with."""
    return set(_sport_list(tags))


def _sport_list(tags: Tags) -> list[str]:
    return [sport for sport in re.split(r"[;,\s]+", tags.get("sport", "").lower()) if sport]


def venue_type_of(tags: Tags, *, area_m2: float | None = None, length_m: float | None = None) -> str | None:
    """Return the venue type code of a place for sport, or None where it is none.

    Parameters
    ----------
    tags : mapping
        Of the object.
    area_m2 : float, optional
        Area of the outline: tells 11-, 7- and 5-a-side football and 3x3 basketball apart.
    length_m : float, optional
        Length of the line or outline: tells the 400 m loop from other tracks.

    Notes
    -----
    The codes are those of ``venue_types.csv``: A athletics, B swimming, C ball sports, D ice and snow, E fitness,
    F other.
    """
    if not is_venue_candidate(tags):
        return None
    leisure = tags.get("leisure", "")
    code = _by_sport(tags) if leisure not in ("fitness_centre", "fitness_station", "ice_rink", "golf_course") else None
    if code is None:
        code = _LEISURE_CODES.get(leisure, "E20" if tags.get("amenity") == "gym" else "F90")
    if code == "E10" and (leisure in ("sports_centre", "sports_hall") or is_indoor_of(tags)):
        code = "E20"
    return _refined(code, tags, area_m2, length_m)


def _by_sport(tags: Tags) -> str | None:
    """Return the code of the first sport that has one of its own, else of the first at all."""
    codes = [_SPORT_CODES.get(sport, "C90" if sport in _OTHER_BALL else "F90") for sport in _sport_list(tags)]
    if not codes:
        return None
    if len(codes) > 2 and tags.get("leisure") in ("sports_centre", "sports_hall"):
        return "F90"
    return next((code for code in codes if code not in ("C90", "F90")), codes[0])


def _refined(code: str, tags: Tags, area_m2: float | None, length_m: float | None) -> str:
    indoor = is_indoor_of(tags)
    if code == "A10" and tags.get("leisure") == "track":
        return "A11" if length_m is not None and LOOP_MIN_M <= length_m <= LOOP_MAX_M else "A12"
    if code == "B10":
        return "B12" if indoor else "B11"
    if code == "C10" and area_m2 is not None and tags.get("leisure") == "pitch":
        return "C11" if area_m2 >= ELEVEN_MIN_M2 else "C12" if area_m2 >= SEVEN_MIN_M2 else "C13"
    if code == "C20":
        small = area_m2 is not None and area_m2 < THREE_MAX_M2
        return "C23" if indoor else "C22" if small or tags.get("hoops") == "1" else "C21"
    return "C31" if code == "C30" and indoor else code


def is_indoor_of(tags: Tags) -> bool | None:
    """Return whether a place is indoors; None where the tags do not say."""
    if (
        tags.get("indoor") in ("yes", "room", "area")
        or tags.get("covered") == "yes"
        or tags.get("location") == "indoor"
    ):
        return True
    if tags.get("building", "no") != "no" or tags.get("leisure") in ("fitness_centre", "sports_hall", "bowling_alley"):
        return True
    if tags.get("indoor") == "no" or tags.get("location") == "outdoor" or tags.get("leisure") in ("pitch", "track"):
        return False
    return None


def is_lit_of(tags: Tags) -> bool | None:
    """Return whether a place is lit after dark; None where the tags do not say."""
    lit = tags.get("lit")
    if lit is None:
        return None
    return lit not in ("no", "disused")


def fee_of(tags: Tags) -> str | None:
    """Return ``free`` or ``paid``; None where the tags do not say."""
    fee = tags.get("fee", "")
    if fee in ("no", "donation"):
        return "free"
    if fee or tags.get("charge"):
        return "paid"
    return None


def opening_hours_of(tags: Tags, *, max_length: int = 200) -> str | None:
    """Return the opening hours in the OpenStreetMap notation; None where absent or longer than a column holds."""
    hours = tags.get("opening_hours", "").strip()
    return hours if 0 < len(hours) <= max_length else None


def opened_year_of(tags: Tags) -> int | None:
    """Return the year of opening from ``start_date``."""
    found = re.match(r"(1[9]\d\d|20\d\d)(?:-|$)", tags.get("start_date", ""))
    return int(found[1]) if found else None


def venue_name_of(tags: Tags) -> str:
    """Return the name of a place, Chinese before others; for a nameless one what it is, e.g. ``Pitch: soccer``."""
    name = tags.get("name:zh") or tags.get("name") or tags.get("name:en") or tags.get("official_name")
    if name:
        return name
    what = tags.get("leisure") or tags.get("amenity") or tags.get("building", "")
    what = "place for sport" if what in ("", "yes") else what.replace("_", " ")
    sports = ", ".join(sport.replace("_", " ") for sport in _sport_list(tags))
    return f"{what.capitalize()}: {sports}" if sports else what.capitalize()


_GATES = frozenset(
    {
        "gate",
        "entrance",
        "swing_gate",
        "lift_gate",
        "kissing_gate",
        "turnstile",
        "full-height_turnstile",
        "wicket_gate",
        "sliding_gate",
        "stile",
    }
)
_NO_ENTRANCES = frozenset({"no", "exit", "emergency", "garage", "service", "private"})


def is_entrance(tags: Tags) -> bool:
    """Return whether a node lets the public in: an entrance or a gate that is not private."""
    if tags.get("access") in ("private", "no") or tags.get("foot") in ("private", "no"):
        return False
    if tags.get("entrance", "no") not in _NO_ENTRANCES:
        return True
    return tags.get("barrier") in _GATES and tags.get("locked") != "yes"
