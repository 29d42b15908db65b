from __future__ import annotations

import pytest

from access.roles import ACTIONS, ROLES
from kernel.scope import SENSITIVITY_LEVELS
from kernel.words import t

ROLES_OF_THE_PRODUCT = {"leader", "planner", "analyst", "duty_officer", "trainer", "data_officer", "administrator"}


def test_the_table_has_exactly_the_roles_of_the_product() -> None:
    assert set(ROLES) == ROLES_OF_THE_PRODUCT


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES.keys())
def test_a_role_is_made_of_known_parts_and_has_words(role) -> None:
    assert role.actions <= set(ACTIONS)
    assert role.sensitivity in SENSITIVITY_LEVELS
    assert {t(f"access.role_{role.code}", lang) for lang in ("zh", "en")} != {""}


def test_every_role_may_look_after_its_own_account() -> None:
    assert all("account.own" in role.actions for role in ROLES.values())


def test_only_the_data_officer_is_confined_to_an_area() -> None:
    assert {role.code for role in ROLES.values() if role.area == "assigned"} == {"data_officer"}
