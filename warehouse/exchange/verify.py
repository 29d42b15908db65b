"""Verifying a package: first that it is what its node signed, then that it may come now, and its rows from there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine

from kernel.clock import as_stored, now
from kernel.errors import UsageError
from kernel.settings import Settings
from warehouse.contract import Contract, contract
from warehouse.exchange import area, keys, records
from warehouse.exchange.manifest import Manifest, columns_of, contract_version
from warehouse.exchange.package_file import check_form, read_head
from warehouse.exchange.refusal import PackageRefused, Verdict
from warehouse.formats._archive import MAX_RATIO
from warehouse.places import route_of

# In this order: nothing is read before what stands above it has passed.
AUTHENTIC = ("size", "archive", "manifest", "node", "key", "signature", "files")
ADMISSIBLE = ("address", "contract", "sequence", "chain")
ROWS = ("rows", "scope", "content")
CHECKS = (*AUTHENTIC, *ADMISSIBLE, *ROWS)
# Small tables of repeated values shrink a lot; what they unpack to harms nobody.
_RATIO_FROM_BYTES = 1 << 20
# The one word key by which a package is not refused but waits.
GAP = "exchange.held_gap"


@dataclass(frozen=True, slots=True)
class Authentic:
    """A package that is byte by byte what the key of a trusted node signed."""

    manifest: Manifest
    verdicts: tuple[Verdict, ...]


def verify_authentic(path: Path, settings: Settings, engine: Engine) -> Authentic:
    """Return the manifest of a package once every byte of its file is known to be its sender's.

    Raises
    ------
    PackageRefused
        By one of the checks :data:`AUTHENTIC`; ``verdicts`` tells which passed before it.
    """
    passed: list[str] = []
    manifest: Manifest | None = None
    try:
        manifest, signature = read_head(path, max_bytes=settings.exchange_max_mb << 20)
        passed += ["size", "archive", "manifest"]
        if not keys.all_keys(engine, manifest.from_node):
            raise PackageRefused("node", "refused_node", node=manifest.from_node)
        passed.append("node")
        key = keys.find_key(engine, manifest.key_id)
        is_theirs = key is not None and (key.node_code, key.algorithm) == (manifest.from_node, manifest.algorithm)
        if key is None or not is_theirs:
            raise PackageRefused("key", "refused_key_unknown", key_id=manifest.key_id[:8], node=manifest.from_node)
        # A stolen key could write any date into a manifest, so what counts is the moment of receipt.
        state = key.state_at(as_stored(now()))
        if state != "good":
            raise PackageRefused("key", f"refused_key_{state}", key_id=manifest.key_id[:8])
        passed.append("key")
        if not keys.holds(key, keys.PACKAGE, signature, manifest.as_bytes()):
            raise PackageRefused("signature", "refused_signature")
        passed.append("signature")
        check_form(path, manifest, signature)
    except PackageRefused as refusal:
        done = passed if refusal.check not in passed else passed[: passed.index(refusal.check)]
        refusal.verdicts = _told(done, refusal.verdict, AUTHENTIC)
        refusal.manifest = manifest
        raise
    return Authentic(manifest, tuple(Verdict(check, "passed") for check in AUTHENTIC))


def verify_admissible(manifest: Manifest, settings: Settings, engine: Engine) -> tuple[Verdict, ...]:
    """Return the verdicts of a package that may come now; one of them is ``held`` where one before it is missing.

    Raises
    ------
    PackageRefused
        By one of the checks :data:`ADMISSIBLE`.
    """
    passed: list[str] = []
    try:
        if manifest.to_node != settings.node:
            raise PackageRefused("address", "refused_address", node=manifest.to_node, own=settings.node)
        passed.append("address")
        _check_contract(manifest)
        passed.append("contract")
        last = records.last_accepted(engine, manifest.from_node, manifest.dataset)
        number = 0 if last is None else last.sequence
        if manifest.sequence <= number:
            raise PackageRefused("sequence", "refused_older", sequence=manifest.sequence, last=number)
        if manifest.sequence > number + 1:
            waits = Verdict("sequence", "held", GAP, {"missing": number + 1})
            return _told(passed, waits, ADMISSIBLE)
        passed.append("sequence")
        if manifest.previous != (None if last is None else last.package_id):
            raise PackageRefused("chain", "refused_chain")
    except PackageRefused as refusal:
        refusal.verdicts = _told(passed, refusal.verdict, ADMISSIBLE)
        raise
    return tuple(Verdict(check, "passed") for check in ADMISSIBLE)


def verify_rows(rows: Path, manifest: Manifest, settings: Settings, engine: Engine) -> tuple[Verdict, ...]:
    """Return the verdicts on number and area of the rows.

    Raises
    ------
    PackageRefused
        By ``rows`` or ``scope``.
    """
    terms = contract(manifest.dataset)
    try:
        try:
            _check_size(rows, manifest)
            frame = pl.read_parquet(rows, columns=_telling(rows, terms))
        except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
            raise PackageRefused("rows", "refused_rows", said=manifest.row_count, found=0) from error
        if not area.is_told(terms):
            raise PackageRefused("scope", "refused_scope_unknown", dataset=terms.dataset)
        outside = area.outside(frame, terms, manifest.from_node, settings, engine)
        if outside.any():
            first = int(outside.argmax())
            told = _place_column(terms)
            region = frame[told][first] if told in frame.columns else None
            values = {"count": int(outside.sum()), "node": manifest.from_node, "row": first + 1}
            raise PackageRefused("scope", "refused_scope", **values, region=str(region or "?")[:20])
    except PackageRefused as refusal:
        refusal.verdicts = _told([] if refusal.check == "rows" else ["rows"], refusal.verdict, ROWS)
        raise
    return Verdict("rows", "passed"), Verdict("scope", "passed")


def _check_size(rows: Path, manifest: Manifest) -> None:
    """Refuse rows that are not as many as told, or would unpack without measure, before any is read."""
    meta = pq.read_metadata(rows)
    if meta.num_rows != manifest.row_count:
        raise PackageRefused("rows", "refused_rows", said=manifest.row_count, found=meta.num_rows)
    inflated = sum(meta.row_group(place).total_byte_size for place in range(meta.num_row_groups))
    if inflated > MAX_RATIO * max(rows.stat().st_size, _RATIO_FROM_BYTES):
        raise PackageRefused("rows", "refused_inflates", megabytes=inflated >> 20)


def _check_contract(manifest: Manifest) -> None:
    try:
        terms = contract(manifest.dataset)
    except UsageError as error:
        raise PackageRefused("contract", "refused_dataset", dataset=manifest.dataset) from error
    ours = contract_version(terms)
    if ours != manifest.contract_version:
        raise PackageRefused(
            "contract",
            "refused_contract",
            dataset=manifest.dataset,
            theirs=manifest.contract_version[:8],
            ours=ours[:8],
            differences=_differences(manifest, terms),
        )


def _differences(manifest: Manifest, terms: Contract) -> str:
    """Return which columns differ, as signs that need no language: + only here, - only there, ~ another type."""
    ours, theirs = columns_of(terms), dict(manifest.columns)
    parts = [f"+{name}" for name in ours if name not in theirs]
    parts += [f"-{name}" for name in theirs if name not in ours]
    parts += [f"~{name} ({theirs[name]} / {kind})" for name, kind in ours.items() if theirs.get(name, kind) != kind]
    return ", ".join(parts[:20])[:600]


def _telling(rows: Path, terms: Contract) -> list[str]:
    """Return the columns of a file that tell where a row belongs."""
    wanted = {_place_column(terms), "geometry"}
    wanted |= {column.name for column in terms.columns if column.type in ("longitude", "latitude")}
    return [name for name in pl.read_parquet_schema(rows) if name in wanted]


def _place_column(terms: Contract) -> str | None:
    route = route_of(terms)
    return None if route is None else route.column


def _told(passed: list[str], last: Verdict, checks: tuple[str, ...]) -> tuple[Verdict, ...]:
    """Return one verdict a check: those that passed, the one that did not, and those never reached."""
    verdicts = {check: Verdict(check, "passed") for check in passed} | {last.check: last}
    return tuple(verdicts.get(check, Verdict(check, "skipped")) for check in checks)
