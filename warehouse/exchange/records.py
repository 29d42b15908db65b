"""Packages in the ledger: what went out, what came in, and what was refused before anybody could be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from kernel.clock import as_stored, now
from ledger import for_reading
from warehouse.exchange.manifest import Manifest
from warehouse.exchange.refusal import Verdict
from warehouse.exchange.tables import ATTEMPTS, PACKAGES

OUT, IN = "out", "in"
# Out states of packages that wait for an answer of the province.
UNANSWERED = ("packed", "sending", "sent")


@dataclass(frozen=True, slots=True)
class Package:
    """One package as the ledger of one node knows it; see :data:`warehouse.exchange.tables.PACKAGES`."""

    direction: str
    package_id: str
    from_node: str
    to_node: str
    dataset: str
    sequence: int
    previous: str | None
    period: str | None
    row_count: int
    byte_count: int
    key_id: str
    contract_version: str
    created_at: str
    state: str
    channel: str | None = None
    batch_id: str | None = None
    sent_at: str | None = None
    received_at: str | None = None
    accepted_count: int | None = None
    refused_count: int | None = None
    duplicate_count: int | None = None
    conflict_count: int | None = None
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A file that claimed to be a package and could not be verified."""

    sequence: int
    file_sha256: str
    claimed_node: str | None
    claimed_dataset: str | None
    claimed_package: str | None
    channel: str
    verdicts: list[dict[str, Any]]
    happened_at: str


def put(engine: Engine, direction: str, manifest: Manifest, byte_count: int, state: str, **others: Any) -> Package:
    """Write a package down, in place of what was known of it in this direction, and return it."""
    values = {
        "direction": direction,
        "package_id": manifest.package_id,
        "from_node": manifest.from_node,
        "to_node": manifest.to_node,
        "dataset": manifest.dataset,
        "sequence": manifest.sequence,
        "previous": manifest.previous,
        "period": manifest.period,
        "row_count": manifest.row_count,
        "byte_count": byte_count,
        "key_id": manifest.key_id,
        "contract_version": manifest.contract_version,
        "created_at": manifest.created_at,
        "state": state,
        "verdicts": [],
        "findings": [],
        **others,
    }
    is_same = (PACKAGES.c.direction == direction) & (PACKAGES.c.package_id == manifest.package_id)
    with engine.begin() as connection:
        connection.execute(delete(PACKAGES).where(is_same))
        connection.execute(insert(PACKAGES).values(values))
        return Package(**connection.execute(select(PACKAGES).where(is_same)).one()._asdict())


def change(engine: Engine, package: Package, **values: Any) -> Package:
    """Write down what changed about a package and return it."""
    is_same = (PACKAGES.c.direction == package.direction) & (PACKAGES.c.package_id == package.package_id)
    with engine.begin() as connection:
        connection.execute(update(PACKAGES).where(is_same).values(values))
        return Package(**connection.execute(select(PACKAGES).where(is_same)).one()._asdict())


def find(engine: Engine, direction: str, package_id: str) -> Package | None:
    """Return a package, or None."""
    is_same = (PACKAGES.c.direction == direction) & (PACKAGES.c.package_id == package_id)
    with for_reading(engine).connect() as connection:
        row = connection.execute(select(PACKAGES).where(is_same)).one_or_none()
    return None if row is None else Package(**row._asdict())


def packages(
    engine: Engine,
    direction: str,
    *,
    node: str | None = None,
    dataset: str | None = None,
    states: Sequence[str] | None = None,
    newest: int | None = None,
) -> list[Package]:
    """Return packages by sending node, dataset and number; with ``newest`` so many of the latest, newest first.

    Parameters
    ----------
    engine : Engine
        The ledger.
    direction : {"in", "out"}
        Taken in, or sent.
    node, dataset : str, optional
        Only those of a sending node or a dataset.
    states : sequence of str, optional
        Only those in one of these states.
    newest : int, optional
        How many of the latest.
    """
    wanted = select(PACKAGES).where(PACKAGES.c.direction == direction)
    if node is not None:
        wanted = wanted.where(PACKAGES.c.from_node == node)
    if dataset is not None:
        wanted = wanted.where(PACKAGES.c.dataset == dataset)
    if states is not None:
        wanted = wanted.where(PACKAGES.c.state.in_(list(states)))
    if newest is None:
        wanted = wanted.order_by(PACKAGES.c.from_node, PACKAGES.c.dataset, PACKAGES.c.sequence, PACKAGES.c.created_at)
    else:
        wanted = wanted.order_by(PACKAGES.c.created_at.desc(), PACKAGES.c.sequence.desc()).limit(newest)
    with for_reading(engine).connect() as connection:
        return [Package(**row._asdict()) for row in connection.execute(wanted)]


def last_accepted(engine: Engine, node: str, dataset: str) -> Package | None:
    """Return the package at the end of the chain of a node's dataset, or None where none was taken in."""
    chain = packages(engine, IN, node=node, dataset=dataset, states=("accepted",))
    return max(chain, key=lambda package: package.sequence, default=None)


def note_attempt(
    engine: Engine, file_sha256: str, manifest: Manifest | None, channel: str, verdicts: Sequence[Verdict]
) -> None:
    """Write down a file that could not be verified; the same file refused for the same reason is written once."""
    told = [verdict.as_dict() for verdict in verdicts]
    with engine.begin() as connection:
        known = connection.execute(select(ATTEMPTS.c.verdicts).where(ATTEMPTS.c.file_sha256 == file_sha256)).scalars()
        if told in list(known):
            return
        connection.execute(
            insert(ATTEMPTS).values(
                file_sha256=file_sha256,
                claimed_node=None if manifest is None else manifest.from_node,
                claimed_dataset=None if manifest is None else manifest.dataset,
                claimed_package=None if manifest is None else manifest.package_id,
                channel=channel,
                verdicts=told,
                happened_at=as_stored(now()),
            )
        )


def attempts(engine: Engine, *, newest: int) -> list[Attempt]:
    """Return the latest files that could not be verified, newest first."""
    wanted = select(ATTEMPTS).order_by(ATTEMPTS.c.sequence.desc()).limit(newest)
    with for_reading(engine).connect() as connection:
        return [Attempt(**row._asdict()) for row in connection.execute(wanted)]


def sums(found: Sequence[Package]) -> Mapping[str, int]:
    """Return how many packages are in each state."""
    counts: dict[str, int] = {}
    for package in found:
        counts[package.state] = counts.get(package.state, 0) + 1
    return counts
