"""OpenStreetMap extracts (PBF): walkable streets, places for sport, or water."""

from __future__ import annotations

from pathlib import Path

from kernel.errors import Finding
from warehouse.contract import Contract
from warehouse.delivery import Delivered, DeliveryOptions, Format, rejection
from warehouse.formats._osm_streets import read_streets
from warehouse.formats._osm_venues import read_venues
from warehouse.formats._osm_water import read_water

__all__ = ["FORMAT", "looks_like", "read", "read_streets", "read_venues", "read_water"]

_READERS = {"street": read_streets, "venue": read_venues, "water": read_water}


def looks_like(head: bytes) -> bool:
    """Return whether a file can be PBF: a blob header that says OSMHeader."""
    return b"OSMHeader" in head[:64]


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:
    """Return the streets, the venues or the water of an extract; the first one is row 1.

    Raises
    ------
    DataRejected
        ``TYPE_MISMATCH``, ``TRUNCATED``, ``EMPTY_FILE``.
    """
    file = options.file_name
    if contract.dataset not in _READERS:
        message = f"An OSM extract holds no {contract.dataset}; streets, venues and water are read from it."
        raise rejection("TYPE_MISMATCH", message, "Ingest it as street, venue or water.", file=file)
    try:
        delivered = _READERS[contract.dataset](path)
    except (RuntimeError, ValueError, OverflowError) as error:
        message = f"The extract is cut off or damaged ({str(error)[:120]})."
        fix = "Download it again and compare its size or checksum with the source."
        raise rejection("TRUNCATED", message, fix, file=file) from error
    if delivered.frame.is_empty():
        left_out = ", ".join(f"{reason} {count}" for reason, count in delivered.left_out.items()) or "nothing"
        message = f"The extract holds no {contract.dataset} that can be used; left out: {left_out}."
        raise rejection("EMPTY_FILE", message, "Take an extract that covers the area and has its ways.", file=file)
    for reason, count in delivered.left_out.items():
        message = f"Left out by the rules for OpenStreetMap tags: {reason}."
        delivered.notes.append(Finding("OSM_LEFT_OUT", message, "Nothing to do.", file=file, count=count))
    return delivered


FORMAT = Format("OSM PBF", (".osm.pbf", ".pbf"), looks_like, read)
