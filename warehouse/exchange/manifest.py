"""The manifest of a package: who sends what to whom, which package came before, and the hashes of the files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from warehouse.contract_terms import Contract
from warehouse.exchange.canonical import canonical, parse_canonical

FORMAT, VERSION = "sports-one-map-package", 1
ROWS_FILE = "rows.parquet"
_HASH = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PATTERNS = {
    "from_node": re.compile(r"[1-9]\d{3}00"),
    "to_node": re.compile(r"[1-9]\d{3}00"),
    "dataset": re.compile(r"[a-z][a-z0-9_]{0,59}"),
    "contract_version": re.compile(r"[0-9a-f]{16}"),
    "created_at": _INSTANT,
    "algorithm": re.compile(r"[a-z0-9]{1,20}"),
    "key_id": re.compile(r"[0-9a-f]{32}"),
    "rows_sha256": _HASH,
}
_TEXT_LIMIT = 200
_LARGEST_COUNT = 1 << 40


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says about itself; every byte of it is signed.

    Attributes
    ----------
    from_node, to_node : str
        Codes of the nodes.
    dataset : str
        Which contract the rows follow.
    sequence : int
        1, 2, 3, ... for each sending node and dataset.
    previous : str or None
        Id of the package before it in that order: a chain that cannot be changed in its middle.
    contract_version : str
        Digest of the rules that the rows were checked against, see `contract_version`.
    columns : mapping
        Column -> type of that contract, so that the receiver can tell what differs.
    period : str or None
        ``YYYY`` or ``YYYY-MM``.
    row_count : int
        Rows of the file.
    rows_sha256, rows_bytes : str, int
        The file of rows.
    created_at : str
        Instant of packing, as stored.
    algorithm, key_id : str
        What it is signed with.
    publisher, licence : str
        Who published the rows and under which terms.
    """

    from_node: str
    to_node: str
    dataset: str
    sequence: int
    previous: str | None
    contract_version: str
    columns: Mapping[str, str]
    period: str | None
    row_count: int
    rows_sha256: str
    rows_bytes: int
    created_at: str
    algorithm: str
    key_id: str
    publisher: str
    licence: str

    @property
    def package_id(self) -> str:
        """Return the identity of the package: the SHA-256 of everything that it says."""
        return hashlib.sha256(canonical(self._content())).hexdigest()

    def as_bytes(self) -> bytes:
        """Return the manifest as it is stored and signed."""
        return canonical({**self._content(), "package_id": self.package_id})

    def _content(self) -> dict[str, Any]:
        return {"format": FORMAT, "version": VERSION, **asdict(self), "columns": dict(self.columns)}


def read_manifest(data: bytes) -> Manifest:
    """Return the manifest behind its bytes.

    Raises
    ------
    ValueError
        When a field is missing, unknown or of the wrong form, or the bytes spell it in another way than
        `Manifest.as_bytes`; so no other bytes have the same meaning.
    """
    value = parse_canonical(data)
    names = set(Manifest.__dataclass_fields__)
    if not isinstance(value, dict) or set(value) != names | {"format", "version", "package_id"}:
        raise ValueError("fields are missing or unknown")
    if value["format"] != FORMAT or value["version"] != VERSION:
        raise ValueError("another format or version")
    for name, pattern in _PATTERNS.items():
        if not isinstance(value[name], str) or not pattern.fullmatch(value[name]):
            raise ValueError(f"{name} has the wrong form")
    for name in ("row_count", "rows_bytes", "sequence"):
        if type(value[name]) is not int or not 0 <= value[name] <= _LARGEST_COUNT:
            raise ValueError(f"{name} has the wrong form")
    for name in ("publisher", "licence"):
        if not isinstance(value[name], str) or len(value[name]) > _TEXT_LIMIT:
            raise ValueError(f"{name} has the wrong form")
    _check_optional(value)
    manifest = Manifest(**{name: value[name] for name in names})
    if manifest.as_bytes() != data:
        raise ValueError("package_id is not that of the content")
    return manifest


def _check_optional(value: Mapping[str, Any]) -> None:
    previous, period = value["previous"], value["period"]
    if previous is not None and not (isinstance(previous, str) and _HASH.fullmatch(previous)):
        raise ValueError("previous has the wrong form")
    if period is not None and not (isinstance(period, str) and re.fullmatch(r"\d{4}(-\d\d)?", period)):
        raise ValueError("period has the wrong form")
    if value["sequence"] < 1 or (value["sequence"] == 1) != (previous is None):
        raise ValueError("only the first package has none before it")
    columns = value["columns"]
    if not isinstance(columns, dict) or not all(isinstance(kind, str) for kind in columns.values()):
        raise ValueError("columns has the wrong form")


def contract_version(terms: Contract) -> str:
    """Return a digest of what a contract asks of rows: 16 hexadecimal digits; names for people do not count."""
    columns = [
        [
            column.name,
            column.type,
            column.required,
            column.unit,
            None if column.min is None else repr(column.min),
            None if column.max is None else repr(column.max),
            column.max_length,
            column.pattern,
            list(column.codes),
            column.code_list,
        ]
        for column in terms.columns
    ]
    rules = [[rule.name, rule.expr] for rule in terms.rules if rule.refuses]
    text = json.dumps([terms.dataset, list(terms.key), terms.geometry, columns, rules], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def columns_of(terms: Contract) -> dict[str, str]:
    """Return the columns of a contract with their types."""
    return {column.name: column.type for column in terms.columns}
