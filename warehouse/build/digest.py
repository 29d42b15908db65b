"""Digests of tables and arrays: what was computed, independent of how the disk happens to hold it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np
import polars as pl
import pyarrow as pa


def frame_digest(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of a frame: column names, types and every value in the order of its rows.

    Notes
    -----
    Nulls, empty texts and zeros differ; the bytes below a null do not count; -0.0 equals 0.0 and every NaN
    is one NaN. The caller sorts by a unique key, so the digest does not depend on physical order.
    """
    digest = hashlib.sha256(str(frame.height).encode())
    for column in frame.iter_columns():
        digest.update(json.dumps([column.name, str(column.dtype)], ensure_ascii=False).encode())
        # Most tables of a small warehouse are empty: what follows would add nothing, slowly.
        if not frame.height:
            continue
        digest.update(_missing_bytes(column))
        for piece in _value_bytes(column):
            digest.update(piece)
    return digest.hexdigest()


def array_digest(array: np.ndarray) -> str:
    """Return the SHA-256 of an array: type, shape and bytes."""
    digest = hashlib.sha256(json.dumps([array.dtype.str, list(array.shape)]).encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def content_hash(parts: Mapping[str, object]) -> str:
    """Return the SHA-256 of a tree of plain values, whatever the order of its keys."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _missing_bytes(column: pl.Series) -> bytes:
    """Return one bit a row: whether its value is missing."""
    if not column.null_count():
        return bytes((len(column) + 7) // 8)
    return np.packbits(column.is_null().to_numpy()).tobytes()


def _filled(column: pl.Series, value: object) -> pl.Series:
    """Return a column with something in place of its nulls; without any there is nothing to do, which takes less."""
    return column.fill_null(value) if column.null_count() else column


def _value_bytes(column: pl.Series) -> list[bytes | memoryview]:
    if column.dtype in {pl.String, pl.Binary}:
        return _text_bytes(column)
    if column.dtype.is_float():
        values = _filled(column, 0.0).to_numpy() + 0.0
        values[np.isnan(values)] = np.nan
        return [values.tobytes()]
    if column.dtype.is_temporal():
        column = column.to_physical()
    if column.dtype.is_integer() or column.dtype == pl.Boolean:
        return [_filled(column, 0 if column.dtype != pl.Boolean else False).to_numpy().tobytes()]
    if column.dtype.is_decimal():
        return _text_bytes(column.cast(pl.String))
    raise TypeError(f"column {column.name} has type {column.dtype}, which a served table may not have")


def _text_bytes(column: pl.Series) -> list[bytes | memoryview]:
    """Return the lengths of the texts and all of them in one piece, out of the column's own memory."""
    filled = _filled(column.cast(pl.Binary), b"")
    texts = pa.chunked_array([filled.to_arrow()]).combine_chunks().cast(pa.large_binary())
    _, ends, content = texts.buffers()
    offsets = np.frombuffer(ends, np.int64, len(texts) + 1, texts.offset * 8)
    lengths = np.diff(offsets)
    if content is None or not len(texts):
        return [lengths.tobytes()]
    return [lengths.tobytes(), memoryview(content)[int(offsets[0]) : int(offsets[-1])]]
