"""An uploaded list of candidate places: read row by row, each refused row with its reason."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import python_calamine

from geodata.snap import snap_to_edges
from kernel.errors import DataRejected, WordedError
from kernel.scope import GrantedScope
from warehouse.formats._text import decode
from warehouse.formats.excel import as_text
from warehouse.queries.reach import network
from warehouse.queries.regions import regions
from warehouse.queries.siting_request import DECIMALS, LARGEST_CAPACITY, LARGEST_MONEY, LONGEST_NAME, MOST_LISTED

LARGEST_BYTES = 2 * 1024 * 1024
# A workbook is a zip archive: what it unpacks to is bounded by what may be sent, at this compression at most.
WORKBOOK_HEAD = b"PK\x03\x04"
HEADERS: Mapping[str, tuple[str, ...]] = {
    "lon": ("lon", "longitude", "lng", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
    "name": ("name", "名称", "地点", "场地名称"),
    "price": ("price", "cost", "造价", "造价(万元)", "造价（万元）", "价格"),
    "capacity": ("capacity", "容量", "可服务居民"),
}
NEEDED = ("lon", "lat")
RANGES: Mapping[str, tuple[float, float]] = {
    "lon": (-180.0, 180.0),
    "lat": (-90.0, 90.0),
    "price": (0.01, LARGEST_MONEY),
    "capacity": (1.0, LARGEST_CAPACITY),
}


# Longitude, latitude, name, price in 10,000 yuan, capacity in residents.
Place = tuple[float, float, str, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its number as a spreadsheet shows it, and the word key of the reason."""

    row: int
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """What a file holds: accepted places (lon, lat, name, price, capacity) and refused rows."""

    places: tuple[Place, ...]
    refused: tuple[Refused, ...]


def read_list(scope: GrantedScope, body: bytes, file_name: str) -> CandidateFile:
    """Return the places of a CSV file or workbook.

    Parameters
    ----------
    scope : GrantedScope
        Places outside its regions' box are refused.
    body : bytes
        The file, at most 2 MB.
    file_name : str
        As the sender calls it.

    Raises
    ------
    WordedError
        When the file cannot be read at all, or has no columns of longitude and latitude.
    """
    rows = iter(_rows(body, file_name))
    _, head = next(rows, (0, []))
    column = _columns(head)
    places: list[Place] = []
    refused, number_of = [], []
    seen: dict[tuple[float, float], int] = {}
    box = _box(scope)
    for number, cells in rows:
        if not any(cells):
            continue
        if len(places) >= MOST_LISTED:
            raise WordedError("siting.list_long", most=MOST_LISTED)
        found = _place(number, cells, column, box)
        if isinstance(found, Refused):
            refused.append(found)
        elif found[:2] in seen:
            refused.append(Refused(number, "siting.row_twice", {"row": str(seen[found[:2]])}))
        else:
            seen[found[:2]] = number
            places.append(found)
            number_of.append(number)
    near = snap_to_edges(network(), [place[0] for place in places], [place[1] for place in places]).edge >= 0
    refused += [Refused(number_of[index], "siting.row_street", {}) for index in np.flatnonzero(~near)]
    kept = tuple(places[index] for index in np.flatnonzero(near))
    return CandidateFile(kept, tuple(sorted(refused, key=lambda row: row.row)))


def _rows(body: bytes, file_name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        if body.startswith(WORKBOOK_HEAD):
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
            sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_LISTED * 2)
            yield from ((number, [as_text(cell).strip() for cell in row]) for number, row in enumerate(sheet, start=1))
            return
        text, _ = decode(body, file_name)
        delimiter = max(",;\t，", key=text.split("\n", 1)[0].count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        yield from ((number, [cell.strip() for cell in row]) for number, row in enumerate(reader, start=1))
    except (python_calamine.CalamineError, DataRejected, csv.Error, ValueError, OSError) as error:
        raise WordedError("siting.list_unreadable") from error


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Return the place of each known column.

    Raises
    ------
    WordedError
        When longitude or latitude is missing.
    """
    names = [name.strip().casefold() for name in head]
    found = {
        column: names.index(spelling)
        for column, spellings in HEADERS.items()
        for spelling in reversed(spellings)
        if spelling in names
    }
    if not all(column in found for column in NEEDED):
        raise WordedError("siting.list_columns")
    return found


def _place(
    number: int, cells: Sequence[str], column: Mapping[str, int], box: tuple[float, float, float, float]
) -> Place | Refused:
    def cell(name: str) -> str:
        return cells[column[name]] if name in column and column[name] < len(cells) else ""

    numbers: dict[str, float | None] = {}
    for name, (least, most) in RANGES.items():
        text = cell(name)
        value = _number(text)
        if not text and name not in NEEDED:
            numbers[name] = None
        elif value is None or not least <= value <= most:
            return Refused(number, f"siting.row_{name}", {"text": text[:20]})
        else:
            numbers[name] = value
    lon, lat = round(float(numbers["lon"] or 0), DECIMALS), round(float(numbers["lat"] or 0), DECIMALS)
    if not (box[0] <= lon <= box[2] and box[1] <= lat <= box[3]):
        return Refused(number, "siting.row_outside", {"lon": f"{lon:.4f}", "lat": f"{lat:.4f}"})
    return lon, lat, cell("name")[:LONGEST_NAME], numbers["price"], numbers["capacity"]


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _box(scope: GrantedScope) -> tuple[float, float, float, float]:
    """Return the box around the regions of a scope; everything where no regions were delivered."""
    frame = regions(scope)
    boxes = [
        (row["min_lon"], row["min_lat"], row["max_lon"], row["max_lat"])
        for row in frame.iter_rows(named=True)
        if scope.includes_region(row["region_code"]) and row["min_lon"] is not None
    ]
    if not boxes:
        return (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def reasons(refused: Sequence[Refused], said: Any) -> list[dict[str, Any]]:
    """Return refused rows with their reasons in words; ``said(key, **values)`` finds these."""
    return [{"row": row.row, "reason": said(row.key, **row.values)} for row in refused]
