"""A package has one spelling: whatever byte is changed, it is found; and only the holder of the key can make one."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from tests.exchange.pair import CITY, node
from warehouse.contract import contract
from warehouse.exchange import keys
from warehouse.exchange.algorithms import ALGORITHMS
from warehouse.exchange.canonical import canonical, parse_canonical
from warehouse.exchange.inbox import exchange_ledger
from warehouse.exchange.manifest import Manifest, columns_of, contract_version, read_manifest
from warehouse.exchange.package_file import check_form, is_whole, read_head, write_package
from warehouse.exchange.refusal import PackageRefused, Verdict
from warehouse.exchange.verify import AUTHENTIC, verify_authentic

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
MOST = 1 << 20


def manifest(**changes: object) -> Manifest:
    terms = contract("venue")
    first = Manifest(
        from_node=CITY,
        to_node="320000",
        dataset="venue",
        sequence=1,
        previous=None,
        contract_version=contract_version(terms),
        columns=columns_of(terms),
        period="2026-09",
        row_count=3,
        rows_sha256="a" * 64,
        rows_bytes=100,
        created_at="2026-10-01T00:00:00Z",
        algorithm="ed25519",
        key_id="b" * 32,
        publisher="南京市体育局",
        licence="内部使用",
    )
    return replace(first, **changes)


@given(VALUES)
@settings(max_examples=25, deadline=None)
def test_a_value_has_one_spelling(value: object) -> None:
    assert parse_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "text",
    [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'"\\u0041"', b"1.0", b"NaN", b"[1,2]\n", b"\xff", b"[" * 99],
)
def test_every_other_spelling_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_canonical(text)


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": object()}, "\ud800", float("nan")])
def test_what_has_no_single_spelling_is_not_signed(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_byte_of_a_manifest_is_found(data: st.DataObject) -> None:
    good = manifest().as_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[place]))
    with pytest.raises(ValueError, match=r".+"):
        read_manifest(good[:place] + bytes([other]) + good[place + 1 :])


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 0},
        {"sequence": 2},
        {"previous": "c" * 64},
        {"row_count": -1},
        {"period": "2026"[:3]},
        {"from_node": "320105"},
        {"dataset": "../venue"},
        {"publisher": "x" * 500},
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_manifest(manifest(**changes).as_bytes())


def test_a_manifest_comes_back_as_it_was() -> None:
    first = manifest()
    assert read_manifest(first.as_bytes()) == first
    assert first.package_id != manifest(row_count=4).package_id
    assert len(first.package_id) == 64


def test_the_version_of_a_contract_is_about_rows_and_not_about_names() -> None:
    terms = contract("venue")
    assert contract_version(replace(terms, name_zh="别名")) == contract_version(terms)
    assert contract_version(replace(terms, key=("venue_name",))) != contract_version(terms)
    other = replace(terms.columns[0], max_length=7)
    assert contract_version(replace(terms, columns=(other, *terms.columns[1:]))) != contract_version(terms)


# The file


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """A signed package in a folder, with the ledger that trusts its key."""
    folder = tmp_path_factory.mktemp("packed")
    own = node(folder / "city", CITY)
    engine = exchange_ledger(own)
    key = keys.make_key(own, engine)
    rows = folder / "rows"
    rows.write_bytes(bytes(range(256)) * 2)
    digest = hashlib.sha256(rows.read_bytes()).hexdigest()
    said = manifest(rows_sha256=digest, rows_bytes=512, key_id=key.key_id)
    path = folder / "one.package.zip"
    write_package(path, said, keys.sign(own, key, keys.PACKAGE, said.as_bytes()), rows)
    return path, own, engine, said, key, rows


def test_the_same_content_gives_the_same_bytes(packed: tuple, tmp_path: Path) -> None:
    path, own, _, said, key, rows = packed
    again = tmp_path / "again.package.zip"
    write_package(again, said, keys.sign(own, key, keys.PACKAGE, said.as_bytes()), rows)
    assert again.read_bytes() == path.read_bytes()
    assert [verdict.state for verdict in verify_authentic(path, own, packed[2]).verdicts] == ["passed"] * len(AUTHENTIC)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_anywhere_in_the_file_is_found(packed: tuple, data: st.DataObject) -> None:
    path, own, engine, *_ = packed
    good = path.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    other = path.with_name("other.package.zip")
    other.write_bytes(good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :])
    with pytest.raises(PackageRefused):
        verify_authentic(other, own, engine)


@pytest.mark.parametrize("change", ["longer", "shorter", "before"])
def test_bytes_more_or_less_are_found(packed: tuple, tmp_path: Path, change: str) -> None:
    path, own, engine, *_ = packed
    good = path.read_bytes()
    other = tmp_path / "other.package.zip"
    other.write_bytes({"longer": good + b"\0", "shorter": good[:-1], "before": b"\0" + good}[change])
    with pytest.raises(PackageRefused):
        verify_authentic(other, own, engine)
    assert is_whole(path)
    assert not is_whole(tmp_path / "missing")


def test_archives_that_are_no_packages_are_refused(packed: tuple, tmp_path: Path) -> None:
    path, *_ = packed
    for number, (names, method) in enumerate(
        [
            (("manifest.json", "signature", "rows.parquet", "more"), zipfile.ZIP_STORED),
            (("../manifest.json", "signature", "rows.parquet"), zipfile.ZIP_STORED),
            (("manifest.json", "signature", "rows.parquet"), zipfile.ZIP_DEFLATED),
        ]
    ):
        other = tmp_path / f"{number}.package.zip"
        with zipfile.ZipFile(other, "w", method) as archive:
            for name in names:
                archive.writestr(name, "0" * 5_000_000 if name == "rows.parquet" else "{}")
        with pytest.raises(PackageRefused) as refused:
            read_head(other, max_bytes=100 << 20)
        assert refused.value.check == "archive"
    with pytest.raises(PackageRefused) as refused:
        read_head(path, max_bytes=100)
    assert refused.value.check == "size"


def test_rows_of_another_package_do_not_fit(packed: tuple, tmp_path: Path) -> None:
    _, own, _, said, key, _ = packed
    rows = tmp_path / "rows"
    rows.write_bytes(b"x" * 512)
    path = tmp_path / "other.package.zip"
    signature = keys.sign(own, key, keys.PACKAGE, said.as_bytes())
    write_package(path, said, signature, rows)
    with pytest.raises(PackageRefused) as refused:
        check_form(path, said, signature)
    assert refused.value.verdict == Verdict("files", "failed", "exchange.refused_rows_hash", {"file": "rows.parquet"})


# Keys


def test_a_private_key_is_for_its_owner_alone(packed: tuple) -> None:
    _, own, _, _, key, _ = packed
    path = own.data_dir / "exchange" / "keys" / f"{key.key_id}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert key.fingerprint.replace(" ", "") == key.key_id


def test_a_signature_is_good_for_one_purpose_key_and_message(packed: tuple) -> None:
    _, own, engine, _, key, _ = packed
    signature = keys.sign(own, key, keys.PACKAGE, b"a")
    assert keys.holds(key, keys.PACKAGE, signature, b"a")
    assert not keys.holds(key, keys.RECEIPT, signature, b"a")
    assert not keys.holds(key, keys.PACKAGE, signature, b"b")
    assert not keys.holds(
        keys.make_key(own, engine, valid_from=now() + timedelta(days=1)), keys.PACKAGE, signature, b"a"
    )
    # Base64 has other spellings of the same bytes.
    for other in (signature + "\n", signature[:-2], "é", ""):
        assert not keys.holds(key, keys.PACKAGE, other, b"a")


def test_keys_come_and_go(tmp_path: Path) -> None:
    own = node(tmp_path / "city", CITY)
    engine = exchange_ledger(own)
    with pytest.raises(WordedError, match="no key to sign"):
        keys.own_key(own, engine)
    old = keys.make_key(own, engine)
    later = keys.make_key(own, engine, valid_from=now() + timedelta(days=30))
    assert keys.own_key(own, engine) == old
    assert later.state_at(as_stored(now())) == "early"
    keys.end_key(engine, old.key_id, now() - timedelta(seconds=5))
    assert keys.find_key(engine, old.key_id).state_at(as_stored(now())) == "expired"
    assert keys.revoke(engine, later.key_id).state_at("2099-01-01T00:00:00Z") == "revoked"
    with pytest.raises(WordedError):
        keys.revoke(engine, "f" * 32)


def test_a_line_that_is_no_key_is_not_trusted(packed: tuple, tmp_path: Path) -> None:
    *_, key, _ = packed
    other = exchange_ledger(node(tmp_path / "province", "320000"))
    assert keys.trust(other, key.line).key_id == key.key_id
    assert keys.trust(other, f" {key.line} ").node_code == CITY
    code, algorithm, text = key.line.split()
    for line in (
        "",
        code,
        f"{code} rsa {text}",
        f"320105 {algorithm} {text}",
        f"{code} {algorithm} {text[:-4]}",
        "a b c",
    ):
        with pytest.raises(WordedError, match="public key"):
            keys.trust(other, line)
    with pytest.raises(WordedError, match="in the list"):
        keys.trust(other, f"320200 {algorithm} {text}")
    keys.revoke(other, key.key_id)
    with pytest.raises(WordedError, match="revoked"):
        keys.trust(other, key.line)


def test_the_algorithm_agrees_with_the_test_vector_of_its_standard() -> None:
    """RFC 8032, 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    verify = ALGORITHMS["ed25519"].verify
    assert verify(public, signature, b"\x72")
    assert not verify(public, signature, b"\x73")
    assert not verify(public[:-1], signature, b"\x72")
