"""Rules for water in OpenStreetMap tags, by examples of the wiki."""

from __future__ import annotations

import pytest

from geodata.osm_water_tags import is_water_candidate, water_kind_of, water_name_of, why_no_water


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"natural": "water", "water": "river"}, "river"),
        ({"waterway": "riverbank"}, "river"),
        ({"natural": "water", "water": "canal"}, "canal"),
        ({"water": "moat"}, "canal"),
        ({"natural": "water", "water": "oxbow"}, "lake"),
        ({"natural": "water", "water": "pond"}, "lake"),
        ({"landuse": "reservoir"}, "reservoir"),
        ({"landuse": "basin", "natural": "water"}, "reservoir"),
        ({"landuse": "reservoir", "water": "lake"}, "lake"),
        ({"natural": "water"}, "other"),
        ({"natural": "water", "water": "no such word"}, "other"),
    ],
)
def test_kinds(tags: dict[str, str], kind: str) -> None:
    assert is_water_candidate(tags)
    assert water_kind_of(tags) == kind


@pytest.mark.parametrize(
    "tags", [{}, {"waterway": "river"}, {"natural": "wetland"}, {"water": "tidal"}, {"leisure": "swimming_pool"}]
)
def test_what_is_no_water(tags: dict[str, str]) -> None:
    assert not is_water_candidate(tags)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({}, ""),
        ({"intermittent": "no", "covered": "no", "tunnel": "no", "location": "surface"}, ""),
        ({"intermittent": "yes"}, "intermittent"),
        ({"basin": "infiltration"}, "intermittent"),
        ({"basin": "retention"}, ""),
        ({"covered": "yes"}, "underground"),
        ({"tunnel": "culvert"}, "underground"),
        ({"location": "underground"}, "underground"),
    ],
)
def test_water_that_no_walker_meets(tags: dict[str, str], reason: str) -> None:
    assert why_no_water({"natural": "water"} | tags) == reason


def test_names() -> None:
    assert water_name_of({"name": "Changjiang", "name:zh": "长江"}) == "长江"
    assert water_name_of({"name": "Neckar"}) == "Neckar"
    assert water_name_of({}) is None
