"""Checking a delivery in a process of its own: a hostile file can exhaust that one, and nobody else notices."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from sqlalchemy import Engine

from kernel.errors import Finding, SportsMapError
from kernel.settings import Settings
from warehouse.batches import Batch, Outcome
from warehouse.check_child import OUT_OF_MEMORY, STUMBLED
from warehouse.curated import curated_path, quarantine_path
from warehouse.durable import TEMPORARY_PREFIX
from warehouse.receive import check_here

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
POLL_S = 0.05
_SMALLER = "Send the file in parts (by month or by county), or as CSV instead of a workbook."


class CheckBroken(SportsMapError):
    """A check ended for a reason that has nothing to do with the file: no space, a broken installation."""

    code = "CHECK_BROKEN"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the check of one delivery may use: resident memory in bytes, processor seconds, seconds on the clock."""

    memory_bytes: int = 3 << 30
    processor_s: int = 240
    clock_s: float = 300.0


def check_apart(
    batch: Batch, settings: Settings, _engine: Engine, *, limits: Limits | None = None
) -> tuple[Outcome, Mapping[str, int]]:
    """Check an acknowledged batch in a process of its own, keep its rows, and return how it ended.

    A check that runs into a limit is ended and refuses the file with ``PARSER_LIMIT``.
    """
    limits = limits or Limits()
    answer, why, pid = _asked({"do": "check", "batch": asdict(batch)}, settings, limits)
    if answer is not None:
        return _outcome(answer)
    _sweep(pid, batch, settings)
    if not why:
        # Not the file's fault: it stays acknowledged, and the next build or delivery finishes it.
        raise CheckBroken("The check of the file could not be made.", fix="See the log, then run a build.")
    LOG.warning("the check of batch %s was ended: %s", batch.batch_id, why)
    finding = Finding("PARSER_LIMIT", f"The check of the file was ended: {why}.", _SMALLER, file=batch.file_name)
    return Outcome(None, None, None, None, (finding,), None, None, is_trial=bool(batch.is_trial)), {}


def check_left(batch: Batch, settings: Settings, engine: Engine) -> tuple[Outcome, Mapping[str, int]]:
    """Check a batch whose check was interrupted: what a stranger sent may be what ended the process, so apart."""
    return (check_apart if batch.account_id else check_here)(batch, settings, engine)


def guess_apart(path: Path, file_name: str, settings: Settings, *, limits: Limits | None = None) -> list[str]:
    """Return the datasets that a file may be of, the likeliest first; see `warehouse.guess`."""
    asked = {"do": "guess", "path": str(path), "file_name": file_name}
    answer, _, _ = _asked(asked, settings, limits or Limits())
    return [] if answer is None else [str(dataset) for dataset in answer["datasets"]]


def _asked(asked: dict[str, Any], settings: Settings, limits: Limits) -> tuple[dict[str, Any] | None, str, int]:
    """Return the answer of a process of its own, or None and why there is none; and its number."""
    with TemporaryDirectory(prefix="check-") as folder:
        place = Path(folder) / "answer.json"
        asked |= {
            "data_dir": str(settings.data_dir),
            "ledger_url": settings.ledger_url,
            "answer": str(place),
            "memory_bytes": limits.memory_bytes,
            "processor_s": limits.processor_s,
        }
        process = subprocess.Popen([sys.executable, "-m", "warehouse.check_child"], cwd=ROOT, stdin=subprocess.PIPE)
        try:
            why = _watched(process, json.dumps(asked).encode(), limits)
        finally:
            process.kill()
            process.wait()
        if place.is_file():
            return json.loads(place.read_text("utf-8")), "", process.pid
        if not why and (process.returncode < 0 or process.returncode in (OUT_OF_MEMORY, STUMBLED)):
            why = f"it ended with code {process.returncode}"
        return None, why, process.pid


def _watched(process: subprocess.Popen[bytes], asked: bytes, limits: Limits) -> str:
    """Tell the process what to do, wait for its end, and return the limit that it ran into."""
    began = monotonic()
    try:
        process.communicate(asked, timeout=POLL_S)
    except subprocess.TimeoutExpired:
        while process.poll() is None:
            if resident_bytes(process.pid) > limits.memory_bytes:
                return f"it used more than {limits.memory_bytes >> 20} MB of memory"
            if monotonic() - began > limits.clock_s:
                return f"it took longer than {limits.clock_s:g} s"
            try:
                process.wait(POLL_S)
            except subprocess.TimeoutExpired:
                continue
    except BrokenPipeError:
        return ""
    return ""


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds; 0 when it is gone or the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    held = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(held[0]) * 1024 if held else 0


def _sweep(pid: int, batch: Batch, settings: Settings) -> None:
    """Remove the temporary files of a process that was ended."""
    for target in (curated_path(settings, batch), quarantine_path(settings, batch)):
        for left in target.parent.glob(f"{TEMPORARY_PREFIX}{pid}-*"):
            left.unlink(missing_ok=True)


def _outcome(answer: dict[str, Any]) -> tuple[Outcome, Mapping[str, int]]:
    found = answer["outcome"]
    lists: dict[str, Any] = {
        name: tuple(Finding(**item) for item in found[name]) for name in ("findings", "notes", "holds")
    }
    lists["header"] = tuple(found["header"])
    return Outcome(**(found | lists)), answer["left_out"]
