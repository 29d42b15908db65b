from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import osm_tags
from geodata import osm_venue_tags as venue_tags
from geodata.streets import KINDS, WALKING_RULES

CODES_FILE = Path(__file__).parents[2] / "warehouse" / "reference" / "venue_types.csv"


def tags(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split()) if text else {}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("highway=residential", "street"),
        ("highway=primary", "street"),
        ("highway=trunk sidewalk=both", "motor_road"),
        ("highway=trunk foot=yes", "motor_road"),
        ("highway=living_street", "living_street"),
        ("highway=service access=destination", "service"),
        ("highway=footway access=no foot=yes", "footway"),
        ("highway=path access=private foot=permissive", "path"),
        ("highway=cycleway", "cycleway"),
        ("highway=steps", "steps"),
        ("highway=platform", "footway"),
        ("highway=track", "track"),
        ("highway=bridleway", "path"),
    ],
)
def test_what_can_be_walked(text: str, kind: str) -> None:
    street, reason = osm_tags.street_of(tags(text))
    assert street is not None
    assert (street.kind, reason) == (kind, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no street"),
        ("building=yes", "no street"),
        ("route=ferry", "ferry"),
        ("highway=motorway foot=yes", "motorway"),
        ("highway=primary motorroad=yes", "motorway"),
        ("highway=trunk", "motor road"),
        ("highway=construction construction=residential", "not built"),
        ("highway=proposed", "not built"),
        ("highway=raceway", "not for walking"),
        ("highway=bus_stop", "unknown kind"),
        ("highway=pedestrian area=yes", "area"),
        ("highway=service access=private", "access=private"),
        ("highway=service access=no", "access=private"),
        ("highway=residential foot=no", "foot=no"),
        ("highway=primary foot=use_sidepath", "foot=no"),
        ("highway=footway foot=private access=yes", "foot=no"),
    ],
)
def test_what_is_left_out_and_why(text: str, reason: str) -> None:
    assert osm_tags.street_of(tags(text)) == (None, reason)


def test_steps_bridges_and_rough_ways_are_marked() -> None:
    steps, _ = osm_tags.street_of(tags("highway=steps bridge=yes"))
    rough, _ = osm_tags.street_of(tags("highway=path sac_scale=alpine_hiking bridge=no"))
    assert steps == osm_tags.Street("steps", WALKING_RULES["steps"].speed_factor, has_steps=True, is_bridge=True)
    assert rough == osm_tags.Street("path", osm_tags.ROUGH_FACTOR, has_steps=False, is_bridge=False)


def test_every_kind_is_one_of_the_network() -> None:
    assert set(osm_tags.HIGHWAY_KINDS.values()) <= set(KINDS)


@given(st.dictionaries(st.sampled_from(["highway", "access", "foot", "area", "bridge", "route"]), st.text(max_size=12)))
def test_any_tags_give_a_street_or_a_reason(found: dict[str, str]) -> None:
    street, reason = osm_tags.street_of(found)
    assert (street is None) == bool(reason)


@pytest.mark.parametrize(
    ("text", "area", "length", "code"),
    [
        ("leisure=pitch sport=soccer", 7000.0, None, "C11"),
        ("leisure=pitch sport=soccer", 2000.0, None, "C12"),
        ("leisure=pitch sport=soccer", 800.0, None, "C13"),
        ("leisure=pitch sport=soccer", None, None, "C10"),
        ("leisure=pitch sport=basketball;soccer", 600.0, None, "C21"),
        ("leisure=pitch sport=basketball", 200.0, None, "C22"),
        ("leisure=sports_hall sport=basketball", 900.0, None, "C23"),
        ("leisure=pitch sport=tennis", 600.0, None, "C90"),
        ("leisure=pitch sport=tennis;basketball", 600.0, None, "C21"),
        ("leisure=pitch sport=beachvolleyball", None, None, "C30"),
        ("building=yes sport=volleyball", None, None, "C31"),
        ("leisure=pitch sport=table_tennis", None, None, "C40"),
        ("leisure=pitch sport=badminton", None, None, "C50"),
        ("leisure=pitch sport=skateboard", None, None, "F90"),
        ("leisure=pitch", None, None, "F90"),
        ("leisure=track sport=running", 5000.0, 400.0, "A11"),
        ("leisure=track", None, 200.0, "A12"),
        ("leisure=stadium", None, None, "A10"),
        ("leisure=stadium sport=soccer", 9000.0, None, "C10"),
        ("leisure=swimming_pool", 400.0, None, "B11"),
        ("leisure=sports_centre sport=swimming building=yes", None, None, "B12"),
        ("leisure=swimming_area", None, None, "B13"),
        ("leisure=sports_centre", None, None, "F90"),
        ("leisure=sports_centre sport=soccer;tennis;swimming", None, None, "F90"),
        ("leisure=fitness_centre sport=fitness", None, None, "E20"),
        ("leisure=fitness_station", None, None, "E10"),
        ("leisure=sports_centre sport=fitness", None, None, "E20"),
        ("amenity=gym", None, None, "E20"),
        ("leisure=ice_rink sport=ice_hockey", None, None, "D10"),
        ("leisure=golf_course sport=golf", None, None, "C90"),
        ("sport=climbing", None, None, "F90"),
        ("sport=soccer shop=sports", None, None, None),
        ("sport=cycling highway=cycleway", None, None, None),
        ("leisure=park sport=soccer", None, None, None),
        ("leisure=playground", None, None, None),
        ("", None, None, None),
    ],
)
def test_types_of_venues(text: str, area: float | None, length: float | None, code: str | None) -> None:
    assert venue_tags.venue_type_of(tags(text), area_m2=area, length_m=length) == code


@given(
    leisure=st.sampled_from(["pitch", "track", "stadium", "sports_centre", "sports_hall", "swimming_pool", "park", ""]),
    sport=st.sampled_from(
        ["", "soccer", "tennis", "swimming;tennis", "fitness", "volleyball", "running", "chess", "multi"]
    ),
    area=st.none() | st.floats(0, 1e5),
    indoor=st.sampled_from(["yes", "no", ""]),
)
def test_every_code_is_one_of_the_survey(leisure: str, sport: str, area: float | None, indoor: str) -> None:
    with CODES_FILE.open(encoding="utf-8-sig") as stream:
        codes = {row["own_code"] for row in csv.DictReader(stream)}
    found = {"leisure": leisure, "sport": sport, "indoor": indoor}
    code = venue_tags.venue_type_of({key: value for key, value in found.items() if value}, area_m2=area, length_m=400.0)
    assert code is None or code in codes


@pytest.mark.parametrize(
    ("text", "area", "reason"),
    [
        ("leisure=pitch access=private", None, "access=private"),
        ("leisure=pitch access=no", None, "access=private"),
        ("leisure=pitch access=customers", None, ""),
        ("leisure=track sport=motocross", None, "motor or animal sport"),
        ("leisure=pitch disused=yes", None, "not in use"),
        ("leisure=swimming_pool", 40.0, "garden pool"),
        ("leisure=swimming_pool", None, "garden pool"),
        ("leisure=swimming_pool", 900.0, ""),
        ("leisure=swimming_pool name=Freibad", 40.0, ""),
    ],
)
def test_places_that_are_no_venues(text: str, area: float | None, reason: str) -> None:
    assert venue_tags.why_left_out(tags(text), area_m2=area) == reason


def test_attributes_say_nothing_where_the_tags_say_nothing() -> None:
    assert venue_tags.fee_of({}) is None
    assert venue_tags.is_lit_of({}) is None
    assert venue_tags.is_indoor_of({}) is None
    assert venue_tags.opening_hours_of({}) is None
    assert venue_tags.opened_year_of({"start_date": "C19"}) is None
    assert venue_tags.fee_of(tags("fee=no")) == "free"
    assert venue_tags.fee_of({"charge": "5 EUR"}) == "paid"
    assert venue_tags.is_lit_of(tags("lit=no")) is False
    assert venue_tags.opened_year_of({"start_date": "1998-05"}) == 1998
    assert venue_tags.opening_hours_of({"opening_hours": "x" * 201}) is None


def test_names() -> None:
    assert venue_tags.venue_name_of({"name": "Stadium", "name:zh": "体育场", "leisure": "stadium"}) == "体育场"
    assert venue_tags.venue_name_of(tags("leisure=pitch sport=table_tennis;soccer")) == "Pitch: table tennis, soccer"
    assert venue_tags.venue_name_of(tags("sport=climbing building=yes")) == "Place for sport: climbing"
    assert osm_tags.street_name_of(tags("ref=G312")) == "G312"


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("entrance=main", True),
        ("entrance=yes", True),
        ("barrier=gate", True),
        ("barrier=gate access=private", False),
        ("barrier=gate locked=yes", False),
        ("entrance=emergency", False),
        ("barrier=bollard", False),
        ("", False),
    ],
)
def test_entrances(text: str, *, is_open: bool) -> None:
    assert venue_tags.is_entrance(tags(text)) is is_open
