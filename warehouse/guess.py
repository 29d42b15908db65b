"""Which dataset a file is of, told by its columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.errors import DataRejected
from warehouse.contract import Contract, contracts
from warehouse.contract_terms import Column
from warehouse.delivery import GEOMETRY, Delivered, DeliveryOptions
from warehouse.formats import csv_text
from warehouse.ingest import read_delivery
from warehouse.rules.headers import header_names, known_names, normal

# The columns stand in the first lines of a text file; the rest need not be read.
HEAD_BYTES = 256 * 1024
# Share of the required columns that a file must have to be taken for a dataset.
LEAST_SHARE = 0.5
MOST_GUESSES = 5


def likely_datasets(path: Path, file_name: str) -> list[str]:
    """Return the datasets whose columns a file has, the likeliest first; none where nothing fits.

    Parameters
    ----------
    path : Path
        Where the file lies.
    file_name : str
        Name under which it was sent; its ending chooses the format.
    """
    options = DeliveryOptions(file_name)
    try:
        delivered = _read(path, options)
    except DataRejected:
        return []
    header = header_names(delivered.frame)
    has_shapes = GEOMETRY in delivered.frame.columns
    scores = {name: _score(header, terms, options, has_shapes=has_shapes) for name, terms in contracts().items()}
    found = [name for name, score in scores.items() if score > 0.0]
    stem = file_name.rsplit("/", 1)[-1].split(".", 1)[0].casefold()
    return sorted(found, key=lambda name: (stem == name, scores[name], name), reverse=True)[:MOST_GUESSES]


def _read(path: Path, options: DeliveryOptions) -> Delivered:
    any_dataset = _any_dataset()
    if not options.file_name.lower().endswith(csv_text.FORMAT.suffixes) or path.stat().st_size <= HEAD_BYTES:
        return read_delivery(any_dataset, path, options)
    with TemporaryDirectory(prefix="guess-") as folder, path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        short = Path(folder) / "head"
        short.write_bytes(head[: head.rindex(b"\n") + 1] if b"\n" in head else head)
        return read_delivery(any_dataset, short, options)


def _any_dataset() -> Contract:
    """Return a contract that knows every column of every dataset, so that a header is found below a title."""
    known = contracts()
    columns: dict[str, Column] = {}
    for terms in known.values():
        for column in terms.columns:
            seen = columns.get(column.name)
            names = {*(seen.aliases if seen else ()), *column.aliases, column.zh} - {column.name}
            columns[column.name] = Column(column.name, "text", column.zh, column.en, aliases=tuple(sorted(names)))
    first = next(iter(known.values()))
    return replace(first, geometry="polygon", columns=tuple(columns.values()), rules=(), crs="WGS-84")


def _score(header: list[str], terms: Contract, options: DeliveryOptions, *, has_shapes: bool) -> float:
    """Return how well a header fits: the shares of required columns, of key columns and of its own that are known.

    0 when fewer than half of the required columns are there.
    """
    seen = {normal(name) for name in header}
    known = known_names(terms, options)
    there = {name for name, names in known.items() if not seen.isdisjoint(names)}
    if has_shapes and terms.geometry == "point":
        there |= {column.name for column in terms.columns if column.type in ("longitude", "latitude")}
    if terms.has_shapes and not has_shapes and not seen & {"geometry", "geom", "wkt", "the_geom"}:
        return 0.0
    required = [column.name for column in terms.columns if column.required]
    share = sum(name in there for name in required) / max(1, len(required))
    if share < LEAST_SHARE:
        return 0.0
    keys = sum(name in there for name in terms.key) / max(1, len(terms.key))
    return share + keys + len(there) / max(1, len(header))
