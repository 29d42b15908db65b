"""Algorithms of signatures behind one interface: a package names its own, so that another can be added beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm of signatures.

    Attributes
    ----------
    name : str
        As it stands in packages, keys and requests.
    generate : callable
        Returns a new private key as PEM (PKCS #8) and its public key as raw bytes.
    sign : callable
        ``sign(private PEM, message)`` returns the signature.
    verify : callable
        ``verify(public bytes, signature, message)`` returns whether the signature holds; never raises for bad input.
    """

    name: str
    generate: Callable[[], tuple[bytes, bytes]]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def _generate_ed25519() -> tuple[bytes, bytes]:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _sign_ed25519(pem: bytes, message: bytes) -> bytes:
    private = load_pem_private_key(pem, None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError("the private key is not Ed25519")
    return private.sign(message)


def _verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# SM2 (GB/T 32918) belongs in here as soon as the library signs with it: version 50 of `cryptography` knows the hash
# SM3 and the cipher SM4, but no SM2 key. Nothing else of the exchange depends on the algorithm.
ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {"ed25519": Algorithm("ed25519", _generate_ed25519, _sign_ed25519, _verify_ed25519)}
)
DEFAULT = "ed25519"
