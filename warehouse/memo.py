"""Answers that were computed before, by the content of the question: deleting them changes nothing but the time."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from kernel.settings import Settings
from warehouse.durable import make_folder, temporary_beside

LOG = logging.getLogger(__name__)
FOLDER = "forecasts"
# Libraries that the answers come from: another version may answer otherwise.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "statsmodels")
# Classes are looked up again in these packages only: what lies in a folder decides nothing else.
OWN_PACKAGES = ("analytics.", "warehouse.indicator_coherence")
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    ImportError,
    zipfile.BadZipFile,
)


def memo_dir(settings: Settings) -> Path:
    """Return the folder of kept forecasts beside the snapshots."""
    return settings.data_dir / FOLDER


class Memo:
    """Answers of functions in a folder, one file each; usable as ``recall`` and ``keep`` of `warehouse.spread.Spread`.

    Parameters
    ----------
    folder : Path
        Made when the first answer is kept.
    model_version : str
        Of the functions: another version is another question.

    Attributes
    ----------
    used : set of str
        Names of the files that were read or written.

    Notes
    -----
    A file that cannot be read, half written or from elsewhere, counts as none. Values may hold None, truth values,
    numbers, texts, lists, tuples, dictionaries with texts as keys, arrays, and dataclasses of ours.
    """

    def __init__(self, folder: Path, model_version: str) -> None:
        self.folder, self.used = folder, set[str]()
        self._versions = [model_version, *(f"{name} {version(name)}" for name in LIBRARIES)]

    def recall(self, function: Callable[[Any], Any], piece: Any) -> Any:
        """Return the kept answer of a function to a piece, None where there is none."""
        name = self._name(function, piece)
        try:
            content = (self.folder / name).read_bytes()
            answer = unpacked(content)
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            LOG.warning("a kept forecast cannot be read and is made anew: %s: %s", name, error)
            return None
        self.used.add(name)
        return answer

    def keep(self, function: Callable[[Any], Any], piece: Any, answer: Any) -> None:
        """Keep an answer; where the disk is full it is simply not kept."""
        name = self._name(function, piece)
        target = self.folder / name
        try:
            make_folder(target.parent)
            temporary = temporary_beside(target)
            try:
                temporary.write_bytes(packed(answer))
                temporary.replace(target)
            finally:
                # What was written before the disk was full takes room for nothing.
                temporary.unlink(missing_ok=True)
        except OSError as error:
            LOG.warning("a forecast is not kept: %s", error)
            return
        self.used.add(name)

    def sweep(self, most_bytes: int = 0) -> int:
        """Remove what was not used since this was opened, if all takes more than so much; return how many files."""
        if sum(path.stat().st_size for path in self.folder.glob("*/*.npz")) <= most_bytes:
            return 0
        others = [path for path in self.folder.glob("*/*.npz") if f"{path.parent.name}/{path.name}" not in self.used]
        for path in others:
            path.unlink(missing_ok=True)
        return len(others)

    def _name(self, function: Callable[[Any], Any], piece: Any) -> str:
        digest = hashlib.sha256(json.dumps([function.__module__, function.__qualname__, *self._versions]).encode())
        _feed(digest, piece)
        code = digest.hexdigest()
        return f"{code[:2]}/{code[2:]}.npz"


def packed(value: Any) -> bytes:
    """Return a value as bytes: a zip of its arrays and of its tree in JSON."""
    arrays: dict[str, np.ndarray] = {}
    tree = _tree(value, arrays)
    stream = io.BytesIO()
    text = np.frombuffer(json.dumps(tree, ensure_ascii=False).encode(), np.uint8)
    np.savez(stream, tree=text, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def unpacked(content: bytes) -> Any:
    """Return the value of :func:`packed` bytes.

    Raises
    ------
    ValueError, EOFError, KeyError, TypeError, AttributeError, ImportError, zipfile.BadZipFile
        When the bytes are not those of a packed value.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    return _value(json.loads(arrays.pop("tree").tobytes().decode()), arrays)


def _tree(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return a value as what JSON can hold; its arrays are put aside under names."""
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, (float, np.floating)):
        # JSON has no infinity and no NaN; hexadecimal digits lose nothing.
        return {"float": float(value).hex()}
    if isinstance(value, np.integer):
        return int(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return _tree_of_parts(value, arrays)


def _tree_of_parts(value: Any, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    if isinstance(value, list):
        return {"list": [_tree(item, arrays) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[str(key), _tree(item, arrays)] for key, item in value.items()]}
    kind = type(value)
    if is_dataclass(value):
        own = [[field.name, _tree(getattr(value, field.name), arrays)] for field in fields(value)]
        return {"class": [kind.__module__, kind.__qualname__], "fields": own}
    if isinstance(value, tuple):
        # A named tuple is a tuple with a class of its own.
        named = [] if kind is tuple else [kind.__module__, kind.__qualname__]
        return {"tuple": [_tree(item, arrays) for item in value], "named": named}
    raise TypeError(f"{kind.__qualname__} cannot be kept")


def _value(tree: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return the value of a tree."""
    if not isinstance(tree, dict):
        return tree
    readers: dict[str, Callable[[Any], Any]] = {
        "array": lambda name: arrays[name],
        "float": float.fromhex,
        "list": lambda items: [_value(item, arrays) for item in items],
        "dict": lambda items: {key: _value(item, arrays) for key, item in items},
        "class": lambda named: _class(*named)(**{name: _value(item, arrays) for name, item in tree["fields"]}),
        "tuple": lambda items: _tuple([_value(item, arrays) for item in items], tree["named"]),
    }
    kind = next(iter(tree))
    return readers[kind](tree[kind])


def _tuple(items: list[Any], named: list[str]) -> Any:
    return _class(*named)(*items) if named else tuple(items)


def _class(module: str, name: str) -> Callable[..., Any]:
    if not module.startswith(OWN_PACKAGES):
        raise ValueError(f"{module}.{name} is no class of an answer")
    return getattr(import_module(module), name)


def _feed(digest: hashlib._Hash, value: Any) -> None:
    """Feed a value into a digest: types, shapes and every byte; equal values feed equal bytes."""
    arrays: dict[str, np.ndarray] = {}
    digest.update(json.dumps(_tree(value, arrays), ensure_ascii=False).encode())
    for array in arrays.values():
        whole = np.ascontiguousarray(array)
        digest.update(f"{whole.dtype.str}{whole.shape}".encode())
        digest.update(whole.tobytes())
