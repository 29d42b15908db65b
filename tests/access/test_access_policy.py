from __future__ import annotations

from dataclasses import replace

import pytest

from access.accounts import Account
from access.policy import grant, system_scope, warming_scope
from access.roles import ROLES

ACCOUNT = Account("id", "name", "data_officer", frozenset({"320500"}), False, False, False)


def test_a_confined_role_sees_its_regions_and_what_lies_below() -> None:
    scope = grant(ACCOUNT)
    assert scope.includes_region("320500")
    assert scope.includes_region("320505")
    assert not scope.includes_region("320100")
    assert not scope.includes_region("320000")


def test_a_confined_role_without_regions_sees_nothing() -> None:
    scope = grant(replace(ACCOUNT, region_codes=frozenset()))
    assert scope.region_codes
    assert not any(scope.includes_region(code) for code in ("000000", "320000", "320500", "320505", ""))


@pytest.mark.parametrize("role", [role for role in ROLES.values() if role.area == "everywhere"])
def test_other_roles_see_everything_whatever_regions_they_carry(role) -> None:
    assert grant(replace(ACCOUNT, role_code=role.code)).region_codes == frozenset()


@pytest.mark.parametrize("change", [{"role_code": "sysadmin"}, {"is_disabled": True}])
def test_an_unknown_role_or_a_disabled_account_gets_nothing(change) -> None:
    scope = grant(replace(ACCOUNT, **change))
    assert scope.actions == frozenset()
    assert scope.sensitivity == "open"
    assert not scope.includes_region("320500")


def test_the_system_may_read_open_data_and_do_nothing() -> None:
    scope = system_scope()
    assert scope.actions == frozenset()
    assert scope.covers("open")
    assert not scope.covers("internal")


def test_whoever_fills_caches_reads_internal_data_and_may_do_nothing() -> None:
    scope = warming_scope()
    assert scope.actions == frozenset()
    assert scope.covers("internal")
    assert not scope.covers("restricted")
