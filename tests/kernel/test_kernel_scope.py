"""A scope includes regions by the digits of their codes and levels by their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.scope import SENSITIVITY_LEVELS, GrantedScope, region_prefix

COUNTIES = st.from_regex(r"3[1-7](0[1-9]|1[0-3])([0-7][1-9]|8[1-9])", fullmatch=True)


def scope(*region_codes: str, sensitivity: str = "open") -> GrantedScope:
    return GrantedScope("1", "planner", frozenset(region_codes), sensitivity, frozenset({"map.view"}))


@pytest.mark.parametrize(
    ("root", "inside", "outside"),
    [
        ("320000", ["320000", "320500", "320506"], ["330000", "310115"]),
        ("320500", ["320500", "320506", "320585"], ["320000", "320400", "320602"]),
        ("320506", ["320506"], ["320500", "320507", "320000"]),
        ("000000", ["000000", "320506"], []),
    ],
)
def test_a_root_includes_itself_and_what_lies_below(root, inside, outside):
    assert all(scope(root).includes_region(code) for code in inside)
    assert not any(scope(root).includes_region(code) for code in outside)


@given(COUNTIES)
def test_county_city_and_province_are_nested(county):
    province, city = county[:2] + "0000", county[:4] + "00"
    assert scope(province).includes_region(county)
    assert scope(city).includes_region(county)
    assert region_prefix(county).startswith(region_prefix(city))
    assert region_prefix(city).startswith(region_prefix(province))


def test_no_root_means_the_whole_warehouse():
    assert scope().includes_region("990000")


def test_sensitivity_is_ordered():
    for have, level in enumerate(SENSITIVITY_LEVELS):
        for need, wanted in enumerate(SENSITIVITY_LEVELS):
            assert scope(sensitivity=level).covers(wanted) == (have >= need)


def test_only_granted_actions_are_allowed():
    assert scope().may("map.view")
    assert not scope().may("admin.view")


def test_fingerprint_tells_apart_what_is_seen_and_not_who_asks():
    one = GrantedScope("1", "planner", frozenset({"320500", "320600"}), "open", frozenset())
    two = GrantedScope("2", "leader", frozenset({"320600", "320500"}), "open", frozenset({"map.view"}))
    assert one.fingerprint == two.fingerprint
    assert one.fingerprint != scope("320500").fingerprint
    assert scope().fingerprint != scope(sensitivity="internal").fingerprint
