"""Mapbox Vector Tiles (MVT 2.1) written from arrays: one layer a call, no object a feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

# Units along the side of a tile. At zoom 14 in Jiangsu a unit is half a metre.
EXTENT = 4096

POINT, LINE, POLYGON = 1, 2, 3

# A feature that has no value for a column carries this index and gets no tag.
NO_VALUE = np.uint32(0xFFFFFFFF)

# Commands of the geometry encoding: id in the low three bits, repeat count above.
_MOVE_TO_ONE = 9
_LINE_TO = 2
_CLOSE_PATH = 15

# Tags of the protobuf fields, key << 3 | wire type, as in vector_tile.proto 2.1.
_TILE_LAYER = 0x1A
_LAYER_NAME, _LAYER_FEATURE, _LAYER_KEY, _LAYER_VALUE, _LAYER_EXTENT, _LAYER_VERSION = (
    0x0A,
    0x12,
    0x1A,
    0x22,
    0x28,
    0x78,
)
_VALUE_STRING, _VALUE_DOUBLE, _VALUE_UINT, _VALUE_SINT, _VALUE_BOOL = 0x0A, 0x19, 0x28, 0x30, 0x38
_MVT_VERSION = 2

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of ``f`` features: a table of values and each feature's place in it.

    Attributes
    ----------
    key : str
        Name of the attribute.
    values : sequence of str, int, float or bool
        Every value that may occur.
    index : uint32, shape (f,)
        Place of each feature's value, ``NO_VALUE`` where it has none.
    """

    key: str
    values: Sequence[Value]
    index: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Shapes of ``f`` features of one kind as MVT command integers.

    Attributes
    ----------
    kind : int
        ``POINT``, ``LINE`` or ``POLYGON``.
    command : uint32, shape (c,)
        Commands and zigzag parameters of all features, one after the other.
    start : int64, shape (f + 1,)
        Feature ``i`` owns ``command[start[i]:start[i + 1]]``.
    """

    kind: int
    command: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int64]


def integer_column(key: str, numbers: npt.NDArray[np.integer]) -> Column:
    """Return a column of whole numbers with the table of those that occur."""
    values, index = np.unique(numbers, return_inverse=True)
    return Column(key, values.tolist(), index.astype(np.uint32))


def point_geometry(x: npt.NDArray[np.integer], y: npt.NDArray[np.integer]) -> Geometry:
    """Return one point a feature; ``x`` and ``y`` are tile units, y downwards."""
    command = np.empty((len(x), 3), np.uint32)
    command[:, 0] = _MOVE_TO_ONE
    command[:, 1] = _zigzag(x)
    command[:, 2] = _zigzag(y)
    return Geometry(POINT, command.reshape(-1), np.arange(0, 3 * len(x) + 1, 3, dtype=np.int64))


def box_geometry(
    west: npt.NDArray[np.integer],
    north: npt.NDArray[np.integer],
    east: npt.NDArray[np.integer],
    south: npt.NDArray[np.integer],
) -> Geometry:
    """Return one upright rectangle a feature, exterior ring clockwise on screen as MVT asks; tile units."""
    width = np.asarray(east, np.int64) - west
    height = np.asarray(south, np.int64) - north
    command = np.empty((len(width), 11), np.uint32)
    command[:, 0] = _MOVE_TO_ONE
    command[:, 1] = _zigzag(west)
    command[:, 2] = _zigzag(north)
    command[:, 3] = 3 << 3 | _LINE_TO
    command[:, 4] = _zigzag(width)
    command[:, 5] = 0
    command[:, 6] = 0
    command[:, 7] = _zigzag(height)
    command[:, 8] = _zigzag(-width)
    command[:, 9] = 0
    command[:, 10] = _CLOSE_PATH
    return Geometry(POLYGON, command.reshape(-1), np.arange(0, 11 * len(width) + 1, 11, dtype=np.int64))


def line_geometry(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], start: npt.NDArray[np.int64], *, margin: int
) -> tuple[Geometry, npt.NDArray[np.int64]]:
    """Return polylines clipped to the tile and its margin.

    Parameters
    ----------
    x, y : float64, shape (v,)
        Vertices in tile units; they may lie far outside.
    start : int64, shape (n + 1,)
        Vertices of line ``i`` are ``start[i]:start[i + 1]``.
    margin : int
        Units kept around the tile, so that line caps and joins at the border are hidden.

    Returns
    -------
    Geometry, int64 (f,)
        The lines that have something inside, and which input line each of them is.

    Notes
    -----
    Liang and Barsky (1984). Vertices are rounded to whole units after clipping, so nothing moves by more than
    half a unit along each axis; runs that round to a single place are left out.
    """
    command = np.empty(6 * len(x) + 1, np.uint32)
    ends = np.zeros(len(start), np.int64)
    source = np.empty(len(start), np.int64)
    count = _clip_lines(x, y, start, float(-margin), float(EXTENT + margin), command, ends, source)
    return Geometry(LINE, command[: ends[count]], ends[: count + 1]), source[:count]


def encode_layer(
    name: str, geometry: Geometry, columns: Sequence[Column], feature_id: npt.NDArray[np.unsignedinteger]
) -> bytes:
    """Return a tile with one layer; tiles with several layers are the plain concatenation of such tiles.

    Parameters
    ----------
    name : str
        Name of the layer.
    geometry : Geometry
        Shapes of ``f`` features.
    columns : sequence of Column
        Attributes, each with ``f`` places.
    feature_id : unsigned integer, shape (f,)
        Feature identifiers.

    Returns
    -------
    bytes
        Empty when there is no feature: an absent layer is valid and smallest.

    Notes
    -----
    Mapbox Vector Tile Specification 2.1. Decoding returns exactly what was encoded
    (``test_decoding_returns_what_was_encoded`` uses the independent decoder ``mapbox_vector_tile``).
    """
    count = len(feature_id)
    if count == 0:
        return b""
    value_table, offsets = _value_table(columns)
    places = np.empty((count, len(columns)), np.uint32)
    for at, column in enumerate(columns):
        places[:, at] = np.where(column.index == NO_VALUE, NO_VALUE, column.index + np.uint32(offsets[at]))
    ids = np.ascontiguousarray(feature_id, np.uint64)
    body = np.empty(_features_size(geometry.command, geometry.start, places, ids), np.uint8)
    _write_features(geometry.kind, geometry.command, geometry.start, places, ids, body)
    parts = [bytes((_LAYER_VERSION, _MVT_VERSION)), _field(_LAYER_NAME, name.encode()), body.tobytes()]
    parts.extend(_field(_LAYER_KEY, column.key.encode()) for column in columns)
    parts.append(value_table)
    parts.append(bytes((_LAYER_EXTENT,)) + _varint(EXTENT))
    return _field(_TILE_LAYER, b"".join(parts))


def _value_table(columns: Sequence[Column]) -> tuple[bytes, list[int]]:
    """Return the encoded values of all columns one after the other, and where each column's values begin."""
    offsets: list[int] = []
    parts: list[bytes] = []
    for column in columns:
        offsets.append(len(parts))
        parts.extend(_field(_LAYER_VALUE, _value(value)) for value in column.values)
    return b"".join(parts), offsets


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _field(_VALUE_STRING, value.encode())
    if isinstance(value, bool):
        return bytes((_VALUE_BOOL, int(value)))
    if isinstance(value, int):
        if value >= 0:
            return bytes((_VALUE_UINT,)) + _varint(value)
        return bytes((_VALUE_SINT,)) + _varint(-2 * value - 1)
    return bytes((_VALUE_DOUBLE,)) + np.float64(value).tobytes()


def _field(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _zigzag(number: npt.NDArray[np.integer]) -> npt.NDArray[np.uint32]:
    wide = np.asarray(number, np.int64)
    return ((wide << 1) ^ (wide >> 63)).astype(np.uint32)


@numba.njit(cache=True, nogil=True)
def _varint_size(number: np.uint64) -> int:
    size = 1
    while number > np.uint64(0x7F):
        number >>= np.uint64(7)
        size += 1
    return size


@numba.njit(cache=True, nogil=True)
def _put(out: np.ndarray, at: int, number: np.uint64) -> int:
    while number > np.uint64(0x7F):
        out[at] = np.uint8(number & np.uint64(0x7F)) | np.uint8(0x80)
        number >>= np.uint64(7)
        at += 1
    out[at] = np.uint8(number)
    return at + 1


@numba.njit(cache=True, nogil=True)
def _tags_size(places: np.ndarray, row: int) -> int:
    size = 0
    for column in range(places.shape[1]):
        if places[row, column] != NO_VALUE:
            size += _varint_size(np.uint64(column)) + _varint_size(np.uint64(places[row, column]))
    return size


@numba.njit(cache=True, nogil=True)
def _commands_size(command: np.ndarray, begin: int, end: int) -> int:
    size = 0
    for at in range(begin, end):
        size += _varint_size(np.uint64(command[at]))
    return size


@numba.njit(cache=True, nogil=True)
def _feature_size(tags: int, commands: int, identifier: np.uint64) -> int:
    size = 1 + _varint_size(identifier) + 2 + 1 + _varint_size(np.uint64(commands)) + commands
    if tags:
        size += 1 + _varint_size(np.uint64(tags)) + tags
    return size


@numba.njit(cache=True, nogil=True)
def _features_size(command: np.ndarray, start: np.ndarray, places: np.ndarray, ids: np.ndarray) -> int:
    total = 0
    for row in range(len(ids)):
        size = _feature_size(_tags_size(places, row), _commands_size(command, start[row], start[row + 1]), ids[row])
        total += 1 + _varint_size(np.uint64(size)) + size
    return total


@numba.njit(cache=True, nogil=True)
def _write_features(  # noqa: PLR0917 - compiled kernels are called by position
    kind: int, command: np.ndarray, start: np.ndarray, places: np.ndarray, ids: np.ndarray, out: np.ndarray
) -> None:
    at = 0
    for row in range(len(ids)):
        tags = _tags_size(places, row)
        commands = _commands_size(command, start[row], start[row + 1])
        out[at] = 0x12  # field 2 of a layer: feature
        at = _put(out, at + 1, np.uint64(_feature_size(tags, commands, ids[row])))
        out[at] = 0x08  # field 1 of a feature: id
        at = _put(out, at + 1, ids[row])
        if tags:
            out[at] = 0x12  # field 2: tags, packed
            at = _put(out, at + 1, np.uint64(tags))
            for column in range(places.shape[1]):
                if places[row, column] != NO_VALUE:
                    at = _put(out, at, np.uint64(column))
                    at = _put(out, at, np.uint64(places[row, column]))
        out[at] = 0x18  # field 3: type
        out[at + 1] = kind
        out[at + 2] = 0x22  # field 4: geometry, packed
        at = _put(out, at + 3, np.uint64(commands))
        for step in range(start[row], start[row + 1]):
            at = _put(out, at, np.uint64(command[step]))


@numba.njit(cache=True, nogil=True)
def _clip_segment(  # noqa: PLR0917
    x0: float, y0: float, x1: float, y1: float, low: float, high: float
) -> tuple[float, float]:
    """Return the share of a segment where it enters and leaves the square; enter > leave when it misses."""
    enter, leave = 0.0, 1.0
    for axis in range(4):
        if axis < 2:
            move = x0 - x1 if axis == 0 else x1 - x0
            room = x0 - low if axis == 0 else high - x0
        else:
            move = y0 - y1 if axis == 2 else y1 - y0
            room = y0 - low if axis == 2 else high - y0
        if move == 0.0:
            if room < 0.0:
                return 1.0, 0.0
        elif move < 0.0:
            enter = max(enter, room / move)
        else:
            leave = min(leave, room / move)
    return enter, leave


@numba.njit(cache=True, nogil=True)
def _whole(number: float) -> int:
    return int(np.floor(number + 0.5))


@numba.njit(cache=True, nogil=True)
def _zigzag_one(number: int) -> np.uint32:
    return np.uint32((number << 1) ^ (number >> 63))


@numba.njit(cache=True, nogil=True)
def _clip_lines(  # noqa: PLR0917
    x: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    low: float,
    high: float,
    command: np.ndarray,
    ends: np.ndarray,
    source: np.ndarray,
) -> int:
    """Write clipped lines as commands; return how many were kept. ``ends[i]`` is where kept line i begins."""
    kept, at = 0, 0
    ends[0] = 0
    for line in range(len(start) - 1):
        last_x, last_y = 0, 0  # parameters are moves from the cursor, which a new feature starts at 0, 0
        before_x, before_y = 0, 0
        run_at, run_length = -1, 0  # where the open run's MoveTo stands, -1 when none is open
        stop = start[line + 1]
        for vertex in range(start[line], stop):  # the last turn has no segment and only closes the open run
            enter, leave = 1.0, 0.0
            if vertex < stop - 1:
                enter, leave = _clip_segment(x[vertex], y[vertex], x[vertex + 1], y[vertex + 1], low, high)
            inside = enter <= leave
            if run_at >= 0 and (not inside or enter > 0.0):
                if run_length == 0:
                    at, last_x, last_y = run_at, before_x, before_y
                else:
                    command[run_at + 3] = np.uint32(run_length << 3 | _LINE_TO)
                run_at = -1
            if not inside:
                continue
            dx, dy = x[vertex + 1] - x[vertex], y[vertex + 1] - y[vertex]
            if run_at < 0:
                run_at, run_length = at, 0
                before_x, before_y = last_x, last_y
                last_x, last_y = _whole(x[vertex] + enter * dx), _whole(y[vertex] + enter * dy)
                command[at] = _MOVE_TO_ONE
                command[at + 1] = _zigzag_one(last_x - before_x)
                command[at + 2] = _zigzag_one(last_y - before_y)
                at += 4
            to_x, to_y = _whole(x[vertex] + leave * dx), _whole(y[vertex] + leave * dy)
            if to_x != last_x or to_y != last_y:
                command[at] = _zigzag_one(to_x - last_x)
                command[at + 1] = _zigzag_one(to_y - last_y)
                last_x, last_y = to_x, to_y
                run_length += 1
                at += 2
        if at > ends[kept]:
            source[kept] = line
            kept += 1
            ends[kept] = at
    return kept
