from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from access import passwords
from access.passwords import hash_password, matches, readable_password, weaknesses

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password("Correct-horse-1")
    assert "Correct-horse-1" not in stored
    assert matches("Correct-horse-1", stored)
    assert not matches("correct-horse-1", stored)


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("Correct-horse-1") != hash_password("Correct-horse-1")


@pytest.mark.parametrize("stored", [None, "", "plain text"])
def test_nothing_matches_without_a_real_hash(stored) -> None:
    assert not matches("nobody", stored)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Abc-12345", "access.password_too_short"),
        ("A1-" * 70, "access.password_too_long"),
        ("abcdefgh1234", "access.password_too_plain"),
        ("My-Leader-2026", "access.password_has_name"),
    ],
)
def test_each_rule_names_itself(password, rule) -> None:
    assert weaknesses(password, "leader") == [rule]


def test_made_passwords_are_good_and_never_the_same() -> None:
    made = [readable_password() for _ in range(500)]
    assert all(weaknesses(password, "administrator") == [] for password in made)
    assert len(set(made)) == len(made)


def test_the_hash_of_nobody_costs_as_much_as_a_real_one_and_fits_nothing() -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    nobody = passwords.hash_of_nobody(hasher)
    assert not hasher.check_needs_rehash(nobody)
    assert len(nobody) == len(hasher.hash("x"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nobody, "")
