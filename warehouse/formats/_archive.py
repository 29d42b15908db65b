"""Zip archives (workbooks, zipped shapefiles) that cannot reach outside themselves or inflate without end."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from kernel.errors import DataRejected
from warehouse.delivery import rejection

MAX_MEMBERS = 1_000
# Deflate cannot exceed 1,032; real tables and shapes stay below 40.
MAX_RATIO = 100
_RATIO_FROM_BYTES = 1 << 20
_NESTED = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz")
_SEND_PLAIN = "Pack the files again without folders, links or archives inside, and send it again."


def open_archive(path: Path, file: str, *, max_inflated: int) -> zipfile.ZipFile:
    """Return an opened archive whose directory breaks no rule; the caller closes it.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        Name for findings.
    max_inflated : int
        Bytes that all members together may have.

    Raises
    ------
    DataRejected
        ``TRUNCATED``, ``ZIP_PATH``, ``ZIP_LINK``, ``ZIP_NESTED``, ``ENCRYPTED``, ``RATIO``, ``TOO_LARGE``.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError) as error:
        raise damaged(file, error) from error
    try:
        _check(archive.infolist(), file, max_inflated)
    except DataRejected:
        archive.close()
        raise
    return archive


def damaged(file: str, error: Exception) -> DataRejected:
    """Return the rejection of an archive that cannot be read to its end."""
    message = f"The archive is cut off or damaged ({type(error).__name__})."
    return rejection("TRUNCATED", message, "Send the file again; compare its size with the original.", file=file)


def member(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """Return the content of a member; its checksum is compared."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise damaged(file, error) from error
    except Exception as error:
        # zlib.error, lzma.LZMAError and their like share no base class but this one.
        if type(error).__module__ in ("zlib", "_lzma", "lzma", "bz2", "_bz2"):
            raise damaged(file, error) from error
        raise


def _check(infos: list[zipfile.ZipInfo], file: str, max_inflated: int) -> None:
    if len(infos) > MAX_MEMBERS:
        message = f"The archive holds {len(infos)} files; at most {MAX_MEMBERS} are accepted."
        raise rejection("TOO_LARGE", message, _SEND_PLAIN, file=file)
    if len({info.filename.casefold() for info in infos}) < len(infos):
        # Of two members of one name, one reader takes the first and another the last.
        message = "The archive holds two files of one name."
        raise rejection("TRUNCATED", message, _SEND_PLAIN, file=file)
    for info in infos:
        _check_member(info, file)
    inflated = sum(info.file_size for info in infos)
    if inflated > max_inflated:
        message = f"The archive would unpack to {inflated >> 20} MB; at most {max_inflated >> 20} MB are accepted."
        raise rejection("RATIO", message, "Split the delivery, or send it as CSV, GeoPackage or Parquet.", file=file)


def _check_member(info: zipfile.ZipInfo, file: str) -> None:
    name = info.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0]):
        raise rejection("ZIP_PATH", f"The member {name!r} points outside the archive.", _SEND_PLAIN, file=file)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise rejection("ZIP_LINK", f"The member {name!r} is a link.", _SEND_PLAIN, file=file)
    if name.lower().endswith(_NESTED):
        raise rejection("ZIP_NESTED", f"The member {name!r} is an archive itself.", _SEND_PLAIN, file=file)
    if info.flag_bits & 0x1:
        raise rejection(
            "ENCRYPTED", "The archive is protected by a password.", "Send it without a password.", file=file
        )
    if info.file_size > _RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        message = f"The member {name!r} would inflate {info.file_size // max(info.compress_size, 1)} times."
        raise rejection("RATIO", message, "Send the table without its empty or repeated part.", file=file)
