"""Bytes to text without ever guessing into mojibake."""

from __future__ import annotations

import codecs

import numpy as np

from warehouse.delivery import rejection

_SAVE_AS = "Save the file as CSV UTF-8 (in Excel: Save as > CSV UTF-8) and send it again."
# Real Chinese text is nearly all GB2312, and most of that its first level (the 3,755 frequent characters).
# Western or Big5 bytes that happen to decode as GB18030 land outside both.
_GB2312_SHARE_MIN = 0.8
_LEVEL_1_SHARE_MIN = 0.6


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Return the text of a delivered file and the name of its encoding.

    UTF-8 (with or without BOM) and UTF-16 with BOM are recognised for certain. Other bytes count as GB18030 only
    when the result looks like Chinese text; everything else is refused instead of being turned into mojibake.

    Raises
    ------
    DataRejected
        ``ENCODING``.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise rejection("ENCODING", "The file is in UTF-32, which is not accepted.", _SAVE_AS, file=file)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise _broken("UTF-16", error.start, data, file) from error
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        if body is not data:
            raise _broken("UTF-8", error.start, body, file) from error
        return _decode_gb18030(data, error.start, file), "GB18030"
    if _is_wide(body):
        raise rejection("ENCODING", "The file looks like UTF-16 without a byte order mark.", _SAVE_AS, file=file)
    return text, "UTF-8"


def _is_wide(data: bytes) -> bool:
    """Return whether every other byte of the beginning is zero, as in UTF-16 text."""
    head = np.frombuffer(data[:4096], dtype=np.uint8)
    return any(len(half) > 1 and np.count_nonzero(half == 0) > 0.4 * len(half) for half in (head[::2], head[1::2]))


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _broken(encoding: str, position: int, data: bytes, file: str) -> Exception:
    message = f"The file begins as {encoding} but has bytes that are not {encoding}."
    row = None if encoding == "UTF-16" else _line(data, position)
    return rejection("ENCODING", message, _SAVE_AS, file=file, row=row)


def _decode_gb18030(data: bytes, first_bad: int, file: str) -> str:
    message = "The bytes are neither UTF-8 nor GB18030 Chinese text."
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise rejection("ENCODING", message, _SAVE_AS, file=file, row=_line(data, error.start)) from error
    if not _looks_chinese(text):
        raise rejection("ENCODING", message, _SAVE_AS, file=file, row=_line(data, first_bad))
    return text


def _looks_chinese(text: str) -> bool:
    """Return whether the non-ASCII part of a text is made of the characters that Chinese texts are made of."""
    foreign = "".join(character for character in text[:2_000_000] if ord(character) > 127)
    if not foreign:
        return True
    codes = np.frombuffer(foreign.encode("utf-32-le"), dtype=np.uint32)
    distinct, counts = np.unique(codes, return_counts=True)
    common = frequent = han = 0
    for code, count in zip(distinct.tolist(), counts.tolist(), strict=True):
        gb2312 = chr(code).encode("gb2312", errors="ignore")
        common += count * (len(gb2312) == 2)
        if 0x4E00 <= code <= 0x9FFF:
            han += count
            frequent += count * (len(gb2312) == 2 and gb2312[0] <= 0xD7)
    return common >= _GB2312_SHARE_MIN * len(codes) and frequent >= _LEVEL_1_SHARE_MIN * han
