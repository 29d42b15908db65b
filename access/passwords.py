"""Passwords: how they are hashed, what a good one is, and how a readable one is made."""

from __future__ import annotations

import base64
import secrets
import string
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

MIN_LENGTH = 10
MIN_CLASSES = 3
MAX_LENGTH = 200

# Hashing is made expensive on purpose (64 MiB each); two at a time keep a flood of sign-ins from
# starving the rest of the process.
_AT_ONCE = threading.BoundedSemaphore(2)
_HASHER = PasswordHasher()
_CONSONANTS = "bdfghjkmnprstvz"
_VOWELS = "aeiou"


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters inside."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password is known to have, as dear to verify as any of the hasher.

    It is drawn, not computed: a real hash would make every process that imports this module start later.
    """
    salt, digest = (
        base64.b64encode(secrets.token_bytes(count)).rstrip(b"=").decode("ascii")
        for count in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


# Compared against when there is no such account, so that both answers take the same time.
_NOBODY = hash_of_nobody(_HASHER)


def matches(password: str, password_hash: str | None) -> bool:
    """Return whether a password belongs to a hash; without a hash the work is done all the same."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _NOBODY, password[:MAX_LENGTH]) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def weaknesses(password: str, account_name: str) -> list[str]:
    """Return the word keys of every rule that a new password breaks; empty means it is good.

    Notes
    -----
    At least 10 characters from 3 of 4 classes (GB/T 22239-2019, 8.1.4.1 a), and not the account's name.
    """
    classes = (
        any(c in string.ascii_lowercase for c in password),
        any(c in string.ascii_uppercase for c in password),
        any(c in string.digits for c in password),
        any(c not in string.ascii_letters + string.digits for c in password),
    )
    broken = []
    if len(password) < MIN_LENGTH:
        broken.append("access.password_too_short")
    if len(password) > MAX_LENGTH:
        broken.append("access.password_too_long")
    if sum(classes) < MIN_CLASSES:
        broken.append("access.password_too_plain")
    if account_name.casefold() in password.casefold():
        broken.append("access.password_has_name")
    return broken


def readable_password() -> str:
    """Return a random password that can be read out: two pronounceable words and four digits (about 50 bits)."""

    def word() -> str:
        return "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(3))

    return f"{word()}-{word()}-{secrets.randbelow(10_000):04d}"
