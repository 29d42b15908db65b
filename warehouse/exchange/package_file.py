"""The file of a package: a plain zip of manifest, signature and rows that can be spelled in one way only."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from kernel.errors import DataRejected
from warehouse.durable import CHUNK_BYTES, move_into_place, temporary_beside
from warehouse.exchange.canonical import LARGEST_BYTES
from warehouse.exchange.manifest import ROWS_FILE, Manifest, read_manifest
from warehouse.exchange.refusal import PackageRefused
from warehouse.formats._archive import member, open_archive

MANIFEST_FILE, SIGNATURE_FILE = "manifest.json", "signature"
NAMES = (MANIFEST_FILE, SIGNATURE_FILE, ROWS_FILE)
SUFFIX = ".package.zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SIGNATURE_BYTES = 400


class _Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Stream:
    """What zipfile writes to without ever going back, so that the same content always gives the same bytes."""

    def __init__(self, target: _Writable) -> None:
        self._target = target

    def write(self, data: bytes) -> int:
        """Pass bytes on."""
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the target is flushed by its owner."""


class _Digest:
    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return len(data)


def file_name(package_id: str) -> str:
    """Return the name under which a package lies in folders."""
    return f"{package_id}{SUFFIX}"


def write_package(target: Path, manifest: Manifest, signature: str, rows: Path) -> None:
    """Write the file of a package in one durable step."""
    temporary = temporary_beside(target)
    try:
        with temporary.open("wb") as stream, rows.open("rb") as source:
            _write(stream, manifest.as_bytes(), signature.encode(), source, manifest.rows_bytes)
        move_into_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def is_whole(path: Path) -> bool:
    """Return whether a file has the end of an archive; a copy that still runs has none."""
    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def read_head(path: Path, *, max_bytes: int) -> tuple[Manifest, str]:
    """Return manifest and signature of a package, before anything in it is believed.

    Parameters
    ----------
    path : Path
        The file.
    max_bytes : int
        Largest file that is taken in.

    Raises
    ------
    PackageRefused
        ``size``, ``archive`` or ``manifest``.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise PackageRefused("size", "refused_size", megabytes=size >> 20, most=max_bytes >> 20)
    try:
        archive = open_archive(path, path.name, max_inflated=max_bytes)
    except DataRejected as error:
        raise PackageRefused("archive", "refused_archive", rule=error.findings[0].rule) from error
    with archive:
        infos = archive.infolist()
        is_plain = all(info.compress_type == zipfile.ZIP_STORED for info in infos)
        if tuple(info.filename for info in infos) != NAMES or not is_plain:
            raise PackageRefused("archive", "refused_archive", rule="ZIP_MEMBERS")
        if infos[0].file_size > LARGEST_BYTES or infos[1].file_size > _SIGNATURE_BYTES:
            raise PackageRefused("archive", "refused_archive", rule="TOO_LARGE")
        try:
            head, signature = (member(archive, name, path.name) for name in NAMES[:2])
            manifest = read_manifest(head)
            return manifest, signature.decode("ascii")
        except DataRejected as error:
            raise PackageRefused("archive", "refused_archive", rule=error.findings[0].rule) from error
        except ValueError as error:
            raise PackageRefused("manifest", "refused_manifest", detail=str(error)[:100]) from error


def check_form(path: Path, manifest: Manifest, signature: str) -> None:
    """Compare the file byte by byte with the only spelling of its content.

    Raises
    ------
    PackageRefused
        ``files`` when the rows are not those that the manifest names, ``archive`` when anything else differs.
    """
    digest = _Digest()
    try:
        with zipfile.ZipFile(path) as archive:
            hashed = hashlib.sha256()
            with archive.open(ROWS_FILE) as rows:
                for chunk in _chunks(rows):
                    hashed.update(chunk)
            if hashed.hexdigest() != manifest.rows_sha256:
                raise PackageRefused("files", "refused_rows_hash", file=ROWS_FILE)
            with archive.open(ROWS_FILE) as rows:
                _write(digest, manifest.as_bytes(), signature.encode(), rows, manifest.rows_bytes)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        if isinstance(error, PackageRefused):
            raise
        raise PackageRefused("files", "refused_rows_hash", file=ROWS_FILE) from error
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != digest.sha256.hexdigest():
        raise PackageRefused("archive", "refused_spelling")


def extract_rows(path: Path, target: Path) -> None:
    """Write the rows of a verified package into a file of their own."""
    with zipfile.ZipFile(path) as archive, archive.open(ROWS_FILE) as rows, target.open("wb") as stream:
        for chunk in _chunks(rows):
            stream.write(chunk)


def _write(target: _Writable, manifest: bytes, signature: bytes, rows: BinaryIO | object, rows_bytes: int) -> None:
    with zipfile.ZipFile(_Stream(target), "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, content in ((MANIFEST_FILE, manifest), (SIGNATURE_FILE, signature)):
            with archive.open(_info(name, len(content)), "w") as stream:
                stream.write(content)
        with archive.open(_info(ROWS_FILE, rows_bytes), "w", force_zip64=True) as stream:
            for chunk in _chunks(rows):
                stream.write(chunk)


def _info(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.file_size = size
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info


def _chunks(stream: object) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):  # type: ignore[attr-defined]
        yield chunk
