"""Where the served figures come from: the build, the hash of its content, and every dataset with its licence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries import _run


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """One dataset of the snapshot.

    Attributes
    ----------
    code, name_zh, name_en : str
        Which dataset.
    origin : str
        ``demo`` (generated), ``reference`` (ships with the product) or ``delivered``.
    publisher, licence : str
        As the contract and the delivery state them.
    period : str or None
        What the data describe, e.g. ``2020``.
    delivered_at : str
        ISO 8601, UTC.
    row_count : int
        Accepted rows.
    """

    code: str
    name_zh: str
    name_en: str
    origin: str
    publisher: str
    licence: str
    period: str | None
    delivered_at: str
    row_count: int


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """The snapshot behind an answer.

    Attributes
    ----------
    build_id : str
        Which snapshot.
    content_hash : str
        Hash over the content: equal content has an equal hash.
    created_at : str
        When it was built, ISO 8601, UTC.
    title_zh, title_en : str
        What it covers.
    is_demo : bool
        Whether any dataset in it is generated.
    datasets : tuple of DatasetRecord
        Sorted by code. Who published what is known to everybody, whatever the sensitivity of the rows.
    """

    build_id: str
    content_hash: str
    created_at: str
    title_zh: str
    title_en: str
    is_demo: bool
    datasets: tuple[DatasetRecord, ...]


def build_record() -> BuildRecord:
    """Return the record of the served snapshot.

    Raises
    ------
    NoSnapshot
        When nothing has been published.
    """
    manifest = _run.manifest()
    entries: dict[str, dict[str, Any]] = manifest["datasets"]
    return BuildRecord(
        build_id=manifest["build_id"],
        content_hash=manifest["content_hash"],
        created_at=manifest["created_at"],
        title_zh=manifest["title"],
        title_en=manifest.get("title_en") or manifest["title"],
        is_demo=any(entry["origin"] == DEMO_ORIGIN for entry in entries.values()),
        datasets=tuple(
            DatasetRecord(
                code=code,
                name_zh=entry["name_zh"],
                name_en=entry["name_en"],
                origin=entry["origin"],
                publisher=entry["publisher"],
                licence=entry["licence"],
                period=entry["period"],
                delivered_at=entry["delivered_at"],
                row_count=entry["row_count"],
            )
            for code, entry in sorted(entries.items())
        ),
    )
