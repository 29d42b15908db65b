"""What is to be delivered: from the words of the command line, or from a sheet that lists several files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernel.errors import UsageError
from warehouse.contract import contracts
from warehouse.delivery import DeliveryOptions
from warehouse.receive import Sender

# What later deliveries are compared with comes first.
FIRST = ("code_list", "region")
PBF_DATASETS = ("street", "venue", "water")
_FILE_KEYS = {"path", "dataset", "rename", "fill", "crs", "layer", "publisher", "licence", "period", "replace"}
_HEAD_KEYS = {"publisher", "licence", "period", "crs", "root", "file"}


@dataclass(frozen=True, slots=True)
class FileToDeliver:
    """One file, the datasets that it feeds, how to read it and who sends it."""

    path: Path
    datasets: tuple[str, ...]
    options: DeliveryOptions
    sender: Sender = field(default_factory=Sender)


def file_to_deliver(path: Path, given: Mapping[str, Any]) -> FileToDeliver:
    """Return what to do with one file.

    Parameters
    ----------
    path : Path
        The file.
    given : mapping
        ``dataset`` (text or list), ``rename``, ``fill``, ``crs``, ``layer``, ``publisher``, ``licence``, ``period``,
        ``replace``; each may be missing or empty.

    Raises
    ------
    UsageError
        When the file is not there, or nothing says which dataset it is.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not a file.", fix="Check the path.")
    wanted = given.get("dataset") or ()
    datasets = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    return FileToDeliver(
        path,
        _datasets(path, datasets),
        DeliveryOptions(
            file_name=path.name,
            rename=dict(given.get("rename") or {}),
            crs=given.get("crs"),
            layer=given.get("layer"),
            fill=dict(given.get("fill") or {}),
        ),
        Sender(
            publisher=given.get("publisher") or "",
            licence=given.get("licence") or "",
            period=given.get("period"),
            replaces_all=bool(given.get("replace")),
        ),
    )


def read_sheet(path: Path, *, root: Path | None = None) -> list[FileToDeliver]:
    """Return the files of a delivery sheet, a TOML file with one ``[[file]]`` table each.

    ``publisher``, ``licence``, ``period`` and ``crs`` at the top hold for every file that does not say otherwise; paths
    count from the folder that ``root`` names, and that from the folder of the sheet.

    Parameters
    ----------
    path : Path
        The sheet.
    root : Path, optional
        Folder of the files, in place of the one that the sheet names.

    Raises
    ------
    UsageError
        When the sheet is not TOML, names a key that does not exist, or a file that is not there.
    """
    try:
        sheet = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not a delivery sheet: {error}", fix="See docs/deliveries.md.") from error
    tables = sheet.get("file", [])
    unknown = sorted(set(sheet) - _HEAD_KEYS) + sorted({key for table in tables for key in table} - _FILE_KEYS)
    if unknown or not tables:
        raise UsageError(
            f"{path.name}: unknown keys {', '.join(unknown)}" if unknown else f"{path.name} lists no [[file]].",
            fix=f"Use the keys {', '.join(sorted(_FILE_KEYS))} in [[file]] tables.",
        )
    head = {key: value for key, value in sheet.items() if key not in ("file", "root")}
    folder = root or path.parent / sheet.get("root", "")
    return in_order([file_to_deliver(folder / table["path"], head | table) for table in tables])


def in_order(files: Sequence[FileToDeliver]) -> list[FileToDeliver]:
    """Return code lists first, then regions, then the rest as given: each is compared with what came before."""

    def rank(file: FileToDeliver) -> int:
        return min((FIRST.index(name) if name in FIRST else len(FIRST)) for name in file.datasets)

    return sorted(files, key=rank)


def _datasets(path: Path, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a file feeds; an OSM extract beside other files keeps to what it can hold."""
    if path.name.endswith(".pbf"):
        return tuple(name for name in wanted if name in PBF_DATASETS) or PBF_DATASETS
    return wanted or _guess(path)


def _guess(path: Path) -> tuple[str, ...]:
    """Return the dataset that the name tells: a file named like it."""
    stem = path.name.split(".", maxsplit=1)[0]
    if stem in contracts():
        return (stem,)
    raise UsageError(
        f"{path.name} does not say which dataset it is.", fix=f"Add `--dataset` with one of {', '.join(contracts())}."
    )
